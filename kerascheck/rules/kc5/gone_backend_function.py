"""KC505: functions of `keras.backend` that Keras 3 does not have."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._gone import gone_mentions, said, severity_of, way_out
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class GoneBackendFunction(Rule):
    """A function of `keras.backend` that Keras 3 does not have.

    ## What it does

    Looks for functions such as `K.mean` and `K.flatten`. In Keras 3, `keras.backend` has hardly more than what it is
    configured by; the functions on tensors are in `keras.ops`. `tf.keras.backend` keeps most of them, for eager tensors
    of TensorFlow.

    A program for which an older Keras is known to be meant may use them. Where nothing but such names show an older
    Keras, the finding is a note.

    ## Why it is bad

    `AttributeError`, in a loss function or a `Lambda` not before the model is built or trained.

    ## Example

    ```python
    from keras import backend as K

    def dice(y_true, y_pred):
        return 2 * K.sum(y_true * y_pred) / (K.sum(y_true) + K.sum(y_pred))
    ```

    ## Use instead

    ```python
    from keras import ops

    def dice(y_true, y_pred):
        return 2 * ops.sum(y_true * y_pred) / (ops.sum(y_true) + ops.sum(y_pred))
    ```

    ## References

    - [Keras: migrating Keras 2 code to Keras 3](https://keras.io/guides/migrating_to_keras_3/)
    - [Keras: operations](https://keras.io/api/ops/)
    """

    code = "KC505"
    name = "gone-backend-function"
    severity = Severity.ERROR
    fixable = "unsafe"
    migrates = True

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        severity = severity_of(program.source)
        if severity is None:
            return
        for mention, row, site in gone_mentions(program):
            if not mention.dotted.startswith("keras.backend.") or row.kind == "module":
                continue
            way = way_out(mention, row)
            message = f"Keras 3 has no {said(mention, row)}"
            yield Finding(site, f"{message}; use {way}" if way is not None else message, severity=severity)

    VALID = [
        # what is still there
        """
from keras import backend as K
K.clear_session()
print(K.image_data_format(), K.epsilon(), K.floatx(), K.backend())
""",
        # where they are now
        """
from keras import ops
def dice(y_true, y_pred):
    return 2 * ops.sum(y_true * y_pred) / (ops.sum(y_true) + ops.sum(y_pred))
""",
        # tf.keras keeps them
        """
from tensorflow.keras import backend as K
def rmse(y_true, y_pred):
    return K.sqrt(K.mean(K.square(y_pred - y_true)))
""",
        # one of two packages
        """
try:
    import keras.backend as K
except ImportError:
    import tensorflow.keras.backend as K
def rmse(y_true, y_pred):
    return K.sqrt(K.mean(K.square(y_pred - y_true)))
""",
        # asked for
        """
from keras import backend as K
session = K.get_session() if hasattr(K, "get_session") else None
""",
        # something else called K
        """
import keras.backend
class K:
    sum = staticmethod(sum)
print(K.sum([1, 2]))
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import backend as K
from keras.layers import Lambda
def dice(y_true, y_pred):
    a, b = K.flatten(y_true), K.flatten(y_pred)
    return 2 * K.sum(a * b) / (K.sum(a) + K.sum(b))
pooled = Lambda(lambda x: K.mean(x, axis=1))
size = K.int_shape
""",
            [
                (5, "Keras 3 has no keras.backend.flatten; use keras.ops.reshape(x, (-1,))"),
                (5, "Keras 3 has no keras.backend.flatten; use keras.ops.reshape(x, (-1,))"),
                (6, "Keras 3 has no keras.backend.sum; use keras.ops.sum"),
                (6, "Keras 3 has no keras.backend.sum; use keras.ops.sum"),
                (6, "Keras 3 has no keras.backend.sum; use keras.ops.sum"),
                (7, "Keras 3 has no keras.backend.mean; use keras.ops.mean"),
                (8, "Keras 3 has no keras.backend.int_shape; use x.shape"),
            ],
            """
from keras.layers import Lambda
from keras import ops
from tensorflow.keras.backend import int_shape
def dice(y_true, y_pred):
    a, b = ops.reshape(y_true, (-1,)), ops.reshape(y_pred, (-1,))
    return 2 * ops.sum(a * b) / (ops.sum(a) + ops.sum(b))
pooled = Lambda(lambda x: ops.mean(x, axis=1))
size = int_shape
""",
        ),
        Invalid(
            """
from tensorflow.keras import backend as K
from tensorflow.keras.backend import learning_phase
inputs = K.placeholder((None, 3))
""",
            [
                (3, "Keras 3 has no tf.keras.backend.learning_phase; use the training argument of call"),
                (4, "Keras 3 has no tf.keras.backend.placeholder; use keras.Input"),
            ],
            """
from tensorflow.keras import Input
inputs = Input(batch_shape=(None, 3))
""",
        ),
    ]
