"""Functions of numpy. Source: https://numpy.org/doc/stable/reference/routines.html

To add one: a row in `FUNCTIONS`.
"""

from __future__ import annotations

from kerascheck.data.array import Array
from kerascheck.data.content import Content
from kerascheck.data.numpy_methods import METHODS, astype, reshape
from kerascheck.data.registry import Function
from kerascheck.data.values import as_array, dtype_of, fresh_size, guarded, new_array, shape_argument
from kerascheck.interp.run import MAX_ITEMS, Run
from kerascheck.interp.values import Value
from kerascheck.network import tensor_shapes
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic import Unknown


def unknown_array(run: Run, reason: str) -> Array:
    """An array of which nothing is known."""
    return new_array(run, Unknown(reason), Unknown(reason))


def _array(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.array(object, dtype)` and `asarray`."""
    value = arguments.value("object", 0, arguments.value("a"))
    array = as_array(run, value)
    if array is None:
        if isinstance(value, Unknown):
            return Unknown(value.reason, ("array", value.key), value.text)
        return unknown_array(run, "an array of something unknown")
    wanted = dtype_of(arguments.value("dtype", 1))
    made = array.snapshot() if name == "numpy.array" or array is not value else array
    if made is not value:
        made.birth = run.tick()
    made.kind = "numpy"
    made.columns = None
    return made if wanted is None else astype(run, made, wanted)


def _filled(low: float | None, high: float | None) -> Function:
    """`numpy.zeros(shape, dtype)`, `ones`, `empty`."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        shape = shape_argument(run, arguments.value("shape", 0), site)
        dtype = dtype_of(arguments.value("dtype", 1, "float64"))
        content = Content.of_values([low]) if low is not None and low == high else Content(low, high)
        return new_array(run, shape, dtype or "float64", content=content)

    return call


def _like(low: float | None) -> Function:
    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        array = as_array(run, arguments.value("a", 0, arguments.value("prototype")))
        if array is None:
            return unknown_array(run, f"{name} of something unknown")
        dtype = dtype_of(arguments.value("dtype", 1))
        content = Content.of_values([low]) if low is not None else Content()
        return new_array(run, array.shape, dtype if dtype is not None else array.dtype, content=content)

    return call


def _full(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    shape = shape_argument(run, arguments.value("shape", 0), site)
    filling = as_array(run, arguments.value("fill_value", 1))
    dtype = dtype_of(arguments.value("dtype", 2))
    content = filling.content.copy() if filling is not None else Content()
    default = filling.dtype if filling is not None else Unknown("the dtype of what fills an array")
    return new_array(run, shape, dtype if dtype is not None else default, content=content)


def _expand_dims(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    array, axis = as_array(run, arguments.value("a", 0)), arguments.value("axis", 1)
    if array is None or isinstance(array.shape, Unknown) or not isinstance(axis, int):
        return unknown_array(run, "expand_dims of something unknown")
    shape = array.shape
    made = array.with_shape(guarded(run, site, lambda: tensor_shapes.expand_dims(shape, axis)))
    if isinstance(made.shape, Unknown) or axis in (0, -len(shape) - 1):
        made.rows = None
    return made


def _reshape(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    value = arguments.value("a", 0)
    array = as_array(run, value)
    if array is None:
        key = value.key if isinstance(value, Unknown) else None
        array = new_array(run, Unknown("reshape of something unknown"), Unknown("its dtype"), key=key)
    shape = arguments.value("shape", 1, arguments.value("newshape"))
    return reshape(run, array, shape_argument(run, shape, site), site)


def _concatenate(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    from kerascheck.data.values import joined
    from kerascheck.interp.sequences import items_of

    items, axis = items_of(run, arguments.value("arrays", 0)), arguments.value("axis", 1, 0)
    arrays = [] if isinstance(items, Unknown) else [as_array(run, item) for item in items]
    known = [array for array in arrays if array is not None]
    if not known or len(known) < len(arrays) or not isinstance(axis, int):
        return unknown_array(run, "a concatenation of something unknown")
    shapes = [array.shape for array in known if not isinstance(array.shape, Unknown)]
    if len(shapes) < len(known):
        return joined(Unknown("a concatenation of something unknown"), known)
    return joined(guarded(run, site, lambda: tensor_shapes.concatenate(shapes, axis)), known)


def _arange(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = [given.value for given in arguments.positional[:3]]
    if arguments.keywords.keys() <= {"dtype"} and values and all(isinstance(v, int) for v in values):
        if len(values) == 3 and values[2] == 0:
            return run.fails("ZeroDivisionError", "arange with step 0", site.node)
        array = as_array(run, range(*values))
        assert array is not None
        array.birth = run.tick()
        dtype = dtype_of(arguments.value("dtype"))
        return array if dtype is None else astype(run, array, dtype)
    if len(values) == 1 and not arguments.keywords:
        return new_array(run, shape_argument(run, values[0], site), "int64")
    return new_array(run, (fresh_size(run, "len(arange)", site),), Unknown("the dtype of a range"))


def _linspace(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.linspace(start, stop, num)`: short ones as the numbers themselves."""
    start, stop, count = arguments.value("start", 0), arguments.value("stop", 1), arguments.value("num", 2, 50)
    if len(arguments.positional) > 3 or not set(arguments.keywords) <= {"start", "stop", "num"}:
        return unknown_array(run, f"{name} with options")
    shape = shape_argument(run, count, site)
    if not all(isinstance(v, (int, float)) for v in (start, stop)):
        return new_array(run, shape, "float64")
    content = Content(min(start, stop), max(start, stop), True)
    made = new_array(run, shape, "float64", content=content)
    if isinstance(count, int) and 0 <= count <= MAX_ITEMS:
        step = (stop - start) / max(count - 1, 1)
        made.items = [float(start + index * step) for index in range(count)]
        if count > 1:
            made.items[-1] = float(stop)
    return made


def _method(name: str) -> Function:
    """The function of the same name as a method: `numpy.sum(x, ...)` is `x.sum(...)`."""

    def call(run: Run, function: str, arguments: Arguments, site: Site) -> Value:
        if not arguments.positional:
            return unknown_array(run, f"{function} of something unknown")
        value = arguments.positional[0].value
        array = as_array(run, value)
        if array is None:
            return unknown_array(run, f"{function} of something unknown")
        rest = Arguments(
            arguments.positional[1:], arguments.keywords, arguments.open_positional, arguments.open_keywords
        )
        return METHODS[name](run, array, rest, site)

    return call


def _random(low: float | None, high: float | None, dtype: str = "float64", attained: bool = False) -> Function:
    """`numpy.random.rand(2, 3)`: sizes one by one."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        values = tuple(given.value for given in arguments.positional)
        shape = shape_argument(run, values, site)
        return new_array(run, shape, dtype, content=Content(low, high, attained))

    return call


def _sized(content: Content, position: int, dtype: str = "float64") -> Function:
    """`numpy.random.normal(loc, scale, size)`: the shape is the argument `size`."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        size = arguments.value("size", position)
        if size is None:
            return run.fresh(f"a number from {name}", site.node)
        return new_array(run, shape_argument(run, size, site), dtype, content=content.copy())

    return call


def _randint(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    low, high, size = arguments.value("low", 0), arguments.value("high", 1), arguments.value("size", 2)
    if high is None:
        low, high = 0, low
    if size is None:
        return run.fresh(f"a number from {name}", site.node)
    content = Content()
    if isinstance(low, int) and isinstance(high, int) and low < high:
        content = Content(low, high - 1, True)
    dtype = dtype_of(arguments.value("dtype", 3, "int64"))
    return new_array(run, shape_argument(run, size, site), dtype or "int64", content=content)


FUNCTIONS: dict[str, Function] = {
    "numpy.array": _array,
    "numpy.asarray": _array,
    "numpy.zeros": _filled(0, 0),
    "numpy.ones": _filled(1, 1),
    "numpy.empty": _filled(None, None),
    "numpy.zeros_like": _like(0),
    "numpy.ones_like": _like(1),
    "numpy.empty_like": _like(None),
    "numpy.full": _full,
    "numpy.expand_dims": _expand_dims,
    "numpy.reshape": _reshape,
    "numpy.concatenate": _concatenate,
    "numpy.arange": _arange,
    "numpy.linspace": _linspace,
    **{f"numpy.{name}": _method(name) for name in ("sum", "mean", "std", "max", "min", "argmax", "argmin", "squeeze")},
    "numpy.random.rand": _random(0, 1, attained=True),
    "numpy.random.randn": _random(None, None),
    "numpy.random.random": _sized(Content(0, 1, True), 0),
    "numpy.random.uniform": _sized(Content(), 2),
    "numpy.random.normal": _sized(Content(), 2),
    "numpy.random.randint": _randint,
}
