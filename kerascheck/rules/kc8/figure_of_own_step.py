"""KC836: a callback watches a figure that the training step of the program does not give."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.machine.values import ClassValue, FunctionValue, Instance
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._code import definition, own_nodes
from kerascheck.rules._training import callbacks_of, validates
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: Callbacks that watch a figure: where the argument stands, and what they do not do without it.
_WATCHERS = {
    "EarlyStopping": (0, "never stops"),
    "ModelCheckpoint": (1, "never saves"),
    "ReduceLROnPlateau": (0, "never reduces"),
}


class FigureOfOwnStep(Rule):
    """`EarlyStopping` and its like monitor a value that a `train_step` of the program does not return.

    ## What it does

    Compares the `monitor` of callbacks with the keys of the dictionaries that `train_step` and `test_step` return, and
    reports `val_*` where `fit` has no validation data.

    ## Why it is bad

    The logs hold what the step returns and nothing else. Keras only warns ("Early stopping conditioned on metric
    `val_loss` which is not available"), and the callback never does anything.

    ## Example

    ```python
    import keras
    import numpy as np

    class Gan(keras.Model):
        def train_step(self, data):
            return {"d_loss": 0.5, "g_loss": 0.7}

    gan = Gan()
    gan.compile("adam")
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=3)
    gan.fit(np.zeros((8, 4)), epochs=50, callbacks=[stop])
    ```

    ## Use instead

    ```python
    import keras
    import numpy as np

    class Gan(keras.Model):
        def train_step(self, data):
            return {"d_loss": 0.5, "g_loss": 0.7}

    gan = Gan()
    gan.compile("adam")
    stop = keras.callbacks.EarlyStopping(monitor="g_loss", mode="min", patience=3)
    gan.fit(np.zeros((8, 4)), epochs=50, callbacks=[stop])
    ```

    ## References

    - [Keras: EarlyStopping](https://keras.io/api/callbacks/early_stopping/)
    """

    code = "KC836"
    name = "figure-of-own-step"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            if call.method != "fit" or "train_step" not in call.network.own_methods or call.guarded:
                continue
            callbacks = callbacks_of(call)
            known = _logs(call)
            if callbacks.meddling or known is None:
                continue
            for callback in callbacks.of(*_WATCHERS):
                cls = callback.qualname.rpartition(".")[2]
                place, fails = _WATCHERS[cls]
                monitor = callback.arguments.value("monitor", place, "val_loss")
                if not isinstance(monitor, str) or monitor in known:
                    continue
                if cls == "ModelCheckpoint" and callback.arguments.value("save_best_only", 3, False) is not True:
                    continue
                if monitor.startswith("val_") and validates(call) is not False:
                    continue
                yield Finding(
                    callback.site if callback.site is not None else call.site,
                    f"the training step returns no {monitor!r}: {cls} {fails}; there are "
                    f"{', '.join(map(repr, sorted(known)))}",
                    anchor=call.site,
                )

    VALID = [
        # a figure of the step
        """
import keras
import numpy as np
class Gan(keras.Model):
    def train_step(self, data):
        return {"d_loss": 0.5, "g_loss": 0.7}
gan = Gan()
gan.compile("adam")
stop = keras.callbacks.EarlyStopping(monitor="g_loss", mode="min", patience=3)
gan.fit(np.zeros((8, 4)), epochs=50, callbacks=[stop])
""",
        # the metrics that there are
        """
import keras
import numpy as np
class Own(keras.Model):
    def train_step(self, data):
        return {m.name: m.result() for m in self.metrics}
own = Own()
own.compile("adam")
own.fit(np.zeros((8, 4)), epochs=50, callbacks=[keras.callbacks.EarlyStopping(monitor="loss")])
""",
        # more keys may be added
        """
import keras
import numpy as np
class Own(keras.Model):
    def train_step(self, data):
        logs = {"a": 1.0}
        logs.update(self.get_metrics_result())
        return logs
own = Own()
own.compile("adam")
own.fit(np.zeros((8, 4)), epochs=50, callbacks=[keras.callbacks.EarlyStopping(monitor="loss")])
""",
        # the validation has figures of its own
        """
import keras
import numpy as np
class Own(keras.Model):
    def train_step(self, data):
        return {"a": 1.0}
    def test_step(self, data):
        return {"loss": 1.0}
own = Own()
own.compile("adam")
own.fit(np.zeros((8, 4)), epochs=50, validation_split=0.5, callbacks=[keras.callbacks.EarlyStopping()])
""",
        # a checkpoint that saves every time
        """
import keras
import numpy as np
class Own(keras.Model):
    def train_step(self, data):
        return {"a": 1.0}
own = Own()
own.compile("adam")
own.fit(np.zeros((8, 4)), callbacks=[keras.callbacks.ModelCheckpoint("own.keras")])
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import numpy as np
class Gan(keras.Model):
    def train_step(self, data):
        return {"d_loss": 0.5, "g_loss": 0.7}
gan = Gan()
gan.compile("adam")
stop = keras.callbacks.EarlyStopping(patience=3)
rate = keras.callbacks.ReduceLROnPlateau(monitor="loss")
gan.fit(np.zeros((8, 4)), epochs=50, callbacks=[stop, rate])
""",
            [
                (9, "the training step returns no 'val_loss': EarlyStopping never stops; there are 'd_loss', 'g_loss'"),
                (
                    10,
                    "the training step returns no 'loss': ReduceLROnPlateau never reduces; there are 'd_loss', "
                    "'g_loss'",
                ),
            ],
        ),
    ]


def _logs(call: TrainCall) -> set[str] | None:
    """The keys of the dictionaries that the training step returns; None where there may be others."""
    instance = getattr(call.network, "instance", None)
    if not isinstance(instance, Instance):
        return None
    method = find_member(instance.cls, "train_step")
    if not isinstance(method, FunctionValue) or not isinstance(method.owner, ClassValue) or method.decorated:
        return None
    if not isinstance(method.node, cst.FunctionDef):
        return None
    found: set[str] = set()
    returns = [node for node in own_nodes(method.site.file, definition(method).body) if isinstance(node, cst.Return)]
    for node in returns:
        if not isinstance(node.value, cst.Dict):
            return None
        for element in node.value.elements:
            if not isinstance(element, cst.DictElement) or not isinstance(element.key, cst.SimpleString):
                return None
            found.add(str(element.key.evaluated_value))
    return found or None
