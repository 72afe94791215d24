"""The arguments of `compile` as the rules compare them: losses and metrics under one name, output by output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import libcst as cst

from kerascheck.network.arguments import Given
from kerascheck.network.ir import Site, Tensor
from kerascheck.network.program import CompileCall, KerasObject
from kerascheck.symbolic.unknown import Symbol, Unknown

#: Loss functions by the names Keras 3 and 2 give them.
LOSSES = frozenset(
    {
        "binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy",
        "categorical_focal_crossentropy", "sparse_categorical_crossentropy", "categorical_hinge", "cosine_similarity",
        "hinge", "squared_hinge", "huber", "kl_divergence", "log_cosh", "mean_absolute_error",
        "mean_absolute_percentage_error", "mean_squared_error", "mean_squared_logarithmic_error", "poisson",
        "dice", "tversky",
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
_CLASSES = {"".join(part.capitalize() for part in name.split("_")): name for name in LOSSES} | {
    "KLDivergence": "kl_divergence"
}
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
    name = ALIASES.get(text) or _CLASSES.get(text, text)
    return name if name in LOSSES else None


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


def passes_over_a_class(loss: Any) -> bool:
    """Whether the loss is told to leave a label out (`ignore_class`), or may be."""
    if not isinstance(loss, KerasObject):
        return False
    return loss.arguments.open_keywords or loss.arguments.value("ignore_class", 1) is not None


def output_name(tensor: Tensor) -> str | None:
    """The name `compile` knows an output by: that of the layer it comes from."""
    return tensor.node.layer.name if tensor.node is not None else None


@dataclass(frozen=True)
class Target:
    """One output of a compiled network, its loss (None: not a known one) and where the source gives that."""

    tensor: Tensor
    loss: Loss | None
    site: Site


def losses_by_output(call: CompileCall) -> Iterator[Target]:
    """Each output of the compiled network with its loss, as far as the two can be matched."""
    given = call.arguments.get("loss", 1)
    if not isinstance(given, Given):
        return
    value, outputs = given.value, call.outputs
    if isinstance(value, dict):
        by_name = {output_name(tensor): tensor for tensor in outputs}
        for name, item in value.items():
            if isinstance(name, str) and name in by_name:
                yield Target(by_name[name], read_loss(item), _item_site(call, given, name, item))
    elif isinstance(value, (list, tuple)):
        if len(value) == len(outputs):
            for index, (tensor, item) in enumerate(zip(outputs, value, strict=True)):
                yield Target(tensor, read_loss(item), _item_site(call, given, index, item))
    else:
        for tensor in outputs:
            yield Target(tensor, read_loss(value), part_site(call, given, None))


def _item_site(call: CompileCall, given: Given, part: str | int, item: Any) -> Site:
    """Where one of several losses is written: in the call, or else where the program makes it."""
    site = part_site(call, given, part)
    is_whole = given.node is None or site.node is given.node.value
    if is_whole and isinstance(item, KerasObject) and item.site is not None and item.site.file is call.site.file:
        return item.site
    return site


def part_site(call: CompileCall, given: Given, part: str | int | None) -> Site:
    """Where an argument of `compile` is written: the whole, or its item at an index or under a key."""
    if given.node is None:
        return call.site
    value: cst.CSTNode = given.node.value
    if isinstance(part, int) and isinstance(value, (cst.List, cst.Tuple)):
        if part < len(value.elements) and not any(isinstance(e, cst.StarredElement) for e in value.elements):
            value = value.elements[part].value
    elif isinstance(part, str) and isinstance(value, cst.Dict):
        for element in value.elements:
            key = element.key if isinstance(element, cst.DictElement) else None
            if isinstance(key, cst.SimpleString) and key.evaluated_value == part:
                value = element.value
    return Site(call.site.file, value)


def metrics_of(call: CompileCall, name: str = "metrics") -> list[tuple[Any, Site]]:
    """The metrics given to `compile` by keyword, each with its place; by `name`, those under `weighted_metrics`."""
    given = call.arguments.get(name)
    if not isinstance(given, Given):
        return []
    if isinstance(given.value, (list, tuple)):
        return [
            (metric, part_site(call, given, index))
            for index, item in enumerate(given.value)
            for metric in _flat(item)
        ]  # fmt: skip
    if isinstance(given.value, dict):
        return [
            (metric, part_site(call, given, key if isinstance(key, str) else None))
            for key, item in given.value.items()
            for metric in _flat(item)
        ]
    return [(metric, part_site(call, given, None)) for metric in _flat(given.value)]


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _flat(item)
    elif value is not None:
        yield value
