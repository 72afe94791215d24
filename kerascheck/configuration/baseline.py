"""Baselines: files that hold the findings which are known, so that only new ones are reported."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from kerascheck.diagnostics import Diagnostic, Report
from kerascheck.fixes.write import write_whole
from kerascheck.project.fingerprints import Identity, identify
from kerascheck.runtime.reading import MAX_BASELINE_BYTES, read_bytes

_VERSION = 1


class BaselineError(Exception):
    """A baseline cannot be read or written; the message names the file and the way out."""


class Baseline:
    """Known findings, each with how often it is known in its file.

    A finding is recognised by its file, its code, its message and the text of the row on which it begins, not by the
    number of that row. Paths are relative to the folder of the baseline. Faults of kerascheck itself are never known.
    """

    def __init__(self, file: Path, known: Counter[Identity]) -> None:
        self.file = file
        self._known = known
        self._folder = os.path.dirname(os.path.abspath(file))

    @staticmethod
    def load(file: Path) -> Baseline:
        """The baseline that a file holds.

        Raises:
            BaselineError: there is no such file, or it holds no baseline of this version.
        """
        try:
            data = json.loads(read_bytes(file, MAX_BASELINE_BYTES))
            if not isinstance(data, dict) or "version" not in data:
                raise BaselineError(f"{file}: not a baseline of kerascheck")
            if data["version"] != _VERSION:
                version = data["version"]
                raise BaselineError(f"{file}: a baseline of version {version!r}, not {_VERSION}; {_anew(file)}")
            known = Counter({identity: count for path in data["findings"] for identity, count in _read(path, data)})
        except FileNotFoundError:
            raise BaselineError(f"{file}: no such baseline; `kerascheck --write-baseline {file}` writes it") from None
        except OSError as error:
            raise BaselineError(f"{file}: cannot be read: {error.strerror or error}") from None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            reason = f"{type(error).__name__}: {error}"
            raise BaselineError(f"{file}: a broken baseline ({reason}); {_anew(file)}") from None
        return Baseline(file, known)

    @staticmethod
    def of(file: Path, reports: Iterable[Report], read: Callable[[str], bytes]) -> Baseline:
        """A baseline of all these findings, to be written to a file; `read` gives the bytes of what was checked."""
        baseline = Baseline(file, Counter())
        for report in reports:
            if not report.crashed:
                baseline._known.update(baseline._present(report, read))
        return baseline

    def __len__(self) -> int:
        return self._known.total()

    def write(self) -> None:
        """Write the file, sorted, so that versions of it can be compared.

        Raises:
            BaselineError: it cannot be written.
        """
        findings: dict[str, list[dict[str, Any]]] = {}
        for identity, count in sorted(self._known.items()):
            entry = {"code": identity.code, "message": identity.message, "line": identity.line, "count": count}
            findings.setdefault(identity.path, []).append(entry)
        text = json.dumps({"version": _VERSION, "findings": findings}, indent=1, ensure_ascii=False) + "\n"
        raw = text.encode("utf-8", "backslashreplace")  # lone surrogates, as JSON writes them
        try:
            write_whole(os.fspath(self.file), raw)
        except OSError as error:
            raise BaselineError(f"{self.file}: cannot be written: {error.strerror or error}") from None

    def new(self, report: Report, raw: bytes) -> list[Diagnostic]:
        """The findings in the bytes of one file that are not known. Of equal ones the last are the new ones."""
        if report.crashed:
            return report.diagnostics
        path = self._name(report.filename)
        if path not in self._by_path:
            return report.diagnostics
        left = self._by_path[path].copy()
        found: list[Diagnostic] = []
        identities = identify(report.diagnostics, raw, path)
        for diagnostic, identity in zip(report.diagnostics, identities, strict=True):
            if left[identity] > 0:
                left[identity] -= 1
            else:
                found.append(diagnostic)
        return found

    def gone(self, reports: Iterable[Report], read: Callable[[str], bytes], ran: Callable[[str, str], bool]) -> int:
        """How many known findings are no longer there: in the files that were checked, and in those that are gone.

        Args:
            reports: what was found, all of it.
            read: gives the bytes of what was checked.
            ran: whether the rule of a code was run on a file; else nothing is known of its findings.
        """
        checked: dict[str, str] = {}  # path -> name of the file
        present: Counter[Identity] = Counter()
        for report in reports:
            checked[self._name(report.filename)] = report.filename
            present.update(self._present(report, read))
        return sum(
            max(0, count - present[identity])
            for identity, count in self._known.items()
            if (
                ran(checked[identity.path], identity.code)
                if identity.path in checked
                else not os.path.lexists(os.path.join(self._folder, identity.path))
            )
        )

    @cached_property
    def _by_path(self) -> dict[str, Counter[Identity]]:
        found: dict[str, Counter[Identity]] = {}
        for identity, count in self._known.items():
            found.setdefault(identity.path, Counter())[identity] = count
        return found

    def _present(self, report: Report, read: Callable[[str], bytes]) -> list[Identity]:
        if not report.diagnostics:
            return []
        try:
            raw = read(report.filename)
        except OSError:
            raw = b""
        return identify(report.diagnostics, raw, self._name(report.filename))

    def _name(self, filename: str) -> str:
        try:
            path = os.path.relpath(filename, self._folder)
        except ValueError:  # another drive
            path = os.path.abspath(filename)
        return path.replace(os.sep, "/")


def _read(path: str, data: dict[str, Any]) -> Iterable[tuple[Identity, int]]:
    for entry in data["findings"][path]:
        texts = (entry["code"], entry["message"], entry["line"])
        count = entry["count"]
        if not all(isinstance(text, str) for text in texts) or not isinstance(count, int):
            raise TypeError(f"an entry of {path} has values of other types")
        yield Identity(path, *texts), count


def _anew(file: Path) -> str:
    return f"`kerascheck --write-baseline {file}` writes it anew"
