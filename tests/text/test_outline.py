"""The nodes of a tree in one row: the same that walks over its parts find."""

from __future__ import annotations

import sys
from pathlib import Path

import libcst as cst
import pytest

from kerascheck.text.outline import Outline
from kerascheck.text.treewalk import walk

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures").rglob("*.py"))

PROGRAM = """\
import keras

class Net(keras.Model):
    size = 3

    def __init__(self, size):
        self.size = size
        self.sizes = [one for one in range(size)]

    def call(self, x):
        def double(y):
            return 2 * y
        return double(x) if x else (lambda z: z)(x)
"""


def _same(found: list[cst.CSTNode], expected: list[cst.CSTNode]) -> bool:
    return [id(one) for one in found] == [id(one) for one in expected]


@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: file.stem)
def test_what_is_below_a_node_is_what_a_walk_finds(file: Path) -> None:
    tree = cst.parse_module(file.read_bytes())
    outline = Outline(tree)
    for node in walk(tree):
        below = list(walk(node))
        assert _same(outline.below(node), below)
        names = [part for part in below if isinstance(part, (cst.Name, cst.Call))]
        assert _same(outline.below(node, cst.Name, cst.Call), names)


@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: file.stem)
def test_what_is_a_nodes_own_stands_in_no_function_or_class_below_it(file: Path) -> None:
    tree = cst.parse_module(file.read_bytes())
    outline = Outline(tree)
    for node in outline.below(tree, cst.Module, cst.FunctionDef, cst.ClassDef, cst.IndentedBlock):
        own = list(outline.own(node))
        assert not any(part in outline.below(one.body) for one in own if _defines(one) for part in own)
        for kinds in ((cst.Call,), (cst.Name, cst.Call), (cst.Name, cst.FunctionDef, cst.Lambda)):
            assert _same(list(outline.own(node, *kinds)), [part for part in own if type(part) in kinds])


def _defines(node: cst.CSTNode) -> bool:
    return isinstance(node, (cst.FunctionDef, cst.ClassDef, cst.Lambda))


def test_what_stands_in_definitions_inside_of_definitions_is_not_a_nodes_own() -> None:
    tree = cst.parse_module("a()\nclass C:\n    def f(self):\n        b(lambda: c())\nd()\n")
    outline = Outline(tree)
    assert [call.func.value for call in outline.own(tree, cst.Call)] == ["a", "d"]
    (inner,) = outline.below(tree, cst.FunctionDef)
    assert [call.func.value for call in outline.own(inner.body, cst.Call)] == ["b"]


def test_a_tree_deeper_than_functions_may_call_themselves() -> None:
    tree = cst.parse_module("x = " + " + ".join(["a.b", *map(str, range(300))]) + "\n")
    expected = Outline(tree)
    limit = sys.getrecursionlimit()
    depth = len(_stack())
    try:
        sys.setrecursionlimit(depth + 120)
        outline = Outline(tree)
    finally:
        sys.setrecursionlimit(limit)
    assert _same(outline.nodes, expected.nodes)
    for node in expected.nodes:
        assert _same(outline.below(node), expected.below(node))


def _stack() -> list[object]:
    frame, found = sys._getframe(), []
    while frame is not None:
        found.append(frame)
        frame = frame.f_back
    return found


def test_what_a_function_has_itself_is_not_in_functions_within_it() -> None:
    tree = cst.parse_module(PROGRAM)
    outline = Outline(tree)
    call = outline.below(tree, cst.FunctionDef)[1]
    assert [type(one).__name__ for one in outline.own(call.body, cst.FunctionDef, cst.Return, cst.Lambda)] == [
        "FunctionDef",
        "Return",
        "Lambda",
    ]
    assert [one.value for one in outline.own(call.body, cst.Name)] == ["x", "double", "x", "x"]
    assert call.body not in list(outline.own(call.body))


def test_parts_can_be_left_out() -> None:
    tree = cst.parse_module(PROGRAM)
    outline = Outline(tree)
    functions = outline.below(tree, cst.FunctionDef)
    assert [one.attr.value for one in outline.below(tree, cst.Attribute)] == ["size", "sizes", "Model"]
    assert [one.attr.value for one in outline.below(tree, cst.Attribute, skipping=functions)] == ["Model"]
    inner = [functions[1], functions[2]]  # the second stands within the first
    assert len(outline.below(tree, cst.Return, skipping=inner)) == 0


def test_a_node_of_another_tree_is_walked_through() -> None:
    outline = Outline(cst.parse_module("x = 1\n"))
    other = cst.parse_module(PROGRAM)
    assert len(outline.below(other, cst.ClassDef)) == 1
    function = next(node for node in walk(other) if isinstance(node, cst.FunctionDef))
    assert [one.value for one in outline.own(function.body, cst.For, cst.Name)][:2] == ["self", "size"]
    assert not list(outline.own(function.body, cst.For))
