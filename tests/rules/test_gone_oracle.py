"""What the rules about old forms claim, tried on the installed Keras."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.oracle


@pytest.fixture
def model(keras: Any) -> Any:
    made = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
    made.compile(keras.optimizers.SGD(0.1), "binary_crossentropy", metrics=["accuracy"])
    return made


@pytest.mark.parametrize("name", ["model", "model.pkl", "model.tf", "weights.hd5"])
def test_models_are_not_saved_under_other_endings(model: Any, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError):
        model.save(tmp_path / name)


@pytest.mark.parametrize("name", ["model.keras", "model.h5", "model.hdf5"])
def test_models_are_saved_under_these(model: Any, tmp_path: Path, name: str) -> None:
    model.save(tmp_path / name)


@pytest.mark.parametrize("name", ["weights", "w.h5", "w.keras", "w.hdf5"])
def test_weights_have_an_ending_of_their_own(keras: Any, model: Any, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError):
        model.save_weights(tmp_path / name)
    with pytest.raises(ValueError):
        keras.callbacks.ModelCheckpoint(str(tmp_path / name), save_weights_only=True)
    model.save_weights(tmp_path / "w.weights.h5")


def test_checkpoints_take_fewer_endings_than_save(keras: Any) -> None:
    for name in ("a.hdf5", "a", "a.pkl"):
        with pytest.raises(ValueError):
            keras.callbacks.ModelCheckpoint(name)
    for name in ("a.h5", "a.keras"):
        keras.callbacks.ModelCheckpoint(name)


def test_histories_have_the_names_of_compile(keras: Any, model: Any) -> None:
    x, y = keras.ops.ones((8, 4)), keras.ops.ones((8, 1))
    plateau = keras.callbacks.ReduceLROnPlateau(monitor="loss")
    history = model.fit(x, y, verbose=0, callbacks=[plateau]).history
    assert set(history) == {"loss", "accuracy", "learning_rate"}


def test_decay_is_ignored_and_lr_has_no_effect(keras: Any) -> None:
    optimizer = keras.optimizers.SGD(0.1, decay=0.5)
    variable = keras.Variable(1.0)
    optimizer.build([variable])
    for _ in range(3):
        optimizer.apply([keras.ops.convert_to_tensor(1.0)], [variable])
    assert abs(float(variable) - 0.7) < 1e-6
    optimizer.lr = 5.0
    assert abs(float(optimizer.learning_rate) - 0.1) < 1e-6


def test_losses_have_no_automatic_reduction(keras: Any) -> None:
    with pytest.raises(ValueError):
        keras.losses.MeanSquaredError(reduction="auto")
    for reduction in ("sum", "sum_over_batch_size", "none", None):
        keras.losses.MeanSquaredError(reduction=reduction)


def test_three_numbers_are_a_kernel_and_strides(keras: Any) -> None:
    layer = keras.layers.Convolution2D(8, 3, 3)
    assert (layer.kernel_size, layer.strides) == ((3, 3), (3, 3))


def test_an_initializer_is_no_activation(keras: Any) -> None:
    with pytest.raises(ValueError):
        keras.layers.Dense(3, "glorot_uniform")


def test_several_outputs_want_several_lists_of_metrics(keras: Any) -> None:
    inputs = keras.Input((4,))
    model = keras.Model(inputs, [keras.layers.Dense(1)(inputs), keras.layers.Dense(1)(inputs)])
    model.compile("sgd", "mse", metrics=["mae"])
    ones = keras.ops.ones((8, 1))
    with pytest.raises(ValueError):
        model.fit(keras.ops.ones((8, 4)), [ones, ones], verbose=0)


@pytest.mark.parametrize(
    "name", ["abs", "exp", "log", "sqrt", "square", "sin", "cos", "sum", "mean", "max", "min", "prod", "std", "var"]
)
def test_functions_of_the_backend_are_those_of_ops(keras: Any, name: str) -> None:
    import keras._tf_keras.keras.backend as backend

    x = keras.ops.convert_to_tensor([[0.25, 0.5], [0.75, 1.5]])
    old, new = getattr(backend, name), getattr(keras.ops, name)
    assert abs(keras.ops.convert_to_numpy(old(x)) - keras.ops.convert_to_numpy(new(x))).max() < 1e-6


@pytest.mark.parametrize("ending", ["activation", "kernel_regularizer", "kernel_constraint"])
def test_layers_do_not_look_for_registered_names(keras: Any, ending: str) -> None:
    with keras.utils.custom_object_scope({"own_name": lambda x: x}), pytest.raises(ValueError):
        keras.layers.Dense(2, **{ending: "own_name"})


def test_initializers_are_looked_for_among_registered_names(keras: Any) -> None:
    with keras.utils.custom_object_scope({"own_name": lambda shape, dtype=None: keras.ops.ones(shape)}):
        keras.layers.Dense(2, kernel_initializer="own_name")


@pytest.mark.parametrize("given", [{"loss": "own_name"}, {"loss": "mse", "metrics": ["own_name"]}])
def test_compile_does_not_look_for_registered_names(keras: Any, model: Any, given: dict[str, Any]) -> None:
    x, y = keras.ops.ones((8, 4)), keras.ops.ones((8, 1))
    scope = keras.utils.custom_object_scope({"own_name": lambda y_true, y_pred: keras.ops.mean(y_pred)})
    with scope, pytest.raises(ValueError):
        model.compile("sgd", **given)
        model.fit(x, y, verbose=0)


def test_what_of_models_and_layers_cannot_be_set(keras: Any) -> None:
    from kerascheck.machine.keras.gone import CLOSED, CLOSED_OF_LAYERS

    inputs = keras.Input((4,))
    layer = keras.layers.Dense(2)
    models = [keras.Model(inputs, layer(inputs)), keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])]
    for target, name in [
        *((layer, name) for name in CLOSED_OF_LAYERS),
        *((m, name) for m in models for name in CLOSED),
    ]:
        with pytest.raises(AttributeError):
            setattr(target, name, [])


def test_a_layer_is_popped_from_a_copy(keras: Any, model: Any) -> None:
    model.layers.pop()
    assert len(model.layers) == 1


def test_logs_without_a_figure_give_none(keras: Any, model: Any) -> None:
    class Stop(keras.callbacks.Callback):  # type: ignore[misc, name-defined]
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            assert logs.get("acc") > 0.9

    with pytest.raises(TypeError):
        model.fit(keras.ops.ones((8, 4)), keras.ops.ones((8, 1)), verbose=0, callbacks=[Stop()])
