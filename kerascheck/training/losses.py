"""What the losses of Keras do to the shapes of targets and outputs.

Each rule gives the shape of the values that are then weighted and averaged; it raises KerasError where Keras raises and
Undetermined where that is not known. Source: keras/src/losses/losses.py, keras/src/backend/tensorflow/nn.py (Keras
3.15). To add a loss: a row in `_RULES`.
"""

from __future__ import annotations

from collections.abc import Callable

from kerascheck.network.dims import Shape
from kerascheck.symbolic.unknown import KerasError, Undetermined
from kerascheck.training.shapes import Pair, is_different, is_one

Rule = Callable[[Pair], Shape]


def loss_values(name: str, pair: Pair) -> Shape:
    """The shape of the values of a loss that is called by a model: first the ranks are brought together."""
    rule = _RULES.get(name)
    if rule is None:
        raise Undetermined(f"what the loss {name} does to shapes")
    return rule(pair.squeezed())


def function_values(name: str, pair: Pair) -> Shape:
    """The same for the bare function, which is what metrics of that name are."""
    rule = _RULES.get(name)
    if rule is None:
        raise Undetermined(f"what the function {name} does to shapes")
    return rule(pair.squeezed() if name in SQUEEZING else pair)


def _last_axis_reduced(pair: Pair) -> Shape:
    """Differences and products of the two, averaged over the last axis."""
    return pair.combined()[:-1]


def _alike(pair: Pair) -> Shape:
    return pair.strict()[:-1]


def _over_everything(pair: Pair) -> Shape:
    pair.combined()
    return ()


def _classes(pair: Pair) -> Shape:
    """One class number for each position of the outputs but their last axis."""
    targets, outputs = pair.targets, pair.outputs
    if len(targets) == len(outputs) and targets and is_one(targets[-1]):
        targets = targets[:-1]
    if len(targets) != len(outputs) - 1:
        if pair.flattens:
            raise Undetermined(f"whether {pair} have equally many positions")
        raise KerasError(f"{pair} do not go together: one class number is expected for each output", "classes")
    for target, output in zip(targets, outputs[:-1], strict=True):
        if is_different(target, output):
            raise KerasError(f"{pair} must agree up to the last axis", "size")
        if target is None or output is None or target != output:
            raise Undetermined(f"whether {pair} agree")
    return targets


#: Functions that bring the ranks together themselves.
SQUEEZING = frozenset(
    {
        "mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error",
        "mean_squared_logarithmic_error", "huber", "log_cosh", "cosine_similarity",
    }
)  # fmt: skip

_RULES: dict[str, Rule] = {
    **dict.fromkeys(SQUEEZING, _last_axis_reduced),
    "hinge": _last_axis_reduced,
    "squared_hinge": _last_axis_reduced,
    "categorical_hinge": _last_axis_reduced,
    "kl_divergence": _last_axis_reduced,
    "poisson": _last_axis_reduced,
    "categorical_focal_crossentropy": _last_axis_reduced,
    "binary_crossentropy": _alike,
    "binary_focal_crossentropy": _alike,
    "categorical_crossentropy": _alike,
    "sparse_categorical_crossentropy": _classes,
    "dice": _over_everything,
    "tversky": _over_everything,
}
