"""What each kind of expression evaluates to: one small function per node class, in the table at the end."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.machine.assumptions import restrict, settle
from kerascheck.machine.attributes import get_attribute
from kerascheck.machine.binding import assign
from kerascheck.machine.boolean_expressions import (
    as_value,
    binary_operation,
    boolean,
    comparison,
    conditional,
    is_condition,
    unary_operation,
)
from kerascheck.machine.call_expressions import call, may_be_forgotten
from kerascheck.machine.comprehensions import dict_comp, generator_expression, list_comp
from kerascheck.machine.dispatch import EXPRESSIONS, LEAVES
from kerascheck.machine.doubts import doubt_about
from kerascheck.machine.holding import held_by, holding
from kerascheck.machine.introspection import SCOPED
from kerascheck.machine.literals import (
    concatenated,
    dict_display,
    ellipsis,
    formatted,
    integer,
    list_display,
    set_display,
    string,
    tuple_display,
)
from kerascheck.machine.module_values import ImportedName
from kerascheck.machine.operators import subscript
from kerascheck.machine.outcomes import note_outcome
from kerascheck.machine.paths import fork_value, spread
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import as_unknown
from kerascheck.machine.values import DictValue, FunctionValue, ListValue, Scope, Value, presence
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Guarded, Symbol, Unknown, forgotten


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
    if run.watch is not None:
        run.watch.read(value, node, scope.file)
    kind = type(value)
    if kind in _NOTED or run.pinned:
        return _read(run, value)
    return value


#: Classes of values that may hang on conditions.
_NOTED = frozenset({Unknown, Guarded, Array, ListValue, DictValue})


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


def _attribute(run: Run, node: cst.Attribute, scope: Scope) -> Value:
    value = run.evaluate(node.value, scope)
    if type(value) is Guarded:
        value = spread(run, lambda one: get_attribute(run, one, node.attr.value, node), value)
    else:
        found = get_attribute(run, value, node.attr.value, node)
        value = holding(found, value.holds) if type(value) is Unknown and value.holds else found
    if run.watch is not None:
        run.watch.read(value, node.attr, scope.file)
    kind = type(value)
    return _read(run, value) if kind in _NOTED or run.pinned else value


def _subscript(run: Run, node: cst.Subscript, scope: Scope) -> Value:
    value = run.evaluate(node.value, scope)
    index = index_of(run, node, scope)
    raised = len(run.program.raised)
    if type(index) is Unknown and is_condition(index) and isinstance(value, (tuple, ListValue, str)):
        index = as_value(run, settle(run, index, node))  # True is 1
    if type(value) is Guarded:
        found = spread(run, lambda one: subscript(run, one, index, node), value)
    elif type(index) is Guarded:
        found = spread(run, lambda one: subscript(run, value, one, node), index)
    else:
        found = subscript(run, value, index, node)
        if type(found) is Unknown and (held := held_by(value)):
            found = holding(found, held)
    if type(found) is Unknown and may_be_forgotten(value):
        found = forgotten(found)
    kind = type(found)
    if kind is Unknown and not isinstance(value, Array) and not _is_at(value, index):
        run.doubt(doubt_about(found, run.reads))  # there may be no such entry
    note_outcome(run, found, node, scope, raised)
    return _read(run, found) if kind in _NOTED else found


def _is_at(value: Value, index: Value) -> bool:
    """Whether all items are known to be there, and which of them is meant."""
    items = value.items if type(value) is ListValue and value.unknown is None else value
    if not isinstance(items, (list, tuple)):
        return False
    return isinstance(index, int) and -len(items) <= index < len(items)


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
    cst.Integer: integer,
    cst.Float: integer,
    cst.Imaginary: integer,
    cst.SimpleString: string,
    cst.ConcatenatedString: concatenated,
    cst.FormattedString: formatted,
    cst.Ellipsis: ellipsis,
    cst.Tuple: tuple_display,
    cst.List: list_display,
    cst.Set: set_display,
    cst.Dict: dict_display,
    cst.ListComp: list_comp,
    cst.GeneratorExp: generator_expression,
    cst.SetComp: list_comp,
    cst.DictComp: dict_comp,
    cst.BinaryOperation: binary_operation,
    cst.UnaryOperation: unary_operation,
    cst.BooleanOperation: boolean,
    cst.Comparison: comparison,
    cst.IfExp: conditional,
    cst.Attribute: _attribute,
    cst.Subscript: _subscript,
    cst.NamedExpr: _named,
    cst.Lambda: _lambda,
    cst.Call: call,
    cst.Await: _await,
    cst.Yield: _yield,
}


EXPRESSIONS.update(TABLE)


LEAVES.update({kind: TABLE[kind] for kind in (cst.Name, cst.Integer, cst.Float, cst.SimpleString)})
