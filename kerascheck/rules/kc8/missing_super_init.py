"""KC801: a class that derives from Keras does not initialise its base."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.keras.attributes import WEIGHT_METHODS
from kerascheck.machine.static import names_used
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, base_of, classes_of, definition, is_layer_class, own_method, own_nodes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: By what `__init__` may reach that of the base.
_INITIALISING = frozenset({"super", "__init__", "setattr", "exec", "__dict__", "__class__"})


class MissingSuperInit(Rule):
    """The `__init__` of a layer, model, metric or loss does not call `super().__init__()`, or too late.

    ## What it does

    Reports an `__init__` in a class that derives from a layer, model, metric or loss of Keras without
    `super().__init__()` in it, and `self.add_weight` before that.

    ## Why it is bad

    The base class keeps its state in attributes that it sets in its own `__init__`. Without them the first use raises,
    in words about `_dtype_policy`, `name` or "you forgot to call `super().__init__()`".

    ## Example

    ```python
    from keras import layers

    class Twice(layers.Layer):
        def __init__(self):
            self.factor = 2

        def call(self, x):
            return self.factor * x
    ```

    ## Use instead

    ```python
    from keras import layers

    class Twice(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.factor = 2

        def call(self, x):
            return self.factor * x
    ```

    ## References

    - [Keras: making new layers and models via subclassing](https://keras.io/guides/making_new_layers_and_models_via_subclassing/)
    """

    code = "KC801"
    name = "missing-super-init"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for cls in classes_of(program):
            init = own_method(cls, "__init__")
            if init is None or definition(init).decorators:
                continue
            if not is_layer_class(cls) and base_of(cls) not in ("keras.losses.Loss", "keras.metrics.Metric"):
                continue
            file = init.site.file
            if _INITIALISING.isdisjoint(names_used(file, definition(init).body)):
                if not _only_raises(definition(init)):
                    yield Finding(
                        Site(file, definition(init)),
                        f"{cls.name}.__init__ does not call super().__init__(), as its first statement should",
                    )
                continue
            early = _weight_before(Code(init))
            if early is not None:
                yield Finding(
                    Site(file, early), f"{cls.name} adds a weight before super().__init__(), which has to come first"
                )

    VALID = [
        # called first
        """
from keras import layers
class Twice(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.factor = 2
    def call(self, x):
        return self.factor * x
""",
        # the old form
        """
import tensorflow as tf
class Net(tf.keras.Model):
    def __init__(self):
        tf.keras.Model.__init__(self)
        self.head = tf.keras.layers.Dense(1)
    def call(self, x):
        return self.head(x)
""",
        # plain attributes before it: Keras 3 takes them
        """
import keras
class Net(keras.Model):
    def __init__(self, units):
        self.units = units
        super().__init__()
        self.head = keras.layers.Dense(units)
    def call(self, x):
        return self.head(x)
""",
        # a class without an __init__, and a callback, which needs none of its base
        """
import keras
class Scale(keras.layers.Layer):
    def call(self, x):
        return 2 * x
class Log(keras.callbacks.Callback):
    def __init__(self):
        self.seen = []
""",
        # what the mixin does is not known
        """
import keras
from mine import Prepared
class Net(Prepared, keras.Model):
    def __init__(self):
        self.prepare()
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import layers
class Twice(layers.Layer):
    def __init__(self):
        self.factor = 2
    def call(self, x):
        return self.factor * x
""",
            [(4, "Twice.__init__ does not call super().__init__(), as its first statement should")],
        ),
        Invalid(
            """
import tensorflow as tf
class Net(tf.keras.Model):
    def __init__(self, units):
        self.head = tf.keras.layers.Dense(units)
    def call(self, x):
        return self.head(x)
net = Net(3)
""",
            [(4, "Net.__init__ does not call super().__init__(), as its first statement should")],
        ),
        Invalid(
            """
from keras import metrics, layers
class Hits(metrics.Metric):
    def __init__(self, name="hits"):
        self.total = self.add_weight(name="total", initializer="zeros")
        super().__init__(name=name)
""",
            [(5, "Hits adds a weight before super().__init__(), which has to come first")],
        ),
    ]


def _weight_before(code: Code) -> cst.Call | None:
    """The call of `self.add_weight` that stands in front of all calls of an `__init__`."""
    for node in own_nodes(code.file, code.node.body, cst.If, cst.Try, cst.Call):
        if not isinstance(node, cst.Call):
            return None
        if isinstance(node.func, cst.Attribute) and node.func.attr.value == "__init__":
            return None
        if code.is_own_attribute(node.func) in WEIGHT_METHODS:
            return node
    return None


def _only_raises(node: cst.FunctionDef) -> bool:
    """Whether the class is not meant to be made."""
    last = node.body.body[-1]
    return isinstance(last, cst.SimpleStatementLine) and isinstance(last.body[-1], cst.Raise)
