"""What a layer keeps of its arguments: `layer.units`, `layer.kernel_size`, `layer.activation`.

Keras keeps some as they are given, brings others into one form, and hides the rest. What is not surely kept as said
here is unknown. Compared with the installed Keras in tests/machine/test_layer_attributes.py.
"""

from __future__ import annotations

import re
from typing import Any

from kerascheck.data.values import new_array
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.ir import BuiltinLayer, Layer
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import Symbol, Undetermined, Unknown

#: Sizes of a window, one for each spatial axis.
_WINDOWS = frozenset({"kernel_size", "strides", "dilation_rate", "pool_size"})
#: Arguments that Keras changes, in a way that depends on the class or on the backend.
_CHANGED = frozenset(
    {
        "arguments", "autocast", "axis", "backward_layer", "bin_boundaries", "cropping", "data_format", "dtype",
        "factor", "idf_weights", "mean", "name", "output_shape", "padding", "seed", "size", "value_dim", "variance",
        "vocabulary", "weights",
    }
)  # fmt: skip
#: Those that are kept as they are where they are of this type.
_KEPT_AS: dict[str, type] = {"axis": int, "padding": str, "data_format": str}
#: Layers that keep little of what they are given, or under other names.
_RESERVED = frozenset({"GroupedQueryAttention", "MultiHeadAttention", "Normalization", "TextVectorization"})
_KEPT_BY_RESERVED = frozenset({"num_heads", "key_dim", "head_dim", "num_query_heads", "num_key_value_heads"})
_RANK = re.compile(r"([123])D(?:Transpose)?$")


#: The lists of variables that a layer shows, without what its random numbers and metrics keep.
_WEIGHTS = frozenset({"weights", "get_weights", "trainable_weights", "trainable_variables", "non_trainable_weights"})

_OTHER_ORDER = frozenset({"SpectralNormalization"})


def held_weights(run: Run, layer: Layer, name: str) -> Value | None:
    """`layer.weights` and the like of a layer that is built; None where it is not, or what it holds is not known."""
    if name == "get_weights" and isinstance(layer, Network) and layer.status() == "exact":
        try:
            weights = layer.all_weights()
        except Undetermined:
            return None
        return run.new_list([new_array(run, weight.shape, Unknown("a dtype"), kind="numpy") for weight, _ in weights])
    if name not in _WEIGHTS or not isinstance(layer, BuiltinLayer) or isinstance(layer.weights, Unknown):
        return None
    if (
        layer.cls in _OTHER_ORDER
        or layer.unknown is not None
        or layer.refused is not None
        or layer.met_unknown
        or layer.weights is None
    ):
        return None
    try:
        weights = layer.all_weights()
    except Undetermined:
        return None
    if name.startswith("trainable"):
        weights = [(weight, trains) for weight, trains in weights if trains]
    elif name.startswith("non"):
        weights = [(weight, trains) for weight, trains in weights if not trains]
    kind = "numpy" if name == "get_weights" else "tensor"
    return run.new_list([new_array(run, weight.shape, Unknown("a dtype"), kind=kind) for weight, _ in weights])


def kept_argument(run: Run, layer: Layer, name: str) -> Value | None:
    """The attribute that holds an argument of the constructor; None where what it holds is not known."""
    if name not in layer.config:
        return None
    value = layer.config[name]
    if isinstance(value, Unknown) or not isinstance(layer, BuiltinLayer):
        return _thawed(run, value)
    if layer.cls in _RESERVED and name not in _KEPT_BY_RESERVED:
        return None
    if name in _WINDOWS:
        return _window(layer, name, value)
    if name.endswith("activation"):
        return _activation(value)
    if name in _CHANGED and not isinstance(value, _KEPT_AS.get(name, ())):
        return None
    if value is None or name.endswith("_initializer"):
        return None
    return _thawed(run, value)


def _window(layer: BuiltinLayer, name: str, value: Any) -> Value | None:
    """A number stands for all spatial axes; pooling strides by its window unless it is told otherwise."""
    rank = _RANK.search(layer.cls)
    if value is None and name == "strides":
        return _window(layer, "pool_size", layer.config.get("pool_size"))
    if rank is None or isinstance(value, bool):
        return None
    if isinstance(value, int):
        return (value,) * int(rank.group(1))
    return tuple(value) if isinstance(value, (list, tuple)) and len(value) == int(rank.group(1)) else None


def _activation(value: Any) -> Value | None:
    """The function of an activation's name."""
    if value is None:
        return Symbol("keras.activations.linear")
    return Symbol(f"keras.activations.{value}") if isinstance(value, str) else None


def _thawed(run: Run, value: Value) -> Value:
    """A configuration value back as the program sees it."""
    if isinstance(value, list):
        return run.new_list([_thawed(run, item) for item in value])
    if isinstance(value, dict):
        return run.new_dict({key: _thawed(run, item) for key, item in value.items()})
    return value
