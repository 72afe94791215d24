"""A fix takes nothing away that does something."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst
import pytest

from kerascheck.configuration.config import Settings
from kerascheck.configuration.selection import Layer, Selection
from kerascheck.diagnostics import Report
from kerascheck.engine import check_source
from kerascheck.fixes.apply import fix_all
from kerascheck.fixes.arguments import remove_argument, rename_keyword
from kerascheck.fixes.effects import keeps_effects
from kerascheck.rules.base import Replacement, Rule
from kerascheck.rules.registry import all_rules

KEEPS = [
    "8",
    "SIZE",
    "settings.size",
    "sizes[-1]",
    "4 * 2",
    "(4, 4, 3)",
    "[4, *()][0:0] if () else (4,)",
    "lambda x: build(x)",
]
LOSES = [
    "build()",
    "(n := 8)",
    "sizes.pop(0)",
    "int(4)",
    "(build(), 4)",
    "4 * (n := 2)",
    "sizes[next(count)]",
    "sizes[(i := 0) : 2]",
    "-len(names)",
    "f'{len(names)}'",
    "{'a': build()}['a']",
    "x if build() else 8",
    "[n for n in numbers][0]",
    "(n for n in numbers)",
    "(*numbers, 3)",
    "lambda x=build(): x",
]


def in_function(argument: str) -> cst.Call:
    tree = cst.parse_module(f"async def f():\n    Dense(4, input_dim={argument})\n")
    calls: list[cst.Call] = []
    waiting: list[cst.CSTNode] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value == "Dense":
            calls.append(node)
        waiting += node.children
    return calls[0]


@pytest.mark.parametrize("argument", [text for text in KEEPS if "*" not in text or "4 *" in text])
def test_an_argument_without_effect_goes(argument: str) -> None:
    call = in_function(argument)
    assert keeps_effects([Replacement(call, remove_argument(call, call.args[1]))])


@pytest.mark.parametrize("argument", [*LOSES, "await build()", "(yield)", "(yield 8)", "(await size)"])
def test_an_argument_with_an_effect_stays(argument: str) -> None:
    call = in_function(argument)
    assert not keeps_effects([Replacement(call, remove_argument(call, call.args[1]))])


@pytest.mark.parametrize("argument", [*LOSES, "await build()", "(yield)"])
def test_an_argument_may_get_another_name(argument: str) -> None:
    call = in_function(argument)
    assert keeps_effects([Replacement(call, rename_keyword(call, call.args[1], "input_shape"))])


def test_nothing_is_done_twice() -> None:
    call = in_function("build()")
    assert not keeps_effects([Replacement(call, cst.Tuple([cst.Element(call), cst.Element(call)]))])


def test_what_moves_from_one_node_to_another_stays() -> None:
    first, second = in_function("build()"), in_function("8")
    moved = [
        Replacement(first, remove_argument(first, first.args[1])),
        Replacement(second, second.with_changes(args=first.args)),
    ]
    assert keeps_effects(moved) and not keeps_effects(moved[:1])


def test_a_call_that_is_the_statement_may_go_without_what_it_is_given() -> None:
    (alone, given, bound) = cst.parse_module("clear()\nclear(build())\nx = build()\n").body
    assert keeps_effects([Replacement(alone, None)])
    assert not keeps_effects([Replacement(given, None)])
    assert not keeps_effects([Replacement(bound, None)])


# -- every rule -----------------------------------------------------------------------------------------------------


def with_effects() -> Iterator[tuple[Rule, str]]:
    """The examples that a rule mends, each with one argument of a call that is also given a name."""
    for rule in all_rules():
        for case in rule.INVALID:
            if case.fixed is None:
                continue
            arguments = [
                arg for arg in _nodes(cst.parse_module(case.code)) if isinstance(arg, cst.Arg) and not arg.star
            ]
            for index in range(len(arguments)):
                yield rule, _named(case.code, index)


def _nodes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    yield node
    for child in node.children:
        yield from _nodes(child)


class _Name(cst.CSTTransformer):
    def __init__(self, wanted: int) -> None:
        self._left = wanted

    def visit_Arg(self, node: cst.Arg) -> None:
        if not node.star:
            if self._left == 0:
                self.found: cst.Arg = node
            self._left -= 1

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        if original_node is not getattr(self, "found", None):
            return updated_node
        named = cst.NamedExpr(cst.Name("kept"), updated_node.value, lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        return updated_node.with_changes(value=named)


def _named(code: str, index: int) -> str:
    return cst.parse_module(code).visit(_Name(index)).code


@pytest.mark.slow
def test_no_rule_takes_an_effect_away() -> None:
    settings = Settings(selection=Selection((Layer(("ALL",)),)))
    fixed = 0
    for rule, code in with_effects():
        assert code.count("kept :=") == 1

        def check(raw: bytes, rule: Rule = rule) -> Report:
            return check_source(raw, "x.py", settings, [rule])

        raw = code.encode()
        outcome = fix_all(raw, check(raw), check, unsafe=True)
        assert outcome.raw.decode().count("kept :=") == 1, (rule.code, code, outcome.raw.decode())
        fixed += outcome.count > 0
    assert fixed > 50
