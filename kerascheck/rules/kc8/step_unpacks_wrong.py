"""KC860: `train_step` takes its data apart into another number of things than `fit` gives it."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.machine.values import FunctionValue, Instance
from kerascheck.network.arguments import CannotTell, Given
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._code import Code, is_keras_3, parameter_names
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Unknown


class StepUnpacksWrong(Rule):
    """`x, y = data` in a `train_step`, where `fit` passes weights as well, or no targets.

    ## What it does

    Compares the number of names that the `train_step` of a model unpacks its data into, with what `fit` is called with:
    arrays `x`, `y` and `sample_weight` or `class_weight`.

    ## Why it is bad

    With weights of samples or classes the data is `(x, y, sample_weight)`, without targets it is `x` alone: "too many
    values to unpack (expected 2)".

    ## Example

    ```python
    import keras
    import numpy as np

    class Net(keras.Model):
        def train_step(self, data):
            x, y = data
            return {"loss": self.compute_loss(y=y, y_pred=self(x))}

    inputs = keras.Input((4,))
    net = Net(inputs, keras.layers.Dense(1)(inputs))
    net.compile("adam", "mse")
    net.fit(np.ones((8, 4)), np.ones((8, 1)), sample_weight=np.ones(8))
    ```

    ## Use instead

    ```python
    import keras
    import numpy as np

    class Net(keras.Model):
        def train_step(self, data):
            x, y, w = keras.utils.unpack_x_y_sample_weight(data)
            return {"loss": self.compute_loss(y=y, y_pred=self(x), sample_weight=w)}

    inputs = keras.Input((4,))
    net = Net(inputs, keras.layers.Dense(1)(inputs))
    net.compile("adam", "mse")
    net.fit(np.ones((8, 4)), np.ones((8, 1)), sample_weight=np.ones(8))
    ```

    ## References

    - [Keras: supporting sample_weight and class_weight](https://keras.io/guides/custom_train_step_in_tensorflow/)
    """

    code = "KC860"
    name = "step-unpacks-wrong"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            instance = getattr(call.network, "instance", None)
            if call.method not in FITTING or call.guarded or not isinstance(instance, Instance):
                continue
            step = find_member(instance.cls, "train_step")
            if not isinstance(step, FunctionValue) or step.decorated or not is_keras_3(call.site):
                continue
            wanted, given = _unpacked(Code(step)), _given(call)
            if wanted is None or given is None or wanted == given:
                continue
            what = {1: "x alone", 2: "(x, y)", 3: "(x, y, sample_weight)"}[given]
            yield Finding(
                call.site,
                f"the train_step of {instance.cls.name} unpacks its data into {wanted} things, but this passes "
                f"{what}; take it apart with keras.utils.unpack_x_y_sample_weight(data)",
            )

    VALID = [
        # as many
        """
import keras
import numpy as np
class Net(keras.Model):
    def train_step(self, data):
        x, y = data
        return {"loss": self.compute_loss(y=y, y_pred=self(x))}
class Weighted(keras.Model):
    def train_step(self, data):
        x, y, w = data
        return {"loss": self.compute_loss(y=y, y_pred=self(x), sample_weight=w)}
inputs = keras.Input((4,))
outputs = keras.layers.Dense(1)(inputs)
net, weighted = Net(inputs, outputs), Weighted(inputs, outputs)
net.compile("adam", "mse")
net.fit(np.ones((8, 4)), np.ones((8, 1)))
weighted.compile("adam", "mse")
weighted.fit(np.ones((8, 4)), np.ones((8, 1)), class_weight={0: 1.0, 1: 2.0})
""",
        # as the data is
        """
import keras
import numpy as np
class Net(keras.Model):
    def train_step(self, data):
        if len(data) == 3:
            x, y, w = data
        else:
            (x, y), w = data, None
        return {"loss": self.compute_loss(y=y, y_pred=self(x), sample_weight=w)}
inputs = keras.Input((4,))
net = Net(inputs, keras.layers.Dense(1)(inputs))
net.compile("adam", "mse")
net.fit(np.ones((8, 4)), np.ones((8, 1)), sample_weight=np.ones(8))
""",
        # a stream brings what it brings
        """
import keras
import numpy as np
from mine import stream
class Net(keras.Model):
    def train_step(self, data):
        x, y = data
        return {"loss": self.compute_loss(y=y, y_pred=self(x))}
inputs = keras.Input((4,))
net = Net(inputs, keras.layers.Dense(1)(inputs))
net.compile("adam", "mse")
net.fit(stream())
net.fit(np.ones((8, 4)), np.ones((8, 1)), sample_weight=None)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import numpy as np
class Net(keras.Model):
    def train_step(self, data):
        x, y = data
        return {"loss": self.compute_loss(y=y, y_pred=self(x))}
inputs = keras.Input((4,))
net = Net(inputs, keras.layers.Dense(4)(inputs))
net.compile("adam", "mse")
net.fit(np.ones((8, 4)), np.ones((8, 4)), sample_weight=np.ones(8))
net.fit(np.ones((8, 4)))
""",
            [
                (
                    11,
                    "the train_step of Net unpacks its data into 2 things, but this passes (x, y, sample_weight); "
                    "take it apart with keras.utils.unpack_x_y_sample_weight(data)",
                ),
                (
                    12,
                    "the train_step of Net unpacks its data into 2 things, but this passes x alone; take it apart "
                    "with keras.utils.unpack_x_y_sample_weight(data)",
                ),
            ],
        ),
    ]


def _unpacked(step: Code) -> int | None:
    """Into how many names the step surely takes its data apart; None where it does not, or in another way."""
    names = parameter_names(step.function)[0]
    body = step.node.body.body if isinstance(step.node, cst.FunctionDef) else ()
    for statement in body:
        small = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else None
        if isinstance(small, cst.Expr) and isinstance(small.value, cst.BaseString):
            continue  # what it says of itself
        if not names or not isinstance(small, cst.Assign) or not isinstance(small.value, cst.Name):
            return None
        target = small.targets[0].target
        is_data = len(small.targets) == 1 and small.value.value == names[0]
        if not is_data or not isinstance(target, cst.Tuple) or any(map(_is_starred, target.elements)):
            return None
        return len(target.elements)
    return None


def _is_starred(element: cst.BaseElement) -> bool:
    return isinstance(element, cst.StarredElement)


def _given(call: TrainCall) -> int | None:
    """How many things the step is given, where the features are an array; None where that is not known."""
    if not isinstance(call.arguments.value("x", 0), Array):
        return None
    has_targets = _is_given(call, "y", 1)
    weights = [_is_given(call, name, None) for name in ("sample_weight", "class_weight")]
    if has_targets is None or None in weights:
        return None
    return 1 if not has_targets else 3 if any(weights) else 2


def _is_given(call: TrainCall, name: str, place: int | None) -> bool | None:
    given = call.arguments.get(name, place)
    if isinstance(given, CannotTell):
        return None
    if not isinstance(given, Given):
        return False
    return None if isinstance(given.value, Unknown) else given.value is not None
