"""KC452: what `fit` and `evaluate` give is read in a form that it does not have."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Absent
from kerascheck.network.program import Program, ResultRead, TrainCall
from kerascheck.rules._figures import figures
from kerascheck.rules._mentions import asked, calls_of
from kerascheck.rules._training import callbacks_of, validates
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class ResultsOfTraining(Rule):
    """A value is read that `fit` or `evaluate` does not return.

    ## What it does

    Reports keys `val_...` of the history of a `fit` without validation data, keys of what `fit` returns instead of its
    `history`, and `evaluate` of a model without metrics that is taken apart or indexed.

    ## Why it is bad

    Python raises KeyError after the training is done, and its figures are lost. `evaluate` gives a single number where
    the model was compiled without metrics, so that `loss, accuracy = model.evaluate(x, y)` raises TypeError.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    x, y = np.random.rand(64, 4), np.random.rand(64, 1)
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    history = model.fit(x, y, epochs=10)
    print(history.history["val_loss"][-1])
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    x, y = np.random.rand(64, 4), np.random.rand(64, 1)
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    history = model.fit(x, y, epochs=10, validation_split=0.2)
    print(history.history["val_loss"][-1])
    ```

    ## References

    - [Keras: model training APIs](https://keras.io/api/models/model_training_apis/)
    - [Keras: History](https://keras.io/api/callbacks/)
    """

    code = "KC452"
    name = "results-of-training"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for read in program.reads:
            if read.site.key in told or read.call.network.own_methods or read.call.guarded:
                continue
            message = _READERS[read.call.method](read) if read.call.method in _READERS else None
            if message is not None:
                told.add(read.site.key)
                yield Finding(read.site, message)

    VALID = [
        # with validation data
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(64, 4), np.random.rand(64, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse", metrics=["mae"])
history = model.fit(x, y, validation_data=(x[:8], y[:8]))
print(history.history["val_loss"], history.history["val_mae"])
loss, mae = model.evaluate(x, y)
""",
        # a callback of the program adds figures
        """
import numpy as np
import keras
from keras import Sequential, layers
class Tested(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs["val_loss"] = 0.5
x, y = np.random.rand(64, 4), np.random.rand(64, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
history = model.fit(x, y, callbacks=[Tested()])
print(history.history["val_loss"])
""",
        # asked before
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(64, 4), np.random.rand(64, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
history = model.fit(x, y)
if "val_loss" in history.history:
    print(history.history["val_loss"])
""",
        # a single number
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(64, 4), np.random.rand(64, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
loss = model.evaluate(x, y)
print("loss", loss)
""",
        # a dictionary
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(64, 4), np.random.rand(64, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
print(model.evaluate(x, y, return_dict=True)["loss"])
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(64, 4), np.random.rand(64, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
result = model.fit(x, y, epochs=3)
print(result["loss"][-1])
""",
            [(8, "fit returns a History, which has no ['loss']: Python raises TypeError; read its .history")],
        ),
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
def plot(result):
    return result.history["loss"], result.history["val_loss"]
x, y = np.random.rand(64, 4), np.random.rand(64, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
plot(model.fit(x, y, epochs=3))
""",
            [(5, "fit has no validation data, so its history has no 'val_loss': Python raises KeyError")],
        ),
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(64, 4), np.random.rand(64, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y)
print(model.evaluate(x, y)[1])
loss, accuracy = model.evaluate(x, y)
""",
            [
                (8, "evaluate returns one number, the loss, since the model has no metrics: Python raises TypeError"),
                (9, "evaluate returns one number, the loss, since the model has no metrics: Python raises TypeError"),
            ],
        ),
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(64, 4), np.random.rand(64, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse", metrics=["mae", "mape"])
loss, error = model.evaluate(x, y)
""",
            [(7, "evaluate returns 3 numbers ('loss', 'mae', 'mape'), not 2: Python raises ValueError")],
        ),
    ]


def _of_history(read: ResultRead) -> str | None:
    """What is wrong with a key of the history."""
    key, call = read.part, read.call
    if read.of_object:
        return f"fit returns a History, which has no [{key!r}]: Python raises TypeError; read its .history"
    if not isinstance(key, str) or not key.startswith("val_") or validates(call) is not False:
        return None
    if callbacks_of(call).meddling or _is_asked(read, key):
        return None
    return f"fit has no validation data, so its history has no {key!r}: Python raises KeyError"


def _is_asked(read: ResultRead, key: str) -> bool:
    """Whether the file asks anywhere whether the history has that key, or whether there is validation data."""
    file = read.site.file
    return key in asked(file, file.tree) or any(calls_of(file, {"keys"}))


def _of_evaluation(read: ResultRead) -> str | None:
    """What is wrong with the number of results."""
    call = read.call
    names = results(call)
    if names is None:
        return None
    if len(names) == 1:
        return "evaluate returns one number, the loss, since the model has no metrics: Python raises TypeError"
    if read.count is not None and read.count != len(names):
        shown = ", ".join(map(repr, names))
        return f"evaluate returns {len(names)} numbers ({shown}), not {read.count}: Python raises ValueError"
    return None


def results(call: TrainCall) -> list[str] | None:
    """The names of what `evaluate` gives for a model of one output; None where they are not known."""
    compiled = call.compiled
    if compiled is None or len(compiled.outputs) != 1 or compiled.network is not call.network:
        return None
    if not isinstance(call.arguments.get("return_dict"), Absent) or call.arguments.open_keywords:
        return None
    if not isinstance(call.arguments.get("show_accuracy"), Absent):  # how the first Kerases were asked for it
        return None
    if not isinstance(compiled.arguments.get("weighted_metrics"), Absent):
        return None
    known = figures(compiled)
    return None if known is None else [figure.name for figure in known]


_READERS = {"fit": _of_history, "evaluate": _of_evaluation}
