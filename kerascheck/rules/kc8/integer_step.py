"""KC854: a learning rate schedule of the program computes with its step as if it were a float."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.machine.values import FunctionValue, Instance
from kerascheck.network.ir import Site
from kerascheck.network.program import KerasObject, Program
from kerascheck.rules._code import Code, as_written, base_of, bound_names, is_keras_3, own_nodes, parameter_names
from kerascheck.rules._own_losses import runs_eagerly
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_SCHEDULE = "keras.optimizers.schedules.LearningRateSchedule"
#: Functions of TensorFlow on floats alone, by the last parts of their names. (Tried on Keras 3.15)
_OF_FLOATS = frozenset(
    {"sqrt", "rsqrt", "exp", "log", "log1p", "expm1", "cos", "sin", "tanh", "sigmoid", "floor", "ceil", "erf"}
)
#: Functions of TensorFlow whose operands must be of one dtype.
_OF_ONE_DTYPE = frozenset({"minimum", "maximum", "multiply", "add", "subtract", "pow"})
#: What asks for a number where a graph has none.
_ASKING = frozenset({"builtins.min", "builtins.max", "builtins.float", "builtins.int", "builtins.bool"})
_ORDERS = (cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual, cst.Equal)


class IntegerStep(Rule):
    """A schedule takes the root of its step, or decides by it, without a cast.

    ## What it does

    Looks at the `__call__` of learning rate schedules of the program that optimizers get. It reports functions of
    TensorFlow that work on floats alone, such as `tf.math.rsqrt(step)`, functions of two operands of which one is the
    step and the other a float, and, where the model trains in a graph, an `if`, `min`, `float` or a function of numpy
    on the step.

    ## Why it is bad

    Keras hands the schedule its counter of steps, an int64 variable: "Value passed to parameter 'x' has DataType int64
    not in list of allowed values". In a graph it has no value to decide by.

    ## Example

    ```python
    import keras
    import tensorflow as tf

    class Warmup(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            return tf.minimum(tf.math.rsqrt(step), step * 4000 ** -1.5)

    optimizer = keras.optimizers.Adam(Warmup())
    ```

    ## Use instead

    ```python
    import keras
    import tensorflow as tf

    class Warmup(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            step = tf.cast(step, tf.float32)
            return tf.minimum(tf.math.rsqrt(step), step * 4000 ** -1.5)

    optimizer = keras.optimizers.Adam(Warmup())
    ```

    ## References

    - [Keras: LearningRateSchedule](https://keras.io/api/optimizers/learning_rate_schedules/learning_rate_schedule/)
    """

    code = "KC854"
    name = "integer-step"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        seen: set[int] = set()
        for schedule, anchor, in_graph in _schedules(program):
            call = find_member(schedule.cls, "__call__")
            if not isinstance(call, FunctionValue) or call.decorated or not is_keras_3(anchor):
                continue
            code = Code(call, program.objects)
            names = parameter_names(call)[0]
            if not names or names[0] in bound_names(code.file, code.node.body):
                continue
            for node, message in _faults(code, names[0], in_graph):
                if id(node) not in seen:
                    seen.add(id(node))
                    yield Finding(code.site(node), message, anchor=anchor)

    VALID = [
        # cast before
        """
import keras
import tensorflow as tf
class Warmup(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        step = tf.cast(step, tf.float32)
        return tf.minimum(tf.math.rsqrt(step), 0.5)
keras.optimizers.Adam(Warmup())
""",
        # Keras takes a step times a number for a float, and so do its own functions
        """
import keras
import tensorflow as tf
from keras import ops
class Warmup(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return tf.minimum(0.1 * step, 0.5) + tf.sqrt(step / 10) + ops.sqrt(step) * ops.exp(-step)
keras.optimizers.Adam(Warmup())
""",
        # operations decide
        """
import keras
import numpy as np
import tensorflow as tf
class Warmup(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, steps):
        self.steps = steps
    def __call__(self, step):
        if self.steps > 10:
            return tf.where(step < self.steps, 0.1, 0.01 * np.sqrt(self.steps))
        return 0.1
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(keras.optimizers.Adam(Warmup(20)), "mse")
""",
        # decided where tensors have values
        """
import keras
class Warmup(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return 0.1 if step < 10 else 0.01
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(keras.optimizers.Adam(Warmup()), "mse", run_eagerly=True)
""",
        # a schedule that no optimizer gets
        """
import keras
import tensorflow as tf
class Warmup(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return tf.math.rsqrt(step)
print(Warmup()(tf.constant(4.0)))
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import tensorflow as tf
class Warmup(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, width):
        self.width = tf.cast(width, tf.float32)
    def __call__(self, step):
        early = step * 4000 ** -1.5
        late = tf.math.rsqrt(step)
        return tf.math.rsqrt(self.width) * tf.minimum(early, late)
optimizer = keras.optimizers.Adam(Warmup(64), beta_2=0.98)
""",
            [
                (
                    9,
                    "Keras passes the schedule an int64 step, but tf.math.rsqrt takes only floats; begin with "
                    "step = tf.cast(step, tf.float32)",
                )
            ],
        ),
        Invalid(
            """
import keras
import tensorflow as tf
class Warmup(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        if step < 10:
            return 0.1
        return tf.minimum(step, 0.5)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(learning_rate=Warmup()), loss="mse")
""",
            [
                (
                    6,
                    "in the graph that trains, the step has no value to decide by; use tf.where or keras.ops.where",
                ),
                (
                    8,
                    "Keras passes the schedule an int64 step, but tf.minimum takes operands of one dtype; begin with "
                    "step = tf.cast(step, tf.float32)",
                ),
            ],
        ),
    ]


def _schedules(program: Program) -> Iterator[tuple[Instance, Site, bool]]:
    """The schedules of the program that optimizers get, where, and whether these surely train in a graph."""
    for call in program.compiles:
        optimizer = call.arguments.value("optimizer", 0)
        if isinstance(optimizer, KerasObject) and (found := _schedule_of(optimizer.arguments)) is not None:
            yield found, call.site, not runs_eagerly(call)
    for name, arguments, site in program.calls:
        if name.startswith("keras.optimizers.") and (found := _schedule_of(arguments)) is not None:
            yield found, site, False


def _schedule_of(arguments: Any) -> Instance | None:
    rate = arguments.value("learning_rate", 0)
    return rate if isinstance(rate, Instance) and base_of(rate.cls) == _SCHEDULE else None


def _faults(code: Code, step: str, in_graph: bool) -> Iterator[tuple[cst.CSTNode, str]]:
    """What the code does to its step that Keras or TensorFlow refuses."""
    for node in own_nodes(code.file, code.node.body, cst.Call, cst.If, cst.IfExp, cst.While):
        if isinstance(node, cst.Call):
            message = _fault_of_call(code, node, step, in_graph)
            if message is not None:
                yield node, message
        elif isinstance(node, (cst.If, cst.IfExp, cst.While)) and in_graph and _asks(node.test, step):
            yield (
                node.test,
                "in the graph that trains, the step has no value to decide by; use tf.where or " + ("keras.ops.where"),
            )


def _fault_of_call(code: Code, call: cst.Call, step: str, in_graph: bool) -> str | None:
    name = code.symbol(call.func)
    operands = [arg.value for arg in call.args]
    steps = [_is_step(value, step) for value in operands]
    if not any(steps):
        return None
    cast = f"begin with {step} = tf.cast({step}, tf.float32)"
    last, written = name.rpartition(".")[2], as_written(call.func)
    if name == "keras.ops.rsqrt" or (name.startswith("tensorflow.") and last in _OF_FLOATS):
        return f"Keras passes the schedule an int64 step, but {written} takes only floats; {cast}"
    if name.startswith("tensorflow.") and last in _OF_ONE_DTYPE and any(isinstance(v, cst.Float) for v in operands):
        return f"Keras passes the schedule an int64 step, but {written} takes operands of one dtype; {cast}"
    if in_graph and (name in _ASKING or name.startswith(("numpy.", "math."))):
        return (
            f"in the graph that trains, the step has no value for {written}; use functions of TensorFlow or keras.ops"
        )
    return None


def _is_step(node: cst.CSTNode, step: str) -> bool:
    """Whether it is the step itself, or that with its sign changed or a whole number added: all integers."""
    if isinstance(node, cst.Name):
        return node.value == step
    if isinstance(node, cst.UnaryOperation):
        return isinstance(node.operator, cst.Minus) and _is_step(node.expression, step)
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, (cst.Add, cst.Subtract, cst.Modulo)):
        sides = (node.left, node.right)
        return any(_is_step(one, step) for one in sides) and any(isinstance(one, cst.Integer) for one in sides)
    return False


def _asks(test: cst.BaseExpression, step: str) -> bool:
    """Whether a condition asks for the value of the step by a comparison."""
    if isinstance(test, cst.BooleanOperation):
        return _asks(test.left, step) or _asks(test.right, step)
    if not isinstance(test, cst.Comparison) or not all(isinstance(one.operator, _ORDERS) for one in test.comparisons):
        return False
    sides = [test.left, *(one.comparator for one in test.comparisons)]
    return any(_is_step(side, step) for side in sides)
