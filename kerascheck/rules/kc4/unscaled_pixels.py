"""KC400: A network is trained on pixels from 0 to 255 as they are."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.diagnostics import Severity
from kerascheck.network.events import ModelCall
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules._related import made_layer
from kerascheck.rules._scales import entrance, features_of, scale_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc4._image_scaling import _x_site


class UnscaledPixels(Rule):
    """A network is trained on pixels from 0 to 255 as they are.

    ## What it does

    Follows images from where they are loaded (`keras.datasets`, `image_dataset_from_directory`, `ImageDataGenerator`,
    `load_img`...) to `fit`. It reports them where nothing has scaled them and the first layer with weights gets them:
    no `Rescaling` or `Normalization` before it, no `BatchNormalization` before it or right after it.

    ## Why it is bad

    The initial weights are made for inputs around 1. With inputs a hundred times as large, activations saturate or
    explode, gradients are as much too large, and the training is slow, unstable or stuck.

    ## Example

    ```python
    from keras import Sequential, datasets, layers

    (x, y), _ = datasets.mnist.load_data()
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y)
    ```

    ## Use instead

    ```python
    from keras import Sequential, datasets, layers

    (x, y), _ = datasets.mnist.load_data()
    model = Sequential([
        layers.Input((28, 28)), layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y)
    ```

    ## References

    - [Keras: Rescaling layer](https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/)
    - [LeCun et al.: Efficient BackProp](http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf)
    """

    code = "KC400"
    name = "unscaled-pixels"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            if call.method in ("fit", "fit_generator", "train_on_batch"):
                message = _problem(features_of(call), call.network, program)
                if message is not None:
                    yield Finding(_x_site(call), message, anchor=call.site, related=tuple(made_layer(call.network)))
        told: set[tuple[int, int]] = set()
        for event in program.events:
            if isinstance(event, ModelCall) and event.tapes and event.site.key not in told:
                message = _problem(event.arguments.value("inputs", 0), event.network, program)
                if message is not None:
                    told.add(event.site.key)
                    yield Finding(event.site, message, related=tuple(made_layer(event.network)))

    VALID = [
        # in a step of the program, scaled there; and a network that only judges
        """
import tensorflow as tf
from keras import Sequential, datasets, layers, losses
(x, y), _ = datasets.mnist.load_data()
model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10)])
criterion = losses.SparseCategoricalCrossentropy(from_logits=True)
def step(images, labels):
    with tf.GradientTape() as tape:
        loss = criterion(labels, model(tf.cast(images, tf.float32) / 255.0, training=True))
    return tape.gradient(loss, model.trainable_variables)
for images, labels in tf.data.Dataset.from_tensor_slices((x, y)).shuffle(1000).batch(32):
    step(images, labels)
model(x[:3])
""",
        # divided
        """
from keras import Sequential, datasets, layers
(x, y), _ = datasets.mnist.load_data()
x = x.reshape(-1, 28, 28, 1).astype("float32") / 255.0
model = Sequential([layers.Input((28, 28, 1)), layers.Conv2D(8, 3), layers.Flatten(), layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""",
        # by a layer
        """
from keras import Sequential, datasets, layers
(x, y), _ = datasets.mnist.load_data()
model = Sequential([
    layers.Input((28, 28)), layers.RandomFlip(), layers.Rescaling(1 / 127.5, offset=-1), layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""",
        # normalized by the batch
        """
from keras import Sequential, datasets, layers
(x, y), _ = datasets.cifar10.load_data()
first = Sequential([layers.Input((32, 32, 3)), layers.BatchNormalization(), layers.Conv2D(8, 3)])
second = Sequential([layers.Input((32, 32, 3)), layers.Conv2D(8, 3), layers.BatchNormalization(), layers.ReLU()])
for body in (first, second):
    model = Sequential([body, layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y)
""",
        # in the graph
        """
import keras
from keras import datasets, layers
(x, y), _ = datasets.cifar10.load_data()
i = keras.Input((32, 32, 3))
model = keras.Model(i, layers.Dense(10, activation="softmax")(layers.Flatten()(i / 255.0)))
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""",
        # by the mean and the deviation
        """
from keras import Sequential, datasets, layers
(x, y), _ = datasets.cifar10.load_data()
x = (x - x.mean()) / x.std()
model = Sequential([layers.Input((32, 32, 3)), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""",
        # grey values as words
        """
from keras import Sequential, datasets, layers
(x, y), _ = datasets.mnist.load_data()
model = Sequential([
    layers.Input((784,)), layers.Embedding(256, 8), layers.Flatten(), layers.Dense(10, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x.reshape(-1, 784), y)
""",
        # by the generator
        """
from keras import Sequential, layers
from keras.preprocessing.image import ImageDataGenerator
images = ImageDataGenerator(rescale=1.0 / 255)
model = Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(images.flow_from_directory("train", target_size=(64, 64), class_mode="binary"))
""",
    ]
    INVALID = [
        # in a step of the program
        Invalid(
            """
import tensorflow as tf
from keras import Sequential, datasets, layers, losses
(x, y), _ = datasets.mnist.load_data()
model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10)])
criterion = losses.SparseCategoricalCrossentropy(from_logits=True)
def step(images, labels):
    with tf.GradientTape() as tape:
        loss = criterion(labels, model(tf.cast(images, tf.float32), training=True))
    return tape.gradient(loss, model.trainable_variables)
for images, labels in tf.data.Dataset.from_tensor_slices((x, y)).shuffle(1000).batch(32):
    step(images, labels)
""",
            [
                (
                    9,
                    "the pixels go from 0 to 255; divide by 255, or begin the network with layers.Rescaling(1 / 255)",
                )
            ],
        ),
        # a slip of the pen
        Invalid(
            """
from keras import Sequential, layers
from keras.src.legacy.preprocessing.image import ImageDataGenerator
images = ImageDataGenerator(rescale=1/.255).flow_from_directory("train", target_size=(64, 64), class_mode="binary")
model = Sequential([layers.Input((64, 64, 3)), layers.Conv2D(8, 3, activation="relu"), layers.Flatten(),
                    layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(images)
""",
            [(8, "the pixels go from 0 to 1000; 1 / 255 brings them to 0 to 1")],
        ),
        Invalid(
            """
from keras import Sequential, datasets, layers
(x, y), _ = datasets.mnist.load_data()
x = x.reshape(60000, 784).astype("float32")
model = Sequential([layers.Input((784,)), layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, epochs=5)
""",
            [
                (
                    7,
                    "the pixels go from 0 to 255; divide by 255, or begin the network with layers.Rescaling(1 / 255)",
                )
            ],
        ),
        # behind a stack of layers that change them at random
        Invalid(
            """
import keras
from keras import Sequential, datasets, layers
(x, y), _ = datasets.cifar10.load_data()
change = Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.1)])
model = Sequential([
    layers.Input((32, 32, 3)), change, layers.Conv2D(8, 3, activation="relu"), layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""",
            [
                (
                    11,
                    "the pixels go from 0 to 255; divide by 255, or begin the network with layers.Rescaling(1 / 255)",
                )
            ],
        ),
        # from a directory
        Invalid(
            """
import keras
from keras import Sequential, layers
from keras.preprocessing.image import ImageDataGenerator
model = Sequential([
    layers.Input((64, 64, 3)), layers.RandomFlip(), layers.Conv2D(8, 3, activation="relu"), layers.Flatten(),
    layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy")
model.fit(keras.utils.image_dataset_from_directory("train", image_size=(64, 64), label_mode="binary"))
model.fit(ImageDataGenerator().flow_from_directory("train", target_size=(64, 64), class_mode="binary"))
""",
            [
                (
                    10,
                    "the pixels go from 0 to 255; divide by 255, or begin the network with layers.Rescaling(1 / 255)",
                ),
                (
                    11,
                    "the pixels go from 0 to 255; divide by 255, or begin the network with layers.Rescaling(1 / 255)",
                ),
            ],
        ),
    ]


def _problem(x: object, network: Network, program: Program) -> str | None:
    """Why these features are not scaled; None where they may be."""
    scale = scale_of(x) if isinstance(x, Array) and "pixels" in x.content.tags else None
    if scale is None or not scale.startswith("0 to ") or scale == "0 to 1":
        return None
    if entrance(network, program).kind != "weights":
        return None
    way = (
        "divide by 255, or begin the network with layers.Rescaling(1 / 255)"
        if scale == "0 to 255"
        else "1 / 255 brings them to 0 to 1"
    )
    return f"the pixels go from {scale}; {way}"
