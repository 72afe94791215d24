"""Edits of call arguments, as text before and text after."""

from __future__ import annotations

import libcst as cst
import pytest

from kerascheck.fixes.arguments import remove_argument, rename_keyword, replace_argument_value


def parse(text: str) -> tuple[cst.Module, cst.Call]:
    module = cst.parse_module(text)
    statement = module.body[0]
    assert isinstance(statement, cst.SimpleStatementLine)
    expression = statement.body[0]
    assert isinstance(expression, cst.Expr) and isinstance(expression.value, cst.Call)
    return module, expression.value


def keyword(call: cst.Call, name: str) -> cst.Arg:
    return next(arg for arg in call.args if arg.keyword is not None and arg.keyword.value == name)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("f(x=1)", "f()", id="only argument"),
        pytest.param("f(x=1,)", "f()", id="only argument with a comma"),
        pytest.param("f( x=1 )", "f()", id="only argument with spaces"),
        pytest.param("f(\n    x=1,\n)", "f()", id="only argument on its own line"),
        pytest.param("f(\n    x=1,  # why\n)", "f(\n    # why\n)", id="only argument with a comment"),
        pytest.param("f(x=1, a=2)", "f(a=2)", id="first"),
        pytest.param("f(7, x=1, a=2)", "f(7, a=2)", id="middle"),
        pytest.param("f(7, x=1)", "f(7)", id="last"),
        pytest.param("f(7, x=1,)", "f(7,)", id="last with trailing comma"),
        pytest.param("f(7 , x=1 )", "f(7 )", id="space before the parenthesis stays"),
        pytest.param("f(7,x=1,a=2)", "f(7,a=2)", id="tight commas"),
        pytest.param("f(7, x=1, **options)", "f(7, **options)", id="before double star"),
        pytest.param("f(*layers, x=1)", "f(*layers)", id="after star"),
        pytest.param("f(7,\n  x=1,\n  a=2)", "f(7,\n  a=2)", id="middle line"),
        pytest.param("f(7, x=1,\n  a=2)", "f(7,\n  a=2)", id="end of a line"),
        pytest.param("f(x=1,\n  a=2)", "f(a=2)", id="first of the call, next on another line"),
        pytest.param("f(7,\n  x=1, a=2)", "f(7,\n  a=2)", id="start of a line"),
        pytest.param("f(7,\n  x=1)", "f(7)", id="last line"),
        pytest.param("f(\n    7,\n    x=1,\n    a=2,\n)", "f(\n    7,\n    a=2,\n)", id="one a line"),
        pytest.param("f(\n    7,\n    x=1,\n)", "f(\n    7,\n)", id="one a line, last, trailing comma"),
        pytest.param("f(\n    7,\n    x=1\n)", "f(\n    7\n)", id="one a line, last, no trailing comma"),
        pytest.param("f(\n    x=1,\n    a=2,\n)", "f(\n    a=2,\n)", id="one a line, first"),
        pytest.param(
            "f(\n    7,  # units\n    x=1,  # size\n    a=2,\n)",
            "f(\n    7,  # units\n    # size\n    a=2,\n)",
            id="comments behind",
        ),
        pytest.param(
            "f(\n    7,  # units\n    x=1,  # size\n)",
            "f(\n    7,  # units\n    # size\n)",
            id="comment behind the last",
        ),
        pytest.param(
            "f(\n    7,\n    # the size\n    x=1,\n    a=2,\n)",
            "f(\n    7,\n    # the size\n    a=2,\n)",
            id="comment above",
        ),
        pytest.param("f(7,  # units\n  x=1)", "f(7  # units\n  )", id="comment behind the new last, no comma"),
        pytest.param("f(7, x=1,  # size\n  a=2)", "f(7,  # size\n  a=2)", id="comment at the end of a shared line"),
    ],
)
def test_remove_argument_x(before: str, after: str) -> None:
    module, call = parse(before)
    new = remove_argument(call, keyword(call, "x"))
    assert module.code_for_node(new) == after
    cst.parse_expression(after)


def test_remove_argument_keeps_crlf() -> None:
    module, call = parse("f(\r\n    7,\r\n    x=1,  # size\r\n)\r\n")
    assert module.code_for_node(remove_argument(call, keyword(call, "x"))) == "f(\r\n    7,\r\n    # size\r\n)"


def test_replace_argument_value_keeps_the_rest() -> None:
    module, call = parse("f(7, x = 'sigmoid' , a=2)")
    new = replace_argument_value(call, keyword(call, "x"), cst.parse_expression("'softmax'"))
    assert module.code_for_node(new) == "f(7, x = 'softmax' , a=2)"


def test_rename_keyword_keeps_the_rest() -> None:
    module, call = parse("f(7, x = 1,\n  a=2)")
    assert module.code_for_node(rename_keyword(call, keyword(call, "x"), "units")) == "f(7, units = 1,\n  a=2)"


def test_rename_keyword_refuses_a_positional_argument() -> None:
    _, call = parse("f(7)")
    with pytest.raises(ValueError, match="keyword"):
        rename_keyword(call, call.args[0], "units")


def test_an_argument_of_another_call_is_refused() -> None:
    _, call = parse("f(7)")
    _, other = parse("f(7)")
    with pytest.raises(ValueError, match="does not belong"):
        remove_argument(call, other.args[0])
