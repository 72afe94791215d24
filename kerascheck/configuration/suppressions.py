"""Comments that silence findings: `# noqa`, `# kerascheck: ignore`, `ignore-file` and `skip-file`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kerascheck.configuration.selection import matches
from kerascheck.diagnostics import Edit, Position, Span
from kerascheck.text.lexing import comments, joins_rows
from kerascheck.text.spelling import most_like

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kerascheck.diagnostics import Report
    from kerascheck.project.source import Source
    from kerascheck.rules.base import Rule

_MENTIONED = re.compile(r"#.*?(?:noqa|kerascheck\s*:)", re.IGNORECASE)
# As flake8 and ruff read it: a colon makes the list, a bare word silences everything.
_NOQA = re.compile(
    r"#\s*noqa(?:\s*:\s*(?P<codes>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*))?(?![\w-])", re.IGNORECASE
)  # fmt: skip
_IGNORE = re.compile(r"#\s*kerascheck\s*:\s*ignore(?:\s*\[(?P<codes>[^\]]*)\])?(?![\w-]|\s*\[)", re.IGNORECASE)
_IGNORE_FILE = re.compile(
    r"#\s*kerascheck\s*:\s*ignore-file(?:\s*\[(?P<codes>[^\]]*)\])?(?![\w-]|\s*\[)", re.IGNORECASE
)
_SKIP_FILE = re.compile(r"#\s*kerascheck\s*:\s*skip-file\b", re.IGNORECASE)
#: What begins a directive, and the word after it.
_DIRECTIVE = re.compile(r"#\s*kerascheck\s*:\s*(?P<word>[\w-]*)(?P<rest>\s*\[?)", re.IGNORECASE)
#: Codes in comments for all linters that no other tool has.
_OURS = re.compile(r"KC\d+", re.IGNORECASE)
#: All directives; those of `annotate` and its kin are read elsewhere.
DIRECTIVES = ("ignore", "ignore-file", "skip-file", "shape", "reveal")


@dataclass(slots=True)
class Suppression:
    """One comment that silences findings on its row. `codes` None silences all; names of rules count as codes."""

    row: int
    codes: tuple[str, ...] | None
    is_noqa: bool
    start: int  # offsets of the directive in the text
    end: int
    used: set[str] = field(default_factory=set)  # the codes in it that silenced something; "" for all
    whole_file: bool = False

    def silences(self, code: str, name: str) -> bool:
        """Whether it covers a finding of this rule; notes that it was of use."""
        if self.codes is None:
            self.used.add("")
            return True
        for candidate in self.codes:
            if self._covers(candidate, code, name):
                self.used.add(candidate)
                return True
        return False

    def _covers(self, candidate: str, code: str, name: str) -> bool:
        """Whether one of the codes in it is about a rule. In `# noqa` it may be the beginning of one, as for flake8."""
        if self.is_noqa:
            return code.startswith(candidate.upper())
        return matches(candidate, code, name)

    def unused(self, rules: Iterable[Rule]) -> tuple[str, ...] | None:
        """The codes in it that silenced nothing (empty for a comment without codes), or None where it is of use.

        A `# noqa` is shared with other tools, so only codes of ours count in it; and only `rules`, which ran.
        """
        if self.codes is None:
            return None if self.is_noqa or self.used else ()
        ran = [(rule.code, rule.name) for rule in rules]
        unused = tuple(
            code
            for code in self.codes
            if code not in self.used
            and (any(self._covers(code, *rule) for rule in ran) or (not self.is_noqa and not _is_known(code)))
        )
        return unused or None


class Suppressions:
    """The comments of one file; without those that say `noqa` where another tool looks after them.

    Where they are `ignored`, none of them counts.
    """

    def __init__(self, source: Source, noqa: bool = True, ignored: bool = False) -> None:
        self.skip_file = False
        self.all: list[Suppression] = []
        self._directives: list[tuple[int, re.Match[str], str]] = []  # where the comment begins, and its text
        self._source = source
        if ignored or _MENTIONED.search(source.text) is None:
            return
        for comment in comments(source.text):
            if _SKIP_FILE.search(comment.text):
                self.skip_file = True
            for pattern in (_NOQA, _IGNORE, _IGNORE_FILE) if noqa else (_IGNORE, _IGNORE_FILE):
                for match in pattern.finditer(comment.text):
                    self.all.append(
                        Suppression(
                            row=source.position(comment.offset).row,
                            codes=_split(match.group("codes")),
                            is_noqa=pattern is _NOQA,
                            start=comment.offset + match.start(),
                            end=comment.offset + match.end(),
                            whole_file=pattern is _IGNORE_FILE,
                        )
                    )
            found = _DIRECTIVE.finditer(comment.text)
            self._directives += [(comment.offset, match, comment.text) for match in found]

    def not_understood(self, rules: Iterable[Rule]) -> Iterator[tuple[int, int, str]]:
        """The offsets of directives that are none, or name no rule, and what is wrong with them."""
        known = [(rule.code, rule.name) for rule in rules]
        for offset, match, text in self._directives:
            reason = _why_not_understood(match, text, known)
            if reason is not None:
                yield offset + match.start(), offset + match.end("word"), reason
        for comment in self.all:
            ours = [code for code in comment.codes or () if comment.is_noqa and _OURS.fullmatch(code)]
            for code in ours:
                if not any(rule.startswith(code.upper()) for rule, _ in known) and not _is_known(code):
                    yield comment.start, comment.end, f"there is no rule {code}"

    def silence(self, code: str, name: str, rows: Iterable[int]) -> bool:
        """Whether a comment on one of the rows silences a finding of this rule."""
        rows = set(rows)
        # Every comment that covers the finding is of use, so no `any`, which stops at the first.
        return bool(
            [found for found in self.all if (found.whole_file or found.row in rows) and found.silences(code, name)]
        )

    def rows_for(self, row: int) -> set[int]:
        """The rows whose comments speak for a finding that starts on `row`: itself, and the last of its statement."""
        line = self._source.logical_line(row) if self.all else None
        return {row} if line is None else {row, self._source.position(line[1]).row}


def _is_known(code: str) -> bool:
    from kerascheck.rules.registry import all_rules

    return any(matches(code, rule.code, rule.name) for rule in all_rules())


def _why_not_understood(directive: re.Match[str], comment: str, rules: Sequence[tuple[str, str]]) -> str | None:
    """What is wrong with `# kerascheck: word`; None where nothing is."""
    word = directive.group("word").lower()
    if word not in DIRECTIVES:
        if not word:
            return f"no directive follows; there are {', '.join(DIRECTIVES)}"
        near = most_like(word, DIRECTIVES, 0.5)
        hint = f"did you mean {near}?" if near else f"there are {', '.join(DIRECTIVES)}"
        return f"there is no directive '{word}'; {hint}"
    if word not in ("ignore", "ignore-file") or not directive.group("rest").endswith("["):
        return None
    codes, bracket, _ = comment[directive.end() :].partition("]")
    if not bracket:
        return "the bracket is not closed"
    unknown = [
        code
        for code in _split(codes) or ()
        if code and not any(matches(code, *rule) for rule in rules) and not _is_known(code)
    ]
    if not codes.strip():
        return "no codes stand in the brackets; without brackets it silences every rule"
    return f"there is no rule {unknown[0]}" if unknown else None


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


def silencing_edit(source: Source, row: int, code: str, as_noqa: bool = False) -> Edit:
    """What to write so that the findings of a rule on a row are silent: `row` is as `comment_row` gives it.

    A comment of ours that names codes gets one more, and so does a `# noqa` that names codes of ours already; otherwise
    there is a new comment at the end of the row: `# noqa` if that is asked for.
    """
    for found in Suppressions(source).all:
        if found.row != row or not found.codes or found.whole_file:
            continue
        if not found.is_noqa:
            at = source.position(source.text.rindex("]", found.start, found.end))
            return Edit(Span(at, at), f", {code}" if any(found.codes) else code)
        if as_noqa or any(known.upper().startswith("KC") for known in found.codes):
            at = source.position(found.end)
            return Edit(Span(at, at), f", {code}" if "," in source.text[found.start : found.end] else f",{code}")
    line = source.line(row)
    kept = len(line.rstrip())
    start, end = Position(row, kept + 1), Position(row, len(line) + 1)
    comment = f"# noqa: {code}" if as_noqa else f"# kerascheck: ignore[{code}]"
    return Edit(Span(start, end), f"{'  ' if kept else ''}{comment}")


#: What no comment silences: the file cannot be read, or the comment itself is at fault.
_NOT_SILENCED = ("KC001", "KC002", "KC003", "KC006")


def silenced(raw: bytes, report: Report) -> tuple[bytes, int]:
    """The bytes of a file with comments that silence its findings, and how many these are."""
    from kerascheck.project.source import Source, SourceError, Unfaithful

    count = 0
    wanted = dict.fromkeys(
        (item.cell, item.noqa_row, item.code) for item in report.diagnostics if item.code not in _NOT_SILENCED
    )
    for cell, row, code in wanted:
        try:
            source = Source(raw, report.filename)
            before = source.rows_of_cell(cell)[0] - 1
            edit = silencing_edit(source, before + row, code, as_noqa=True)
            span = edit.span
            within = Span(
                Position(span.start.row - before, span.start.column), Position(span.end.row - before, span.end.column)
            )
            raw = source.edited([(cell, replace(edit, span=within))])
        except (SourceError, Unfaithful, UnicodeError, IndexError):
            continue
        count += 1
    return raw, count
