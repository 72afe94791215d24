"""Making arrays: from values, filled, as ranges, from files.

Source: https://numpy.org/doc/stable/reference/routines.array-creation.html
"""

from __future__ import annotations

import math
from typing import Any

from kerascheck.data.array import Array, PartKey, axis_size
from kerascheck.data.content import Content, Rows
from kerascheck.data.frames import plain
from kerascheck.data.indexing import is_whole_number
from kerascheck.data.numpy_methods import astype
from kerascheck.data.numpy_shapes import elementwise
from kerascheck.data.refusals import refuses
from kerascheck.data.registry import Function
from kerascheck.data.scalars import dtype_of_number, is_weak, number
from kerascheck.data.values import (
    MAX_KEPT,
    array_argument,
    array_of_unknown,
    as_array,
    dimension,
    dtype_of,
    fresh_key,
    fresh_size,
    grown,
    new_array,
    promote_all,
    shape_argument,
    unknown_array,
)
from kerascheck.machine.keras.freeze import as_size
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, SymDim
from kerascheck.network.ir import Site, Tensor
from kerascheck.symbolic.unknown import Unknown

# -- from values --------------------------------------------------------------------------------------------------


def _array(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.array(object, dtype)`, `asarray` and their kin."""
    value = arguments.value("object", 0, arguments.value("a"))
    wanted = dtype_of(arguments.value("dtype", 1))
    array = None if isinstance(value, Tensor) else as_array(run, value)
    if array is None and isinstance(value, ListValue) and value.element is not None and None not in value.element.shape:
        array = grown(value)
    if array is None:
        if isinstance(value, Unknown):
            key = ("array", value.key)
            if wanted is not None:
                return array_of_unknown(run, value, wanted, key)
            return Unknown(value.reason, key, value.text)
        made = unknown_array(run, "an array of something unknown")
        made.dtype = wanted if wanted is not None else made.dtype
        return made
    if array.kind == "list" and array.dtype == "object" and wanted != "object":
        return _of_lists(run, array, wanted)
    if array.shape == () and name in ("numpy.ascontiguousarray", "numpy.asfortranarray"):
        array = array.snapshot()
        array.shape = (1,)
    is_same = array is value and (name != "numpy.array" or arguments.value("copy", None, True) is not True)
    if is_same and array.kind == "numpy" and (wanted is None or wanted == array.dtype):
        return array
    made = plain_array(run, array)
    if is_same:
        array.content.view(made.content)
    return made if wanted is None else astype(run, made, wanted)


def _of_lists(run: Run, lists: Array, wanted: str | Unknown | None) -> Array:
    """An array of lists of numbers: if they are all of one length, it has one more axis."""
    reason = "lists that may have one length"
    count = lists.shape[0] if isinstance(lists.shape, tuple) and lists.shape else None
    key = PartKey(("lists", lists.birth), count, "all", None) if count is not None else ("lists", lists.birth)
    dtype = Unknown(reason) if wanted is None else wanted
    made = array_of_unknown(run, Unknown(reason, key), dtype, key)
    made.content, made.rows = lists.content.copy(), lists.rows
    return made


def plain_array(run: Run, array: Array) -> Array:
    """A copy as a numpy array, without labels."""
    if array.kind in ("frame", "series"):
        made = plain(run, array)
        made.content = array.content.copy()
        made.items = array.items
        return made
    made = array.snapshot()
    made.birth = run.tick()
    made.kind = "numpy"
    return made


def _copied(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    array = array_argument(run, arguments, 0, "a")
    return unknown_array(run, "a copy of something unknown") if array is None else plain_array(run, array)


def scalar_type(dtype: str) -> Function:
    """`numpy.float32(x)`: a number, or an array of that dtype."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        if not arguments.positional:
            return number(0, dtype)
        value = arguments.positional[0].value
        if isinstance(value, (int, float)):
            try:
                return number(value, dtype)
            except (ValueError, OverflowError):
                return run.fresh(f"{name} of something that is not a number", site.node)
        if isinstance(value, SymDim):
            return value if "int" in dtype else run.fresh("a float of a size", site.node)
        if isinstance(value, Unknown):
            text = f"{name}({value.text})" if value.text else None
            return Unknown(value.reason, ("call", name, value.key), text)
        array = None if isinstance(value, Tensor) else as_array(run, value)
        return run.fresh(f"{name} of something unknown", site.node) if array is None else astype(run, array, dtype)

    return call


def _dtype(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    dtype = dtype_of(arguments.value("dtype", 0))
    return dtype if isinstance(dtype, str) else run.fresh("a dtype", site.node)


# -- filled -------------------------------------------------------------------------------------------------------


def _shaped(run: Run, value: Value, dtype: str | Unknown, content: Content, site: Site) -> Array:
    """A new array of a shape given by the program."""
    made = new_array(run, shape_argument(run, value, site), dtype, content=content)
    key = value.key if isinstance(value, Unknown) else None
    if isinstance(key, tuple) and len(key) == 3 and key[0] == "attribute" and key[2] == "shape":
        made.key, made.shape = key[1], Unknown("the shape of something unknown", None, value.text)
    return made


def _filled(value: int | None) -> Function:
    """`numpy.zeros(shape, dtype)`, `ones`, `empty`."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        dtype = dtype_of(arguments.value("dtype", 1, "float64"))
        content = Content.of_values([value]) if value is not None else Content()
        return _shaped(run, arguments.value("shape", 0), dtype if dtype is not None else "float64", content, site)

    return call


def _full(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.full(shape, fill_value, dtype)`."""
    dtype, content = _filling(run, arguments, 2)
    if dtype is None:
        filling = as_array(run, arguments.value("fill_value", 1))
        dtype = filling.dtype if filling is not None else Unknown("the dtype of what fills an array")
    return _shaped(run, arguments.value("shape", 0), dtype, content, site)


def _filling(run: Run, arguments: Arguments, position: int) -> tuple[str | Unknown | None, Content]:
    """The dtype asked for, and what is known of the numbers that fill an array."""
    filling = as_array(run, arguments.value("fill_value", 1))
    dtype = dtype_of(arguments.value("dtype", position))
    if filling is None:
        return dtype, Content()
    content = filling.content if dtype is None else astype(run, filling, dtype).content
    content = content.rearranged()
    return dtype, content


def _like(value: int | None) -> Function:
    """`numpy.zeros_like(a, dtype)`, `ones_like`, `empty_like`; `full_like` for None."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        given = arguments.value("a", 0, arguments.value("prototype"))
        array = None if isinstance(given, Tensor) else as_array(run, given)
        if name == "numpy.full_like":
            wanted, content = _filling(run, arguments, 2)
        else:
            wanted = dtype_of(arguments.value("dtype", 1))
            content = Content.of_values([value]) if value is not None else Content()
        if array is None and isinstance(given, Unknown):
            made = array_of_unknown(run, given, wanted if wanted is not None else Unknown("its dtype"))
            made.content = content if value is not None or wanted is not None else Content()
            return made
        if array is None or arguments.value("shape") is not None:
            return unknown_array(run, f"{name} of something unknown")
        if name == "numpy.full_like" and isinstance(array.dtype, str) and wanted is None:
            filling = as_array(run, arguments.value("fill_value", 1))
            content = Content() if filling is None else astype(run, filling, array.dtype).content.rearranged()
        made = elementwise(run, array, wanted if wanted is not None else array.dtype, content)
        made.kind, made.columns, made.labels, made.rows = "numpy", None, None, None
        return made

    return call


def _eye(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.eye(N, M, k)` and `identity(n)`."""
    is_eye = name == "numpy.eye"
    rows = dimension(run, arguments.value("N" if is_eye else "n", 0), site)
    given, shift = (arguments.value("M", 1), arguments.value("k", 2, 0)) if is_eye else (None, 0)
    columns = rows if given is None else dimension(run, given, site)
    content = Content(0, 1)
    if shift == 0 and isinstance(rows, int) and isinstance(columns, int):
        if min(rows, columns) > 1:
            content = Content.of_values([0, 1])
        content.one_hot = rows <= columns or None
    elif shift == 0 and rows == columns:
        content.one_hot = True
    dtype = dtype_of(arguments.value("dtype", 3 if is_eye else 1, "float64"))
    return new_array(run, (rows, columns), dtype if dtype is not None else "float64", content=content)


def _diag(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.diag(v)`: a matrix of a vector, a vector of a matrix."""
    array, shift = array_argument(run, arguments, 0, "v"), arguments.value("k", 1, 0)
    if array is None or isinstance(array.shape, Unknown) or shift != 0:
        return unknown_array(run, "a diagonal of something unknown")
    if len(array.shape) == 1:
        made = new_array(run, array.shape * 2, array.dtype)
        content = array.content
        if content.low is not None and content.high is not None:
            made.content = Content(min(content.low, 0), max(content.high, 0))
        return made
    from kerascheck.data.numpy_methods import call_on

    return call_on(run, "diagonal", array, site)


# -- ranges -------------------------------------------------------------------------------------------------------


def _arange(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.arange(start, stop, step, dtype)`."""
    dtype = dtype_of(arguments.value("dtype", 3))
    made = _plain_range(run, _ends(arguments), site)
    return made if dtype is None or not isinstance(made, Array) else astype(run, made, dtype)


def _ends(arguments: Arguments) -> tuple[Value, Value, Value]:
    start, stop, step = arguments.value("start", 0), arguments.value("stop", 1), arguments.value("step", 2, 1)
    if stop is None:
        return 0, start, step
    return 0 if start is None else start, stop, 1 if step is None else step


def _plain_range(run: Run, ends: tuple[Value, Value, Value], site: Site) -> Value:
    start, stop, step = ends
    if all(isinstance(end, (int, float)) for end in ends):
        if step == 0:
            return refuses(run, "ZeroDivisionError", "arange with step 0", site)
        if all(isinstance(end, int) for end in ends):
            array = as_array(run, range(start, stop, step))
            assert array is not None
            array.birth, array.dtype = run.tick(), promote_all({dtype_of_number(int(end)) for end in ends})
            return array
        try:
            size = max(math.ceil((stop - start) / step), 0)
        except (OverflowError, ValueError):
            return refuses(run, "ValueError", "a range without an end", site)
        weak = all(is_weak(end) for end in ends)
        dtype = "float64" if weak else Unknown("the dtype of a range")
        return new_array(run, (size,), dtype, content=Content(min(start, stop), max(start, stop)))
    whole = all(isinstance(end, (int, SymDim)) or is_whole_number(end) for end in ends)
    dtype = "int64" if whole else Unknown("the dtype of a range")
    first, last = as_size(start), as_size(stop)
    if step == 1 and isinstance(first, (int, SymDim)) and isinstance(last, (int, SymDim)):
        content = Content(first) if isinstance(first, int) else Content()
        return new_array(run, (last - first,), dtype, content=content)
    return new_array(run, (fresh_size(run, "?.shape[0]", site),), dtype)


def _spaced(is_linear: bool) -> Function:
    """`numpy.linspace(start, stop, num)`: short ones as the numbers themselves; `logspace`, `geomspace`."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        start, stop = arguments.value("start", 0), arguments.value("stop", 1)
        count: Any = arguments.value("num", 2, 50)
        if not set(arguments.keywords) <= {"start", "stop", "num", "endpoint", "dtype", "base"}:
            return unknown_array(run, f"{name} with options")
        dtype = dtype_of(arguments.value("dtype", 5 if is_linear else 6))
        if not all(isinstance(v, (int, float)) for v in (start, stop)):
            ends = [as_array(run, value) for value in (start, stop)]
            flat = all(end is not None and end.shape == () for end in ends)
            shape = shape_argument(run, count, site) if flat else Unknown(f"{name} between arrays")
            return new_array(run, shape, "float64" if dtype is None else dtype)
        made = new_array(run, shape_argument(run, count, site), "float64")
        endpoint = arguments.value("endpoint", 3, True)
        if is_linear and isinstance(endpoint, bool):
            made.content = Content(
                min(start, stop), max(start, stop), endpoint and isinstance(count, int) and count > 1
            )
            if isinstance(count, int) and 0 < count <= MAX_KEPT:
                items = _steps(float(start), float(stop), count, endpoint)
                made.content = Content.of_values(items)
                made.items = items
        return made if dtype is None else astype(run, made, dtype)

    return call


def _steps(start: float, stop: float, count: int, endpoint: bool) -> list[Any]:
    step = (stop - start) / max(count - endpoint, 1)
    items = [start + index * step for index in range(count)]
    if endpoint and count > 1:
        items[-1] = stop
    return [number(item, "float64") for item in items]


def _meshgrid(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.meshgrid(x, y)`: rows of x, columns of y."""
    arrays = [as_array(run, given.value) for given in arguments.positional]
    sizes: list[Dim] = []
    for array in arrays:
        if array is None or isinstance(array.shape, Unknown) or len(array.shape) > 1:
            return run.new_list([unknown_array(run, "a grid of something unknown") for _ in arrays])
        sizes.append(array.shape[0] if array.shape else 1)
    indexing, sparse = arguments.value("indexing", None, "xy"), arguments.value("sparse", None, False)
    if indexing not in ("xy", "ij") or sparse is not False:
        return run.new_list([unknown_array(run, "a grid with options") for _ in arrays])
    if indexing == "xy" and len(sizes) > 1:
        sizes[:2] = sizes[1::-1]
    made = []
    for array in arrays:
        assert array is not None
        content = array.content.rearranged()
        made.append(new_array(run, tuple(sizes), array.dtype, content=content))
    return run.new_list(made)


# -- from files ---------------------------------------------------------------------------------------------------


def _text_file(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.loadtxt(file)` and `genfromtxt`: an array of up to two axes, as many as the program indexes it with."""
    key = fresh_key(run, site)
    dtype = dtype_of(arguments.value("dtype", 1, "float64"))
    if dtype is None:
        dtype = Unknown("the dtype that a file decides")
    unknown = Unknown("the shape of what a file holds")
    made = new_array(run, unknown, dtype, key=key, rows=Rows(key))
    if arguments.value("unpack", None, False) is not False or arguments.value("names") is not None:
        return made
    made.max_ndim = 2
    columns = arguments.value("usecols", 6 if name == "numpy.loadtxt" else 7)
    items = items_of(run, columns) if isinstance(columns, (tuple, ListValue, range)) else columns
    if isinstance(items, list) and len(items) > 1:
        made.shape = (axis_size(key, "?", 0), len(items))
    if columns is None:
        from kerascheck.data.numpy_files import table_shape

        made.shape = table_shape(run, arguments) or made.shape
    return made


def _load(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.load(file)`."""
    from kerascheck.data.numpy_files import load

    return load(run, name, arguments, site)


def _vector_of_bytes(dtype: str) -> Function:
    """`numpy.fromfile(file, dtype)`, `frombuffer`: as many numbers as there are."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        wanted = dtype_of(arguments.value("dtype", 1, dtype))
        count = arguments.value("count", 2, -1)
        size: Dim = count if isinstance(count, int) and count >= 0 else fresh_size(run, "?.shape[0]", site)
        return new_array(run, (size,), wanted if wanted is not None else dtype)

    return call


def _function_of_indices(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.fromfunction(function, shape)`."""
    return new_array(run, shape_argument(run, arguments.value("shape", 1), site), Unknown("what a function gives"))


_SCALARS = (
    "float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
)  # fmt: skip

FUNCTIONS: dict[str, Function] = {
    **dict.fromkeys(
        ("numpy.array", "numpy.asarray", "numpy.asanyarray", "numpy.ascontiguousarray", "numpy.asfortranarray"), _array
    ),
    "numpy.copy": _copied,
    **{f"numpy.{dtype}": scalar_type(dtype) for dtype in _SCALARS},
    "numpy.float_": scalar_type("float64"),
    "numpy.double": scalar_type("float64"),
    "numpy.single": scalar_type("float32"),
    "numpy.int_": scalar_type("int64"),
    "numpy.bool_": scalar_type("bool"),
    "numpy.dtype": _dtype,
    "numpy.zeros": _filled(0),
    "numpy.ones": _filled(1),
    "numpy.empty": _filled(None),
    "numpy.full": _full,
    "numpy.zeros_like": _like(0),
    "numpy.ones_like": _like(1),
    "numpy.empty_like": _like(None),
    "numpy.full_like": _like(None),
    "numpy.eye": _eye,
    "numpy.identity": _eye,
    "numpy.diag": _diag,
    "numpy.arange": _arange,
    "numpy.linspace": _spaced(True),
    "numpy.logspace": _spaced(False),
    "numpy.geomspace": _spaced(False),
    "numpy.meshgrid": _meshgrid,
    "numpy.load": _load,
    "numpy.loadtxt": _text_file,
    "numpy.genfromtxt": _text_file,
    "numpy.fromfile": _vector_of_bytes("float64"),
    "numpy.frombuffer": _vector_of_bytes("float64"),
    "numpy.fromstring": _vector_of_bytes("float64"),
    "numpy.fromfunction": _function_of_indices,
}
