"""Edits of a call's arguments that keep comments, trailing commas and the layout.

Each function takes a call and one of its own `Arg` nodes and returns a new call; the old one stays as it is.
"""

from __future__ import annotations

import libcst as cst

_Whitespace = cst.BaseParenthesizableWhitespace


def remove_argument(call: cst.Call, arg: cst.Arg) -> cst.Call:
    """The call without this argument.

    A comment behind the argument moves to a line of its own; a trailing comma stays where there was one.

    Raises:
        ValueError: `arg` is not an argument of `call`.
    """
    index = _index(call, arg)
    before, after = _gap_before(call, index), _gap_after(arg)
    rest = [*call.args[:index], *call.args[index + 1 :]]
    if not rest:
        gap = _join(before, after) if _has_comment(before) or _has_comment(after) else cst.SimpleWhitespace("")
        return call.with_changes(args=(), whitespace_before_args=gap)
    if index < len(rest):
        gap = _gap_between(before, after, first=index == 0)
        return _with_gap_before(call, rest, index, gap)
    previous, gap = rest[-1], _gap_at_end(before, after)
    if isinstance(arg.comma, cst.Comma) and isinstance(previous.comma, cst.Comma):
        rest[-1] = previous.with_changes(comma=previous.comma.with_changes(whitespace_after=gap))
    else:
        rest[-1] = previous.with_changes(comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=gap)
    return call.with_changes(args=rest)


def replace_argument_value(call: cst.Call, arg: cst.Arg, value: cst.BaseExpression) -> cst.Call:
    """The call with another value for this argument.

    Raises:
        ValueError: `arg` is not an argument of `call`.
    """
    return _with_arg(call, _index(call, arg), arg.with_changes(value=value))


def rename_keyword(call: cst.Call, arg: cst.Arg, name: str) -> cst.Call:
    """The call with this keyword argument under another name.

    Raises:
        ValueError: `arg` is not a keyword argument of `call`.
    """
    if arg.keyword is None:
        raise ValueError("only a keyword argument has a name")
    return _with_arg(call, _index(call, arg), arg.with_changes(keyword=arg.keyword.with_changes(value=name)))


def _index(call: cst.Call, arg: cst.Arg) -> int:
    for index, candidate in enumerate(call.args):
        if candidate is arg:
            return index
    raise ValueError("the argument does not belong to the call")


def _with_arg(call: cst.Call, index: int, arg: cst.Arg) -> cst.Call:
    return call.with_changes(args=[*call.args[:index], arg, *call.args[index + 1 :]])


def _gap_before(call: cst.Call, index: int) -> _Whitespace:
    """What stands between the argument and the parenthesis or comma in front of it."""
    if index == 0:
        return call.whitespace_before_args
    comma = call.args[index - 1].comma
    return comma.whitespace_after if isinstance(comma, cst.Comma) else cst.SimpleWhitespace(" ")


def _gap_after(arg: cst.Arg) -> _Whitespace:
    """What stands behind the argument and its comma."""
    return arg.comma.whitespace_after if isinstance(arg.comma, cst.Comma) else arg.whitespace_after_arg


def _with_gap_before(call: cst.Call, args: list[cst.Arg], index: int, gap: _Whitespace) -> cst.Call:
    if index == 0:
        return call.with_changes(args=args, whitespace_before_args=gap)
    previous = args[index - 1]
    if isinstance(previous.comma, cst.Comma):
        args[index - 1] = previous.with_changes(comma=previous.comma.with_changes(whitespace_after=gap))
    return call.with_changes(args=args)


def _gap_between(before: _Whitespace, after: _Whitespace, first: bool) -> _Whitespace:
    """The gap that is left when an argument with one behind it goes."""
    if not isinstance(after, cst.ParenthesizedWhitespace):
        return before
    if not isinstance(before, cst.ParenthesizedWhitespace):
        return before if first and not _has_comment(after) else after
    return _join(before, after) if _has_comment(after) else before


def _gap_at_end(before: _Whitespace, after: _Whitespace) -> _Whitespace:
    """The gap in front of the closing parenthesis when the last argument goes."""
    if not isinstance(before, cst.ParenthesizedWhitespace):
        return after
    if not isinstance(after, cst.ParenthesizedWhitespace):
        return before if _has_comment(before) else after
    return _join(before, after) if _has_comment(before) or after.first_line.comment else after


def _has_comment(gap: _Whitespace) -> bool:
    return isinstance(gap, cst.ParenthesizedWhitespace) and (
        gap.first_line.comment is not None or any(line.comment for line in gap.empty_lines)
    )


def _join(before: _Whitespace, after: _Whitespace) -> _Whitespace:
    """Both gaps in turn, without the line that the argument leaves empty."""
    if not isinstance(before, cst.ParenthesizedWhitespace):
        return after
    if not isinstance(after, cst.ParenthesizedWhitespace):
        return before
    own_line: list[cst.EmptyLine] = []
    if after.first_line.comment is not None:
        own_line = [cst.EmptyLine(before.indent, before.last_line, after.first_line.comment, after.first_line.newline)]
    return after.with_changes(
        first_line=before.first_line, empty_lines=[*before.empty_lines, *own_line, *after.empty_lines]
    )
