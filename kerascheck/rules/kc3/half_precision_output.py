"""KC323: probabilities in half precision."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Absent
from kerascheck.network.events import PolicyCall
from kerascheck.network.ir import Layer
from kerascheck.network.program import Program
from kerascheck.rules._outputs import describe
from kerascheck.rules._training import judged_compiles
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_PROBABILITIES = ("softmax", "sigmoid")
_HALVES = ("mixed_float16", "float16")


class HalfPrecisionOutput(Rule):
    """Under `mixed_float16`, the last activation is computed in half precision.

    ## What it does

    Reports models that end with a softmax or sigmoid and are made under the policy `mixed_float16` (or `float16`),
    where neither that layer nor the one behind it has a dtype of its own.

    ## Why it is bad

    Half precision has three digits. A softmax over many classes rounds small probabilities to 0 and large ones to 1, so
    that the loss is wrong or infinite, and its gradients vanish. Keras cannot know that a layer is the last one: it is
    told by `dtype="float32"`.

    ## Example

    ```python
    import keras
    from keras import Sequential, layers

    keras.config.set_dtype_policy("mixed_float16")
    model = Sequential([layers.Input((64,)), layers.Dense(1000, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    ```

    ## Use instead

    ```python
    import keras
    from keras import Sequential, layers

    keras.config.set_dtype_policy("mixed_float16")
    model = Sequential([layers.Input((64,)), layers.Dense(1000), layers.Activation("softmax", dtype="float32")])
    model.compile("adam", "sparse_categorical_crossentropy")
    ```

    ## References

    - [TensorFlow: mixed precision, building the model](https://www.tensorflow.org/guide/mixed_precision)
    """

    code = "KC323"
    name = "half-precision-output"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        policies = [event for event in program.events if isinstance(event, PolicyCall)]
        if not any(event.policy in _HALVES for event in policies):
            return
        made = {id(layer): place for place, layer in enumerate(program.layers)}
        told: set[int] = set()
        for call in judged_compiles(program):
            for tensor in call.outputs:
                output = describe(tensor)
                layer, last = output.layer, tensor.node.layer if tensor.node is not None else None
                if layer is None or last is None or output.activation not in _PROBABILITIES or id(layer) in told:
                    continue
                if layer.site is None or any(_has_dtype(one) for one in (layer, last)):
                    continue
                before = [event for event in policies if event.layers <= made.get(id(layer), -1)]
                if before and before[-1].policy in _HALVES:
                    told.add(id(layer))
                    yield Finding(
                        layer.site,
                        f"{output.activation} is computed in float16 here; end with "
                        f'Activation("{output.activation}", dtype="float32")',
                    )

    VALID = [
        # the last activation has its own dtype
        """
import keras
from keras import Sequential, layers
keras.mixed_precision.set_global_policy("mixed_float16")
model = Sequential([layers.Input((64,)), layers.Dense(9), layers.Activation("softmax", dtype="float32")])
model.compile("adam", "sparse_categorical_crossentropy")
model = Sequential([layers.Input((64,)), layers.Dense(9, activation="softmax", dtype="float32")])
model.compile("adam", "sparse_categorical_crossentropy")
""",
        # what comes out is made exact at the end
        """
import keras
from keras import Sequential, layers
keras.mixed_precision.set_global_policy("mixed_float16")
head = [layers.Dense(9, activation="softmax"), layers.Activation("linear", dtype="float32")]
model = Sequential([layers.Input((64,)), *head])
model.compile("adam", "sparse_categorical_crossentropy")
""",
        # the range of bfloat16 is that of float32
        """
import keras
from keras import Sequential, layers
keras.config.set_dtype_policy("mixed_bfloat16")
model = Sequential([layers.Input((64,)), layers.Dense(9, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
""",
        # the policy is set back before the head is made
        """
import keras
from keras import Input, Model, layers
keras.mixed_precision.set_global_policy("mixed_float16")
i = Input((64,))
x = layers.Dense(64, activation="relu")(i)
keras.mixed_precision.set_global_policy("float32")
model = Model(i, layers.Dense(9, activation="softmax")(x))
model.compile("adam", "sparse_categorical_crossentropy")
""",
        # which policy it is, is not known
        """
import keras
from elsewhere import policy
from keras import Sequential, layers
keras.mixed_precision.set_global_policy("mixed_float16")
keras.mixed_precision.set_global_policy(policy)
model = Sequential([layers.Input((64,)), layers.Dense(9, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
from tensorflow.keras import Model, Input, layers, mixed_precision
policy = mixed_precision.Policy("mixed_float16")
mixed_precision.set_global_policy(policy)
i = Input((64,))
x = layers.Dense(64, activation="relu")(i)
kind = layers.Dense(9, activation="softmax")(x)
flag = layers.Activation("sigmoid")(layers.Dense(1)(x))
model = Model(i, [kind, flag])
model.compile("adam", ["sparse_categorical_crossentropy", "binary_crossentropy"])
""",
            [
                (8, 'softmax is computed in float16 here; end with Activation("softmax", dtype="float32")'),
                (9, 'sigmoid is computed in float16 here; end with Activation("sigmoid", dtype="float32")'),
            ],
        ),
    ]


def _has_dtype(layer: Layer) -> bool:
    """Whether the layer is given a dtype, or may be."""
    arguments = layer.arguments
    return arguments is None or arguments.open_keywords or not isinstance(arguments.get("dtype"), Absent)
