"""KC456: A schedule multiplies the current learning rate by what shrinks with the epoch anyway."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.values import FunctionValue
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, bound_names, own_nodes
from kerascheck.rules._loops import names_in
from kerascheck.rules._training import callbacks_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class RateCompounds(Rule):
    """A schedule multiplies the current learning rate by what shrinks with the epoch anyway.

    ## What it does

    Reports functions of `LearningRateScheduler` that return their second parameter times a power, or an exponential
    function, with the epoch in the exponent: `lr * 0.9 ** epoch`.

    ## Why it is bad

    The second parameter is not the first learning rate but that of the last epoch, which is already smaller. After 20
    epochs 0.9 ** epoch has become 0.9 ** 210: the rate is nothing, and the network stops learning.

    ## Example

    ```python
    import keras
    import numpy as np

    def decay(epoch, lr):
        return lr * 0.9 ** epoch

    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((8, 4)), np.zeros(8), callbacks=[keras.callbacks.LearningRateScheduler(decay)])
    ```

    ## Use instead

    ```python
    import keras
    import numpy as np

    def decay(epoch, lr):
        return 0.001 * 0.9 ** epoch  # or lr * 0.9

    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((8, 4)), np.zeros(8), callbacks=[keras.callbacks.LearningRateScheduler(decay)])
    ```

    ## References

    - [Keras: LearningRateScheduler](https://keras.io/api/callbacks/learning_rate_scheduler/)
    """

    code = "KC456"
    name = "rate-compounds"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[int] = set()
        for call in program.trainings:
            for callback in callbacks_of(call).of("LearningRateScheduler"):
                schedule = callback.arguments.value("schedule", 0)
                if not isinstance(schedule, FunctionValue) or id(schedule.node) in told:
                    continue
                told.add(id(schedule.node))
                for node in _compounding(Code(schedule, program.objects)):
                    yield Finding(
                        Site(schedule.site.file, node),
                        "LearningRateScheduler passes the rate of the last epoch: multiplied by a power of the "
                        "epoch, it shrinks faster and faster; start from the initial rate, or leave the epoch out",
                        anchor=call.site if schedule.site.file is call.site.file else None,
                    )

    VALID = [
        # from the first rate
        """
import numpy as np
import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
def decay(epoch, lr):
    return 0.01 * 0.9 ** epoch
model.fit(np.zeros((8, 4)), np.zeros(8), callbacks=[keras.callbacks.LearningRateScheduler(decay)])
""",
        # by the same factor each time
        """
import math
import numpy as np
import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
def decay(epoch, lr):
    if epoch < 10:
        return lr
    return lr * math.exp(-0.1)
model.fit(np.zeros((8, 4)), np.zeros(8), callbacks=[keras.callbacks.LearningRateScheduler(decay)])
""",
        # another rate under the name
        """
import numpy as np
import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
def decay(epoch, lr):
    lr = 0.01
    return lr * 0.9 ** epoch
model.fit(np.zeros((8, 4)), np.zeros(8), callbacks=[keras.callbacks.LearningRateScheduler(decay)])
""",
        # a function of the epoch alone
        """
import numpy as np
import keras
first = 0.01
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros(8), callbacks=[keras.callbacks.LearningRateScheduler(lambda e: first * 0.9 ** e)])
""",
        # smaller in some epochs
        """
import numpy as np
import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
def steps(epoch, lr):
    return lr * 0.5 if epoch % 10 == 9 else lr
model.fit(np.zeros((8, 4)), np.zeros(8), callbacks=[keras.callbacks.LearningRateScheduler(steps)])
""",
    ]
    INVALID = [
        Invalid(
            """
import math
import numpy as np
import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
def decay(epoch, rate):
    if epoch < 3:
        return rate
    return rate * math.exp(-0.1 * epoch)
x, y = np.zeros((8, 4)), np.zeros(8)
model.fit(x, y, callbacks=[keras.callbacks.LearningRateScheduler(decay)])
model.fit(x, y, callbacks=[keras.callbacks.LearningRateScheduler(lambda e, lr: 0.95 ** e * lr)])
""",
            [
                (
                    10,
                    "LearningRateScheduler passes the rate of the last epoch: multiplied by a power of the epoch, it "
                    "shrinks faster and faster; start from the initial rate, or leave the epoch out",
                ),
                (
                    13,
                    "LearningRateScheduler passes the rate of the last epoch: multiplied by a power of the epoch, it "
                    "shrinks faster and faster; start from the initial rate, or leave the epoch out",
                ),
            ],
        ),
    ]


def _compounding(code: Code) -> Iterator[cst.BaseExpression]:
    """What the function returns of that kind."""
    function = code.function
    node = function.node
    params = [*node.params.posonly_params, *node.params.params]
    if function.owner is not None or len(params) < 2:
        return
    epoch, rate = params[0].name.value, params[1].name.value
    if isinstance(node, cst.Lambda):
        returned = [node.body]
    elif {epoch, rate} & bound_names(function.site.file, node.body):
        return
    else:
        returned = [
            part.value
            for part in own_nodes(function.site.file, node.body)
            if isinstance(part, cst.Return) and part.value is not None
        ]
    for value in returned:
        factors = list(_factors(value))
        if any(isinstance(one, cst.Name) and one.value == rate for one in factors) and any(
            _is_power_of(code, one, epoch) for one in factors
        ):
            yield value


def _factors(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """What is multiplied in an expression."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Multiply):
        yield from _factors(node.left)
        yield from _factors(node.right)
    elif isinstance(node, cst.Call) and len(node.args) == 1 and isinstance(node.func, cst.Name):
        yield from _factors(node.args[0].value)  # float(...)
    else:
        yield node


def _is_power_of(code: Code, node: cst.BaseExpression, name: str) -> bool:
    """Whether the name stands in the exponent of a power, or in `exp(...)` or `pow(...)`."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Power):
        return name in names_in(node.right)
    if isinstance(node, cst.Call) and node.args:
        called = code.symbol(node.func).rpartition(".")
        return called[1] == "." and called[2] in ("exp", "pow", "power") and name in names_in(node.args[-1].value)
    return False
