"""Comments that silence findings: `# noqa`, `# kerascheck: ignore`, `# kerascheck: skip-file`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kerascheck.diagnostics import Edit, Position, Span
from kerascheck.text.lexing import comments, joins_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kerascheck.project.source import Source
    from kerascheck.rules.base import Rule

_MENTIONED = re.compile(r"#.*?(?:noqa|kerascheck\s*:)", re.IGNORECASE)
# As flake8 and ruff read it: a colon makes the list, a bare word silences everything.
_NOQA = re.compile(
    r"#\s*noqa(?:\s*:\s*(?P<codes>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*))?(?![\w-])", re.IGNORECASE
)  # fmt: skip
_IGNORE = re.compile(r"#\s*kerascheck\s*:\s*ignore(?:\s*\[(?P<codes>[^\]]*)\])?(?![\w-])", re.IGNORECASE)
_SKIP_FILE = re.compile(r"#\s*kerascheck\s*:\s*skip-file\b", re.IGNORECASE)


@dataclass(slots=True)
class Suppression:
    """One comment that silences findings on its row. `codes` None silences all; names of rules count as codes."""

    row: int
    codes: tuple[str, ...] | None
    is_noqa: bool
    start: int  # offsets of the directive in the text
    end: int
    used: set[str] = field(default_factory=set)  # the codes in it that silenced something; "" for all

    def silences(self, code: str, name: str) -> bool:
        """Whether it covers a finding of this rule; notes that it was of use."""
        if self.codes is None:
            self.used.add("")
            return True
        for candidate in self.codes:
            if candidate.upper() == code or candidate.lower() == name:
                self.used.add(candidate)
                return True
        return False

    def unused(self, rules: Iterable[Rule]) -> tuple[str, ...] | None:
        """The codes in it that silenced nothing (empty for a comment without codes), or None where it is of use.

        A `# noqa` is shared with other tools, so only codes of ours count in it; and only `rules`, which ran.
        """
        if self.codes is None:
            return None if self.is_noqa or self.used else ()
        ran = {name for rule in rules for name in (rule.code, rule.name)}
        unused = tuple(
            code
            for code in self.codes
            if code not in self.used
            and (code.upper() in ran or code.lower() in ran or (not self.is_noqa and not _is_known(code)))
        )
        return unused or None


class Suppressions:
    """The comments of one file; without those that say `noqa` where another tool looks after them."""

    def __init__(self, source: Source, noqa: bool = True) -> None:
        self.skip_file = False
        self.all: list[Suppression] = []
        self._source = source
        if _MENTIONED.search(source.text) is None:
            return
        for comment in comments(source.text):
            if _SKIP_FILE.search(comment.text):
                self.skip_file = True
            for pattern in (_NOQA, _IGNORE) if noqa else (_IGNORE,):
                for match in pattern.finditer(comment.text):
                    self.all.append(
                        Suppression(
                            row=source.position(comment.offset).row,
                            codes=_split(match.group("codes")),
                            is_noqa=pattern is _NOQA,
                            start=comment.offset + match.start(),
                            end=comment.offset + match.end(),
                        )
                    )

    def silence(self, code: str, name: str, rows: Iterable[int]) -> bool:
        """Whether a comment on one of the rows silences a finding of this rule."""
        rows = set(rows)
        # Every comment that covers the finding is of use, so no `any`, which stops at the first.
        return bool([found for found in self.all if found.row in rows and found.silences(code, name)])

    def rows_for(self, row: int) -> set[int]:
        """The rows whose comments speak for a finding that starts on `row`: itself, and the last of its statement."""
        line = self._source.logical_line(row) if self.all else None
        return {row} if line is None else {row, self._source.position(line[1]).row}


def _is_known(code: str) -> bool:
    from kerascheck.rules.registry import find_rule

    return find_rule(code) is not None


def comment_row(source: Source, row: int) -> int:
    """The row whose comment speaks for `row`: itself, or below where a string or a backslash joins it to others."""
    line = source.logical_line(row)
    if line is None:
        return row
    for start, end in joins_rows(source.text, *line):
        first, last = source.position(start).row, source.position(end).row
        if first <= row < last:
            row = last
    return row


def _split(codes: str | None) -> tuple[str, ...] | None:
    return tuple(re.split(r"[,\s]+", codes.strip())) if codes is not None else None


def silencing_edit(source: Source, row: int, code: str) -> Edit:
    """What to write so that the findings of a rule on a row are silent: `row` is as `comment_row` gives it.

    A comment of ours that names codes gets one more, and so does a `# noqa` that names codes of ours already; otherwise
    there is a new comment at the end of the row.
    """
    for found in Suppressions(source).all:
        if found.row != row or not found.codes:
            continue
        if not found.is_noqa:
            at = source.position(source.text.rindex("]", found.start, found.end))
            return Edit(Span(at, at), f", {code}" if any(found.codes) else code)
        if any(known.upper().startswith("KC") for known in found.codes):
            at = source.position(found.end)
            return Edit(Span(at, at), f", {code}" if "," in source.text[found.start : found.end] else f",{code}")
    line = source.line(row)
    kept = len(line.rstrip())
    start, end = Position(row, kept + 1), Position(row, len(line) + 1)
    return Edit(Span(start, end), f"{'  ' if kept else ''}# kerascheck: ignore[{code}]")
