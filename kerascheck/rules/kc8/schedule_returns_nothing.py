"""KC861: the function of a `LearningRateScheduler` has a way to its end without a value."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.values import FunctionValue
from kerascheck.network.ir import Program
from kerascheck.rules._code import definition, own_nodes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class ScheduleReturnsNothing(Rule):
    """A schedule gives the learning rate for some epochs and None for the others.

    ## What it does

    Reports functions that a `LearningRateScheduler` gets and that end with an `if` without `else`, behind which nothing
    is returned, or with no `return` at all.

    ## Why it is bad

    Keras sets what the function gives at the begin of each epoch: "The output of the `schedule` function should be a
    float. Got: None".

    ## Example

    ```python
    import keras

    def schedule(epoch, lr):
        if epoch > 10:
            return lr * 0.5

    callback = keras.callbacks.LearningRateScheduler(schedule)
    ```

    ## Use instead

    ```python
    import keras

    def schedule(epoch, lr):
        if epoch > 10:
            return lr * 0.5
        return lr

    callback = keras.callbacks.LearningRateScheduler(schedule)
    ```

    ## References

    - [Keras: LearningRateScheduler](https://keras.io/api/callbacks/learning_rate_scheduler/)
    """

    code = "KC861"
    name = "schedule-returns-nothing"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for name, arguments, site in program.calls:
            if name != "keras.callbacks.LearningRateScheduler":
                continue
            function = arguments.value("schedule", 0)
            if not isinstance(function, FunctionValue) or not isinstance(function.node, cst.FunctionDef):
                continue
            is_plain = not function.node.decorators and function.node.asynchronous is None
            if is_plain and _may_give_nothing(function):
                yield Finding(
                    site,
                    f"{function.name!r} does not return a learning rate for each epoch, and Keras refuses None; end it "
                    "with one that always holds",
                )

    VALID = [
        # a value for each epoch
        """
import keras
def schedule(epoch, lr):
    if epoch > 10:
        return lr * 0.5
    return lr
def steps(epoch):
    if epoch < 10:
        return 0.1
    elif epoch < 20:
        return 0.01
    else:
        return 0.001
keras.callbacks.LearningRateScheduler(schedule)
keras.callbacks.LearningRateScheduler(steps)
keras.callbacks.LearningRateScheduler(lambda epoch: 0.1)
""",
        # all cases are named, which is not followed
        """
import keras
def schedule(epoch):
    if epoch < 10:
        return 0.1
    elif epoch >= 10:
        return 0.01
keras.callbacks.LearningRateScheduler(schedule)
""",
        # it ends by an exception, or in a loop
        """
import keras
def schedule(epoch):
    if epoch < 10:
        return 0.1
    raise ValueError(epoch)
def looked_up(epoch):
    for last, rate in ((10, 0.1), (1000, 0.01)):
        if epoch < last:
            return rate
keras.callbacks.LearningRateScheduler(schedule)
keras.callbacks.LearningRateScheduler(looked_up)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
def schedule(epoch, lr):
    if epoch > 0 and epoch % 2 == 0:
        return lr * 0.5
def shown(epoch, lr):
    lr = lr * 0.9
    print(lr)
keras.callbacks.LearningRateScheduler(schedule)
callbacks = [keras.callbacks.LearningRateScheduler(shown)]
""",
            [
                (
                    9,
                    "'schedule' does not return a learning rate for each epoch, and Keras refuses None; end it with "
                    "one that always holds",
                ),
                (
                    10,
                    "'shown' does not return a learning rate for each epoch, and Keras refuses None; end it with one "
                    "that always holds",
                ),
            ],
        ),
    ]


def _may_give_nothing(function: FunctionValue) -> bool:
    """Whether the end of the function is reached in a way that is plain to see."""
    node = definition(function)
    last = node.body.body[-1]
    if isinstance(last, cst.If):
        return last.orelse is None and any(isinstance(one, cst.Return) for one in own_nodes(function.site.file, last))
    if isinstance(last, cst.SimpleStatementLine):
        ends = isinstance(last.body[-1], (cst.Return, cst.Raise))
        body = own_nodes(function.site.file, node.body, cst.Yield, cst.Raise)
        return not ends and not any(True for _ in body)
    return False
