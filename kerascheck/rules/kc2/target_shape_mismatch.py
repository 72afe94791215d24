"""KC214: A loss or a metric cannot compare the targets with the outputs."""

from __future__ import annotations

from kerascheck.rules._clashes import ClashRule
from kerascheck.rules.base import Invalid


class TargetShapeMismatch(ClashRule):
    """A loss or a metric cannot compare the targets with the outputs.

    ## What it does

    Takes the targets of `fit`, `evaluate` and the methods for single batches and the outputs of the model through each
    loss and each metric of `compile`, as Keras 3 does: ranks that differ by an axis of size 1 at the end are brought
    together, crossentropies then want equal shapes, the sparse ones class numbers, the others something that
    broadcasts. Batches are as large as the call says.

    ## Why it is bad

    Keras raises ValueError (TensorFlow: InvalidArgumentError) on the first batch, or after the first epoch where it is
    about the validation data.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    labels = np.random.randint(0, 10, 1000)
    model = Sequential([layers.Input((20,)), layers.Dense(10, activation="softmax")])
    model.compile("adam", "categorical_crossentropy")
    model.fit(np.zeros((1000, 20)), labels)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    labels = np.random.randint(0, 10, 1000)
    model = Sequential([layers.Input((20,)), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(np.zeros((1000, 20)), labels)
    ```

    ## References

    - [Keras: losses](https://keras.io/api/losses/)
    - [Keras: metrics](https://keras.io/api/metrics/)
    """

    code = "KC214"
    name = "target-shape-mismatch"
    kind = "target-shape"

    VALID = [
        # one number for one unit: Keras gives it an axis of its own
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(np.zeros((100, 20)), np.zeros(100))
""",
        # words, made numbers
        """
import numpy as np
import pandas as pd
from keras import Sequential, layers
frame = pd.DataFrame({"kind": ["oak", "elm"] * 4})
model = Sequential([layers.Input((4,)), layers.Dense(2, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((8, 4)), frame["kind"].astype("category").cat.codes.values)
model.fit(np.zeros((8, 4)), pd.factorize(frame["kind"])[0])
model.fit(np.zeros((8, 4)), (frame["kind"].values == "oak").astype(int))
""",
        # class numbers in a column
        """
import keras
from keras import Sequential, layers
(x, y), _ = keras.datasets.cifar10.load_data()
model = Sequential([layers.Input((32, 32, 3)), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x / 255.0, y)
""",
        # a class for each step
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((12, 4)), layers.LSTM(8, return_sequences=True), layers.Dense(5, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((100, 12, 4)), np.zeros((100, 12)))
""",
        # a loss of the program
        """
import keras, numpy as np
from keras import Sequential, layers
def triplet(y_true, y_pred):
    return keras.ops.mean(keras.ops.square(y_pred), axis=-1)
model = Sequential([layers.Input((20,)), layers.Dense(64)])
model.compile("adam", triplet)
model.fit(np.zeros((100, 20)), np.zeros(100))
""",
        # a width that is not known
        """
import numpy as np
from keras import Sequential, layers
from data import one_hot
model = Sequential([layers.Input((20,)), layers.Dense(10, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(np.zeros((100, 20)), one_hot(np.zeros(100)))
""",
        # training in a way of its own
        """
import keras, numpy as np
from keras import layers
class Contrastive(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = layers.Dense(8)
    def call(self, x):
        return self.head(x)
    def train_step(self, data):
        return {"loss": keras.ops.mean(self(data[0]))}
model = Contrastive()
model.compile("adam", "categorical_crossentropy")
model.fit(np.zeros((100, 20)), np.zeros(100))
""",
    ]
    INVALID = [
        # one-hot targets, a loss for class numbers
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
y = np.eye(10)[np.random.randint(0, 10, 100)]
model = Sequential([layers.Input((20,)), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((100, 20)), y)
""",
            [
                (
                    7,
                    "sparse_categorical_crossentropy fails on targets (100, 10) and outputs (None, 10); "
                    "use categorical_crossentropy for one-hot targets, or np.argmax(y, axis=-1)",
                )
            ],
        ),
        # words
        Invalid(
            """
import numpy as np
import pandas as pd
from keras import Sequential, layers
frame = pd.DataFrame({"kind": ["oak", "elm"] * 4})
model = Sequential([layers.Input((4,)), layers.Dense(2, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((8, 4)), frame["kind"].values)
""",
            [(8, "'y' holds strings; encode them as numbers")],
        ),
        # two units for yes or no
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(2, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.zeros((100, 20)), np.zeros(100))
""",
            [
                (
                    6,
                    "binary_crossentropy fails on targets (100,) and outputs (None, 2); "
                    "use one unit for two classes, or sparse_categorical_crossentropy for 2",
                )
            ],
        ),
        # a decoder that gives smaller images
        Invalid(
            """
import numpy as np
from keras import Input, Model, layers
x = np.random.rand(100, 28, 28, 1)
inputs = Input((28, 28, 1))
model = Model(inputs, layers.Conv2D(1, 3, activation="sigmoid")(layers.Conv2D(8, 3, padding="same")(inputs)))
model.compile("adam", "binary_crossentropy")
model.fit(x, x)
""",
            [
                (
                    8,
                    "binary_crossentropy fails on targets (100, 28, 28, 1) and outputs (None, 26, 26, 1); the decoder "
                    "must return the shape of the inputs; see padding, strides and UpSampling",
                )
            ],
        ),
        # the validation data
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.zeros((100, 20)), np.zeros((100, 3))
model = Sequential([layers.Input((20,)), layers.Dense(3)])
model.compile("adam", "mse")
model.fit(x, y, validation_data=(x, y[:, :2]))
""",
            [
                (
                    7,
                    "mean_squared_error fails on targets (100, 2) and outputs (None, 3); the last layer needs 2 units",
                )
            ],
        ),
        # a metric
        Invalid(
            """
import keras, numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=[keras.metrics.AUC()])
model.fit(np.zeros((100, 20)), np.zeros(100))
""",
            [
                (
                    6,
                    "the metric auc fails on targets (100,) and outputs (None, 10); "
                    "it expects one-hot targets, not class numbers",
                )
            ],
        ),
    ]
