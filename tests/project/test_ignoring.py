"""Patterns of .gitignore files: what they name, the same by both ways, and how long that takes."""

from __future__ import annotations

import time

import pytest

from kerascheck.project import ignoring
from kerascheck.project.ignoring import Patterns, _Pattern

PATHS = (
    "a", "a/", "b", "abc", "abc/", "a.py", ".a", "a-b-c.log", "a.b.c", "x/a", "x/abc", "x/a/", "x/y/a", "x/y/z/a.py",
    "a/x", "a/x/y", "a/b/c", "a/b/b/c", "a/x/b/y/c", "a*b", "a b", "[a]", "build/", "build/x", "x/build/y", "A", "a\\b",
    "aXbXc", "aXXb", "b.py", "c.py", "foo/bar/baz.py", "foo/x/bar/y/baz", "1.py", "10.py", "-", "]",
)  # fmt: skip
PATTERNS = (
    "a", "/a", "a/", "*.py", "a*", "*a", "*", "?", "a?c", "[ab]", "[!a]", "[^a]*", "[a-c].py", "[]]", "[0-9]*.py",
    "a/b", "a/*", "a/**", "**/a", "**/a/", "a/**/c", "a/**/b/**/c", "x/**/a", "**/build/**", "foo/**/bar/**/baz*",
    "**", "*/a", "/*", "/*/", "x/*/a", "*-*-*.log", "a\\*b", "a\\ b", "\\[a\\]", "*.*.*", "a*b*c", "a*X*b",
    "*a*b*c*", "b*", "!a", "build/", "/build", "a ", "\\\\", "*.p*y*", "**/x/**/a", "**/**/a", "a/**/**/c",
)  # fmt: skip


@pytest.mark.parametrize("line", PATTERNS)
def test_both_ways_name_the_same(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pattern = _Pattern.of(line)
    assert pattern is not None
    monkeypatch.setattr(ignoring, "_is_usual", lambda _: True)
    usual = Patterns([line])
    different = {path: (usual.decides(path), pattern.decides(path)) for path in PATHS}
    assert {path: both for path, both in different.items() if both[0] is not both[1]} == {}


def test_the_last_pattern_that_names_a_path_decides() -> None:
    patterns = Patterns(["*.py", "!*a*b*c*.py", "*a*b*c*d*.py"])
    assert patterns.match("x.py") and not patterns.match("abc.py") and patterns.match("abcd.py")
    assert patterns.decides("abc.txt") is None


@pytest.mark.parametrize("line", ["!", "[z-a]", "[z-a]*", "*a*[z-a]*b*", "", "#", "# *a*a*a*", "/", "a" * 10_000])
def test_what_is_no_pattern_names_nothing(line: str) -> None:
    patterns = Patterns([line, "b.py"])
    assert patterns.match("b.py") and patterns.decides("a") is None


HOSTILE = {
    "stars": ("*a" * 60 + "*b", "a" * 250),
    "stars and marks": ("*?a" * 60 + "b", "a" * 250),
    "classes": ("*[a-z]" * 60 + "1", "a" * 250),
    "parts": ("**/a/" * 40 + "b", "a/" * 1_900 + "a"),
    "both": ("**/*a*a*a*a/" * 20 + "*b*b*b", "aaaaaaaaaaaa/" * 300 + "a"),
    "few stars": ("*a*b", "a" * 250),
    "a few parts": ("**/a/**/b", "a/" * 1_900 + "a"),
    "brackets": ("[" * 4_000, "a" * 250),
    "many": ("\n".join("*a*a*a*a*a*b" for _ in range(1_000)), "a" * 250),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_patterns_without_end(name: str) -> None:
    text, path = HOSTILE[name]
    began = time.process_time()
    assert Patterns(text.split("\n")).decides(path) is None
    assert time.process_time() - began < 2
