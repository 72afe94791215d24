"""Reading the arguments of a call in a program, as it is written."""

from __future__ import annotations

import libcst as cst

from kerascheck.fixes.changes import Rewrite


def keyword(call: cst.Call, name: str) -> cst.Arg | None:
    """The keyword argument of this name."""
    return next((arg for arg in call.args if arg.keyword is not None and arg.keyword.value == name), None)


def positional(call: cst.Call, place: int) -> cst.Arg | None:
    """The argument at a place, counted from 0; None where there is none, or a star before it hides which it is."""
    for index, arg in enumerate(call.args):
        if arg.keyword is not None or arg.star:
            return None
        if index == place:
            return arg
    return None


def argument(call: cst.Call, name: str, place: int) -> cst.Arg | None:
    """The argument of this name or at this place."""
    return keyword(call, name) or positional(call, place)


def positionals(call: cst.Call) -> list[cst.Arg]:
    """The arguments without a name, up to a star."""
    found: list[cst.Arg] = []
    for arg in call.args:
        if arg.keyword is not None or arg.star:
            break
        found.append(arg)
    return found


def has_stars(call: cst.Call) -> bool:
    """Whether some arguments are not written here."""
    return any(arg.star for arg in call.args)


def text_of(node: cst.BaseExpression) -> str | None:
    """The value of a plain string."""
    if isinstance(node, cst.SimpleString):
        value = node.evaluated_value
        return value if isinstance(value, str) else None
    return None


def requoted(node: cst.SimpleString, value: str) -> str:
    """Another text in the quotes of this one."""
    return f"{node.prefix}{node.quote}{value}{node.quote}"


def is_name(node: cst.CSTNode, *names: str) -> bool:
    """Whether it is one of these names, such as `None` or `True`."""
    return isinstance(node, cst.Name) and node.value in names


def with_parameter(params: cst.Parameters, name: str) -> Rewrite | None:
    """What gives a function another parameter, which is None by itself; None where it takes any, or has it."""
    names = [one.name.value for one in (*params.params, *params.kwonly_params)]
    is_plain = params.star_kwarg is None and isinstance(params.star_arg, cst.MaybeSentinel)
    if not params.params or not is_plain or name in names:
        return None
    last = params.params[-1]
    end = last.default or (last.annotation.annotation if last.annotation is not None else last.name)
    return Rewrite(end, (end, f", {name}=None"))
