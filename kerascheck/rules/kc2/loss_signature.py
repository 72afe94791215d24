"""KC222: A loss or metric of the program does not take targets and predictions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.values import FunctionValue
from kerascheck.network.arguments import Given
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.rules._training import value_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.training.compiled_losses import metrics_of
from kerascheck.training.structures import leaves


class LossSignature(Rule):
    """A loss or metric of the program does not take targets and predictions.

    ## What it does

    Reports functions given to `compile` as a loss or metric that cannot be called with two arguments: those that need
    a third one (a weight, a quantile, an input), and functions that were to be called first and make the loss.

    ## Why it is bad

    Keras calls a loss with `(y_true, y_pred)` and nothing else. Python raises TypeError in the first step of `fit`.

    ## Example

    ```python
    import keras
    from keras import layers, ops

    def quantile_loss(y_true, y_pred, q):
        error = y_true - y_pred
        return ops.maximum(q * error, (q - 1) * error)

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", loss=quantile_loss)
    ```

    ## Use instead

    ```python
    import keras
    from keras import layers, ops

    def quantile_loss(q):
        def loss(y_true, y_pred):
            error = y_true - y_pred
            return ops.maximum(q * error, (q - 1) * error)
        return loss

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", loss=quantile_loss(0.9))
    ```

    ## References

    - [Keras: creating custom losses](https://keras.io/api/losses/#creating-custom-losses)
    """

    code = "KC222"
    name = "loss-signature"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.compiles:
            if call.network.own_methods:  # a step of its own may call it otherwise
                continue
            given = call.arguments.get("loss", 1)
            uses: list[tuple[str, Any, Site]] = []
            if isinstance(given, Given):
                site = value_site(call.site, given)
                uses += [("loss", value, site) for value in leaves(given.value)]
            uses += [("metric", value, call.site) for value, _ in metrics_of(call)]
            for kind, value, site in uses:
                problem = _problem(value) if isinstance(value, FunctionValue) else None
                if problem is not None:
                    name = repr(value.name) if isinstance(value.node, cst.FunctionDef) else "the lambda"
                    yield Finding(
                        site,
                        f"Keras calls a {kind} with (y_true, y_pred), {name} {problem}",
                        anchor=call.site,
                    )

    VALID = [
        # two, whatever they are called
        """
import numpy as np
import keras
from keras import layers, ops
def distance(t, p):
    return ops.abs(t - p)
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", distance, metrics=[distance, lambda a, b: ops.mean(a * b)])
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0)
""",
        # more of them have defaults
        """
import numpy as np
import keras
from keras import layers, ops
def distance(t, p, power=2, *, scale=1.0):
    return scale * ops.power(ops.abs(t - p), power)
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", distance)
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0)
""",
        # a function that makes it, called; one with a bound argument
        """
import functools
import numpy as np
import keras
from keras import layers, ops
def weighted(weight):
    def loss(y_true, y_pred):
        return weight * ops.abs(y_true - y_pred)
    return loss
def scaled(weight, y_true, y_pred):
    return weight * ops.abs(y_true - y_pred)
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", weighted(2.0))
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0)
model.compile("adam", functools.partial(scaled, 2.0))
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0)
""",
        # any number of them
        """
import numpy as np
import keras
from keras import layers, ops
def distance(*both, **more):
    return ops.abs(both[0] - both[1])
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", distance)
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0)
""",
        # a method of an object: self is bound
        """
import numpy as np
import keras
from keras import layers, ops
class Trainer:
    def __init__(self):
        self.model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
        self.model.compile("adam", self.distance)
    def distance(self, y_true, y_pred):
        return ops.abs(y_true - y_pred)
Trainer().model.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0)
""",
        # the step of the program calls it with what it needs
        """
import keras
from keras import layers, ops
def distance(y_true, y_pred, x):
    return ops.abs(y_true - y_pred) * x
class Net(keras.Model):
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return distance(y, y_pred, x)
inputs = layers.Input((4,))
model = Net(inputs, layers.Dense(1)(inputs))
model.compile("adam", distance)
""",
        # a decorator that is not known
        """
from elsewhere import with_weights
import keras
from keras import layers, ops
@with_weights
def distance(y_true, y_pred, weights):
    return ops.abs(y_true - y_pred) * weights
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", distance)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import keras
from keras import layers, ops
def quantile(y_true, y_pred, q):
    error = y_true - y_pred
    return ops.maximum(q * error, (q - 1) * error)
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss=quantile)
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0)
""",
            [(9, "Keras calls a loss with (y_true, y_pred), 'quantile' needs 'q' as well; "
                 "make it optional, or return the loss from a function that knows it")],
        ),
        # not called
        Invalid(
            """
import numpy as np
import keras
from keras import layers, ops
def weighted(weight):
    def loss(y_true, y_pred):
        return weight * ops.abs(y_true - y_pred)
    return loss
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", weighted)
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0)
""",
            [(10, "Keras calls a loss with (y_true, y_pred), 'weighted' takes 1 argument; "
                  "if it returns the loss, call it")],
        ),
        # a metric
        Invalid(
            """
import numpy as np
import keras
from keras import layers, ops
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse", metrics=[lambda y_pred: ops.mean(y_pred)])
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0)
""",
            [(6, "Keras calls a metric with (y_true, y_pred), the lambda takes 1 argument; take both")],
        ),
    ]  # fmt: skip


def _problem(function: FunctionValue) -> str | None:
    """Why it cannot be called with two arguments; None where it can, or that is not known."""
    node = function.node
    params = node.params
    if isinstance(node, cst.FunctionDef) and (node.decorators or function.owner is not None):
        return None
    if isinstance(params.star_arg, cst.Param):
        return None
    named = [*params.posonly_params, *params.params]
    missing = [one for one in (*named[2:], *params.kwonly_params) if one.default is None]
    if missing:
        names = ", ".join(repr(one.name.value) for one in missing)
        return f"needs {names} as well; make it optional, or return the loss from a function that knows it"
    if len(named) >= 2:
        return None
    count = f"takes {len(named)} argument{'' if len(named) == 1 else 's'}"
    makes = isinstance(node, cst.FunctionDef) and _makes_function(node)
    return f"{count}; if it returns the loss, call it" if makes else f"{count}; take both"


def _makes_function(node: cst.FunctionDef) -> bool:
    """Whether it defines a function, which it surely is there to give back."""
    return any(isinstance(one, cst.FunctionDef) for one in node.body.body) or any(
        isinstance(part, cst.Return) and isinstance(part.value, cst.Lambda)
        for one in node.body.body
        if isinstance(one, cst.SimpleStatementLine)
        for part in one.body
    )
