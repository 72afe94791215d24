"""Signs in the text of a program of the Keras that it is written for.

Names are resolved by the imports of the file, so that it does not matter how something was imported. Comments and
strings are no signs. What runs is not looked at: a module that is read for its signs need not even be Python 3.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache, wraps
from hashlib import blake2b
from typing import TypeAlias, TypeVar

from kerascheck.keras.changes import Package, gone_part
from kerascheck.project.target.eras import Era, Evidence
from kerascheck.text.lexing import code_only, without_comments

_Found = TypeVar("_Found")

#: Texts whose signs are remembered.
_MAX_KNOWN = 1024

#: The roots by which programs reach Keras; what comes behind them is a name of Keras.
_ROOTS = tuple(
    f"{root}."
    for root in (
        *("tensorflow.compat.v1.keras", "tensorflow.compat.v2.keras", "tensorflow.contrib.keras"),
        *("tensorflow.python.keras", "tensorflow.keras", "tensorflow_core.python.keras", "keras.api", "keras"),
    )
)

#: What TensorFlow 1 had and TensorFlow 2 has not, by itself or with all that is in it.
TENSORFLOW_1 = frozenset(
    {
        "AUTO_REUSE", "ConfigProto", "GPUOptions", "GraphKeys", "InteractiveSession", "Print", "Session",
        "add_to_collection", "app", "contrib", "disable_eager_execution", "enable_eager_execution", "flags",
        "get_collection", "get_default_graph", "get_default_session", "get_variable", "gfile", "global_variables",
        "global_variables_initializer", "initialize_all_variables", "layers", "local_variables_initializer", "log",
        "logging", "placeholder", "placeholder_with_default", "py_func", "python_io", "random_normal",
        "random_uniform", "reset_default_graph", "set_random_seed", "sparse_placeholder", "to_float", "to_int32",
        "trainable_variables", "train.AdamOptimizer", "train.GradientDescentOptimizer", "train.MomentumOptimizer",
        "train.RMSPropOptimizer", "train.Saver", "train.get_or_create_global_step", "truncated_normal",
        "variable_scope",
    }
)  # fmt: skip
#: What came with TensorFlow as long as its Keras was Keras 2, or needs that.
WITH_KERAS_2 = frozenset({"estimator", "keras.estimator", "keras.experimental", "keras.layers.DenseFeatures"})
#: The same, though TensorFlow still has it: layers of Keras 2 alone take it.
FEATURE_COLUMNS = frozenset({"feature_column"})
#: Those of which no installation of today has anything: who writes them has another one.
_INSTALLATIONS = frozenset({"contrib", "estimator", "keras.estimator"}) | FEATURE_COLUMNS
#: The parts of `tensorflow.compat.v1` that programs for any version use.
_NEUTRAL_V1 = frozenset({"logging"})

#: Modules and names that Keras 2 has, under any of its roots, and Keras 3 has not.
KERAS_2_ONLY = frozenset(
    {
        "backend.get_session", "backend.set_session", "backend.image_dim_ordering", "backend.set_image_dim_ordering",
        "backend.set_learning_phase", "backend.get_variable_shape", "backend.manual_variable_initialization",
        "backend.tensorflow_backend", "dtensor", "engine", "layers.DenseFeatures", "layers.advanced_activations",
        "layers.convolutional", "layers.convolutional_recurrent", "layers.core", "layers.cudnn_recurrent",
        "layers.embeddings", "layers.experimental", "layers.local", "layers.merge", "layers.noise",
        "layers.normalization", "layers.pooling", "layers.recurrent", "layers.wrappers",
        "mixed_precision.experimental", "utils.data_utils", "utils.generic_utils", "utils.layer_utils",
        "utils.multi_gpu_model", "utils.multi_gpu_utils", "utils.np_utils", "utils.training_utils", "utils.vis_utils",
        "wrappers.scikit_learn",
    }
)  # fmt: skip
#: What came with Keras 3. (`keras.saving` and files that end in `.keras` are older.)
KERAS_3_ONLY = frozenset(
    {
        "KerasTensor", "StatelessScope", "distribution", "dtype_policies", "layers.FlaxLayer", "layers.JaxLayer",
        "layers.TFSMLayer", "layers.TorchModuleWrapper", "ops", "quantizers", "random", "tree", "visualization",
    }
)  # fmt: skip
#: What only Keras 1 had.
KERAS_1_ONLY = frozenset(
    {
        "layers.Merge", "layers.ParametricSoftplus", "layers.SReLU", "layers.TimeDistributedDense", "initializations",
        "models.Graph", "utils.visualize_util", "regularizers.WeightRegularizer", "regularizers.activity_l2",
    }
)  # fmt: skip
#: Packages beside Keras, with the Keras that they need.
_PACKAGES = {"tensorflow_addons": Era.TF_KERAS, "keras_contrib": Era.KERAS_2, "keras_core": Era.KERAS_3}

#: What other packages took away before Keras 3 came (November 2023): who imports it runs an installation of before.
BYGONE = frozenset(
    {
        "pandas.Panel", "pandas.scatter_matrix", "pandas.tools", "scipy.misc.comb", "scipy.misc.fromimage",
        "scipy.misc.imfilter", "scipy.misc.imread", "scipy.misc.imresize", "scipy.misc.imrotate", "scipy.misc.imsave",
        "scipy.misc.imshow", "scipy.misc.logsumexp", "scipy.misc.toimage", "sklearn.cross_validation",
        "sklearn.datasets.fetch_mldata", "sklearn.datasets.load_boston", "sklearn.externals.joblib",
        "sklearn.externals.six", "sklearn.grid_search", "sklearn.learning_curve",
        "sklearn.metrics.plot_confusion_matrix", "sklearn.metrics.plot_precision_recall_curve",
        "sklearn.metrics.plot_roc_curve", "sklearn.preprocessing.Imputer",
    }
)  # fmt: skip

#: Patterns, each searched for only where its word occurs: most texts have none of them.
_Patterns: TypeAlias = tuple[tuple[str, re.Pattern[str]], ...]

#: Keyword arguments and calls that only Keras 1 had. (Names of variables prove nothing: `nb_epoch = 10`.)
_WRITTEN_FOR_1: _Patterns = (
    (
        "=",
        re.compile(
            r"[(,]\s*(?:(?:nb_epoch|border_mode|nb_filter|nb_row|nb_col|dim_ordering|samples_per_epoch|nb_val_samples"
            r"|[WbU]_regularizer|[Wb]_constraint|dropout_[WU]|inner_init|inner_activation|filter_length|pool_length)\s*="
            r"|init\s*=\s*['\"](?:uniform|normal|zero|one|identity|orthogonal|glorot_|he_|lecun_))"
        ),
    ),
    ("output_dim", re.compile(r"\b(?:Dense|LSTM|GRU|SimpleRNN)\s*\(\s*output_dim\s*=")),
    ("Dropout", re.compile(r"Dropout(?<!\wDropout)\s*\(\s*p\s*=")),
    ("Convolution", re.compile(r"\bConvolution[123]D\s*\(\s*\w+\s*,\s*\d+\s*,\s*\d+")),
    ("Model", re.compile(r"Model(?<!\wModel)\s*\(\s*input\s*=")),
)
#: Methods that Keras 3 has no more.
_WRITTEN_FOR_2: _Patterns = (
    ("(", re.compile(r"\.(?:fit_generator|predict_classes|predict_generator|evaluate_generator)\(")),
)
#: The learning rate by the name that Keras 3 refuses; whose optimizer it is, the imports say.
_OLD_RATE = re.compile(
    r"(?<![\w.])([\w.]*\b(?:SGD|RMSprop|Adam|Adamax|Nadam|Adagrad|Adadelta))\(\s*(?:[^()]*,\s*)?lr\s*="
)
_RATE = re.compile(r"lr\s*=")  # most texts have none: this is found soon
#: Keras 2 is asked for by a variable of the environment.
_LEGACY = re.compile(r"TF_USE_LEGACY_KERAS['\"]?\]?\s*[=:,]\s*['\"]?(?:1|[Tt]rue)\b")
#: Backends that only Keras 3 has.
_BACKEND = re.compile(r"KERAS_BACKEND['\"]?\]?\s*[=:,]\s*['\"]?(jax|torch|openvino)\b")
_PRINT = re.compile(r"print[ \t]+(?:[\"'\w]|%)")

_IMPORT = re.compile(
    r"[ \t]*(?:>>> )?(?:from[ \t]+(?P<whence>[.\w]+)[ \t]+import[ \t]*(?P<what>\([^)]*\)|(?:[^\n\\;]|\\\n)*)"
    r"|import[ \t]+(?P<modules>(?:[^\n\\;]|\\\n)*))"
)
_HEADS = frozenset({"tensorflow", "tensorflow_core", "keras", "tf_keras"})
_CHAIN = re.compile(r"([^\W\d]\w*)((?:\.[^\W\d]\w*)+)")
#: What a dotted name does not begin behind.
_IN_NAME = re.compile(r"[\w.]")


@dataclass
class Signs:
    """What a text shows: proofs of an older Keras, of Keras 3, and a way of writing."""

    proofs: list[Evidence] = field(default_factory=list)  # that it cannot be meant for Keras 3
    new: list[Evidence] = field(default_factory=list)  # that it cannot be meant for an older one
    style: list[Evidence] = field(default_factory=list)  # how an older one is called
    dated: list[Evidence] = field(default_factory=list)  # that it ran before there was Keras 3
    gone: list[Evidence] = field(default_factory=list)  # names that Keras 3 does not have: a weak sign, of one's own
    in_tensorflow: bool = False  # whether it reaches Keras as a part of TensorFlow
    in_keras: bool = False  # whether it reaches Keras at all
    python_2: Evidence | None = None

    @property
    def is_old(self) -> bool:
        """Whether it was written for an older Keras, or before Keras 3 came."""
        return bool(self.proofs or self.dated)

    @property
    def any(self) -> bool:
        """Whether there is any sign."""
        return bool(self.proofs or self.new or self.style or self.dated or self.gone or self.python_2)


def _once(look: Callable[[str], _Found]) -> Callable[[str], _Found]:
    """Look at each text once: it is looked at as a program, as its neighbour, and as what others import."""
    known: OrderedDict[bytes, _Found] = OrderedDict()

    @wraps(look)
    def looked(text: str) -> _Found:
        key = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if key in known:
            known.move_to_end(key)
            return known[key]
        found = known[key] = look(text)
        if len(known) > _MAX_KNOWN:
            known.popitem(last=False)
        return found

    return looked


@_once
def signs_in(text: str) -> Signs:
    """The signs in a program."""
    found = _looked(text, text)  # most programs have none, even with all that their comments and strings say
    return _looked(code_only(text), without_comments(text)) if found.any else found


@_once
def imports_in(text: str) -> list[tuple[str, int]]:
    """All modules, and names in modules, that a program imports: dotted, and how many dots stand before."""
    found = [dotted for dotted, _, _ in _imported(code_only(text))]
    return [(dotted.lstrip("."), len(dotted) - len(dotted.lstrip("."))) for dotted in dict.fromkeys(found)]


def _looked(code: str, plain: str) -> Signs:
    """The signs in the code of a program, and in the code with its strings."""
    found = Signs()
    rows = _Rows(code)
    names: dict[str, str] = {}
    for dotted, local, at in _imported(code):
        names[local] = dotted if local != dotted.partition(".")[0] else local
        _judge(dotted, found, rows, at)
        # One that is indented may be an attempt, with something else for newer versions.
        if code[at] not in " \t" and (name := _prefix(dotted, BYGONE)) is not None:
            found.dated.append(Evidence(Era.KERAS_2, name, row=rows.at(at)))
    names.setdefault("tf", "tensorflow")  # a part of a program may leave out what everybody writes first
    heads = {name for name, dotted in names.items() if dotted.partition(".")[0] in _HEADS}
    seen: set[str] = set()
    for chain in _chains(code, heads):
        if chain.group() not in seen:
            seen.add(chain.group())
            _judge(names[chain.group(1)] + chain.group(2), found, rows, chain.start())
    if "_KERAS" in plain and (match := _LEGACY.search(plain)):
        found.proofs.append(Evidence(Era.TF_KERAS, "TF_USE_LEGACY_KERAS", row=rows.at(match.start())))
    if "KERAS_BACKEND" in plain and (match := _BACKEND.search(plain)):
        found.new.append(Evidence(Era.KERAS_3, f"the backend {match.group(1)}", row=rows.at(match.start())))
    for era, patterns in ((Era.KERAS_1, _WRITTEN_FOR_1), (Era.KERAS_2, _WRITTEN_FOR_2)):
        for word, pattern in patterns:
            if word in plain and (match := pattern.search(plain)):
                text = match.group().strip("(,. \n\t")
                found.style.append(Evidence(era, text, row=rows.at(match.start()), settles=False))
    for match in _OLD_RATE.finditer(code) if _RATE.search(code) else ():
        head, _, rest = match.group(1).partition(".")
        if _is_in_keras(f"{names.get(head, head)}.{rest}", "optimizers"):
            text, row = f"{match.group(1)}(lr=...)", rows.at(match.start())
            found.style.append(Evidence(Era.KERAS_2, text, row=row, settles=False))
            break
    at_print = _print_statement(code)
    if at_print is not None:
        found.python_2 = Evidence(Era.KERAS_2, "a print statement of Python 2", row=rows.at(at_print))
    return found


def _print_statement(code: str) -> int | None:
    """Where the first statement `print ...` of Python 2 stands, if there is one."""
    for match in _PRINT.finditer(code):
        begin = code.rfind("\n", 0, match.start()) + 1
        if not code[begin : match.start()].strip(" \t"):
            return begin
    return None


def _chains(code: str, heads: Iterable[str]) -> list[re.Match[str]]:
    """The dotted names that begin with one of these, in order."""
    found: list[re.Match[str]] = []
    for head in heads:
        at = code.find(f"{head}.")
        while at >= 0:
            if (at == 0 or _IN_NAME.match(code, at - 1) is None) and (chain := _CHAIN.match(code, at)) is not None:
                found.append(chain)
            at = code.find(f"{head}.", at + 1)
    return sorted(found, key=re.Match.start)


def _statements(code: str) -> Iterator[re.Match[str]]:
    """The import statements."""
    end = at = 0
    while (at := code.find("import", at)) >= 0:
        begin = code.rfind("\n", 0, at) + 1
        at += len("import")
        if begin >= end and (match := _IMPORT.match(code, begin)) is not None:
            yield match
            at = end = max(at, match.end())


def _imported(code: str) -> Iterator[tuple[str, str, int]]:
    """Each import: the dotted name, what it is called in the file, its offset."""
    for match in _statements(code):
        whence = match.group("whence")
        if whence is None:
            for item in _items(match.group("modules")):
                dotted, _, alias = item.partition(" as ")
                yield dotted, alias or dotted.partition(".")[0], match.start()
            continue
        module = whence.lstrip(".")
        level = len(whence) - len(module)
        for item in _items(match.group("what")):
            name, _, alias = item.partition(" as ")
            if name == "*":
                yield whence, f"* of {whence}", match.start()
                continue
            inner = f"{module}.{name}" if module else name
            yield f"{'.' * level}{inner}", alias or name, match.start()


def _items(text: str) -> list[str]:
    items = text.replace("\\\n", " ").strip("() \t").split(",")
    return [" ".join(item.strip("()").split()) for item in items if item.strip("() \t\n")]


def _judge(dotted: str, found: Signs, rows: _Rows, at: int) -> None:
    """Note what a name, as the file reaches it, says."""
    said = _said_by(dotted)
    if said is _NOTHING_SAID:
        return
    if said.gone is not None and not found.gone:
        found.gone.append(replace(said.gone, row=rows.at(at)))
    found.proofs += [replace(sign, row=rows.at(at)) for sign in said.proofs]
    found.new += [replace(sign, row=rows.at(at)) for sign in said.new]
    found.in_tensorflow = found.in_tensorflow or said.in_tensorflow
    found.in_keras = found.in_keras or said.in_keras


@dataclass(frozen=True)
class _Said:
    """What a dotted name says, wherever it stands."""

    proofs: tuple[Evidence, ...] = ()
    new: tuple[Evidence, ...] = ()
    gone: Evidence | None = None
    in_tensorflow: bool = False
    in_keras: bool = False


_NOTHING_SAID = _Said()


@lru_cache(maxsize=4096)
def _said_by(dotted: str) -> _Said:
    """What the name says: programs of one kind reach the same ones again and again."""
    parts = dotted.lstrip(".").split(".")
    if "tf_keras" in parts[:1] or parts[-1] == "tf_keras":
        return _Said((Evidence(Era.TF_KERAS, "tf_keras"),))
    if parts[0] in _PACKAGES:
        sign = Evidence(_PACKAGES[parts[0]], parts[0])
        return _Said(new=(sign,)) if sign.era is Era.KERAS_3 else _Said((sign,))
    if dotted.startswith("."):
        return _NOTHING_SAID
    rest = next((dotted[len(root) :] for root in _ROOTS if dotted.startswith(root)), None)
    if parts[0] in ("tensorflow", "tensorflow_core"):
        return _said_in_tensorflow(dotted, parts, rest)
    return _NOTHING_SAID if rest is None else _said_in_keras(parts, rest, _gone(dotted, "keras", rest))


def _said_in_tensorflow(dotted: str, parts: list[str], rest: str | None) -> _Said:
    """The same for a name that begins with `tensorflow`; `rest`: what is left of it in Keras."""
    gone = _gone(dotted, "tensorflow" if rest is None else "tf.keras", rest)
    inside = "keras" in parts[1:3] or "keras" in parts[3:4]
    if parts[1:3] == ["compat", "v1"]:
        is_neutral = len(parts) > 3 and parts[3] in _NEUTRAL_V1
        proofs = () if is_neutral else (Evidence(Era.TF_KERAS, "tensorflow.compat.v1"),)
        return _Said(proofs, gone=gone, in_tensorflow=inside)
    behind = ".".join(parts[1:])
    for known in (TENSORFLOW_1, WITH_KERAS_2, FEATURE_COLUMNS):
        if (name := _prefix(behind, known)) is not None:
            proof = Evidence(Era.TF_KERAS, f"tensorflow.{name}", settles=name in _INSTALLATIONS)
            return _Said((proof,), gone=gone, in_tensorflow=inside)
    if rest is None:
        return _Said(gone=gone, in_tensorflow=inside)
    return replace(_said_in_keras(parts, rest, gone), in_tensorflow=inside)


def _said_in_keras(parts: list[str], rest: str, gone: Evidence | None) -> _Said:
    """The same for a name of Keras: `rest`."""
    if (name := _prefix(rest, KERAS_3_ONLY)) is not None:
        return _Said(new=(Evidence(Era.KERAS_3, f"keras.{name}"),), gone=gone, in_keras=True)
    era = None
    if (name := _prefix(rest, KERAS_1_ONLY)) is not None:
        era = Era.KERAS_1
    elif (name := _prefix(rest, KERAS_2_ONLY)) is not None:
        era = Era.TF_KERAS if parts[0] != "keras" else Era.KERAS_2
    proofs = () if era is None else (Evidence(era, f"keras.{name}", settles=False),)
    return _Said(proofs, gone=gone, in_keras=True)


def _gone(dotted: str, package: Package, rest: str | None) -> Evidence | None:
    """The sign of a name that Keras 3, or TensorFlow 2, does not have when it is reached through the package."""
    if gone_part(f"keras.{rest}" if rest is not None else dotted, package) is None:
        return None
    return Evidence(Era.KERAS_2 if package == "keras" else Era.TF_KERAS, dotted, settles=False)


def _is_in_keras(dotted: str, module: str) -> bool:
    """Whether the name is one of a module of Keras."""
    return any(dotted.startswith(f"{root}{module}.") for root in _ROOTS)


def _prefix(dotted: str, known: frozenset[str]) -> str | None:
    """What of the known names the dotted name is, or is in."""
    parts = dotted.split(".")
    return next((name for n in range(1, min(len(parts), 3) + 1) if (name := ".".join(parts[:n])) in known), None)


class _Rows:
    """The rows of a text, by offset."""

    def __init__(self, text: str) -> None:
        self._text = text

    def at(self, offset: int) -> int:
        return self._text.count("\n", 0, offset) + 1
