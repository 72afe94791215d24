"""KC845: a loss uses tensors of the functional graph."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Tensor
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, is_keras_3, names_read, own_nodes
from kerascheck.rules._own_losses import own_losses
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class LossHoldsGraphTensor(Rule):
    """A loss or metric of the program computes with a symbolic tensor of the model beside its arguments.

    ## What it does

    Reports a function that `compile` gets as loss or metric and that uses a tensor of the functional graph, such as the
    mean and variance of a variational autoencoder, from around it.

    ## Why it is bad

    Keras 3 calls the loss on batches, and the tensor of the graph has no numbers: "A KerasTensor cannot be used as
    input to a TensorFlow function".

    ## Example

    ```python
    from keras import Input, Model, layers, ops

    inputs = Input((8,))
    mean = layers.Dense(2)(inputs)
    model = Model(inputs, layers.Dense(8)(mean))

    def loss(y_true, y_pred):
        return ops.mean(ops.square(y_true - y_pred)) + ops.mean(ops.square(mean))

    model.compile("adam", loss=loss)
    ```

    ## Use instead

    ```python
    from keras import Input, Model, layers, ops

    class Small(layers.Layer):
        def call(self, x):
            self.add_loss(ops.mean(ops.square(x)))
            return x

    inputs = Input((8,))
    mean = Small()(layers.Dense(2)(inputs))
    model = Model(inputs, layers.Dense(8)(mean))
    model.compile("adam", loss="mse")
    ```

    ## References

    - [A loss that closes over tensors](https://github.com/suinleelab/deepprofile-study/issues/2)
    """

    code = "KC845"
    name = "loss-holds-graph-tensor"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        seen: set[int] = set()
        for loss in own_losses(program):
            if id(loss.code.node) in seen or not is_keras_3(loss.call.site):
                continue
            seen.add(id(loss.code.node))
            found = _graph_tensor(loss.code)
            if found is not None:
                kind = "metric" if loss.is_metric else "loss"
                yield Finding(
                    loss.code.site(found),
                    f"'{found.value}' is a symbolic tensor of the model, which has no values when the {kind} "
                    f"{loss.name!r} runs; add this term in a layer (add_loss), or make it an output",
                    anchor=loss.call.site,
                )

    VALID = [
        # numbers and arrays from around
        """
import numpy as np
from keras import Sequential, layers, ops
weights = np.array([1.0, 2.0], "float32")
def loss(y_true, y_pred):
    return ops.mean(weights * ops.square(y_true - y_pred))
model = Sequential([layers.Input((4,)), layers.Dense(2)])
model.compile("adam", loss=loss)
""",
        # only its shape is asked for
        """
from keras import Input, Model, layers, ops
inputs = Input((8,))
mean = layers.Dense(2)(inputs)
model = Model(inputs, layers.Dense(8)(mean))
def loss(y_true, y_pred):
    return ops.mean(ops.square(y_true - y_pred)) * mean.shape[-1]
model.compile("adam", loss=loss)
""",
        # a parameter of the same name
        """
from keras import Input, Model, layers, ops
inputs = Input((8,))
mean = layers.Dense(2)(inputs)
model = Model(inputs, layers.Dense(8)(mean))
def loss(y_true, mean):
    return ops.mean(ops.square(y_true - mean))
model.compile("adam", loss=loss)
""",
        # written for TensorFlow 1
        """
import tensorflow as tf
from keras.layers import Dense, Input
from keras.models import Model
from keras import backend as K
K.set_session(tf.Session())
inputs = Input((8,))
mean = Dense(2)(inputs)
model = Model(input=inputs, output=Dense(8)(mean))
def loss(y_true, y_pred):
    return K.mean(K.square(y_true - y_pred)) + K.mean(K.square(mean))
model.compile("adam", loss=loss)
""",
    ]
    INVALID = [
        Invalid(
            """
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Dense, Input
from tensorflow.keras.models import Model
def build():
    inputs = Input((8,))
    mean = Dense(2)(inputs)
    model = Model(inputs, Dense(8)(mean))
    def loss(y_true, y_pred):
        return K.mean(K.square(y_true - y_pred)) + K.mean(K.square(mean))
    model.compile("adam", loss=loss)
    return model
build()
""",
            [
                (
                    10,
                    "'mean' is a symbolic tensor of the model, which has no values when the loss 'loss' runs; add this "
                    "term in a layer (add_loss), or make it an output",
                )
            ],
        ),
    ]


def _graph_tensor(code: Code) -> cst.Name | None:
    """The first name in the code that means a tensor of a graph and is used as a value."""
    asked = {
        id(node.value)
        for node in own_nodes(code.file, code.node.body, cst.Attribute)
        if node.attr.value in ("shape", "dtype", "ndim", "name")
    }
    for node in names_read(code.node.body):
        meaning = code.meaning(node) if id(node) not in asked else None
        if isinstance(meaning, Tensor) and meaning.node is not None:
            return node
    return None
