"""KC490: a number of a training call that leaves nothing to do, or that Keras cannot count with."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._gone import severity_of_refusal
from kerascheck.rules._training import argument, argument_site, argument_value, known_int, validates
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Unknown

#: What counts rounds: every Keras refuses a float, with TypeError.
_EPOCHS = ("epochs", "initial_epoch")

#: What counts batches or samples: an older Keras goes on with a float.
_STEPS = ("steps_per_epoch", "validation_steps", "steps", "batch_size", "validation_batch_size")


class TrainingNumbers(Rule):
    """A number of `fit`, `evaluate` or `predict` leaves nothing to train on, or is not an integer.

    ## What it does

    Reports fractions for `validation_split` that are none, `epochs` that end before they begin, and floats where Keras
    counts epochs, steps or samples.

    ## Why it is bad

    `validation_split=20` leaves no sample to train on: Keras 3 goes through an epoch without a batch, and the history
    has no loss. `epochs` is the number of the last epoch, so that `initial_epoch=10, epochs=5` trains nothing. A float,
    such as `len(x) / 32`, ends the call with TypeError.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    x, y = np.random.rand(100, 4), np.random.rand(100, 1)
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, y, epochs=10, validation_split=20)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    x, y = np.random.rand(100, 4), np.random.rand(100, 1)
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, y, epochs=10, validation_split=0.2)
    ```

    ## References

    - [Keras: fit](https://keras.io/api/models/model_training_apis/#fit-method)
    """

    code = "KC490"
    name = "training-numbers"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            yield from _fraction(call)
            yield from _rounds(call)
            for name in (*_EPOCHS, *_STEPS):
                yield from _whole(call, name)

    VALID = [
        # the usual
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(100, 4), np.random.rand(100, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, epochs=10, batch_size=len(x) // 4, validation_split=0.2)
model.fit(x, y, initial_epoch=10, epochs=15, steps_per_epoch=int(np.ceil(len(x) / 32)), validation_split=0)
""",
        # numbers of NumPy, and some that nobody knows
        """
import sys
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(100, 4), np.random.rand(100, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, epochs=np.int64(3), batch_size=np.int32(16), validation_split=float(sys.argv[1]))
model.fit(x, y, epochs=int(sys.argv[2]), initial_epoch=int(sys.argv[3]))
""",
        # an older Keras counts steps as floats
        """
import tf_keras
def batches():
    while True:
        yield tf_keras.backend.ones((16, 4)), tf_keras.backend.ones((16, 1))
model = tf_keras.Sequential([tf_keras.layers.Dense(1, input_dim=4)])
model.compile("adam", "mse")
model.fit(batches(), steps_per_epoch=2000 / 16)
""",
        # validation data of their own
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(100, 4), np.random.rand(100, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, epochs=1, validation_data=(x, y), validation_steps=None, batch_size=None)
""",
        # no model of Keras
        """
import keras
import numpy as np
from sklearn.svm import SVC
model = SVC()
model.fit(np.random.rand(10, 2), np.random.randint(0, 2, 10), 0.5)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(100, 4), np.random.rand(100, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, epochs=10, validation_split=20)
""",
            [(7, "validation_split=20 leaves no samples to train on; it is a fraction, such as 0.2")],
        ),
        # no samples for the validation
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(100, 4), np.random.rand(100, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, epochs=10, validation_split=-0.2)
""",
            [(7, "validation_split=-0.2 leaves no samples for the validation; it is a fraction, such as 0.2")],
        ),
        # no rounds
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(100, 4), np.random.rand(100, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, epochs=10)
model.fit(x, y, epochs=5, initial_epoch=10)
model.fit(x, y, epochs=0)
""",
            [
                (
                    8,
                    "epochs=5 is the number of the last epoch, but initial_epoch=10: nothing is trained; use epochs=15",
                ),
                (9, "epochs=0 trains nothing"),
            ],
        ),
        # floats
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(100, 4), np.random.rand(100, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, epochs=1e2)
def train(features, labels):
    model.fit(features, labels, batch_size=len(features) / 4)
train(x, y)
model.evaluate(x, y, steps=100 / 32)
""",
            [
                (7, "epochs expects an integer, got 100.0"),
                (9, "batch_size expects an integer, got 25.0; use // in place of /"),
                (11, "steps expects an integer, got 3.125; use // in place of /"),
            ],
        ),
        # of a size that is not known
        Invalid(
            """
import keras
import numpy as np
x, y = np.load("x.npy"), np.load("y.npy")
model = keras.Sequential([keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, steps_per_epoch=len(x) / 32)
keras.ops.relu(1.0)
""",
            [(7, "steps_per_epoch expects an integer, got a float; use // in place of /")],
        ),
    ]


def _fraction(call: TrainCall) -> Iterator[Finding]:
    """Of `validation_split`: what leaves no samples on one side, however many there are."""
    given = argument(call, "validation_split")
    value = given.value if isinstance(given, Given) else None
    if not isinstance(given, Given) or not isinstance(value, (int, float)) or 0 <= value < 1:
        return
    left = "to train on" if value > 0 else "for the validation"
    yield Finding(
        argument_site(call.site, given),
        f"validation_split={value} leaves no samples {left}; it is a fraction, such as 0.2",
        severity=Severity.ERROR if value > 0 else Severity.WARNING,
        anchor=call.site,
    )


def _rounds(call: TrainCall) -> Iterator[Finding]:
    """Of `epochs`: what ends before it begins."""
    given = argument(call, "epochs")
    last = known_int(given.value) if isinstance(given, Given) else None
    first = known_int(argument_value(call, "initial_epoch", 0))
    if not isinstance(given, Given) or last is None or first is None or last > first:
        return
    message = f"epochs={last} trains nothing"
    if first and last > 0:
        message = (
            f"epochs={last} is the number of the last epoch, but initial_epoch={first}: nothing is trained; "
            f"use epochs={first + last}"
        )
    yield Finding(argument_site(call.site, given), message, severity=Severity.WARNING, anchor=call.site)


def _whole(call: TrainCall, name: str) -> Iterator[Finding]:
    """Of what is counted: floats."""
    given = argument(call, name)
    if not isinstance(given, Given) or (name.startswith("validation") and validates(call) is not True):
        return
    is_quotient = given.node is not None and _is_quotient(given.node.value)
    if not isinstance(given.value, float) and not (is_quotient and isinstance(given.value, Unknown)):
        return
    severity = Severity.ERROR if name in _EPOCHS else severity_of_refusal(call.site.file)
    if severity is None:
        return
    what = repr(given.value) if isinstance(given.value, float) else "a float"
    hint = "; use // in place of /" if is_quotient else ""
    yield Finding(
        argument_site(call.site, given),
        f"{name} expects an integer, got {what}{hint}",
        severity=severity,
        anchor=call.site,
    )


def _is_quotient(node: cst.BaseExpression) -> bool:
    """Whether it is written as a division, which gives a float in Python 3."""
    return isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Divide)
