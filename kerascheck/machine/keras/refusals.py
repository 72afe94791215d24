"""What Keras refuses of a call before it looks at any shape: things that are no tensors, too many or too few of them.

Source: `Layer.__call__` of keras/src/layers/layer.py and the signatures of the `call` methods (Keras 3.15).
"""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.layers.base import MultiInput, parse_signature
from kerascheck.layers.values import layer_class
from kerascheck.machine.keras.freeze import freeze
from kerascheck.machine.run import Run
from kerascheck.machine.values import DictValue, ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import BuiltinLayer, InputLayer, Layer, Tensor
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import KerasError, Unknown

#: How `call` names its first parameter.
FIRST = ("inputs", "sequences", "query", "sequence", "x", "data")
#: Arguments of `call` that are arguments of the constructor, too.
_SHARED = frozenset({"training", "mask", "noise_shape"})
#: Layers of one input that fail on a list of one tensor (tried on Keras 3.15; before, the list was unpacked).
_NO_LISTS = frozenset(
    {
        "Dense", "Flatten", "BatchNormalization", "Reshape", "Embedding", "RepeatVector", "LayerNormalization",
        "Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "DepthwiseConv2D", "SeparableConv2D", "LSTM", "GRU",
        "SimpleRNN", "Bidirectional", "TimeDistributed", "Permute", "Masking", "MaxPooling2D", "UpSampling2D",
        "ZeroPadding2D",
    }
)  # fmt: skip


def first_argument(arguments: Arguments) -> Value:
    """What a layer is called on; None where there is nothing."""
    if arguments.positional:
        return arguments.positional[0].value
    for name in FIRST:
        if name in arguments.keywords:
            return arguments.keywords[name].value
    return arguments.value(FIRST[0])


def refused_call(run: Run, layer: Layer, arguments: Arguments) -> KerasError | None:
    """The refusal of `layer(...)` for a built-in layer or a model of them; None where shapes decide."""
    value, dialect = first_argument(arguments), run.project.dialect
    wrong = next(_no_tensors(value), None)
    if isinstance(wrong, (str, int, float)) and isinstance(layer, BuiltinLayer) and layer.definition.takes_values:
        wrong = None
    if wrong is not None and (dialect == 3 or not isinstance(wrong, (int, float))):
        return KerasError(f"{layer.title} is called on {_described(wrong)}", "not-a-tensor")
    if dialect < 3:
        return takes_a_list(layer.cls) if _is_single_of_several(layer, value) else None
    given = len(arguments.positional) + len(arguments.keywords)
    if isinstance(layer, InputLayer):
        return None  # it takes nothing, and gives nothing
    if not given and not (arguments.open_positional or arguments.open_keywords):
        return KerasError(f"{layer.title} is called on nothing", "input-count")
    named = arguments.positional or any(name in arguments.keywords for name in FIRST)
    # In a function that nobody calls, None may be a default that every caller replaces.
    if value is None and named and isinstance(layer, BuiltinLayer) and not run.program.entry:
        return KerasError(
            f"{layer.title} is called on None; does the function before it return its tensor?",
            "not-a-tensor",
        )
    return _wrong_keyword(layer, arguments) or _wrong_count(layer, arguments, value)


def _no_tensors(value: Value) -> Iterator[Value]:
    """What surely is no tensor in an input structure: layers, classes of layers, texts and numbers."""
    value = freeze(value) if not isinstance(value, (ListValue, DictValue)) else value
    if isinstance(value, ListValue) and value.unknown is None:
        value = tuple(value.items)
    elif isinstance(value, DictValue) and value.unknown is None:
        value = tuple(value.items.values())
    if isinstance(value, tuple):
        for item in value:
            yield from _no_tensors(item)
    elif isinstance(value, Layer):
        if value.unknown is None and value.refused is None:  # one that Keras has refused is not refused again
            yield value
    elif isinstance(value, (str, int, float)) or layer_class(value) is not None:
        yield value


def _described(value: Value) -> str:
    if isinstance(value, Layer):
        return f"the layer {value.title}, not on a tensor; call that layer on its input first"
    cls = layer_class(value)
    return f"the class {cls}, not on a tensor" if cls is not None else f"{value!r}, which is not a tensor"


def _is_single_of_several(layer: Layer, value: Value) -> bool:
    """Whether a layer that merges a list is called on one tensor."""
    return isinstance(value, Tensor) and isinstance(layer, BuiltinLayer) and isinstance(layer.definition, MultiInput)


def takes_a_list(cls: str, call: str | None = None) -> KerasError:
    """The refusal of tensors that are not in a list; `call` is how the layer is called, where not by its class."""
    return KerasError(
        f"{cls} takes a list of inputs, it is called on a single tensor; write {call or f'{cls}()'}([a, b])",
        "input-count",
    )


def _wrong_keyword(layer: Layer, arguments: Arguments) -> KerasError | None:
    """An argument of the constructor that is given to the call."""
    if not isinstance(layer, BuiltinLayer):
        return None
    _, _, accepted = parse_signature(layer.definition.signature)
    for name in arguments.keywords:
        if name in (accepted | layer.definition.base_parameters) - _SHARED and name not in FIRST:
            return KerasError(
                f"the call of {layer.title} has no argument {name}; pass it to the constructor: "
                f"{layer.cls}(..., {name}=...)(x)",
                "unknown-argument",
            )
    return None


def _wrong_count(layer: Layer, arguments: Arguments, value: Value) -> KerasError | None:
    """Tensors one after the other where a list is wanted, or the other way round."""
    tensors = [given.value for given in arguments.positional if isinstance(given.value, Tensor)]
    subject = layer.title
    if isinstance(layer, Network):
        if len(tensors) > 1:
            return KerasError(f"{subject} takes its inputs as one list, it is called on {len(tensors)}", "input-count")
        return None
    if not isinstance(layer, BuiltinLayer):
        return None
    definition = layer.definition
    if len(tensors) > 1 and isinstance(definition, MultiInput):
        return takes_a_list(layer.cls)
    if len(tensors) > definition.call_tensors:
        return KerasError(f"{subject} takes one input, it is called on {len(tensors)} tensors", "input-count")
    if _is_single_of_several(layer, value):
        return takes_a_list(layer.cls)
    count = _length(value)
    if definition.call_tensors > 1 and definition.one_by_one and count is not None and count > 1:
        # Recurrent layers took their states that way before Keras 3.
        several = definition.call_tensors > 2
        how = "query and value one after the other" if several else "its states as initial_state"
        message = f"{subject} takes {how}, it is called on a list of {count} tensors"
        return KerasError(message, "input-count", only_keras_3=not several)
    if count == 1 and layer.cls in _NO_LISTS:
        message = f"{subject} is called on a list of one tensor, which Keras 3 does not unpack"
        return KerasError(message, "input-count", only_keras_3=True)
    return None


def _length(value: Value) -> int | None:
    """How many tensors a list holds; None for what is no list of tensors."""
    items = value.items if isinstance(value, ListValue) and value.unknown is None else value
    if not isinstance(items, (list, tuple)) or not all(isinstance(item, (Tensor, Unknown)) for item in items):
        return None
    return len(items)
