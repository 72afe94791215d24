"""`keras.datasets`: what Keras's docstrings say of them."""

from __future__ import annotations

from typing import Any

import pytest

from kerascheck.data.array import Array
from kerascheck.symbolic.unknown import Unknown
from tests.machine.helpers import execute_module, known, model, value_of

ONE = "from keras.datasets import {name}\n(x, y), (s, t) = {name}.load_data({arguments})"

#: Data set, arguments: shapes of the training features and labels and of the test features, dtypes, classes.
FACTS: list[tuple[str, str, tuple[Any, ...]]] = [
    ("mnist", "", ((60000, 28, 28), (60000,), (10000, 28, 28), "uint8", "uint8", 10)),
    ("fashion_mnist", "", ((60000, 28, 28), (60000,), (10000, 28, 28), "uint8", "uint8", 10)),
    ("cifar10", "", ((50000, 32, 32, 3), (50000, 1), (10000, 32, 32, 3), "uint8", "uint8", 10)),
    ("cifar100", "", ((50000, 32, 32, 3), (50000, 1), (10000, 32, 32, 3), "uint8", "int64", 100)),
    ("cifar100", "label_mode='coarse'", ((50000, 32, 32, 3), (50000, 1), (10000, 32, 32, 3), "uint8", "int64", 20)),
    ("imdb", "", ((25000,), (25000,), (25000,), "object", "int64", 2)),
    ("imdb", "num_words=10000", ((25000,), (25000,), (25000,), "object", "int64", 2)),
    ("reuters", "num_words=1000", ((8982,), (8982,), (2246,), "object", "int64", 46)),
]


@pytest.mark.parametrize(("name", "arguments", "facts"), FACTS)
def test_shapes_dtypes_and_classes(name: str, arguments: str, facts: tuple[Any, ...]) -> None:
    code = ONE.format(name=name, arguments=arguments)
    names = execute_module(code)[1].vars
    x, y, s = names["x"], names["y"], names["s"]
    assert (x.shape, y.shape, s.shape, x.dtype, y.dtype) == facts[:5]
    assert y.content.values == set(range(facts[5]))
    assert x.rows.source == y.rows.source == s.rows.source
    assert (x.rows.part, y.rows.part, s.rows.part) == ("train", "train", "test")


def test_images_are_pixels() -> None:
    content = value_of(ONE.format(name="cifar10", arguments=""), "x").content
    assert (content.low, content.high, content.attained) == (0, 255, True)
    assert "pixels" in content.tags


@pytest.mark.parametrize(
    ("arguments", "low", "high"),
    [
        ("num_words=5000", 1, 4999),
        ("", 1, None),
        ("num_words=5000, start_char=None", 2, 4999),
        ("num_words=5000, start_char=None, oov_char=None, index_from=0", 1, 4999),
        ("num_words=n", 1, None),
        ("index_from=n, num_words=5000", None, None),
    ],
)
def test_numbers_of_words(arguments: str, low: int | None, high: int | None) -> None:
    content = value_of("n = input()\n" + ONE.format(name="imdb", arguments=arguments), "x").content
    assert (content.low, content.high) == (low, high)


def test_how_many_texts_are_short_enough_is_not_known() -> None:
    code = ONE.format(name="imdb", arguments="maxlen=100")
    names = execute_module(code)[1].vars
    x, y = names["x"], names["y"]
    assert not isinstance(x.shape[0], int)
    assert x.shape == y.shape


def test_the_words_of_an_index() -> None:
    assert known("from keras.datasets import imdb\nx = len(imdb.get_word_index())") == 88584
    assert known("from keras.datasets import reuters\nx = len(reuters.get_label_names())") == 46


@pytest.mark.parametrize(
    ("name", "arguments", "train", "test"),
    [
        ("boston_housing", "", (404, 13), (102, 13)),
        ("boston_housing", "test_split=0.3", (354, 13), (152, 13)),
        ("california_housing", "", (16512, 8), (4128, 8)),
        ("california_housing", "version='small'", (480, 8), (120, 8)),
    ],
)
def test_houses(name: str, arguments: str, train: tuple[int, int], test: tuple[int, int]) -> None:
    code = ONE.format(name=name, arguments=arguments)
    assert (value_of(code, "x").shape, value_of(code, "s").shape, value_of(code, "y").shape) == (train, test, train[:1])


def test_a_part_of_another_size() -> None:
    code = ONE.format(name="reuters", arguments="test_split=0.1")
    assert value_of(code, "x").shape == (10105,)
    assert value_of(code, "y").content.values is None
    assert isinstance(
        value_of("n = input()\n" + ONE.format(name="boston_housing", arguments="test_split=n"), "x"), Unknown
    )


@pytest.mark.parametrize(
    "spelling",
    [
        "from tensorflow.keras.datasets import mnist\nx = mnist.load_data()[0][0]",
        "import tensorflow as tf\nx = tf.keras.datasets.mnist.load_data()[0][0]",
        "from keras.datasets.mnist import load_data\nx = load_data()[0][0]",
        "import keras\n(x, _), _ = keras.datasets.mnist.load_data()",
        "import tensorflow as tf\nmnist = tf.keras.datasets.mnist\n(x, y), z = mnist.load_data('mnist.npz')",
    ],
)
def test_spellings(spelling: str) -> None:
    array = value_of(spelling, "x")
    assert isinstance(array, Array)
    assert array.shape == (60000, 28, 28)


def test_channels_first() -> None:
    code = "from keras import backend as K\nK.set_image_data_format('channels_first')\n"
    assert value_of(code + ONE.format(name="cifar10", arguments=""), "x").shape == (50000, 3, 32, 32)


def test_a_model_for_a_data_set() -> None:
    made = model("""
        from keras.datasets import mnist
        (x_train, y_train), _ = mnist.load_data()
        x_train = x_train.reshape(len(x_train), -1) / 255
        classes = int(y_train.max()) + 1
        model = Sequential([Input(x_train.shape[1:]), Dense(classes)])
    """)
    assert made.status() == "exact"
    assert made.params() == 784 * 10 + 10
