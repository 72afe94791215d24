"""KC443: a learning-rate schedule that has run down long before the training ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.ir import Site
from kerascheck.network.program import KerasObject, Program, TrainCall
from kerascheck.rules._streams import batches_in_epoch
from kerascheck.rules._training import argument_value, callbacks_of, known_int
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc4.schedule_and_callback import schedule_of
from kerascheck.symbolic.unknown import Unknown

#: The share of the first rate below which nothing is learnt any more.
_NOTHING = 1e-6


class ScheduleInEpochs(Rule):
    """A learning-rate schedule counts batches, but its steps are written in epochs.

    ## What it does

    Works out the learning rate of `ExponentialDecay`, `CosineDecay`, `PolynomialDecay` and `PiecewiseConstantDecay` for
    the number of batches and epochs of `fit`, where these are known. Reports schedules that have come down to a
    millionth in the first half of the training, or whose steps all lie in the first of several epochs.

    ## Why it is bad

    The schedules of Keras count optimizer steps, that is batches. `decay_steps=10`, meant as ten epochs, is over after
    ten batches: a few epochs later the rate is too small to change a weight, and the loss stays where it is.

    ## Example

    ```python
    import numpy as np
    import keras
    from keras import layers

    x, y = np.random.rand(3200, 4), np.random.rand(3200, 1)
    rate = keras.optimizers.schedules.ExponentialDecay(0.001, decay_steps=10, decay_rate=0.9)
    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(rate), "mse")
    model.fit(x, y, batch_size=32, epochs=40)
    ```

    ## Use instead

    ```python
    import numpy as np
    import keras
    from keras import layers

    x, y = np.random.rand(3200, 4), np.random.rand(3200, 1)
    rate = keras.optimizers.schedules.ExponentialDecay(0.001, decay_steps=10 * (len(x) // 32), decay_rate=0.9)
    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(rate), "mse")
    model.fit(x, y, batch_size=32, epochs=40)
    ```

    ## References

    - [Keras: ExponentialDecay](https://keras.io/api/optimizers/learning_rate_schedules/exponential_decay/)
    - [decay_steps are no epochs](https://github.com/tensorflow/tensorflow/issues/52529)
    """

    code = "KC443"
    name = "schedule-in-epochs"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            schedule = schedule_of(call.compiled) if call.method == "fit" else None
            batches = batches_in_epoch(call) if schedule is not None else None
            if schedule is None or batches is None or batches < 2:
                continue
            epochs = known_int(argument_value(call, "epochs", 1)) or 1
            if any(callbacks_of(call).of("EarlyStopping")):
                epochs = min(epochs, 5)  # how long it goes on is not known, but hardly less
            message = _judge(schedule, batches, epochs)
            if message is not None:
                yield Finding(_place(schedule, call), message, anchor=call.site)

    VALID = [
        # epochs in batches
        """
import numpy as np
import keras
from keras import layers
x, y = np.random.rand(3200, 4), np.random.rand(3200, 1)
rate = keras.optimizers.schedules.ExponentialDecay(0.001, decay_steps=10 * (len(x) // 32), decay_rate=0.9)
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile(keras.optimizers.Adam(rate), "mse")
model.fit(x, y, batch_size=32, epochs=40)
""",
        # it comes down to a thousandth in the end
        """
import numpy as np
import keras
from keras import layers
rate = keras.optimizers.schedules.ExponentialDecay(0.1, 100, 0.5)
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile(keras.optimizers.SGD(rate), "mse")
model.fit(np.random.rand(320, 4), np.random.rand(320, 1), epochs=100)
""",
        # as many steps as there are batches
        """
import numpy as np
import keras
from keras import layers
rate = keras.optimizers.schedules.CosineDecay(0.1, decay_steps=10 * 20)
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile(keras.optimizers.SGD(rate), "mse")
model.fit(np.random.rand(320, 4), np.random.rand(320, 1), epochs=20)
""",
        # how many batches there are is not known
        """
import keras
from elsewhere import x, y
from keras import layers
rate = keras.optimizers.schedules.ExponentialDecay(0.001, decay_steps=10, decay_rate=0.9)
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile(keras.optimizers.Adam(rate), "mse")
model.fit(x, y, epochs=40)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import tensorflow as tf
EPOCHS = 50
def make_model():
    rate = tf.keras.optimizers.schedules.CosineDecay(0.1, decay_steps=EPOCHS)
    model = tf.keras.Sequential([tf.keras.layers.Input((4,)), tf.keras.layers.Dense(1)])
    model.compile(tf.keras.optimizers.SGD(learning_rate=rate), "mse")
    return model
data = tf.data.Dataset.from_tensor_slices((np.random.rand(3200, 4), np.random.rand(3200, 1))).batch(32)
make_model().fit(data, epochs=EPOCHS)
""",
            [
                (
                    6,
                    "CosineDecay counts batches: its 50 steps are over after 50 of 5000 batches (100 per epoch), then "
                    "the learning rate is 0; count decay_steps in batches",
                )
            ],
        ),
        Invalid(
            """
import numpy as np
import keras
from keras import layers
x, y = np.random.rand(3200, 4), np.random.rand(3200, 1)
rate = keras.optimizers.schedules.ExponentialDecay(0.001, decay_steps=10, decay_rate=0.9)
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile(keras.optimizers.Adam(rate), "mse")
model.fit(x, y, epochs=40)
steps = keras.optimizers.schedules.PiecewiseConstantDecay([10, 20], [0.01, 0.001, 0.0001])
model.compile(keras.optimizers.Adam(steps), "mse")
model.fit(x, y, epochs=30)
""",
            [
                (
                    6,
                    "ExponentialDecay counts batches: after 2000 of 4000 (100 per epoch) the learning rate is 7.1e-13; "
                    "count decay_steps in batches",
                ),
                (
                    10,
                    "PiecewiseConstantDecay counts batches: its last boundary, 20, lies in the first of 30 epochs (100 "
                    "batches each); count boundaries in batches",
                ),
            ],
        ),
    ]


def _judge(schedule: KerasObject, batches: int, epochs: int) -> str | None:
    name = schedule.qualname.rpartition(".")[2]
    total = batches * epochs
    steps, first = _number(schedule, "decay_steps", 1), _number(schedule, "initial_learning_rate", 0)
    if name == "PiecewiseConstantDecay":
        bounds = schedule.arguments.value("boundaries", 0)
        if not isinstance(bounds, (list, tuple)) or not bounds or not all(isinstance(one, int) for one in bounds):
            return None
        if epochs >= 3 and max(bounds) < min(batches, epochs):
            return (
                f"{name} counts batches: its last boundary, {max(bounds)}, lies in the first of {epochs} epochs "
                f"({batches} batches each); count boundaries in batches"
            )
        return None
    if steps is None or first is None or steps <= 0 or first <= 0:
        return None
    if name == "ExponentialDecay":
        factor = _number(schedule, "decay_rate", 2)
        if factor is None or not 0 < factor < 1:
            return None
        rate = first * factor ** min(total / 2 / steps, 1e5)
        if rate < first * _NOTHING:
            return (
                f"{name} counts batches: after {total // 2} of {total} ({batches} per epoch) the learning rate is "
                f"{rate:.2g}; count decay_steps in batches"
            )
        return None
    if name == "CosineDecay":
        if not isinstance(schedule.arguments.value("warmup_target", 4), type(None)):
            return None
        alpha = _number(schedule, "alpha", 2, 0.0)
        end = None if alpha is None else alpha * first
    elif name == "PolynomialDecay" and schedule.arguments.value("cycle", 4, False) is False:
        end = _number(schedule, "end_learning_rate", 2, 0.0001)
    else:
        return None
    if end is not None and end < first * _NOTHING and steps * 5 <= total:
        return (
            f"{name} counts batches: its {steps:g} steps are over after {steps:g} of {total} batches ({batches} per "
            f"epoch), then the learning rate is {end:g}; count decay_steps in batches"
        )
    return None


def _number(schedule: KerasObject, name: str, position: int, default: float | None = None) -> float | None:
    value: Any = schedule.arguments.value(name, position, default)
    if isinstance(value, (bool, Unknown)) or not isinstance(value, (int, float)):
        return None
    return value


def _place(schedule: KerasObject, call: TrainCall) -> Site:
    """Where the steps are given, or the schedule is made."""
    site = schedule.site
    if site is None or site.file is not call.site.file:
        return call.site
    for name in ("decay_steps", "boundaries"):
        given = schedule.arguments.get(name)
        if isinstance(given, Given) and given.node is not None:
            return Site(site.file, given.node)
    return site
