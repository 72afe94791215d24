"""KC219: Class numbers go beyond the units of the last layer."""

from __future__ import annotations

from kerascheck.rules._clashes import ClashRule
from kerascheck.rules.base import Invalid


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
