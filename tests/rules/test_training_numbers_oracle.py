"""What KC490 says of the numbers of training calls, tried on the installed Keras."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.oracle

FLOATS = ("epochs", "initial_epoch", "batch_size", "steps_per_epoch")


@pytest.fixture(scope="module")
def fit() -> Any:
    import keras
    import numpy as np

    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.zeros((64, 4)), np.zeros((64, 1))
    return lambda **arguments: model.fit(x, y, verbose=0, **arguments).history


@pytest.mark.parametrize("name", FLOATS)
def test_a_float_is_refused_even_if_it_is_whole(name: str, fit: Any) -> None:
    with pytest.raises(TypeError):
        fit(**{name: 2.0})


@pytest.mark.parametrize("name", ["validation_steps", "validation_batch_size"])
def test_a_float_of_the_validation_is_refused_if_there_is_one(name: str, fit: Any) -> None:
    with pytest.raises(TypeError):
        fit(validation_split=0.5, **{name: 2.0})
    assert "loss" in fit(**{name: 2.0})


def test_a_split_in_percent_leaves_nothing_to_train_on(fit: Any) -> None:
    assert "loss" not in fit(validation_split=20)


def test_a_split_of_one_is_refused(fit: Any) -> None:
    with pytest.raises(ValueError, match="not sufficient to split"):
        fit(validation_split=1.0)


def test_a_negative_split_leaves_nothing_to_validate_with(fit: Any) -> None:
    assert "val_loss" not in fit(validation_split=-0.2)


@pytest.mark.parametrize("numbers", [{"epochs": 0}, {"epochs": 5, "initial_epoch": 10}])
def test_rounds_that_end_before_they_begin(numbers: dict[str, int], fit: Any) -> None:
    assert fit(**numbers) == {}
