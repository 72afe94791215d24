"""What the metrics of Keras do to the shapes of targets and outputs.

Source: keras/src/metrics (Keras 3.15). To add a metric: a row in `_RULES`; metrics that are losses need none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Shape
from kerascheck.network.program import KerasObject
from kerascheck.symbolic.unknown import KerasError, Symbol, Undetermined, Unknown
from kerascheck.training.compiled_losses import LOSSES, standard_name
from kerascheck.training.losses import function_values
from kerascheck.training.shapes import BATCH, Pair, broadcast, is_one, show, squeeze_or_expand

_NONE = Arguments([], {})


@dataclass(frozen=True)
class Metric:
    """A metric that Keras ships, by the name of its function or class in small letters."""

    name: str
    arguments: Arguments = _NONE


Rule = Callable[[Pair, Arguments], None]

#: Names of classes that differ from those of the functions behind them.
_SYNONYMS = {"log_cosh_error": "log_cosh"}
#: `metrics=["accuracy"]`: which accuracy that is depends on the shapes.
AUTOMATIC = frozenset({"accuracy", "acc"})


def read_metric(value: Any) -> Metric | None:
    """The metric that an item of `metrics` means; None where it is the program's own, or not known."""
    if isinstance(value, str):
        if value.lower() in AUTOMATIC:
            return Metric("automatic")
        return _named(value)
    if isinstance(value, Symbol):
        module, _, last = value.name.rpartition(".")
        if module not in ("keras.metrics", "keras.losses"):
            return None
        return _named(last) if module == "keras.metrics" or not last[:1].isupper() else None
    if isinstance(value, KerasObject):
        module, _, last = value.qualname.rpartition(".")
        return _named(last, value.arguments) if module == "keras.metrics" else None
    return None


def _named(text: str, arguments: Arguments = _NONE) -> Metric | None:
    loss = standard_name(text)
    name = loss or snake_case(text)
    name = _SYNONYMS.get(name, name)
    return Metric(name, arguments) if name in LOSSES or name in _RULES else None


def snake_case(text: str) -> str:
    """`CategoricalAccuracy` as Keras spells it for strings: `categorical_accuracy`."""
    text = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", text)
    return re.sub("([a-z])([A-Z])", r"\1_\2", text).lower()


def resolve(metric: Metric, pair: Pair) -> Metric:
    """The accuracy that `"accuracy"` stands for. Raises Undetermined.

    Source: `is_binary_or_sparse_categorical` in keras/src/trainers/compile_utils.py.
    """
    if metric.name != "automatic":
        return metric
    targets, outputs = pair.targets, pair.outputs
    if not targets or not outputs:
        raise KerasError("accuracy of something without axes", "rank")
    if is_one(outputs[-1]):
        return Metric("binary_accuracy")
    if len(targets) < len(outputs) or is_one(targets[-1]):
        return Metric("sparse_categorical_accuracy")
    return Metric("categorical_accuracy")


def check_metric(metric: Metric, pair: Pair) -> None:
    """Run the metric on shapes; `pair.spread` tells of silent repetition. Raises KerasError, Undetermined."""
    rule = _RULES.get(metric.name)
    if rule is None:
        function_values(metric.name, pair)
    else:
        rule(pair, metric.arguments)


# -- rules ------------------------------------------------------------------------------------------------------------


def _elementwise(pair: Pair, arguments: Arguments) -> None:
    pair.squeezed().combined()


def _categorical_accuracy(pair: Pair, arguments: Arguments) -> None:
    """The classes are the places of the largest numbers along the last axis."""
    if not pair.targets or not pair.outputs:
        raise KerasError(f"{pair}: there is no axis of classes", "rank")
    targets, outputs = pair.targets[:-1], pair.outputs
    if len(targets) == len(outputs):
        if not is_one(targets[-1]):
            raise KerasError(f"{pair} do not go together", "rank")
        targets = targets[:-1]
    _, pair.spread = _matched(pair, targets, outputs[:-1])


def _sparse_categorical_accuracy(pair: Pair, arguments: Arguments) -> None:
    targets, outputs = pair.targets, pair.outputs
    if len(targets) == len(outputs) and targets and is_one(targets[-1]):
        targets = targets[:-1]
    _, pair.spread = _matched(pair, targets, outputs[:-1])


def _matched(pair: Pair, targets: Shape, outputs: Shape) -> tuple[Shape, str | None]:
    try:
        shape, spread = broadcast(targets, outputs)
    except KerasError:
        raise KerasError(
            f"{pair} do not go together: class numbers {show(targets)} and {show(outputs)}", "size"
        ) from None
    return shape, spread or None


def _top_k(is_sparse: bool) -> Rule:
    def rule(pair: Pair, arguments: Arguments) -> None:
        targets = pair.targets if is_sparse else pair.targets[:-1]
        outputs = pair.outputs
        if not targets or len(outputs) < 2:
            raise KerasError(f"{pair} do not go together: top-k needs classes and class numbers", "rank")
        _same_amount(pair, targets, outputs[:-1])

    return rule


def _confusion(pair: Pair, arguments: Arguments) -> None:
    """True and false positives: everything is flattened and compared one by one."""
    outputs, targets = squeeze_or_expand(pair.outputs, pair.targets)
    if isinstance(arguments.value("class_id"), Unknown) or isinstance(arguments.value("top_k"), Unknown):
        raise Undetermined("options of a metric")
    class_id, top_k = arguments.value("class_id"), arguments.value("top_k")
    if isinstance(top_k, int) and outputs and isinstance(outputs[-1], int) and top_k > outputs[-1]:
        raise KerasError(f"{pair}: there are no {top_k} outputs to choose from", "size")
    if isinstance(class_id, int):
        if len(outputs) == 1:
            raise KerasError(f"{pair}: class_id needs outputs for each class", "rank")
        for name, shape in (("targets", targets), ("outputs", outputs)):
            size = shape[-1]
            if not isinstance(size, int):
                raise Undetermined("the number of classes")
            if class_id >= size:
                raise KerasError(f"{pair}: the {name} have no class {class_id}", "size")
        targets, outputs = (*targets[:-1], 1), (*outputs[:-1], 1)
    _same_amount(pair, targets, outputs)


def _auc(pair: Pair, arguments: Arguments) -> None:
    several = arguments.value("multi_label")
    if several is not None and not isinstance(several, bool):
        raise Undetermined("options of a metric")
    if not several:
        _confusion(pair, arguments)
        return
    if len(pair.outputs) != 2:
        raise KerasError(f"{pair}: multi_label=True needs outputs of two axes", "rank")
    pair.squeezed().strict()


def _same_amount(pair: Pair, targets: Shape, outputs: Shape) -> None:
    """Both must hold as many numbers for a sample."""
    mine, theirs = _amount(targets), _amount(outputs)
    if mine[0] != theirs[0]:
        raise Undetermined(f"whether {pair} hold as many numbers")
    if mine[1] != theirs[1]:
        if not mine[0] and 1 in (mine[1], theirs[1]):
            raise Undetermined("one number against many is repeated by some of the metrics")
        raise KerasError(f"{pair} must hold as many numbers for each sample", "size")


def _amount(shape: Shape) -> tuple[bool, int]:
    """Whether the shape has a batch of unknown size, and the product of its other sizes. Raises Undetermined."""
    count = 1
    for dim in shape[1:] if shape[:1] == (BATCH,) else shape:
        if not isinstance(dim, int):
            raise Undetermined("how many numbers there are")
        count *= dim
    return shape[:1] == (BATCH,), count


def _overlap(sparse_targets: bool, sparse_outputs: bool) -> Rule:
    """Intersection over union: class numbers are compared one by one, unless the classes have an axis."""

    def rule(pair: Pair, arguments: Arguments) -> None:
        targets, outputs = pair.targets, pair.outputs
        options = (arguments.value("sparse_y_true"), arguments.value("sparse_y_pred"), arguments.value("axis"))
        if options[2] not in (None, -1) or any(isinstance(option, Unknown) for option in options):
            raise Undetermined("options of a metric")
        if not (sparse_targets if options[0] is None else options[0]):
            targets = targets[:-1]
        if not (sparse_outputs if options[1] is None else options[1]):
            outputs = outputs[:-1]
        if not targets or not outputs:
            raise Undetermined("classes along the axis of samples")
        _same_amount(pair, targets, outputs)

    return rule


def _scores(pair: Pair, arguments: Arguments) -> None:
    """F-scores: one column for each class."""
    if len(pair.outputs) != 2 or len(pair.targets) != 2:
        raise KerasError(f"{pair} must both have two axes", "rank")
    pair.combined()
    if is_one(pair.outputs[-1]) and not is_one(pair.targets[-1]) and arguments.value("average", 0) is None:
        raise KerasError(f"{pair} must be equal", "size")


def _r2(pair: Pair, arguments: Arguments) -> None:
    pair.squeezed()
    if len(pair.outputs) != 2 or len(pair.targets) != 2:
        raise KerasError(f"{pair} must both have two axes", "rank")
    pair.combined()
    if is_one(pair.outputs[-1]) and not is_one(pair.targets[-1]):
        raise KerasError(f"{pair} must be equal", "size")


_RULES: dict[str, Rule] = {
    "accuracy": _elementwise,
    "binary_accuracy": _elementwise,
    "root_mean_squared_error": _elementwise,
    "categorical_accuracy": _categorical_accuracy,
    "sparse_categorical_accuracy": _sparse_categorical_accuracy,
    "top_k_categorical_accuracy": _top_k(False),
    "sparse_top_k_categorical_accuracy": _top_k(True),
    "auc": _auc,
    **dict.fromkeys(
        (
            "precision", "recall", "true_positives", "true_negatives", "false_positives", "false_negatives",
            "sensitivity_at_specificity", "specificity_at_sensitivity", "precision_at_recall", "recall_at_precision",
        ),
        _confusion,
    ),
    "mean_io_u": _overlap(True, True),
    "io_u": _overlap(True, True),
    "binary_io_u": _overlap(True, True),
    "one_hot_io_u": _overlap(False, False),
    "one_hot_mean_io_u": _overlap(False, False),
    "f1_score": _scores,
    "f_beta_score": _scores,
    "r2_score": _r2,
}  # fmt: skip
