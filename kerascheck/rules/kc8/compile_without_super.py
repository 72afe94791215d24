"""KC849: a model whose own `compile` does not hand on to that of Keras is trained."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.machine.static import names_used
from kerascheck.machine.values import FunctionValue, Instance
from kerascheck.network.program import Program
from kerascheck.rules._code import base_of, is_keras_3, own_nodes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: Methods of a model that ask whether it is compiled. (Keras 3.15, keras/src/backend/tensorflow/trainer.py)
_ASKING = frozenset({"fit", "evaluate", "train_on_batch", "test_on_batch"})


class CompileWithoutSuper(Rule):
    """The `compile` of a model of the program does not call the one of Keras.

    ## What it does

    Reports `fit`, `evaluate`, `train_on_batch` and `test_on_batch` of a model whose class has a `compile` that never
    calls `super().compile()`.

    ## Why it is bad

    Keras notes in its own `compile` that the model is ready: "You must call `compile()` before using the model."

    ## Example

    ```python
    import keras
    import numpy as np

    class Net(keras.Model):
        def compile(self, optimizer, loss_fn):
            self.optimizer_of_net = optimizer
            self.loss_fn = loss_fn

        def train_step(self, data):
            return {"loss": self.loss_fn(data, self(data))}

    inputs = keras.Input((4,))
    net = Net(inputs, keras.layers.Dense(4)(inputs))
    net.compile(keras.optimizers.Adam(), keras.losses.MeanSquaredError())
    net.fit(np.ones((8, 4)))
    ```

    ## Use instead

    ```python
    import keras
    import numpy as np

    class Net(keras.Model):
        def compile(self, optimizer, loss_fn):
            super().compile()
            self.optimizer_of_net = optimizer
            self.loss_fn = loss_fn

        def train_step(self, data):
            return {"loss": self.loss_fn(data, self(data))}

    inputs = keras.Input((4,))
    net = Net(inputs, keras.layers.Dense(4)(inputs))
    net.compile(keras.optimizers.Adam(), keras.losses.MeanSquaredError())
    net.fit(np.ones((8, 4)))
    ```

    ## References

    - [Keras: customizing what happens in fit](https://keras.io/guides/custom_train_step_in_tensorflow/)
    """

    code = "KC849"
    name = "compile-without-super"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            instance = getattr(call.network, "instance", None)
            if call.method not in _ASKING or call.guarded or not isinstance(instance, Instance):
                continue
            cls = instance.cls
            own = find_member(cls, "compile")
            if not isinstance(own, FunctionValue) or own.decorated or base_of(cls) not in _MODELS:
                continue
            if not is_keras_3(call.site) or find_member(cls, call.method) is not None or _may_reach_keras(own):
                continue
            if "compiled" in instance.attributes or instance.unknown is not None:
                continue
            yield Finding(
                call.site,
                f"{cls.name} has a compile of its own that never calls super().compile(), so Keras takes the model for "
                "not compiled and raises; begin that method with super().compile()",
            )

    VALID = [
        # handed on
        """
import keras
import numpy as np
class Net(keras.Model):
    def compile(self, optimizer, **kwargs):
        super(Net, self).compile(optimizer, **kwargs)
        self.rate = 0.5
inputs = keras.Input((4,))
net = Net(inputs, keras.layers.Dense(4)(inputs))
net.compile("adam", loss="mse")
net.fit(np.ones((8, 4)), np.ones((8, 4)))
""",
        # by the name of the base, or of a base of the program
        """
import keras
import numpy as np
class Base(keras.Model):
    def compile(self, optimizer, loss):
        keras.Model.compile(self, optimizer=optimizer, loss=loss)
class Net(Base):
    def compile(self, optimizer):
        super().compile(optimizer, "mse")
inputs = keras.Input((4,))
net = Net(inputs, keras.layers.Dense(4)(inputs))
net.compile("adam")
net.fit(np.ones((8, 4)), np.ones((8, 4)))
""",
        # a fit of its own
        """
import keras
import numpy as np
class Net(keras.Model):
    def compile(self, optimizer):
        self.rule = optimizer
    def fit(self, x):
        return self(x)
inputs = keras.Input((4,))
net = Net(inputs, keras.layers.Dense(4)(inputs))
net.compile("adam")
net.fit(np.ones((8, 4)))
""",
        # no model: a class around one
        """
import keras
import numpy as np
class Agent:
    def __init__(self):
        self.model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    def compile(self, optimizer):
        self.model.compile(optimizer, "mse")
    def fit(self, x, y):
        self.model.fit(x, y)
agent = Agent()
agent.compile("adam")
agent.fit(np.ones((8, 4)), np.ones((8, 1)))
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import numpy as np
class Net(keras.Model):
    def compile(self, optimizer, loss_fn):
        self.rule = optimizer
        self.loss_fn = loss_fn
    def train_step(self, data):
        return {"loss": self.loss_fn(data, self(data))}
inputs = keras.Input((4,))
net = Net(inputs, keras.layers.Dense(4)(inputs))
net.compile(keras.optimizers.Adam(), keras.losses.MeanSquaredError())
net.fit(np.ones((8, 4)))
""",
            [
                (
                    13,
                    "Net has a compile of its own that never calls super().compile(), so Keras takes the model for not "
                    "compiled and raises; begin that method with super().compile()",
                )
            ],
        ),
    ]


_MODELS = frozenset({"keras.Model", "keras.Sequential"})
#: By which a method may reach, or stand in for, that of its base.
_REACHING = frozenset({"super", "compiled", "__dict__", "setattr"})


def _may_reach_keras(method: FunctionValue) -> bool:
    """Whether the method mentions a `compile`, its base, or the flag that Keras sets."""
    file, node = method.site.file, method.node
    if not isinstance(node, cst.FunctionDef) or not _REACHING.isdisjoint(names_used(file, node)):
        return True
    return any(one.attr.value in ("compile", *_REACHING) for one in own_nodes(file, node.body, cst.Attribute))
