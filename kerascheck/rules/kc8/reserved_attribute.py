"""KC803: an attribute under a name that Keras keeps for itself."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, base_of, classes_of, is_keras_3, methods, own_nodes
from kerascheck.rules._reserved import TAKE_NONE, reserved_by
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class ReservedAttribute(Rule):
    """A layer, model, metric or callback sets an attribute that Keras keeps for itself.

    ## What it does

    Reports `self.layers = ...`, `self.metrics = ...`, `self.input = ...` and their kin in classes that derive from
    Keras, where the name is a property of Keras 3 that cannot be set and the class has none of its own.

    ## Why it is bad

    It raises: "property 'metrics' of 'Net' object has no setter".

    ## Example

    ```python
    import keras

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.layers = [keras.layers.Dense(4), keras.layers.Dense(1)]
    ```

    ## Use instead

    ```python
    import keras

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.blocks = [keras.layers.Dense(4), keras.layers.Dense(1)]
    ```

    ## References

    - [A model that sets self.layers](https://github.com/tensorflow/tensorflow/issues/28108)
    """

    code = "KC803"
    name = "reserved-attribute"
    severity = Severity.ERROR
    only_keras_3 = True
    fixable = "unsafe"
    migrates = True

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for cls in classes_of(program):
            reserved = reserved_by(base_of(cls))
            if not reserved or not is_keras_3(cls.site) or find_member(cls, "__setattr__") is not None:
                continue
            for method in methods(cls):
                code = Code(method)
                for node in own_nodes(code.file, method.node.body, cst.Assign, cst.AnnAssign):
                    name, value = _set_attribute(code, node)
                    if name not in reserved or find_member(cls, name) is not None:
                        continue
                    if name in TAKE_NONE and isinstance(value, cst.Name) and value.value == "None":
                        continue
                    yield Finding(
                        code.site(node),
                        f"{cls.name} sets self.{name}, a name that Keras reserves; choose another name",
                    )

    VALID = [
        # a name of its own
        """
import keras
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.blocks = [keras.layers.Dense(4)]
        self.loss_tracker = keras.metrics.Mean()
""",
        # a property of the class replaces that of Keras
        """
import keras
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.tracker = keras.metrics.Mean()
    @property
    def metrics(self):
        return [self.tracker]
""",
        # names that can be set
        """
import keras
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.optimizer = keras.optimizers.Adam()
        self.loss = "mse"
        self.built = True
        self.trainable = False
        self.inputs = []
""",
        # a class that has nothing to do with Keras
        """
import keras
class Trainer:
    def __init__(self, model):
        self.layers = model.layers
        self.metrics = []
""",
        # what the program lets __setattr__ do is not known
        """
import keras
class Net(keras.Model):
    def __setattr__(self, name, value):
        object.__setattr__(self, "_" + name, value)
    def prepare(self):
        self.layers = []
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Variable, layers
class Scale(layers.Layer):
    def build(self, shape):
        self.scale = Variable(np.ones(shape[-1]))
        self.trainable_weights = [self.scale]
    def call(self, x):
        return x * self.scale
""",
            [
                (
                    7,
                    "Scale sets self.trainable_weights, a name that Keras reserves; choose another name",
                )
            ],
            """
import numpy as np
from keras import Variable, layers
class Scale(layers.Layer):
    def build(self, shape):
        self.scale = Variable(np.ones(shape[-1]))
    def call(self, x):
        return x * self.scale
""",
        ),
        Invalid(
            """
import tensorflow as tf
class Net(tf.keras.Model):
    def __init__(self, blocks):
        super().__init__()
        self.layers = []
        for _ in range(blocks):
            self.layers.append(tf.keras.layers.Dense(4))
""",
            [
                (
                    6,
                    "Net sets self.layers, a name that Keras reserves; choose another name",
                )
            ],
        ),
        Invalid(
            """
from keras import layers
class Scale(layers.Layer):
    def build(self, shape):
        self.weights = self.add_weight(shape=(shape[-1],))
    def call(self, x):
        return x * self.weights
""",
            [
                (
                    5,
                    "Scale sets self.weights, a name that Keras reserves; choose another name",
                )
            ],
        ),
        Invalid(
            """
import keras
class Report(keras.callbacks.Callback):
    def __init__(self, model):
        super().__init__()
        self.model = model
""",
            [
                (
                    6,
                    "Report sets self.model, a name that Keras reserves; choose another name",
                )
            ],
        ),
    ]


def _set_attribute(code: Code, node: cst.CSTNode) -> tuple[str, cst.CSTNode | None]:
    """The name of an attribute of `self` that the statement sets, and what to."""
    if isinstance(node, cst.Assign):
        for target in node.targets:
            name = code.is_own_attribute(target.target)
            if name is not None:
                return name, node.value
    elif isinstance(node, cst.AnnAssign) and node.value is not None:
        return code.is_own_attribute(node.target) or "", node.value
    return "", None
