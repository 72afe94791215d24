"""KC310: `binary_crossentropy` receives labels other than 0 and 1."""

from __future__ import annotations

from kerascheck.diagnostics import Severity
from kerascheck.network.dims import definitely_different
from kerascheck.rules._targets import Targets, has_fractions, shown, surely_above, surely_below
from kerascheck.rules.base import Invalid
from kerascheck.rules.kc3._labels import _spread, _TargetRule
from kerascheck.training.compiled_losses import BINARY


class LabelsNotBinary(_TargetRule):
    """`binary_crossentropy` receives labels other than 0 and 1.

    ## What it does

    Reports targets with values below 0 or above 1 under `binary_crossentropy`: classes counted from 1, classes -1 and
    1, unscaled images, classes 0 to 9 on one unit, prices.

    ## Why it is bad

    The loss takes targets for probabilities. For any other number it has no lower bound: training makes it ever more
    negative while the output runs to 0 or 1. Keras raises nothing.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    y = np.array([-1, 1, 1, -1])
    model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(np.zeros((4, 2)), y)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    y = np.array([-1, 1, 1, -1])
    model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(np.zeros((4, 2)), (y + 1) / 2)
    ```

    ## References

    - [Keras: BinaryCrossentropy](https://keras.io/api/losses/probabilistic_losses/#binarycrossentropy-class)
    """

    code = "KC310"
    name = "labels-not-binary"
    severity = Severity.ERROR

    def judge(self, targets: Targets) -> str | None:
        loss, content = targets.loss, targets.content
        if loss is None or loss.name not in BINARY or _is_refused(targets):
            return None
        above, below = surely_above(content, 1.0), surely_below(content, 0.0)
        spread = _spread(content)
        if above is None and below is None and spread is None:
            return None
        what = spread if above is None and below is None else shown(content)
        return f"the targets are {what}, but {loss.name} expects 0 to 1; {self._advice(targets)}"

    def _advice(self, targets: Targets) -> str:
        content, values = targets.content, targets.content.values
        if values == frozenset((-1, 1)):
            return "use (y + 1) / 2"
        if values == frozenset((1, 2)):
            return "use y - 1"
        if "pixels" in content.tags or (content.low, content.high) == (0, 255):
            return "divide by 255"
        if has_fractions(content):
            return "numbers to predict need mse and a last layer without activation"
        if content.low == 0 and targets.units == 1 and content.high is not None and content.high < 1000:
            count = int(content.high) + 1
            return f"{count} classes need {count} softmax units and sparse_categorical_crossentropy"
        return "classes need 0 and 1, numbers to predict need mse and a last layer without activation"

    VALID = [
        # 0 and 1
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.zeros((4, 2)), np.array([0, 1, 1, 0]))
""",
        # probabilities
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.zeros((4, 2)), np.array([0.1, 0.9, 0.9, 0.1]))
""",
        # -1 and 1 are right for hinge
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="tanh")])
model.compile("adam", "hinge")
model.fit(np.zeros((4, 2)), np.array([-1, 1, 1, -1]))
""",
        # images scaled to 0 to 1: an autoencoder
        """
from keras import Sequential, layers, datasets
(x, _), _ = datasets.mnist.load_data()
x = x.reshape(60000, 784).astype("float32") / 255
model = Sequential([layers.Input((784,)), layers.Dense(32, activation="relu"), layers.Dense(784, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, x)
""",
        # what the values are is not known
        """
from elsewhere import x, y
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x = np.zeros((4, 2))
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, np.array([-1, 1, 1, -1]))
model.fit(x, np.array([1, 2, 2, 1]))
model.fit(x, np.array([0, 1, 2, 1]), validation_data=(x, np.array([0, 1, 2, 2])))
model.fit(x, np.array([10.5, 20.25, 3.0, 1.0]))
""",
            [
                (7, "the targets are -1 and 1, but binary_crossentropy expects 0 to 1; use (y + 1) / 2"),
                (8, "the targets are 1 and 2, but binary_crossentropy expects 0 to 1; use y - 1"),
                (
                    9,
                    "the targets are 0, 1 and 2, but binary_crossentropy expects 0 to 1; "
                    "3 classes need 3 softmax units and sparse_categorical_crossentropy",
                ),
                (
                    9,
                    "the targets are 0, 1 and 2, but binary_crossentropy expects 0 to 1; "
                    "3 classes need 3 softmax units and sparse_categorical_crossentropy",
                ),
                (
                    10,
                    "the targets are 1 to 20.25, but binary_crossentropy expects 0 to 1; "
                    "numbers to predict need mse and a last layer without activation",
                ),
            ],
        ),
        # an autoencoder of images as they are loaded
        Invalid(
            """
from keras import Sequential, layers, datasets
(x, _), _ = datasets.mnist.load_data()
x = x.reshape(60000, 784)
model = Sequential([layers.Input((784,)), layers.Dense(32, activation="relu"), layers.Dense(784, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, x)
""",
            [(7, "the targets are 0 to 255, but binary_crossentropy expects 0 to 1; divide by 255")],
        ),
    ]


def _is_refused(targets: Targets) -> bool:
    """Whether Keras raises on the shapes, so that the values do not matter."""
    shape, output = targets.array.shape, targets.tensor.shape
    if not isinstance(shape, tuple) or not isinstance(output, tuple):
        return False
    units = targets.units
    if units == 1 and len(shape) == len(output) - 1:
        return False
    return len(shape) != len(output) or (units is not None and definitely_different(shape[-1], units))
