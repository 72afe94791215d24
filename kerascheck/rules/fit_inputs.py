"""KC210 to KC213: the data of a training call against the inputs of the model."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.network.dims import definitely_different, format_dim
from kerascheck.network.ir import Preparation, Program
from kerascheck.rules._clashes import ClashRule
from kerascheck.rules.base import Finding, Invalid, Thresholds


class InputShapeMismatch(ClashRule):
    """The data has another shape than the model takes.

    ## What it does

    Compares the shape of what `fit`, `evaluate`, `predict` and the methods for single batches are given with the
    inputs of the model, axis by axis, and follows it through the layers where an input leaves sizes open. It knows
    that Keras 3 drops or adds an axis of size 1 at the end. Where Keras takes a single sample for a batch of other
    samples, because its last axis has the size 1, the finding is a warning.

    ## Why it is bad

    Keras raises ValueError as soon as the first batch reaches the model; a prediction for one sample without a batch
    axis often fails only when the model is in use.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((32, 32, 3)), layers.Conv2D(8, 3), layers.Flatten(), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((100, 3, 32, 32)), np.zeros((100, 1)))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((32, 32, 3)), layers.Conv2D(8, 3), layers.Flatten(), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.moveaxis(np.zeros((100, 3, 32, 32)), 1, -1), np.zeros((100, 1)))
    ```

    ## References

    - [Keras: model training APIs](https://keras.io/api/models/model_training_apis/)
    - [Keras: Input](https://keras.io/api/layers/core_layers/input/)
    """

    code = "KC210"
    name = "input-shape-mismatch"
    kind = "input-shape"

    VALID = [
        # the shape of one sample, and the samples in front of it
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((8,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 8)), np.zeros((100, 1)))
""",
        # Keras 3 adds a last axis of size 1
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((28, 28, 1)), layers.Conv2D(8, 3), layers.Flatten(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 28, 28)), np.zeros((100, 1)))
""",
        # any length
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((None, 3)), layers.LSTM(8), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 12, 3)), np.zeros((100, 1)))
model.predict(np.zeros((1, 40, 3)))
""",
        # the width is not known
        """
import numpy as np
from keras import Sequential, layers
x = np.loadtxt("data.csv")
model = Sequential([layers.Input((8,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, np.zeros(len(x)))
""",
        # the input shape is that of the data, whatever it is
        """
import numpy as np
from keras import Sequential, layers
x = np.loadtxt("data.csv")
model = Sequential([layers.Input((x.shape[1],)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, np.zeros(len(x)))
""",
        # the program is ready for the error
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((8,)), layers.Dense(1)])
try:
    model.predict(np.zeros((100, 9)))
except ValueError:
    print("of course")
""",
        # a batch of one sample
        """
import numpy as np
from keras import Sequential, layers
x = np.zeros((100, 28, 28, 1))
model = Sequential([layers.Input((28, 28, 1)), layers.Flatten(), layers.Dense(1)])
model.predict(x[0][None])
model.predict(x[:1])
""",
    ]
    INVALID = [
        # one column too many
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((8,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 9)), np.zeros((100, 1)))
""",
            [(6, "x has the shape (100, 9), the model takes (None, 8)")],
        ),
        # images as rows
        Invalid(
            """
import keras
from keras import Sequential, layers
(x, y), _ = keras.datasets.mnist.load_data()
model = Sequential([layers.Input((784,)), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 255.0, y)
""",
            [(7, "x has the shape (60000, 28, 28), the model takes (None, 784); reshape it to (-1, 784)")],
        ),
        # channels first
        Invalid(
            """
import numpy as np
from keras import Input, Model, layers
inputs = Input((32, 32, 3))
model = Model(inputs, layers.Dense(1)(layers.Flatten()(inputs)))
model.predict(np.zeros((10, 3, 32, 32)))
""",
            [
                (
                    6,
                    "x has the shape (10, 3, 32, 32), the model takes (None, 32, 32, 3); "
                    "the channels come first, np.moveaxis(x, 1, -1)",
                )
            ],
        ),
        # one sample
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x = np.zeros((100, 12, 4))
model = Sequential([layers.Input((12, 4)), layers.LSTM(8), layers.Dense(1)])
model.predict(x[0])
""",
            [
                (
                    6,
                    "x has the shape (12, 4), the model takes (None, 12, 4); one sample needs a batch axis, x[None]",
                )
            ],
        ),
        # one sample that passes for twelve
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x = np.zeros((100, 12, 1))
model = Sequential([layers.Input((12, 1)), layers.LSTM(8), layers.Dense(1)])
model.predict(x[0])
""",
            [
                (
                    6,
                    "x has the shape (12, 1) of one sample, which Keras takes for 12 samples of the shape (1, 1); "
                    "add the batch axis, x[None]",
                )
            ],
        ),
        # an axis that the model leaves open, and a layer that does not
        Invalid(
            """
import numpy as np
from keras import Input, Model, layers
inputs = Input((None, 3))
model = Model(inputs, layers.Flatten()(layers.Conv1D(4, 5)(inputs)))
model.predict(np.zeros((10, 4, 3)))
""",
            [
                (
                    6,
                    "x has the shape (10, 4, 3), which a layer refuses: conv1d (Conv1D): Conv1D has no room on spatial "
                    "axis 0: its window spans 5, the input has 4 there; whole input shape (batch, 4, 3)",
                )
            ],
        ),
    ]


class InputStructureMismatch(ClashRule):
    """The data has another number of inputs than the model, other names, or is no array.

    ## What it does

    Compares the lists and dictionaries that training calls are given with the inputs of the model: how many there are
    and what they are called. Reports Python lists of numbers, which Keras 3 takes for lists of inputs.

    ## Why it is bad

    Keras raises ValueError when the call begins.

    ## Example

    ```python
    import numpy as np
    from keras import Input, Model, layers

    size, colour = Input((4,), name="size"), Input((3,), name="colour")
    model = Model([size, colour], layers.Dense(1)(layers.Concatenate()([size, colour])))
    model.predict({"size": np.zeros((10, 4)), "color": np.zeros((10, 3))})
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Input, Model, layers

    size, colour = Input((4,), name="size"), Input((3,), name="colour")
    model = Model([size, colour], layers.Dense(1)(layers.Concatenate()([size, colour])))
    model.predict({"size": np.zeros((10, 4)), "colour": np.zeros((10, 3))})
    ```

    ## References

    - [Keras: models with several inputs](https://keras.io/guides/functional_api/#models-with-multiple-inputs-and-outputs)
    """

    code = "KC211"
    name = "input-structure-mismatch"
    kind = "input-structure"

    VALID = [
        # a list in the order of the inputs
        """
import numpy as np
from keras import Input, Model, layers
a, b = Input((4,)), Input((3,))
model = Model([a, b], layers.Concatenate()([a, b]))
model.predict([np.zeros((10, 4)), np.zeros((10, 3))])
""",
        # one array in a list
        """
import numpy as np
from keras import Input, Model, layers
a = Input((4,))
model = Model(a, layers.Dense(1)(a))
model.predict([np.zeros((10, 4))])
""",
        # an array made of a list
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((1,)), layers.Dense(1)])
model.predict(np.array([1.0, 2.0, 3.0]))
""",
        # what the list holds is not known
        """
from keras import Input, Model, layers
from data import columns
a, b = Input((4,)), Input((3,))
model = Model([a, b], layers.Concatenate()([a, b]))
model.predict(columns)
""",
    ]
    INVALID = [
        # the names
        Invalid(
            """
import numpy as np
from keras import Input, Model, layers
a, b = Input((4,), name="a"), Input((3,), name="b")
model = Model([a, b], layers.Concatenate()([a, b]))
model.predict({"a": np.zeros((10, 4)), "c": np.zeros((10, 3))})
""",
            [(6, "x: the model takes the inputs a, b, the data has the keys a, c")],
        ),
        # one array for two inputs
        Invalid(
            """
import numpy as np
from keras import Input, Model, layers
a, b = Input((4,), name="a"), Input((3,), name="b")
model = Model([a, b], layers.Concatenate()([a, b]))
model.predict(np.zeros((10, 7)))
""",
            [(6, "x: the model takes 2 inputs (a, b), the data has 1")],
        ),
        # Python lists
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((1,)), layers.Dense(1)])
model.compile("sgd", "mse")
model.fit([1.0, 2.0, 3.0], [2.0, 4.0, 6.0], epochs=10)
""",
            [
                (
                    5,
                    "x is a list of numbers, which Keras 3 takes for many arrays; make it one array, np.array(...)",
                ),
                (
                    5,
                    "y is a list of numbers, which Keras 3 takes for many arrays; make it one array, np.array(...)",
                ),
            ],
        ),
    ]


class IndexOutOfRange(ClashRule):
    """An `Embedding` gets numbers that it has no rows for.

    ## What it does

    Compares the numbers in the data with `input_dim` of an `Embedding` that reads it, where the program shows which
    numbers occur. Numbers beyond the end, and below minus the size, are errors; negative ones, which count from the
    end as in numpy, and fractions, which are cut to integers, are warnings.

    ## Why it is bad

    TensorFlow raises InvalidArgumentError on a CPU. On a GPU the rows that are missing are zeros and nothing is said.
    The most usual cause is a vocabulary that is counted without the 0 of the padding: `input_dim` is the largest
    number plus one.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    words = np.random.randint(1, 1001, (100, 20))
    model = Sequential([layers.Input((20,)), layers.Embedding(1000, 8), layers.LSTM(8), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(words, np.zeros((100, 1)))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    words = np.random.randint(1, 1001, (100, 20))
    model = Sequential([layers.Input((20,)), layers.Embedding(1001, 8), layers.LSTM(8), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(words, np.zeros((100, 1)))
    ```

    ## References

    - [Keras: Embedding](https://keras.io/api/layers/core_layers/embedding/)
    """

    code = "KC212"
    name = "index-out-of-range"
    kind = "index"

    VALID = [
        # one row more than the largest number
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Embedding(10, 8), layers.Flatten()])
model.predict(np.array([[1, 2, 3, 9], [0, 0, 4, 5]]))
""",
        # the numbers are not known
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Embedding(10, 8), layers.Flatten()])
model.predict(np.load("words.npy").reshape(-1, 4))
""",
        # whole numbers that are stored as floats
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Embedding(10, 8), layers.Flatten()])
model.predict(np.array([[1.0, 2.0, 3.0, 9.0]]))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Embedding(10, 8), layers.Flatten()])
model.predict(np.array([[1, 2, 3, 10], [0, 0, 4, 5]]))
""",
            [
                (
                    5,
                    "x has numbers up to 10; embedding (Embedding) has input_dim=10, for the numbers 0 to 9; "
                    "use input_dim=11",
                )
            ],
        ),
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Embedding(10, 8), layers.Flatten()])
model.predict(np.array([[0.25, 0.5, 0.1, 0.9]]))
""",
            [(5, "embedding (Embedding) cuts the fractions of x, between 0.1 and 0.9, to integers")],
        ),
    ]


class SampleCountMismatch(ClashRule):
    """Features, targets and weights have different numbers of samples.

    ## What it does

    Compares the first axes of all arrays that a training call is given, where both are known, or differ by a known
    number (`x[:-1]` and `y`); and those that `train_test_split` divides or a `tf.data.Dataset` is made of. Reports a
    `validation_split` that leaves no samples on one side. With `validation_split` Keras cuts all arrays at the length
    of the first; samples that are lost by that are a warning.

    ## Why it is bad

    Keras (scikit-learn, TensorFlow) raises ValueError: it cannot say which target belongs to which sample.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    series = np.random.rand(1000, 1)
    model = Sequential([layers.Input((1,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(series[:-1], series)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    series = np.random.rand(1000, 1)
    model = Sequential([layers.Input((1,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(series[:-1], series[1:])
    ```

    ## References

    - [Keras: model training APIs](https://keras.io/api/models/model_training_apis/)
    """

    code = "KC213"
    name = "sample-count-mismatch"
    kind = "samples"

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        yield from super().check(program, thresholds)
        for step in program.preparations:
            message = _uneven(step) if step.kind in ("split", "slices") else None
            if message is not None:
                yield Finding(step.site, message)

    VALID = [
        # as many
        """
import numpy as np
from keras import Sequential, layers
x = np.random.rand(100, 3)
model = Sequential([layers.Input((3,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x[:80], x[:80, 0], validation_data=(x[80:], x[80:, 0]))
""",
        # files of unknown length
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((3,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.load("x.npy"), np.load("y.npy"))
""",
        # a stream of equal lengths
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
data = tf.data.Dataset.from_tensor_slices((np.zeros((100, 3)), np.zeros(100))).batch(10)
model = Sequential([layers.Input((3,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(data)
""",
        # both without the last
        """
import numpy as np
from keras import Sequential, layers
series = np.load("series.npy").reshape(-1, 1)
model = Sequential([layers.Input((1,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(series[:-3], series[3:])
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((3,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 3)), np.zeros((90, 1)))
""",
            [(6, "x and y have different numbers of samples: 100 and 90")],
        ),
        # before the training
        Invalid(
            """
import numpy as np
from sklearn.model_selection import train_test_split
from keras import Sequential, layers
x_train, x_test, y_train, y_test = train_test_split(np.zeros((100, 3)), np.zeros(99))
""",
            [(5, "train_test_split gets arrays of 100 and 99 samples")],
        ),
        # the wrong half
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(100, 3), np.random.rand(100)
model = Sequential([layers.Input((3,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x[:80], y[:80], validation_data=(x[80:], y[:80]))
""",
            [(7, "x and y of validation_data have different numbers of samples: 20 and 80")],
        ),
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((3,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((4, 3)), np.zeros((4, 1)), validation_split=0.9)
""",
            [(6, "validation_split=0.9 of 4 samples leaves nothing for one of the two sides")],
        ),
    ]


def _uneven(step: Preparation) -> str | None:
    """What is said of a step that gets arrays of different lengths."""
    shapes = [array.shape for array in step.arrays]
    counts = [shape[0] for shape in shapes if isinstance(shape, tuple) and shape]
    for count in counts[1:]:
        if definitely_different(counts[0], count):
            name = step.name.rpartition(".")[2]
            return f"{name} gets arrays of {format_dim(counts[0])} and {format_dim(count)} samples"
    return None
