"""KC217: A model is trained without a loss, or with a loss and without targets."""

from __future__ import annotations

from kerascheck.rules._clashes import ClashRule
from kerascheck.rules.base import Invalid


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
            [(6, "the loss needs targets, but fit is called without 'y'")],
        ),
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((8,)), layers.Dense(8)])
model.compile("adam", metrics=["mae"])
model.evaluate(np.zeros((100, 8)), np.zeros((100, 8)))
""",
            [(6, "evaluate of Keras 3 needs a loss; pass one to compile")],
        ),
    ]
