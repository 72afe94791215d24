"""KC316: One-hot labels are trained as independent questions: sigmoid units and `binary_crossentropy`."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._targets import targets_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.training.compiled_losses import BINARY


class ExclusiveLabelsOnSigmoid(Rule):
    """One-hot labels are trained as independent questions: sigmoid units and `binary_crossentropy`.

    ## What it does

    Reports labels that are surely one-hot (exactly one 1 in each row, as `to_categorical` makes them) under
    `binary_crossentropy` on two or more sigmoid units.

    ## Why it is bad

    Where one class out of several is right, softmax makes the units compete for it. Independent sigmoids do not, and
    `"accuracy"` becomes the share of right bits: a network that answers "none" has 90 % with ten classes.

    ## Example

    ```python
    import keras
    from keras import Sequential, layers

    (x, y), _ = keras.datasets.cifar10.load_data()
    model = Sequential([layers.Input((32, 32, 3)), layers.Rescaling(1 / 255), layers.Flatten()])
    model.add(layers.Dense(10, activation="sigmoid"))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.fit(x, keras.utils.to_categorical(y, 10))
    ```

    ## Use instead

    ```python
    import keras
    from keras import Sequential, layers

    (x, y), _ = keras.datasets.cifar10.load_data()
    model = Sequential([layers.Input((32, 32, 3)), layers.Rescaling(1 / 255), layers.Flatten()])
    model.add(layers.Dense(10, activation="softmax"))
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, keras.utils.to_categorical(y, 10))
    ```

    ## References

    - [Keras: probabilistic losses](https://keras.io/api/losses/probabilistic_losses/)
    - [Stack Overflow 42081257: why binary and categorical crossentropy give different performances](https://stackoverflow.com/q/42081257)
    """

    code = "KC316"
    name = "exclusive-labels-on-sigmoid"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for targets in targets_of(program):
            units = targets.units
            if targets.loss is None or targets.loss.name not in BINARY or units is None or units < 2:
                continue
            if targets.content.one_hot is not True or targets.output.activation != "sigmoid":
                continue
            if targets.call.site.key in told:
                continue  # the validation data have the same labels
            told.add(targets.call.site.key)
            yield Finding(
                targets.site,
                f"the labels are one-hot, one class out of {units}, but {units} sigmoid units with "
                f"{targets.loss.name} answer {units} questions; use softmax with categorical_crossentropy",
                anchor=targets.call.site,
                related=targets.places,
            )

    VALID = [
        # softmax
        """
import keras
from keras import Sequential, layers
(x, y), _ = keras.datasets.cifar10.load_data()
model = Sequential([layers.Input((32, 32, 3)), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(x / 255.0, keras.utils.to_categorical(y, 10))
""",
        # independent labels
        """
import numpy as np
from keras import Sequential, layers
y = np.random.randint(0, 2, (100, 10))
model = Sequential([layers.Input((4,)), layers.Dense(10, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.zeros((100, 4)), y)
""",
        # labels that are not known
        """
import numpy as np
from data import y
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(10, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.zeros((100, 4)), y)
""",
    ]

    INVALID = [
        Invalid(
            """
import keras
from keras import Sequential, layers
(x, y), _ = keras.datasets.cifar10.load_data()
model = Sequential([layers.Input((32, 32, 3)), layers.Flatten(), layers.Dense(10, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x / 255.0, keras.utils.to_categorical(y, 10))
""",
            [
                (
                    7,
                    "the labels are one-hot, one class out of 10, but 10 sigmoid units with binary_crossentropy answer "
                    "10 questions; use softmax with categorical_crossentropy",
                )
            ],
        ),
    ]
