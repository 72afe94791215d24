"""KC424: A stream that never ends is used without a number of steps."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.pipeline import Pipeline
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.program import Program
from kerascheck.rules._training import argument, argument_value, value_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc4._stream_arguments import _stream


class EndlessStream(Rule):
    """A stream that never ends is used without a number of steps.

    ## What it does

    Reports `fit`, `evaluate` and `predict` on a stream of which it is known that it repeats forever
    (`Dataset.repeat()`, a generator with `while True`), where `steps_per_epoch` or `steps` is missing, and such
    validation data without `validation_steps`.

    ## Why it is bad

    The first epoch never ends. (Iterators of `ImageDataGenerator` know their length.)

    ## Example

    ```python
    import numpy as np
    import tensorflow as tf
    from keras import Sequential, layers

    data = tf.data.Dataset.from_tensor_slices((np.zeros((64, 4)), np.zeros((64, 1)))).batch(16).repeat()
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(data, epochs=5)
    ```

    ## Use instead

    ```python
    import numpy as np
    import tensorflow as tf
    from keras import Sequential, layers

    data = tf.data.Dataset.from_tensor_slices((np.zeros((64, 4)), np.zeros((64, 1)))).batch(16).repeat()
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(data, epochs=5, steps_per_epoch=4)
    ```

    ## References

    - [Keras: model training APIs](https://keras.io/api/models/model_training_apis/)
    """

    code = "KC424"
    name = "endless-stream"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            steps = {"fit": "steps_per_epoch", "evaluate": "steps", "predict": "steps"}.get(call.method)
            if steps is None:
                continue
            stream = _stream(call)
            if stream is not None and _is_endless(stream) and argument_value(call, steps) is None:
                yield Finding(call.site, f"{call.method} never ends: the data repeat forever; pass {steps}")
                continue
            given = argument(call, "validation_data") if call.method == "fit" else None
            endless = isinstance(given, Given) and isinstance(given.value, Pipeline) and _is_endless(given.value)
            if isinstance(given, Given) and endless and argument_value(call, "validation_steps") is None:
                message = "the validation data repeat forever; pass validation_steps"
                yield Finding(value_site(call.site, given), message, anchor=call.site)

    VALID = [
        # an end after four batches
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
data = tf.data.Dataset.from_tensor_slices((np.zeros((64, 4)), np.zeros((64, 1)))).batch(16).repeat()
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(data, epochs=5, steps_per_epoch=4, validation_data=data, validation_steps=2)
""",
        # repeated three times
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
data = tf.data.Dataset.from_tensor_slices((np.zeros((64, 4)), np.zeros((64, 1)))).batch(16).repeat(3)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(data, epochs=5)
""",
        # cut off
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
data = tf.data.Dataset.from_tensor_slices((np.zeros((64, 4)), np.zeros((64, 1)))).batch(16).repeat().take(10)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(data, epochs=5)
""",
        # a generator that may end
        """
import numpy as np
from keras import Sequential, layers
def batches(files):
    while True:
        for file in files:
            yield np.zeros((16, 4)), np.zeros((16, 1))
        if not files:
            return
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(batches(open("files.txt").readlines()), epochs=5)
""",
    ]
    INVALID = [
        # a generator without an end
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
def batches():
    while True:
        yield np.zeros((16, 4)), np.zeros((16, 1))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(batches(), epochs=5)
""",
            [(9, "fit never ends: the data repeat forever; pass steps_per_epoch")],
        ),
        Invalid(
            """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
data = tf.data.Dataset.from_tensor_slices((np.zeros((64, 4)), np.zeros((64, 1)))).batch(16)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(data.repeat(), epochs=5)
model.fit(data, validation_data=data.repeat())
model.evaluate(data.repeat())
""",
            [
                (8, "fit never ends: the data repeat forever; pass steps_per_epoch"),
                (9, "the validation data repeat forever; pass validation_steps"),
                (10, "evaluate never ends: the data repeat forever; pass steps"),
            ],
        ),
    ]


def _is_endless(stream: Pipeline) -> bool:
    """Whether Keras asks it for batches forever. What has a length ends there."""
    return stream.infinite and stream.kind in ("tf.data", "generator")
