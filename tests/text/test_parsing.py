"""Trees are parsed without the checks that libcst makes for nodes made by hand; everywhere else it goes on making them."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, ScopeProvider

from kerascheck.project.source import Source, SourceError
from kerascheck.text.parse_cache import RECENT
from kerascheck.text.parsing import lean_visits
from kerascheck.text.treewalk import walk

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures").rglob("*.py"))
#: A node that libcst refuses: nothing between `not` and the name.
WRONG = {"operator": cst.Not(whitespace_after=cst.SimpleWhitespace("")), "expression": cst.Name("x")}


@pytest.fixture(autouse=True)
def _parsed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RECENT, "_kept", {})


@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: file.stem)
def test_the_tree_is_that_of_libcst(file: Path) -> None:
    raw = file.read_bytes()
    assert Source(raw, "a.py").tree.deep_equals(cst.parse_module(raw.decode()))


def test_nodes_made_by_hand_are_checked_behind_a_parse() -> None:
    _ = Source(b"x = 1\n", "a.py").tree
    with pytest.raises(cst.CSTValidationError):
        cst.UnaryOperation(**WRONG)


def test_and_behind_one_that_fails() -> None:
    with pytest.raises(SourceError):
        _ = Source(b"x = = 1\n", "a.py").tree
    with pytest.raises(cst.CSTValidationError):
        cst.UnaryOperation(**WRONG)


IN_A_PROCESS_OF_ITS_OWN = """\
import pathlib, sys
import libcst as cst
from kerascheck.project.source import Source
from kerascheck.text import parsing

texts = [pathlib.Path(name).read_text() for name in sys.argv[1:]]
before = [cst.parse_module(text) for text in texts]
parsing._WORTH_REPLACING = 0
parsing.parse_many()
for text, tree in zip(texts, before):
    found = Source(text.encode(), "a.py").tree
    assert found.code == text and found.deep_equals(tree)
assert cst.Name.__setattr__ is object.__setattr__  # it has taken place
assert cst.Name("a").deep_equals(cst.Name(value="a", lpar=[], rpar=[]))
assert cst.Name("a").with_changes(value="b").value == "b"
for wrong in (lambda: cst.Name(""), lambda: cst.Name("a", lpar=[cst.LeftParen()]), lambda: cst.Arg()):
    try:
        wrong()
    except (cst.CSTValidationError, TypeError):
        continue
    raise AssertionError("it was to be refused")
"""


def test_constructors_that_assign_make_the_same_nodes() -> None:
    names = [str(file) for file in FIXTURES[::4]]
    done = subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS_OF_ITS_OWN, *names], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_they_stay_as_they_are_in_other_processes() -> None:
    _ = Source(b"x = 1\n", "a.py").tree
    with pytest.raises(dataclasses.FrozenInstanceError):
        cst.Name("a").value = "b"  # type: ignore[misc]


SCOPES = """\
import keras
from os import path as where

def build(size: "int" = 3, *sizes, **named):
    global total
    total = size
    try:
        return [keras.layers.Dense(one) for one in sizes if one]
    except (ValueError, TypeError) as error:
        print(error, where)
    finally:
        del size

class Net(keras.Model, metaclass=type):
    width = 3
    def call(self, x):
        with open("a") as file:
            x += (lambda y: y + self.width)(x)
        for part, (left, right) in zip(file, x):
            print(f"{part!r} {left:{right}}")
        return (found := x)
"""


def _accesses(tree: cst.Module) -> list[tuple[str, list[str]]]:
    """The names that the program reads, with the scopes and kinds of what they may mean."""
    scopes = MetadataWrapper(tree, unsafe_skip_copy=True).resolve(ScopeProvider)
    found = []
    for node in walk(tree):
        scope = scopes.get(node)
        if isinstance(node, cst.Name) and scope is not None:
            meant = [
                f"{type(one).__name__} {one.name} in {type(one.scope).__name__}"
                for access in scope.accesses[node]
                for one in access.referents
            ]
            found.append((node.value, sorted(meant)))
    return found


@pytest.mark.parametrize("text", [SCOPES, *(file.read_text() for file in FIXTURES)])
def test_visitors_that_make_no_nodes_find_the_same(text: str) -> None:
    tree = cst.parse_module(text)
    expected = _accesses(tree)
    with lean_visits():
        found = _accesses(tree)
    assert found == expected
    assert any(meant for _, meant in found)


def test_visitors_that_change_a_tree_change_it_behind_that() -> None:
    class _Renaming(cst.CSTTransformer):
        def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
            return updated_node.with_changes(value="y")

    tree = cst.parse_module("x = 1\n")
    with lean_visits():
        tree.visit(cst.CSTVisitor())
    assert tree.visit(_Renaming()).code == "y = 1\n"
