"""KC455: Images are brought to a small range twice."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.content import Content
from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._scales import entrance, factor_of, features_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc4._image_scaling import _x_site

#: Larger numbers are not scaled; how much smaller a layer must make those that are, so that hardly anything is left.
_SCALED, _SHRINKING = 1.01, 0.02


class ScaledTwice(Rule):
    """Images are brought to a small range twice.

    ## What it does

    Reports training features within -1 and 1 that first meet a `Rescaling` which makes them at least 50 times smaller,
    and pixels that were divided so often that they end below 0.01.

    ## Why it is bad

    All images are nearly the same number to the network. It begins with outputs that hardly depend on the input, and
    learns very slowly, or the mean only. Nothing raises.

    ## Example

    ```python
    from keras import Sequential, datasets, layers

    (x, y), _ = datasets.cifar10.load_data()
    x = x / 255.0
    model = Sequential([layers.Input((32, 32, 3)), layers.Rescaling(1 / 255), layers.Flatten()])
    model.add(layers.Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y)
    ```

    ## Use instead

    ```python
    from keras import Sequential, datasets, layers

    (x, y), _ = datasets.cifar10.load_data()
    model = Sequential([layers.Input((32, 32, 3)), layers.Rescaling(1 / 255), layers.Flatten()])
    model.add(layers.Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y)
    ```

    ## References

    - [Keras: Rescaling](https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/)
    """

    code = "KC455"
    name = "scaled-twice"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            x = features_of(call)
            if x is None or call.method not in FITTING:
                continue
            content = x.content
            low, high = content.low, content.high
            if low is None or high is None or low == high or max(abs(low), abs(high)) > _SCALED:
                continue
            met = entrance(call.network, program)
            factor = factor_of(met.layer) if met.kind == "rescaling" and met.layer is not None else None
            if factor is not None and 0 < abs(factor) <= _SHRINKING:
                name = "" if met.layer is None else met.layer.name
                yield Finding(
                    _x_site(call),
                    f"the features go from {low:g} to {high:g}, and {name!r} (Rescaling) makes them "
                    f"{1 / abs(factor):.0f} times smaller once more; scale them in one place",
                    anchor=call.site,
                )
            elif _is_squeezed(content) and met.kind == "weights":
                yield Finding(
                    _x_site(call),
                    f"the pixels go from {low:g} to {high:.2g}: they are divided twice; scale them once",
                    anchor=call.site,
                )

    VALID = [
        # by the layer alone
        """
from keras import Sequential, datasets, layers
(x, y), _ = datasets.cifar10.load_data()
model = Sequential([layers.Input((32, 32, 3)), layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10)])
model.compile("adam", "mse")
model.fit(x, y)
""",
        # beforehand alone
        """
from keras import Sequential, datasets, layers
(x, y), _ = datasets.cifar10.load_data()
x = x.astype("float32") / 255
model = Sequential([layers.Input((32, 32, 3)), layers.Flatten(), layers.Dense(10)])
model.compile("adam", "mse")
model.fit(x, y)
""",
        # from 0 and 1 to -1 and 1
        """
from keras import Sequential, datasets, layers
(x, y), _ = datasets.cifar10.load_data()
x = x / 255.0
model = Sequential([layers.Input((32, 32, 3)), layers.Rescaling(2.0, offset=-1.0), layers.Flatten(), layers.Dense(10)])
model.compile("adam", "mse")
model.fit(x, y)
""",
        # back to what the ready-made network wants
        """
import keras
from keras import Sequential, datasets, layers
(x, y), _ = datasets.cifar10.load_data()
x = x / 255.0
base = keras.applications.EfficientNetB0(include_top=False, weights=None, input_shape=(32, 32, 3), pooling="avg")
model = Sequential([layers.Input((32, 32, 3)), layers.Rescaling(255.0), base, layers.Dense(10)])
model.compile("adam", "mse")
model.fit(x, y)
""",
        # how large they are is not known
        """
from elsewhere import x, y
from keras import Sequential, layers
model = Sequential([layers.Input((32, 32, 3)), layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10)])
model.compile("adam", "mse")
model.fit(x, y)
""",
        # nothing but zeros, to try whether it runs
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((32, 32, 3)), layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 32, 32, 3)), np.zeros((8, 10)))
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Input, Model, Sequential, datasets, layers
(x, y), _ = datasets.cifar10.load_data()
x = x / 255.0
change = Sequential([layers.RandomFlip("horizontal"), layers.RandomZoom(0.1)])
inputs = Input((32, 32, 3))
scaled = layers.Rescaling(1.0 / 255, name="scale")(change(inputs))
model = Model(inputs, layers.Dense(10, activation="softmax")(layers.Flatten()(layers.Conv2D(8, 3)(scaled))))
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""",
            [
                (
                    10,
                    "the features go from 0 to 1, and 'scale' (Rescaling) makes them 255 times smaller once more; "
                    "scale them in one place",
                )
            ],
        ),
        # in a stream
        Invalid(
            """
import tensorflow as tf
from tensorflow.keras import Sequential, layers
(x, y), _ = tf.keras.datasets.mnist.load_data()
x = x.reshape(-1, 28, 28, 1) / 127.5 - 1
train = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(1000).batch(32)
model = Sequential([layers.Rescaling(1 / 255, name="scale"), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(train)
""",
            [
                (
                    9,
                    "the features go from -1 to 1, and 'scale' (Rescaling) makes them 255 times smaller once more; "
                    "scale them in one place",
                )
            ],
        ),
        # in two lines
        Invalid(
            """
from keras import Sequential, datasets, layers
(x, y), _ = datasets.mnist.load_data()
x = x.astype("float32") / 255
x = x / 255
model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""",
            [(8, "the pixels go from 0 to 0.0039: they are divided twice; scale them once")],
        ),
    ]


def _is_squeezed(content: Content) -> bool:
    """Whether these are pixels of which hardly anything is left."""
    if "pixels" not in content.tags or content.low is None or content.high is None:
        return False
    return content.high < 0.01 and content.low > -0.01
