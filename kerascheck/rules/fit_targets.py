"""KC214 to KC219: targets and weights of a training call against the outputs, losses and metrics of the model."""

from __future__ import annotations

from kerascheck.diagnostics import Severity
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
                    "sparse_categorical_crossentropy of targets (100, 10) and outputs (None, 10) fails; "
                    "use categorical_crossentropy for one-hot targets, or np.argmax(y, axis=-1)",
                )
            ],
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
                    "binary_crossentropy of targets (100,) and outputs (None, 2) fails; "
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
                    "binary_crossentropy of targets (100, 28, 28, 1) and outputs (None, 26, 26, 1) fails; the decoder "
                    "must give back the shape of the inputs; see padding, strides and UpSampling",
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
                    "mean_squared_error of targets (100, 2) and outputs (None, 3) fails; the last layer needs 2 units",
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
                    "the metric auc of targets (100,) and outputs (None, 10) fails; "
                    "it wants one-hot targets, not class numbers",
                )
            ],
        ),
    ]


class SilentBroadcast(ClashRule):
    """Targets and outputs of different shapes are compared by repeating one of them.

    ## What it does

    Reports losses and metrics that do not fail on targets and outputs of different shapes, but repeat the smaller one
    until they fit: targets `(n, 1)` against outputs `(n, 4)`, targets of one step against outputs of a whole sequence,
    `(n,)` against `(n, 1)` in a metric that does not bring them together. Axes of size 1 at the end that Keras 3 drops
    or adds itself are no matter.

    ## Why it is bad

    Nothing fails, and the numbers are wrong: each output is drawn to the same target, or each sample is compared with
    the targets of all others.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((12, 4)), layers.LSTM(8, return_sequences=True), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((100, 12, 4)), np.zeros((100, 1)))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((12, 4)), layers.LSTM(8), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((100, 12, 4)), np.zeros((100, 1)))
    ```

    ## References

    - [Keras: losses](https://keras.io/api/losses/)
    - [NumPy: broadcasting](https://numpy.org/doc/stable/user/basics.broadcasting.html)
    """

    code = "KC215"
    name = "silent-broadcast"
    kind = "spread"
    severity = Severity.WARNING

    VALID = [
        # Keras 3 gives the targets their axis
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1)])
model.compile("adam", "mse", metrics=["mae"])
model.fit(np.zeros((100, 20)), np.zeros(100))
""",
        # a number for each step
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((12, 4)), layers.LSTM(8, return_sequences=True), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 12, 4)), np.zeros((100, 12)))
""",
        # a row of the batch is as wide as the outputs
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(4)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 20)), np.zeros((100, 4)))
""",
        # targets of unknown width
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(4)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 20)), np.load("y.npy"))
""",
    ]
    INVALID = [
        # four units for one number
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(4)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 20)), np.zeros((100, 1)))
""",
            [
                (
                    6,
                    "mean_squared_error compares targets (100, 1) with outputs (None, 4) by repeating the targets; "
                    "the last layer needs 1 unit",
                )
            ],
        ),
        # one unit for a one-hot class
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1)])
model.compile("adam", "mae")
model.fit(np.zeros((100, 20)), np.zeros((100, 3)))
""",
            [
                (
                    6,
                    "mean_absolute_error compares targets (100, 3) with outputs (None, 1) by repeating the outputs; "
                    "the last layer needs 3 units",
                )
            ],
        ),
        # a target for the sequence, not for its steps
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((12, 4)), layers.GRU(8, return_sequences=True), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 12, 4)), np.zeros(100))
""",
            [
                (
                    6,
                    "mean_squared_error compares targets (100,) with outputs (None, 12, 1) by repeating the targets "
                    "and the outputs; drop return_sequences=True of gru for one target a sample",
                )
            ],
        ),
        # a metric that compares each sample with the targets of all others
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="exponential")])
model.compile("adam", "poisson", metrics=["poisson"])
model.fit(np.zeros((100, 20)), np.zeros(100))
""",
            [
                (
                    6,
                    "poisson compares targets (100,) with outputs (None, 1) by repeating the targets and the outputs; "
                    "give the targets their axis, y.reshape(-1, 1)",
                )
            ],
        ),
    ]


class TargetStructureMismatch(ClashRule):
    """Outputs, targets, losses and metrics differ in number or name.

    ## What it does

    Brings the lists and dictionaries of targets, losses and metrics together with the outputs of the model, as Keras 3
    does.

    ## Why it is bad

    Keras raises ValueError or KeyError. That one list of metrics no longer stands for all outputs is new in Keras 3.

    ## Example

    ```python
    import numpy as np
    from keras import Input, Model, layers

    inputs = Input((8,))
    model = Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)])
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(np.zeros((100, 8)), [np.zeros(100), np.zeros(100)])
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Input, Model, layers

    inputs = Input((8,))
    model = Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)])
    model.compile("adam", "mse", metrics=[["mae"], ["mae"]])
    model.fit(np.zeros((100, 8)), [np.zeros(100), np.zeros(100)])
    ```

    ## References

    - [Keras: models with several outputs](https://keras.io/guides/functional_api/#models-with-multiple-inputs-and-outputs)
    """

    code = "KC216"
    name = "target-structure-mismatch"
    kind = "target-structure"

    VALID = [
        # a target for each output
        """
import numpy as np
from keras import Input, Model, layers
inputs = Input((8,))
model = Model(inputs, [layers.Dense(1, name="a")(inputs), layers.Dense(1, name="b")(inputs)])
model.compile("adam", {"a": "mse", "b": "mae"}, metrics={"a": ["mae"]})
model.fit(np.zeros((100, 8)), {"a": np.zeros(100), "b": np.zeros(100)})
""",
        # one output is not trained
        """
import numpy as np
from keras import Input, Model, layers
inputs = Input((8,))
model = Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)])
model.compile("adam", ["mse", None])
model.fit(np.zeros((100, 8)), np.zeros(100))
""",
        # what the targets are is not known
        """
import numpy as np
from keras import Input, Model, layers
from data import targets
inputs = Input((8,))
model = Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 8)), targets)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Input, Model, layers
inputs = Input((8,))
model = Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 8)), np.zeros(100))
""",
            [(7, "the model has 2 outputs, the data 1 target, which Keras 3 does not spread")],
        ),
        Invalid(
            """
import numpy as np
from keras import Input, Model, layers
inputs = Input((8,))
model = Model(inputs, [layers.Dense(1, name="a")(inputs), layers.Dense(1, name="b")(inputs)])
model.compile("adam", {"a": "mse", "c": "mse"})
model.fit(np.zeros((100, 8)), [np.zeros(100), np.zeros(100)])
""",
            [(7, "the loss has the keys a, c, the outputs are called a, b")],
        ),
    ]


class NothingToLearn(ClashRule):
    """A model is trained without a loss, or with a loss and without targets.

    ## What it does

    Reports `fit` and `evaluate` of a model that was compiled without a loss and has none of its own (regularizers,
    `add_loss`), and calls that give a loss nothing to compare the outputs with.

    ## Why it is bad

    Keras raises ValueError.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((8,)), layers.Dense(1)])
    model.compile("adam")
    model.fit(np.zeros((100, 8)), np.zeros(100))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((8,)), layers.Dense(1)])
    model.compile("adam", loss="mse")
    model.fit(np.zeros((100, 8)), np.zeros(100))
    ```

    ## References

    - [Keras: compile](https://keras.io/api/models/model_training_apis/#compile-method)
    """

    code = "KC217"
    name = "nothing-to-learn"
    kind = "missing"

    VALID = [
        # a loss and targets
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((8,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 8)), np.zeros(100))
""",
        # the model brings its own loss
        """
import keras, numpy as np
from keras import Input, Model, layers
inputs = Input((8,))
class Penalty(layers.Layer):
    def call(self, x):
        self.add_loss(keras.ops.mean(x))
        return x
model = Model(inputs, Penalty()(layers.Dense(2)(inputs)))
model.compile("adam")
model.fit(np.zeros((100, 8)))
""",
        # the targets come with the features
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((8,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(tf.data.Dataset.from_tensor_slices((np.zeros((100, 8)), np.zeros(100))).batch(10))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((8,)), layers.Dense(8)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 8)))
""",
            [(6, "the loss needs targets, but fit gets no y")],
        ),
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((8,)), layers.Dense(8)])
model.compile("adam", metrics=["mae"])
model.evaluate(np.zeros((100, 8)), np.zeros((100, 8)))
""",
            [(6, "evaluate of Keras 3 needs a loss to compute; give compile one")],
        ),
    ]


class WeightMismatch(ClashRule):
    """`sample_weight` or `class_weight` does not fit the targets.

    ## What it does

    Compares the shape of `sample_weight` with that of the values a loss gives: one for each sample, or one for each
    step of a sequence, each pixel of an image. Reports `class_weight` and `sample_weight` together, and `class_weight`
    for targets that are sequences or images, or beside a generator.

    ## Why it is bad

    Keras raises ValueError (TensorFlow: InvalidArgumentError).

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((12, 4)), layers.LSTM(8, return_sequences=True), layers.Dense(3)])
    model.compile("adam", "mse")
    model.fit(np.zeros((100, 12, 4)), np.zeros((100, 12, 3)), sample_weight=np.ones(100))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((12, 4)), layers.LSTM(8, return_sequences=True), layers.Dense(3)])
    model.compile("adam", "mse")
    model.fit(np.zeros((100, 12, 4)), np.zeros((100, 12, 3)), sample_weight=np.ones((100, 1)))
    ```

    ## References

    - [Keras: fit](https://keras.io/api/models/model_training_apis/#fit-method)
    """

    code = "KC218"
    name = "weight-mismatch"
    kind = "weights"

    VALID = [
        # one for each sample
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((8,)), layers.Dense(3)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 8)), np.zeros((100, 3)), sample_weight=np.ones(100))
""",
        # one for each step
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((12, 4)), layers.LSTM(8, return_sequences=True), layers.Dense(3)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 12, 4)), np.zeros((100, 12, 3)), sample_weight=np.ones((100, 12)))
""",
        # classes behind one-hot targets
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((8,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(np.zeros((100, 8)), np.eye(3)[np.arange(100) % 3], class_weight={0: 1.0, 1: 2.0, 2: 5.0})
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((8,)), layers.Dense(3)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 8)), np.zeros((100, 3)), sample_weight=np.ones((100, 3)))
""",
            [
                (
                    6,
                    "sample_weight has the shape (100, 3); it must be one weight for each of (None,)",
                )
            ],
        ),
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((12, 4)), layers.LSTM(8, return_sequences=True), layers.Dense(3, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((100, 12, 4)), np.zeros((100, 12, 1)), class_weight={0: 1.0, 1: 2.0, 2: 5.0})
""",
            [(6, "class_weight needs one class for each sample, the targets have the shape (100, 12, 1)")],
        ),
    ]


class ClassOutOfRange(ClashRule):
    """Class numbers go beyond the units of the last layer.

    ## What it does

    Compares the class numbers in the targets with the units that `sparse_categorical_crossentropy` chooses from, where
    the program shows which numbers occur.

    ## Why it is bad

    TensorFlow raises InvalidArgumentError on a CPU; on a GPU the loss becomes NaN. Classes that are counted from 1
    are the most usual cause.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    labels = np.random.randint(1, 6, 1000)
    model = Sequential([layers.Input((20,)), layers.Dense(5, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(np.zeros((1000, 20)), labels)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    labels = np.random.randint(1, 6, 1000)
    model = Sequential([layers.Input((20,)), layers.Dense(5, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(np.zeros((1000, 20)), labels - 1)
    ```

    ## References

    - [Keras: SparseCategoricalCrossentropy](https://keras.io/api/losses/probabilistic_losses/#sparsecategoricalcrossentropy-class)
    """

    code = "KC219"
    name = "class-out-of-range"
    kind = "classes"

    VALID = [
        # class numbers that are stored as an image
        """
import tensorflow as tf
from keras import Sequential, layers
def load(image, mask):
    return tf.image.decode_png(image, channels=3), tf.image.decode_png(mask, channels=1)
data = tf.data.Dataset.from_tensor_slices((["a.png"], ["b.png"])).map(load).batch(4)
model = Sequential([layers.Rescaling(1 / 255), layers.Conv2D(20, 3, padding="same", activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(data)
""",
        # as many units as classes
        """
import keras
from keras import Sequential, layers
(x, y), _ = keras.datasets.mnist.load_data()
model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 255.0, y)
""",
        # more units than classes
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(6, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((4, 20)), np.array([1, 2, 3, 5]))
""",
        # a label that the loss passes over
        """
import keras, numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(5, activation="softmax")])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(ignore_class=-1))
model.fit(np.zeros((4, 20)), np.array([-1, 2, 3, 4]))
""",
        # the classes are not known
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(5, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.load("x.npy"), np.load("y.npy"))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((4, 20)), np.array([1, 2, 3, 1]))
""",
            [
                (
                    6,
                    "the class numbers go up to 3; the output has 3 units, for the classes 0 to 2; subtract 1",
                )
            ],
        ),
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((4, 20)), np.array([0, 1, 0, 1]))
""",
            [(6, "the class numbers go up to 1; the output has 1 unit, for the classes 0 to 0; use 2 units")],
        ),
    ]
