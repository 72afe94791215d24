"""KC812: an object of a class of the program lacks the method that Keras asks it for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.machine.values import Instance
from kerascheck.network.arguments import Given
from kerascheck.network.ir import Site
from kerascheck.network.program import KerasObject, Program
from kerascheck.rules._code import base_of, is_keras_3
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.training.compiled_losses import metrics_of
from kerascheck.training.structures import leaves

#: The methods that a base class has only to raise NotImplementedError. (Keras 3.15)
REQUIRED = {
    "keras.metrics.Metric": ("update_state", "result"),
    "keras.losses.Loss": ("call",),
    "keras.optimizers.schedules.LearningRateSchedule": ("__call__",),
}


class RequiredMethodMissing(Rule):
    """A metric has no `result`, a loss no `call`, or a schedule no `__call__`.

    ## What it does

    Looks at the metrics, losses and schedules of the program's own classes that `compile` gets, and reports a class in
    which a method is missing that its base class leaves open.

    ## Why it is bad

    Keras calls the method of the base class, which raises NotImplementedError in the first epoch.

    ## Example

    ```python
    import keras
    from keras import layers

    class Mean(keras.metrics.Metric):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.total = self.add_weight(name="total", initializer="zeros")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.total.assign_add(keras.ops.mean(y_pred))

        def results(self):
            return self.total

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse", metrics=[Mean()])
    ```

    ## Use instead

    ```python
    import keras
    from keras import layers

    class Mean(keras.metrics.Metric):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.total = self.add_weight(name="total", initializer="zeros")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.total.assign_add(keras.ops.mean(y_pred))

        def result(self):
            return self.total

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse", metrics=[Mean()])
    ```

    ## References

    - [Keras: custom metrics](https://keras.io/api/metrics/#creating-custom-metrics)
    """

    code = "KC812"
    name = "required-method-missing"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, tuple[int, int]]] = set()
        for value, site, anchor in _given(program):
            if not isinstance(value, Instance) or not is_keras_3(site):
                continue
            cls = value.cls
            for name in REQUIRED.get(base_of(cls), ()):
                if find_member(cls, name) is None and name not in value.attributes:
                    key = (id(cls.node), site.key)
                    if key not in told and find_member(cls, "__getattr__") is None:
                        told.add(key)
                        yield Finding(site, f"{cls.name} has no method {name}, which Keras calls", anchor=anchor)
                    break

    VALID = [
        # all are there
        """
import keras
from keras import layers
class Mean(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")
    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total.assign_add(keras.ops.mean(y_pred))
    def result(self):
        return self.total
class Own(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return keras.ops.mean(y_pred - y_true)
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", Own(), metrics=[Mean()])
""",
        # a base of the program, or a metric of Keras, has them
        """
import keras
from keras import layers
class Base(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return keras.ops.mean(y_pred - y_true)
class Own(Base):
    pass
class Mean(keras.metrics.Mean):
    def update_state(self, y_true, y_pred, sample_weight=None):
        return super().update_state(y_pred)
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", Own(), metrics=[Mean()])
""",
        # a base that nothing uses
        """
import keras
class Base(keras.losses.Loss):
    def weigh(self, x):
        return x
""",
        # a base that is not known
        """
import keras
from keras import layers
from mine import Mixin
class Own(Mixin, keras.losses.Loss):
    pass
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", Own())
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
from keras import layers
class Mean(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")
    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total.assign_add(keras.ops.mean(y_pred))
    def results(self):
        return self.total
class Own(keras.losses.Loss):
    def compute(self, y_true, y_pred):
        return keras.ops.mean(y_pred - y_true)
class Falling(keras.optimizers.schedules.LearningRateSchedule):
    def call(self, step):
        return 0.1
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile(keras.optimizers.SGD(Falling()), loss="mse")
model.compile("sgd", loss=Own())
model.compile("sgd", loss="mse", metrics=[Mean()])
""",
            [
                (19, "Falling has no method __call__, which Keras calls"),
                (20, "Own has no method call, which Keras calls"),
                (21, "Mean has no method result, which Keras calls"),
            ],
        ),
    ]


def _given(program: Program) -> Iterator[tuple[Any, Site, Site]]:
    """The losses, metrics and schedules that models are compiled with, and where."""
    for call in program.compiles:
        loss = call.arguments.get("loss", 1)
        for value in leaves(loss.value) if isinstance(loss, Given) else ():
            yield value, call.site, call.site
        for metric, site in metrics_of(call):
            yield metric, site, call.site
        optimizer = call.arguments.value("optimizer", 0)
        if isinstance(optimizer, KerasObject) and optimizer.qualname.startswith("keras.optimizers."):
            yield optimizer.arguments.value("learning_rate", 0), call.site, call.site
