"""KC837: a callback of the program reads a figure that the logs do not hold."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.machine.static import names_used
from kerascheck.machine.values import FunctionValue, Instance
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._code import Code, definition, is_keras_3, own_nodes, surely_run
from kerascheck.rules._figures import figures
from kerascheck.rules._gone import severity_of
from kerascheck.rules._training import argument_value, callbacks_of, validates
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class AbsentLog(Rule):
    """`on_epoch_end` reads `logs["val_loss"]`, and `fit` has no validation data.

    ## What it does

    Looks at what the `on_epoch_end` of a callback of the program surely reads from its `logs`, and compares it with the
    figures of the model that `fit` trains: those of the compiled loss and metrics, and with validation data the same
    with `val_` in front. What `logs.get` gives is looked at where it is compared by order.

    In a program that only its style shows to be for an older Keras, figures that have other names since are a note.

    ## Why it is bad

    Python raises KeyError after the first epoch, or TypeError where `None` is compared with a number.

    ## Example

    ```python
    import keras
    import numpy as np

    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if logs["val_loss"] < 0.1:
                self.model.stop_training = True

    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((8, 4)), np.zeros((8, 1)), epochs=9, callbacks=[Stop()])
    ```

    ## Use instead

    ```python
    import keras
    import numpy as np

    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if logs["val_loss"] < 0.1:
                self.model.stop_training = True

    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((8, 4)), np.zeros((8, 1)), epochs=9, validation_split=0.25, callbacks=[Stop()])
    ```

    ## References

    - [Keras: writing your own callbacks](https://keras.io/guides/writing_your_own_callbacks/)
    """

    code = "KC837"
    name = "absent-log"
    severity = Severity.ERROR
    fixable = "unsafe"
    migrates = True

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            if call.method != "fit" or call.guarded or call.compiled is None:
                continue
            if callbacks_of(call).meddling:
                continue  # another one may put it there
            given = argument_value(call, "callbacks")
            for item in given if isinstance(given, (list, tuple)) else [given]:
                if isinstance(item, Instance):
                    yield from _missing(program, call, item)

    VALID = [
        # asked for None first, or replaced
        """
import keras
import numpy as np
class Best(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        now = logs.get("val_loss")
        if now is not None and now < 1.0:
            print(now)
class Other(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        now = logs.get("val_loss")
        if now is None:
            now = logs.get("loss")
        if now < 1.0:
            print(now)
class Third(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        now = logs.get("val_loss")
        now = now or 0.0
        if now < 1.0:
            print(now)
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[Best(), Other(), Third()])
""",
        # there is validation data
        """
import keras
import numpy as np
class Log(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(logs["val_loss"], logs["loss"])
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), validation_split=0.25, callbacks=[Log()])
""",
        # it asks first
        """
import keras
import numpy as np
class Log(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(logs.get("val_loss"))
        if "val_loss" in logs:
            print(logs["val_loss"])
        try:
            print(logs["val_acc"])
        except KeyError:
            pass
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[Log()])
""",
        # it puts it there itself
        """
import keras
import numpy as np
class Log(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs["val_f1"] = 0.5
        print(logs["val_f1"])
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[Log()])
""",
        # it is only looked at, or looked for
        """
import keras
import numpy as np
class Log(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs.get("val_loss") is None or logs.get("val_loss", 9.0) > 0.5:
            print(epoch)
        if logs.get("val_loss") and logs.get("val_loss") < 0.5:
            print(epoch)
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[Log()])
""",
        # another dictionary
        """
import keras
import numpy as np
class Log(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs = self.model.evaluate(np.zeros((8, 4)), np.zeros((8, 1)), return_dict=True)
        print(logs["val_loss"])
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[Log()])
""",
        # the name that compile gives it
        """
import keras
import numpy as np
class Log(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(logs["accuracy"])
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[Log()])
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import numpy as np
class Best(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.best = float("inf")
    def on_epoch_end(self, epoch, logs=None):
        now = logs.get("val_loss")
        if now < self.best:
            self.best = now
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[Best()])
""",
            [
                (
                    10,
                    "the logs hold no 'val_loss', since fit has no validation data: Python raises TypeError, since "
                    "None has no order",
                )
            ],
        ),
        Invalid(
            """
import keras
import numpy as np
class Log(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(logs["val_loss"])
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[Log()])
""",
            [(6, "the logs hold no 'val_loss', since fit has no validation data: Python raises KeyError")],
        ),
        Invalid(
            """
import keras
import numpy as np
class Log(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs["acc"] > 0.9:
            print(epoch)
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[Log()])
""",
            [(6, "the logs hold no 'acc', only 'loss', 'accuracy': Python raises KeyError")],
            """
import keras
import numpy as np
class Log(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs["accuracy"] > 0.9:
            print(epoch)
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[Log()])
""",
        ),
        Invalid(
            """
import keras
import numpy as np
class Log(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs.get("acc") > 0.9:
            self.model.stop_training = True
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[Log()])
""",
            [(6, "the logs hold no 'acc', only 'loss', 'accuracy': Python raises TypeError, since None has no order")],
            """
import keras
import numpy as np
class Log(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs.get("accuracy") > 0.9:
            self.model.stop_training = True
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[Log()])
""",
        ),
    ]


def _missing(program: Program, call: TrainCall, callback: Instance) -> Iterator[Finding]:
    """What the callback reads after an epoch of this training and is not there."""
    method = find_member(callback.cls, "on_epoch_end")
    if not isinstance(method, FunctionValue) or method.decorated or not isinstance(method.node, cst.FunctionDef):
        return
    params = [param.name.value for param in definition(method).params.params]
    if len(params) < 3 or params[2] in _bound(method):
        return
    code, logs = Code(method, program.objects), params[2]
    known = figures(call.compiled) if call.compiled is not None else None
    for node in _read(code):
        key, error = _key(node, logs), "KeyError"
        if key is None:
            key, error = _compared_key(code, node, logs), "TypeError, since None has no order"
        if key is None or call.network.own_methods:
            continue
        base, site = key.removeprefix("val_"), code.site(node)
        severity = Severity.ERROR if is_keras_3(call.site) else None
        if key.startswith("val_") and validates(call) is False:
            why = "since fit has no validation data"
        elif known is not None and not any(figure.matches(base) for figure in known):
            why = f"only {', '.join(repr(figure.name) for figure in known)}"
            severity = severity or (severity_of(site.file) if base in _OLD else None)
        else:
            continue
        if severity is not None:
            message = f"the logs hold no {key!r}, {why}: Python raises {error}"
            yield Finding(site, message, anchor=call.site, severity=severity)


#: Figures that older Kerases called otherwise.
_OLD = frozenset({"acc", "accuracy", "lr"})
_ORDERS = (cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual)


def _compared_key(code: Code, node: cst.CSTNode, logs: str) -> str | None:
    """The key, where it is `logs.get("key") > 0.9`, or the other way round, or of a name that is `logs.get("key")`."""
    if not isinstance(node, cst.Comparison) or len(node.comparisons) != 1:
        return None
    if not isinstance(node.comparisons[0].operator, _ORDERS):
        return None
    sides = [_named(code, side) for side in (node.left, node.comparisons[0].comparator)]
    return next((key for side in sides if (key := _asked_key(side, logs)) is not None), None)


def _named(code: Code, node: cst.BaseExpression) -> cst.BaseExpression:
    """What a name stands for, where the first statements of the method bind it once and nothing else does."""
    if not isinstance(node, cst.Name):
        return node
    bound = [
        part
        for part in own_nodes(code.file, code.node, cst.Assign, cst.AugAssign, cst.For, cst.NamedExpr)
        if node.value in names_used(code.file, getattr(part, "targets", [getattr(part, "target", part)])[0])
    ]
    if len(bound) != 1 or not isinstance(bound[0], cst.Assign) or len(bound[0].targets) != 1:
        return node
    return bound[0].value if any(part is bound[0] for part in surely_run(code.node.body)) else node


def _asked_key(node: cst.BaseExpression, logs: str) -> str | None:
    """The key, where it is `logs.get("key")`, which gives None where there is none."""
    func = node.func if isinstance(node, cst.Call) and len(node.args) == 1 else None
    if not isinstance(node, cst.Call) or not isinstance(func, cst.Attribute) or func.attr.value != "get":
        return None
    key, held = node.args[0].value, func.value
    is_logs = isinstance(held, cst.Name) and held.value == logs
    return str(key.evaluated_value) if is_logs and isinstance(key, cst.SimpleString) else None


def _read(code: Code) -> Iterator[cst.CSTNode]:
    """What is surely run, the conditions of the first level included."""
    yield from surely_run(code.node.body)
    for statement in code.node.body.body:
        if isinstance(statement, cst.If):
            if isinstance(statement.test, (cst.Comparison, cst.Subscript)):
                yield statement.test
                yield from surely_run(statement.test)
            return


def _bound(method: FunctionValue) -> set[str]:
    """Names whose value the method changes."""
    found: set[str] = set()
    for node in surely_run(definition(method)):
        if isinstance(node, cst.AssignTarget):
            target: cst.BaseExpression = node.target
            while isinstance(target, cst.Subscript):
                target = target.value
            if isinstance(target, cst.Name):
                found.add(target.value)
    return found


def _key(node: cst.CSTNode, logs: str) -> str | None:
    """The key, where it is `logs["key"]`."""
    if not isinstance(node, cst.Subscript) or not isinstance(node.value, cst.Name) or node.value.value != logs:
        return None
    index = node.slice[0].slice if len(node.slice) == 1 else None
    if isinstance(index, cst.Index) and isinstance(index.value, cst.SimpleString):
        return str(index.value.evaluated_value)
    return None
