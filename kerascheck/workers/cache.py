"""Reports of earlier runs, kept with all that they depend on.

The name of an entry is a digest of what is known before the analysis: the bytes of the file, the settings, the program
itself, who imports the file. In it stands what the analysis has asked of other files (`asked`), and the answers: an
entry counts as long as they hold.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from dataclasses import asdict, fields
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerascheck import __version__
from kerascheck.diagnostics import (
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    Position,
    Related,
    Report,
    Severity,
    Span,
    Unclear,
)
from kerascheck.project.import_graph import current_graph
from kerascheck.project.target import surroundings
from kerascheck.runtime import safe_path
from kerascheck.runtime.asked import Answers, Asked, search_digest, state_of

if TYPE_CHECKING:
    from kerascheck.configuration.config import Settings

#: Entries that nobody has used for so long are thrown away, and the oldest where all together are larger.
_MAX_AGE = 30 * 24 * 3600
_MAX_BYTES = 300_000_000
#: How often that is looked after, and how exactly it is known when an entry was used.
_PRUNED_EVERY = 24 * 3600
#: What is left of a run that was killed while it wrote is thrown away after so long.
_MAX_AGE_OF_PARTS = 3600

_PART = ".part"


class Cache:
    """A folder with one small file for each report. What cannot be read or written is as if it were not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # For the length of one run: the same is asked for many files.
        self._versions = cache(_versions)
        self._answers = Answers(self._versions, cache(_search))
        self._stored = 0

    @staticmethod
    def of_user() -> Cache:
        """The cache in the user's cache folder, or where KERASCHECK_CACHE_DIR says."""
        import platformdirs

        own = os.environ.get("KERASCHECK_CACHE_DIR")
        return Cache(Path(own or platformdirs.user_cache_dir("kerascheck", appauthor=False)))

    def load(self, raw: bytes, filename: str, settings: Settings) -> Report | None:
        """The report on this file, if nothing that it depends on has changed."""
        self._versions(os.path.dirname(os.path.abspath(filename)))  # as it is before the file is analysed
        path = self._path(raw, filename, settings)
        try:
            with open(path, "rb") as file:
                checksum, _, content = file.read().partition(b"\n")
                used = os.fstat(file.fileno()).st_mtime
            if checksum != _checksum(path.name.encode() + content):
                return None
            entry = json.loads(content)
            asked = Asked(**entry["asked"])
            if not self._answers.hold(asked):
                return None
            report = _report_from(entry["report"], filename, asked)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        if time.time() - used > _PRUNED_EVERY:
            with contextlib.suppress(OSError):
                os.utime(path)
        return report

    def store(self, raw: bytes, settings: Settings, report: Report) -> None:
        """Keep a report, unless it is not the file's alone to decide (a fault of ours, a clock that ran out)."""
        if report.crashed or report.by_chance:
            return
        asked = asdict(report.asked)
        asked["versions"] = {folder: self._versions(folder) for folder in report.asked.versions}
        told = {item.name: getattr(report, item.name) for item in fields(report) if item.name not in _NOT_KEPT}
        told["unclear"] = [asdict(item) for item in report.unclear]
        told["diagnostics"] = [asdict(diagnostic) for diagnostic in report.diagnostics]
        try:
            content = json.dumps({"asked": asked, "report": told}, separators=(",", ":")).encode()
        except ValueError:
            return
        path = self._path(raw, report.filename, settings)
        self._write(path, _checksum(path.name.encode() + content) + b"\n" + content)
        self._stored += 1

    def prune(self) -> None:
        """Throw away what nobody uses, if something was stored and it was not done of late."""
        if not self._stored:
            return
        stamp = self._folder / "pruned"
        try:
            if time.time() - os.stat(stamp).st_mtime < _PRUNED_EVERY:
                return
        except OSError:
            pass  # it never was
        with contextlib.suppress(OSError):
            stamp.touch()
            os.utime(stamp)
            self._prune()

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self._folder

    def clear(self) -> int:
        """Throw away all entries, and nothing else that may be in the folder; how many there were."""
        count = 0
        for folder in _entries(self._folder):
            if len(folder.name) != 2 or not folder.is_dir(follow_symlinks=False):
                continue
            for entry in _entries(folder):
                if entry.name.endswith((".json", _PART)):
                    with contextlib.suppress(OSError):
                        os.unlink(entry)
                        count += entry.name.endswith(".json")
            with contextlib.suppress(OSError):
                os.rmdir(folder)
        with contextlib.suppress(OSError):
            os.unlink(self._folder / "pruned")
        return count

    def _prune(self) -> None:
        now, size = time.time(), 0
        found: list[tuple[float, int, str]] = []
        for folder in _entries(self._folder):
            if len(folder.name) != 2 or not folder.is_dir(follow_symlinks=False):
                continue
            for entry in _entries(folder):
                is_part = entry.name.endswith(_PART)
                if not (is_part or entry.name.endswith(".json")):
                    continue
                with contextlib.suppress(OSError):
                    status = entry.stat(follow_symlinks=False)
                    if now - status.st_mtime > (_MAX_AGE_OF_PARTS if is_part else _MAX_AGE):
                        os.unlink(entry)
                    elif not is_part:
                        found.append((status.st_mtime, status.st_size, entry.path))
                        size += status.st_size
        for _, bytes_of_it, path in sorted(found):
            if size <= _MAX_BYTES:
                break
            with contextlib.suppress(OSError):
                os.unlink(path)
            size -= bytes_of_it

    def _write(self, path: Path, content: bytes) -> None:
        """Write an entry as a whole, or leave nothing behind."""
        part = f"{path}.{os.getpid()}{_PART}"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with open(part, "wb") as file:
                    file.write(content)
                os.replace(part, path)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(part)
                raise
        except (OSError, ValueError):
            return

    def _path(self, raw: bytes, filename: str, settings: Settings) -> Path:
        # The name is part of it: imports and per-file-ignores are resolved from it. So is who imports the file: a new
        # caller builds what it defines in another way. What callers say is among what was asked.
        where = os.path.abspath(filename)
        key = repr((_program(), settings.checking, where, current_graph().importers(where)))
        digest = hashlib.sha256(key.encode("utf-8", "surrogatepass") + b"\0" + raw).hexdigest()
        return self._folder / digest[:2] / f"{digest[2:]}.json"


#: What of a report is known or kept otherwise.
_NOT_KEPT = frozenset({"filename", "diagnostics", "asked", "crashed", "by_chance"})


@lru_cache(maxsize=1)
def _program() -> tuple[object, ...]:
    """What computes the reports: versions, and the files of our own package, for those who change it."""
    from kerascheck.rules.plugins import providers

    return (
        *(__version__, state_of(os.path.dirname(os.path.dirname(__file__))), sys.version_info[:3], sys.platform),
        *(_version("libcst"), _version("astroid"), providers()),
    )


def _version(package: str) -> str:
    from importlib.metadata import distributions

    return next((found.version for found in distributions(name=package, path=safe_path.installed_places())), "")


def _entries(folder: str | os.PathLike[str]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _versions(folder: str) -> str:
    return _checksum(surroundings(folder).encode("utf-8", "surrogatepass")).decode()


def _search() -> str:
    from kerascheck.machine.environment import search_path

    return search_digest(search_path())


def _checksum(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).hexdigest().encode()


def _report_from(data: dict[str, Any], filename: str, asked: Asked) -> Report:
    """Raises ValueError, KeyError, TypeError, AttributeError for what no report was written as."""
    diagnostics = [_diagnostic_from(item, filename) for item in data.pop("diagnostics")]
    unclear = [_unclear_from(item) for item in data.pop("unclear")]
    _check(data, int, "models_exact", "models_symbolic", "models_unknown")
    _check(data, (str, type(None)), "skipped", "incomplete")
    data["elsewhere"] = [(str(name), str(status)) for name, status in data["elsewhere"]]
    return Report(**{**data, "filename": filename, "diagnostics": diagnostics, "unclear": unclear, "asked": asked})


def _check(data: dict[str, Any], kind: type | tuple[type, ...], *names: str) -> None:
    """Raises TypeError unless the entries of these names, or all of them, are of the kind."""
    for name in names or data:
        if not isinstance(data[name], kind):
            raise TypeError(name)


def _unclear_from(data: dict[str, Any]) -> Unclear:
    _check(data, str, "filename", "cls", "status", "reason", "advice")
    _check(data, int, "row")
    _check(data, (int, type(None)), "cell", "layer_row", "layer_cell", "origin_row", "origin_cell")
    _check(data, (str, type(None)), "model", "layer")
    return Unclear(**data)


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
            "related": tuple(_related_from(item) for item in data["related"]),
        }
    )


def _related_from(data: dict[str, Any]) -> Related:
    _check(data, str, "filename", "message")
    _check(data, (int, type(None)), "cell")
    return Related(data["filename"], _span_from(data["span"]), data["cell"], data["message"])


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
