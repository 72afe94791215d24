"""The figures that a compiled model reports in its logs: their names, and which direction is better.

Source: keras/src/trainers/compile_utils.py and keras/src/callbacks/monitor_callback.py (Keras 3.15).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import libcst as cst

from kerascheck.keras.naming import snake_case
from kerascheck.machine.values import FunctionValue
from kerascheck.network.arguments import Absent, Arguments, Given
from kerascheck.network.ir import Tensor
from kerascheck.network.program import CompileCall, KerasObject
from kerascheck.rules._code import is_keras_3
from kerascheck.rules._registered import registers_names
from kerascheck.rules._training import is_plain_model
from kerascheck.symbolic.unknown import Symbol
from kerascheck.training.compiled_losses import LOSSES

Direction = Literal["up", "down"]

#: The metrics of Keras and what is better, as their `_direction` says. None: Keras does not know.
#: Source: keras/src/metrics (Keras 3.15).
METRICS: dict[str, Direction | None] = {
    **dict.fromkeys(
        (
            "Accuracy", "BinaryAccuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy", "TopKCategoricalAccuracy",
            "SparseTopKCategoricalAccuracy", "AUC", "Precision", "Recall", "PrecisionAtRecall", "RecallAtPrecision",
            "SensitivityAtSpecificity", "SpecificityAtSensitivity", "F1Score", "FBetaScore", "IoU", "BinaryIoU",
            "MeanIoU", "OneHotIoU", "OneHotMeanIoU", "CosineSimilarity", "R2Score", "PearsonCorrelation",
            "ConcordanceCorrelation",
        ),
        "up",
    ),
    **dict.fromkeys(
        (
            "MeanSquaredError", "RootMeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError",
            "MeanSquaredLogarithmicError", "LogCoshError", "Hinge", "SquaredHinge", "CategoricalHinge", "KLDivergence",
            "Poisson", "BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy",
        ),
        "down",
    ),
    **dict.fromkeys(
        ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives", "Mean", "Sum", "MeanMetricWrapper"), None
    ),
}  # fmt: skip
#: What metric objects are called, where it is not their class in small letters.
_OWN_NAMES = {"LogCoshError": "logcosh", "FBetaScore": "fbeta_score", "Huber": "huber_loss"}
_SHORT = {
    "bce": "BinaryCrossentropy", "mse": "MeanSquaredError", "mae": "MeanAbsoluteError",
    "mape": "MeanAbsolutePercentageError", "msle": "MeanSquaredLogarithmicError",
}  # fmt: skip
#: Metric classes by all the names that `compile` takes for them.
BY_NAME: dict[str, str] = {
    **{name: name for name in METRICS},
    **{snake_case(name): name for name in METRICS},
    **_SHORT,
    **{short.upper(): name for short, name in _SHORT.items()},
}


@dataclass(frozen=True)
class Figure:
    """One entry of the logs, without `val_`."""

    name: str
    direction: Direction | None = None
    numbered: bool = False  # Keras may have put a number behind the name
    found: bool = True  # whether mode="auto" finds the direction

    def matches(self, name: str) -> bool:
        """Whether the entry may have that name."""
        return name == self.name or (self.numbered and re.fullmatch(re.escape(self.name) + r"_\d+", name) is not None)


def figures(call: CompileCall) -> list[Figure] | None:
    """All that the logs can hold after this `compile`; None where there may be more."""
    if not is_plain_model(call.network) or call.arguments.open_keywords or call.arguments.open_positional:
        return None
    outputs = call.outputs
    network = call.network
    if network.arguments is not None and isinstance(network.arguments.value("outputs", 1), dict):
        return None
    several = len(outputs) > 1
    if not outputs and not network.is_sequential:
        return None
    loss = Figure("loss", "down")
    result = [loss]
    for label in ("metrics", "weighted_metrics"):
        given = call.arguments.get(label)
        if isinstance(given, Absent) or (isinstance(given, Given) and given.value is None):
            continue
        if not isinstance(given, Given):
            return None
        read = list(_outputs_metrics(given.value, outputs, call))
        if any(figure is None for figure in read):
            return None
        known = [figure for figure in read if figure is not None]
        result += known
        if label == "weighted_metrics":
            result += [Figure(f"weighted_{figure.name}", figure.direction, True, False) for figure in known]
    if several:
        result += [Figure(f"{name}_loss", "down", True, False) for name in map(_output_name, outputs)]
    seen: dict[str, int] = {}
    for index, figure in enumerate(result):
        count = seen.get(figure.name, 0)
        seen[figure.name] = count + 1
        if count:
            result[index] = Figure(figure.name, figure.direction, True, figure.found)
    return result


def _outputs_metrics(value: Any, outputs: tuple[Tensor, ...], call: CompileCall) -> Iterator[Figure | None]:
    """The metrics of all outputs under the names they get; None for one that is not known."""
    several = len(outputs) > 1
    if isinstance(value, dict):
        for key, items in value.items():
            for item in items if isinstance(items, (list, tuple)) else [items]:
                yield from _figure(item, f"{key}_" if several else "", call)
        return
    if isinstance(value, str) and not several:  # an older Keras takes it for a list of one
        value = [value]
    if not isinstance(value, (list, tuple)):
        yield None
        return
    if not several:
        for item in value:
            for inner in (
                item if isinstance(item, (list, tuple)) else item.values() if isinstance(item, dict) else [item]
            ):
                yield from _figure(inner, "", call)
        return
    if len(value) != len(outputs):
        yield None
        return
    for tensor, items in zip(outputs, value, strict=True):
        for item in items if isinstance(items, (list, tuple)) else [items]:
            yield from _figure(item, f"{_output_name(tensor)}_", call)


def _output_name(tensor: Tensor) -> str:
    return tensor.node.layer.name if tensor.node is not None else "output"


def _figure(value: Any, prefix: str, call: CompileCall) -> Iterator[Figure | None]:
    if value is None:
        return
    found, numbered = not prefix, bool(prefix)
    if isinstance(value, str):
        if value.lower() in ("accuracy", "acc"):
            yield Figure(prefix + value, "up", numbered, found)
        elif value in BY_NAME:
            yield Figure(prefix + value, METRICS[BY_NAME[value]], numbered, found)
        else:
            # Keras 3 refuses the name; older versions took more.
            yield None if registers_names(call.site, value) else Figure(prefix + value, None, numbered, found)
        return
    if isinstance(value, KerasObject):
        yield _object(value, prefix)
        return
    if isinstance(value, Symbol):
        name = value.name.rpartition(".")[2]
        in_keras = value.name.startswith(("keras.metrics.", "keras.losses."))
        if in_keras and name[:1].islower():
            direction = _function_direction(name)
            yield Figure(prefix + name, direction, True, found and direction == "down")
        elif in_keras and name in METRICS:
            yield Figure(prefix + _class_name(name), METRICS[name], True, found)
        else:
            yield None
        return
    if isinstance(value, FunctionValue):
        # Keras 3 writes the name of a function as it does those of classes; older ones take it as it is.
        named = snake_case(value.name) if is_keras_3(call.site) else value.name
        own = "lambda" if isinstance(value.node, cst.Lambda) else named
        yield Figure(prefix + own, None, True, False)
        return
    yield None


def _object(value: KerasObject, prefix: str) -> Figure | None:
    """A metric (or a loss, which serves as one) that the program makes."""
    module, _, cls = value.qualname.rpartition(".")
    if module not in ("keras.metrics", "keras.losses") or cls in ("Metric", "MeanMetricWrapper"):
        return None
    direction = METRICS.get(cls, "down" if module == "keras.losses" else None)
    given = _name_argument(value.arguments)
    if isinstance(given, str):
        return Figure(prefix + given, direction, True, not prefix)
    if given is not None or value.arguments.open_keywords:
        return None
    return Figure(prefix + _class_name(cls), direction, True, not prefix)


def _name_argument(arguments: Arguments) -> Any:
    """The `name` by keyword; something unknown where positional arguments may hide one."""
    found = arguments.get("name")
    if isinstance(found, Given):
        return found.value
    texts = [given.value for given in arguments.positional if isinstance(given.value, str)]
    return object() if texts or arguments.open_positional else None


def _class_name(cls: str) -> str:
    return _OWN_NAMES.get(cls, snake_case(cls))


def _function_direction(name: str) -> Direction | None:
    """What is better for a function of Keras; of those that are no losses, Keras itself does not know it."""
    if name in LOSSES:
        return "down"
    return METRICS[BY_NAME[name]] if name in BY_NAME else None
