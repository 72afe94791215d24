"""What the functions of numpy have in common."""

from __future__ import annotations

from collections.abc import Callable

from kerascheck.data.array import TEXTS, Array
from kerascheck.data.numpy_shapes import reshape
from kerascheck.data.registry import Function
from kerascheck.data.values import array_of_unknown, as_array, unknown_array
from kerascheck.machine.run import Run
from kerascheck.machine.values import ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site, Tensor
from kerascheck.symbolic.unknown import Unknown

#: A function of one array: the array, the other arguments.
ArrayFunction = Callable[[Run, Array, Arguments, Site], Value]

#: What the array may be called as a keyword.
_NAMES = ("a", "ary", "arr", "array", "x", "m", "A", "element")


def rows(functions: dict[str, ArrayFunction]) -> dict[str, Function]:
    """Rows for functions of one array, by their names in numpy."""
    return {f"numpy.{name}": of_array(function) for name, function in functions.items()}


def of_array(function: ArrayFunction) -> Function:
    """A row for a function of one array, which may be given by name."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        value = arguments.positional[0].value if arguments.positional else None
        keyword = next((one for one in _NAMES if one in arguments.keywords), None)
        keywords = arguments.keywords
        if not arguments.positional and keyword is not None:
            value = keywords[keyword].value
            keywords = {key: given for key, given in keywords.items() if key != keyword}
        array = None if isinstance(value, Tensor) else as_array(run, value)
        if array is None:
            if isinstance(value, ListValue) and value.unknown is not None:
                value = value.unknown
            if not isinstance(value, Unknown):
                return unknown_array(run, f"{name} of something unknown")
            array = array_of_unknown(run, value, Unknown("the dtype of something unknown"))
        if array.kind == "series" and array.dtype == "str":
            array = array.snapshot()
            array.dtype = TEXTS
        rest = Arguments(
            arguments.positional[1:], keywords, arguments.open_positional, arguments.open_keywords, arguments.call
        )
        return function(run, array, rest, site)

    return call


def has_axis(array: Array, axis: Value) -> bool:
    """Whether the array surely has the axis."""
    return array.ndim is not None and isinstance(axis, int) and -array.ndim <= axis < array.ndim


def flat(run: Run, array: Array, site: Site) -> Array:
    """All elements as a vector."""
    return reshape(run, array, (-1,), site)
