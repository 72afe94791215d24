"""KC802: layers or weights made in `call`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import once_in_outline
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, called_from, classes_of, definition, is_keras_3, is_layer_class, own_method
from kerascheck.rules._state import made_variables
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.text.outline import Outline


class StateInCall(Rule):
    """The `call` of a layer or model makes layers or weights, new ones each time it runs.

    ## What it does

    Reports layers with weights, `self.add_weight` and variables that the `call` of a class of the program makes
    without a condition, itself or in functions that it calls.

    ## Why it is bad

    Each call starts with new random weights, and none of them is trained: they are unknown to the model. In `fit`
    TensorFlow raises "tf.function only supports singleton tf.Variables created on the first call".

    ## Example

    ```python
    from keras import layers

    class Head(layers.Layer):
        def call(self, x):
            return layers.Dense(3)(x)
    ```

    ## Use instead

    ```python
    from keras import layers

    class Head(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.dense = layers.Dense(3)

        def call(self, x):
            return self.dense(x)
    ```

    ## References

    - [A model with layers made in call](https://github.com/calmiLovesAI/Basic_CNNs_TensorFlow2/issues/13)
    """

    code = "KC802"
    name = "state-in-call"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for cls in classes_of(program):
            call = own_method(cls, "call")
            if (
                call is None
                or definition(call).decorators
                or not _takes_inputs(definition(call))
                or not is_layer_class(cls)
                or not is_keras_3(cls.site)
                or _calls_call(cls.site.file, cls.site.file.tree)
            ):
                continue
            for code, node in called_from(Code(call, program.objects)):
                made = made_variables(code, node)
                if made is None:
                    continue
                is_own = made.startswith("self.")
                yield Finding(
                    code.site(node),
                    f"{cls.name}.call makes a new {'weight' if is_own else made} each time it runs, which is never "
                    f"trained and which fit refuses; make it in {'build' if is_own else '__init__ or build'}",
                )

    VALID = [
        # made once
        """
from keras import layers
class Head(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(3)
    def build(self, shape):
        self.bias = self.add_weight(shape=(3,))
    def call(self, x):
        return self.dense(x) + self.bias
""",
        # only once, at the first call
        """
from keras import layers
class Head(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = None
    def call(self, x):
        if self.dense is None:
            self.dense = layers.Dense(3)
        return self.dense(x)
""",
        # layers without variables
        """
from keras import layers
class Head(layers.Layer):
    def call(self, x, y):
        x = layers.Activation("relu")(layers.Flatten()(x))
        return layers.Concatenate()([x, layers.ReLU()(y)])
""",
        # `call` builds a functional graph here
        """
from keras import Input, Model, layers
class Net(Model):
    def call(self, x):
        return layers.Dense(3)(x)
inputs = Input((4,))
model = Model(inputs, Net().call(inputs))
""",
        # a `call` without inputs, which the program itself asks for a model
        """
from keras import Sequential, layers
class Maker(layers.Layer):
    def call(self):
        return Sequential([layers.Input((4,)), layers.Dense(3)])
""",
        # no class of Keras
        """
from keras import layers
class Builder:
    def call(self, x):
        return layers.Dense(3)(x)
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
class Block(tf.keras.layers.Layer):
    def call(self, inputs, training=None):
        x = tf.keras.layers.BatchNormalization()(inputs, training=training)
        return tf.nn.relu(x)
""",
            [
                (
                    5,
                    "Block.call makes a new BatchNormalization each time it runs, which is never trained and which fit "
                    "refuses; make it in __init__ or build",
                )
            ],
        ),
        Invalid(
            """
import keras
class Bias(keras.layers.Layer):
    def call(self, x):
        return x + self.add_weight(shape=(x.shape[-1],), name="bias")
""",
            [
                (
                    5,
                    "Bias.call makes a new weight each time it runs, which is never trained and which fit refuses; "
                    "make it in build",
                )
            ],
        ),
        Invalid(
            """
from keras import Model, layers
def block(x, units):
    return layers.Dense(units, activation="relu")(x)
class Net(Model):
    def call(self, x):
        for units in (8, 4):
            x = block(x, units)
        return x
""",
            [
                (
                    4,
                    "Net.call makes a new Dense each time it runs, which is never trained and which fit refuses; make "
                    "it in __init__ or build",
                )
            ],
        ),
    ]


def _takes_inputs(call: cst.FunctionDef) -> bool:
    """Whether Keras can hand inputs to it: a `call` without is for the program's own use."""
    params = call.params
    return len(params.params) + len(params.posonly_params) > 1 or isinstance(params.star_arg, cst.Param)


@once_in_outline
def _calls_call(outline: Outline, tree: cst.CSTNode) -> bool:
    """Whether the file calls a `call` by that name, as only Keras should: it may build a functional graph."""
    for node in outline.below(tree, cst.Call):
        if isinstance(node.func, cst.Attribute) and node.func.attr.value == "call":
            base = node.func.value
            if not (isinstance(base, cst.Call) and isinstance(base.func, cst.Name) and base.func.value == "super"):
                return True
    return False
