"""Layers and models that meet data: eager calls, and the calls that train."""

from __future__ import annotations

from typing import Any

from kerascheck.data.array import Array
from kerascheck.data.pipeline import Pipeline
from kerascheck.data.values import new_array
from kerascheck.interp.run import Run
from kerascheck.interp.values import ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, Shape
from kerascheck.network.ir import Layer, Network, Site
from kerascheck.symbolic import KerasError, Undetermined, Unknown


def data_shapes(value: Value) -> list[Shape] | None:
    """The shapes of the arrays in an input structure; None where it is not made of arrays of known shape."""
    items = value.items if isinstance(value, ListValue) and value.unknown is None else value
    arrays = list(items) if isinstance(items, (list, tuple)) else [items]
    shapes = [array.shape for array in arrays if isinstance(array, Array) and isinstance(array.shape, tuple)]
    return shapes if shapes and len(shapes) == len(arrays) else None


def call_on_data(run: Run, layer: Layer, shapes: list[Shape], site: Site) -> Value:
    """`layer(array)`: the layer is built for the shape of the array, its output is computed at once."""
    run.reach(site)
    if isinstance(layer, Network) and layer.is_sequential and not layer.inputs and len(shapes) == 1:
        from kerascheck.interp.keras.sequential import build_sequential

        build_sequential(run, layer, shapes[0], site)
    try:
        outputs = layer.infer(shapes)
    except KerasError as error:
        run.raised(error, site, layer)
        return run.fresh("Keras raises before this", site.node)
    except Undetermined as undetermined:
        return run.fresh(undetermined.reason, site.node)
    made = [new_array(run, shape, "float32", kind="tensor") for shape in outputs]
    return made[0] if len(made) == 1 else run.new_list(made)


def build_by_training(run: Run, network: Network, method: str, arguments: Arguments, site: Site) -> None:
    """A `Sequential` without an input shape is built by the first batch that `fit` or `evaluate` gives it.

    Its batch axis is the size of a batch where all batches are of one size, else None (Keras 3.15, TensorFlow).
    """
    if not network.is_sequential or network.inputs or network.open is not None:
        return
    data = arguments.value("x", 0)
    shape: Shape | Unknown = Unknown("the shape of the data is not known")
    if isinstance(data, Array) and isinstance(data.shape, tuple) and data.shape:
        batch = data.shape[0] if method.endswith("_on_batch") else _batch_size(data.shape[0], arguments)
        if method != "predict" or isinstance(batch, int):
            shape = (batch, *data.shape[1:])
    elif isinstance(data, Pipeline):
        features = data.element[0] if isinstance(data.element, tuple) and data.element else data.element
        if data.batched and isinstance(features, Array) and isinstance(features.shape, tuple):
            shape = features.shape
    if not isinstance(shape, Unknown):
        from kerascheck.interp.keras.sequential import build_sequential

        build_sequential(run, network, shape, site)


def _batch_size(count: Dim, arguments: Arguments) -> Dim:
    """The size of all batches of so many samples; None where the last one is smaller, or that is not known."""
    size: Any = arguments.value("batch_size")
    split: Any = arguments.value("validation_split", None, 0.0)
    size = 32 if size is None else size
    if not isinstance(count, int) or not isinstance(size, int) or size < 1 or not isinstance(split, (int, float)):
        return None
    if split:
        count = int(count * (1 - split))
    return size if count % size == 0 else None
