"""Applying fixes to a text: as many as do not overlap, again and again until nothing is left to fix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field

from kerascheck.diagnostics import Applicability, Diagnostic, Edit, Fix, Report, Severity, Span
from kerascheck.project.source import Source, Unfaithful

MAX_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Fixed:
    """The outcome of fixing one file: its new bytes, how many findings were fixed, and what is left to report."""

    raw: bytes
    count: int
    report: Report
    codes: Counter[str] = field(default_factory=Counter)  # how many of each code were fixed


def is_applicable(diagnostic: Diagnostic, unsafe: bool) -> bool:
    """Whether the finding has a fix that may be applied."""
    return diagnostic.fix is not None and (unsafe or diagnostic.fix.applicability is Applicability.SAFE)


def apply_fixes(source: Source, diagnostics: Iterable[Diagnostic], unsafe: bool) -> bytes:
    """The file with the applicable fixes that do not overlap; of two that do, the first in the file.

    Raises:
        UnicodeEncodeError: the encoding of the file lacks a character of a fix.
        Unfaithful: the file would change elsewhere, too.
    """
    chosen = _not_overlapping(d for d in diagnostics if is_applicable(d, unsafe))
    return source.edited(_edits((one.cell, one.fix) for one in chosen if one.fix is not None))


def fix_all(
    raw: bytes,
    report: Report,
    check: Callable[[bytes], Report],
    unsafe: bool,
    builds: Callable[[bytes], Counter[Hashable] | None] | None = None,
) -> Fixed:
    """Fix and check until there is nothing left to fix.

    A fix after which the file does not parse, or has findings of severity error that it had not, is undone; so is a
    safe one after which something that was known of the program is otherwise.

    Args:
        raw: the file.
        report: what checking it gave.
        check: checks new bytes of the same file.
        unsafe: whether to apply unsafe fixes too.
        builds: what a program builds, of bytes that have just been checked (see `views/program_facts.py`); None where
            it is not known.
    """
    count = 0
    codes: Counter[str] = Counter()
    dropped: set[tuple[str, str]] = set()
    for _ in range(MAX_ROUNDS):
        wanted = [d for d in report.diagnostics if is_applicable(d, unsafe) and (d.code, d.message) not in dropped]
        if not wanted:
            break
        source = Source(raw, report.filename)
        step = _try(source, report, wanted, check, builds)
        if step is None:
            # Together they do harm: find out which by going one at a time.
            for diagnostic in wanted:
                step = _try(source, report, [diagnostic], check, builds)
                if step is not None:
                    break
                dropped.add((diagnostic.code, diagnostic.message))
        if step is None:
            break
        raw, report = step.raw, step.report
        count += step.count
        codes += step.codes
    return Fixed(raw, count, report, codes)


def _try(
    source: Source,
    before: Report,
    wanted: list[Diagnostic],
    check: Callable[[bytes], Report],
    builds: Callable[[bytes], Counter[Hashable] | None] | None,
) -> Fixed | None:
    """Apply these fixes as far as they do not overlap; None where the outcome is worse than the source."""
    chosen = _not_overlapping(wanted)
    fixes = [(one.cell, one.fix) for one in chosen if one.fix is not None]
    try:
        raw = source.edited(_edits(fixes))
    except (UnicodeEncodeError, Unfaithful):
        return None
    if raw == source.raw:
        return None
    after = check(raw)
    new_errors = _errors(after) - _errors(before)
    if new_errors or after.crashed:
        return None
    if builds is not None and all(fix.applicability is Applicability.SAFE for _, fix in fixes):
        old, new = builds(source.raw), builds(raw)
        if old is not None and (new is None or old - new):  # what was known before is not there after
            return None
    return Fixed(raw, len(chosen), after, Counter(one.code for one in chosen))


def _errors(report: Report) -> Counter[str]:
    return Counter(d.code for d in report.diagnostics if d.severity is Severity.ERROR)


def _not_overlapping(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings to fix, in the order of the text, without those whose fix touches what an earlier one edits."""
    kept: list[Diagnostic] = []
    taken: dict[int | None, list[Span]] = {}
    whole: set[tuple[int | None, tuple[Edit, ...]]] = set()
    fixes = [(d.cell, d.fix, d) for d in diagnostics if d.fix is not None]
    for cell, fix, diagnostic in sorted(fixes, key=lambda found: (found[0] or 0, found[1].edits[0].span)):
        spans = taken.setdefault(cell, [])
        if (cell, fix.edits) in whole:
            kept.append(diagnostic)  # it is done together with an earlier one
        elif all(edit.span.end <= span.start or span.end <= edit.span.start for edit in fix.edits for span in spans):
            kept.append(diagnostic)
            whole.add((cell, fix.edits))
            spans += [edit.span for edit in fix.edits]
    return kept


def _edits(fixes: Iterable[tuple[int | None, Fix]]) -> Iterable[tuple[int | None, Edit]]:
    return dict.fromkeys((cell, edit) for cell, fix in fixes for edit in fix.edits)
