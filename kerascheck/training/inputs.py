"""The features of a training call against the inputs of its model.

Source: `assert_input_compatibility` in keras/src/layers/input_spec.py, `Functional._standardize_inputs` and
`_adjust_input_rank` in keras/src/models/functional.py (Keras 3.15).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kerascheck.data.array import Array
from kerascheck.network.dims import Dim, Shape, format_shape
from kerascheck.network.ir import InputLayer, Tensor
from kerascheck.network.networks import Network, on_data
from kerascheck.network.program import TrainCall
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown
from kerascheck.training.shapes import BATCH, is_different, is_one
from kerascheck.training.structures import leaves

#: Layers that TensorFlow refuses to run on whole numbers (Keras 3.15). Other models get their inputs as floats.
FLOATS_ONLY = frozenset(
    {
        "Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "SeparableConv1D",
        "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D",
        "AveragePooling1D", "AveragePooling2D", "AveragePooling3D",
    }
)  # fmt: skip


#: Layers that refuse a list of one array where they come first in a Sequential without an input shape.
NO_LISTS = FLOATS_ONLY | {
    "Dense", "Embedding", "LSTM", "GRU", "SimpleRNN", "Bidirectional", "BatchNormalization", "MaxPooling1D",
    "MaxPooling2D", "MaxPooling3D",
}  # fmt: skip


def input_name(tensor: Tensor) -> str:
    """The name of an input: that of its layer."""
    return tensor.node.layer.name if tensor.node is not None else "input"


def arranged(call: TrainCall, x: Any) -> list[Any]:
    """The leaves of `x` in the order of the inputs. Raises KerasError where they do not match."""
    inputs, taken = call.inputs, call.takes
    if isinstance(x, dict):
        keys = sorted(taken, key=str) if isinstance(taken, dict) else [input_name(tensor) for tensor in inputs]
        if not call.network.is_sequential:
            missing = [key for key in keys if key not in x]
            if missing:
                raise KerasError(
                    f"the model takes the inputs {_listed(keys)}, but the data has the keys {_listed(list(x))}", "names"
                )
            return [x[key] for key in keys]
    elif isinstance(taken, dict) and list(taken) != sorted(taken, key=str):
        raise KerasError(f"the model takes a dictionary of inputs with the keys {_listed(list(taken))}", "names")
    flat = leaves(x)
    if not flat:
        raise KerasError("an empty list holds no data", "count")
    if call.network.is_sequential:
        return flat[:1]  # Keras takes the first and ignores the rest
    if len(flat) == sum(not _holds_tensor(tensor) for tensor in inputs) != len(inputs):
        raise Undetermined("Keras 2 feeds no input that holds a tensor")
    if len(flat) != len(inputs):
        names = f" ({_listed([input_name(tensor) for tensor in inputs])})" if len(inputs) > 1 else ""
        raise KerasError(f"the model takes {_count(len(inputs), 'input')}{names}, the data has {len(flat)}", "count")
    return flat


def _holds_tensor(tensor: Tensor) -> bool:
    """Whether an input is made of a tensor, `Input(tensor=noise)`: Keras 2 takes its values from there."""
    arguments = tensor.node.layer.arguments if tensor.node is not None else None
    return arguments is not None and any(arguments.value(name) is not None for name in ("tensor", "input_tensor"))


def _listed(names: Sequence[Any]) -> str:
    return ", ".join(map(repr, names))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def fed_shape(call: TrainCall, tensor: Tensor, data: Array) -> Shape:
    """The shape with which an array reaches the first layer. Raises KerasError, Undetermined."""
    given, wanted = data.shape, tensor.shape
    if isinstance(given, Unknown) or isinstance(wanted, Unknown):
        raise Undetermined("a shape that is not known")
    if isinstance(tensor.node and tensor.node.layer, InputLayer) and not call.network.is_sequential:
        _check_spec(wanted, given)
    if len(given) == len(wanted):
        # What the stream leaves open the layers are built for: TensorFlow looks when it runs.
        return (given[0], *(b if a is None else a for a, b in zip(given[1:], wanted[1:], strict=True)))
    if len(given) == len(wanted) + 1 and is_one(given[-1]):
        return given[:-1]
    if len(given) == len(wanted) - 1 and wanted[-1] == 1:
        return (*given, 1)
    raise KerasError("", "rank")


def _check_spec(wanted: Shape, given: Shape) -> None:
    """Sizes that both know must be equal; a last axis of size 1 does not count."""
    want: Shape = (None, *wanted[1:])
    if given and is_one(given[-1]):
        given = given[:-1]
    if want and want[-1] == 1:
        want = want[:-1]
    for a, b in zip(want, given, strict=False):
        if a is not None and b is not None and is_different(a, b):
            raise KerasError("", "size")


def forward(call: TrainCall, fed: Sequence[Shape]) -> list[Shape | Unknown]:
    """The shapes of the outputs for inputs of these shapes. Raises KerasError where a layer refuses them."""
    pairs = zip(call.inputs, fed, strict=True)
    as_declared = all(isinstance(tensor.shape, tuple) and _is_covered(tensor.shape, shape) for tensor, shape in pairs)
    own = any(_runs_program(node.layer) for node in call.nodes)
    if own and not as_declared:
        raise Undetermined("layers of the program on another shape")
    if own or (as_declared and all(node.layer.qualname.startswith("keras.layers.") for node in call.nodes)):
        # What comes out was seen when the model was made. Only functions of tensors may change the axis of samples.
        outputs = [tensor.shape for tensor in call.outputs]
        first = call.inputs[0].shape
        made_on = first[0] if isinstance(first, tuple) and first else None
        return [
            (fed[0][0], *shape[1:]) if isinstance(shape, tuple) and (not own or shape[:1] == (made_on,)) else shape
            for shape in outputs
        ]
    known: dict[int, Shape | Unknown] = {id(tensor): shape for tensor, shape in zip(call.inputs, fed, strict=True)}
    for node in call.nodes:
        incoming = [known.get(id(tensor), tensor.shape) for tensor in node.inputs]
        shapes = [shape for shape in incoming if not isinstance(shape, Unknown)]
        results: Sequence[Shape | Unknown]
        try:
            if len(shapes) < len(incoming):
                raise Undetermined("an input that is not known")
            with on_data():
                results = node.infer(shapes)
        except Undetermined as undetermined:
            results = [Unknown(undetermined.reason)] * len(node.outputs)
        except KerasError as error:
            raise KerasError(f"{node.layer.title}: {error.message}", error.kind) from None
        known.update((id(tensor), shape) for tensor, shape in zip(node.outputs, results, strict=False))
    return [known.get(id(tensor), tensor.shape) for tensor in call.outputs]


def _runs_program(layer: Any) -> bool:
    """Whether a layer runs code of the program."""
    inner = layer.sublayers()
    return layer.runs_program or any(map(_runs_program, inner)) or _in_nodes(layer)


def _in_nodes(layer: Any) -> bool:
    return isinstance(layer, Network) and any(_runs_program(node.layer) for node in layer.nodes)


def _is_covered(wanted: Shape, given: Shape) -> bool:
    """Whether the sizes are the declared ones."""
    return len(wanted) == len(given) and all(a == b for a, b in zip(wanted[1:], given[1:], strict=True))


# -- what to say ------------------------------------------------------------------------------------------------------


def advice(wanted: Shape, given: Shape, is_prediction: bool) -> str | None:
    """How to mend data of this shape for an input of that shape, where the cause is likely."""
    want, have = wanted[1:], given[1:]
    if len(given) == len(want) and _agree(want, given):
        if is_prediction:
            return "one sample needs a batch axis, x[None]"
        return f"an Input has the shape of one sample, {format_shape(have)}"
    if len(want) == len(given) and is_prediction and not _agree(want[:-1], have):
        return "one sample needs a batch axis, x[None]"
    if len(have) == len(want) - 1 and _agree(want[:-1], have):
        return f"the last axis is missing, of size {want[-1]}"
    if len(have) == len(want) + 1 and _agree(want, have[:-1]):
        return f"the data has one axis more, of size {have[-1]}"
    if len(have) == len(want) and len(want) > 1:
        if _agree(want, (*have[1:], have[0])):
            return "the channels come first, np.moveaxis(x, 1, -1)"
        if _agree(want, (have[-1], *have[:-1])):
            return "the channels come last, np.moveaxis(x, -1, 1)"
        if len(want) == 2 and _agree(want, have[::-1]):
            return "two axes are swapped, x.transpose(0, 2, 1)"
    if len(want) == 1 and _agree(want, given[:1]) and len(given) == 2:
        return "samples come first, x.T"
    size, there = _volume(want), _volume(have)
    if size is not None and size == there:
        return f"reshape it to (-1, {', '.join(map(str, want))})"
    return None


def _agree(wanted: Sequence[Dim], given: Sequence[Dim]) -> bool:
    return len(wanted) == len(given) and all(
        a is None or (a == b and b != BATCH) for a, b in zip(wanted, given, strict=True)
    )  # fmt: skip


def _volume(shape: Shape) -> Dim:
    total: Any = 1
    for dim in shape:
        if dim is None:
            return None
        total = total * dim
    return total  # type: ignore[no-any-return]
