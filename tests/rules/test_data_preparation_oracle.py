"""What KC400 to KC409 claim, tried on the installed Keras, scikit-learn and numpy."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules import oracle

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

FAMILY = ("KC400", "KC402", "KC403", "KC404", "KC406", "KC407", "KC408", "KC409")


@pytest.fixture(scope="module")
def keras() -> Any:
    pytest.importorskip("sklearn", reason="the examples prepare their data with scikit-learn")
    return oracle.keras()


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch) -> None:
    oracle.stand_in_data(monkeypatch)


@pytest.mark.parametrize("code", oracle.valid_examples(*FAMILY))
def test_keras_takes_the_valid_code(keras: Any, data: None, code: str, tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    oracle.run(code)


@pytest.mark.parametrize(("rule", "code"), oracle.invalid_examples(*FAMILY))
def test_nothing_fails_in_the_invalid_code(
    keras: Any, data: None, rule: Any, code: str, tmp_path: Any, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    oracle.run(code)


def test_what_preprocess_input_does_in_each_application(keras: Any) -> None:
    """Which modules scale how, and which functions build networks that scale themselves."""
    import importlib
    import inspect

    import numpy as np

    from kerascheck.rules._scales import _MODES, _MODULES

    reference = {
        "caffe": keras.applications.vgg16, "tf": keras.applications.mobilenet_v2, "torch": keras.applications.densenet,
    }  # fmt: skip
    x = np.random.default_rng(0).integers(0, 256, (1, 4, 4, 3)).astype("float32")
    for module, mode in _MODES.items():
        own = importlib.import_module(f"keras.applications.{module}").preprocess_input(x.copy())
        wanted = x if mode is None else reference[mode].preprocess_input(x.copy())
        assert np.allclose(own, wanted), module
    for name, function in inspect.getmembers(keras.applications, inspect.isfunction):
        module = next(module for start, module in _MODULES if name.startswith(start))
        assert function.__module__.rpartition(".")[2] == module


@pytest.mark.parametrize("name", ["EfficientNetB0", "EfficientNetV2B0", "MobileNetV3Small", "ConvNeXtTiny"])
def test_networks_that_scale_themselves(keras: Any, name: str) -> None:
    model = getattr(keras.applications, name)(weights=None, include_top=False, input_shape=(32, 32, 3))
    first = [layer.__class__.__name__ for layer in model.layers[1:4]]
    assert {"Rescaling", "Normalization", "Sequential"} & set(first), first


def test_unscaled_inputs_make_the_first_loss_large(keras: Any) -> None:
    import numpy as np

    x = np.random.default_rng(0).integers(0, 256, (256, 784)).astype("float32")
    y = np.arange(256) % 10
    losses = {}
    for scale in (1.0, 255.0):
        keras.utils.set_random_seed(0)
        model = keras.Sequential(
            [keras.Input((784,)), keras.layers.Dense(64, "relu"), keras.layers.Dense(10, "softmax")]
        )
        model.compile("sgd", "sparse_categorical_crossentropy")
        losses[scale] = model.evaluate(x / scale, y, verbose=0)
    assert losses[1.0] > 10 * losses[255.0]


def test_validation_split_takes_the_last_samples(keras: Any) -> None:
    import numpy as np

    y = np.repeat([0, 1, 2], 50)
    x = np.eye(3)[y]
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, activation="softmax")])
    model.compile(keras.optimizers.Adam(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=2, batch_size=1, validation_split=1 / 3, verbose=0).history
    assert history["accuracy"][-1] == 1.0 and history["val_accuracy"][-1] == 0.0


def test_a_scaler_fitted_anew_scales_otherwise() -> None:
    import numpy as np

    preprocessing = pytest.importorskip("sklearn.preprocessing", reason="compares with scikit-learn")
    train, test = np.arange(10.0).reshape(-1, 1), np.arange(5.0, 8.0).reshape(-1, 1)
    scaler = preprocessing.StandardScaler().fit(train)
    assert not np.allclose(scaler.transform(test), preprocessing.StandardScaler().fit_transform(test))


def test_nan_spreads(keras: Any) -> None:
    import numpy as np

    with np.errstate(all="ignore"):
        x = np.log(np.array([[0.0, 1.0], [2.0, 3.0]]))
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    history = model.fit(x, np.zeros(2), epochs=2, verbose=0).history["loss"]
    assert not np.isfinite(history[-1])
