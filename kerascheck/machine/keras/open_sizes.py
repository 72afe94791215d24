"""Sizes that are not known while Keras traces the `call` of a layer: None where an operation wants a number."""

from __future__ import annotations

from kerascheck.machine.keras.operation_forms import Call, given
from kerascheck.machine.run import Run
from kerascheck.machine.values import ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import REFUSED, KerasError

#: The argument that holds sizes: its place, and its names.
_PLACES: dict[tuple[int, tuple[str, ...]], tuple[str, ...]] = {
    (0, ("shape", "dims")): (
        *("tensorflow.zeros", "tensorflow.ones", "tensorflow.fill", "keras.ops.zeros", "keras.ops.ones"),
        *("keras.ops.full", "keras.ops.empty"),
        *(f"{module}.random.{name}" for module in ("tensorflow", "keras") for name in ("normal", "uniform")),
        *(f"{module}.random.truncated_normal" for module in ("tensorflow", "keras")),
    ),
    (0, ("start", "num_rows", "N", "n")): (
        *("tensorflow.range", "keras.ops.arange", "tensorflow.eye", "keras.ops.eye", "keras.ops.identity"),
    ),
    (1, ("shape", "newshape")): (
        *("tensorflow.reshape", "keras.ops.reshape", "tensorflow.broadcast_to", "keras.ops.broadcast_to"),
    ),
    (1, ("multiples", "repeats")): (*("tensorflow.tile", "keras.ops.tile", "tensorflow.repeat", "keras.ops.repeat"),),
}
_HOLDING = {name: place for place, names in _PLACES.items() for name in names}


def refusing_open_sizes(name: str, call: Call) -> Call:
    """The function, which TensorFlow refuses to run for a size of None. (Tried on Keras 3.15)"""
    place = _HOLDING.get(name)
    return call if place is None else _refusing(call, *place)


def _refusing(call: Call, place: int, names: tuple[str, ...]) -> Call:
    def refusing(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        if run.tracing and not run.measured and _has_open_size(given(arguments, place, *names, default=0)):
            return refuse_open_size(run, f"{name.rpartition('.')[2]}()", site)
        return call(run, name, arguments, site)

    return refusing


def _has_open_size(value: Value) -> bool:
    items = value.items if isinstance(value, ListValue) and value.unknown is None else value
    return None in items if isinstance(items, (list, tuple)) else items is None


def refuse_open_size(run: Run, what: str, site: Site) -> Value:
    """Note that Python or TensorFlow raises because a size is None."""
    error = KerasError(
        f"{what} is called with None as a size: an open axis has no size while Keras traces the call; use tf.shape(x) "
        "or keras.ops.shape(x), or -1 where a shape is filled in",
        "undefined-dimension",
    )
    run.raised(error, site)
    return run.fresh(REFUSED, site.node)
