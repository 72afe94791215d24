"""Reports of earlier runs, kept by what they depend on: the bytes of the file, the settings, the program itself."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import tempfile
from dataclasses import asdict
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerascheck import __version__, safe_path
from kerascheck.diagnostics import Applicability, Diagnostic, Edit, Fix, Position, Report, Severity, Span
from kerascheck.project_graph import current_graph
from kerascheck.target import surroundings

if TYPE_CHECKING:
    from kerascheck.config import Settings


class Cache:
    """A folder with one small file for each report. What cannot be read or written is as if it were not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # For the length of one run: what lies where is asked for every file of a folder.
        self._neighbours = cache(_neighbours)
        self._surroundings = cache(surroundings)
        self._digest_of = cache(_digest_of)

    @staticmethod
    def of_user() -> Cache:
        """The cache in the user's cache folder, or where KERASCHECK_CACHE_DIR says."""
        import platformdirs

        own = os.environ.get("KERASCHECK_CACHE_DIR")
        return Cache(Path(own or platformdirs.user_cache_dir("kerascheck", appauthor=False)))

    def load(self, raw: bytes, filename: str, settings: Settings) -> Report | None:
        """The report on this file, if nothing that it depends on has changed."""
        try:
            with open(self._path(raw, filename, settings), encoding="utf-8") as file:
                entry = json.load(file)
            if any(self._digest_of(path) != digest for path, digest in entry["modules"].items()):
                return None
            return _report_from(entry["report"], filename)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def store(self, raw: bytes, settings: Settings, report: Report) -> None:
        """Keep a report, unless it is not the file's alone to decide (a fault of ours, a clock that ran out)."""
        if report.crashed or report.by_chance:
            return
        entry = {"modules": {path: self._digest_of(path) for path in report.modules}, "report": asdict(report)}
        path = self._path(raw, report.filename, settings)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(entry, file)
            os.replace(temporary, path)
        except (OSError, ValueError):
            return

    def _path(self, raw: bytes, filename: str, settings: Settings) -> Path:
        # The name is part of it: imports and per-file-ignores are resolved from it. So is who imports the file: a new
        # caller builds what it defines in another way. What callers say is among the modules that were read.
        where = os.path.abspath(filename)
        folder = os.path.dirname(where)
        beside = (self._neighbours(folder), self._surroundings(folder), current_graph().importers(where))
        key = repr((_program(), settings.checking, where, beside))
        digest = hashlib.sha256(key.encode("utf-8", "surrogatepass") + b"\0" + raw).hexdigest()
        return self._folder / digest[:2] / f"{digest[2:]}.json"


@lru_cache(maxsize=1)
def _program() -> tuple[object, ...]:
    """What computes the reports: versions, and the time of the last change to our own code, for those who change it."""
    from kerascheck.plugins import providers

    own = Path(__file__).parent
    changed = max(path.stat().st_mtime_ns for path in own.rglob("*.py"))
    return (__version__, changed, sys.version_info[:3], _version("libcst"), _version("astroid"), providers())


def _version(package: str) -> str:
    from importlib.metadata import distributions

    return next((found.version for found in distributions(name=package, path=safe_path.installed_places())), "")


def _report_from(data: dict[str, Any], filename: str) -> Report:
    """Raises ValueError, KeyError, TypeError, AttributeError for what no report was written as."""
    diagnostics = [_diagnostic_from(item, filename) for item in data.pop("diagnostics")]
    _check(data, bool, "crashed", "by_chance")
    _check(data, int, "models_exact", "models_symbolic", "models_unknown")
    _check(data, (str, type(None)), "skipped", "incomplete")
    _check({str(number): path for number, path in enumerate(data["modules"])}, str)
    return Report(**{**data, "filename": filename, "diagnostics": diagnostics})


def _check(data: dict[str, Any], kind: type | tuple[type, ...], *names: str) -> None:
    """Raises TypeError unless the entries of these names, or all of them, are of the kind."""
    for name in names or data:
        if not isinstance(data[name], kind):
            raise TypeError(name)


def _diagnostic_from(data: dict[str, Any], filename: str) -> Diagnostic:
    fix = data["fix"]
    _check(data, str, "code", "name", "message")
    _check(data, (int, type(None)), "cell")
    _check(data, int, "noqa_row")
    _check(data, (str, type(None)), "help", "page")
    return Diagnostic(
        **{
            **data,
            "filename": filename,
            "severity": Severity(data["severity"]),
            "span": _span_from(data["span"]),
            "fix": _fix_from(fix) if fix is not None else None,
        }
    )


def _fix_from(data: dict[str, Any]) -> Fix:
    _check(data, str, "message")
    for edit in data["edits"]:
        _check(edit, str, "content")
    edits = tuple(Edit(_span_from(edit["span"]), edit["content"]) for edit in data["edits"])
    return Fix(Applicability(data["applicability"]), data["message"], edits)


def _span_from(data: dict[str, Any]) -> Span:
    start, end = data["start"], data["end"]
    _check(start, int, "row", "column")
    _check(end, int, "row", "column")
    return Span(Position(**start), Position(**end))


def _neighbours(folder: str) -> tuple[str, ...]:
    """The names that an import in a file of this folder may find: there and beside the packages it belongs to."""
    names: list[str] = []
    while True:
        try:
            here = os.listdir(folder)
        except OSError:
            break
        names += sorted(name for name in here if name.endswith(".py") or "." not in name)
        parent = os.path.dirname(folder)
        if "__init__.py" not in here or parent == folder:
            break
        folder = parent
    return tuple(names)


#: What is larger is known by its size and the time of its last change.
_MAX_DIGESTED = 4_000_000


def _digest_of(path: str) -> str | None:
    """What identifies the content of a file, or the names in a folder; None where there is none."""
    try:
        found = os.stat(path)
        if stat.S_ISDIR(found.st_mode):
            return hashlib.sha256(repr(sorted(os.listdir(path))).encode("utf-8", "surrogatepass")).hexdigest()
        if not stat.S_ISREG(found.st_mode):
            return None
        if found.st_size > _MAX_DIGESTED:
            return f"{found.st_size} {found.st_mtime_ns}"
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return None
