"""The Keras that a program is written for, by all the evidence there is.

What speaks for itself comes first: the names that the program uses, then what its notebook installs, then how it is
written, then what its project says (versions, the modules beside it). Where two things contradict each other, the
older Keras is taken, because of which less is called a mistake. Without any evidence it is Keras 3.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from kerascheck.project.target.eras import Era, Evidence
from kerascheck.project.target.pins import LOCKS, Requirement, judged, of_cell, reader_of
from kerascheck.project.target.places import folders_up, modules_named, project_folder
from kerascheck.project.target.signs import Signs, imports_in, signs_in
from kerascheck.runtime.asked import note_read, note_versions
from kerascheck.runtime.reading import read_bytes

if TYPE_CHECKING:
    from kerascheck.project.source import Source

_MAX_PIN_BYTES = 2_000_000
_MAX_PIN_FILES = 12  # of one folder
_MAX_MODULE_BYTES = 200_000
_MAX_BESIDE = 250  # modules of a folder with more of them are not read for one another
_MAX_IMPORTED = 30

_DIALECTS = {Era.KERAS_1: 1, Era.KERAS_2: 2, Era.TF_KERAS: 2}


@dataclass(frozen=True)
class Target:
    """The Keras that a program is written for, and what shows it."""

    era: Era
    evidence: tuple[Evidence, ...] = ()
    by_style: bool = False  # whether nothing but the way it is written shows it
    by_names: bool = False  # whether nothing but names shows it that Keras 3 does not have
    contradicted: bool = False  # whether its project or its notebook asks for Keras 3 all the same

    @property
    def dialect(self) -> int:
        """The generation: 1, 2 or 3, which also stands for not knowing."""
        return _DIALECTS.get(self.era, 3)

    @property
    def old_forms(self) -> Literal["pass", "note", "error"]:
        """What is to be said of forms that Keras 3 does not have.

        They are right where an older Keras is known to be meant, and wrong where Keras 3 is. Where nothing shows which,
        or nothing but such forms, the program may be old, or one that somebody wants to run today: that is worth a
        note.
        """
        if self.era is Era.KERAS_3 or self.contradicted:
            return "error"
        return "pass" if self.era.is_old and not (self.by_style or self.by_names) else "note"

    @property
    def refusals(self) -> Literal["pass", "note", "error"]:
        """What is to be said of what Keras 3 refuses, and older ones did not, where it is no old form.

        Where nothing shows another one, not even names that Keras 3 does not have, it is the Keras that is installed
        today.
        """
        return "error" if self.era is Era.UNKNOWN and not self.by_names else self.old_forms

    @property
    def habits(self) -> Literal["pass", "note", "warning", "error"]:
        """The same of what many programs did that have run for years: where nothing shows a Keras, it is a warning."""
        return "warning" if self.refusals == "error" and self.era is Era.UNKNOWN else self.refusals

    @property
    def reads_as_written(self) -> bool:
        """Whether arguments mean what they do in Keras 3, since there never were other forms of them."""
        return self.era not in (Era.KERAS_1, Era.KERAS_2)


def target_of(source: Source) -> Target:
    """The Keras that a source is written for."""
    own = signs_in(source.text)
    reaches = Era.TF_KERAS if own.in_tensorflow else Era.KERAS_2
    if own.proofs:
        return _proved(source, own)
    if own.new:
        return Target(Era.KERAS_3, tuple(own.new))
    if source.cells and (found := _installed(source)) is not None:
        return _meant(found, reaches)
    folder = _folder_of(source.filename)
    if folder is not None:
        note_versions(folder)
    found = next(_pinned(folder), None) if folder is not None else None
    if own.style and not own.in_tensorflow:
        settled = [found] if found is not None and found.era.is_old else own.dated
        asks = found is not None and found.era is Era.KERAS_3
        return Target(own.style[0].era, (*own.style, *settled), by_style=not settled, contradicted=asks)
    if own.dated and (found is None or found.era.is_old):
        return _meant(own.dated[0], reaches)
    if folder is None:
        if own.style:
            return Target(reaches, tuple(own.style), by_style=True)
        return Target(Era.UNKNOWN, tuple(own.gone), by_names=bool(own.gone))
    if found is not None:
        return _meant(found, reaches)
    if (found := _beside(folder, os.path.basename(source.filename)) or _in_modules(source, folder)) is not None:
        return _meant(found, reaches)
    if source.cells and (found := _last_run(source)) is not None:
        return _meant(found, reaches)
    if (found := _of_neighbours(folder, os.path.basename(source.filename))) is not None:
        return _meant(found, reaches)
    if (found := _of_project(folder)) is not None:
        return _meant(found, reaches)
    if own.style:
        return Target(reaches, tuple(own.style), by_style=True)
    return Target(Era.UNKNOWN, tuple(own.gone), by_names=bool(own.gone))


def surroundings(folder: str) -> str:
    """What files beside a source of this folder say about it, to know when that changes."""
    place = Path(folder)
    facts = _facts(place)
    linked = sorted(map(sorted, _links(facts).values())) if facts.is_old and not facts.is_package else []
    pinned = [str(found) for found in _pinned(place)]
    return repr((pinned, facts.told, facts.is_package, linked, _of_project(place)))


def _meant(found: Evidence, reaches: Era) -> Target:
    """The target by evidence from outside the program: an old version is the one through which it reaches Keras."""
    era = found.era
    named = era.is_old and not found.settles
    return Target(reaches if era.is_old and era is not Era.KERAS_1 else era, (found,), by_names=named)


def _proved(source: Source, own: Signs) -> Target:
    """The target of a program that cannot be for Keras 3 as it is written."""
    era, proofs = _oldest(own), tuple(own.proofs)
    if any(proof.settles for proof in proofs):
        return Target(era, proofs)
    found = _said_outside(source, own)
    if found is None or not found.era.is_old:
        return Target(era, proofs, by_names=True, contradicted=found is not None)
    return Target(era, (*proofs, found))


def _said_outside(source: Source, own: Signs) -> Evidence | None:
    """What else than names that Keras 3 does not have says for which Keras the program is."""
    if source.cells and (found := _installed(source)) is not None:
        return found
    folder = _folder_of(source.filename)
    if folder is not None:
        note_versions(folder)
        if (found := next(_pinned(folder), None)) is not None:
            return found
    if (found := next(iter(own.dated), own.python_2)) is not None:
        return found
    if source.cells and (found := _last_run(source)) is not None:
        return found
    if folder is None:
        return None
    found = _beside(folder, os.path.basename(source.filename)) or _in_modules(source, folder)
    return found if found is not None and found.settles else None


def _oldest(own: Signs) -> Era:
    """The era of a program that is surely not for Keras 3."""
    eras = {proof.era for proof in own.proofs} | ({sign.era for sign in own.style} if not own.in_tensorflow else set())
    if own.in_tensorflow:
        return Era.TF_KERAS
    return next(era for era in (Era.KERAS_1, Era.KERAS_2, Era.TF_KERAS) if era in eras)


def _folder_of(filename: str) -> Path | None:
    try:
        folder = Path(os.path.abspath(filename)).parent
        return folder if folder.is_dir() else None
    except (ValueError, OSError):
        return None


# -- notebooks ------------------------------------------------------------------------------------------------------


def _installed(source: Source) -> Evidence | None:
    """What a notebook installs itself."""
    for cell, text in source.texts():
        if "install" in text or "tensorflow_version" in text:
            found = judged(list(of_cell(text)), f"cell {cell}")
            if found is not None:
                return found
    return None


#: How many programs of a folder show together for which Keras it is.
_ENOUGH = 3
#: How many programs of a project do, where they are a tenth of those that use Keras; how large it may be.
_ENOUGH_IN_PROJECT = 10
_MAX_FOLDERS = 200
_MAX_PROGRAMS = 600

_LANGUAGE = re.compile(rb'"language_info"\s*:\s*\{(?:[^{}]|\{[^{}]*\})*\}')
#: What Keras itself prints, as notebooks keep it: a word to look for first, the pattern, what it is.
_PRINTED_BY_2 = (
    (b"Using ", re.compile(rb"\bUsing (?:TensorFlow|Theano|CNTK) backend\."), "the backend announced in an output"),
    (b"[=", re.compile(rb"\d/\d+ \[=+[>=.]*\]"), "a progress bar of Keras 2 in an output"),
    (b"Layer (type)", re.compile(rb"Layer \(type\) +Output Shape +Param"), "a summary of Keras 2 in an output"),
)
_PRINTED_BY_3 = re.compile(
    rb"\d/\d+[^\n]{0,40}?(?:\xe2\x94\x81|\\u2501)|(?:\xe2\x94\x83|\\u2503)[^\n]{0,20}Layer \(type\)"
)
#: What Colab put beside each cell as long as the Keras that it ran was Keras 2 (until 2021).
_OLD_COLAB = re.compile(rb'"colab_type"\s*:\s*"(?:code|text)"')


def _last_run(source: Source) -> Evidence | None:
    """With what a notebook was run last: what Keras printed then, the Python, the Colab."""
    raw = source.raw
    printed = next((told for word, pattern, told in _PRINTED_BY_2 if word in raw and pattern.search(raw)), None)
    newer = _PRINTED_BY_3.search(raw) is not None
    if printed is not None and not newer:
        return Evidence(Era.KERAS_2, printed, "outputs")
    if newer and printed is None:
        return Evidence(Era.KERAS_3, "a progress bar or a summary of Keras 3 in an output", "outputs")
    match = _LANGUAGE.search(raw)
    if match is None:
        old = printed is None and _OLD_COLAB.search(raw) is not None
        return Evidence(Era.KERAS_2, "saved by a Colab of before Keras 3", "metadata") if old else None
    try:
        version = json.loads(b"{" + match.group() + b"}")["language_info"].get("version")
    except (ValueError, AttributeError):
        return None
    return judged([("python", f"=={version}", 1)], "metadata") if isinstance(version, str) else None


# -- the project ----------------------------------------------------------------------------------------------------


def _pinned(folder: Path) -> Iterator[Evidence]:
    """What the nearest folder that says anything says about versions."""
    for place in folders_up(folder):
        if (found := _facts(place).pinned) is not None:
            yield found


#: The name of a file, and what changes with it.
_File: TypeAlias = tuple[str, tuple[int, ...]]


@dataclass(frozen=True)
class _Facts:
    """What lies in one folder."""

    folder: str
    files: tuple[_File, ...]
    pinned: Evidence | None
    is_package: bool

    @cached_property
    def modules(self) -> dict[str, Signs]:
        """The signs in its modules, read when somebody asks: most programs are told by less, or by their own folder."""
        return {
            name: signs_in(_text(self.folder, name))
            for name, (size, *_) in self.files
            if name.endswith(".py") and size <= _MAX_MODULE_BYTES
        }

    @property
    def is_old(self) -> bool:
        """Whether a module in it says something about those that belong to it."""
        return any(signs.proofs or signs.python_2 for signs in self.modules.values())

    @property
    def told(self) -> tuple[str, ...]:
        """The signs in its modules."""
        return tuple(
            f"{name}: {sign}"
            for name, signs in self.modules.items()
            for sign in (*signs.proofs, *signs.new, *signs.dated, *([signs.python_2] if signs.python_2 else []))
        )


def _facts(folder: Path) -> _Facts:
    files: list[_File] = []
    try:
        with os.scandir(folder) as entries:
            names = [entry for entry in entries if entry.name.endswith(".py") or reader_of(entry.name) is not None]
        few = sum(entry.name.endswith(".py") for entry in names) <= _MAX_BESIDE
        for entry in sorted(names, key=lambda entry: entry.name):
            if (few or reader_of(entry.name) is not None) and entry.is_file():
                status = entry.stat()
                files.append((entry.name, (status.st_size, status.st_mtime_ns, status.st_ctime_ns)))
    except OSError:
        return _Facts(str(folder), (), None, False)
    return _read_folder(str(folder), tuple(files))


@lru_cache(maxsize=256)
def _read_folder(folder: str, files: tuple[_File, ...]) -> _Facts:
    requirements: dict[bool, list[Requirement]] = {True: [], False: []}
    said: dict[bool, str] = {}
    read = 0
    for name, (size, *_) in files:
        reader = reader_of(name)
        if reader is not None and size <= _MAX_PIN_BYTES and read < _MAX_PIN_FILES:
            read += 1
            found = list(reader(_text(folder, name)))
            requirements[name in LOCKS] += found
            if found:
                said.setdefault(name in LOCKS, os.path.join(folder, name))
    pinned = None
    for locked in (True, False):
        pinned = pinned or judged(requirements[locked], said.get(locked))
    return _Facts(folder, files, pinned, any(name == "__init__.py" for name, _ in files))


def _text(folder: str, name: str) -> str:
    try:
        return read_bytes(os.path.join(folder, name), _MAX_PIN_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def _beside(folder: Path, name: str) -> Evidence | None:
    """What the modules of the same package say, or those of the folder that import one another."""
    facts = _facts(folder)
    others = [other for other in facts.modules if other != name]
    if not any(facts.modules[other].proofs or facts.modules[other].python_2 for other in others):
        return None
    if not facts.is_package:
        others = [other for other in _connected(facts, name) if other != name]
    return _agreed((other, facts.modules[other]) for other in others)


def _of_neighbours(folder: Path, name: str) -> Evidence | None:
    """What the other programs of a folder say: people run them with one Keras.

    A single old one says nothing, nor do several beside one for Keras 3.
    """
    others = [(other, signs) for other, signs in _facts(folder).modules.items() if other != name]
    if any(signs.new for _, signs in others) or sum(signs.is_old for _, signs in others) < _ENOUGH:
        return None
    return _agreed(others)


def _of_project(folder: Path) -> Evidence | None:
    """What the programs of the whole project say, where many of them are old and none is for Keras 3.

    The exercises of a course are one folder beside another; all were run with the Keras of that year.
    """
    top = project_folder(folder)
    if top is None or top == folder:
        return None
    try:
        return _read_project(str(top), os.stat(top).st_mtime_ns)
    except OSError:
        return None


def forget() -> None:
    """Look anew at what is known of whole projects, which is not looked at for every file."""
    _read_project.cache_clear()


@lru_cache(maxsize=16)
def _read_project(folder: str, changed: int) -> Evidence | None:
    """What the programs below the top folder of a project say. It is asked for each of them, and read once."""
    modules: list[Signs] = []
    for part in _folders_below(Path(folder)):
        modules += [signs for signs in _facts(part).modules.values() if signs.in_keras]
        if len(modules) > _MAX_PROGRAMS:
            return None
    old = [signs for signs in modules if signs.is_old]
    if len(old) < _ENOUGH_IN_PROJECT or 10 * len(old) < len(modules) or any(signs.new for signs in modules):
        return None
    sign = (*old[0].proofs, *old[0].dated)[0]
    text = f"signs in {len(old)} of {len(modules)} programs, such as {sign.text}"
    return Evidence(sign.era, text, folder, settles=any(one.settles for signs in old for one in _settling(signs)))


def _settling(signs: Signs) -> Iterator[Evidence]:
    """What in a program says more than that Keras 3 lacks a name."""
    yield from (*signs.proofs, *signs.dated)


def _folders_below(top: Path) -> list[Path]:
    """The folder and those in it, and those in these."""
    found = [top]
    for depth in range(2):
        for folder in found[:] if depth == 0 else found[1:]:
            try:
                with os.scandir(folder) as entries:
                    found += [
                        Path(entry.path)
                        for entry in sorted(entries, key=lambda entry: entry.name)
                        if entry.is_dir(follow_symlinks=False) and entry.name[0] not in "._"
                    ]
            except OSError:
                continue
            if len(found) > _MAX_FOLDERS:
                return found[:1]
    return found


def _links(facts: _Facts) -> dict[str, set[str]]:
    """The modules of a folder, each with those that it imports and that import it."""
    return _read_links(facts.folder, tuple((name, told) for name, told in facts.files if name in facts.modules))


@lru_cache(maxsize=64)
def _read_links(folder: str, files: tuple[_File, ...]) -> dict[str, set[str]]:
    links: dict[str, set[str]] = {own: set() for own, _ in files}
    for own in links:
        for dotted, _ in imports_in(_text(folder, own)):
            other = f"{dotted.partition('.')[0]}.py"
            if other in links and other != own:
                links[own].add(other)
                links[other].add(own)
    return links


def _connected(facts: _Facts, name: str) -> list[str]:
    """The modules of a folder that belong to a program with this one: they import it, it imports them, and so on."""
    links = _links(facts)
    found, waiting = {name}, [name]
    while waiting:
        for other in links.get(waiting.pop(), set()) - found:
            found.add(other)
            waiting.append(other)
    return sorted(found)


def _agreed(modules: Iterable[tuple[str, Signs]]) -> Evidence | None:
    """What modules say about the Keras of others: a proof in one of them, unless another is for Keras 3."""
    found: Evidence | None = None
    for name, signs in modules:
        if signs.new:
            return None
        for sign in (*signs.proofs[:1], *signs.dated[:1], *([signs.python_2] if signs.python_2 is not None else [])):
            found = found or Evidence(sign.era, sign.text, name, sign.row, sign.settles)
    return found


def _in_modules(source: Source, folder: Path) -> Evidence | None:
    """What the modules of the project say that the program imports, directly or through others."""
    waiting = [(dotted, level, folder) for dotted, level in imports_in(source.text)]
    seen: set[Path] = set()
    asked: set[tuple[str, int, Path]] = set()  # files of one folder import much the same
    modules: list[tuple[str, Signs]] = []
    while waiting and len(seen) < _MAX_IMPORTED:
        dotted, level, place = waiting.pop(0)
        if (not level and dotted.partition(".")[0] in _FOREIGN) or (dotted, level, place) in asked:
            continue
        asked.add((dotted, level, place))
        # What stands behind the last dot may be a name in the module.
        for name in (dotted, dotted.rpartition(".")[0]):
            path = next(iter(modules_named(name, level, place)), None) if name or level else None
            if path is None or path in seen:
                continue
            seen.add(path)
            try:
                note_read(path)
                status = path.stat()
                stamp = (status.st_mtime_ns, status.st_ctime_ns)
                signs, imports = _read_module(str(path), stamp, status.st_size)
            except (OSError, ValueError):
                continue
            modules.append((str(path), signs))
            waiting += [(name, up, path.parent) for name, up in imports]
            break
    return _agreed(modules)


@lru_cache(maxsize=512)
def _read_module(path: str, changed: tuple[int, ...], size: int) -> tuple[Signs, list[tuple[str, int]]]:
    """The signs of a module, and what it imports."""
    if size > _MAX_MODULE_BYTES:
        return Signs(), []
    text = _text(*os.path.split(path))
    return signs_in(text), imports_in(text)


_FOREIGN = frozenset(
    {
        "keras", "tensorflow", "numpy", "pandas", "sklearn", "matplotlib", "scipy", "os", "sys", "time", "json",
        "random", "math", "logging", "pickle", "cv2", "PIL", "tqdm", "datetime", "collections", "itertools",
        "functools", "copy", "pathlib", "argparse", "typing", "re", "seaborn", "torch", "__future__", "six",
    }
)  # fmt: skip
