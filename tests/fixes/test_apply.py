"""Applying fixes: what overlaps waits, what does harm is undone, and it ends."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable

import pytest

from kerascheck.diagnostics import Applicability, Diagnostic, Edit, Fix, Position, Report, Severity, Span
from kerascheck.fixes.apply import Fixed, apply_fixes, fix_all
from kerascheck.project.source import Source, SourceError

SAFE, UNSAFE = Applicability.SAFE, Applicability.UNSAFE


def span(row: int, start: int, end: int) -> Span:
    return Span(Position(row, start), Position(row, end))


def finding(*edits: Edit, applicability: Applicability = SAFE, code: str = "KC1") -> Diagnostic:
    place = edits[0].span if edits else span(1, 1, 1)
    fix = Fix(applicability, "", edits) if edits else None
    return Diagnostic(code, code.lower(), Severity.ERROR, f"{code} here", "x.py", place, fix=fix)


def edit(row: int, start: int, end: int, content: str) -> Edit:
    return Edit(span(row, start, end), content)


def applied(text: str, *findings: Diagnostic, unsafe: bool = False) -> str:
    return apply_fixes(Source(text.encode(), "x.py"), findings, unsafe).decode()


def test_edits_count_characters_not_bytes() -> None:
    assert applied("é😀 = abc\n", finding(edit(1, 6, 9, "d"))) == "é😀 = d\n"


def test_fixes_in_any_order_of_the_file() -> None:
    assert applied("abc\ndef\n", finding(edit(2, 1, 2, "D")), finding(edit(1, 3, 4, "C"))) == "abC\nDef\n"


def test_of_two_that_overlap_the_first_in_the_file_is_applied() -> None:
    assert applied("abcdef\n", finding(edit(1, 3, 6, "X")), finding(edit(1, 1, 4, "Y"))) == "Ydef\n"


def test_the_edits_of_one_fix_are_applied_together_or_not_at_all() -> None:
    both = finding(edit(1, 2, 3, "X"), edit(2, 1, 2, "X"))
    assert applied("abc\ndef\n", finding(edit(1, 1, 2, "Y")), both) == "YXc\nXef\n"
    assert applied("abc\ndef\n", finding(edit(1, 1, 3, "Y")), both) == "Yc\ndef\n"


def test_unsafe_fixes_need_to_be_asked_for() -> None:
    risky = finding(edit(1, 1, 2, "X"), applicability=UNSAFE)
    assert applied("abc", risky) == "abc"
    assert applied("abc", risky, unsafe=True) == "Xbc"


def run(text: str, check: Callable[[str], list[Diagnostic]]) -> Fixed:
    def report(raw: bytes) -> Report:
        try:
            source = Source(raw, "x.py")
            _ = source.tree
        except SourceError as error:
            return Report("x.py", [finding(code=error.code)])
        return Report("x.py", check(source.text))

    raw = text.encode()
    return fix_all(raw, report(raw), report, unsafe=False)


def replacing(old: str, new: str, code: str = "KC1") -> Callable[[str], list[Diagnostic]]:
    def check(text: str) -> list[Diagnostic]:
        return [
            finding(edit(1, match.start() + 1, match.end() + 1, new), code=code) for match in re.finditer(old, text)
        ]

    return check


def test_fixing_goes_on_until_nothing_is_left() -> None:
    fixed = run("x = aaaa", replacing("aa|b", "b"))
    assert (fixed.raw, fixed.report.diagnostics == []) == (b"x = bb", False)


def test_fixes_that_feed_each_other_end() -> None:
    fixed = run("x = a", lambda text: replacing("a", "b")(text) + replacing("b", "a")(text))
    assert fixed.raw in (b"x = a", b"x = b")


def test_a_fix_that_breaks_the_file_is_not_applied() -> None:
    fixed = run("x = a", replacing("a", "("))
    assert (fixed.raw, fixed.count) == (b"x = a", 0)


def test_a_fix_that_brings_a_new_error_is_not_applied_but_the_others_are() -> None:
    def check(text: str) -> list[Diagnostic]:
        harm = [finding(code="KC2")] if "c" in text else []
        return replacing("a", "c", "KC1")(text) + replacing("b", "d", "KC3")(text) + harm

    fixed = run("x = a, b", check)
    assert (fixed.raw, fixed.count) == (b"x = a, d", 1)
    assert [left.code for left in fixed.report.diagnostics] == ["KC1"]


def test_a_fix_that_the_encoding_cannot_hold_is_not_applied() -> None:
    raw = b"# coding: ascii\nx = 1\n"
    report = Report("x.py", [finding(edit(2, 5, 6, "'é'"))])
    assert fix_all(raw, report, lambda _: Report("x.py"), unsafe=False).raw == raw


@pytest.mark.parametrize("first", [b"\xef\xbb\xbf", b"# coding: latin-1\r\n"])
def test_encoding_mark_and_line_endings_stay(first: bytes) -> None:
    source = Source(first + b"x = 1\r\ny = a\r\n", "x.py")
    row = len(source.line_starts) - 1
    report = Report("x.py", [finding(edit(row, 5, 6, "b"))])
    fixed = fix_all(source.raw, report, lambda _: Report("x.py"), unsafe=False)
    assert fixed.raw == first + b"x = 1\r\ny = b\r\n"


def test_a_safe_fix_after_which_another_network_is_built_is_undone() -> None:
    raw, edit = b"f(a)\n", Edit(span(1, 1, 5), "f(b)")

    def check(new: bytes) -> Report:
        return Report("x.py", [finding(edit)] if new == raw else [])

    def networks(new: bytes) -> Counter[Hashable]:
        return Counter({"a network" if new == raw else "another one": 1})

    assert fix_all(raw, check(raw), check, unsafe=False, builds=networks).raw == raw
    assert fix_all(raw, check(raw), check, unsafe=False, builds=lambda _: Counter()).raw == b"f(b)\n"
    unsafe = Report("x.py", [finding(edit, applicability=UNSAFE)])
    assert fix_all(raw, unsafe, lambda _: Report("x.py"), unsafe=True, builds=networks).raw == b"f(b)\n"
