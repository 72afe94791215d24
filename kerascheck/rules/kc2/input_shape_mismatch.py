"""KC210: The data does not have the shape that the model expects."""

from __future__ import annotations

from kerascheck.rules._clashes import ClashRule
from kerascheck.rules.base import Invalid


class InputShapeMismatch(ClashRule):
    """The data does not have the shape that the model expects.

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
        # lists of several lengths, made of one length; objects made numbers
        """
import numpy as np
from keras import Sequential, layers
from keras.utils import pad_sequences
ragged = [[1, 2, 3], [4], [5, 6]]
model = Sequential([layers.Input((3,)), layers.Embedding(8, 4), layers.GlobalMaxPooling1D(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(pad_sequences(ragged, maxlen=3), np.zeros(3))
model.fit(np.array([[1, 2, 3], [4, 5, 6]], dtype=object).astype("int32"), np.zeros(2))
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
            [(6, "'x' has the shape (100, 9), but the model expects (None, 8)")],
        ),
        # lists of several lengths
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
ragged = [[1, 2, 3], [4], [5, 6]]
model = Sequential([layers.Input((3,)), layers.Embedding(8, 4), layers.GlobalMaxPooling1D(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.array(ragged, dtype=object), np.zeros(3))
""",
            [(7, "'x' has the dtype object, which TensorFlow cannot read; make all elements numbers of one shape")],
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
            [(7, "'x' has the shape (60000, 28, 28), but the model expects (None, 784); reshape it to (-1, 784)")],
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
                    "'x' has the shape (10, 3, 32, 32), but the model expects (None, 32, 32, 3); "
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
                    "'x' has the shape (12, 4), but the model expects (None, 12, 4); one sample needs a batch axis, "
                    "x[None]",
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
                    "'x' has the shape (12, 1) of one sample, which Keras takes for 12 samples of the shape (1, 1); "
                    "add the batch axis, x[None]",
                )
            ],
        ),
        # an axis that the model leaves open, and a layer that does not
        Invalid(
            """
import keras
import numpy as np
from keras import layers
class Asks(keras.Model):
    def __init__(self):
        super().__init__()
        self.values = layers.Dense(64)
        self.attention = layers.Attention()
    def call(self, inputs):
        image, words = inputs
        return self.attention([words, self.values(image)])
model = Asks()
model.compile("adam", "mse")
model.fit([np.ones((24, 15, 9)), np.ones((24, 10, 128))], np.ones((24, 10, 64)), batch_size=8)
""",
            [
                (
                    15,
                    "'x' is data that a layer refuses: 'attention': Attention compares the last axis of query and key, "
                    "found (8, 10, 128) and (8, 15, 64); project one of them with Dense(128)",
                )
            ],
        ),
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
                    "'x' has the shape (10, 4, 3), which a layer refuses: 'conv1d' (Conv1D): Conv1D has no room on "
                    "spatial axis 0: its window spans 5, the input has 4 there; whole input shape (batch, 4, 3)",
                )
            ],
        ),
    ]
