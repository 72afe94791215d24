"""What each kind of expression evaluates to: one small function per node class, in the table at the end."""

from __future__ import annotations

import ast
import builtins
import warnings
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.data.objects import DataObject
from kerascheck.data.pipeline import Pipeline
from kerascheck.data.training import TRAINING_METHODS
from kerascheck.machine.attributes import find_member, get_attribute
from kerascheck.machine.binding import assign
from kerascheck.machine.conditions import compare, truth
from kerascheck.machine.doubts import doubt_about
from kerascheck.machine.exceptions import is_made_exception
from kerascheck.machine.holding import held_by, holding
from kerascheck.machine.introspection import SCOPED
from kerascheck.machine.methods import set_of
from kerascheck.machine.needs import WITHOUT_NEEDS, value_needs
from kerascheck.machine.operators import binary, bounded, subscript, unary
from kerascheck.machine.paths import Condition, fork_value, restrict, settle, spread
from kerascheck.machine.run import CALLS, EXPRESSIONS, LEAVES, MAX_COMPREHENSION, MAX_ITEMS, Run
from kerascheck.machine.sequences import END, Lost, as_unknown, element_of, is_opaque, items_of, iterate, resumed
from kerascheck.machine.static import CHANGING, once
from kerascheck.machine.texts import show
from kerascheck.machine.values import (
    FILE,
    BoundMethod,
    ClassValue,
    DictValue,
    DictView,
    FunctionValue,
    ImportedName,
    Instance,
    IteratorValue,
    ListValue,
    NativeMethod,
    NativeObject,
    Scope,
    Value,
    presence,
)
from kerascheck.machine.weights import TOO_MANY_PARTS, is_too_heavy
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import KerasObject, Layer, Loop, Network, Site, Tensor
from kerascheck.symbolic.unknown import NOTHING, Guarded, Symbol, Unknown, forgotten, is_forgotten

# -- names and constants ---------------------------------------------------------------------------------


def _name(run: Run, node: cst.Name, scope: Scope) -> Value:
    name = node.value
    if name in scope.vars and scope.redirected is None:
        value = scope.vars[name]
        if type(value) is ImportedName:
            value = run.project.imported(run, scope, name)
        if run.guarded and scope.optional is not None:
            value = _if_bound(run, scope, name, value)
    else:
        value = lookup(run, name, scope)
    kind = type(value)
    if kind in _NOTED or run.pinned:
        return _read(run, value)
    return value


#: Classes of values that may hang on conditions.
_NOTED = frozenset({Unknown, Guarded, Array, ListValue, DictValue})
#: Classes of what comes out of arrays and shapes.
_MEASURED = frozenset({Array, int, SymDim})


def _read(run: Run, value: Value) -> Value:
    """The value with all that is known of it here; what it hangs on is noted."""
    value = restrict(run, value)
    if run.pinned:
        unknown = as_unknown(value)
        if isinstance(unknown, Unknown):
            value = run.pinned.get(unknown.key, value)
    if isinstance(value, (Unknown, Array)):
        if value.needs:
            run.reads |= value.needs
    elif isinstance(value, (ListValue, DictValue)) and value.unknown is not None:
        run.reads |= value.unknown.needs
    return value


def _if_bound(run: Run, scope: Scope, name: str, value: Value) -> Value:
    """The value of a name, where it is bound: where it is not, that is caught."""
    there = settle(run, presence(scope.optional, scope.vars, name))
    if there is True:
        return value
    if there is False:
        return run.fails("NameError", f"{name} is not defined")
    return fork_value(run, there, lambda: value, lambda: run.fails("NameError", f"{name} is not defined"))


def lookup(run: Run, name: str, scope: Scope) -> Value:
    """The value of a name: local, enclosing, global, star-imported or built in."""
    constant = _CONSTANTS.get(name, _MISSING)
    if constant is not _MISSING:
        return constant
    place: Scope | None = scope
    if scope.redirected is not None and name in scope.redirected:
        place = scope.redirected[name]
    while place is not None:
        if name in place.vars:
            value = place.vars[name]
            if run.guarded and place.optional is not None:
                value = _if_bound(run, place, name, value)
            return run.project.imported(run, place, name) if type(value) is ImportedName else value
        place = place.enclosing
    if name in scope.globals.vars:
        return run.project.imported(run, scope.globals, name)
    known = _builtin(name)
    if known is not None:
        return known
    star = scope.globals.star
    if star:
        return run.project.star_name(star, name)
    if hasattr(builtins, name):
        return Symbol(f"builtins.{name}")
    if run.guarded and scope.file is run.project.source:
        run.fails("NameError", f"{name} is not defined")
    return Unknown(f"{name} is not defined in what was analysed", ("name", name), name)


@lru_cache(maxsize=4096)
def _builtin(name: str) -> Symbol | None:
    """A builtin that is interpreted, by its name."""
    from kerascheck.machine.builtins import BUILTINS

    dotted = f"builtins.{name}"
    return Symbol(dotted) if name in BUILTINS or dotted in SCOPED else None


_MISSING = object()
_CONSTANTS: dict[str, Any] = {"True": True, "False": False, "None": None}


def _integer(run: Run, node: cst.Integer, scope: Scope) -> Value:
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


def _string(run: Run, node: cst.SimpleString, scope: Scope) -> Value:
    return _literal(node.value)


def _concatenated(run: Run, node: cst.ConcatenatedString, scope: Scope) -> Value:
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
def _template(node: cst.FormattedString) -> list[str | _Field | None]:
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


def _formatted(run: Run, node: cst.FormattedString, scope: Scope) -> Value:
    keys: list[Hashable] = []
    text = _filled(run, _template(scope.file, node), scope, keys)
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


def _ellipsis(run: Run, node: cst.Ellipsis, scope: Scope) -> Value:
    return ...


# -- displays and comprehensions ----------------------------------------------------------------------------


def _elements(run: Run, elements: Any, scope: Scope) -> tuple[list[Value], Unknown | None]:
    values: list[Value] = []
    for element in elements:
        if type(element) is cst.StarredElement:
            items = items_of(run, run.evaluate(element.value, scope))
            if isinstance(items, Unknown):
                return values, items
            if len(values) + len(items) > MAX_ITEMS:
                return values, Unknown("more items than are kept")
            values += items
        else:
            values.append(run.evaluate(element.value, scope))
    return values, None


def _tuple(run: Run, node: cst.Tuple, scope: Scope) -> Value:
    values, unknown = _elements(run, node.elements, scope)
    if unknown is None and is_too_heavy(run, values):
        return run.fresh(TOO_MANY_PARTS, node)
    return unknown if unknown is not None else tuple(values)


def _list(run: Run, node: cst.List, scope: Scope) -> Value:
    values, unknown = _elements(run, node.elements, scope)
    if unknown is None and is_too_heavy(run, values):
        return run.unknown_list(TOO_MANY_PARTS)
    made = run.new_list(() if unknown is not None else values)
    made.unknown = unknown
    return made


def _set(run: Run, node: cst.Set, scope: Scope) -> Value:
    values, unknown = _elements(run, node.elements, scope)
    return run.unknown_list(unknown.reason, "set", unknown) if unknown is not None else set_of(run, values)


def _dict(run: Run, node: cst.Dict, scope: Scope) -> Value:
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


def _comprehended(
    run: Run, node: cst.BaseComp, scope: Scope, source: Value, each: Callable[[Scope], Value]
) -> Iterator[Value]:
    """What `each` gives for each element of `source`; a `Lost` where the rest is unknown, after one more."""
    inner = Scope("comprehension", scope)

    filters: frozenset[Hashable] = NOTHING  # conditions that say which elements are kept

    def loop(clause: cst.CompFor, source: Value, items: Iterator[Value]) -> Iterator[Value]:
        nonlocal filters
        is_long = isinstance(source, (range, tuple)) and len(source) > MAX_COMPREHENSION
        for index, item in enumerate(items):
            if isinstance(item, Lost) or index >= MAX_COMPREHENSION or (is_long and index):
                reason = item.reason if isinstance(item, Lost) else Unknown("too many elements to unroll")
                yield rest(clause, reason, source)
                return
            run.budget.charge(1)
            assign(run, clause.target, item, inner)
            keep = True
            for condition in clause.ifs:
                verdict = settle(run, run.evaluate(condition.test, inner), condition)
                if isinstance(verdict, Condition):
                    filters |= verdict.needs
                    if len(filters) > _MAX_FILTERS:
                        yield rest(clause, Unknown("filtered by something unknown", None, None, None, filters), source)
                        return
                    verdict = truth(run, as_value(run, verdict), node=condition)
                if not verdict:
                    keep = False
                    break
            if not keep:
                continue
            if clause.inner_for_in is None:
                yield each(inner)
                continue
            nested = run.evaluate(clause.inner_for_in.iter, inner)
            for made in loop(clause.inner_for_in, nested, iterate(run, nested)):
                yield made
                if isinstance(made, Lost):
                    return

    def rest(clause: cst.CompFor, reason: Unknown, source: Value) -> Lost:
        """An unknown number of elements: what one of them changes is forgotten."""
        tried: Value = None
        with run.unknown_rounds():
            element = element_of(run, source, "an element of something unknown", clause)
            assign(run, clause.target, element, inner)
            for condition in clause.ifs:
                run.evaluate(condition.test, inner)
            if clause.inner_for_in is None:
                tried = each(inner)
            else:
                nested = run.evaluate(clause.inner_for_in.iter, inner)
                for _ in loop(clause.inner_for_in, nested, iterate(run, nested)):
                    pass
        return Lost(reason, tried)

    # What is walked over first is asked for its items at once, the rest when it is needed.
    return _in_loop(run, node, source, loop(node.for_in, source, iterate(run, source)))


def _in_loop(run: Run, node: cst.BaseComp, source: Value, elements: Iterator[Value]) -> Iterator[Value]:
    """The same elements, each made as in a round of a loop."""
    around = Loop(Site(run.file, node), run.serial, source)
    while True:
        run.loops.append(around)
        try:
            made = next(elements, END)
        finally:
            run.loops.pop()
        if made is END:
            return
        yield made


#: Conditions that may say which elements of a comprehension are kept, while all combinations are tried. Where each
#: element has one of its own, which are kept is not known.
_MAX_FILTERS = 2


def _collected(run: Run, node: cst.ListComp | cst.SetComp, source: Value, rest: Lost) -> Value | None:
    """The list of a comprehension over data, where what it collects is known; None else."""
    clause = node.for_in
    if clause.ifs or clause.inner_for_in is not None or rest.element is None:
        return None
    from kerascheck.data.elements import collected

    return collected(run, source, rest.element, clause)


def _list_comp(run: Run, node: cst.ListComp | cst.SetComp, scope: Scope) -> Value:
    is_set = isinstance(node, cst.SetComp)
    source = run.evaluate(node.for_in.iter, scope)
    values: list[Value] = []
    for value in _comprehended(run, node, scope, source, lambda at: run.evaluate(node.elt, at)):
        if isinstance(value, Lost) and not is_set and (collection := _collected(run, node, source, value)) is not None:
            return collection
        if isinstance(value, Lost) or len(values) > MAX_ITEMS:
            what = (value.reason.text if isinstance(value, Lost) else None) or "something unknown"
            source_of_it = value.reason if isinstance(value, Lost) else None
            made = run.unknown_list(f"a comprehension over {what}", "set" if is_set else "list", source_of_it)
            if isinstance(value, Lost) and not is_set and value.element is not None:
                from kerascheck.data.elements import one_more

                one_more(run, made, value.element, Loop(Site(run.file, node.for_in), run.serial, source))
            return made
        values.append(value)
    return set_of(run, values) if is_set else run.new_list(values)


def _generator_expression(run: Run, node: cst.GeneratorExp, scope: Scope) -> Value:
    source = run.evaluate(node.for_in.iter, scope)
    owner = run.call_stack[-1] if run.call_stack else None
    elements = _comprehended(run, node, scope, source, lambda at: run.evaluate(node.elt, at))
    return run.new_iterator(resumed(run, owner, elements), is_generator=True)


def _dict_comp(run: Run, node: cst.DictComp, scope: Scope) -> Value:
    made = run.new_dict()

    def entry(at: Scope) -> Value:
        return (run.evaluate(node.key, at), run.evaluate(node.value, at))

    for pair in _comprehended(run, node, scope, run.evaluate(node.for_in.iter, scope), entry):
        if isinstance(pair, Lost):
            made.blur("a comprehension over something unknown")
            break
        put(made, *pair)
    return made


# -- operators --------------------------------------------------------------------------------------------


def _binary(run: Run, node: cst.BinaryOperation, scope: Scope) -> Value:
    # Chains such as a + b + c + ... are left-deep: walk them in a loop so that long ones need no deep recursion.
    chain: list[cst.BinaryOperation] = []
    left: cst.BaseExpression = node
    while type(left) is cst.BinaryOperation:
        chain.append(left)
        left = left.left
    value = run.evaluate(left, scope)
    for link in reversed(chain):
        value = binary(run, type(link.operator).__name__, value, run.evaluate(link.right, scope), link, scope)
        if type(value) is Array:
            run.program.went_well.add((id(scope.file), id(link)))
    return value


def _unary(run: Run, node: cst.UnaryOperation, scope: Scope) -> Value:
    value = run.evaluate(node.expression, scope)
    if type(node.operator) is cst.Not:
        return negate(run, value)
    return unary(run, type(node.operator).__name__, value, node)


def negate(run: Run, value: Value) -> Value:
    """`not value`, staying unknown (with a key of its own) where the value is."""
    return as_value(run, settle(run, value), negated=True)


def as_value(run: Run, verdict: bool | Condition, negated: bool = False) -> Value:
    """A condition as a value: True, False, or what is decided like it."""
    if isinstance(verdict, bool):
        return verdict is not negated
    sides = (
        ({**verdict.if_true, verdict.key: verdict.positive}, not negated),
        ({**verdict.if_false, verdict.key: not verdict.positive}, negated),
    )
    return Guarded(sides, verdict.needs)


def _boolean(run: Run, node: cst.BooleanOperation, scope: Scope) -> Value:
    # Chains such as a and b and c and ... are left-deep, too, and go on in a loop as long as all is known.
    chain = [node]
    kind = type(node.operator)
    while type(left := chain[-1].left) is cst.BooleanOperation and type(left.operator) is kind:
        chain.append(left)
    value = run.evaluate(chain[-1].left, scope)
    for link in reversed(chain):
        value = _linked(run, link, value, scope)
    return value


def _linked(run: Run, node: cst.BooleanOperation, left: Value, scope: Scope) -> Value:
    """`and` or `or` of a left side that is evaluated and a right one that may be."""
    left = as_unknown(left)
    is_or = type(node.operator) is cst.Or
    verdict = settle(run, left, node)
    if isinstance(verdict, bool):
        if verdict is not is_or:
            return run.evaluate(node.right, scope)
        return is_or if isinstance(left, Unknown) and is_condition(left) else left
    # Only the left side decides whether the right one is evaluated.
    given = is_or if isinstance(left, Unknown) and is_condition(left) else left

    def keep() -> Value:
        return given

    def go_on() -> Value:
        return run.evaluate(node.right, scope)

    return fork_value(run, verdict, keep, go_on) if is_or else fork_value(run, verdict, go_on, keep)


def is_condition(value: Unknown) -> bool:
    """Whether an unknown value is the result of a comparison (and so True or False)."""
    return isinstance(value.key, tuple) and bool(value.key) and value.key[0] in ("not", "==", "<", "<=", "is", "in")


def _comparison(run: Run, node: cst.Comparison, scope: Scope) -> Value:
    left = run.evaluate(node.left, scope)
    if len(node.comparisons) == 1:
        target = node.comparisons[0]
        right = run.evaluate(target.comparator, scope)
        return compare(run, type(target.operator).__name__, left, right, node)

    def link(index: int, left: Value) -> Value:
        target = node.comparisons[index]
        right = run.evaluate(target.comparator, scope)
        result = compare(run, type(target.operator).__name__, left, right, node)
        if index == len(node.comparisons) - 1:
            return result
        verdict = settle(run, result, node)
        if isinstance(verdict, bool):
            return link(index + 1, right) if verdict else False
        return fork_value(run, verdict, lambda: link(index + 1, right), lambda: False)

    return link(0, left)


def _conditional(run: Run, node: cst.IfExp, scope: Scope) -> Value:
    verdict = settle(run, run.evaluate(node.test, scope), node)
    if isinstance(verdict, bool):
        return run.evaluate(node.body if verdict else node.orelse, scope)
    return fork_value(run, verdict, lambda: run.evaluate(node.body, scope), lambda: run.evaluate(node.orelse, scope))


def _attribute(run: Run, node: cst.Attribute, scope: Scope) -> Value:
    value = run.evaluate(node.value, scope)
    if type(value) is Guarded:
        value = spread(run, lambda one: get_attribute(run, one, node.attr.value, node), value)
    else:
        found = get_attribute(run, value, node.attr.value, node)
        value = holding(found, value.holds) if type(value) is Unknown and value.holds else found
    kind = type(value)
    return _read(run, value) if kind in _NOTED or run.pinned else value


def _subscript(run: Run, node: cst.Subscript, scope: Scope) -> Value:
    value = run.evaluate(node.value, scope)
    index = index_of(run, node, scope)
    if type(index) is Unknown and is_condition(index) and isinstance(value, (tuple, ListValue, str)):
        index = as_value(run, settle(run, index, node))  # True is 1
    if type(value) is Guarded:
        found = spread(run, lambda one: subscript(run, one, index, node), value)
    elif type(index) is Guarded:
        found = spread(run, lambda one: subscript(run, value, one, node), index)
    else:
        if type(value) is Unknown and run.histories and type(index) is str:
            from kerascheck.machine.keras.predictions import note_look_up

            note_look_up(run, value, index, Site(scope.file, node))
        found = subscript(run, value, index, node)
        if type(found) is Unknown and (held := held_by(value)):
            found = holding(found, held)
    if type(found) is Unknown and _is_forgotten(value):
        found = forgotten(found)
    kind = type(found)
    if kind is Unknown and not isinstance(value, Array) and not _is_at(value, index):
        run.doubt(doubt_about(found, run.reads))  # there may be no such entry
    if kind in _MEASURED:
        run.program.went_well.add((id(scope.file), id(node)))
    return _read(run, found) if kind in _NOTED else found


def _is_at(value: Value, index: Value) -> bool:
    """Whether all items are known to be there, and which of them is meant."""
    items = value.items if type(value) is ListValue and value.unknown is None else value
    if not isinstance(items, (list, tuple)):
        return False
    return isinstance(index, int) and -len(items) <= index < len(items)


def _is_forgotten(value: Value) -> bool:
    """Whether it is something that the analysis has forgotten, or a list or dictionary of such items."""
    if isinstance(value, (ListValue, DictValue)):
        value = value.lost if isinstance(value, IteratorValue) and value.lost is not None else value.unknown
    return isinstance(value, Unknown) and is_forgotten(value.key)


def index_of(run: Run, node: cst.Subscript, scope: Scope) -> Value:
    """The index in the brackets: a value, a slice, or a tuple of them."""

    def one(part: cst.BaseSlice) -> Value:
        if type(part) is cst.Index:
            return run.evaluate(part.value, scope)
        assert isinstance(part, cst.Slice)
        return slice(*(run.evaluate(p, scope) if p is not None else None for p in (part.lower, part.upper, part.step)))

    elements = node.slice
    if len(elements) == 1 and type(elements[0].comma) is not cst.Comma:
        return one(elements[0].slice)
    return tuple([one(element.slice) for element in elements])


def _named(run: Run, node: cst.NamedExpr, scope: Scope) -> Value:
    value = run.evaluate(node.value, scope)
    place = scope
    while place.kind == "comprehension" and place.outer is not None:
        place = place.outer
    assign(run, node.target, value, place)
    return value


def _lambda(run: Run, node: cst.Lambda, scope: Scope) -> Value:
    defaults = default_values(run, node.params, scope)
    return FunctionValue("<lambda>", node, scope, defaults, Site(scope.file, node))


def default_values(run: Run, params: cst.Parameters, scope: Scope) -> dict[str, Value]:
    """The defaults of parameters, evaluated where the function is defined."""
    return {
        param.name.value: run.evaluate(param.default, scope)
        for param in all_parameters(params)
        if param.default is not None
    }


def all_parameters(params: cst.Parameters) -> Iterator[cst.Param]:
    """Positional-only, ordinary and keyword-only parameters, without the starred ones."""
    yield from params.posonly_params
    yield from params.params
    yield from params.kwonly_params


# -- calls ------------------------------------------------------------------------------------------------------


def collect_arguments(run: Run, node: cst.Call, values: Sequence[Value]) -> Arguments:
    """The arguments of a call that were evaluated, those with stars taken apart."""
    positional: list[Given] = []
    keywords: dict[str, Given] = {}
    open_positional = open_keywords = False
    for arg, value in zip(node.args, values, strict=True):
        star = arg.star
        if not star:
            keyword = arg.keyword
            if keyword is not None:
                keywords[keyword.value] = Given(value, arg)
            else:
                positional.append(Given(value, arg))
        elif star == "*":
            items = items_of(run, value)
            if isinstance(items, Unknown):
                open_positional = True
                run.reads |= value_needs(value)
            else:
                positional += [Given(item) for item in items]
        elif isinstance(value, DictValue):
            for key, item in value.items.items():
                if isinstance(key, str):
                    keywords[key] = Given(item)
            if value.unknown is not None:
                open_keywords = True
                run.reads |= value.unknown.needs
        else:
            open_keywords = True
            run.reads |= value_needs(value)
    return Arguments(positional, keywords, open_positional, open_keywords, node)


def _call(run: Run, node: cst.Call, scope: Scope) -> Value:
    callee = node.func
    if type(callee) is cst.Name and callee.value == "super" and "super" not in scope.globals.vars:
        from kerascheck.machine.classes import make_super

        return make_super(run, node, scope)
    function = run.evaluate(callee, scope)
    if type(function) is Symbol and function.name in SCOPED:
        return SCOPED[function.name](run, node, scope)
    values: list[Value] = []
    has_cases = False  # whether an argument with a star hangs on conditions
    for arg in node.args:
        expression = arg.value
        leaf = LEAVES.get(type(expression))  # as `Run.evaluate` begins
        value = run.evaluate(expression, scope) if leaf is None else leaf(run, expression, scope)
        has_cases = has_cases or (arg.star != "" and type(value) is Guarded)
        values.append(value)
    site = Site(scope.file, node)
    if has_cases:
        made = _call_in_cases(run, function, node, values, site)
    else:
        made = call_value(run, function, collect_arguments(run, node, values), site)
    if type(made) in _UNCLEAR and any(map(_is_forgotten, values)):
        made = _guessed(made)
    if type(made) is Array:
        run.program.went_well.add((id(scope.file), id(node)))
    return made


def _call_in_cases(run: Run, function: Value, node: cst.Call, values: list[Value], site: Site) -> Value:
    """`f(*sizes)` where the sizes hang on conditions: a call in each case that there is."""
    for index, value in enumerate(values):
        if node.args[index].star and type(value) is Guarded:
            break
    else:
        return call_value(run, function, collect_arguments(run, node, values), site)

    def chosen(case: Value) -> Value:
        return _call_in_cases(run, function, node, [*values[:index], case, *values[index + 1 :]], site)

    value = restrict(run, value)
    return spread(run, chosen, value) if type(value) is Guarded else chosen(value)


def call_value(run: Run, function: Value, arguments: Arguments, site: Site) -> Value:
    """What calling the value gives; a guarded one is called in an arm for each alternative."""
    kind = type(function)
    if kind is Guarded:
        return spread(run, lambda one: call_value(run, one, arguments, site), function)
    call = CALLS.get(kind) or CALLS[object]  # `Run.call`
    if kind in _ENTERED:
        if arguments.open_keywords or arguments.open_positional:
            run.need(run.reads)  # what its parameters are hangs on that
        made = call(run, function, arguments, site)
        run.reads = NOTHING  # what the result hangs on, it says itself
        return made
    _hand_over(run, arguments)
    receiver = function.receiver if kind is NativeMethod else function
    owner = receiver.layer if isinstance(receiver, Instance) else receiver
    if run.undecided:
        if kind is NativeMethod and isinstance(owner, Layer):
            run.reads |= owner.needs
        else:
            _note_needs(run, receiver)
        for given in arguments.positional:
            _note_needs(run, given.value)
        for given in arguments.keywords.values():
            _note_needs(run, given.value)
    stays = isinstance(owner, Network) and _keeps_structure(function, owner)
    made = call(run, function, arguments, site)
    if type(made) in _UNCLEAR and _is_forgotten(receiver):
        made = _guessed(made)
    if run.reads:
        if not stays:
            depend(run, receiver)
        made = depend(run, made)
        if (
            kind is NativeMethod
            and isinstance(owner, Layer)
            and not isinstance(made, (type(None), Unknown, *_DEPENDING))
        ):
            run.need(owner.needs)  # what it tells of itself may be otherwise
    if (
        type(made) in _DOUBTFUL
        and not _is_known_in_each_case(made)
        and not is_made_exception(made)
        and not (kind is Symbol and function.name in _NEVER_FAIL)
        and not _is_of_text(made)
        and not (kind is NativeMethod and isinstance(receiver, DictValue) and function.name in _ASKING)
        and not (isinstance(receiver, NativeObject) and receiver.kind == FILE)  # it could be opened
        and not (kind is Symbol and type(made) is Array and _is_of_numbers(arguments))
    ):
        run.doubt(doubt_about(made, run.reads))
    return made


#: Classes of what a call may make of something that the analysis has forgotten.
_UNCLEAR = frozenset({Unknown, ListValue, DictValue})


def _guessed(made: Value) -> Value:
    """What a call has made of what the analysis has forgotten."""
    if type(made) is Unknown and not is_forgotten(made.key):
        return forgotten(made)
    if type(made) in (ListValue, DictValue) and made.unknown is not None and not is_forgotten(made.unknown.key):
        made.unknown = forgotten(made.unknown)
    return made


def _keeps_structure(function: Value, network: Network) -> bool:
    """Whether a call leaves the model what it is: data does, once the model is built."""
    is_built = network.kind == "functional" or (bool(network.inputs) and network.open is None)
    return is_built and (not isinstance(function, NativeMethod) or function.name in TRAINING_METHODS)


def _is_known_in_each_case(made: Value) -> bool:
    """Whether the value hangs on conditions alone: what gives it has gone well in each case."""
    return type(made) is Guarded and not any(type(case) in _DOUBTFUL for _, case in made.alternatives)


def _is_of_text(made: Value) -> bool:
    """Whether it is what a method of texts gives, which does not fail."""
    return type(made) is Unknown and isinstance(made.key, tuple) and made.key[:1] == ("method",)


def _is_of_numbers(arguments: Arguments) -> bool:
    """Whether a call is given nothing but numbers: `np.zeros((20, 4))` reads no file and does not fail."""
    given = (*arguments.positional, *arguments.keywords.values())
    return bool(given) and not arguments.open_positional and all(_is_number(one.value) for one in given)


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, float)) or (isinstance(value, tuple) and all(map(_is_number, value)))


def _note_needs(run: Run, value: Value) -> None:
    """What is called, or handed to a call from outside, may hang on conditions."""
    if type(value) in WITHOUT_NEEDS or isinstance(value, Unknown):
        return  # what it hangs on was noted when it was read
    if isinstance(value, Instance) and value.layer is not None:
        value = value.layer
    if isinstance(value, _DEPENDING):
        if value.needs and isinstance(value, Layer):
            run.need(value.needs)
        run.reads |= value.needs
    elif isinstance(value, (ListValue, DictValue, tuple)):
        run.reads |= value_needs(value)


_DEPENDING = (Layer, Tensor, Array, Pipeline, DataObject, KerasObject)


def depend(run: Run, value: Value) -> Value:
    """What a call from outside makes, and what it changes, hangs on what its arguments hang on."""
    reads = run.reads
    thing = value.layer if isinstance(value, Instance) else value
    if isinstance(thing, (ListValue, DictValue)):
        if isinstance(thing.unknown, Unknown) and not isinstance(thing, (IteratorValue, DictView)):
            thing.unknown = thing.unknown.needing(reads)
    elif isinstance(thing, _DEPENDING):
        if not reads <= thing.needs:
            thing.needs = thing.needs | reads
    elif type(thing) is Unknown:
        return thing.needing(reads)
    elif type(thing) is SymDim:
        return Unknown("a size that depends on a condition", None, str(thing), None, reads)
    return value


#: What calls give that read files, ask other machines or compute on data: they may fail.
_DOUBTFUL = frozenset({Unknown, Guarded, Array, Pipeline, DataObject})


#: Functions outside the program that give an answer whatever there is.
_NEVER_FAIL = frozenset(
    {
        "os.environ.get", "os.getenv", "os.path.exists", "os.path.isfile", "os.path.isdir", "glob.glob", "glob.iglob",
        "os.path.join", "os.cpu_count", "os.getcwd", "os.getpid", "time.time", "time.perf_counter", "random.random",
        "contextlib.ExitStack",
        *(
            f"builtins.{name}"
            for name in ("bool", "hasattr", "id", "isinstance", "len", "print", "range", "repr", "str", "type")
        ),
    }
)  # fmt: skip

#: Methods of dictionaries that give an answer whatever is in there.
_ASKING = frozenset({"get", "keys", "values", "items", "copy"})

#: What calls enter: code that is seen.
_ENTERED = frozenset({FunctionValue, BoundMethod, ClassValue})


def _hand_over(run: Run, arguments: Arguments) -> None:
    """`frame.apply(words.update)`: how often such a method is called in there is not known."""
    for given in arguments.positional:
        if type(given.value) is NativeMethod:
            _lend(run, given.value)
    for given in arguments.keywords.values():
        if type(given.value) is NativeMethod:
            _lend(run, given.value)


def _lend(run: Run, method: NativeMethod) -> None:
    if method.name in CHANGING:
        run.escape(method.receiver, f"its {method.name} is handed to a function")


def _await(run: Run, node: cst.Await, scope: Scope) -> Value:
    run.evaluate(node.expression, scope)
    return run.fresh("an awaited result", node)


def _yield(run: Run, node: cst.Yield, scope: Scope) -> Value:
    """What was sent to the generator (see `generators`), which has given the value already."""
    if id(node) in run.yielded:
        return run.yielded.pop(id(node))
    if node.value is not None:
        item = run.evaluate(node.value.item if isinstance(node.value, cst.From) else node.value, scope)
        if run.call_stack and not isinstance(node.value, cst.From):
            run.tried[id(run.call_stack[-1].node)] = item
    return run.fresh("what is sent to a generator", node)


TABLE: dict[type[cst.CSTNode], Callable[..., Value]] = {
    cst.Name: _name,
    cst.Integer: _integer,
    cst.Float: _integer,
    cst.Imaginary: _integer,
    cst.SimpleString: _string,
    cst.ConcatenatedString: _concatenated,
    cst.FormattedString: _formatted,
    cst.Ellipsis: _ellipsis,
    cst.Tuple: _tuple,
    cst.List: _list,
    cst.Set: _set,
    cst.Dict: _dict,
    cst.ListComp: _list_comp,
    cst.GeneratorExp: _generator_expression,
    cst.SetComp: _list_comp,
    cst.DictComp: _dict_comp,
    cst.BinaryOperation: _binary,
    cst.UnaryOperation: _unary,
    cst.BooleanOperation: _boolean,
    cst.Comparison: _comparison,
    cst.IfExp: _conditional,
    cst.Attribute: _attribute,
    cst.Subscript: _subscript,
    cst.NamedExpr: _named,
    cst.Lambda: _lambda,
    cst.Call: _call,
    cst.Await: _await,
    cst.Yield: _yield,
}
EXPRESSIONS.update(TABLE)
LEAVES.update({kind: TABLE[kind] for kind in (cst.Name, cst.Integer, cst.Float, cst.SimpleString)})
