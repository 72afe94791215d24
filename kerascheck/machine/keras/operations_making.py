"""Tensors that are made of numbers and sizes: ranges, constants, random numbers, variables."""

from __future__ import annotations

from kerascheck.data.array import Array
from kerascheck.data.scalars import number
from kerascheck.data.values import as_array, dtype_of, new_array
from kerascheck.machine.keras.freeze import as_size, freeze_arguments
from kerascheck.machine.keras.operation_forms import (
    Call,
    first,
    follows,
    given,
    in_modules,
    is_run_time_size,
    not_tensors,
    of_shape,
)
from kerascheck.machine.keras.operation_forms import (
    made as _made,
)
from kerascheck.machine.keras.operation_forms import (
    size as _size,
)
from kerascheck.machine.keras.operation_forms import (
    sizes as _sizes,
)
from kerascheck.machine.keras.tensors import Constant, operand, operate
from kerascheck.machine.keras.variables import tensorflow_variable
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import Site, Tensor
from kerascheck.network.program import KerasObject
from kerascheck.symbolic.unknown import Undetermined, Unknown

#: Numbers of a vector that are kept one by one.
_MAX_SPELLED = 1_000


def _range(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tf.range` and `arange`: a vector as long as the way from start to stop."""
    start, stop = given(arguments, 0, "start"), given(arguments, 1, "stop", "limit")
    step = given(arguments, 2, "step", "delta", default=1)
    dtype = arguments.value("dtype", 3)
    if stop is None:
        start, stop = 0, start
    if arguments.open_positional or arguments.open_keywords:
        return not_tensors(run, name, site)
    if all(isinstance(value, int) for value in (start, stop, step)) and step != 0:
        count = max(0, -((start - stop) // step))
        return _made(run, [count], dtype, "int32")
    if all(isinstance(value, int) or is_run_time_size(value) for value in (start, stop, step)):
        return Tensor((None,), dtype_of(dtype) or "int32")
    size = as_size(stop)
    if start in (0, None) and step == 1 and isinstance(size, SymDim):
        return _made(run, [size], dtype, "int32")
    return not_tensors(run, name, site)


def _linspace(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`linspace(start, stop, num)` between two numbers."""
    ends = [operand(run, given(arguments, 0, "start")), operand(run, given(arguments, 1, "stop"))]
    count = given(arguments, 2, "num", default=50)
    if not isinstance(count, (int, SymDim)) or not all(end is not None and end.shape == () for end in ends):
        return not_tensors(run, name, site)
    made = _made(run, [count], arguments.value("dtype"))
    start, stop = (given(arguments, i, name) for i, name in enumerate(("start", "stop")))
    is_short = isinstance(count, int) and 1 < count <= _MAX_SPELLED and "endpoint" not in arguments.keywords
    if isinstance(made, Array) and is_short and isinstance(start, (int, float)) and isinstance(stop, (int, float)):
        assert isinstance(count, int)
        step = (stop - start) / (count - 1)
        items = [number(start + i * step, "float32") for i in range(count - 1)]
        made.items = [*items, number(stop, "float32")]
    return made


def _eye(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    rows = given(arguments, 0, "num_rows", "n", "N", "size")
    columns = given(arguments, 1, "num_columns", "m", "M")
    try:
        batch = _sizes(given(arguments, None, "batch_shape", default=()))
        sizes = [*batch, _size(rows), _size(rows if columns is None else columns)]
    except Undetermined:
        return not_tensors(run, name, site)
    if len(arguments.positional) > 2:
        return not_tensors(run, name, site)
    return _made(run, sizes, arguments.value("dtype"))


@follows
def _constant(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tf.constant(value)`, `keras.ops.array(value)`: a tensor of what the source spells out."""
    value = arguments.positional[0].value if arguments.positional else first(arguments)
    if isinstance(value, Tensor):
        return value
    array = as_array(run, value)
    if array is None or isinstance(array.shape, Unknown) or arguments.value("shape", 2) is not None:
        return not_tensors(run, name, site)
    default = "float32" if array.dtype == "float64" and not isinstance(value, Array) else array.dtype
    kind = dtype_of(arguments.value("dtype", 1)) or default
    made = new_array(run, array.shape, kind, kind="tensor", items=array.items)
    made.table = array.table
    return made


@follows
def _cast(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    value = first(arguments)
    dtype = dtype_of(given(arguments, 1, "dtype"))
    kind = dtype if isinstance(dtype, str) else Unknown("a dtype")
    if isinstance(value, (int, float)) and isinstance(kind, str):
        return float(value) if kind.startswith(("float", "bfloat")) else int(value) if "int" in kind else value
    tensor = operand(run, value)
    if tensor is None:
        return not_tensors(run, name, site)
    return operate(run, "Cast", [tensor], lambda shapes: [shapes[0]], site, kind)[0]


def _variable(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tf.Variable(value)`: Keras 3 does not count it among the weights of a layer that holds it, older ones do."""
    value = operand(run, given(arguments, 0, "initial_value"))
    if run.project.dialect < 3:
        return tensorflow_variable(run, site)
    if not isinstance(value, Constant) or arguments.value("shape", 7) is not None:
        return not_tensors(run, name, site)
    return new_array(run, value.shape, dtype_of(arguments.value("dtype", 4)) or value.dtype, kind="tensor")


def _initializer(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return KerasObject(name, freeze_arguments(run, arguments), site)


def call_initializer(run: Run, initializer: KerasObject, arguments: Arguments, site: Site) -> Value:
    """`initializer(shape, dtype)`: numbers of that shape."""
    try:
        return _made(run, _sizes(given(arguments, 0, "shape")), arguments.value("dtype", 1))
    except Undetermined:
        return not_tensors(run, initializer.qualname, site)


_INITIALIZERS = """
    GlorotNormal GlorotUniform HeNormal HeUniform LecunNormal LecunUniform Ones RandomNormal RandomUniform
    TruncatedNormal Zeros
""".split()  # noqa: SIM905


def rows() -> list[tuple[Call, list[str]]]:
    """The functions and the names of each."""
    return [
        (_variable, ["tensorflow.Variable"]),
        (
            _initializer,
            [
                *(f"tensorflow.{n}_initializer" for n in ("random_uniform", "random_normal", "zeros", "ones")),
                *(f"tensorflow.initializers.{n}" for n in _INITIALIZERS),
            ],
        ),
        (_range, ["tensorflow.range", "keras.ops.arange", "keras.backend.arange"]),
        (_linspace, ["tensorflow.linspace", "keras.ops.linspace"]),
        (_eye, ["tensorflow.eye", "keras.ops.eye", "keras.ops.identity", "keras.backend.eye"]),
        (
            _constant, ["tensorflow.constant", "keras.ops.array", "keras.backend.constant",
            *in_modules("convert_to_tensor")],
        ),
        (
            of_shape(),
            [
                *(f"tensorflow.random.{n}" for n in ("normal", "uniform", "truncated_normal")),
                *(f"keras.random.{n}" for n in ("normal", "uniform", "truncated_normal")),
                *(f"keras.backend.{n}" for n in ("random_normal", "random_uniform", "zeros", "ones")),
                "tensorflow.zeros", "tensorflow.ones", "keras.ops.zeros", "keras.ops.ones", "tensorflow.random_normal",
                "tensorflow.fill", "keras.ops.full", "keras.ops.empty",
            ],
        ),
        (_cast, in_modules("cast")),
    ]  # fmt: skip
