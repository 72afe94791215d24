"""KC427: The learning rate is zero, negative, or far from what the optimizer works with."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import once_in_outline
from kerascheck.network.arguments import Given
from kerascheck.network.program import CompileCall, KerasObject, Program
from kerascheck.rules._mentions import texts
from kerascheck.rules._training import (
    callbacks_of,
    dialect,
    value_site,
)
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.text.outline import Outline


@dataclass(frozen=True)
class _Scale:
    """What the learning rates of an optimizer are measured with: a threshold, and a factor for it."""

    is_adaptive: bool
    factor: float = 1.0

    def high(self, thresholds: Thresholds) -> float:
        """The largest learning rate that is sensible."""
        limit = thresholds.adaptive_learning_rate if self.is_adaptive else thresholds.learning_rate
        return limit * self.factor


#: SGD: Bengio (2012), "Practical recommendations for gradient-based training of deep architectures", 3.1.1: typical
#: values for standardized inputs are less than 1 and greater than 1e-6; where saturated units make gradients small,
#: more is in use (3.0 in chapter 1 of Nielsen's "Neural networks and deep learning"). The adaptive ones move each
#: weight by about the learning rate in a step (Kingma and Ba (2014), "Adam", 2.1), while the weights begin at some 0.1.
#: Lion: 3 to 10 times smaller than for AdamW (its documentation). Adadelta: 1.0 is the form of its paper (likewise).
_SCALES = {
    "SGD": _Scale(False),
    "Adagrad": _Scale(False),
    "Adam": _Scale(True),
    "AdamW": _Scale(True),
    "Adamax": _Scale(True),
    "Nadam": _Scale(True),
    "RMSprop": _Scale(True),
    "Lion": _Scale(True, 0.1),
    "Adadelta": _Scale(False),
}


#: The rate is set from outside: `model.optimizer.learning_rate.assign(...)`, `K.set_value(optimizer.lr, ...)`.
_RATES = frozenset({"learning_rate", "lr"})


class LearningRateOutOfRange(Rule):
    """The learning rate is zero, negative, or far from what the optimizer works with.

    ## What it does

    Looks at learning rates that are given as numbers to the optimizer of `compile`: zero and below; above 10 for `SGD`,
    `Adagrad` and `Adadelta`, 0.1 for `Adam`, `RMSprop` and their kin, 0.01 for `Lion` (settings `learning-rate` and
    `adaptive-learning-rate`); below 1e-7 (`least-learning-rate`). Whole numbers are reported as well: Keras 3 expects a
    float.

    It says nothing about rates that a callback or the program sets later.

    ## Why it is bad

    Zero changes nothing and a negative rate climbs. `Adam` and its kin move every weight by about the learning rate in
    each step, and weights begin at some 0.1: a rate of 1 throws them away in the first step. For plain gradient descent
    on scaled inputs, rates between 1e-6 and 1 are usual, with saturated units a little more.

    ## Example

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(learning_rate=10.0), "mse")
    ```

    ## Use instead

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(learning_rate=0.001), "mse")
    ```

    ## References

    - [Bengio: Practical recommendations for gradient-based training of deep architectures](https://arxiv.org/abs/1206.5533)
    - [Kingma and Ba: Adam](https://arxiv.org/abs/1412.6980)
    - [Keras: optimizers](https://keras.io/api/optimizers/)
    """

    code = "KC427"
    name = "learning-rate-out-of-range"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.compiles:
            optimizer = call.arguments.value("optimizer", 0)
            if not isinstance(optimizer, KerasObject):
                continue
            given = _rate_argument(optimizer)
            rate = given.value if given is not None else None
            if given is None or isinstance(rate, bool) or not isinstance(rate, (int, float)):
                continue
            found = self._judge(optimizer, rate, thresholds, _is_set_later(program, call), dialect(call.site))
            if found is not None:
                place = optimizer.site if optimizer.site is not None else call.site
                yield Finding(value_site(place, given), found[0], severity=found[1])

    def _judge(
        self, optimizer: KerasObject, rate: float, thresholds: Thresholds, is_later: bool, generation: int
    ) -> tuple[str, Severity | None] | None:
        name = optimizer.qualname.rpartition(".")[2]
        is_float = abs(rate) <= sys.float_info.max  # some integers are larger than any float
        if isinstance(rate, int) and generation == 3:
            refused = f"{rate}; write {float(rate)}" if is_float else "integers"
            return f"{name} expects a float as its learning rate: Keras 3 refuses {refused}", Severity.ERROR
        if not is_float:
            rate = math.copysign(math.inf, rate)
        if is_later:
            return None
        if rate == 0:
            return "with a learning rate of 0 nothing is learned", Severity.ERROR
        if rate < 0:
            return f"a negative learning rate ({rate:g}) makes the loss grow", Severity.ERROR
        scale = _SCALES.get(name)
        if scale is None:
            return None
        high = scale.high(thresholds)
        if rate > high:
            return f"a learning rate of {rate:g} is far too high for {name}; rates up to {high:g} are usual", None
        if rate < thresholds.least_learning_rate:
            low = f"{thresholds.least_learning_rate:g}"
            return f"a learning rate of {rate:g} changes next to nothing; rates from {low} are usual", None
        return None

    VALID = [
        # what is usual
        """
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile(keras.optimizers.Adam(learning_rate=0.001), "mse")
model.compile(keras.optimizers.SGD(3.0, momentum=0.9), "mse")
model.compile(keras.optimizers.Adam(0.1), "mse")
model.compile(keras.optimizers.AdamW(2e-6), "mse")
""",
        # the form of the paper
        """
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile(keras.optimizers.Adadelta(learning_rate=1.0), "mse")
""",
        # a schedule
        """
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
rate = keras.optimizers.schedules.PolynomialDecay(0.0, 100, end_learning_rate=0.1)
model.compile(keras.optimizers.Adam(learning_rate=rate), "mse")
""",
        # a callback sets it
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile(keras.optimizers.Adam(learning_rate=0.0), "mse")
warm = keras.callbacks.LearningRateScheduler(lambda epoch: 0.001 * epoch)
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), epochs=3, callbacks=[warm])
""",
        # the program sets it
        """
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile(keras.optimizers.Adam(learning_rate=0.0), "mse")
model.optimizer.learning_rate.assign(0.001)
""",
        # an optimizer of another kind
        """
import keras
from elsewhere import Sgd
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile(Sgd(learning_rate=100.0), "mse")
""",
        # Keras 2 took whole numbers
        """
from keras.models import Sequential
from keras.layers.core import Dense
from keras.optimizers import SGD
model = Sequential([Dense(1, input_dim=4)])
model.compile(SGD(lr=1), "mse")
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile(keras.optimizers.Adam(learning_rate=10.0), "mse")
model.compile(keras.optimizers.SGD(50.0), "mse")
model.compile(keras.optimizers.Lion(0.1), "mse")
model.compile(keras.optimizers.SGD(learning_rate=1e-12), "mse")
model.compile(keras.optimizers.RMSprop(learning_rate=0.0), "mse")
model.compile(keras.optimizers.RMSprop(learning_rate=-0.01), "mse")
model.compile(keras.optimizers.SGD(learning_rate=1), "mse")
model.compile(keras.optimizers.SGD(learning_rate=10**400), "mse")
""",
            [
                (5, "a learning rate of 10 is far too high for Adam; rates up to 0.1 are usual"),
                (6, "a learning rate of 50 is far too high for SGD; rates up to 10 are usual"),
                (7, "a learning rate of 0.1 is far too high for Lion; rates up to 0.01 are usual"),
                (8, "a learning rate of 1e-12 changes next to nothing; rates from 1e-07 are usual"),
                (9, "with a learning rate of 0 nothing is learned"),
                (10, "a negative learning rate (-0.01) makes the loss grow"),
                (11, "SGD expects a float as its learning rate: Keras 3 refuses 1; write 1.0"),
                (12, "SGD expects a float as its learning rate: Keras 3 refuses integers"),
            ],
        ),
        # another limit
        Invalid(
            """
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.layers.Input((4,)), tf.keras.layers.Dense(1)])
model.compile(tf.keras.optimizers.Adam(0.05), "mse")
""",
            [(4, "a learning rate of 0.05 is far too high for Adam; rates up to 0.01 are usual")],
            options={"adaptive_learning_rate": 0.01},
        ),
    ]


def _rate_argument(optimizer: KerasObject) -> Given | None:
    if not optimizer.qualname.startswith("keras.optimizers."):
        return None
    given = optimizer.arguments.get("learning_rate", 0)
    if not isinstance(given, Given):
        given = optimizer.arguments.get("lr")
    return given if isinstance(given, Given) else None


def _is_set_later(program: Program, call: CompileCall) -> bool:
    """Whether a callback or the program itself may set another rate."""
    file = call.site.file
    if _reaches_rates(file, file.tree) or not _RATES.isdisjoint(texts(file, file.tree)):
        return True
    for training in program.trainings:
        callbacks = callbacks_of(training)
        if training.network is call.network and (callbacks.meddling or any(callbacks.of("LearningRateScheduler"))):
            return True
    return False


@once_in_outline
def _reaches_rates(outline: Outline, tree: cst.CSTNode) -> bool:
    """Whether the file reads or sets the rate of something."""
    return any(node.attr.value in _RATES for node in outline.below(tree, cst.Attribute))
