"""What is written out: numbers, texts, lists, dictionaries."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple, TypeAlias

import libcst as cst

from kerascheck.machine.assumptions import restrict
from kerascheck.machine.limits import MAX_ITEMS
from kerascheck.machine.members import find_member
from kerascheck.machine.methods import set_of
from kerascheck.machine.operators import bounded
from kerascheck.machine.paths import spread
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import as_unknown, is_opaque, items_of
from kerascheck.machine.static import once
from kerascheck.machine.texts import show
from kerascheck.machine.values import (
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    Scope,
    Value,
    not_known,
)
from kerascheck.machine.weights import TOO_MANY_PARTS, is_too_heavy
from kerascheck.network.ir import Layer
from kerascheck.symbolic.unknown import Guarded, Symbol, Unknown


def integer(run: Run, node: cst.Integer, scope: Scope) -> Value:
    return _literal(node.value)


_QUOTES = frozenset("'\"")


_DECIMAL = frozenset("0123456789.")


@lru_cache(maxsize=4096)
def _literal(text: str) -> Value:
    # What most literals look like needs no parser.
    if text.isascii() and text.isdigit() and len(text) < 20 and (text[0] != "0" or len(text) == 1):
        return int(text)
    if text[0] in _QUOTES and text[-1] == text[0] and "\\" not in text and (len(text) == 2 or text[1] != text[0]):
        return text[1:-1]
    try:
        if "." in text and text[0].isdigit() and set(text) <= _DECIMAL:
            return float(text)
        if "\\" not in text:
            return ast.literal_eval(text)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes such as "\\d"
            return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return Unknown(f"the literal {text[:20]}", ("literal", text))


def string(run: Run, node: cst.SimpleString, scope: Scope) -> Value:
    return _literal(node.value)


def concatenated(run: Run, node: cst.ConcatenatedString, scope: Scope) -> Value:
    parts: list[Any] = []
    rest: cst.BaseExpression = node
    while isinstance(rest, cst.ConcatenatedString):
        parts.append(run.evaluate(rest.left, scope))
        rest = rest.right
    parts.append(run.evaluate(rest, scope))
    if all(isinstance(part, str) for part in parts):
        return bounded(run, "".join(parts), node)
    if all(isinstance(part, bytes) for part in parts):
        return b"".join(parts)
    return run.fresh("a string with unknown parts", node)


class _Field(NamedTuple):
    """An expression in the braces of an f-string, and how it is shown."""

    expression: cst.BaseExpression
    conversion: str | None
    spec: tuple[str | _Field | None, ...]


@once
def template(node: cst.FormattedString) -> list[str | _Field | None]:
    """The texts and fields of an f-string; None for a text that is not understood."""
    return _parts(node, node.parts)


def _parts(node: cst.FormattedString, parts: Sequence[cst.BaseFormattedStringContent]) -> list[str | _Field | None]:
    found: list[str | _Field | None] = []
    for part in parts:
        if isinstance(part, cst.FormattedStringText):
            piece = _literal(f"{node.prefix.lower().replace('f', '')}{node.quote}{part.value}{node.quote}")
            found.append(piece.replace("{{", "{").replace("}}", "}") if isinstance(piece, str) else None)
            continue
        assert isinstance(part, cst.FormattedStringExpression)
        spec = tuple(_parts(node, part.format_spec or ()))
        conversion = part.conversion
        if part.equal is not None:
            found.append(_written(part))
            conversion = conversion or (None if spec else "r")
        found.append(_Field(part.expression, conversion, spec))
    return found


def _written(part: cst.FormattedStringExpression) -> str | None:
    """What `{n = }` shows before the value."""
    assert part.equal is not None
    equal = part.equal.whitespace_before, part.equal.whitespace_after
    if not all(isinstance(space, cst.SimpleWhitespace) for space in (part.whitespace_before_expression, *equal)):
        return None
    before, after = (space.value for space in equal if isinstance(space, cst.SimpleWhitespace))
    start = part.whitespace_before_expression
    lead = start.value if isinstance(start, cst.SimpleWhitespace) else ""
    return f"{lead}{cst.Module([]).code_for_node(part.expression)}{before}={after}"


def formatted(run: Run, node: cst.FormattedString, scope: Scope) -> Value:
    keys: list[Hashable] = []
    text = _filled(run, template(scope.file, node), scope, keys)
    if text is not None:
        return bounded(run, text, node)
    if None in keys:
        return run.fresh("an f-string with unknown parts", node)
    return Unknown("an f-string with unknown parts", ("f-string", *keys))  # the same text for the same parts


def _filled(
    run: Run, template: Sequence[str | _Field | None], scope: Scope, keys: list[Hashable] | None = None
) -> str | None:
    """The text with its fields filled in; None where one is not known (they are all evaluated).

    `keys` gets what says which text each part is, None for one of which nothing says it.
    """
    text: list[str] = []
    known = True
    for part in template:
        if type(part) is not _Field:
            known = known and part is not None
            text.append(str(part))
            if keys is not None:
                keys.append(part)
            continue
        value = run.evaluate(part.expression, scope)
        spec = _filled(run, part.spec, scope) if part.spec else ""
        shown = value if type(value) is str and not spec and not part.conversion else None
        if shown is None and spec is not None and part.conversion != "a":
            shown = show(run, value, part.conversion, spec)
        known = known and shown is not None
        text.append(shown or "")
        if keys is not None:
            held = as_unknown(value)
            named = isinstance(held, Unknown) and spec is not None
            keys.append(shown if shown is not None else (held.key, part.conversion, spec) if named else None)
    return "".join(text) if known else None


def ellipsis(run: Run, node: cst.Ellipsis, scope: Scope) -> Value:
    return ...


# -- displays and comprehensions ----------------------------------------------------------------------------
#: Makes a value of elements, and of the reason why they are not all known.
_Maker: TypeAlias = "Callable[[list[Value], Unknown | None], Value]"


def _display(run: Run, elements: Any, scope: Scope, made: _Maker) -> Value:
    """What is made of the elements; in an arm of its own for each case where `*elements` hang on conditions."""
    values = [run.evaluate(element.value, scope) for element in elements]
    stars = [type(element) is cst.StarredElement for element in elements]
    return _made_of(run, list(zip(stars, values, strict=True)), made) if True in stars else made(values, None)


def _made_of(run: Run, parts: list[tuple[bool, Value]], made: _Maker) -> Value:
    values: list[Value] = []
    for index, (is_spread, value) in enumerate(parts):
        if not is_spread:
            values.append(value)
            continue
        value = restrict(run, value)
        if type(value) is Guarded:

            def chosen(case: Value, index: int = index) -> Value:
                return _made_of(run, [*parts[:index], (True, case), *parts[index + 1 :]], made)

            return spread(run, chosen, value)
        items = items_of(run, value)
        if isinstance(items, Unknown):
            return made(values, items if len(parts) == 1 else not_known(items.reason, items))
        if len(values) + len(items) > MAX_ITEMS:
            return made(values, Unknown("more items than are kept"))
        values += items
    return made(values, None)


def tuple_display(run: Run, node: cst.Tuple, scope: Scope) -> Value:
    def made(values: list[Value], unknown: Unknown | None) -> Value:
        if unknown is not None:
            return unknown
        return run.fresh(TOO_MANY_PARTS, node) if is_too_heavy(run, values) else tuple(values)

    return _display(run, node.elements, scope, made)


def list_display(run: Run, node: cst.List, scope: Scope) -> Value:
    def made(values: list[Value], unknown: Unknown | None) -> Value:
        if unknown is None and is_too_heavy(run, values):
            return run.unknown_list(TOO_MANY_PARTS)
        display = run.new_list(() if unknown is not None else values)
        display.unknown = unknown
        return display

    return _display(run, node.elements, scope, made)


def set_display(run: Run, node: cst.Set, scope: Scope) -> Value:
    def made(values: list[Value], unknown: Unknown | None) -> Value:
        return run.unknown_list(unknown.reason, "set", unknown) if unknown is not None else set_of(run, values)

    return _display(run, node.elements, scope, made)


def dict_display(run: Run, node: cst.Dict, scope: Scope) -> Value:
    made = run.new_dict()
    for element in node.elements:
        if isinstance(element, cst.StarredDictElement):
            value = run.evaluate(element.value, scope)
            copied = value.spread(run.tick()) if isinstance(value, DictValue) and element is node.elements[0] else None
            if copied is not None:
                made = copied
            elif type(value) is Guarded:
                spread(run, partial(_merge_entries, made), value)
            else:
                _merge_entries(made, value)
        else:
            assert isinstance(element, cst.DictElement)
            put(made, run.evaluate(element.key, scope), run.evaluate(element.value, scope))
    return made


def _merge_entries(made: DictValue, value: Value) -> None:
    if isinstance(value, DictValue):
        made.merge(value)
    else:
        made.blur("a ** entry that is not known")


def put(target: DictValue, key: Value, value: Value) -> None:
    """Store under a key; an unknown key may be any key."""
    if is_known_key(key):
        target.items[key] = value
    else:
        target.blur("an entry under an unknown key")


def is_known_key(key: Value) -> bool:
    """Whether the value can be a dictionary key that we can compare."""
    if isinstance(key, tuple):
        return all(is_known_key(part) for part in key)
    if isinstance(key, Symbol):
        return not is_opaque(key)
    if isinstance(key, Instance):
        return key.unknown is None and not any(find_member(key.cls, name) for name in ("__eq__", "__hash__"))
    return isinstance(key, (str, int, float, bytes, type(None), FunctionValue, ClassValue, Layer))
