"""The modules of the analysed program: finding the project's own files, and naming everything outside."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Hashable
from functools import lru_cache
from pathlib import Path
from typing import Any

from kerascheck.machine import names
from kerascheck.machine.asking import root_of
from kerascheck.machine.directives import Watch, marks_of, watched
from kerascheck.machine.module_values import ImportedName, ModuleValue
from kerascheck.machine.run import Run
from kerascheck.machine.static import outline_of
from kerascheck.machine.unsettled_names import is_placeholder
from kerascheck.machine.values import Scope, UserRaise, Value
from kerascheck.project.modules import find_folder, find_module, module_file
from kerascheck.project.target import Target
from kerascheck.runtime.asked import is_file, is_folder, note_content, unsaved
from kerascheck.runtime.reading import read_bytes
from kerascheck.symbolic.journal import noted_in
from kerascheck.symbolic.unknown import Symbol, Unknown

#: A module of the project that is larger is not followed.
_MAX_MODULE_BYTES = 400_000
#: How many installed modules are asked for constants, and what that counts as: reading and inferring.
_MAX_INSTALLED = 10
_INSTALLED_STEPS = 4_000
#: How many modules are followed for one file.
_MAX_MODULES = 60

#: Names that `from keras.x import *` brings in, for the modules where that is common.
_STAR_NAMES = {
    "keras.layers": {"Input", "Layer", "InputSpec", *names.MERGING},
    "keras.models": {"Sequential", "Model", "Input", "load_model", "model_from_json", "model_from_yaml", "clone_model"},
    "keras.optimizers": {"SGD", "Adam", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam", "Ftrl", "AdamW"},
    "keras.callbacks": {
        "ModelCheckpoint", "EarlyStopping", "TensorBoard", "ReduceLROnPlateau", "LearningRateScheduler", "CSVLogger",
        "Callback", "LambdaCallback", "History", "TerminateOnNaN",
    },
    "keras.regularizers": {"l1", "l2", "l1_l2", "L1", "L2", "L1L2"},
    "keras.utils": {"to_categorical", "plot_model", "Sequence"},
    "keras.datasets": {"mnist", "cifar10", "cifar100", "imdb", "reuters", "fashion_mnist", "boston_housing"},
    "keras.preprocessing.image": {"ImageDataGenerator", "load_img", "img_to_array"},
    "keras.preprocessing.text": {"Tokenizer", "one_hot", "text_to_word_sequence"},
    "keras.preprocessing.sequence": {"pad_sequences"},
    "keras": {"Sequential", "Model", "Input", "layers", "models", "optimizers", "losses", "metrics", "callbacks",
              "backend", "utils", "datasets", "applications", "preprocessing", "regularizers", "initializers", "ops"},
}  # fmt: skip

#: Libraries known not to change the models they are given.
_HARMLESS = frozenset(
    {
        "builtins", "keras", "tensorflow", "numpy", "pandas", "sklearn", "matplotlib", "scipy", "os", "sys", "time",
        "json", "random", "math", "logging", "pickle", "joblib", "seaborn", "cv2", "PIL", "tqdm", "datetime",
        "collections",
        "itertools", "functools", "copy", "pathlib", "argparse", "wandb", "mlflow", "h5py", "tensorflow_datasets",
        "tensorflowjs", "coremltools", "onnx", "tf2onnx", "keras2onnx", "shap", "lime", "plotly", "skimage", "gc",
        "ann_visualizer", "visualkeras", "livelossplot", "yaml", "csv", "re", "string", "pprint", "warnings", "types",
        "pytest", "unittest", "imutils", "gym", "gymnasium", "nltk", "gensim", "librosa", "statsmodels", "torch",
        "IPython", "pydot", "neuraLint", "netron", "keract",
    }
)  # fmt: skip


def is_harmless(dotted: str) -> bool:
    """Whether the name belongs to a library that is known, by what it leaves alone."""
    return dotted.split(".", 1)[0] in _HARMLESS


class Project:
    """Where the file under analysis stands, what belongs to it, and for which Keras it is written."""

    def __init__(self, source: Any) -> None:
        self.source = source
        self.target: Target = source.target
        self.dialect = self.target.dialect
        self.marks = marks_of(source)
        is_watched = watched.get()
        self.watch = Watch(source, is_watched) if is_watched or source.directives else None
        self.flags: dict[str, Value] = {}  # of absl, that modules of the project define
        self.rebound: set[str] = set()  # what the program sets in modules that are not its own, on any path
        self.long_functions: set[int] = set()  # ids of nodes: see `allowance`
        self._frames: dict[tuple[int, int, int], int] = {}
        self._asked: set[str] = set()  # installed modules that were asked for a constant
        self._sources: dict[str, Any] = {}
        # modules of the project, each executed once for all paths (and once more for what other arguments change)
        self._modules: dict[tuple[str, bool], list[_Loaded]] = {}

    def frame(self, outer: int, node: Any, count: int) -> int:
        """The number of the frame that is entered for the count-th time at the node, from another one."""
        return self._frames.setdefault((outer, id(node), count), len(self._frames) + 1)

    def adopt(self, filename: str, source: Any) -> None:
        """Take a source that has been read for the module in the file of this absolute name."""
        self._sources[filename] = source

    # -- names outside --------------------------------------------------------------------------------------

    def external(self, dotted: str) -> Symbol:
        """Something outside the program, by its canonical name."""
        return _symbol(dotted)

    def installed(self, run: Run, symbol: Symbol) -> Value:
        """The value of a constant in an installed package, which astroid reads; the Symbol where it is none."""
        module, _, name = symbol.name.rpartition(".")
        if not name.isupper() or not module or is_harmless(module) or symbol.name in self.rebound:
            return symbol
        if module not in self._asked:
            if len(self._asked) >= _MAX_INSTALLED:
                return symbol
            self._asked.add(module)
            run.budget.charge(_INSTALLED_STEPS)
        from kerascheck.machine.environment import UNKNOWN, installed_constant

        value = installed_constant(module, name)
        return symbol if value is UNKNOWN else value

    def is_harmless(self, dotted: str) -> bool:
        """Whether functions of this library leave the models they are given as they are."""
        return is_harmless(dotted)

    def star_name(self, modules: list[str], name: str) -> Value:
        """A name that came in through `from module import *`."""
        from kerascheck.layers.registry import find

        for module in modules:
            if module.startswith("keras.layers."):  # `keras.layers.noise`: modules of older Kerases
                module = "keras.layers"
                if name == "K":
                    return self.external("keras.backend")
            known: set[str] = _STAR_NAMES.get(module, set())
            if name in known:
                return self.external(names.attribute(module, name))
            if module == "keras.layers" and find(name) is not None:
                return self.external(names.attribute(module, name))
            if module.startswith("keras.applications") and _is_application(name):
                return self.external(names.attribute(module, name))
        return Unknown(f"{name} may come from a star import", ("star", name), name)

    # -- modules of the project ---------------------------------------------------------------------------------

    def import_module(self, run: Run, dotted: str, level: int, importer: Any) -> Value:
        """The module called `dotted`, `level` dots up from the importing file: one of the project's, or a Symbol."""
        if level == 0:
            canonical = names.canonical(dotted)
            if canonical == "keras" or canonical.startswith("keras."):
                if not canonical.startswith("keras.applications"):
                    return self.external(canonical)
                # Keras's own architectures are ordinary programs: in its source tree they are followed.
                path = self._find(dotted, 0, importer.filename, within="keras")
                return self.external(canonical) if path is None else self._load(run, dotted, path)
        path = self._find(dotted, level, importer.filename)
        if path is None and not level and importer is not self.source:
            # The folder of the program itself is searched whoever imports.
            path = self._find(dotted, 0, self.source.filename)
        if path is None:
            return self.external(names.canonical(dotted)) if level == 0 else Unknown(f"module {'.' * level}{dotted}")
        return self._load(run, dotted or path.stem, path)

    def submodule(self, run: Run, dotted: str, level: int, name: str, importer: Any) -> ModuleValue | None:
        """What `from dotted import name` means where the package is a folder without `__init__.py`."""
        folder = self._find_folder(dotted, level, importer)
        return None if folder is None else self._inside(run, ModuleValue(dotted, folder, is_folder=True), name)

    def namespace(self, dotted: str, importer: Any) -> ModuleValue | None:
        """The package without `__init__.py` of this name."""
        folder = self._find_folder(dotted, 0, importer)
        return None if folder is None else ModuleValue(dotted, folder, is_folder=True)

    def _find_folder(self, dotted: str, level: int, importer: Any) -> Path | None:
        if not level and dotted.partition(".")[0] in _HARMLESS:
            return None
        found = find_folder(dotted, level, importer.filename)
        if found is None and not level and importer is not self.source:
            found = find_folder(dotted, level, self.source.filename)
        return None if found is None else Path(found)

    def _inside(self, run: Run, package: ModuleValue, name: str) -> ModuleValue | None:
        """A module or package in the folder of a package."""
        folder = package.path if package.is_folder else package.path.parent
        dotted = f"{package.name}.{name}"
        found = module_file(str(folder), (name,), is_file)
        if found is not None:
            return self._load(run, dotted, Path(found))
        return ModuleValue(dotted, folder / name, is_folder=True) if is_folder(folder / name) else None

    def _find(self, dotted: str, level: int, filename: str, within: str | None = None) -> Path | None:
        """The file of a module of the project; `within` asks that the project be that package itself."""
        if not level and within is None and dotted.partition(".")[0] in _HARMLESS:
            return None
        found = find_module(dotted, level, filename, is_file, within=within)
        return None if found is None else Path(found)

    def _load(self, run: Run, name: str, path: Path) -> ModuleValue:
        module = ModuleValue(name, path)
        if not self.is_loaded(run, module) and _acts_when_imported(path):
            self.scope_of(run, module)
        return module

    def scope_of(self, run: Run, module: ModuleValue) -> Scope:
        """The names of a module; reads and executes it if that has not been done. Without owner where it cannot be."""
        path = str(module.path)
        known = run.modules.get(path)
        if known is not None:
            return known
        versions = self._modules.setdefault((path, run.arguments_given), [])
        for loaded in versions:
            if loaded.fits(run):
                break
        else:
            source = self._source(module.path) if not module.is_folder and len(self._modules) <= _MAX_MODULES else None
            loaded = _Loaded(Scope("module", None, source))
            versions.append(loaded)
            run.modules[path] = loaded.scope
            if source is not None:
                self._execute(run, module, loaded, source)
        run.modules[path] = loaded.scope
        loaded.show(run)
        return loaded.scope

    def is_loaded(self, run: Run, module: ModuleValue) -> bool:
        """Whether the module has been executed, or is being executed."""
        return str(module.path) in run.modules

    def _execute(self, run: Run, module: ModuleValue, loaded: _Loaded, source: Any) -> None:
        # A run of its own: what the module builds for itself is no part of this one.
        inner = Run(self, run.budget, run.relevant_in_order, run.plan)
        inner.arguments_given, inner.flags, inner.modules = run.arguments_given, run.flags, run.modules
        budget = run.budget
        watch, budget.watch = budget.watch, None  # a module is not left half executed
        begun = budget.spent
        with noted_in(inner.journal), contextlib.suppress(UserRaise):
            prepare_module(loaded.scope, module.name)
            for key, choice in run.taken.items():
                inner.facts[key] = choice
            inner.questions = set()
            inner.journal.mark()
            inner.execute(source.tree.body, loaded.scope)
        loaded.scope.made = 0
        inner.journal.forget_making()
        budget.watch = watch
        for call in run.active_calls:
            call.steps += budget.spent - begun
        run.reads_arguments = run.reads_arguments or inner.reads_arguments
        loaded.learn(inner, run.taken)
        self.flags.update(run.flags)

    def _source(self, path: Path) -> Any:
        """The parsed file, or None where it cannot be used."""
        from kerascheck.project.source import SourceError, read_source

        key = str(path)
        if key not in self._sources:
            self._sources[key] = None
            try:
                source = read_source(key, _MAX_MODULE_BYTES)
                if source.text == self.source.text:
                    source.parse_apart()  # its functions may be called where those of the file itself are not
                _ = source.tree
                self._sources[key] = source
                self.marks.update(marks_of(source))
            except (OSError, SourceError):
                pass
        return self._sources[key]

    def place_of(self, node: Any) -> str | None:
        """The row in which a node stands, in words; with the name of the file where that is another one."""
        for source in (self.source, *self._sources.values()):
            if source is None or node not in outline_of(source):
                continue
            try:
                row = int(source.locate(node).start.row)
            except (LookupError, ValueError):
                continue
            if source is self.source:
                cell, row = source.in_cell(row)
                return f"row {row}" if cell is None else f"row {row} of cell {cell}"
            return f"row {row} of {Path(source.filename).name}"
        return None

    def module_attribute(self, run: Run, module: ModuleValue, name: str) -> Value:
        """A name of a module of the project, which may be a submodule not imported yet."""
        scope = self.scope_of(run, module)
        if name in scope.vars:
            value = self.imported(run, scope, name)
            if run.is_unseen and is_placeholder(value):
                return Unknown(f"{name} of {module.name} is set elsewhere", ("module", module.name, name), name)
            return value
        if scope.owner is None and not module.is_folder:
            return Unknown(f"module {module.name} is not read", ("module", module.name, name), name)
        if module.is_folder or module.path.name == "__init__.py":
            found = self._inside(run, module, name)
            if found is not None:
                return found
        if scope.star:
            return self.star_name(scope.star, name)
        return Unknown(f"{name} is not defined in {module.name}", ("module", module.name, name), name)

    def imported(self, run: Run, scope: Scope, name: str) -> Value:
        """A name of a module, which may have been imported into it from another one."""
        value = scope.vars[name]
        if isinstance(value, ImportedName):
            scope.vars[name] = Unknown(f"{name} is imported in a circle")  # while its module is being read
            value = scope.vars[name] = self.module_attribute(run, value.module, value.name)
        return value


class _Loaded:
    """A module that was executed, with the conditions that were decided for that."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.taken: dict[Hashable, bool] = {}
        self.met: dict[Hashable, Any] = {}  # conditions that it came to, with their places
        self.given: dict[Hashable, bool] = {}  # what was decided before, as far as it asks about the same
        self.composed: dict[Hashable, frozenset[Hashable]] = {}
        self.needed: list[Hashable] = []

    def learn(self, inner: Run, before: dict[Hashable, bool]) -> None:
        """Keep what the run of the module has met."""
        self.taken, self.met = inner.taken, inner.places
        asked = inner.questions or set()
        roots = {root for key in asked if (root := root_of(key)) is not None}
        self.given = {key: choice for key, choice in before.items() if key in asked or root_of(key) in roots}
        self.composed, self.needed = inner.condition_needs, list(inner.needed)

    def show(self, run: Run) -> None:
        """Let the importing run know."""
        run.taken.update(self.taken)
        for key in self.taken:
            run.known(key)  # it holds from here on
        for key, place in self.met.items():
            run.places.setdefault(key, place)
        run.condition_needs.update(self.composed)
        run.need(self.needed)

    def fits(self, run: Run) -> bool:
        """Whether the run would decide the same conditions in the same way."""
        if any(run.taken.get(key) is not choice for key, choice in self.given.items()):
            return False
        asked = {key for key in (*self.met, *self.taken) if key in run.relevant}
        return asked == self.taken.keys() and all(
            run.taken.get(key, run.plan.get(key, True)) is choice for key, choice in self.taken.items()
        )


#: What a module does to others when it is imported: it defines command-line flags, or reads the command line.
_ACTS = re.compile(rb"DEFINE_|\bargv\b|parse_args|parse_known_args")


def _acts_when_imported(path: Path) -> bool:
    try:
        text = unsaved(str(path))
        text = read_bytes(path, _MAX_MODULE_BYTES) if text is None else text
    except OSError:
        return False
    note_content(path, text)
    return _ACTS.search(text) is not None


def _is_application(name: str) -> bool:
    from kerascheck.layers.applications.records import load

    return name == "preprocess_input" or load(name) is not None


def prepare_module(scope: Scope, name: str) -> None:
    """The names every module starts with."""
    scope.vars["__name__"] = name
    scope.vars["__file__"] = Unknown("the path of the file", ("file",), "__file__")
    scope.vars["__doc__"] = None


@lru_cache(maxsize=4096)
def _symbol(dotted: str) -> Symbol:
    return Symbol(dotted)
