"""The arguments of `compile` as the rules compare them: losses and metrics under one name, output by output."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kerascheck.network.arguments import Given
from kerascheck.network.ir import CompileCall, KerasObject, Tensor
from kerascheck.symbolic import Symbol, Unknown

#: Loss functions by the names Keras 3 and 2 give them.
LOSSES = frozenset(
    {
        "binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy",
        "categorical_focal_crossentropy", "sparse_categorical_crossentropy", "categorical_hinge", "cosine_similarity",
        "hinge", "squared_hinge", "huber", "kl_divergence", "log_cosh", "mean_absolute_error",
        "mean_absolute_percentage_error", "mean_squared_error", "mean_squared_logarithmic_error", "poisson",
    }
)  # fmt: skip
#: Short and old names.
ALIASES = {
    "bce": "binary_crossentropy", "BCE": "binary_crossentropy", "mse": "mean_squared_error",
    "MSE": "mean_squared_error", "mae": "mean_absolute_error", "MAE": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error", "MAPE": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error", "MSLE": "mean_squared_logarithmic_error", "kld": "kl_divergence",
    "KLD": "kl_divergence", "kullback_leibler_divergence": "kl_divergence", "logcosh": "log_cosh",
    "huber_loss": "huber", "cosine_proximity": "cosine_similarity", "cosine": "cosine_similarity",
}  # fmt: skip
#: Where `from_logits` stands among the positional parameters of the classes.
_FROM_LOGITS_POSITION = {
    "binary_crossentropy": 0, "categorical_crossentropy": 0, "sparse_categorical_crossentropy": 0,
    "binary_focal_crossentropy": 3, "categorical_focal_crossentropy": 2,
}  # fmt: skip
BINARY = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})
CATEGORICAL = frozenset(
    {"categorical_crossentropy", "categorical_focal_crossentropy", "sparse_categorical_crossentropy"}
)
REGRESSION = frozenset(
    {
        "mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error",
        "mean_squared_logarithmic_error", "huber", "log_cosh",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Loss:
    """A loss that Keras ships."""

    name: str
    from_logits: bool | Unknown = False


def standard_name(text: str) -> str | None:
    """The function name of a loss by any of its names (`mse`, `MeanSquaredError`), or None."""
    name = ALIASES.get(text, text)
    if name in LOSSES:
        return name
    snake = re.sub("([a-z])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z]+)", r"\1_\2", text)).lower()
    snake = {"log_cosh": "log_cosh", "kldivergence": "kl_divergence", "kl_divergence": "kl_divergence"}.get(
        snake, snake
    )
    return snake if text[:1].isupper() and snake in LOSSES else None


def read_loss(value: Any) -> Loss | None:
    """The loss that a value means; None where it is the program's own, or not known."""
    if isinstance(value, str):
        name = standard_name(value)
        return Loss(name) if name else None
    if isinstance(value, Symbol):
        module, _, last = value.name.rpartition(".")
        if module in ("keras.losses", "keras.metrics", "keras.objectives") and not last[:1].isupper():
            name = standard_name(last)
            return Loss(name) if name else None
        return None
    if isinstance(value, KerasObject):
        module, _, last = value.qualname.rpartition(".")
        name = standard_name(last) if module == "keras.losses" else None
        if name is None:
            return None
        if name not in _FROM_LOGITS_POSITION:
            return Loss(name)
        logits = value.arguments.value("from_logits", _FROM_LOGITS_POSITION[name], False)
        return Loss(name, logits if isinstance(logits, bool) else Unknown("from_logits"))
    return None


def output_name(tensor: Tensor) -> str | None:
    """The name `compile` knows an output by: that of the layer it comes from."""
    return tensor.node.layer.name if tensor.node is not None else None


def losses_by_output(call: CompileCall) -> Iterator[tuple[Tensor, Loss | None]]:
    """Each output of the compiled network with its loss, as far as the two can be matched."""
    value = call.arguments.value("loss", 1)
    outputs = call.outputs
    if isinstance(value, dict):
        by_name = {output_name(tensor): tensor for tensor in outputs}
        for name, item in value.items():
            if isinstance(name, str) and name in by_name:
                yield by_name[name], read_loss(item)
    elif isinstance(value, (list, tuple)):
        if len(value) == len(outputs):
            for tensor, item in zip(outputs, value, strict=True):
                yield tensor, read_loss(item)
    else:
        for tensor in outputs:
            yield tensor, read_loss(value)


def metrics_of(call: CompileCall) -> list[Any]:
    """The metrics given to `compile` by keyword, in one flat list."""
    found = call.arguments.get("metrics")
    return list(_flat(found.value)) if isinstance(found, Given) else []


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _flat(item)
    elif value is not None:
        yield value
