"""Which findings stand on rows that have changed since a git revision."""

from __future__ import annotations

import difflib
import os
import re
import subprocess
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from kerascheck.diagnostics import Diagnostic, Report
from kerascheck.project.source import SYNTAX_ERROR, UNREADABLE
from kerascheck.runtime.reading import read_program
from kerascheck.text.file_rows import FileRows

# Nothing that a repository or a user configures may run or reshape the output.
_SAFE = (
    *("--no-pager", "--literal-pathspecs"),
    *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "diff.renames=true"),
)
#: Nor may anything be fetched that a repository lacks: that starts what its configuration says.
_OFFLINE = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
#: What a configuration may name that git runs on the content of files.
_FILTER = re.compile(rb"filter\.(.+)\.(clean|smudge|process|required)", re.DOTALL)
_PLAIN = ("--no-ext-diff", "--no-textconv", "--no-color", "--no-relative", "--ignore-submodules=all")
_HUNK = re.compile(rb"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_LONE_RETURN = re.compile(rb"\r(?!\n)")  # ends a row of Python, but none of git


class ChangesError(Exception):
    """The changes cannot be told: no repository, no such revision, no git; the message says which."""


@dataclass(slots=True)
class _Changed:
    """The rows of a file that are new or different; `gaps` are rows behind which others have been taken out."""

    rows: set[int] = field(default_factory=set)
    gaps: set[int] = field(default_factory=set)

    def touches(self, first: int, last: int) -> bool:
        return any(row in self.rows for row in range(first, last + 1)) or any(
            row in self.gaps for row in range(first, last)
        )


class Changes:
    """The changes of the working tree since it and a revision parted, of any repository that a file lies in.

    What is not committed counts as well; a file that git does not track, or that was not there, has changed as a whole.

    Args:
        revision: a branch, tag or commit.
    """

    def __init__(self, revision: str) -> None:
        self._revision = revision
        self._repositories: dict[Path, _Repository | None] = {}
        self._changed: dict[str, _Changed | None] = {}

    def touched(self, report: Report, raw: bytes) -> list[Diagnostic]:
        """The findings of a report that touch changed rows; a fault of the file as a whole counts if any has.

        Args:
            report: what was found.
            raw: the bytes in which it was found, which may be others than those on the disk.

        Raises:
            ChangesError: the file lies in no repository, there is no such revision, or git fails.
        """
        repository = self._repository(Path(os.path.abspath(report.filename)).parent)
        if repository is None:
            raise ChangesError(f"{report.filename}: not in a git repository, so there are no changes since a revision")
        if report.crashed or not report.diagnostics:
            return report.diagnostics
        filename = os.path.abspath(report.filename)
        if filename not in self._changed:
            self._changed[filename] = repository.changed(filename)
        changed = self._changed[filename]
        if changed is None:
            return report.diagnostics
        changed = _moved(changed, filename, raw)
        rows = FileRows(raw, report.filename)
        any_change = bool(changed.rows or changed.gaps)
        whole_file = _LONE_RETURN.search(raw) is not None
        return [
            diagnostic
            for diagnostic in report.diagnostics
            if (
                any_change
                if whole_file or diagnostic.code in (SYNTAX_ERROR, UNREADABLE)
                else changed.touches(*rows.of(diagnostic))
            )
        ]

    def before(self, filename: str) -> bytes | None:
        """A file as it was at the revision; None where it was not there, or is not tracked now.

        Raises:
            ChangesError: the file lies in no repository, there is no such revision, or git fails.
        """
        repository = self._repository(Path(os.path.abspath(filename)).parent)
        if repository is None:
            raise ChangesError(f"{filename}: not in a git repository, so there is no revision to compare with")
        return repository.before(os.path.abspath(filename))

    def _repository(self, folder: Path) -> _Repository | None:
        if folder not in self._repositories:
            if os.path.lexists(folder / ".git"):
                found: _Repository | None = _Repository(folder, self._revision)
            else:
                found = self._repository(folder.parent) if folder.parent != folder else None
            self._repositories[folder] = found
        return self._repositories[folder]


class _Repository:
    """One repository, compared with where it and a revision parted."""

    def __init__(self, root: Path, revision: str) -> None:
        self._root = root
        self._revision = revision
        self._environment = {**os.environ, **_OFFLINE, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
        self._environment |= self._without_filters()
        self._base = self._find_base()

    def changed(self, filename: str) -> _Changed | None:
        """The changed rows of a file on the disk; None for all."""
        path = os.path.relpath(filename, self._root).replace(os.sep, "/")
        if path in self._origins:
            origin = self._origins[path]
            return self._compared(origin, path) if origin is not None else None
        return _Changed() if path in self._tracked else None

    def before(self, filename: str) -> bytes | None:
        """The content of a file at the base, under the name that it had there."""
        path = os.path.relpath(filename, self._root).replace(os.sep, "/")
        origin = self._origins.get(path, path if path in self._tracked else None)
        return None if origin is None else self._run("cat-file", "blob", f"{self._base}:{origin}")

    def _without_filters(self) -> dict[str, str]:
        """Variables that leave every filter without a program to run.

        By variables, which may hold any name: one with `=` in it means something else behind `-c`.
        """
        listed = self._run("config", "--null", "--name-only", "--list") or b""
        found = {match[1] for name in listed.split(b"\0") if (match := _FILTER.fullmatch(name))}
        count = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
        variables: dict[str, str] = {}
        for name in sorted(found):
            for key, value in (("clean", ""), ("smudge", ""), ("process", ""), ("required", "false")):
                variables[f"GIT_CONFIG_KEY_{count}"] = f"filter.{os.fsdecode(name)}.{key}"
                variables[f"GIT_CONFIG_VALUE_{count}"] = value
                count += 1
        return {**variables, "GIT_CONFIG_COUNT": str(count)}

    def _find_base(self) -> str:
        commit = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{self._revision}^{{commit}}")
        if commit is None:
            raise ChangesError(
                f"{self._revision!r} is not a branch, tag or commit of the repository {self._root}; "
                "a shallow clone may lack it"
            )
        base = self._run("merge-base", commit.decode().strip(), "HEAD")
        if base is None:
            raise ChangesError(
                f"{self._revision!r} and HEAD have no common commit in the repository {self._root}; "
                "a shallow clone may lack it"
            )
        return base.decode().strip()

    @cached_property
    def _origins(self) -> dict[str, str | None]:
        """The files that differ from the base, and what they were called there; None for those that were not there."""
        fields = iter(_texts(self._must("diff", "--name-status", "-z", "-M", *_PLAIN, self._base, "--")))
        origins: dict[str, str | None] = {}
        for status in fields:
            path = next(fields)
            if status[0] in "RC":
                origins[next(fields)] = path
            else:
                origins[path] = path if status[0] in "MT" else None
        return origins

    @cached_property
    def _tracked(self) -> frozenset[str]:
        return frozenset(_texts(self._must("ls-files", "-z")))

    def _compared(self, old: str, new: str) -> _Changed:
        # `--text`: attributes often call notebooks binary.
        options = ("-U0", "--inter-hunk-context=0", "--text", *_PLAIN)
        hunks = self._must("diff", *options, f"{self._base}:{old}", "--", new)
        changed = _Changed()
        for match in _HUNK.finditer(hunks):
            start, count = int(match[1]), int(match[2] or 1)
            changed.rows.update(range(start, start + count))
            if not count:
                changed.gaps.add(start)
        return changed

    def _must(self, *arguments: str) -> bytes:
        output = self._run(*arguments)
        if output is None:
            raise ChangesError(f"git {arguments[0]} fails in {self._root}: {self._error or 'it does not say why'}")
        return output

    def _run(self, *arguments: str) -> bytes | None:
        """What git writes; None where it fails."""
        try:
            process = subprocess.run(
                ["git", *_SAFE, f"--work-tree={self._root}", *arguments],
                cwd=self._root,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        except OSError as error:
            raise ChangesError(f"git cannot be run: {error.strerror or error}") from None
        self._error = process.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        if process.returncode and "dubious ownership" in self._error:
            raise ChangesError(f"git refuses the repository {self._root}: {self._error}")
        return process.stdout if process.returncode == 0 else None


def _texts(fields: bytes) -> list[str]:
    """Fields that end with a null byte."""
    return [os.fsdecode(item) for item in fields.split(b"\0")[:-1]]


def _moved(changed: _Changed, filename: str, raw: bytes) -> _Changed:
    """The changes of the file on the disk as those of other bytes of it, which fixes or an editor have made."""
    try:
        saved = read_program(filename)
    except OSError:
        saved = b""
    if saved == raw:
        return changed
    old, new = _LINE.findall(saved), _LINE.findall(raw)
    moved = _Changed()
    for kind, i, j, k, n in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            moved.rows.update(row - i + k for row in changed.rows if i < row <= j)
            moved.gaps.update(row - i + k for row in changed.gaps if i <= row <= j)
        elif k == n:
            moved.gaps.add(k)
        else:
            moved.rows.update(range(k + 1, n + 1))
    return moved
