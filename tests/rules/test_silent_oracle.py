"""What rules about programs that run and learn the wrong thing claim, tried on the installed Keras and scikit-learn."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from kerascheck.rules.kc4.labels_of_two_forms import _OF_ONE_CLASS
from kerascheck.rules.kc8.mask_destroyed import _ENDING, _MIXING, PASSING
from tests.rules import oracle

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

#: Rules that say that Keras or scikit-learn raises.
RAISING = ("KC464", "KC471", "KC477")
#: Rules about what runs and goes wrong without a word.
SILENT = (
    "KC118", "KC120", "KC323", "KC324", "KC325", "KC327", "KC461", "KC462", "KC463", "KC465", "KC468", "KC473", "KC474",
    "KC475", "KC478", "KC479", "KC480", "KC482", "KC488", "KC489", "KC491", "KC604",
)  # fmt: skip
#: What reads files, comes from elsewhere, or fails in another way than the rule is about.
_NOT_RUNNABLE = re.compile(r"read_csv|from elsewhere|datasets\.")


@pytest.fixture(scope="module")
def keras() -> Any:
    return oracle.keras()


@pytest.mark.parametrize("code", oracle.valid_examples(*RAISING, *SILENT))
def test_keras_takes_the_valid_code(keras: Any, code: str) -> None:
    if not _NOT_RUNNABLE.search(code):
        oracle.run(code)


@pytest.mark.parametrize(("rule", "code"), oracle.invalid_examples(*SILENT))
def test_nothing_fails_in_the_invalid_code(keras: Any, rule: Any, code: str) -> None:
    oracle.run(code)


@pytest.mark.parametrize(("rule", "code"), oracle.invalid_examples("KC464"))
def test_a_checkpoint_without_its_figure_is_not_saved(keras: Any, rule: Any, code: str) -> None:
    with pytest.raises(KeyError, match="Failed to format"):
        oracle.run(code)


X, Y = np.random.rand(8, 3).astype("float32"), np.random.rand(8, 1).astype("float32")


@pytest.fixture(autouse=True)
def policy(keras: Any) -> Iterator[None]:
    yield
    keras.config.set_dtype_policy("float32")


def trained(keras: Any, model: Any, **arguments: Any) -> Any:
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0, **arguments)
    return model


def linear(keras: Any) -> Any:
    return keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1)])


@pytest.mark.parametrize("schedule", [lambda epoch: None, lambda epoch: 1])
def test_a_schedule_gives_floats(keras: Any, schedule: Callable[[int], Any]) -> None:
    callback = keras.callbacks.LearningRateScheduler(schedule)
    with pytest.raises(ValueError, match="should be a float"):
        trained(keras, linear(keras), callbacks=[callback])


def test_probabilities_of_mixed_float16_have_half_precision(keras: Any) -> None:
    keras.config.set_dtype_policy("mixed_float16")
    layers = keras.layers
    half = keras.Sequential([layers.Input((3,)), layers.Dense(4, activation="softmax")])
    whole = keras.Sequential([layers.Input((3,)), layers.Dense(4), layers.Activation("softmax", dtype="float32")])
    assert [model.predict(X, verbose=0).dtype.name for model in (half, whole)] == ["float16", "float32"]


def test_numbers_of_numpy_are_drawn_once(keras: Any) -> None:
    import tensorflow as tf

    class Noise(keras.layers.Layer):  # type: ignore[misc,name-defined]
        def call(self, x: Any) -> Any:
            return x + np.random.normal(size=3).astype("float32")

    model = keras.Sequential([keras.layers.Input((3,)), Noise()])
    assert (model.predict(X, verbose=0) == model.predict(X, verbose=0)).all()
    drawn = [float(value) for value in tf.data.Dataset.range(5).map(lambda _: random.random())]
    assert len(set(drawn)) == 1


@pytest.mark.parametrize("name", ["BinaryAccuracy", "Precision", "Recall"])
def test_metrics_decide_at_one_half(keras: Any, name: str) -> None:
    logits, labels = np.array([[0.3], [0.4], [-1.0]]), np.array([[1], [1], [0]])
    cls, key = getattr(keras.metrics, name), "threshold" if name == "BinaryAccuracy" else "thresholds"
    figures = []
    for metric in (cls(), cls(**{key: 0.0})):
        metric.update_state(labels, logits)
        figures.append(float(metric.result()))
    assert figures[0] < 0.5 and figures[1] == 1.0


def test_accuracy_of_logits_decides_at_one_half(keras: Any) -> None:
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile("sgd", keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
    x = np.array([[0.3], [0.4], [-1.0]])
    assert model.evaluate(x, np.array([1, 1, 0]), verbose=0)[1] == pytest.approx(1 / 3)


def test_layers_that_know_no_masks(keras: Any) -> None:
    arguments: dict[str, tuple[Any, ...]] = {
        "Reshape": ((12, 4),), "Permute": ((1, 2),), "Lambda": (lambda x: x,), "AveragePooling1D": (2,),
        "EinsumDense": ("abc,cd->abd", (None, 4)),
        "Conv1D": (4, 3), "SeparableConv1D": (4, 3), "DepthwiseConv1D": (3,), "Conv1DTranspose": (4, 3),
    }  # fmt: skip
    for name in _ENDING | _MIXING:
        assert not getattr(keras.layers, name)(*arguments.get(name, ())).supports_masking, name
    for name in PASSING & {"Activation", "BatchNormalization", "LayerNormalization", "ReLU"}:
        assert getattr(keras.layers, name)(*(("relu",) if name == "Activation" else ())).supports_masking, name


def test_an_lstm_gives_its_hidden_state_before_its_cell_state(keras: Any) -> None:
    output, hidden, _ = keras.layers.LSTM(4, return_state=True)(np.random.rand(2, 5, 3))
    assert (np.asarray(output) == np.asarray(hidden)).all()


def test_fit_shuffles_the_batches_of_a_stateful_model(keras: Any) -> None:
    seen: list[float] = []

    class Watch(keras.layers.Layer):  # type: ignore[misc,name-defined]
        def call(self, x: Any) -> Any:
            seen.extend(np.asarray(x)[:, 0, 0].tolist())
            return x

    layers = keras.layers
    model = keras.Sequential([layers.Input(batch_shape=(4, 2, 1)), Watch(), layers.LSTM(2, stateful=True)])
    model.compile("sgd", "mse", run_eagerly=True)
    x = np.arange(128.0).reshape(64, 2, 1)
    seen.clear()
    model.fit(x, np.zeros((64, 2)), batch_size=4, verbose=0)
    assert sorted(seen) == x[:, 0, 0].tolist() != seen


@pytest.mark.parametrize(("size", "moves"), [(1, False), (2, True)])
def test_a_batch_of_one_teaches_nothing_before_its_normalization(keras: Any, size: int, moves: bool) -> None:
    dense = keras.layers.Dense(8)
    layers = [keras.Input((4,)), dense, keras.layers.BatchNormalization(), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.SGD(0.1), "mse")
    before = dense.get_weights()[0]
    model.fit(np.random.rand(8, 4), np.random.rand(8, 1), batch_size=size, verbose=0)
    assert bool(np.abs(dense.get_weights()[0] - before).max() > 1e-4) is moves


def test_weights_of_classes_that_no_label_has_are_not_used(keras: Any) -> None:
    labels = np.array([0, 1, 2, 2])

    def loss(weights: dict[int, float] | None) -> float:
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
        model.compile("sgd", "sparse_categorical_crossentropy")
        history = model.fit(np.eye(4), labels, class_weight=weights, shuffle=False, verbose=0)
        return float(history.history["loss"][0])

    assert loss({3: 9.0}) == pytest.approx(loss(None))
    assert loss({2: 9.0}) != pytest.approx(loss(None))


@pytest.mark.parametrize(
    ("make", "looks_ahead"),
    [
        (lambda layers: lambda x: layers.MultiHeadAttention(2, 4)(x, x), True),
        (lambda layers: lambda x: layers.MultiHeadAttention(2, 4)(x, x, use_causal_mask=True), False),
        (lambda layers: layers.Bidirectional(layers.GRU(4, return_sequences=True)), True),
        (lambda layers: layers.GRU(4, return_sequences=True), False),
        (lambda layers: layers.Conv1D(4, 3, padding="same"), True),
        (lambda layers: layers.Conv1D(4, 3, padding="causal"), False),
        (lambda layers: lambda x: layers.LayerNormalization()(layers.Dense(4)(x)), False),
    ],
)
def test_layers_that_look_at_later_steps(keras: Any, make: Any, looks_ahead: bool) -> None:
    i = keras.Input((6, 3))
    model = keras.Model(i, make(keras.layers)(i))
    one = np.random.rand(1, 6, 3).astype("float32")
    other = one.copy()
    other[:, 4:] += 1.0
    before, after = (np.array(model(x))[:, :4] for x in (one, other))
    assert (not np.allclose(before, after, atol=1e-6)) is looks_ahead


class TestScikitLearn:
    number = np.arange(6) % 3
    one_hot = np.eye(3)[number]
    scores = np.random.dirichlet([1, 1, 1], 6)

    @pytest.mark.parametrize("name", ["accuracy_score", "classification_report", "f1_score", "recall_score"])
    def test_one_hot_labels_and_class_numbers(self, name: str) -> None:
        metrics = pytest.importorskip("sklearn.metrics")
        for pair in ((self.one_hot, self.number), (self.number, self.one_hot)):
            with pytest.raises(ValueError, match="mix of"):
                getattr(metrics, name)(*pair)

    @pytest.mark.parametrize("name", _OF_ONE_CLASS)
    def test_metrics_of_class_numbers(self, name: str) -> None:
        metrics = pytest.importorskip("sklearn.metrics")
        with pytest.raises(ValueError, match="not supported"):
            getattr(metrics, name)(self.one_hot, self.one_hot)

    @pytest.mark.parametrize("name", ["roc_auc_score", "roc_curve", "precision_recall_curve"])
    @pytest.mark.parametrize("count", [2, 3])
    def test_scores_of_several_classes(self, name: str, count: int) -> None:
        metrics = pytest.importorskip("sklearn.metrics")
        with pytest.raises(ValueError):
            getattr(metrics, name)(np.arange(6) % count, np.random.dirichlet([1] * count, 6))
        metrics.roc_auc_score(self.one_hot, self.scores)
