"""KC209: A layer receives an input whose sizes it cannot work with."""

from __future__ import annotations

from kerascheck.rules.base import Invalid
from kerascheck.rules.kc2._keras_refuses import _Refusal


class ShapeMismatch(_Refusal):
    """A layer receives an input whose sizes it cannot work with.

    ## What it does

    Reports sizes that do not fit the layer: channels that its groups do not divide, an axis that must be known to
    make weights but is not, and the None of an open axis where an operation in the `call` of a layer expects a number,
    as in `tf.zeros((x.shape[0], 8))`.

    ## Why it is bad

    Keras raises ValueError when the layer is built, or TypeError when it traces the `call`.

    ## Example

    ```python
    from keras import Input, layers

    x = layers.Dense(4)(Input((8, None)))
    ```

    ## Use instead

    ```python
    from keras import Input, layers

    x = layers.Dense(4)(Input((None, 8)))
    ```

    ## References

    - [Keras: Dense](https://keras.io/api/layers/core_layers/dense/)
    """

    code = "KC209"
    name = "shape-mismatch"
    kinds = frozenset({"shape", "undefined-dimension"})

    VALID = [
        # only the last axis must be known
        """
from keras import Input, layers
x = layers.Dense(4)(Input((None, 8)))
""",
        # not known to the analysis, but known to Keras
        """
from keras import Input, layers
from data import X
x = layers.Dense(4)(Input((X.shape[1],)))
""",
        # sizes that are asked of the tensor, filled in, or known
        """
import keras
import tensorflow as tf
from keras import layers, ops
class Start(layers.Layer):
    def call(self, x):
        state = tf.zeros((tf.shape(x)[0], 8)) + ops.ones((ops.shape(x)[0], 8))
        rows = tf.reshape(x, (-1, x.shape[1]))
        return state + ops.sum(rows) + sum(i for i in range(x.shape[1]))
keras.Sequential([keras.Input((4,)), Start()])
keras.Sequential([keras.Input(batch_shape=(2, 4)), Start()])
""",
        # a layer that says its shape is run on data alone, where each axis has a size
        """
import keras
import numpy as np
import tensorflow as tf
class Start(keras.layers.Layer):
    def compute_output_shape(self, input_shape):
        return (input_shape[0], 8)
    def call(self, x):
        return tf.zeros((x.shape[0], 8))
class Plain(keras.layers.Layer):
    def call(self, x):
        return tf.zeros((x.shape[0], 8))
keras.Sequential([keras.Input((4,)), Start()])
print(Plain()(np.ones((2, 4))).shape)
""",
        # masks of two axes that lie along queries and keys
        """
import keras
import numpy as np
from keras import layers
x = keras.Input((6, 4))
attention = layers.MultiHeadAttention(2, 4)
attention(x, x, attention_mask=np.tril(np.ones((6, 6))))
attention(x, x, attention_mask=keras.Input((6, 6)))
""",
        # an open size is right where it is only handed on
        """
import keras
class Keep(keras.layers.Layer):
    def call(self, x):
        self.size = x.shape[0]
        return x if x.shape[0] is None else x[: x.shape[0]]
keras.Sequential([keras.Input((4,)), Keep()])
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import tensorflow as tf
from keras import layers, ops
class Start(layers.Layer):
    def call(self, x):
        state = tf.zeros((x.shape[0], 8))
        return state + ops.sum(x)
class Steps(layers.Layer):
    def call(self, x):
        return sum(x[:, i] for i in range(x.shape[1]))
keras.Sequential([keras.Input((4,)), Start()])
keras.Sequential([keras.Input((None, 4)), Steps()])
""",
            [
                (
                    7,
                    "zeros() is called with None as a size: an open axis has no size while Keras traces the call; "
                    "use tf.shape(x) or keras.ops.shape(x), or -1 where a shape is filled in",
                ),
                (
                    11,
                    "range() is called with None as a size: an open axis has no size while Keras traces the call; "
                    "use tf.shape(x) or keras.ops.shape(x), or -1 where a shape is filled in",
                ),
            ],
        ),
        Invalid(
            """
from keras import Input, layers
x = Input((8, None))
x = layers.Dense(4)(x)
""",
            [
                (
                    4,
                    "'dense' (Dense) needs a known size for its last axis (axis -1), found None in (None, 8, None); "
                    "write that size in the shape of 'input_layer'",
                )
            ],
        ),
    ]
