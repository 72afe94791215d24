"""What numpy's neighbours refuse to do with data, one program for each: the row and the message."""

from __future__ import annotations

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.engine import check_source

HEAD = """\
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
import matplotlib.pyplot as plt
from sklearn.metrics import classification_report
from sklearn.preprocessing import LabelEncoder
"""
ROWS = HEAD.count("\n")

REFUSED = [
    (
        "data = keras.utils.image_dataset_from_directory('train').map(lambda x, y: (x / 255, y))\nprint(data.class_names)",
        "a data set has no class_names after .map(); read it from the one before",
    ),
    (
        "data = tf.data.Dataset.range(9).filter(lambda n: n > 3).batch(2)\nprint(len(data))",
        "after filter the length of a data set is not known: len() raises TypeError",
    ),
    (
        "\ndata = keras.utils.image_dataset_from_directory('train', validation_split=0.2, subset='training')",
        "with validation_split and shuffled files, seed is needed so that the parts do not overlap",
    ),
    (
        "\ndata = keras.utils.text_dataset_from_directory('train', subset='training')",
        "validation_split and subset go together: pass both, or neither",
    ),
    (
        "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation='softmax')])\n"
        "names = LabelEncoder().fit(['a', 'b', 'c']).inverse_transform(model.predict(np.ones((9, 4))))",
        "LabelEncoder decodes class numbers, and gets 3 columns; use np.argmax(..., axis=1)",
    ),
    (
        "train, test = keras.datasets.mnist.load_data()\ntrain = train / 255",
        "a tuple of 2 is no number: / raises TypeError",
    ),
    (
        "names = np.array(['cat', 'dog'])\ny = keras.utils.to_categorical(names)",
        "to_categorical expects class numbers, and gets texts ('cat'); number them first",
    ),
    (
        "data = tf.data.Dataset.from_tensor_slices((np.ones((8, 2)), np.ones(8)))\ndata = data.map(lambda x: x * 2)",
        "the elements have 2 parts, each of which is an argument; this function takes 1",
    ),
    (
        "y = np.arange(60) % 4\nprint(classification_report(y, y, target_names=['a', 'b', 'c']))",
        "the labels have 4 classes, and target_names has 3 names",
    ),
    (
        "x = np.ones((8, 32, 32, 3))\nplt.imshow(x)",
        "imshow draws no array of shape (8, 32, 32, 3); pass one of the batch, images[0]",
    ),
    ("x = np.ones(8)\nplt.plot(range(9), x)", "plot gets 9 and 8 numbers, and needs as many of both"),
    (
        "x = np.ones((8, 9, 9, 3))\nx = tf.image.resize(x, 32)",
        "tf.image.resize expects a height and a width; use (32, 32)",
    ),
]

TAKEN = [
    "data = keras.utils.image_dataset_from_directory('train')\nprint(data.class_names, data.map(print).class_count)",
    "data = tf.data.Dataset.range(9).filter(bool).apply(tf.data.experimental.assert_cardinality(5))\nprint(len(data))",
    "data = keras.utils.image_dataset_from_directory('a', validation_split=0.2, subset='both', seed=1)",
    "data = keras.utils.image_dataset_from_directory('a', validation_split=0.2, subset='training', shuffle=False)",
    "data = tf.data.Dataset.from_tensor_slices((np.ones((8, 2)), np.ones(8)))\ndata = data.map(lambda *parts: parts)",
    "y = keras.utils.to_categorical(np.array(['0', '1', '2']))",
    "y = np.arange(60) % 3\nprint(classification_report(y, y, labels=[0, 1], target_names=['a', 'b']))",
    "plt.imshow(np.ones((28, 28, 1)))\nplt.imshow(np.ones((28, 28)))\nplt.plot(np.ones(4), 'r--')\nplt.plot(range(4), np.ones(4))",
    "sizes = (1, 2) * 2\nsizes = sizes + (3,)",
]


@pytest.mark.parametrize(("code", "message"), REFUSED, ids=[message[:40] for _, message in REFUSED])
def test_it_is_refused(code: str, message: str) -> None:
    found = check_source((HEAD + code).encode(), "example.py", Settings()).diagnostics
    assert [(d.span.start.row, d.message) for d in found if d.severity.value == "error"] == [(ROWS + 2, message)]


@pytest.mark.parametrize("code", TAKEN)
def test_it_is_taken(code: str) -> None:
    found = check_source((HEAD + code).encode(), "example.py", Settings()).diagnostics
    assert [d.message for d in found if d.severity.value == "error"] == []
