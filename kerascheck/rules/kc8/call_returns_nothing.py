"""KC808: a method that Keras calls for what it gives, and that returns nothing."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.values import ClassValue, FunctionValue
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.rules._code import base_of, classes_of, definition, is_layer_class, own_method, own_nodes
from kerascheck.rules._returns import chooses, open_end
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: Methods that Keras calls for what they return, by the class that the program derives from.
_RETURNING: dict[str, tuple[str, ...]] = {
    "keras.losses.Loss": ("call",),
    "keras.metrics.Metric": ("result",),
    "keras.constraints.Constraint": ("__call__",),
    "keras.regularizers.Regularizer": ("__call__",),
    "keras.initializers.Initializer": ("__call__",),
    "keras.optimizers.schedules.LearningRateSchedule": ("__call__",),
    "keras.utils.PyDataset": ("__getitem__",),
    "keras.utils.Sequence": ("__getitem__",),
}
_OF_LAYERS = ("call", "compute_output_shape")
#: Those of all of them.
_OF_ALL = ("get_config", "from_config")


class CallReturnsNothing(Rule):
    """The `call` of a layer, model or loss returns nothing, or nothing in one of its arms.

    ## What it does

    Reports a `call` in a class that derives from Keras without a `return` of a value, and one with such a `return`
    that is left at its end, after an `if`, without one. Where there is one for each of several choices
    (`mode == "max"`), a further one is not expected, and nothing is said. The same of the other methods that Keras
    calls for what they return: `get_config`, `from_config` and `compute_output_shape`, `result` of metrics,
    `__call__` of constraints, regularizers, initializers and schedules, `__getitem__` of data sets.

    ## Why it is bad

    What a layer returns is what the next one gets: `None`. Keras raises when the model is made, trained or saved.

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
            for name in _names(cls):
                method = own_method(cls, name)
                if method is not None and (name == "from_config" or not definition(method).decorators):
                    yield from _judged(cls, method, name)

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
        # the other methods, and those that may return nothing
        """
import keras
class Clip(keras.constraints.Constraint):
    def __init__(self, top):
        self.top = top
    def __call__(self, w):
        return keras.ops.clip(w, -self.top, self.top)
    def get_config(self):
        return {"top": self.top}
    @classmethod
    def from_config(cls, config):
        return cls(**config)
class Same(keras.layers.Layer):
    def compute_mask(self, inputs, previous_mask=None):
        pass
    def build(self, input_shape):
        self.size = input_shape[-1]
    def get_config(self):
        raise NotImplementedError
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
        Invalid(
            """
import keras
class Clip(keras.constraints.Constraint):
    def __init__(self, top):
        self.top = top
    def __call__(self, w):
        keras.ops.clip(w, -self.top, self.top)
    def get_config(self):
        config = super().get_config()
        config.update({"top": self.top})
""",
            [
                (6, "Clip.__call__ returns nothing; return what it computes"),
                (8, "Clip.get_config returns nothing; return what it computes"),
            ],
        ),
    ]


def _names(cls: ClassValue) -> tuple[str, ...]:
    """The methods of the class that Keras calls for what they return."""
    own = _OF_LAYERS if is_layer_class(cls) else _RETURNING.get(base_of(cls), ())
    return (*own, *_OF_ALL) if own else ()


def _judged(cls: ClassValue, method: FunctionValue, name: str) -> Iterator[Finding]:
    node, file = definition(method), method.site.file
    body = node.body
    if any(own_nodes(file, body, cst.Yield, cst.Raise)) or _is_stub(body):
        return
    given = [one for one in own_nodes(file, body, cst.Return) if one.value is not None]
    if not given:
        yield Finding(Site(file, node), f"{cls.name}.{name} returns nothing; return what it computes")
    elif open_end(body) is not None and not chooses(body):
        yield Finding(
            Site(file, node),
            f"{cls.name}.{name} returns a value in some cases and nothing in others; return one in each",
            severity=Severity.WARNING,
        )


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
