"""KC506: functions of TensorFlow and numpy on the tensors of a graph."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.keras.names import exists
from kerascheck.network.program import OldForm, Program
from kerascheck.rules._gone import gone_in, severity_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_PACKAGES = {"tensorflow": "tf", "keras.backend": "tf.keras.backend", "numpy": "np"}


#: Functions that `keras.ops` has under another name.
_OTHER_NAMES = {
    "concat": "concatenate",
    "pow": "power",
    "permute_dimensions": "transpose",
    "clip_by_value": "clip",
    "repeat_elements": "repeat",
    "batch_dot": "matmul",
    "gather": "take",
    "l2_normalize": "normalize",
    "flatten": "reshape",
    "batch_flatten": "reshape",
    "reduce_std": "std",
    "reduce_variance": "var",
    "array": "convert_to_tensor",
    "asarray": "convert_to_tensor",
    "resize": "image.resize",
    "resize_images": "image.resize",
}


class FunctionOnPlaceholder(Rule):
    """A function of TensorFlow or numpy is called on a symbolic tensor.

    ## What it does

    Follows the tensors between the layers of a Functional model to functions of TensorFlow, of `tf.keras.backend` and
    of numpy that are called on them outside of any layer (where they may be right); in a loss function, those that come
    from outside.

    A program for which an older Keras is known to be meant may do so: `tf.keras` made layers of such calls. Where
    nothing but its own style shows an older Keras, the finding is a note.

    ## Why it is bad

    Keras 3 raises ValueError: the tensors of a graph are placeholders, and no tensors of the backend.

    ## Example

    ```python
    import tensorflow as tf
    from tensorflow.keras import layers

    inputs = layers.Input((8,))
    outputs = tf.reduce_mean(layers.Dense(4)(inputs), axis=-1)
    ```

    ## Use instead

    ```python
    from keras import layers, ops

    inputs = layers.Input((8,))
    outputs = ops.mean(layers.Dense(4)(inputs), axis=-1)
    ```

    ## References

    - [Keras: migrating Keras 2 code to Keras 3](https://keras.io/guides/migrating_to_keras_3/)
    - [Keras: operations](https://keras.io/api/ops/)
    """

    code = "KC506"
    name = "function-on-placeholder"
    severity = Severity.ERROR
    fixable = "unsafe"
    migrates = True

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for form in program.gone:
            severity = severity_of(form.site.file) if form.kind == "function" else None
            if severity is not None and not _is_gone_itself(form):
                yield Finding(form.site, _message(form), severity=severity)

    VALID = [
        # operations of Keras
        """
from keras import layers, ops
inputs = layers.Input((8,))
outputs = ops.mean(layers.Dense(4)(inputs) * 2 + 1, axis=-1)
""",
        # in a layer
        """
import tensorflow as tf
from tensorflow.keras import layers
class Mean(layers.Layer):
    def call(self, x):
        return tf.reduce_mean(x, axis=-1)
outputs = Mean()(layers.Lambda(lambda x: tf.square(x))(layers.Input((8,))))
""",
        # tensors of TensorFlow, and arrays
        """
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers
x = layers.Dense(4)(tf.zeros((2, 8)))
print(tf.reduce_mean(x), np.mean(x), tf.shape(x))
""",
        # a loss
        """
import tensorflow as tf
from tensorflow.keras import Model, layers
def loss(y_true, y_pred):
    return tf.reduce_mean(tf.square(y_true - y_pred))
inputs = layers.Input((8,))
model = Model(inputs, layers.Dense(1)(inputs))
model.compile("adam", loss)
""",
        # what the shape says is no tensor
        """
import numpy as np
from keras import layers
x = layers.Input((8, 4))
size = np.prod(x.shape[1:])
print(np.shape(x), np.ndim(x))
""",
        # meant for Keras 2
        """
import os
os.environ["TF_USE_LEGACY_KERAS"] = "1"
import tensorflow as tf
x = tf.reduce_mean(tf.keras.Input((8,)))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import tensorflow as tf
from tensorflow.keras import Model, layers
from tensorflow.keras import backend as K
inputs = layers.Input((8,))
x = layers.Dense(4)(inputs)
a = tf.reduce_mean(x, axis=-1, keepdims=True)
b = K.sqrt(K.sum(K.square(x), axis=-1))
c = np.sqrt(x)
d = tf.concat([x, x], axis=-1)
def loss(y_true, y_pred):
    return tf.reduce_sum(x - 1)
""",
            [
                (8, "tf.reduce_mean does not accept symbolic tensors in Keras 3; use keras.ops.mean"),
                (9, "tf.keras.backend.square does not accept symbolic tensors in Keras 3; use keras.ops.square"),
                (9, "tf.keras.backend.sum does not accept symbolic tensors in Keras 3; use keras.ops.sum"),
                (9, "tf.keras.backend.sqrt does not accept symbolic tensors in Keras 3; use keras.ops.sqrt"),
                (10, "np.sqrt does not accept symbolic tensors in Keras 3; use keras.ops.sqrt"),
                (11, "tf.concat does not accept symbolic tensors in Keras 3; use keras.ops.concatenate"),
                (13, "tf.reduce_sum does not accept symbolic tensors in Keras 3; use keras.ops.sum"),
            ],
            """
import numpy as np
import tensorflow as tf
from tensorflow.keras import Model, layers
inputs = layers.Input((8,))
x = layers.Dense(4)(inputs)
a = tf.keras.ops.mean(x, axis=-1, keepdims=True)
b = tf.keras.ops.sqrt(tf.keras.ops.sum(tf.keras.ops.square(x), axis=-1))
c = np.sqrt(x)
d = tf.keras.ops.concatenate([x, x], axis=-1)
def loss(y_true, y_pred):
    return tf.keras.ops.sum(x - 1)
""",
        ),
    ]  # fmt: skip


def _is_gone_itself(form: OldForm) -> bool:
    """Whether the function is one that KC505 speaks about."""
    return form.owner == "keras.backend" and any(
        mention.call is form.site.node for mention, _, _ in gone_in(form.site.file)
    )


def _message(form: OldForm) -> str:
    package = next(package for package in _PACKAGES if form.owner == package or form.owner.startswith(f"{package}."))
    shown = f"{_PACKAGES[package]}{form.owner[len(package) :]}.{form.name}"
    plain = form.name.removeprefix("reduce_")
    candidates = (_OTHER_NAMES.get(form.name), form.name, plain, f"nn.{form.name}")
    new = next((name for name in candidates if name is not None and exists(f"keras.ops.{name}")), None)
    message = f"{shown} does not accept symbolic tensors in Keras 3"
    if package == "numpy":
        return f"{message}; use keras.ops.{new}" if new is not None else message
    return f"{message}; use keras.ops.{new}" if new is not None else f"{message}; use a layer"
