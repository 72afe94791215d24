"""KC806: a `tf.function` that makes variables each time it is called."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.data.pipeline import Pipeline
from kerascheck.diagnostics import Severity
from kerascheck.machine.values import FunctionValue
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, all_code, called_from, own_nodes
from kerascheck.rules._graph_code import graph_functions
from kerascheck.rules._state import made_variables, makes_variables_when_called
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class VariableInFunction(Rule):
    """A function under `tf.function` makes a variable, layer or optimizer without a condition.

    ## What it does

    Reports `tf.Variable`, layers with weights and optimizers of Keras that a function under `@tf.function` makes,
    itself or in functions that it calls, and layers with weights or random numbers that a function makes and calls
    which `Dataset.map` gets.

    ## Why it is bad

    A graph cannot make new variables at each call: "tf.function only supports singleton tf.Variables created on the
    first call".

    ## Example

    ```python
    import tensorflow as tf

    @tf.function
    def project(x):
        return tf.keras.layers.Dense(2)(x)
    ```

    ## Use instead

    ```python
    import tensorflow as tf

    dense = tf.keras.layers.Dense(2)

    @tf.function
    def project(x):
        return dense(x)
    ```

    ## References

    - [TensorFlow: creating tf.Variables](https://www.tensorflow.org/guide/function#creating_tfvariables)
    """

    code = "KC806"
    name = "variable-in-function"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for code in graph_functions(program):
            function = code.function
            for inner, call in called_from(code):
                made = made_variables(inner, call) or _optimizer(inner, call)
                if made is not None and (not makes_variables_when_called(inner, call) or _is_called(inner, call)):
                    yield Finding(
                        inner.site(call),
                        f"{function.name!r} is a tf.function and makes a new {made} at each call, which TensorFlow "
                        "refuses; make it once, outside",
                    )
        yield from _in_maps(program)

    VALID = [
        # layers without variables, and such as are made outside, in a map
        """
import numpy as np
import tensorflow as tf
flip = tf.keras.layers.RandomFlip("horizontal")
def prepare(image):
    image = tf.keras.layers.Rescaling(1 / 255)(image)
    return flip(image)
def halve(value):
    layer = tf.keras.layers.Dense(1)
    return layer(value)
ds = tf.data.Dataset.from_tensor_slices(np.ones((8, 4, 4, 3))).map(prepare).batch(2)
print(list(map(halve, [np.ones((1, 2))])))
""",
        # made outside
        """
import tensorflow as tf
weights = tf.Variable(tf.ones((3, 2)))
@tf.function
def project(x):
    return tf.matmul(x, weights)
""",
        # made once
        """
import tensorflow as tf
class Project(tf.Module):
    def __init__(self):
        self.weights = None
    @tf.function
    def __call__(self, x):
        if self.weights is None:
            self.weights = tf.Variable(tf.ones((3, 2)))
        return tf.matmul(x, self.weights)
""",
        # layers that are made and not called
        """
import tensorflow as tf
from keras import Sequential, layers
@tf.function
def build():
    heads = [layers.Dense(2) for _ in range(3)]
    body = Sequential([layers.Conv2D(3, 1)])
    return None
""",
        # an ordinary function
        """
import tensorflow as tf
def project(x):
    return tf.matmul(x, tf.Variable(tf.ones((3, 2))))
""",
        # layers and losses without variables
        """
import tensorflow as tf
@tf.function
def loss(x, y):
    x = tf.keras.layers.Flatten()(x)
    return tf.keras.losses.MeanSquaredError()(y, x)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import tensorflow as tf
def augment(image):
    flip = tf.keras.layers.RandomFlip("horizontal")
    return flip(image)
ds = tf.data.Dataset.from_tensor_slices(np.ones((8, 4, 4, 3)))
ds = ds.shuffle(8).map(augment).batch(2)
""",
            [
                (
                    5,
                    "Dataset.map runs 'augment' in a graph, which cannot make the variables of a new RandomFlip; "
                    "make it once, outside",
                )
            ],
        ),
        Invalid(
            """
import tensorflow as tf
from tensorflow import keras
@tf.function
def project(x):
    weights = tf.Variable(tf.ones((3, 2)))
    return tf.matmul(x, weights)
""",
            [
                (
                    6,
                    "'project' is a tf.function and makes a new Variable at each call, which TensorFlow refuses; "
                    "make it once, outside",
                )
            ],
        ),
        Invalid(
            """
import keras
import tensorflow as tf
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
@tf.function(jit_compile=True)
def step(x, y):
    optimizer = keras.optimizers.Adam()
    with tf.GradientTape() as tape:
        error = tf.reduce_mean(tf.square(y - model(x)))
    slopes = tape.gradient(error, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
""",
            [
                (
                    7,
                    "'step' is a tf.function and makes a new Adam at each call, which TensorFlow refuses; make it "
                    "once, outside",
                )
            ],
        ),
    ]


def _is_called(code: Code, made: cst.Call) -> bool:
    """Whether the function calls the layer that it makes: at once, or by the name that it gives it."""
    names: set[str] = set()
    called: set[str] = set()
    for node in own_nodes(code.file, code.node.body, cst.Assign, cst.Call):
        if isinstance(node, cst.Assign) and node.value is made:
            names |= {target.target.value for target in node.targets if isinstance(target.target, cst.Name)}
        elif isinstance(node, cst.Call):
            if node.func is made:
                return True
            if isinstance(node.func, cst.Name):
                called.add(node.func.value)
    return not names.isdisjoint(called)


def _optimizer(code: Code, call: cst.Call) -> str | None:
    name = code.symbol(call.func)
    last = name.rpartition(".")[2]
    return last if name.startswith("keras.optimizers.") and last[:1].isupper() and "." not in name[17:] else None


def _in_maps(program: Program) -> Iterator[Finding]:
    """Layers with variables that a function makes and calls which `Dataset.map` runs in a graph."""
    seen: set[int] = set()
    for code in all_code(program):
        for call in own_nodes(code.file, code.node.body, cst.Call):
            function = _mapped(code, call)
            if function is None or id(function.node) in seen:
                continue
            seen.add(id(function.node))
            inner = Code(function, program.objects)
            for made in own_nodes(inner.file, inner.node.body, cst.Call):
                what = made_variables(inner, made) or _random_layer(inner, made)
                if what is not None and _is_called(inner, made):
                    yield Finding(
                        inner.site(made),
                        f"Dataset.map runs {function.name!r} in a graph, which cannot make the variables of a new "
                        f"{what}; make it once, outside",
                    )


def _mapped(code: Code, call: cst.Call) -> FunctionValue | None:
    """The function of the program that a `map` of tf.data is given by its name."""
    if not isinstance(call.func, cst.Attribute) or call.func.attr.value != "map" or not call.args:
        return None
    function = code.meaning(call.args[0].value)
    is_plain = isinstance(function, FunctionValue) and isinstance(function.node, cst.FunctionDef)
    return function if is_plain and _is_stream(code, call.func.value) else None


def _is_stream(code: Code, node: cst.BaseExpression) -> bool:
    """Whether it is a stream of tf.data, also at the end of calls of its methods."""
    while isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        if code.symbol(node.func).startswith(("tensorflow.data.", "keras.utils.")):
            return True
        node = node.func.value
    return isinstance(code.meaning(node), Pipeline)


def _random_layer(code: Code, call: cst.Call) -> str | None:
    """A layer that draws random numbers, and keeps their state in a variable."""
    name = code.symbol(call.func)
    last = name.rpartition(".")[2]
    return last if name == f"keras.layers.{last}" and last.startswith("Random") else None
