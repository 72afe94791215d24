"""What a program asks about a tensor: its shape and its rank."""

from __future__ import annotations

from kerascheck.data.values import new_array
from kerascheck.machine.keras.operation_forms import (
    Call,
    first,
    follows,
    in_modules,
    not_tensors,
)
from kerascheck.machine.keras.tensors import operand, unknown_size
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown


@follows
def _shape(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """The static shape, as `keras.ops.shape` gives it: sizes known only at run time are tensors while `call` runs."""
    value = first(arguments)
    tensor = None if isinstance(value, (int, float)) else operand(run, value)
    if tensor is None:
        if isinstance(value, Unknown) and value.text:
            return Unknown("the shape of something unknown", ("attribute", value.key, "shape"), f"{value.text}.shape")
        return not_tensors(run, name, site)
    if isinstance(tensor.shape, Unknown) or not run.tracing or name == "keras.backend.int_shape":
        return tensor.shape
    return tuple(unknown_size() if dim is None else dim for dim in tensor.shape)


@follows
def _tensor_shape(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tf.TensorShape(sizes)`: a tuple of sizes, as the shapes of tensors are."""
    given = arguments.value("dims", 0)
    if isinstance(given, int):
        return (given,)
    sizes = items_of(run, given) if given is not None else Unknown("a shape of any rank")
    return run.fresh("a shape of unknown rank", site.node) if isinstance(sizes, Unknown) else tuple(sizes)


@follows
def _run_time_shape(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tf.shape(x)` and `K.shape(x)`: a vector of sizes."""
    shape = _shape(run, name, arguments, site)
    if not isinstance(shape, tuple):
        return shape
    sizes = [unknown_size() if dim is None else dim for dim in shape]
    return new_array(run, (len(sizes),), "int32", kind="tensor", items=sizes)


@follows
def _ndim(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    tensor = operand(run, first(arguments))
    if tensor is not None and not isinstance(tensor.shape, Unknown):
        return len(tensor.shape)
    return not_tensors(run, name, site)


def rows() -> list[tuple[Call, list[str]]]:
    """The functions and the names of each."""
    return [
        (_shape, ["keras.ops.shape", "keras.backend.int_shape"]),
        (_run_time_shape, ["tensorflow.shape", "keras.backend.shape"]),
        (_tensor_shape, ["tensorflow.TensorShape"]),
        (_ndim, in_modules("ndim", "rank")),
    ]  # fmt: skip
