"""`functools` and `operator`."""

from __future__ import annotations

from collections.abc import Callable

from kerascheck.machine.attributes import get_attribute
from kerascheck.machine.calls import plain_call
from kerascheck.machine.conditions import compare, truth
from kerascheck.machine.operators import binary, subscript, unary
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import Lost, iterate
from kerascheck.machine.values import FunctionValue, NativeMethod, Partial, Scope, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol, Unknown

Function = Callable[[Run, str, Arguments, Site], Value]


# -- functools --------------------------------------------------------------------------------------------------------


def _partial(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    if not arguments.positional:
        return run.fresh("partial of nothing", site.node)
    rest = Arguments(
        arguments.positional[1:], arguments.keywords, arguments.open_positional, arguments.open_keywords, arguments.call
    )
    return Partial(arguments.positional[0].value, rest)


def _reduce(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`reduce(function, items, initial)`."""
    values = [given.value for given in arguments.positional]
    if len(values) < 2 or arguments.keywords or arguments.open_positional:
        return run.fresh("reduce() of something unknown", site.node)
    total, begun = (values[2], True) if len(values) == 3 else (None, False)
    for item in iterate(run, values[1]):
        if isinstance(item, Lost):
            with run.unknown_rounds():
                unknown = [run.fresh("an element of something unknown") for _ in range(2)]
                plain_call(run, values[0], unknown, site)
            return run.fresh("reduce() of something unknown", site.node)
        total, begun = (plain_call(run, values[0], [total, item], site), True) if begun else (item, True)
    return total if begun else run.fails("TypeError", "reduce() of nothing", site.node)


def _wraps(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`@wraps(function)`: the wrapper goes by the name of the function."""
    return NativeMethod(name, arguments.value("wrapped", 0), _named_alike)


def _named_alike(run: Run, wrapped: Value, arguments: Arguments, site: Site) -> Value:
    wrapper = arguments.positional[0].value if arguments.positional else None
    if isinstance(wrapper, FunctionValue) and isinstance(wrapped, FunctionValue):
        wrapper.name = wrapped.name
        wrapper.attributes = {**(wrapped.attributes or {}), **(wrapper.attributes or {}), "__wrapped__": wrapped}
    return wrapper


def _update_wrapper(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    wrapped = arguments.value("wrapped", 1)
    return _named_alike(run, wrapped, Arguments(arguments.positional[:1], {}), site)


def _remembering(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`lru_cache(function)`, `cache(function)`; as decorators they are seen by their names."""
    function = arguments.positional[0].value if arguments.positional else None
    if isinstance(function, FunctionValue):
        function.decorated = function.decorated | {"remembering"}
        return function
    return NativeMethod(name, None, lambda run, receiver, given, site: _remembering(run, name, given, site))


def _same(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return arguments.positional[0].value if arguments.positional else run.fresh(name, site.node)


# -- operator ---------------------------------------------------------------------------------------------------------


def _binary(op: str) -> Function:
    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        values = [given.value for given in arguments.positional]
        if len(values) != 2:
            return run.fresh(f"the result of {name}", site.node)
        return binary(run, op, values[0], values[1], site.node, Scope("module", None, site.file))

    return call


def _comparison(op: str) -> Function:
    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        values = [given.value for given in arguments.positional]
        if len(values) != 2:
            return run.fresh(f"the result of {name}", site.node)
        if op == "Contains":
            return compare(run, "In", values[1], values[0], site.node)
        return compare(run, op, values[0], values[1], site.node)

    return call


def _unary(op: str) -> Function:
    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        value = arguments.positional[0].value if arguments.positional else Unknown(name)
        if op != "Not":
            return unary(run, op, value, site.node)
        return Unknown(value.reason, ("not", value.key)) if isinstance(value, Unknown) else not truth(run, value)

    return call


def _item(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = [given.value for given in arguments.positional]
    return subscript(run, values[0], values[1], site.node) if len(values) == 2 else run.fresh(name, site.node)


def _getter(take: Callable[[Run, Value, Value, Site], Value]) -> Function:
    """`itemgetter(1)`, `attrgetter("units")`: functions that take one thing out of another, or several."""

    def make(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        wanted = [given.value for given in arguments.positional]

        def get(run: Run, receiver: Value, given: Arguments, at: Site) -> Value:
            value = given.positional[0].value if given.positional else Unknown(name)
            taken = [take(run, value, one, at) for one in wanted]
            return taken[0] if len(taken) == 1 else tuple(taken)

        return NativeMethod(name, None, get)

    return make


def _attribute(run: Run, value: Value, name: Value, site: Site) -> Value:
    if not isinstance(name, str):
        return run.fresh("an attribute of unknown name", site.node)
    for part in name.split("."):
        value = get_attribute(run, value, part, site.node)
    return value


def _method_caller(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`methodcaller("upper")`."""
    wanted = arguments.positional[0].value if arguments.positional else None
    rest = Arguments(arguments.positional[1:], arguments.keywords, arguments.open_positional, arguments.open_keywords)

    def call(run: Run, receiver: Value, given: Arguments, at: Site) -> Value:
        value = given.positional[0].value if given.positional else Unknown(name)
        return run.call(_attribute(run, value, wanted, at), rest, at)

    return NativeMethod(name, None, call)


_BINARY = {
    "add": "Add", "concat": "Add", "sub": "Subtract", "mul": "Multiply", "truediv": "Divide", "floordiv": "FloorDivide",
    "mod": "Modulo", "pow": "Power", "and_": "BitAnd", "or_": "BitOr", "xor": "BitXor", "lshift": "LeftShift",
    "rshift": "RightShift", "matmul": "MatrixMultiply",
}  # fmt: skip
_COMPARISONS = {
    "eq": "Equal", "ne": "NotEqual", "lt": "LessThan", "le": "LessThanEqual", "gt": "GreaterThan",
    "ge": "GreaterThanEqual", "is_": "Is", "is_not": "IsNot", "contains": "Contains",
}  # fmt: skip
_UNARY = {"neg": "Minus", "pos": "Plus", "invert": "BitInvert", "not_": "Not"}


FUNCTIONS: dict[str, Function] = {
    "functools.partial": _partial,
    "functools.reduce": _reduce,
    "functools.wraps": _wraps,
    "functools.update_wrapper": _update_wrapper,
    "functools.lru_cache": _remembering,
    "functools.cache": _remembering,
    "functools.total_ordering": _same,
    **{f"operator.{name}": _binary(op) for name, op in _BINARY.items()},
    **{f"operator.{name}": _comparison(op) for name, op in _COMPARISONS.items()},
    **{f"operator.{name}": _unary(op) for name, op in _UNARY.items()},
    "operator.getitem": _item,
    "operator.itemgetter": _getter(lambda run, value, index, site: subscript(run, value, index, site.node)),
    "operator.attrgetter": _getter(_attribute),
    "operator.methodcaller": _method_caller,
    "operator.index": lambda run, name, arguments, site: run.call(Symbol("builtins.int"), arguments, site),
}
