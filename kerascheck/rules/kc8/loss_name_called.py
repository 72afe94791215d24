"""KC814: a training step calls `self.loss`, and `compile` was given the name of a loss."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.machine.values import FunctionValue, Instance
from kerascheck.network.arguments import Given
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._code import Code, base_of, is_keras_3, own_nodes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class LossNameCalled(Rule):
    """`self.loss(y, prediction)` in a training step, where `compile` got `loss="mse"`, a list, or none.

    ## What it does

    Reports a call of `self.loss` in the `train_step` or `test_step` of a model whose `compile` was given a text, a list
    or a dictionary, or no loss.

    ## Why it is bad

    `self.loss` is what `compile` was given: "'str' object is not callable".

    ## Example

    ```python
    import keras
    import numpy as np

    class Own(keras.Model):
        def call(self, x):
            return x

        def train_step(self, data):
            x, y = data
            return {"loss": self.loss(y, self(x))}

    model = Own()
    model.compile("adam", loss="mse")
    model.fit(np.ones((8, 1)), np.ones((8, 1)))
    ```

    ## Use instead

    ```python
    import keras
    import numpy as np

    class Own(keras.Model):
        def call(self, x):
            return x

        def train_step(self, data):
            x, y = data
            return {"loss": self.compute_loss(x, y, self(x))}

    model = Own()
    model.compile("adam", loss="mse")
    model.fit(np.ones((8, 1)), np.ones((8, 1)))
    ```

    ## References

    - [Keras: customizing what happens in fit](https://keras.io/guides/custom_train_step_in_tensorflow/)
    """

    code = "KC814"
    name = "loss-name-called"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[int] = set()
        for call in program.trainings:
            what = _uncallable(call)
            instance = getattr(call.network, "instance", None)
            if what is None or call.guarded or not isinstance(instance, Instance) or not is_keras_3(call.site):
                continue
            cls = instance.cls
            if base_of(cls) not in ("keras.Model", "keras.Sequential") or "loss" in instance.attributes:
                continue
            if find_member(cls, "loss") is not None or find_member(cls, "compile") is not None:
                continue
            step = find_member(cls, "test_step" if call.method == "evaluate" else "train_step")
            if not isinstance(step, FunctionValue) or step.decorated or not isinstance(step.node, cst.FunctionDef):
                continue
            code = Code(step, program.objects)
            for node in own_nodes(code.file, step.node.body):
                called = isinstance(node, cst.Call) and code.is_own_attribute(node.func) == "loss"
                if called and id(node) not in told:
                    told.add(id(node))
                    yield Finding(
                        code.site(node),
                        f"self.loss is what compile was called with, {what}; use self.compute_loss(x, y, y_pred)",
                        anchor=call.site,
                    )

    VALID = [
        # a loss object, and a function
        """
import keras
import numpy as np
class Own(keras.Model):
    def call(self, x):
        return x
    def train_step(self, data):
        x, y = data
        return {"loss": self.loss(y, self(x))}
model = Own()
model.compile("adam", loss=keras.losses.MeanSquaredError())
model.fit(np.ones((8, 1)), np.ones((8, 1)))
other = Own()
other.compile("adam", loss=keras.losses.mean_squared_error)
other.fit(np.ones((8, 1)), np.ones((8, 1)))
""",
        # a method of its own
        """
import keras
import numpy as np
class Own(keras.Model):
    def call(self, x):
        return x
    def error(self, y, p):
        return keras.ops.mean(y - p)
    def train_step(self, data):
        x, y = data
        return {"loss": self.error(y, self(x))}
model = Own()
model.compile("adam", loss="mse")
model.fit(np.ones((8, 1)), np.ones((8, 1)))
""",
        # a compile of its own
        """
import keras
import numpy as np
class Own(keras.Model):
    def compile(self, optimizer, loss):
        super().compile(optimizer, loss=keras.losses.get(loss))
    def call(self, x):
        return x
    def train_step(self, data):
        x, y = data
        return {"loss": self.loss(y, self(x))}
model = Own()
model.compile("adam", loss="mse")
model.fit(np.ones((8, 1)), np.ones((8, 1)))
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import numpy as np
class Own(keras.Model):
    def call(self, x):
        return x
    def train_step(self, data):
        x, y = data
        return {"loss": self.loss(y, self(x))}
model = Own()
model.compile("adam", loss="mse")
model.fit(np.ones((8, 1)), np.ones((8, 1)))
""",
            [(9, "self.loss is what compile was called with, the string 'mse'; use self.compute_loss(x, y, y_pred)")],
        ),
    ]


def _uncallable(call: TrainCall) -> str | None:
    """What `compile` was given for the loss, where that cannot be called."""
    if call.compiled is None or call.method not in (*FITTING, "evaluate"):
        return None
    given = call.compiled.arguments.get("loss", 1)
    value = given.value if isinstance(given, Given) else None
    if isinstance(value, str):
        return f"the string {value!r}"
    return "a list" if isinstance(value, (list, tuple)) else "a dictionary" if isinstance(value, dict) else None
