"""What KC310 to KC315 claim, tried on the installed Keras."""

from __future__ import annotations

from typing import Any

import pytest

from kerascheck.rules.base import Rule
from tests.rules import oracle

pytestmark = pytest.mark.oracle

FAMILY = ("KC310", "KC311", "KC312", "KC313", "KC314", "KC315")


@pytest.fixture(scope="module")
def keras() -> Any:
    return oracle.keras()


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch) -> None:
    oracle.stand_in_data(monkeypatch)


@pytest.mark.parametrize("code", oracle.valid_examples(*FAMILY))
def test_keras_takes_the_valid_code(keras: Any, data: None, code: str) -> None:
    oracle.run(code)


@pytest.mark.parametrize(("rule", "code"), oracle.invalid_examples(*FAMILY))
def test_keras_says_nothing_about_the_invalid_code(keras: Any, data: None, rule: Rule, code: str) -> None:
    """These rules are about values: what Keras refuses by shape is told by KC214 and its neighbours."""
    oracle.run(code)


def _fitted(keras: Any, x: Any, y: Any, units: int, activation: str, loss: str) -> tuple[Any, float]:
    """A model after 300 steps on all samples, and its loss."""
    import numpy as np

    model = keras.Sequential([keras.Input(x.shape[1:]), keras.layers.Dense(units, activation=activation)])
    model.compile(keras.optimizers.Adam(0.1), loss)
    many = np.tile(x, (300, 1)), np.tile(y, 300)
    model.fit(*many, batch_size=len(x), shuffle=False, verbose=0)
    return model, float(model.evaluate(x, y, verbose=0))


@pytest.mark.parametrize("labels", [(1, 2), (0, 1, 2), (10, 20)])
def test_binary_crossentropy_has_no_lower_bound_for_other_labels(keras: Any, labels: tuple[int, ...]) -> None:
    import numpy as np

    y = np.array(labels * 12)[:24]
    x = y.reshape(-1, 1) - 1.0
    model, last = _fitted(keras, x, y, 1, "sigmoid", "binary_crossentropy")
    assert last < 0
    classes = {int(p > 0.5) for p in model.predict(x, verbose=0).ravel()}
    assert len(classes) < len(labels)


def test_binary_crossentropy_of_minus_one_falls_for_ever(keras: Any) -> None:
    import numpy as np

    y = np.array([-1, 1] * 12)
    _, last = _fitted(keras, y.reshape(-1, 1).astype("float32"), y, 1, "sigmoid", "binary_crossentropy")
    assert last < -1


@pytest.mark.parametrize(("activation", "bounds"), [("sigmoid", (0, 1)), ("tanh", (-1, 1)), ("relu", (0, 1e9))])
def test_outputs_stay_in_the_range_of_their_activation(
    keras: Any, activation: str, bounds: tuple[float, float]
) -> None:
    import numpy as np

    x = np.linspace(-1, 1, 24).reshape(-1, 1)
    model, last = _fitted(keras, x, 50 * x[:, 0] - 20, 1, activation, "mse")
    predicted = model.predict(x, verbose=0)
    assert bounds[0] <= predicted.min() and predicted.max() <= bounds[1]
    assert last > 100


def test_the_ranges_of_the_activations(keras: Any) -> None:
    import numpy as np

    from kerascheck.rules.kc3.targets_out_of_reach import _RANGES

    x = np.linspace(-50, 50, 1001).reshape(1, -1).astype("float32")
    for name, (low, high) in _RANGES.items():
        values = keras.ops.convert_to_numpy(keras.activations.get(name)(x))
        assert low is None or values.min() >= low
        assert high is None or values.max() <= high


def test_scaled_class_numbers_are_class_0(keras: Any) -> None:
    import numpy as np

    labels = np.array([0, 1, 2] * 8)
    x = np.eye(3)[labels]
    right, _ = _fitted(keras, x, labels, 3, "softmax", "sparse_categorical_crossentropy")
    wrong, _ = _fitted(keras, x, labels / 9, 3, "softmax", "sparse_categorical_crossentropy")
    assert (right.predict(x, verbose=0).argmax(axis=1) == labels).all()
    assert not wrong.predict(x, verbose=0).argmax(axis=1).any()


def test_squared_error_on_softmax_is_slow_where_it_is_wrong(keras: Any) -> None:
    ops = keras.ops
    logits, y = ops.convert_to_tensor([[10.0, 0.0, 0.0]]), ops.convert_to_tensor([[0.0, 1.0, 0.0]])
    import tensorflow as tf

    steps = {}
    for loss in ("mse", "categorical_crossentropy"):
        with tf.GradientTape() as tape:
            tape.watch(logits)
            value = keras.losses.get(loss)(y, ops.softmax(logits))
        steps[loss] = float(ops.max(ops.abs(tape.gradient(value, logits))))
    assert steps["mse"] < steps["categorical_crossentropy"] / 1000
