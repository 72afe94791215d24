"""Patterns of .gitignore files and settings: which paths they name, in time that grows with the path and no faster.

The usual patterns are left to pathspec, which makes regular expressions of them. One with several wildcards in a row
of characters (`*a*a*a*a*b`) makes an expression that tries every way to part a name among them, which for a long name
has no end; such patterns are matched here, by one pass over the parts of a path. What is no pattern names nothing.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

#: Wildcards in one part of a path, and `**` in a pattern, that a regular expression does well with.
_FEW_STARS = 2
_FEW_GLOBSTARS = 2
#: Longer lines are no patterns that anybody has written.
_MAX_LENGTH = 4_096


class Patterns:
    """Lines of a .gitignore file, of which the last that names a path decides."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._groups: list[GitIgnoreSpec | _Pattern] = []
        usual: list[str] = []
        for line in lines:
            if len(line) > _MAX_LENGTH:
                continue
            if _is_usual(line):
                usual.append(line)
                continue
            self._add(usual)
            usual = []
            pattern = _Pattern.of(line)
            if pattern is not None:
                self._groups.append(pattern)
        self._add(usual)

    def _add(self, lines: list[str]) -> None:
        if not lines:
            return
        try:
            self._groups.append(_spec(lines))
        except _NO_PATTERN:
            if len(lines) > 1:
                for line in lines:
                    self._add([line])

    def decides(self, path: str) -> bool | None:
        """True: named; False: named by a `!` pattern; None: not named. The path of a folder ends with a slash."""
        for group in reversed(self._groups):
            decision = group.decides(path) if isinstance(group, _Pattern) else group.check_file(path).include
            if decision is not None:
                return decision
        return None

    def match(self, path: str) -> bool:
        """Whether the path is named, and not by a `!` pattern."""
        return self.decides(path) is True


#: What pathspec raises for some of the lines that git takes for no pattern.
_NO_PATTERN = (ValueError, re.error, OverflowError, RecursionError)


def _spec(lines: Iterable[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # about brackets within brackets
        return GitIgnoreSpec.from_lines(lines)


def why_no_pattern(line: str) -> str | None:
    """What is wrong with a pattern; None where nothing is."""
    try:
        if _is_usual(line):
            _spec((line,))
        else:
            _Pattern.of_parts(line)
    except _NO_PATTERN as error:
        return str(error)
    return None


def _is_usual(line: str) -> bool:
    globstars = 0
    for part in line.split("/"):
        if part == "**":
            globstars += 1
        elif len(re.findall(r"\*+", part)) > _FEW_STARS:
            return False
    return globstars <= _FEW_GLOBSTARS


class _Pattern:
    """One pattern: what its parts match, and None for each `**`."""

    def __init__(self, parts: list[re.Pattern[str] | None], includes: bool, anchored: bool, only_folders: bool) -> None:
        self._parts = parts
        self._includes = includes
        self._anchored = anchored
        self._only_folders = only_folders

    @staticmethod
    def of(line: str) -> _Pattern | None:
        """The pattern in a line; None where it holds none."""
        if line.startswith("#"):
            return None
        try:
            return _Pattern.of_parts(line)
        except re.error:
            return None

    @staticmethod
    def of_parts(line: str) -> _Pattern | None:
        """The same. Raises re.error."""
        text = line if line.endswith("\\ ") else line.rstrip()
        includes = not text.startswith("!")
        text = text if includes else text[1:]
        only_folders = text.endswith("/")
        anchored = "/" in text.rstrip("/")
        parts = [part for part in text.split("/") if part]
        made = [None if part == "**" else re.compile(_expression(part), re.DOTALL) for part in parts]
        return _Pattern(made, includes, anchored, only_folders) if made else None

    def decides(self, path: str) -> bool | None:
        is_folder = path.endswith("/")
        names = [name for name in path.split("/") if name]
        #: Where in the path the next part of the pattern may match.
        places = {0} if self._anchored else set(range(len(names)))
        for index, part in enumerate(self._parts):
            if not places:
                return None
            if part is None:
                # `name/**` is what is in the folder of this name, and the folder, as pathspec has it, but no file.
                first = min(places) + (index == len(self._parts) - 1 and not is_folder)
                places = set(range(first, len(names) + 1))
            else:
                places = {place + 1 for place in places if place < len(names) and part.match(names[place])}
        # What lies in a folder that is named is named as well.
        found = any(place < len(names) or is_folder or not self._only_folders for place in places if place)
        return self._includes if found else None


_CLASS = re.compile(r"\[([!^]?)(\]?[^\]]*)\]")


@lru_cache(maxsize=256)
def _expression(part: str) -> str:
    """A part of a pattern as an expression that gives back nothing of what it has taken.

    What stands between two `*` is taken where it is found first: if any place will do, that one will. Raises re.error.
    """
    runs: list[str] = [""]
    at = 0
    while at < len(part):
        sign = part[at]
        found = _CLASS.match(part, at)
        if sign == "*":
            if at == 0 or part[at - 1] != "*":
                runs.append("")
        elif sign == "?":
            runs[-1] += "."
        elif found is not None:
            within = re.sub(r"([\[\]\\&~|])", r"\\\1", found[2])
            runs[-1] += f"[{'^' if found[1] else ''}{within}]"
            at = found.end() - 1
        else:
            at += sign == "\\" and at + 1 < len(part)
            runs[-1] += re.escape(part[at])
        at += 1
    first, *middle = runs
    if not middle:
        return first + r"\Z"
    last = middle.pop()
    taken = [f"(?=(?P<t{index}>.*?{run}))(?P=t{index})" for index, run in enumerate(middle)]
    return f"{first}{''.join(taken)}.*{last}\\Z"
