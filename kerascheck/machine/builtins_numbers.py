"""Built-in functions on numbers and truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kerascheck.data.array import Array
from kerascheck.machine.assumptions import settle
from kerascheck.machine.builtins_arguments import (
    MAX_OPEN,
    derived,
    in_cases_of_items,
    positional_values,
)
from kerascheck.machine.limits import MAX_COMPREHENSION
from kerascheck.machine.members import find_slot
from kerascheck.machine.operators import binary
from kerascheck.machine.paths import fork_value
from kerascheck.machine.run import RAISED, Run
from kerascheck.machine.sequences import (
    Lost,
    iterate,
    members_of,
)
from kerascheck.machine.sorting import ordered
from kerascheck.machine.typequestions import is_number
from kerascheck.machine.values import (
    Instance,
    ListValue,
    Scope,
    Value,
)
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import SymDim, maximum, minimum
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Guarded, Unknown


def _number(convert: Callable[..., Any]) -> Callable[[Run, str, Arguments, Site], Value]:
    def build(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        values = positional_values(arguments)
        if not values:
            return convert()
        if isinstance(values[0], Instance):
            for method in (f"__{convert.__name__}__", "__index__"):
                bound = find_slot(values[0], method)
                if bound is not None:
                    return run.call(bound, Arguments([], {}), site)
        if isinstance(values[0], Array) and values[0].shape == ():
            values = [values[0].number(), *values[1:]]
        if isinstance(values[0], SymDim) and len(values) == 1:
            return values[0] if convert is int else run.fresh("a float of a size", site.node)
        if all(isinstance(v, (int, float, str)) for v in values):
            try:
                return convert(*values)
            except RAISED as error:
                return run.fails(type(error).__name__, f"{convert.__name__}() that raises", site.node)
        return derived(run, convert.__name__, values, site)

    return build


def _bool(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    if not values:
        return False
    from kerascheck.machine.boolean_expressions import as_value

    return as_value(run, settle(run, values[0], site.node))


def _round(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    if values and all(isinstance(v, (int, float)) or v is None for v in values):
        try:
            return round(*values)
        except RAISED:
            return run.fails("ValueError", "round() that raises", site.node)
    if values and isinstance(values[0], Array):
        return _as_of_numpy(run, "numpy.round", arguments, site)
    return derived(run, "round", values, site)


def _as_of_numpy(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """What Python asks an array itself to do."""
    from kerascheck.data.registry import find

    function = find(name)
    return run.fresh(name, site.node) if function is None else function(run, name, arguments, site)


def _is_vector(values: list[Value]) -> bool:
    """Whether the only argument is an array of one axis whose numbers are not known one by one."""
    value = values[0] if len(values) == 1 else None
    return isinstance(value, Array) and value.ndim == 1 and value.items is None and value.kind in ("numpy", "series")


def _abs(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    if len(values) == 1 and isinstance(values[0], (int, float)):
        return abs(values[0])
    if len(values) == 1 and isinstance(values[0], Instance):
        bound = find_slot(values[0], "__abs__")
        if bound is not None:
            return run.call(bound, Arguments([], {}), site)
    if len(values) == 1 and isinstance(values[0], Array):
        return _as_of_numpy(run, "numpy.abs", arguments, site)
    return derived(run, "abs", values, site)


def _extreme(plain: Callable[..., Any], symbolic: Callable[..., Any]) -> Callable[[Run, str, Arguments, Site], Value]:
    def build(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        values = positional_values(arguments)
        if _is_vector(values) and not arguments.keywords:
            return _as_of_numpy(run, f"numpy.{plain.__name__}", arguments, site)
        items = members_of(run, values[0]) if len(values) == 1 else values
        if not set(arguments.keywords) <= {"key", "default"}:
            return run.fresh("an extreme of something unknown", site.node)
        if isinstance(items, Unknown):
            return derived(run, name.removeprefix("builtins."), values, site)
        if not items:
            given = arguments.get("default")
            return (
                given.value if isinstance(given, Given) else run.fails("ValueError", "an extreme of nothing", site.node)
            )
        key = arguments.value("key")

        def of(items: list[Value]) -> Value:
            if key is not None:
                return _extreme_by_key(run, plain, items, key, site)
            if all(isinstance(i, (int, SymDim)) for i in items) and any(isinstance(i, SymDim) for i in items):
                return symbolic(*items)
            if key is None and len(items) == 2 and all(map(_is_plain_number, items)):
                return _extreme_of_numbers(plain, items)
            return _extreme_by_key(run, plain, items, None, site)

        return in_cases_of_items(run, items, of)

    return build


def _is_plain_number(value: Value) -> bool:
    return type(value) in (Unknown, int, float) and is_number(value)


def _extreme_of_numbers(plain: Callable[..., Any], items: Sequence[Value]) -> Value:
    """The larger or smaller one of two numbers, of which one may not be known, or both."""
    unknown = next((item for item in items if isinstance(item, Unknown)), None)
    if unknown is None:
        return plain(*items)
    name = plain.__name__
    keys = [i.key if isinstance(i, Unknown) else ("constant", type(i).__name__, i) for i in items]
    texts = [i.text if isinstance(i, Unknown) else str(i) for i in items]
    return Unknown(unknown.reason, (name, *keys), f"{name}({', '.join(map(str, texts))})" if all(texts) else None)


def _extreme_by_key(run: Run, choose: Callable[..., Any], items: list[Value], key: Value, site: Site) -> Value:
    """`max(items, key=...)` and `min(items, key=...)`: the first of those that are alike."""
    if len(items) > MAX_COMPREHENSION and key is not None:
        return run.fresh("an extreme of too many items", site.node)
    keys = list(items) if key is None else [run.call(key, Arguments([Given(item)], {}), site) for item in items]
    # Of those that are alike it is the first: for the largest, the last one in the order of the reversed keys.
    order = ordered(run, keys if choose is min else keys[::-1], site)
    if order is None:
        return run.fresh("an extreme of something unknown", site.node)
    return items[order[0]] if choose is min else items[len(items) - 1 - order[-1]]


def _sum(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    if _is_vector(values) and not arguments.keywords:
        return _as_of_numpy(run, "numpy.sum", arguments, site)
    items = members_of(run, values[0]) if values else Unknown("sum")
    if isinstance(items, Unknown):
        return derived(run, "sum", values[:1], site)
    total = values[1] if len(values) > 1 else arguments.value("start", None, 0)
    if total == 0 and all(isinstance(item, (int, float)) for item in items):
        return sum(items)  # Python adds floats more exactly than one by one
    scope = Scope("module", None, site.file)
    for item in items:
        total = binary(run, "Add", total, item, site.node, scope)
        if isinstance(total, Unknown) and type(total) is not Guarded:
            return run.fresh("a sum of something unknown", site.node)
    return total


def _any_all(stop: bool) -> Callable[[Run, str, Arguments, Site], Value]:
    def build(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        values = positional_values(arguments)
        if len(values) != 1:
            return run.fresh("any or all of something unknown", site.node)
        unordered = isinstance(values[0], ListValue) and values[0].kind == "set" and values[0].unknown is None
        open_items: list[Value] = []
        last = not stop
        for item in list(values[0].items) if unordered else iterate(run, values[0]):
            if isinstance(item, Lost):
                return run.fresh("any or all of something unknown", site.node)
            verdict = settle(run, item, site.node)
            if verdict is stop:
                last = stop
                break
            if not isinstance(verdict, bool):
                open_items.append(item)
        if len(open_items) > MAX_OPEN:
            return run.fresh("any or all of something unknown", site.node)
        return _first_that_stops(run, stop, open_items, last, site)

    return build


def _first_that_stops(run: Run, stop: bool, items: list[Value], last: bool, site: Site) -> Value:
    """`or`, or `and`, of conditions that are not known and what comes behind them."""
    if not items:
        return last
    first, *others = items
    verdict = settle(run, first, site.node)
    if isinstance(verdict, bool):
        return stop if verdict is stop else _first_that_stops(run, stop, others, last, site)
    if not others and last is not stop:
        from kerascheck.machine.boolean_expressions import as_value

        return as_value(run, verdict)

    def go_on() -> Value:
        return _first_that_stops(run, stop, others, last, site)

    return fork_value(run, verdict, lambda: True, go_on) if stop else fork_value(run, verdict, go_on, lambda: False)


def _character(kind: type, convert: Callable[[Any], Any]) -> Callable[[Run, str, Arguments, Site], Value]:
    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        values = positional_values(arguments)
        if len(values) == 1 and isinstance(values[0], kind):
            try:
                return convert(values[0])
            except RAISED:
                return run.fresh(f"{name} that raises", site.node)
        return derived(run, name.removeprefix("builtins."), values, site)

    return call


def _divmod(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    if len(values) == 2:
        scope = Scope("module", None, site.file)
        whole = binary(run, "FloorDivide", values[0], values[1], site.node, scope)
        return (whole, binary(run, "Modulo", values[0], values[1], site.node, scope))
    return run.fresh("divmod()", site.node)


def _pow(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    if len(values) == 2:
        return binary(run, "Power", values[0], values[1], site.node, Scope("module", None, site.file))
    return run.fresh("pow()", site.node)


NUMBERS: dict[str, Callable[[Run, str, Arguments, Site], Value]] = {
    "int": _number(int),
    "float": _number(float),
    "complex": _number(complex),
    "bool": _bool,
    "round": _round,
    "abs": _abs,
    "max": _extreme(max, maximum),
    "min": _extreme(min, minimum),
    "sum": _sum,
    "any": _any_all(True),
    "all": _any_all(False),
    "pow": _pow,
    "divmod": _divmod,
    "chr": _character(int, chr),
    "bin": _character(int, bin),
    "hex": _character(int, hex),
    "oct": _character(int, oct),
    "ord": _character(str, ord),
}
