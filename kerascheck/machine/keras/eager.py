"""Layers and models that meet data: eager calls, and the calls that train."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from kerascheck.data.array import Array, is_float
from kerascheck.data.pipeline import Pipeline
from kerascheck.data.training import raw_data
from kerascheck.data.values import fresh_size, new_array
from kerascheck.machine.members import find_method
from kerascheck.machine.run import Run
from kerascheck.machine.values import ListValue, UserRaise, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import Dim, Shape
from kerascheck.network.ir import Layer, Site, Tensor
from kerascheck.network.networks import Network, on_data
from kerascheck.network.program import Raised, TrainCall
from kerascheck.project.target import Era
from kerascheck.symbolic.unknown import REFUSED, KerasError, Undetermined, Unknown

if TYPE_CHECKING:
    from kerascheck.machine.keras.subclassing import CustomLayer, SubclassedModel


def data_shapes(value: Value) -> list[Shape] | None:
    """The shapes of the arrays in an input structure; None where it is not made of arrays of known shape."""
    items = value.items if isinstance(value, ListValue) and value.unknown is None else value
    arrays = list(items) if isinstance(items, (list, tuple)) else [items]
    shapes = [array.shape for array in arrays if isinstance(array, Array) and isinstance(array.shape, tuple)]
    return shapes if shapes and len(shapes) == len(arrays) else None


def call_on_data(run: Run, layer: Layer, shapes: list[Shape], site: Site) -> Value:
    """`layer(array)`: the layer is built for the shape of the array, its output is computed at once."""
    run.reach(site)
    shapes = [_of_data(run, shape, site) for shape in shapes]
    if isinstance(layer, Network) and layer.is_sequential and not layer.inputs and len(shapes) == 1:
        from kerascheck.machine.keras.sequential import build_sequential

        build_sequential(run, layer, shapes[0], site)
    if isinstance(layer, Network) and len(layer.inputs) == len(shapes):
        shapes = [_of_rank(shape, tensor) for shape, tensor in zip(shapes, layer.inputs, strict=True)]
    run.tracing += 1
    run.measured += 1
    try:
        with on_data():
            outputs = layer.infer(shapes)
    except KerasError as error:
        run.raised(error, site, layer)
        return run.fresh(REFUSED, site.node)
    except Undetermined as undetermined:
        return run.fresh(undetermined.reason, site.node)
    finally:
        run.tracing -= 1
        run.measured -= 1
    made = [new_array(run, shape, "float32", kind="tensor") for shape in outputs]
    return made[0] if len(made) == 1 else run.new_list(made)


def _of_data(run: Run, shape: Shape, site: Site) -> Shape:
    """The shape with names for the sizes that only a run shows: data has a size on each axis."""
    if None not in shape[1:]:
        return shape
    return (*shape[:1], *(fresh_size(run, "?", site) if size is None else size for size in shape[1:]))


def _of_rank(shape: Shape, tensor: Tensor) -> Shape:
    """The shape as a model takes it, which adds or drops a last axis of size 1.

    Source: `_adjust_input_rank` in keras/src/models/functional.py of Keras 3.15.
    """
    wanted = tensor.shape
    if isinstance(wanted, Unknown):
        return shape
    if len(shape) == len(wanted) + 1 and shape[-1] == 1:
        return shape[:-1]
    if len(shape) == len(wanted) - 1 and wanted[-1] == 1:
        return (*shape, 1)
    return shape


def call_own_on_data(
    run: Run, layer: CustomLayer | SubclassedModel, arguments: Arguments, value: Value, site: Site
) -> Value:
    """A layer or model of the program's own on arrays, also in a dictionary or with further arguments."""
    from kerascheck.machine.keras.calling import constants, input_tensors
    from kerascheck.machine.keras.subclassing import run_call
    from kerascheck.machine.keras.tensor_structures import map_tensors

    run.reach(site)
    inputs = constants(run, value)
    if input_tensors(inputs) is None or layer.unknown is not None:
        return run.fresh(f"{layer.cls} called on data", site.node)
    positional = [Given(constants(run, given.value), given.node) for given in arguments.positional]
    keywords = {name: Given(constants(run, given.value), given.node) for name, given in arguments.keywords.items()}
    given = Arguments(positional, keywords, arguments.open_positional, arguments.open_keywords, arguments.call)
    run.tracing += 1
    run.measured += 1
    try:
        with _as_built(layer):
            result = run_call(run, layer, given, site, inputs)
    finally:
        run.tracing -= 1
        run.measured -= 1

    def computed(tensor: Tensor) -> Value:
        return new_array(run, tensor.shape, tensor.dtype, kind="tensor")

    return map_tensors(run, result, computed)


@contextmanager
def _as_built(layer: Layer) -> Iterator[None]:
    """What is built keeps the shapes that it was built with, whatever it is called on later."""
    from kerascheck.machine.keras.subclassing import CustomLayer, SubclassedModel

    if not isinstance(layer, Network) or layer.open is not None:
        yield
        return
    parts: list[Layer] = [layer]
    for part in parts:
        parts += [inner for inner in part.sublayers() if not any(inner is known for known in parts)]
    calls = [(part, len(part.calls)) for part in parts if part.calls or part is layer]
    built = [part for part in parts if isinstance(part, Network) and part.open is None]
    ends = [(part.inputs, part.outputs, part.nodes, part.takes, part.gives) for part in built]
    own = [(part, part.latest) for part in parts if isinstance(part, (CustomLayer, SubclassedModel)) and part.latest]
    try:
        yield
    finally:
        for part, count in calls:
            del part.calls[count:]
        for part, kept in zip(built, ends, strict=True):
            part.inputs, part.outputs, part.nodes, part.takes, part.gives = kept
        for called, arguments in own:
            called.latest = arguments


def training_call(run: Run, network: Network, method: str, arguments: Arguments, site: Site) -> TrainCall:
    """`model.fit(...)` and its kin: the model as its first data builds it."""
    network.met_data = True
    if network.is_sequential:
        _build_sequential(run, network, method, arguments, site)
    refusal = _build_subclass(run, network, method, arguments, site) if network.kind == "subclass" else None
    call = TrainCall(method, network, arguments, site, network.compiled)
    call.refusal = refusal
    call.guarded = bool(run.guarded)
    call.dialect = run.project.dialect
    call.fits_ranks = run.project.target.era is Era.TF_KERAS
    return call


def _build_sequential(run: Run, network: Network, method: str, arguments: Arguments, site: Site) -> None:
    """A `Sequential` without an input shape is built by the first batch that `fit` or `evaluate` gives it."""
    if network.inputs or network.open is not None:
        return
    features = raw_data(arguments)
    batch = _batch_axis(method, arguments, features.x, features.stream)
    if isinstance(features.x, Array) and isinstance(features.x.shape, tuple) and not isinstance(batch, Unknown):
        if method == "predict" and batch is None:
            batch = _first_batch(features.x.shape[0], arguments) if features.stream is None else None
            if batch is None:
                return
        from kerascheck.machine.keras.sequential import build_sequential

        shape = (batch, *features.x.shape[1:])
        if len(shape) == 1 and run.project.dialect < 3 and network.layers and _refuses(network.layers[0], shape):
            shape = (batch, 1)  # for long, Keras gave numbers an axis of their own
        build_sequential(run, network, shape, site)


def _refuses(layer: Layer, shape: Shape) -> bool:
    """Whether the layer does not take an input of the shape."""
    weights = layer.weights
    try:
        layer.infer([shape])
    except KerasError:
        return True
    except Undetermined:
        return False
    finally:
        layer.weights = weights
    return False


def _batch_axis(method: str, arguments: Arguments, x: Any, stream: Pipeline | None) -> Dim | Unknown:
    """The batch axis as layers see it: the size of a batch where all are of one size, else None (TensorFlow)."""
    first = next(iter(x.values()), None) if isinstance(x, dict) else x[0] if isinstance(x, (list, tuple)) and x else x
    if not isinstance(first, Array) or not isinstance(first.shape, tuple) or not first.shape:
        return Unknown("the shape of the data is not known")
    if stream is not None and stream.batched is None and first.shape[0] is not None:
        return Unknown("whether the data comes in batches is not known")
    is_batch = stream is not None or method.endswith("_on_batch")
    return first.shape[0] if is_batch else _batch_size(first.shape[0], arguments)


def _build_subclass(run: Run, network: Network, method: str, arguments: Arguments, site: Site) -> Raised | None:
    """A model with a `call` of the program runs it on its data, unless the program trains in its own way.

    Gives what a layer refuses in it.
    """
    from kerascheck.machine.keras.subclassing import SubclassedModel, run_call

    if not isinstance(network, SubclassedModel) or network.unknown is not None:
        return None
    if network.own_methods:
        _train_own_way(run, network, method, arguments, site)
        return None
    features = raw_data(arguments)
    batch = _batch_axis(method, arguments, features.x, features.stream)
    inputs = None if isinstance(batch, Unknown) else _placeholders(run, features.x, batch, method)
    function = find_method(network.instance, "call")
    if inputs is None or function is None or _needs_more(function.function.node):
        return None
    given = Arguments([Given(inputs)], {})
    if _has_parameter(function.function.node, "training"):
        given.keywords["training"] = Given(method in ("fit", "train_on_batch"))
    elif network.open is None and _same_sizes(inputs, network.inputs):
        return None  # nothing is new to it
    was_built, before = network.open is None, len(run.program.raised)
    with _as_built(network):
        run_call(run, network, given, site, inputs)
    refused = run.program.raised[before:]
    del run.program.raised[before:]
    if refused and refused[0].layer is not None and was_built:
        refused[0].layer.unknown = None  # it is what it was before this data
    return refused[0] if refused else None


def _train_own_way(run: Run, network: SubclassedModel, method: str, arguments: Arguments, site: Site) -> None:
    """A model that trains in its own way: the parts that wait for their first data are built by its `train_step`.

    Source: `make_train_function`, `train_step` and their kin in keras/src/backend/tensorflow/trainer.py of Keras 3.15.
    What is refused in there is not reported: how the step is called is Keras's affair.
    """
    from kerascheck.machine.keras.subclassing import layers_on, run_call

    step = _STEPS.get(method)
    if step is None or network.own_methods & _REPLACING or not _waits(network, layers_on(network.instance)):
        return
    raw = raw_data(arguments)
    batch = _batch_axis(method, arguments, raw.x, raw.stream)
    inputs = None if isinstance(batch, Unknown) else _placeholders(run, raw.x, batch, method)
    own = find_method(network.instance, step if step in network.own_methods else "call")
    if inputs is None or isinstance(batch, Unknown) or own is None:
        return
    before = len(run.program.raised)
    run.tracing += 1
    try:
        with _parts_as_built(layers_on(network.instance)):
            if step in network.own_methods:
                run.call(own, Arguments([Given(_packed(run, inputs, raw.y, batch, method))], {}), site)
            else:
                run_call(run, network, Arguments([Given(inputs)], {}), site, inputs)
    except UserRaise:
        pass
    finally:
        run.tracing -= 1
    del run.program.raised[before:]
    network.layers = layers_on(network.instance)


#: The methods that see the batches of each training call, and those that take the whole of it in hand.
_STEPS = {
    **dict.fromkeys(("fit", "fit_generator", "train_on_batch"), "train_step"),
    **dict.fromkeys(("evaluate", "test_on_batch"), "test_step"),
    "predict": "predict_step",
}
_REPLACING = frozenset(
    {"fit", "evaluate", "predict", "train_on_batch", "make_train_function", "make_test_function", "__call__"}
)


def _packed(run: Run, inputs: Value, y: Value, batch: Dim, method: str) -> Value:
    """What a step is given: features alone, or with their targets."""
    if method == "predict" or y is None:
        return inputs
    targets = _placeholders(run, y, batch, method)
    return inputs, Unknown("the targets of the data") if targets is None else targets


def _waits(network: Network, parts: list[Layer]) -> bool:
    """Whether a part of a model of the program's own has yet to see an input; where there is none, the model itself."""
    if not parts:
        return network.open is not None
    return any(_is_waiting(part) for part in parts)


def _is_waiting(part: Layer) -> bool:
    if isinstance(part, Network):
        return part.open is not None or not part.inputs
    return not part.calls


@contextmanager
def _parts_as_built(parts: list[Layer]) -> Iterator[None]:
    """Models that are built already stay as they are."""
    with ExitStack() as stack:
        for part in parts:
            if isinstance(part, Network) and not _is_waiting(part):
                stack.enter_context(_as_built(part))
        yield


def _placeholders(run: Run, x: Value, batch: Dim, method: str) -> Value:
    """Tensors for the arrays, as the program's `call` gets them; None where they are not all known."""
    if isinstance(x, Array):
        if isinstance(x.shape, Unknown) or not x.shape:
            return None
        return Tensor((batch, *x.shape[1:]), "float32" if is_float(x.dtype) else x.dtype)
    items = list(x.values()) if isinstance(x, dict) else x if isinstance(x, (list, tuple)) else []
    made = [_placeholders(run, item, batch, method) for item in items]
    if not made or any(tensor is None for tensor in made):
        return None
    if isinstance(x, dict):
        return run.new_dict(dict(zip(x, made, strict=True)))
    return run.new_list(made) if method.endswith("_on_batch") and isinstance(x, list) else tuple(made)


def _needs_more(function: Any) -> bool:
    """Whether a `call` has to be given something beside the data, which Keras does not do."""
    params = [*function.params.posonly_params, *function.params.params][2:]
    return any(param.default is None and param.name.value not in ("training", "mask") for param in params)


def _has_parameter(function: Any, name: str) -> bool:
    parameters = function.params
    return any(parameter.name.value == name for parameter in (*parameters.params, *parameters.kwonly_params))


def _same_sizes(inputs: Value, known: list[Tensor]) -> bool:
    return (
        isinstance(inputs, Tensor)
        and len(known) == 1
        and isinstance(inputs.shape, tuple)
        and isinstance(known[0].shape, tuple)
        and inputs.shape[1:] == known[0].shape[1:]
    )


def _first_batch(count: Dim, arguments: Arguments) -> int | None:
    """The size of the first batch, for which `predict` builds a model; None where it is not known."""
    size: Any = arguments.value("batch_size")
    size = 32 if size is None else size
    return min(count, size) if isinstance(count, int) and isinstance(size, int) and size > 0 else None


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
