"""KC471: a schedule that gives no learning rate."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.values import FunctionValue
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.rules._code import own_nodes
from kerascheck.rules._returns import chooses, open_end
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class ScheduleReturnsNothing(Rule):
    """The function of a `LearningRateScheduler` returns no float, or in some epochs nothing.

    ## What it does

    Looks at the functions that `LearningRateScheduler` is given. It reports those without a `return` of a value, with
    an arm that ends without one, and with a `return` of a whole number.

    ## Why it is bad

    Keras asks the function before each epoch and raises ValueError on anything but a float. An arm for later epochs is
    reached after hours.

    ## Example

    ```python
    from keras.callbacks import LearningRateScheduler

    def halve(epoch, rate):
        if epoch > 10:
            return rate / 2

    callback = LearningRateScheduler(halve)
    ```

    ## Use instead

    ```python
    from keras.callbacks import LearningRateScheduler

    def halve(epoch, rate):
        if epoch > 10:
            return rate / 2
        return rate

    callback = LearningRateScheduler(halve)
    ```

    ## References

    - [Keras: LearningRateScheduler](https://keras.io/api/callbacks/learning_rate_scheduler/)
    """

    code = "KC471"
    name = "schedule-returns-nothing"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[int] = set()
        for name, arguments, site in program.calls:
            schedule = arguments.value("schedule", 0) if name == "keras.callbacks.LearningRateScheduler" else None
            if not isinstance(schedule, FunctionValue) or id(schedule.node) in told:
                continue
            found = _judge(schedule)
            if found is not None:
                told.add(id(schedule.node))
                node, message, severity = found
                yield Finding(Site(schedule.site.file, node), message, severity=severity, anchor=site)

    VALID = [
        # one of the conditions holds
        """
from keras.callbacks import LearningRateScheduler
def rate_of(epoch):
    if epoch < 10:
        return 0.1
    elif epoch < 20:
        return 0.05
    elif epoch >= 20:
        return 0.01
callback = LearningRateScheduler(rate_of)
""",
        # in each arm
        """
import numpy as np
from keras import Sequential, layers
from keras.callbacks import LearningRateScheduler
def rate_of(epoch, rate):
    if epoch < 10:
        return rate
    elif epoch < 20:
        return rate * 0.5
    return rate * 0.1
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[LearningRateScheduler(rate_of)])
""",
        # one way out, whatever the arms do
        """
import numpy as np
from keras import Sequential, layers
from keras.callbacks import LearningRateScheduler
def rate_of(epoch):
    rate = 0.001
    if epoch > 10:
        rate *= 0.1
    return float(rate)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[LearningRateScheduler(rate_of)])
""",
        # a lambda
        """
import numpy as np
from keras import Sequential, layers
from keras.callbacks import LearningRateScheduler
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[LearningRateScheduler(lambda epoch: 0.1 / (1 + epoch))])
""",
        # set in the arms, given at the end; a way out in the middle
        """
import numpy as np
from keras import Sequential, layers
from keras.callbacks import LearningRateScheduler
def rate_of(epoch, rate):
    if epoch < 5:
        return rate
    if epoch % 2:
        rate = rate * 0.5
    rate = max(rate, 1e-5)
    return rate
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[LearningRateScheduler(rate_of)])
""",
        # what the last call does is not known: it may end the program
        """
import numpy as np
from elsewhere import give_up
from keras import Sequential, layers
from keras.callbacks import LearningRateScheduler
def rate_of(epoch, rate):
    if epoch < 50:
        return rate
    give_up(epoch)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[LearningRateScheduler(rate_of)])
""",
        # a mistake that ends the training
        """
import numpy as np
from keras import Sequential, layers
from keras.callbacks import LearningRateScheduler
def rate_of(epoch):
    if epoch < 100:
        return 0.001
    else:
        raise ValueError("too long")
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[LearningRateScheduler(rate_of)])
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
from keras.callbacks import LearningRateScheduler
def rate_of(epoch, rate):
    if epoch < 10:
        return rate
    elif epoch < 20:
        rate * 0.5
    else:
        return rate * 0.1
def nothing(epoch):
    print(epoch)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), epochs=20, callbacks=[LearningRateScheduler(rate_of)])
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[LearningRateScheduler(nothing)])
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), callbacks=[LearningRateScheduler(lambda epoch: 1)])
""",
            [
                (9, "'rate_of' returns a learning rate in some epochs and nothing in others, where Keras raises"),
                (12, "'nothing' returns nothing where a learning rate is expected: Keras raises ValueError"),
                (18, "1 is an integer, but Keras expects a float as the learning rate; write 1.0"),
            ],
        ),
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
from keras.callbacks import LearningRateScheduler
def warm(epoch, rate):
    if epoch < 2:
        return rate
    rate = rate * 0.9
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), epochs=9, callbacks=[LearningRateScheduler(warm)])
""",
            [(8, "'warm' returns a learning rate in some epochs and nothing in others, where Keras raises")],
        ),
    ]


def _judge(schedule: FunctionValue) -> tuple[cst.CSTNode, str, Severity | None] | None:
    """What is wrong with what the function returns, and where."""
    node = schedule.node
    if isinstance(node, cst.Lambda):
        return _whole(node.body)
    if not isinstance(node, cst.FunctionDef) or node.decorators:
        return None
    if any(own_nodes(schedule.site.file, node.body, cst.Yield, cst.Raise)):
        return None
    given = [one for one in own_nodes(schedule.site.file, node.body, cst.Return) if one.value is not None]
    if not given:
        return (
            node,
            f"{schedule.name!r} returns nothing where a learning rate is expected: Keras raises ValueError",
            None,
        )
    for one in given:
        found = _whole(one.value) if one.value is not None else None
        if found is not None:
            return found
    end = open_end(node.body)
    if end is not None and not chooses(node.body):
        return (
            end,
            f"{schedule.name!r} returns a learning rate in some epochs and nothing in others, where Keras raises",
            Severity.WARNING,
        )
    return None


def _whole(node: cst.BaseExpression) -> tuple[cst.CSTNode, str, Severity | None] | None:
    if not isinstance(node, cst.Integer):
        return None
    message = f"{node.value} is an integer, but Keras expects a float as the learning rate; write {node.value}.0"
    return node, message, None
