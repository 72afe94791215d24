"""KC312: Class numbers are not integers."""

from __future__ import annotations

from kerascheck.diagnostics import Severity
from kerascheck.rules._targets import Targets, has_fractions, shown
from kerascheck.rules.base import Invalid
from kerascheck.rules.kc3._labels import _TargetRule


class FractionsAsClasses(_TargetRule):
    """Class numbers are not integers.

    ## What it does

    Reports targets with fractions under `sparse_categorical_crossentropy`: numbers to predict, and class numbers that
    were scaled together with the features.

    ## Why it is bad

    The loss drops the fraction. Scaled class numbers all become class 0 (and perhaps 1): the loss
    falls to nothing, and nothing is learned. A number to predict has no classes at all.

    ## Example

    ```python
    from keras import Sequential, layers, datasets

    (x, y), _ = datasets.mnist.load_data()
    x, y = x / 255, y / 255
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y)
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers, datasets

    (x, y), _ = datasets.mnist.load_data()
    x = x / 255
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y)
    ```

    ## References

    - [Keras: SparseCategoricalCrossentropy](https://keras.io/api/losses/probabilistic_losses/#sparsecategoricalcrossentropy-class)
    """

    code = "KC312"
    name = "fractions-as-classes"
    severity = Severity.ERROR

    def judge(self, targets: Targets) -> str | None:
        loss, content = targets.loss, targets.content
        if loss is None or loss.name != "sparse_categorical_crossentropy" or not has_fractions(content):
            return None
        high = max(content.values) if content.values is not None else content.high
        if high is not None and 0 < high <= 1:
            return (
                f"the labels are {shown(content)}: {loss.name} truncates what is below 1 to class 0; "
                "do not scale labels"
            )
        return (
            f"the targets are {shown(content)}, which are not class numbers; "
            "for numbers to predict use mse and a last layer without activation"
        )

    VALID = [
        # class numbers as floats
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((3, 2)), np.array([0.0, 1.0, 2.0]))
""",
        # numbers to predict
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((3, 2)), np.array([0.5, 1.5, 2.5]))
""",
        # only the features are scaled
        """
from keras import Sequential, layers, datasets
(x, y), _ = datasets.mnist.load_data()
model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 255, y.astype("float32"))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.zeros((3, 2)), np.array([0, 1, 2])
model = Sequential([layers.Input((2,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y / 2)
model.fit(x, np.array([1.25, 0.5, 2.75]))
""",
            [
                (
                    7,
                    "the labels are 0, 0.5 and 1: sparse_categorical_crossentropy truncates what is below 1 to class "
                    "0; "
                    "do not scale labels",
                ),
                (
                    8,
                    "the targets are 0.5, 1.25 and 2.75, which are not class numbers; "
                    "for numbers to predict use mse and a last layer without activation",
                ),
            ],
        ),
    ]
