"""KC431: Something is passed as a callback that is not one."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.machine.values import ClassValue, FunctionValue
from kerascheck.network.arguments import Given
from kerascheck.network.program import KerasObject, Program
from kerascheck.rules._training import (
    argument,
    argument_site,
)
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Symbol


class NoCallback(Rule):
    """Something is passed as a callback that is not one.

    ## What it does

    Reports classes in place of objects (`callbacks=[EarlyStopping]`), functions, strings, `None`, optimizers and
    learning rate schedules in the `callbacks` of `fit`, `evaluate` and `predict`.

    ## Why it is bad

    Keras calls the methods of each callback, and raises TypeError or AttributeError at once. A schedule belongs into
    the optimizer: `Adam(learning_rate=schedule)`; a function into `LearningRateScheduler` or `LambdaCallback`.

    ## Example

    ```python
    import numpy as np
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((64, 4)), np.zeros((64, 1)), callbacks=[keras.callbacks.TerminateOnNaN])
    ```

    ## Use instead

    ```python
    import numpy as np
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((64, 4)), np.zeros((64, 1)), callbacks=[keras.callbacks.TerminateOnNaN()])
    ```

    ## References

    - [Keras: callbacks API](https://keras.io/api/callbacks/)
    """

    code = "KC431"
    name = "no-callback"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            given = argument(call, "callbacks") if not call.method.endswith("_on_batch") else None
            if not isinstance(given, Given) or given.value is None:
                continue
            items = list(given.value) if isinstance(given.value, (list, tuple)) else [given.value]
            found = [message for message in map(_misuse, items) if message is not None]
            if found:
                yield Finding(argument_site(call.site, given), found[0], anchor=call.site)

    VALID = [
        # objects, in a list, a tuple or alone
        """
import numpy as np
import keras
from keras import layers
x, y = np.zeros((64, 4)), np.zeros((64, 1))
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, callbacks=[keras.callbacks.TerminateOnNaN()])
model.fit(x, y, callbacks=(keras.callbacks.TerminateOnNaN(),))
model.fit(x, y, callbacks=keras.callbacks.TerminateOnNaN())
model.fit(x, y, callbacks=None)
""",
        # objects of a class of the program
        """
import numpy as np
import keras
from keras import layers
class Watch(keras.callbacks.Callback):
    pass
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), callbacks=[Watch()])
""",
        # made by code that is not known
        """
from elsewhere import callbacks, x, y
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, callbacks=[callbacks.Timer(), *callbacks.more])
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import keras
from keras import layers
class Watch(keras.callbacks.Callback):
    pass
def rate(epoch):
    return 0.01
x, y = np.zeros((64, 4)), np.zeros((64, 1))
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, callbacks=[keras.callbacks.TerminateOnNaN])
model.fit(x, y, callbacks=[keras.callbacks.TerminateOnNaN(), Watch])
model.fit(x, y, callbacks=[rate])
model.fit(x, y, callbacks=[keras.optimizers.schedules.ExponentialDecay(0.1, 100, 0.9)])
model.fit(x, y, callbacks=["early_stopping"])
""",
            [
                (12, "TerminateOnNaN is a class; write TerminateOnNaN()"),
                (13, "Watch is a class; write Watch()"),
                (14, "a function is not a callback; wrap it in LearningRateScheduler or LambdaCallback"),
                (15, "ExponentialDecay is not a callback; pass it to the optimizer as learning_rate"),
                (16, "'early_stopping' is not a callback; pass an instance of keras.callbacks.Callback"),
            ],
        ),
    ]


def _misuse(value: object) -> str | None:
    """What is wrong with this callback; None where nothing is, or it is not known."""
    if isinstance(value, Symbol):
        module, _, name = value.name.rpartition(".")
        return f"{name} is a class; write {name}()" if module == "keras.callbacks" and name[:1].isupper() else None
    if isinstance(value, ClassValue):
        return f"{value.name} is a class; write {value.name}()"
    if isinstance(value, FunctionValue):
        return "a function is not a callback; wrap it in LearningRateScheduler or LambdaCallback"
    if isinstance(value, KerasObject):
        name = value.qualname.rpartition(".")[2]
        if value.qualname.startswith("keras.optimizers.schedules."):
            return f"{name} is not a callback; pass it to the optimizer as learning_rate"
        if value.qualname.startswith(("keras.optimizers.", "keras.metrics.", "keras.losses.")):
            return f"{name} is not a callback; it belongs into compile"
        return None
    if value is None or isinstance(value, (str, bool, int, float)):
        return f"{value!r} is not a callback; pass an instance of keras.callbacks.Callback"
    return None
