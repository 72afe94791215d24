"""KC808: a `call` that returns nothing."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.rules._code import base_of, classes_of, definition, is_layer_class, own_method, own_nodes
from kerascheck.rules._returns import chooses, open_end
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class CallReturnsNothing(Rule):
    """The `call` of a layer, model or loss returns nothing, or nothing in one of its arms.

    ## What it does

    Reports a `call` in a class that derives from Keras without a `return` of a value, and one with such a `return`
    that is left at its end, after an `if`, without one. Where there is one for each of several choices
    (`mode == "max"`), a further one is not expected, and nothing is said.

    ## Why it is bad

    What a layer returns is what the next one gets: `None`. Keras raises when the model is made or trained.

    ## Example

    ```python
    from keras import layers

    class Scale(layers.Layer):
        def call(self, x):
            x = 2 * x
    ```

    ## Use instead

    ```python
    from keras import layers

    class Scale(layers.Layer):
        def call(self, x):
            return 2 * x
    ```

    ## References

    - [Keras: the base Layer class](https://keras.io/api/layers/base_layer/)
    """

    code = "KC808"
    name = "call-returns-nothing"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for cls in classes_of(program):
            call = own_method(cls, "call")
            if (
                call is None
                or definition(call).decorators
                or not (is_layer_class(cls) or base_of(cls) == "keras.losses.Loss")
            ):
                continue
            body, file = definition(call).body, call.site.file
            if any(own_nodes(file, body, cst.Yield, cst.Raise)) or _is_stub(body):
                continue
            given = [node for node in own_nodes(file, body, cst.Return) if node.value is not None]
            if not given:
                yield Finding(
                    Site(call.site.file, definition(call)), f"{cls.name}.call returns nothing; return what it computes"
                )
            elif open_end(definition(call).body) is not None and not chooses(definition(call).body):
                yield Finding(
                    Site(call.site.file, definition(call)),
                    f"{cls.name}.call returns a value in some cases and nothing in others; return one in each",
                    severity=Severity.WARNING,
                )

    VALID = [
        # returned
        """
from keras import layers
class Scale(layers.Layer):
    def call(self, x):
        return 2 * x
""",
        # in each arm
        """
from keras import layers
class Noise(layers.Layer):
    def call(self, x, training=None):
        if training:
            return x + 1
        else:
            return x
""",
        # for each choice
        """
from keras import layers, ops
class Pool(layers.Layer):
    def __init__(self, mode):
        super().__init__()
        self.mode = mode
    def call(self, x):
        if self.mode == "max":
            return ops.max(x, axis=1)
        if self.mode in ("mean", "average"):
            return ops.mean(x, axis=1)
""",
        # not meant to be called
        """
from keras import layers
class Base(layers.Layer):
    def call(self, x):
        raise NotImplementedError
class Other(layers.Layer):
    def call(self, x):
        pass
""",
        # a loop that is left by its return
        """
from keras import layers
class Wait(layers.Layer):
    def call(self, x):
        while True:
            x = x / 2
            if x.shape[0] == 1:
                return x
""",
        # no class of Keras
        """
import keras
class Phone:
    def call(self, number):
        print(number)
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.head = tf.keras.layers.Dense(1)
    def call(self, x):
        x = self.head(x)
""",
            [(7, "Net.call returns nothing; return what it computes")],
        ),
        Invalid(
            """
from keras import layers, ops
class Noise(layers.Layer):
    def call(self, x, training=None):
        if training:
            return x + ops.ones_like(x)
""",
            [(4, "Noise.call returns a value in some cases and nothing in others; return one in each")],
        ),
    ]


def _is_stub(body: cst.BaseSuite) -> bool:
    """Whether there is nothing in it but a docstring, `pass` or `...`."""
    for statement in body.body:
        if not isinstance(statement, cst.SimpleStatementLine):
            return False
        for small in statement.body:
            is_text = isinstance(small, cst.Expr) and isinstance(small.value, (cst.BaseString, cst.Ellipsis))
            is_empty = isinstance(small, cst.Pass) or (isinstance(small, cst.Return) and small.value is None)
            if not is_text and not is_empty:
                return False
    return True
