"""KC811: a metric counts in plain attributes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.keras.attributes import WEIGHT_METHODS
from kerascheck.machine.members import find_member
from kerascheck.machine.values import FunctionValue, Instance
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, base_of, definition, is_keras_3, own_method, own_nodes
from kerascheck.rules._own_losses import runs_eagerly
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.text.treewalk import walk
from kerascheck.training.compiled_losses import metrics_of


class MetricStateInAttribute(Rule):
    """A metric of the program accumulates in `self.total += ...` instead of in a weight.

    ## What it does

    Looks at metrics of the program that `compile` gets. It reports an `update_state` that adds to an attribute which
    `__init__` has set to a number, or that puts a sum in the place of a weight (`self.total = self.total + ...`).

    ## Why it is bad

    `fit` traces `update_state` once and runs the graph: the attribute is added to once, and then holds a tensor of the
    graph ("is out of scope and cannot be used here"). Nor does `reset_state` know of it: the figure goes on over all
    epochs.

    ## Example

    ```python
    import keras
    from keras import Sequential, layers, ops

    class Hits(keras.metrics.Metric):
        def __init__(self, name="hits", **kwargs):
            super().__init__(name=name, **kwargs)
            self.total = 0.0

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.total += ops.sum(y_true * y_pred)

        def result(self):
            return self.total

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse", metrics=[Hits()])
    ```

    ## Use instead

    ```python
    import keras
    from keras import Sequential, layers, ops

    class Hits(keras.metrics.Metric):
        def __init__(self, name="hits", **kwargs):
            super().__init__(name=name, **kwargs)
            self.total = self.add_weight(name="total", initializer="zeros")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.total.assign_add(ops.sum(y_true * y_pred))

        def result(self):
            return self.total

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse", metrics=[Hits()])
    ```

    ## References

    - [Keras: custom metrics](https://keras.io/api/metrics/#creating-custom-metrics)
    """

    code = "KC811"
    name = "metric-state-in-attribute"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        seen: set[int] = set()
        for call in program.compiles:
            if runs_eagerly(call) or not is_keras_3(call.site):
                continue
            for value, _ in metrics_of(call):
                if not isinstance(value, Instance) or base_of(value.cls) != "keras.metrics.Metric":
                    continue
                method = find_member(value.cls, "update_state")
                if not isinstance(method, FunctionValue) or method.decorated or id(method.node) in seen:
                    continue
                seen.add(id(method.node))
                numbers, weights = _numbers(value), _weights(value)
                for node, name in _additions(Code(method)):
                    if name in weights:
                        yield Finding(
                            Code(method).site(node),
                            f"this puts a tensor in the place of the weight self.{name}, which keeps its value; use "
                            f"self.{name}.assign_add(...)",
                            anchor=call.site,
                        )
                    elif name in numbers:
                        yield Finding(
                            Code(method).site(node),
                            f"fit runs this once, when it makes the graph: self.{name} is not part of the state of "
                            f"{value.cls.name}; make it with self.add_weight(...) and use assign_add",
                            anchor=call.site,
                        )

    VALID = [
        # a weight
        """
import keras
import numpy as np
from keras import Sequential, layers, ops
class Hits(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.limit = 0.5
        self.total = self.add_weight(name="total", initializer="zeros")
    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total.assign_add(ops.sum(y_true * y_pred))
    def result(self):
        return self.total
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse", metrics=[Hits()])
model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
""",
        # a variable takes +=
        """
import keras
import numpy as np
import tensorflow as tf
from keras import Sequential, layers, ops
class Hits(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.total = tf.Variable(0.0)
    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total.assign(self.total + ops.sum(y_true * y_pred))
    def result(self):
        return self.total
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse", metrics=[Hits()])
model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
""",
        # it runs eagerly
        """
import keras
import numpy as np
from keras import Sequential, layers, ops
class Hits(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.total = 0.0
    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total += float(ops.sum(y_true * y_pred))
    def result(self):
        return self.total
    def reset_state(self):
        self.total = 0.0
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse", metrics=[Hits()], run_eagerly=True)
model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
""",
        # used in a loop of the program
        """
import keras
from keras import ops
class Hits(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.total = 0.0
    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total += ops.sum(y_true * y_pred)
    def result(self):
        return self.total
hits = Hits()
hits.update_state([1.0], [1.0])
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
from keras import Sequential, layers, ops
class Hits(keras.metrics.Metric):
    def __init__(self, name="hits", **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_variable((), "zeros", name="count")
    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total = self.total + ops.sum(y_true * y_pred)
        self.count = self.count + 1.0
    def result(self):
        return self.total / self.count
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse", metrics=[Hits()])
""",
            [
                (
                    10,
                    "this puts a tensor in the place of the weight self.total, which keeps its value; use "
                    "self.total.assign_add(...)",
                ),
                (
                    11,
                    "this puts a tensor in the place of the weight self.count, which keeps its value; use "
                    "self.count.assign_add(...)",
                ),
            ],
        ),
        Invalid(
            """
import keras
import numpy as np
from keras import Sequential, layers, ops
class Hits(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.total = 0.0
        self.count = 0
    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total += ops.sum(y_true * y_pred)
        self.count = self.count + 1
    def result(self):
        return self.total / self.count
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse", metrics=[Hits()])
model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
""",
            [
                (
                    11,
                    "fit runs this once, when it makes the graph: self.total is not part of the state of Hits; make it "
                    "with self.add_weight(...) and use assign_add",
                ),
                (
                    12,
                    "fit runs this once, when it makes the graph: self.count is not part of the state of Hits; make it "
                    "with self.add_weight(...) and use assign_add",
                ),
            ],
        ),
    ]


def _numbers(metric: Instance) -> set[str]:
    """The attributes that the constructor of its class sets to a number, and nothing else there sets."""
    return _set_to(metric, lambda code, value: isinstance(value, (cst.Integer, cst.Float)))


def _weights(metric: Instance) -> set[str]:
    """The attributes that the constructor of its class sets to a weight, and nothing else there sets."""
    return _set_to(
        metric,
        lambda code, value: (
            isinstance(value, cst.Call)
            and (code.is_own_attribute(value.func) in WEIGHT_METHODS or code.symbol(value.func) == "keras.Variable")
        ),
    )


def _set_to(metric: Instance, is_meant: Callable[[Code, cst.BaseExpression], bool]) -> set[str]:
    """The attributes that the constructor sets to such a value alone."""
    init = own_method(metric.cls, "__init__")
    if init is None:
        return set()
    code = Code(init)
    found: set[str] = set()
    others: set[str] = set()
    for node in own_nodes(code.file, definition(init).body):
        if isinstance(node, cst.Assign):
            for target in node.targets:
                name = code.is_own_attribute(target.target)
                if name is not None:
                    (found if is_meant(code, node.value) else others).add(name)
    return found - others


def _additions(code: Code) -> Iterator[tuple[cst.CSTNode, str]]:
    """Where the method adds to an attribute of its object."""
    for node in own_nodes(code.file, code.node.body):
        if isinstance(node, cst.AugAssign):
            name = code.is_own_attribute(node.target)
            if name is not None:
                yield node, name
        elif isinstance(node, cst.Assign) and len(node.targets) == 1:
            name = code.is_own_attribute(node.targets[0].target)
            if name is not None and any(code.is_own_attribute(part) == name for part in walk(node.value)):
                yield node, name
