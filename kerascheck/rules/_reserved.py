"""Names that Keras 3 keeps for itself on its objects: properties that cannot be set.

Compared with the installed Keras in tests/rules/test_custom_oracle.py.
"""

from __future__ import annotations

_LAYER = frozenset(
    {
        "compute_dtype", "dtype", "input", "input_dtype", "losses", "metrics", "metrics_variables",
        "non_trainable_variables", "non_trainable_weights", "output", "path", "quantization_mode",
        "trainable_variables", "trainable_weights", "variable_dtype", "variables", "weights",
    }
)  # fmt: skip
_MODEL = _LAYER | {"compiled_metrics", "distribute_strategy", "layers", "metrics_names"}
#: By the class of Keras that a class of the program derives from.
RESERVED = {
    "keras.Layer": _LAYER,
    "keras.Model": _MODEL,
    "keras.Sequential": _MODEL | {"input_shape", "inputs", "output_shape", "outputs"},
    "keras.metrics.Metric": frozenset({"dtype", "variables"}),
    "keras.losses.Loss": frozenset({"dtype"}),
    "keras.callbacks.Callback": frozenset({"model"}),
}
#: Those that take None.
TAKE_NONE = frozenset({"path", "quantization_mode"})


def reserved_by(base: str) -> frozenset[str]:
    """What the class of Keras keeps for itself."""
    return RESERVED.get(base, _LAYER if base.startswith("keras.layers.") else frozenset())
