"""KC856: a `tf.function` counts in a number of Python, which it does once."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, own_nodes
from kerascheck.rules._graph_code import graph_functions
from kerascheck.rules._own_losses import may_run_eagerly
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class PythonStateInGraph(Rule):
    """A function under `tf.function` adds to a number that it keeps outside of it.

    ## What it does

    Reports `self.steps += 1` and its like in a `tf.function`, where the attribute, or the global variable, is a number
    of Python.

    ## Why it is bad

    The Python in the function runs when it is traced, and not when its graph runs: the number goes up once or twice,
    and stays there however often the function is called.

    ## Example

    ```python
    import keras
    import tensorflow as tf

    class Trainer:
        def __init__(self):
            self.steps = 0

        @tf.function
        def step(self, x):
            self.steps += 1
            return 2 * x

    trainer = Trainer()
    ```

    ## Use instead

    ```python
    import keras
    import tensorflow as tf

    class Trainer:
        def __init__(self):
            self.steps = tf.Variable(0)

        @tf.function
        def step(self, x):
            self.steps.assign_add(1)
            return 2 * x

    trainer = Trainer()
    ```

    ## References

    - [TensorFlow: Python side effects in tf.function](https://www.tensorflow.org/guide/function#executing_python_side_effects)
    """

    code = "KC856"
    name = "python-state-in-graph"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for code in graph_functions(program):
            if may_run_eagerly(code.file):
                continue
            for node in own_nodes(code.file, code.node.body, cst.AugAssign):
                if _is_number(code, node.target) and not _counts_traces(code, node):
                    yield Finding(
                        code.site(node),
                        "the Python in a tf.function runs when it is traced: this number goes up once, however often "
                        f"{code.function.name!r} is called; count outside, or in a tf.Variable with assign_add",
                    )

    VALID = [
        # a variable, and numbers of the function itself
        """
import keras
import tensorflow as tf
class Trainer:
    def __init__(self):
        self.steps = tf.Variable(0)
    @tf.function
    def step(self, x):
        total = 0
        for i in range(3):
            total += i
        self.steps.assign_add(1)
        return total * x
trainer = Trainer()
""",
        # no graph
        """
class Trainer:
    def __init__(self):
        self.steps = 0
    def step(self, x):
        self.steps += 1
        return 2 * x
trainer = Trainer()
""",
        # a function that tells when it is traced
        """
import keras
import tensorflow as tf
traces = 0
@tf.function
def double(x):
    global traces
    traces += 1
    print("traced", traces)
    return 2 * x
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import tensorflow as tf
calls = 0
class Trainer:
    def __init__(self):
        self.steps = 0
    @tf.function
    def step(self, x):
        self.steps += 1
        return 2 * x
@tf.function
def double(x):
    global calls
    calls += 1
    return 2 * x
trainer = Trainer()
""",
            [
                (
                    10,
                    "the Python in a tf.function runs when it is traced: this number goes up once, however often "
                    "'step' is called; count outside, or in a tf.Variable with assign_add",
                ),
                (
                    15,
                    "the Python in a tf.function runs when it is traced: this number goes up once, however often '"
                    "double' is called; count outside, or in a tf.Variable with assign_add",
                ),
            ],
        ),
    ]


def _is_number(code: Code, target: cst.BaseExpression) -> bool:
    """Whether it is an own attribute or a global variable that holds a number of Python."""
    if isinstance(target, cst.Name) and target.value in code.bound:
        return False
    value = code.meaning(target)
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _counts_traces(code: Code, node: cst.AugAssign) -> bool:
    """Whether the function prints, as one does that shows when it is traced."""
    calls = own_nodes(code.file, code.node.body, cst.Call)
    return any(isinstance(call.func, cst.Name) and call.func.value == "print" for call in calls)
