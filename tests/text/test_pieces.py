"""Trees that are put together from statements: equal to those of the whole text, and parsed only where it changed."""

from __future__ import annotations

import random
from pathlib import Path

import libcst as cst
import pytest

from kerascheck.project.source import Source
from kerascheck.text import pieces
from kerascheck.text.lexing import logical_lines
from kerascheck.text.parse_cache import RECENT
from kerascheck.text.pieces import Pieces
from kerascheck.text.treewalk import walk

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures").rglob("*.py"))

PROGRAM = '''\
#!/usr/bin/env python
"""What it does."""

from keras import layers  # all of them

# above

@decorated
# between

@again(1,
    2)
def build(
    size=3,
):
    if size:
        pass
    # in the block
    else:
        """
text at the margin
"""
        x = (1,
2)
    # behind the block
# at the margin
x = 1; y = 2
x = 1; y = 2
for i in range(3): x += i
else:
    y = 1
try:
    z = 1 + \\
2
except ValueError:

    pass
finally:
    elsewhere = otherwise = 1
async def later(): pass
class A: b = 1
if x:
    pass
elif y:
    pass

# the end
'''


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small texts, too, are put together."""
    monkeypatch.setattr(pieces, "_MIN_CHARACTERS", 0)


def _kinds(tree: cst.Module) -> list[str]:
    return [type(node).__name__ for node in walk(tree)]


def _parsed(kept: Pieces, text: str) -> cst.Module:
    return kept.parse("a.py", text, logical_lines(text))


def _is_as_the_whole(tree: cst.Module, text: str) -> bool:
    whole = cst.parse_module(text)
    settings = ("default_indent", "default_newline", "has_trailing_newline", "encoding")
    alike = all(getattr(tree, name) == getattr(whole, name) for name in settings)
    return alike and tree.code == text and _kinds(tree) == _kinds(whole)


@pytest.mark.parametrize(
    "text",
    [
        PROGRAM,
        PROGRAM.rstrip("\n"),
        PROGRAM.replace("\n", "\r\n"),
        "if x:\n\ty\nz\nif y:\n\tz\n",
        "",
        "# nothing\n",
        "\n\nx = 1",
        "if x:\n  y\nif y:\n      z\n",
        "def f():\n    x\n    # c\n  # d\n\n\n# e\ny\n",
    ],
)
def test_the_tree_is_that_of_the_whole(text: str) -> None:
    kept = Pieces(10_000)
    for _ in range(2):
        assert _is_as_the_whole(_parsed(kept, text), text)


def _accepts_what_libcst_accepts(kept: Pieces, text: str) -> bool:
    """Whether libcst parses the text: then it is parsed as a whole is, else it is refused as libcst refuses it."""
    try:
        cst.parse_module(text)
    except cst.ParserSyntaxError:
        with pytest.raises(cst.ParserSyntaxError):
            _parsed(kept, text)
        return False
    assert _is_as_the_whole(_parsed(kept, text), text)
    return True


def test_the_trees_of_the_fixtures() -> None:
    kept = Pieces(100_000)
    for file in FIXTURES[::3]:
        text = file.read_text("utf-8")
        _accepts_what_libcst_accepts(kept, text)


def test_after_any_edit_it_is_that_of_the_whole() -> None:
    kept, chance = Pieces(3 * len(PROGRAM)), random.Random(3)
    accepted = 0
    for _ in range(150):
        at = chance.randrange(len(PROGRAM))
        new = chance.choice(["x", " ", "\n", "    ", "else:\n", "@a\n", "(", '"', "# c\n", "\\\n", "x = 1; y = 2\n"])
        text = PROGRAM[:at] + new + PROGRAM[at + chance.choice([0, 0, 1, 9]) :]
        accepted += _accepts_what_libcst_accepts(kept, text)
    assert accepted > 40


def test_only_what_has_changed_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Pieces(10_000)
    _parsed(kept, PROGRAM)
    texts: list[str] = []
    real = cst.parse_module
    monkeypatch.setattr(cst, "parse_module", lambda text: texts.append(text) or real(text))  # type: ignore[func-returns-value]
    _parsed(kept, PROGRAM.replace("y += i", "x -= i").replace("x += i", "x -= i"))
    assert texts == ["for i in range(3): x -= i\nelse:\n    y = 1\n"]


def test_nodes_stand_for_places() -> None:
    kept = Pieces(10_000)
    tree = _parsed(kept, PROGRAM)
    ids = [id(node) for node in walk(tree)]
    assert len(ids) == len(set(ids))
    other = kept.parse("b.py", PROGRAM, logical_lines(PROGRAM))
    assert {id(node) for node in walk(other)}.isdisjoint(ids)


def test_little_is_kept() -> None:
    kept = Pieces(1_000)
    for number in range(50):
        _parsed(kept, "".join(f"name_{number}_{line} = {line}\n" for line in range(40)))
    assert kept._characters == sum(len(source) for _, source in kept._known) <= 2_000


def test_findings_stand_where_they_stand_in_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RECENT, "pieces", Pieces(100_000))
    before = "x = 1\n" * 3 + PROGRAM
    for text in (PROGRAM, before, PROGRAM):
        source = Source(text.encode(), "a.py")
        source.parse_apart()
        whole = [source.locate(node) for node in source.tree.body]
        put = Source(text.encode(), "a.py")
        put.tree = RECENT.pieces.parse("a.py", text, put.logical_lines)  # type: ignore[union-attr]
        assert [put.locate(node) for node in put.tree.body] == whole
