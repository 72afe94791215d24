"""KC809: a compute_output_shape that contradicts the call."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.dims import Shape, definitely_different, format_shape
from kerascheck.network.events import ShapeClaim
from kerascheck.network.program import Program
from kerascheck.rules._code import is_keras_3
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class DeclaredShapeDiffers(Rule):
    """The `compute_output_shape` of a layer declares a shape that its `call` does not return.

    ## What it does

    Runs both on the shapes that the layer is called with, and compares.

    ## Why it is bad

    Keras believes `compute_output_shape`, and builds what follows for that shape. In `fit` the next layer gets another
    one and raises.

    ## Example

    ```python
    import keras
    from keras import layers, ops

    class Twice(layers.Layer):
        def call(self, x):
            return ops.concatenate([x, x], axis=-1)

        def compute_output_shape(self, input_shape):
            return input_shape

    model = keras.Sequential([layers.Input((4,)), Twice(), layers.Dense(1)])
    ```

    ## Use instead

    ```python
    import keras
    from keras import layers, ops

    class Twice(layers.Layer):
        def call(self, x):
            return ops.concatenate([x, x], axis=-1)

        def compute_output_shape(self, input_shape):
            return (*input_shape[:-1], 2 * input_shape[-1])

    model = keras.Sequential([layers.Input((4,)), Twice(), layers.Dense(1)])
    ```

    ## References

    - [Keras: the base Layer class](https://keras.io/api/layers/base_layer/)
    """

    code = "KC809"
    name = "declared-shape-differs"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        seen: set[tuple[int, int]] = set()
        for event in program.events:
            if not isinstance(event, ShapeClaim) or event.method.key in seen or not is_keras_3(event.site):
                continue
            if _differ(event.declared, event.computed) and event.method.file is event.site.file:
                seen.add(event.method.key)
                yield Finding(
                    event.method,
                    f"{event.layer.cls} declares the output {format_shape(event.declared)}, but its call returns "
                    f"{format_shape(event.computed)}",
                    anchor=event.site,
                )

    VALID = [
        # they agree
        """
import keras
from keras import layers, ops
class Twice(layers.Layer):
    def call(self, x):
        return ops.concatenate([x, x], axis=-1)
    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], 2 * input_shape[-1])
model = keras.Sequential([layers.Input((4,)), Twice(), layers.Dense(1)])
""",
        # nothing is declared
        """
import keras
from keras import layers, ops
class Twice(layers.Layer):
    def call(self, x):
        return ops.concatenate([x, x], axis=-1)
model = keras.Sequential([layers.Input((4,)), Twice(), layers.Dense(1)])
""",
        # what the call gives is not known
        """
import keras
from keras import layers
from mine import transform
class Own(layers.Layer):
    def call(self, x):
        return transform(x)
    def compute_output_shape(self, input_shape):
        return (input_shape[0], 7)
model = keras.Sequential([layers.Input((4,)), Own(), layers.Dense(1)])
""",
        # any number of samples
        """
import keras
from keras import layers, ops
class Flat(layers.Layer):
    def call(self, x):
        return ops.reshape(x, (-1, 8))
    def compute_output_shape(self, input_shape):
        return (input_shape[0], 8)
model = keras.Sequential([layers.Input((4, 2)), Flat(), layers.Dense(1)])
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
class Pool(tf.keras.layers.Layer):
    def call(self, x):
        return tf.reduce_mean(x, axis=1)
    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[1])
inputs = tf.keras.Input((6, 3))
model = tf.keras.Model(inputs, tf.keras.layers.Dense(1)(Pool()(inputs)))
""",
            [(6, "Pool declares the output (None, 6), but its call returns (None, 3)")],
        ),
    ]


def _differ(one: Shape, other: Shape) -> bool:
    """Whether the shapes of one sample surely differ."""
    if len(one) != len(other):
        return True
    return any(definitely_different(a, b) for a, b in zip(one[1:], other[1:], strict=True))
