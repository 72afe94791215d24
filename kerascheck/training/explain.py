"""Messages: what was given, what was wanted, and the likely way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kerascheck.network.dims import Dim, Shape, format_dim, format_shape
from kerascheck.network.ir import Layer, Node
from kerascheck.network.program import TrainCall
from kerascheck.symbolic.unknown import Unknown
from kerascheck.training.inputs import advice
from kerascheck.training.shapes import show

_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D"})
_CROSSENTROPY = {"categorical_crossentropy", "categorical_focal_crossentropy"}


def no_loss(call: TrainCall) -> str:
    """`compile` without a loss."""
    return f"{call.method} of Keras 3 needs a loss; pass one to compile"


def too_many_losses(outputs: Sequence[Shape]) -> str:
    """More losses than outputs."""
    shapes = " and ".join(map(show, outputs))
    return f"there are more losses than outputs ({len(outputs)}), so that each gets all of them: {shapes}"


def no_targets(label: str, call: TrainCall) -> str:
    """A loss, and nothing to compare with."""
    return f"the loss needs targets, but {call.method} is called without {label}"


def plain_list(label: str, is_text: bool = False) -> str:
    """Numbers or texts in Python lists."""
    if is_text:
        return f"{label} is a list of strings, which is not data to Keras 3; make it a tensor, tf.constant(...)"
    return f"{label} is a list of numbers, which Keras 3 takes for many arrays; make it one array, np.array(...)"


def uncalled(label: str, name: str) -> str:
    """A function in place of the generator that it makes."""
    return f"{label} is the function {name!r} itself, which is not data; call it, {name}()"


def text(label: str, dtype: str | Unknown) -> str:
    """Strings where numbers are wanted."""
    if dtype == "object":
        return f"{label} has the dtype object, which TensorFlow cannot read; make all elements numbers of one shape"
    return f"{label} holds strings; encode them as numbers"


def text_array(label: str, method: str) -> str:
    """Texts for a model that reads texts, in a form that the trainer does not take."""
    return f"{label} is a NumPy array of strings, which {method} of Keras 3 refuses; make it a tensor, tf.constant(...)"


def whole_numbers(label: str, dtype: str, layer: Layer) -> str:
    """Integers for a layer that computes with floats."""
    return f"{label} has the dtype {dtype}, which {layer.title} refuses; make it floats, astype('float32')"


def empty(label: str, given: Shape) -> str:
    """Samples of nothing."""
    return f"{label} has the shape {format_shape(given)}, there are no numbers in a sample"


def no_samples(label: str) -> str:
    """A number where an array is wanted."""
    return f"{label} is a single number, it has no axis of samples"


def sample_counts(first: tuple[str, Dim], other: tuple[str, Dim], is_validation: bool) -> str:
    """Arrays of different length."""
    where = " of validation_data" if is_validation else ""
    names = "the inputs have" if first[0] == other[0] else f"{first[0]!r} and {other[0]!r}{where} have"
    return f"{names} different numbers of samples: {format_dim(first[1])} and {format_dim(other[1])}"


def empty_split(count: int, split: float) -> str:
    """A validation split that leaves one side empty."""
    return f"validation_split={split:g} of {count} samples leaves the training or the validation set empty"


def input_shape(label: str, given: Shape | Unknown, wanted: Shape | Unknown, call: TrainCall, unbatched: bool) -> str:
    """Features that do not fit the input."""
    assert isinstance(given, tuple) and isinstance(wanted, tuple)
    hint = advice(wanted, given, call.method.startswith("predict"))
    if unbatched and len(given) == len(wanted) - 1:
        hint = "the stream yields single samples; add .batch(32)"
    return f"{label} has the shape {format_shape(given)}, but the model expects {format_shape(wanted)}{_behind(hint)}"


def refused(label: str, given: Shape | Unknown, wanted: Shape | Unknown, why: str) -> str:
    """Features that a layer refuses."""
    if isinstance(given, Unknown) or isinstance(wanted, Unknown):
        return f"{label} is data that a layer refuses: {why}"[:200]
    hint = advice(wanted, given, False)
    known = f"{label} has the shape {format_shape(given)}"
    if all(a is None or a == b for a, b in zip(wanted, given, strict=False)) and len(wanted) == len(given):
        return f"{known}, which a layer refuses: {why}"[:200]
    return f"{known}, but the model expects {format_shape(wanted)}{_behind(hint)}"


def single_samples(label: str, given: Shape) -> str:
    """A stream without batches that passes all the same."""
    return f"{label} comes as single samples of the shape {format_shape(given)}, which Keras takes for batches; " + (
        "add .batch(32) to the stream"
    )


def is_one_sample(wanted: Shape, given: Shape) -> bool:
    """Whether data without a batch axis passes because the last axis of the input has the size 1."""
    want = wanted[1:]
    return (
        len(given) == len(want) > 1
        and wanted[-1] == 1
        and all(a is not None and a == b for a, b in zip(want, given, strict=True))
    )


def one_sample(label: str, given: Shape | Unknown, call: TrainCall) -> str:
    """Data without a batch axis that passes all the same."""
    assert isinstance(given, tuple)
    count = format_dim(given[0])
    hint = "add the batch axis, x[None]"
    if not call.method.startswith("predict"):
        hint += f", or if these are {count} samples, give the Input the shape of one, {format_shape(given[1:])}"
    return (
        f"{label} has the shape {format_shape(given)} of one sample, which Keras takes for {count} samples "
        f"of the shape {format_shape((*given[1:], 1))}; {hint}"
    )


def target_shape(loss: str, given: Shape | Unknown, output: Any, call: TrainCall, is_input: bool) -> str:
    """Targets that the loss refuses."""
    assert isinstance(given, tuple)
    hint = _target_hint(loss, given, output.shape, call, is_input)
    return f"{loss} fails on targets {format_shape(given)} and outputs {show(output.shape)}{_behind(hint)}"


def metric_shape(metric: str, given: Shape | Unknown, output: Any, call: TrainCall) -> str:
    """Targets that a metric refuses."""
    assert isinstance(given, tuple)
    hint = _sequence_hint(given, output.shape, call) or _metric_hint(metric, given, output.shape)
    return f"the metric {metric} fails on targets {format_shape(given)} and outputs {show(output.shape)}{_behind(hint)}"


def spread(name: str, given: Shape | Unknown, output: Any, repeated: str, call: TrainCall) -> str:
    """Targets and outputs of different shapes, which are broadcast."""
    assert isinstance(given, tuple)
    hint = _spread_hint(name, given, output.shape, call)
    return (
        f"{name} compares targets {format_shape(given)} with outputs {show(output.shape)} by broadcasting {repeated}"
        f"{_behind(hint)}"
    )


def _behind(hint: str | None) -> str:
    return f"; {hint}" if hint else ""


def _target_hint(loss: str, given: Shape, output: Shape, call: TrainCall, is_input: bool) -> str | None:
    units = output[-1] if output else None
    is_vector = len(given) == 1 or (len(given) == len(output) and given[-1] == 1)
    sequence = _sequence_hint(given, output, call)
    if sequence is not None:
        return sequence
    if loss in _CROSSENTROPY and is_vector and units != 1:
        return f"use sparse_categorical_crossentropy, or keras.utils.to_categorical(y, {format_dim(units)})"
    if loss == "sparse_categorical_crossentropy" and len(given) == len(output):
        if given[-1] == units or len(given) == 2 or not isinstance(given[-1], int):
            return "use categorical_crossentropy for one-hot targets, or np.argmax(y, axis=-1)"
        return None
    if loss in ("binary_crossentropy", "binary_focal_crossentropy") and is_vector and len(output) == 2 and units != 1:
        return f"use one unit for two classes, or sparse_categorical_crossentropy for {format_dim(units)}"
    return _size_hint(given, output, is_input)


def _size_hint(given: Shape, output: Shape, is_input: bool) -> str | None:
    if is_input and len(given) == len(output) > 2:
        return "the decoder must return the shape of the inputs; see padding, strides and UpSampling"
    if len(given) == len(output) == 2:
        return f"the last layer needs {format_dim(given[-1])} unit{'' if given[-1] == 1 else 's'}"
    if len(given) == 1 and len(output) == 2:
        return f"{format_dim(output[-1])} units for one number a sample; use one unit"
    if len(output) > len(given) and len(output) > 2:
        return "Flatten or pool before the last layer"
    return None


def _metric_hint(metric: str, given: Shape, output: Shape) -> str | None:
    if len(given) == 1 and len(output) == 2 and output[-1] == 1:
        return "add the missing axis to the targets, y.reshape(-1, 1)"
    if metric in ("mean_io_u", "io_u") and len(output) > 1 and given[1:] in (output[1:-1], (*output[1:-1], 1)):
        return "it compares class numbers: pass sparse_y_pred=False for one output a class"
    if metric.startswith("sparse") and len(given) == len(output):
        return "it expects class numbers, not one-hot targets"
    if len(given) < len(output) or given[-1:] == (1,):
        return "it expects one-hot targets, not class numbers"
    return None


def _spread_hint(name: str, given: Shape, output: Shape, call: TrainCall) -> str | None:
    sequence = _sequence_hint(given, output, call)
    if sequence is not None:
        return sequence
    if name == "categorical_accuracy" and (len(given) == 1 or given[-1] == 1):
        return "use sparse_categorical_accuracy for class numbers"
    if len(given) == len(output) == 2:
        units = format_dim(given[-1])
        return f"the last layer needs {units} unit{'' if units == '1' else 's'}"
    if len(given) == 1 and len(output) == 2 and output[-1] == 1:
        return "add the missing axis to the targets, y.reshape(-1, 1)"
    return None


def _sequence_hint(given: Shape, output: Shape, call: TrainCall) -> str | None:
    """A recurrent layer that gives its whole sequence, for targets of one step."""
    if len(output) != 3 or (len(given) > 2 and given[1] == output[1]):
        return None
    if len(given) == 2 and given[1] == output[1] and given[1] != 1:
        return None
    layer = _last_sequence(call.nodes)
    return f"drop return_sequences=True of {layer.name!r} for one target per sample" if layer is not None else None


def _last_sequence(nodes: Sequence[Node]) -> Layer | None:
    """The last recurrent layer, if it returns sequences and nothing behind it takes their last step."""
    for node in reversed(nodes):
        layer = node.layer
        if layer.cls in _RECURRENT:
            inner = layer.config.get("layer", layer)
            config = inner.config if isinstance(inner, Layer) else {}
            return layer if config.get("return_sequences") is True else None
    return None


def stateful(label: str, fixed: int, size: int, count: int | None) -> str:
    """Batches of another size than a stateful layer was built for."""
    of = f" of {count} samples" if count is not None else ""
    return (
        f"{label}{of} leaves a batch of {size}, but the stateful layers are built for batches of {fixed}; use only "
        f"batches of {fixed}"
    )
