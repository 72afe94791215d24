"""Losses, metrics, structures and inputs of the real Keras, called on arrays of small shapes, against the rules here."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from kerascheck.network.dims import Shape
from kerascheck.symbolic.unknown import KerasError, Undetermined
from kerascheck.training.compiled import matched_losses, matched_metrics
from kerascheck.training.compiled_losses import LOSSES
from kerascheck.training.losses import loss_values
from kerascheck.training.metrics import check_metric, read_metric, resolve
from kerascheck.training.shapes import Pair

pytestmark = pytest.mark.oracle

#: The shapes of batches of 2 and 3 samples that labels and outputs usually have.
SHAPES: list[tuple[int, ...]] = [
    (2,), (2, 1), (2, 2), (2, 3), (2, 4), (2, 3, 1), (2, 3, 4), (2, 1, 4), (2, 3, 3), (2, 2, 1), (2, 3, 4, 1), (2, 3, 4, 2),
]  # fmt: skip
PAIRS = list(itertools.product(SHAPES, SHAPES))
METRICS = [
    "accuracy", "acc", "mae", "mse", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy", "AUC",
    "cosine_similarity", "Precision", "recall", "binary_crossentropy", "categorical_crossentropy", "hinge", "poisson",
    "sparse_categorical_crossentropy", "kl_divergence", "top_k_categorical_accuracy", "f1_score", "r2_score",
    "sparse_top_k_categorical_accuracy", "root_mean_squared_error", "true_positives", "log_cosh_error",
]  # fmt: skip


def tried(call: Any) -> bool:
    """Whether the real Keras takes it."""
    try:
        call()
    except Exception:
        return False
    return True


def claimed(call: Any) -> bool | None:
    """Whether Keras takes it by our rules; None where they do not say."""
    try:
        call()
    except KerasError:
        return False
    except Undetermined:
        return None
    return True


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_a_loss_takes_what_keras_takes(keras: Any, name: str) -> None:
    import numpy as np

    loss = keras.src.trainers.compile_utils.get_loss(name, np.zeros((2, 1)), np.zeros((2, 1)))
    wrong = []
    for targets, outputs in PAIRS:
        real = tried(lambda t=targets, o=outputs: loss(np.zeros(t), np.full(o, 0.5)))
        ours = claimed(lambda t=targets, o=outputs: loss_values(name, Pair(t, o)))
        if ours is not real:
            wrong.append((targets, outputs, real, ours))
    assert wrong == []


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_the_values_of_a_loss(keras: Any, name: str) -> None:
    import numpy as np

    loss = keras.src.trainers.compile_utils.get_loss(name, np.zeros((2, 1)), np.zeros((2, 1)))
    for targets, outputs in PAIRS:
        if claimed(lambda t=targets, o=outputs: loss_values(name, Pair(t, o))):
            real = loss.call(keras.ops.zeros(targets), keras.ops.full(outputs, 0.5))
            assert tuple(real.shape) == loss_values(name, Pair(targets, outputs)), (targets, outputs)


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_takes_what_keras_takes(keras: Any, name: str) -> None:
    import numpy as np

    utils = keras.src.trainers.compile_utils
    wrong = []
    for targets, outputs in PAIRS:
        y, p = np.zeros(targets, "float32"), np.full(outputs, 0.5, "float32")

        def ours(targets: Shape = targets, outputs: Shape = outputs) -> None:
            metric = read_metric(name)
            assert metric is not None
            pair = Pair(targets, outputs)
            check_metric(resolve(metric, pair), pair)

        real = tried(lambda y=y, p=p: utils.get_metric(name, y, p).update_state(y, p))
        if claimed(ours) is not real:
            wrong.append((targets, outputs, real, claimed(ours)))
    assert wrong == []


INPUTS: dict[tuple[int | None, ...], list[str]] = {
    (4,): ["Dense(2)", "Activation('relu')"],
    (1,): ["Dense(2)"],
    (4, 1): ["LSTM(2)", "Flatten(), layers.Dense(2)", "Dense(2)"],
    (4, 3): ["LSTM(2)", "Flatten(), layers.Dense(2)", "Conv1D(2, 3)"],
    (None, 3): ["LSTM(2)", "GlobalAveragePooling1D()", "Conv1D(2, 3)"],
    (4, 4, 1): ["Conv2D(2, 2)", "Flatten(), layers.Dense(2)"],
    (4, 4, 3): ["Conv2D(2, 2)", "GlobalAveragePooling2D(), layers.Dense(2)"],
    (None, None, 3): ["Conv2D(2, 2)"],
}
DATA: list[tuple[int, ...]] = [
    (4,), (5, 1), (5, 4), (5, 3), (4, 3), (4, 1), (5, 4, 1), (5, 4, 3), (5, 2, 3), (5, 3, 4), (4, 4, 1), (4, 4, 3),
    (5, 4, 4), (5, 4, 4, 1), (5, 4, 4, 3), (5, 3, 4, 4), (5, 1, 1, 3), (5, 4, 4, 3, 1), (1,), (1, 4, 4, 3),
]  # fmt: skip


@pytest.mark.parametrize("style", ["Sequential", "Functional"])
@pytest.mark.parametrize(
    ("shape", "layers"), [(shape, layers) for shape, rows in INPUTS.items() for layers in rows], ids=str
)
def test_a_model_takes_the_data_that_keras_lets_in(
    keras: Any, style: str, shape: tuple[int | None, ...], layers: str
) -> None:
    import tensorflow

    from tests.training.test_session import HEAD, found

    if style == "Sequential":
        build = f"model = Sequential([Input({shape}), layers.{layers}])\n"
    else:
        steps = "".join(f"h = layers.{layer}(h)\n" for layer in layers.split(", layers."))
        build = f"inputs = h = Input({shape})\n{steps}model = Model(inputs, h)\n"
    space: dict[str, Any] = {}
    exec(HEAD + build, space)
    wrong = []
    for data in DATA:
        traced = tensorflow.function(space["model"]).get_concrete_function
        real = tried(lambda data=data, traced=traced: traced(tensorflow.TensorSpec(data)))
        ours = not any(refused for _, refused in found(f"{build}model.predict(np.zeros({data}))"))
        if ours is not real:
            wrong.append((data, real, ours))
    assert wrong == []


def structure(rng: random.Random, leaf: Any, depth: int = 0) -> Any:
    """A random structure of leaves that `leaf` makes."""
    kind = rng.choice(["leaf", "leaf", "list", "tuple", "dict"] if depth == 0 else ["leaf"])
    if kind == "leaf":
        return leaf()
    parts = [structure(rng, leaf, depth + 1) for _ in range(rng.choice([1, 2, 2, 3]))]
    if kind == "dict":
        return dict(zip(rng.sample(["a", "b", "c"], len(parts)), parts, strict=True))
    return parts if kind == "list" else tuple(parts)


@pytest.mark.parametrize("seed", range(400))
def test_losses_find_their_targets_as_in_keras(keras: Any, seed: int) -> None:
    rng = random.Random(seed)
    outputs = structure(rng, lambda: "p")
    targets = structure(rng, lambda: "y")
    loss = structure(rng, lambda: rng.choice(["mse", "mse", "mae", None]))
    names = rng.choice([None, ["a", "b", "c"][: len(outputs) if isinstance(outputs, (list, tuple, dict)) else 1]])
    if loss is None:
        return
    fill = keras.tree.map_structure
    ones = keras.ops.ones((5, 3))

    def real() -> None:
        compiled = keras.src.trainers.compile_utils.CompileLoss(loss, output_names=names)
        compiled(fill(lambda _: ones, targets), fill(lambda _: ones, outputs))

    def ours() -> None:
        for _, _, output in matched_losses(loss, targets, outputs, names):
            if isinstance(output, (list, tuple, dict)):
                raise Undetermined("a loss that gets all outputs")

    mine = claimed(ours)
    theirs = tried(real)
    if mine is not None:
        assert mine is theirs, (loss, targets, outputs, names)


@pytest.mark.parametrize("seed", range(300))
def test_metrics_find_their_targets_as_in_keras(keras: Any, seed: int) -> None:
    rng = random.Random(seed)
    outputs = structure(rng, lambda: "p")
    count = len(outputs) if isinstance(outputs, (list, tuple, dict)) else 1
    targets = rng.choice([outputs, structure(rng, lambda: "y")])
    metrics = structure(rng, lambda: rng.choice(["mse", ["mse"], ["mse", "mae"], None]))
    names = rng.choice([None, ["a", "b", "c"][:count]])
    if not metrics or _has_none_inside(metrics, count):
        return
    ones = keras.ops.ones((5, 3))
    fill = keras.tree.map_structure

    def real() -> None:
        compiled = keras.src.trainers.compile_utils.CompileMetrics(metrics, None, output_names=names)
        compiled.update_state(fill(lambda _: ones, targets), fill(lambda _: ones, outputs))

    mine = claimed(lambda: matched_metrics(metrics, targets, outputs, names))
    if mine is not None:
        assert mine is tried(real), (metrics, targets, outputs, names)


def _has_none_inside(metrics: Any, count: int) -> bool:
    """A None among the metrics of one output is refused, whatever stands around it."""
    items = list(metrics.values()) if isinstance(metrics, dict) else metrics
    return count == 1 and isinstance(items, (list, tuple)) and None in items
