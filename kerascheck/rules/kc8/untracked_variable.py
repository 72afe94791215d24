"""KC807: a tf.Variable on a layer, which Keras 3 does not train."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import once_in_outline
from kerascheck.network.program import Program
from kerascheck.rules._code import (
    Code,
    argument,
    classes_of,
    is_keras_3,
    is_layer_class,
    methods,
    own_nodes,
    truth_of,
)
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.text.outline import Outline


class UntrackedVariable(Rule):
    """A layer or model keeps a `tf.Variable` as a weight, which Keras 3 does not know.

    ## What it does

    Reports `self.x = tf.Variable(...)` of floats in a class that derives from a layer or model of Keras, where the
    variable is not said to be not trainable and the file assigns nothing to it.

    ## Why it is bad

    Keras 3 tracks its own variables alone: the variable is not among `trainable_variables`, so `fit` leaves it as it
    began, without a word, and it is not saved with the weights.

    ## Example

    ```python
    import keras
    import tensorflow as tf

    class Scale(keras.layers.Layer):
        def __init__(self, width):
            super().__init__()
            self.scale = tf.Variable(tf.ones((width,)))

        def call(self, x):
            return x * self.scale
    ```

    ## Use instead

    ```python
    import keras

    class Scale(keras.layers.Layer):
        def build(self, input_shape):
            self.scale = self.add_weight(shape=(input_shape[-1],), initializer="ones")

        def call(self, x):
            return x * self.scale
    ```

    ## References

    - [Keras: migrating to Keras 3](https://keras.io/guides/migrating_to_keras_3/)
    """

    code = "KC807"
    name = "untracked-variable"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for cls in classes_of(program):
            if not is_layer_class(cls) or not is_keras_3(cls.site):
                continue
            for method in methods(cls):
                code = Code(method, program.objects)
                for node in own_nodes(code.file, method.node.body, cst.Assign):
                    name = _kept_variable(code, node)
                    if name is None or name in _states(cls.site.file, cls.site.file.tree):
                        continue
                    yield Finding(
                        code.site(node),
                        f"{cls.name}.{name} is a tf.Variable, which Keras 3 does not track: fit never trains it; use "
                        "self.add_weight (or keras.Variable)",
                    )

    VALID = [
        # a weight of Keras
        """
import keras
class Scale(keras.layers.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight(shape=(input_shape[-1],))
        self.offset = keras.Variable(0.0)
    def call(self, x):
        return x * self.scale + self.offset
""",
        # not meant to be trained
        """
import tensorflow as tf
class Scale(tf.keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.scale = tf.Variable(1.0, trainable=False)
        self.steps = tf.Variable(0)
    def call(self, x):
        return x * self.scale
""",
        # a state that the program sets itself
        """
import tensorflow as tf
class Scale(tf.keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.scale = tf.Variable(1.0)
    def call(self, x):
        self.scale.assign(0.9 * self.scale + 0.1 * tf.reduce_max(x))
        return x / self.scale
""",
        # a number that is kept
        """
import tensorflow as tf
class Detector(tf.keras.Model):
    def __init__(self, threshold):
        super().__init__()
        self.threshold = tf.Variable(0.5)
    def call(self, x):
        return x / self.threshold
""",
        # trained by hand
        """
import tensorflow as tf
class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.scale = tf.Variable(1.0)
    def call(self, x):
        return x * self.scale
def step(net, optimizer, x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(net(x))
    slopes = tape.gradient(loss, [net.scale])
    optimizer.apply_gradients(zip(slopes, [net.scale]))
""",
        # written for TensorFlow 2.10
        """
import tensorflow as tf
tf.keras.backend.set_session(None)
class Scale(tf.keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.scale = tf.compat.v1.Variable(1.0)
    def call(self, x):
        return x * self.scale
""",
        # no class of Keras
        """
import keras
import tensorflow as tf
class Scale(tf.Module):
    def __init__(self):
        self.scale = tf.Variable(1.0)
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
class Scale(tf.keras.layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.scale = tf.Variable(tf.ones((width,)), trainable=True, name="scale")
    def call(self, x):
        return x * self.scale
""",
            [
                (
                    6,
                    "Scale.scale is a tf.Variable, which Keras 3 does not track: fit never trains it; use "
                    "self.add_weight (or keras.Variable)",
                )
            ],
        ),
        Invalid(
            """
import tensorflow as tf
from keras import Model, layers
class Net(Model):
    def __init__(self):
        super().__init__()
        self.head = layers.Dense(3)
        self.temperature = tf.Variable(initial_value=1.0, trainable=True)
    def call(self, x):
        return self.head(x) / self.temperature
""",
            [
                (
                    8,
                    "Net.temperature is a tf.Variable, which Keras 3 does not track: fit never trains it; use "
                    "self.add_weight (or keras.Variable)",
                )
            ],
        ),
    ]


def _kept_variable(code: Code, node: cst.Assign) -> str | None:
    """The attribute that the statement makes a variable of floats, which may be trained."""
    if len(node.targets) != 1 or not isinstance(node.value, cst.Call):
        return None
    call = node.value
    name = code.is_own_attribute(node.targets[0].target)
    if name is None or code.symbol(call.func) != "tensorflow.Variable" or any(arg.star for arg in call.args):
        return None
    trainable = argument(call, "trainable", 1)
    if trainable is not None and truth_of(trainable) is not True:
        return None
    if argument(call, "validate_shape") is not None or argument(call, "shape") is not None:
        return None
    if trainable is None and not isinstance(argument(call, "initial_value", 0), cst.Call):
        return None  # a number may be a state that is kept, such as a threshold
    return name if _is_float(code, call) else None


def _is_float(code: Code, call: cst.Call) -> bool:
    """Whether the variable surely holds floats."""
    dtype = argument(call, "dtype", 4)
    if dtype is not None:
        text = dtype.evaluated_value if isinstance(dtype, cst.SimpleString) else code.symbol(dtype)
        return "float" in str(text)
    value = argument(call, "initial_value", 0)
    if isinstance(value, cst.Float):
        return True
    if not isinstance(value, cst.Call):
        return False
    name = code.symbol(value.func)
    if not name:
        made = code.meaning(value.func.func) if isinstance(value.func, cst.Call) else code.meaning(value.func)
        qualified = getattr(made, "qualname", getattr(made, "name", ""))
        return "initializers." in str(qualified) or _of_initializer(value)
    inner = argument(value, "dtype")
    text = "" if inner is None else str(getattr(inner, "value", "")) + code.symbol(inner)
    return name.startswith(_FLOATS) and "int" not in text and "bool" not in text


def _of_initializer(call: cst.Call) -> bool:
    """`initializer(shape=..., dtype="float32")`."""
    dtype = argument(call, "dtype")
    return isinstance(dtype, cst.SimpleString) and "float" in str(dtype.evaluated_value)


_FLOATS = (
    *("tensorflow.ones", "tensorflow.zeros", "tensorflow.random.normal", "tensorflow.random.uniform"),
    *("tensorflow.random.truncated_normal", "keras.random.", "keras.initializers."),
)


@once_in_outline
def _states(outline: Outline, tree: cst.CSTNode) -> frozenset[str]:
    """The attributes that the program sets itself, or puts into a list, perhaps of what it trains."""
    found: set[str] = set()
    for node in outline.below(tree, cst.Attribute):
        if isinstance(node.value, cst.Attribute) and node.attr.value.startswith("assign"):
            found.add(node.value.attr.value)
    displays: list[cst.List | cst.Tuple] = [*outline.below(tree, cst.List), *outline.below(tree, cst.Tuple)]
    for display in displays:
        found.update(_attributes(display))
    return frozenset(found)


def _attributes(node: cst.List | cst.Tuple) -> list[str]:
    values = [element.value for element in node.elements]
    return [value.attr.value for value in values if isinstance(value, cst.Attribute)]
