"""KC442: a callback sets a learning rate that is a schedule."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.program import CompileCall, KerasObject, Program
from kerascheck.rules._gone import severity_of_refusal
from kerascheck.rules._training import argument_value, callbacks_of, known_int
from kerascheck.rules.base import Finding, Invalid, Rule, Site, Thresholds

_SCHEDULES = "keras.optimizers.schedules."


class ScheduleAndCallback(Rule):
    """`ReduceLROnPlateau` or `LearningRateScheduler` meets an optimizer whose learning rate is a schedule.

    ## What it does

    Reports callbacks that set the learning rate, given to `fit` of a model whose optimizer was made with a
    `LearningRateSchedule`. `ReduceLROnPlateau` is left alone where its patience is longer than the training.

    ## Why it is bad

    Keras raises TypeError ("its learning rate is not settable"), with `ReduceLROnPlateau` only after some epochs, when
    it first wants to reduce it.

    ## Example

    ```python
    import numpy as np
    import keras
    from keras import layers

    rate = keras.optimizers.schedules.ExponentialDecay(0.01, decay_steps=1000, decay_rate=0.9)
    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(rate), "mse")
    plateau = keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=1, min_delta=10.0)
    model.fit(np.zeros((8, 4)), np.zeros((8, 1)), epochs=30, callbacks=[plateau])
    ```

    ## Use instead

    ```python
    import numpy as np
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01), "mse")
    plateau = keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=1, min_delta=10.0)
    model.fit(np.zeros((8, 4)), np.zeros((8, 1)), epochs=30, callbacks=[plateau])
    ```

    ## References

    - [Its learning rate is not settable](https://github.com/tensorflow/tensorflow/issues/36612)
    - [Keras: ReduceLROnPlateau](https://keras.io/api/callbacks/reduce_lr_on_plateau/)
    """

    code = "KC442"
    name = "schedule-and-callback"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            schedule = schedule_of(call.compiled) if call.method == "fit" and not call.guarded else None
            severity = severity_of_refusal(call.site.file)
            if schedule is None or severity is None:
                continue
            name = schedule.qualname.rpartition(".")[2]
            for callback in callbacks_of(call).of("ReduceLROnPlateau", "LearningRateScheduler"):
                cls = callback.qualname.rpartition(".")[2]
                if cls == "ReduceLROnPlateau" and not _comes(callback, argument_value(call, "epochs", 1)):
                    continue
                yield Finding(
                    _place(callback, call.site),
                    f"{cls} sets the learning rate, which the optimizer takes from {name}: Keras raises TypeError; "
                    "keep one of the two",
                    anchor=call.site,
                    severity=severity,
                )

    VALID = [
        # a number
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile(keras.optimizers.Adam(0.01), "mse")
plateau = keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=1, min_delta=10.0)
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), epochs=5, callbacks=[plateau])
""",
        # it never comes to that
        """
import numpy as np
import keras
from keras import layers
rate = keras.optimizers.schedules.ExponentialDecay(0.01, 1000, 0.9)
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile(keras.optimizers.Adam(rate), "mse")
plateau = keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=10)
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), epochs=5, callbacks=[plateau])
""",
        # a callback that looks on
        """
import numpy as np
import keras
from keras import layers
rate = keras.optimizers.schedules.CosineDecay(0.01, 1000)
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile(keras.optimizers.Adam(rate), "mse")
stop = keras.callbacks.EarlyStopping(monitor="loss", patience=2)
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), epochs=5, callbacks=[stop])
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import keras
from keras import layers
def optimizer():
    rate = keras.optimizers.schedules.CosineDecay(0.01, 1000)
    return keras.optimizers.SGD(learning_rate=rate)
def callbacks():
    return [keras.callbacks.LearningRateScheduler(lambda epoch: 0.01 / (epoch + 1))]
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile(optimizer(), "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), epochs=5, callbacks=callbacks())
""",
            [
                (
                    9,
                    "LearningRateScheduler sets the learning rate, which the optimizer takes from CosineDecay: Keras "
                    "raises TypeError; keep one of the two",
                )
            ],
        ),
    ]


def schedule_of(compiled: CompileCall | None) -> KerasObject | None:
    """The schedule that the optimizer of a compiled model takes its learning rate from."""
    optimizer = compiled.arguments.value("optimizer", 0) if compiled is not None else None
    if not isinstance(optimizer, KerasObject) or not optimizer.qualname.startswith("keras.optimizers."):
        return None
    rate = optimizer.arguments.get("learning_rate", 0)
    if not isinstance(rate, Given):
        rate = optimizer.arguments.get("lr")
    schedule = rate.value if isinstance(rate, Given) else None
    is_schedule = isinstance(schedule, KerasObject) and schedule.qualname.startswith(_SCHEDULES)
    return schedule if is_schedule else None


def _comes(callback: KerasObject, epochs: object) -> bool:
    """Whether the training is long enough for the callback to act."""
    patience = known_int(callback.arguments.value("patience", 2, 10))
    count = known_int(epochs)
    return patience is not None and count is not None and patience < count


def _place(callback: KerasObject, call: Site) -> Site:
    return callback.site if callback.site is not None and callback.site.file is call.file else call
