"""KC810: a method that Keras calls does not take what Keras gives it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.machine.values import FunctionValue, Instance
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._code import base_of, classes_of, definition, is_keras_3, methods, parameter_names
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.training.compiled_losses import metrics_of

#: How Keras 3.15 calls a method: with so many arguments by position, and these by name.
Form = tuple[int, tuple[str, ...]]
#: Those that any use of the class runs, by its base.
ALWAYS: dict[str, dict[str, Form]] = {
    "keras.losses.Loss": {"call": (2, ())},
    "keras.optimizers.schedules.LearningRateSchedule": {"__call__": (1, ())},
    "keras.regularizers.Regularizer": {"__call__": (1, ())},
    "keras.constraints.Constraint": {"__call__": (1, ())},
    "keras.initializers.Initializer": {"__call__": (1, ("dtype",))},
    "keras.utils.PyDataset": {"__getitem__": (1, ())},
    "keras.utils.Sequence": {"__getitem__": (1, ())},
}
#: Those of metrics in `compile`. Source: `CompileMetrics.update_state` in keras/src/trainers/compile_utils.py.
METRIC: dict[str, Form] = {"update_state": (2, ("sample_weight",)), "result": (0, ()), "reset_state": (0, ())}
#: Those of models in `fit`.
MODEL: dict[str, Form] = {"train_step": (1, ()), "test_step": (1, ()), "predict_step": (1, ())}
#: Those that a training or testing step of Keras runs. Source: `Trainer._compute_loss` in
#: keras/src/trainers/trainer.py, which asks whether there is a parameter `training`.
IN_STEP: dict[str, Form] = {"compute_loss": (4, ()), "compute_metrics": (3, ("sample_weight",))}


class HookArguments(Rule):
    """A metric, loss, schedule or training step takes other arguments than Keras passes.

    ## What it does

    Compares the parameters of methods that Keras calls with how it calls them: `call(y_true, y_pred)` of losses,
    `update_state(y_true, y_pred, sample_weight=...)` of metrics in a `compile`, `__call__(step)` of schedules,
    `__call__(shape, dtype=...)` of initializers, `call(inputs)` of models that are trained, `train_step(data)` and
    `compute_loss(x, y, y_pred, sample_weight)` of models. For callbacks there is KC221.

    ## Why it is bad

    Python raises TypeError when Keras calls the method, at the first batch.

    ## Example

    ```python
    import keras

    class Weighted(keras.losses.Loss):
        def call(self, y_true, y_pred, weights):
            return keras.ops.mean(weights * (y_true - y_pred) ** 2)
    ```

    ## Use instead

    ```python
    import keras

    class Weighted(keras.losses.Loss):
        def __init__(self, weights):
            super().__init__()
            self.weights = weights

        def call(self, y_true, y_pred):
            return keras.ops.mean(self.weights * (y_true - y_pred) ** 2)
    ```

    ## References

    - [Keras: losses](https://keras.io/api/losses/)
    - [Keras: metrics](https://keras.io/api/metrics/)
    """

    code = "KC810"
    name = "hook-arguments"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        used = _used(program)
        for cls in classes_of(program):
            if not is_keras_3(cls.site):
                continue
            always = ALWAYS.get(base_of(cls), {})
            for method in methods(cls):
                form = used.get(id(method.node), always.get(method.name))
                if form is None or method.decorated or definition(method).asynchronous is not None:
                    continue
                what = _untaken(method, form)
                if what is not None:
                    yield Finding(method.site, f"Keras calls {cls.name}.{method.name} with {_said(form)}, {what}")

    VALID = [
        # a loss of a model, with and without what newer Kerases ask for
        """
import keras
import numpy as np
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)
    def call(self, x):
        return self.head(x)
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return keras.ops.mean(keras.ops.abs(y - y_pred))
class Older(Net):
    def compute_loss(self, x, y, y_pred, sample_weight):
        return keras.ops.mean(keras.ops.abs(y - y_pred))
class Stepping(Net):
    def compute_loss(self, y, y_pred):
        return keras.ops.mean(keras.ops.abs(y - y_pred))
    def train_step(self, data):
        x, y = data
        return {"loss": self.compute_loss(y, self(x))}
for net in (Net(), Older(), Stepping()):
    net.compile("sgd")
    net.fit(np.zeros((8, 4)), np.zeros((8, 1)))
""",
        # a metric that the program updates itself
        """
import keras
class Bias(keras.metrics.Metric):
    def __init__(self):
        super().__init__()
        self.total = self.add_weight(initializer="zeros")
    def update_state(self, errors):
        self.total.assign_add(keras.ops.sum(errors))
    def result(self):
        return self.total
bias = Bias()
bias.update_state([1.0, 2.0])
""",
        # a step that the program calls itself
        """
import keras
import numpy as np
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)
    def call(self, x):
        return self.head(x)
    def train_step(self, x, y):
        return self(x) - y
net = Net()
net.train_step(np.zeros((8, 4)), np.zeros((8, 1)))
""",
        # all that a step and an initializer are given
        """
import keras
import numpy as np
class Half(keras.initializers.Initializer):
    def __call__(self, shape, dtype=None, **kwargs):
        return 0.5 * keras.ops.ones(shape, dtype)
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1, kernel_initializer=Half())
    def call(self, x):
        return self.head(x)
    def train_step(self, data):
        return super().train_step(data)
net = Net()
net.compile("sgd", "mse")
net.fit(np.zeros((8, 4)), np.zeros((8, 1)))
""",
        # an older Keras
        """
from keras.layers.core import Dense
import keras
class Log(keras.losses.Loss):
    def call(self, both):
        return both
""",
        # a model that takes one thing, whatever it holds; what Keras fills; a step of one's own
        """
import keras
import numpy as np
class Pair(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)
    def call(self, inputs, training, mask=None):
        left, right = inputs
        return self.head(left) + self.head(right)
class Tower(Pair):
    def call(self, left, right):
        return self.head(left) + self.head(right)
    def train_step(self, data):
        (left, right), y = data
        return {"loss": self.compute_loss(y=y, y_pred=self(left, right))}
x = np.zeros((8, 4))
for net in (Pair(), Tower()):
    net.compile("sgd", "mse")
    net.fit([x, x], np.zeros((8, 1)))
""",
        # any number of arrays; a weighted metric of the program that takes weights
        """
import keras
import numpy as np
class Near(keras.metrics.Metric):
    def __init__(self):
        super().__init__(name="near")
        self.hits = self.add_weight(shape=(), initializer="zeros", name="hits")
    def update_state(self, y_true, y_pred, sample_weight=None):
        self.hits.assign_add(keras.ops.sum(y_true - y_pred))
    def result(self):
        return self.hits
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)
    def call(self, x, *others, scale=1.0):
        return self.head(x) * scale
net = Net()
net.compile("sgd", "mse", weighted_metrics=[Near()])
net.fit(np.zeros((8, 4)), np.zeros((8, 1)), sample_weight=np.ones(8))
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import numpy as np
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)
    def call(self, x):
        return self.head(x)
    def compute_loss(self, x, y, y_pred):
        return keras.ops.mean(keras.ops.abs(y - y_pred))
net = Net()
net.compile("sgd")
net.fit(np.zeros((8, 4)), np.zeros((8, 1)))
""",
            [(10, "Keras calls Net.compute_loss with 4 arguments, which takes 3")],
        ),
        Invalid(
            """
import keras
import numpy as np
class Bias(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.total = self.add_weight(initializer="zeros", name="total")
    def update_state(self, y_true, y_pred):
        self.total.assign_add(keras.ops.sum(y_pred - y_true))
    def result(self):
        return self.total
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse", metrics=[Bias()])
model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
""",
            [(8, "Keras calls Bias.update_state with 2 arguments and sample_weight=, but it takes no 'sample_weight'")],
        ),
        Invalid(
            """
import keras
import numpy as np
class Own(keras.losses.Loss):
    def call(self, y_true, y_pred, weights):
        return keras.ops.mean(weights * (y_true - y_pred) ** 2)
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)
    def call(self, x):
        return self.head(x)
    def train_step(self, x, y):
        return {}
net = Net()
net.compile("sgd", Own())
net.fit(np.zeros((8, 4)), np.zeros((8, 1)))
""",
            [
                (5, "Keras calls Own.call with 2 arguments, which needs 'weights' as well"),
                (13, "Keras calls Net.train_step with 1 argument, which needs 'y' as well"),
            ],
        ),
        Invalid(
            """
import keras
import numpy as np
class Near(keras.metrics.Metric):
    def __init__(self):
        super().__init__(name="near")
        self.hits = self.add_weight(shape=(), initializer="zeros", name="hits")
    def update_state(self, y_true, y_pred):
        self.hits.assign_add(keras.ops.sum(y_true - y_pred))
    def result(self):
        return self.hits
class Tower(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)
    def call(self, left, right):
        return self.head(left) + self.head(right)
net = Tower()
net.compile("sgd", "mse", weighted_metrics=[Near()])
x = np.zeros((8, 4))
net.fit([x, x], np.zeros((8, 1)))
""",
            [
                (
                    8,
                    "Keras calls Near.update_state with 2 arguments and sample_weight=, but it takes no "
                    "'sample_weight'",
                ),
                (16, "Keras calls Tower.call with 1 argument, which needs 'right' as well"),
            ],
        ),
    ]


def _used(program: Program) -> dict[int, Form]:
    """How Keras calls the methods of the objects that it is given, by the ids of their definitions."""
    found: dict[int, Form] = {}
    for call in program.trainings:
        if call.guarded:
            continue
        if call.method in (*FITTING, "evaluate", "predict"):
            instance = getattr(call.network, "instance", None)
            _note(found, instance, _steps(call))
            _note_call(found, call, instance)
            if call.method != "predict" and isinstance(instance, Instance):
                own = find_member(instance.cls, "test_step" if call.method == "evaluate" else "train_step")
                _note(found, instance, IN_STEP if own is None else {})
        if call.compiled is not None and call.method in (*FITTING, "evaluate"):
            for name in ("metrics", "weighted_metrics"):
                for value, _ in metrics_of(call.compiled, name):
                    _note(found, value, METRIC)
    return found


#: Parameters of `call` that Keras fills by itself, where there are any of these names.
_FILLED = ("training", "mask")


def _note_call(found: dict[int, Form], call: TrainCall, instance: Any) -> None:
    """`fit` calls a model with one thing, however many arrays that holds, unless the program writes the step itself."""
    step = next(iter(_steps(call)))
    if not isinstance(instance, Instance) or call.network.kind != "subclass" or find_member(instance.cls, step):
        return
    method = find_member(instance.cls, "call")
    if isinstance(method, FunctionValue) and base_of(instance.cls) == "keras.Model":
        names = parameter_names(method)[0][1:]
        found[id(method.node)] = (1, tuple(name for name in _FILLED if name in names))


def _steps(call: TrainCall) -> dict[str, Form]:
    step = {"evaluate": "test_step", "predict": "predict_step"}.get(call.method, "train_step")
    return {step: MODEL[step]}


def _note(found: dict[int, Form], value: Any, forms: dict[str, Form]) -> None:
    if not isinstance(value, Instance):
        return
    for name, form in forms.items():
        method = find_member(value.cls, name)
        if isinstance(method, FunctionValue):
            takes_training = name == "compute_loss" and "training" in parameter_names(method)[0]
            found[id(method.node)] = (form[0], ("training",)) if takes_training else form


def _untaken(method: FunctionValue, form: Form) -> str | None:
    """What is wrong with the parameters; None where the call fits them."""
    count, names = form
    params = definition(method).params
    positional = [*params.posonly_params, *params.params][1:]
    if not params.params and not params.posonly_params:
        return None if isinstance(params.star_arg, cst.Param) else "which does not even take self"
    if len(positional) < count and not isinstance(params.star_arg, cst.Param):
        return f"which takes {len(positional) or 'none'}"
    by_name = {param.name.value for param in (*[*params.params][1:], *params.kwonly_params)}
    for name in names:
        if name not in by_name and params.star_kwarg is None:
            return f"but it takes no {name!r}"
    for param in (*positional[count:], *params.kwonly_params):
        if param.default is None and param.name.value not in names:
            return f"which needs {param.name.value!r} as well"
    return None


def _said(form: Form) -> str:
    count, names = form
    what = {0: "no arguments", 1: "1 argument"}.get(count, f"{count} arguments")
    return " and ".join([what, *(f"{name}=" for name in names)])
