"""KC218: `sample_weight` or `class_weight` does not fit the targets."""

from __future__ import annotations

from kerascheck.rules._clashes import ClashRule
from kerascheck.rules.base import Invalid


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
