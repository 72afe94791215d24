"""Parameters that take an integer of Python alone: Keras asks `isinstance(value, int)`, which no integer of numpy is.

Source: `standardize_tuple` in keras/src/utils/argument_validation.py and the constructors of Keras 3.15.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kerascheck.symbolic.unknown import KerasError

#: Sizes of windows, of every layer that has them.
_WINDOWS = frozenset(
    {"kernel_size", "strides", "dilation_rate", "pool_size", "size", "padding", "cropping", "output_size"}
)

_BY_LAYER = {
    "Dense": frozenset({"units"}),
    "Embedding": frozenset({"input_dim", "output_dim"}),
    "RepeatVector": frozenset({"n"}),
    "SimpleRNN": frozenset({"units"}),
    "GRU": frozenset({"units"}),
    "GroupNormalization": frozenset({"groups"}),
    "LayerNormalization": frozenset({"axis"}),
    "UnitNormalization": frozenset({"axis"}),
    "MultiHeadAttention": frozenset({"num_heads", "key_dim", "value_dim"}),
}


#: Those of them that the layers of Keras 2 check as well; of the others it makes integers, or computes with them.
_ALWAYS = frozenset({("RepeatVector", "n"), ("LayerNormalization", "axis"), ("UnitNormalization", "axis")})


def is_of_numpy(value: Any) -> bool:
    """Whether it is a whole number of numpy (a `kerascheck.data.scalars.NumpyInt`)."""
    return isinstance(value, int) and isinstance(getattr(value, "dtype", None), str)


def check_integers(layer: str, values: Mapping[str, Any]) -> None:
    """Raise KerasError for an integer of numpy where Keras wants one of Python."""
    own = _BY_LAYER.get(layer, frozenset())
    for name, value in values.items():
        if is_of_numpy(value) and (name in own or name in _WINDOWS):
            raise KerasError(
                f"{layer} expects a Python integer for {name}, got {int(value)} as numpy {value.dtype}; "
                f"write {name}=int(...)",
                "argument",
                only_keras_3=name not in _WINDOWS and (layer, name) not in _ALWAYS,
            )
