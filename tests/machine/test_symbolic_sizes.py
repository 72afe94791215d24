"""Sizes that the source names but does not tell."""

from __future__ import annotations

import pytest

from kerascheck.network.dims import SymDim
from tests.machine.helpers import build, model, value_of

LOAD = "import numpy as np\nX = np.load('x.npy')\n"

TEXTS = {
    "X.shape[1]": "X.shape[1]",
    "X.shape[1] // 2": "X.shape[1] // 2",
    "2 * X.shape[1] + 1": "2*X.shape[1] + 1",
    "len(X)": "len(X)",
    "X.shape[0] * X.shape[1]": "X.shape[0]*X.shape[1]",
    "(X.shape[1] + 1) * 2": "2*X.shape[1] + 2",
    "int(X.shape[1])": "X.shape[1]",
    "max(X.shape[1], 4)": "max(X.shape[1], 4)",
    "X.shape[-1]": "X.shape[-1]",
    "X.shape[1] % 3": "X.shape[1] % 3",
}


@pytest.mark.parametrize("expression", TEXTS)
def test_text(expression: str) -> None:
    value = value_of(f"{LOAD}x = {expression}", "x")
    assert isinstance(value, SymDim)
    assert str(value) == TEXTS[expression]


EQUAL = [
    "X.shape[1] == X.shape[1]", "X.shape[1] - X.shape[1] == 0", "2 * X.shape[1] == X.shape[1] + X.shape[1]", "X.shape[1] < X.shape[1] + 1",
    "(2 * X.shape[1]) // 2 == X.shape[1]", "X.shape[1] in [1, X.shape[1]] or True", "X.shape[1] * 0 == 0", "4 * X.shape[1] % 2 == 0",
]  # fmt: skip


@pytest.mark.parametrize("expression", EQUAL)
def test_known_comparisons(expression: str) -> None:
    assert value_of(f"{LOAD}x = {expression}", "x") is True


@pytest.mark.parametrize("expression", ["X.shape[1] == 4", "X.shape[1] < X.shape[0]", "X.shape[1] % 2 == 1"])
def test_comparisons_that_cannot_be_settled(expression: str) -> None:
    assert value_of(f"{LOAD}x = {expression}", "x") not in (True, False)


def test_two_arrays_have_two_sizes() -> None:
    code = "import numpy as np\na = np.load('a')\nb = np.load('b')\nx = a.shape[1]\ny = b.shape[1]"
    assert value_of(code, "x") != value_of(code, "y")


def test_a_network_on_a_symbolic_size() -> None:
    network = model(
        LOAD
        + """
n = X.shape[1]
model = Sequential([Input((n,)), Dense(n // 2), Dense(3)])
"""
    )
    assert network.status() == "symbolic"
    assert str(network.layers[0].output_shapes()[0][1]) == "X.shape[1] // 2"  # type: ignore[index]
    assert str(network.layers[1].params()) == "3*(X.shape[1] // 2) + 3"


def test_unknown_arguments_become_sizes_of_their_text() -> None:
    network = model(
        "import argparse\nargs = argparse.ArgumentParser().parse_args()\nmodel = Sequential([Input((4,)), Dense(args.units)])"
    )
    assert str(network.layers[0].output_shapes()[0][1]) == "args.units"  # type: ignore[index]


def test_a_reshape_that_fits_whatever_the_size() -> None:
    network = model(LOAD + "n = X.shape[1]\nmodel = Sequential([Input((n, 4)), Flatten(), Reshape((n, 4))])")
    shape = network.output_shapes()
    assert [str(d) for d in shape[0]] == ["None", "X.shape[1]", "4"]  # type: ignore[index]


def test_names_of_modules_that_are_not_found_are_sizes() -> None:
    network = model("""
        import config
        from settings import units
        model = Sequential([Input((config.SIZE,)), Dense(units), Dense(config.UNITS // 2)])
    """)
    assert network.status() == "symbolic"
    assert str(network.layers[1].output_shapes()[0][1]) == "config.UNITS // 2"  # type: ignore[index]


def test_batches_cut_off_data_of_unknown_length() -> None:
    code = """
import numpy as np
from keras import Sequential, layers

class Data:
    def __init__(self, path):
        self.rows = np.load(path)
        self.size = len(self.rows)

    def batches(self, size):
        left = np.arange(self.size)
        while len(left):
            taken = min(size, len(left))
            now, left = left[:taken], left[taken:]
            yield self.rows[now]

for batch in Data("rows.npy").batches(50):
    print(batch.shape)
model = Sequential([layers.Input((4,)), layers.Dense(3)])
"""
    assert model(code).status() == "exact"


def test_the_first_kernel_of_a_model_whose_input_shape_is_not_known() -> None:
    network = model("""
        import settings
        model = Sequential([Conv2D(8, 3, input_shape=settings.shape()), GlobalAveragePooling2D(), Dense(4)])
    """)
    assert network.status() == "symbolic"
    assert str(network.layers[0].params()) == "72*conv2d.input.shape[3] + 8"
    assert network.layers[2].params() == 36


def test_a_flatten_of_an_input_that_is_not_known_has_no_weights() -> None:
    network = model("import settings\nmodel = Sequential([Flatten(input_shape=settings.shape()), Dense(4)])")
    assert network.status() == "symbolic"
    assert [str(layer.params()) for layer in network.layers] == ["0", "4*flatten.output.shape[1] + 4"]


def test_a_layer_is_counted_on_the_input_that_is_known() -> None:
    network = model("""
        import settings
        convolution = Conv2D(8, 3)
        convolution(Input(settings.shape()))
        image = Input((9, 9, 3))
        model = Model(image, convolution(image))
    """)
    assert network.status() == "exact"
    assert network.params() == 224


def test_what_waits_for_its_first_data_has_no_weights_before() -> None:
    network = model("model = Sequential([Conv2D(8, 3), Conv2D(4, 3)])")
    assert network.status() == "unknown"
    assert network.layers[0].weights is None


@pytest.mark.parametrize(("past", "status"), [("from keras.layers.core import Dense\n", "symbolic"), ("", "unknown")])
def test_one_size_is_a_shape_to_keras_2_and_none_to_keras_3(past: str, status: str) -> None:
    analysis = build(past + LOAD + "size = Input(shape=X.shape[1])\nmodel = Model(size, Dense(3)(size))")
    (path,) = analysis.paths
    assert [network.status() for network in path.networks] == [status]
    refused = "Input expects a tuple as its shape in Keras 3, got X.shape[1]; write (X.shape[1],)"
    assert [one.error.message for one in path.raised] == ([] if past else [refused])
