"""KC311: The output has many more units than there are classes."""

from __future__ import annotations

from kerascheck.diagnostics import Severity
from kerascheck.rules._targets import Targets, has_fractions, shown
from kerascheck.rules.base import Invalid
from kerascheck.rules.kc3._labels import _TargetRule


class UnitsWithoutClass(_TargetRule):
    """The output has many more units than there are classes.

    ## What it does

    Compares the number of classes of a large data set with the units under `sparse_categorical_crossentropy`, and
    reports at least twice as many units, and three more.

    ## Why it is bad

    The units that no label names only learn to stay at 0. Often the number is left over from another data set, and the
    metrics look better than they are.

    ## Example

    ```python
    from keras import Sequential, layers, datasets

    (x, y), _ = datasets.mnist.load_data()
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(100, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x / 255, y)
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers, datasets

    (x, y), _ = datasets.mnist.load_data()
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x / 255, y)
    ```

    ## References

    - [Keras: probabilistic losses](https://keras.io/api/losses/probabilistic_losses/)
    """

    code = "KC311"
    name = "units-without-class"
    severity = Severity.INFO

    def judge(self, targets: Targets) -> str | None:
        loss, units, content = targets.loss, targets.units, targets.content
        if loss is None or loss.name != "sparse_categorical_crossentropy" or units is None or not content.is_mass:
            return None
        if not content.attained or content.high is None or has_fractions(content):
            return None
        classes = int(content.high) + 1
        if classes < 2 or units < 2 * classes or units - classes < 3:
            return None
        return f"the labels are {shown(content)}, and {units - classes} of the {units} units stand for no class"

    VALID = [
        # as many units as classes
        """
from keras import Sequential, layers, datasets
(x, y), _ = datasets.mnist.load_data()
model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 255, y)
""",
        # one in reserve
        """
from keras import Sequential, layers, datasets
(x, y), _ = datasets.mnist.load_data()
model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(11, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 255, y)
""",
        # a small sample for a trial
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1000, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((3, 2)), np.array([0, 1, 2]))
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers, datasets
(x, y), _ = datasets.mnist.load_data()
model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(100, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 255, y)
""",
            [(6, "the labels are 0 to 9, and 90 of the 100 units stand for no class")],
        ),
    ]
