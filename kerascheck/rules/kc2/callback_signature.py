"""KC221: A method of a callback does not take what Keras passes."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.machine.values import ClassValue, FunctionValue, Instance
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.rules._code import base_of, classes_of, definition, methods
from kerascheck.rules._gone import severity_of_refusal
from kerascheck.rules._training import argument_value
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class CallbackSignature(Rule):
    """A method of a callback does not take what Keras passes.

    ## What it does

    Compares the parameters of the methods that Keras calls on callbacks (`on_epoch_end`, `on_train_batch_begin`,
    `on_train_end`, ...) with what it calls them with: `(epoch, logs)`, `(batch, logs=logs)` or `(logs)`. It is an error
    where `fit`, `evaluate` or `predict` gets such a callback and calls the method, and a warning elsewhere.

    ## Why it is bad

    Python raises TypeError when Keras calls the method, which may be at the end of the first epoch.

    ## Example

    ```python
    import keras

    class Log(keras.callbacks.Callback):
        def on_epoch_end(self, epoch):
            print(epoch)
    ```

    ## Use instead

    ```python
    import keras

    class Log(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            print(epoch)
    ```

    ## References

    - [Keras: writing your own callbacks](https://keras.io/guides/writing_your_own_callbacks/)
    """

    code = "KC221"
    name = "callback-signature"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        used = _used(program)
        for cls in classes_of(program):
            if base_of(cls) != "keras.callbacks.Callback":
                continue
            for method in methods(cls):
                given = _CALLS.get(method.name)
                if given is None or definition(method).decorators or method.decorated:
                    continue
                problem = _problem(method, given)
                if problem is None:
                    continue
                severity: Severity | None = Severity.WARNING
                if any(method.name.startswith(called) and _runs(one, method) for one, called in used):
                    severity = Severity.ERROR
                if problem == _NO_LOGS:  # older versions gave it by its place
                    refused = severity_of_refusal(method.site.file)
                    severity = refused if refused is not Severity.ERROR else severity
                if severity is None:
                    continue
                yield Finding(
                    Site(method.site.file, definition(method).name),
                    f"Keras calls {cls.name}.{method.name} with ({', '.join(given)}){problem}; "
                    f"write def {method.name}(self, {_written(given)})",
                    severity=severity,
                )

    VALID = [
        # what Keras gives
        """
import numpy as np
import keras
class Log(keras.callbacks.Callback):
    def set_model(self, model):
        super().set_model(model)
    def on_train_begin(self, logs=None):
        self.seen = []
    def on_train_batch_end(self, batch, logs=None):
        self.seen.append(batch)
    def on_epoch_end(self, epoch, logs=None):
        print(epoch, logs)
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), callbacks=[Log()], verbose=0)
""",
        # whatever it is called: it comes by its place
        """
import numpy as np
import keras
class Log(keras.callbacks.Callback):
    def on_epoch_end(self, number, figures):
        print(number, figures)
    def on_train_end(self, _):
        pass
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), callbacks=[Log()], verbose=0)
""",
        # everything is taken, and more has a default
        """
import numpy as np
import keras
class Log(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, **kwargs):
        pass
    def on_epoch_begin(self, *args):
        pass
    def on_epoch_end(self, epoch, logs=None, prefix="", *, end="."):
        pass
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), callbacks=[Log()], verbose=0)
""",
        # a method of its own
        """
import numpy as np
import keras
class Log(keras.callbacks.Callback):
    def on_first_epoch(self):
        pass
    def on_epoch_end(self, epoch, logs=None):
        self.on_first_epoch()
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), callbacks=[Log()], verbose=0)
""",
        # not a callback of Keras
        """
class Log:
    def on_epoch_end(self):
        pass
Log().on_epoch_end()
""",
        # what the decorator makes of it is not known
        """
from elsewhere import with_logs
import keras
class Log(keras.callbacks.Callback):
    @with_logs
    def on_epoch_end(self):
        pass
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import keras
class Log(keras.callbacks.Callback):
    def on_epoch_end(self, epoch):
        print(epoch)
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), callbacks=[Log()], verbose=0)
""",
            [(5, "Keras calls Log.on_epoch_end with (epoch, logs), which it does not take; "
                 "write def on_epoch_end(self, epoch, logs=None)")],
        ),
        # of a class in between
        Invalid(
            """
import numpy as np
import keras
class Quiet(keras.callbacks.Callback):
    def on_train_begin(self):
        self.losses = []
class Log(Quiet):
    def on_train_batch_end(self, batch, logs):
        self.losses.append(logs["loss"])
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), callbacks=[Log()], verbose=0)
""",
            [(5, "Keras calls Quiet.on_train_begin with (logs), which it does not take; "
                 "write def on_train_begin(self, logs=None)")],
        ),
        # by its name
        Invalid(
            """
import numpy as np
import keras
from keras import ops
class Log(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, log):
        print(log)
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((64, 4)), ops.zeros((64, 1)), callbacks=[Log()], verbose=0)
""",
            [(6, "Keras calls Log.on_train_batch_end with (batch, logs=logs), and it has no parameter logs; "
                 "write def on_train_batch_end(self, batch, logs=None)")],
        ),
        Invalid(
            """
import keras
import numpy as np
class Log(keras.callbacks.Callback):
    def on_epoch_end(self, epoch):
        print(epoch)
    def on_train_begin(self):
        print("begin")
    def on_train_batch_end(self, batch, losses=None):
        print(losses)
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[Log()])
""",
            [
                (5, "Keras calls Log.on_epoch_end with (epoch, logs), which it does not take; "
                    "write def on_epoch_end(self, epoch, logs=None)"),
                (7, "Keras calls Log.on_train_begin with (logs), which it does not take; "
                    "write def on_train_begin(self, logs=None)"),
                (9, "Keras calls Log.on_train_batch_end with (batch, logs=logs), and it has no parameter logs; "
                    "write def on_train_batch_end(self, batch, logs=None)"),
            ],
        ),
        # what else takes callbacks
        Invalid(
            """
import keras
import numpy as np
class Log(keras.callbacks.Callback):
    def on_test_batch_end(self, batch):
        print(batch)
    def on_predict_begin(self):
        print("begin")
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.evaluate(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[Log()])
model.predict(np.zeros((8, 4)), callbacks=[Log()])
""",
            [
                (5, "Keras calls Log.on_test_batch_end with (batch, logs=logs), which it does not take; "
                    "write def on_test_batch_end(self, batch, logs=None)"),
                (7, "Keras calls Log.on_predict_begin with (logs), which it does not take; "
                    "write def on_predict_begin(self, logs=None)"),
            ],
        ),
        # nothing uses it here
        Invalid(
            """
import keras
class Log(keras.callbacks.Callback):
    def on_test_end(self):
        pass
    def on_epoch_begin(self, epoch, logs, prefix):
        pass
""",
            [
                (4, "Keras calls Log.on_test_end with (logs), which it does not take; "
                    "write def on_test_end(self, logs=None)"),
                (6, "Keras calls Log.on_epoch_begin with (epoch, logs), which it does not take; "
                    "write def on_epoch_begin(self, epoch, logs=None)"),
            ],
        ),
    ]  # fmt: skip


#: What Keras calls the methods of callbacks with. Source: keras/src/callbacks/callback_list.py (Keras 3.15).
_CALLS: dict[str, tuple[str, ...]] = {
    "set_model": ("model",),
    "set_params": ("params",),
    **{f"on_epoch_{when}": ("epoch", "logs") for when in ("begin", "end")},
    **{f"on_{what}_{when}": ("logs",) for what in ("train", "test", "predict") for when in ("begin", "end")},
    **{
        f"on_{what}batch_{when}": ("batch", "logs=logs")
        for what in ("", "train_", "test_", "predict_")
        for when in ("begin", "end")
    },
}
#: How the names of the methods begin that a call surely runs: `fit` has no test without validation data.
_CALLED_BY = {
    **dict.fromkeys(FITTING, ("set_", "on_epoch_", "on_train_", "on_batch_")),
    "evaluate": ("set_", "on_test_"),
    "predict": ("set_", "on_predict_"),
}
_NOT_TAKEN = ", which it does not take"
_NO_LOGS = ", and it has no parameter logs"


def _used(program: Program) -> list[tuple[ClassValue, tuple[str, ...]]]:
    """The classes of the callbacks that calls get, with how the names of the methods begin that they run."""
    found: list[tuple[ClassValue, tuple[str, ...]]] = []
    for call in program.trainings:
        called = _CALLED_BY.get(call.method)
        if called is not None:
            given = argument_value(call, "callbacks")
            items = given if isinstance(given, (list, tuple)) else [given]
            found += [(item.cls, called) for item in items if isinstance(item, Instance)]
    return found


def _runs(cls: ClassValue, method: FunctionValue) -> bool:
    """Whether it is this method that objects of the class have under its name."""
    found = find_member(cls, method.name)
    return isinstance(found, FunctionValue) and found.node is method.node


def _problem(method: FunctionValue, given: tuple[str, ...]) -> str | None:
    """What is wrong with the parameters, behind what Keras gives; None where they take it."""
    params = definition(method).params
    named = [*params.posonly_params, *params.params][1:]
    if isinstance(params.star_arg, cst.Param):
        if not params.params and not params.posonly_params:
            return None  # self is among them
        return None if len([one for one in named if one.default is None]) <= len(given) else _NOT_TAKEN
    by_name = {one.partition("=")[0] for one in given if "=" in one}
    places = len(given) - len(by_name)
    if any(one.default is None and one.name.value not in by_name for one in params.kwonly_params):
        return _NOT_TAKEN
    required = [one for one in named[places:] if one.default is None and one.name.value not in by_name]
    if len(named) < places or (not by_name and len(named) < len(given)):
        return _NOT_TAKEN
    takes = {one.name.value for one in (*params.params[0:], *params.kwonly_params)}
    if by_name - takes and params.star_kwarg is None:
        return _NO_LOGS if len(named) == len(given) else _NOT_TAKEN
    return _NOT_TAKEN if required else None


def _written(given: tuple[str, ...]) -> str:
    """The parameters as they are usually written."""
    names = [one.partition("=")[0] for one in given]
    return ", ".join("logs=None" if name == "logs" else name for name in names)
