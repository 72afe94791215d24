"""KC423 and KC424: streams of batches as the data of `fit`, `evaluate` and `predict`."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.pipeline import Pipeline
from kerascheck.data.training import training_data
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.ir import Program, TrainCall
from kerascheck.rules._training import PARAMETERS, argument, argument_site, argument_value, value_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Unknown

_STREAMS = {
    "tf.data": "a tf.data.Dataset",
    "sequence": "a PyDataset",
    "iterator": "an iterator of images",
    "generator": "a generator",
}


_REFUSED = (
    ("y", "takes no y; let it yield features and targets together"),
    ("sample_weight", "takes no sample_weight; let it yield (x, y, weights)"),
    ("validation_split", "cannot split it; give validation_data"),
    ("batch_size", "ignores batch_size: the batches are made already"),
)


def _stream(call: TrainCall) -> Pipeline | None:
    return training_data(call).stream


class ArgumentForStream(Rule):
    """A training call on a stream of batches is given an argument that only fits arrays.

    ## What it does

    Where the data are a `tf.data.Dataset`, a `PyDataset` (`Sequence`), an iterator of `ImageDataGenerator` or a
    generator, it reports `y`, `sample_weight` and `validation_split`, and `batch_size` (which is ignored: a
    warning).

    ## Why it is bad

    A stream yields batches of features and targets together; Keras can neither divide it nor cut it anew. It raises
    ValueError, and passes over `batch_size` in silence.

    ## Example

    ```python
    import numpy as np
    import tensorflow as tf
    from keras import Sequential, layers

    data = tf.data.Dataset.from_tensor_slices((np.zeros((64, 4)), np.zeros((64, 1)))).batch(16)
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(data, validation_split=0.2)
    ```

    ## Use instead

    ```python
    import numpy as np
    import tensorflow as tf
    from keras import Sequential, layers

    data = tf.data.Dataset.from_tensor_slices((np.zeros((64, 4)), np.zeros((64, 1)))).batch(16)
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(data.skip(1), validation_data=data.take(1))
    ```

    ## References

    - [Keras: model training APIs](https://keras.io/api/models/model_training_apis/)
    """

    code = "KC423"
    name = "argument-for-stream"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            stream = _stream(call)
            if stream is None or call.method not in ("fit", "evaluate", "predict"):
                continue
            kind = _STREAMS.get(stream.kind, "a stream of batches")
            for name, message in _REFUSED:
                given = argument(call, name) if name in PARAMETERS[call.method] else None
                if not isinstance(given, Given) or isinstance(given.value, Unknown) or given.value is None:
                    continue
                if name == "validation_split" and not given.value:
                    continue
                yield Finding(
                    argument_site(call.site, given),
                    f"{call.method} on {kind} {message}",
                    anchor=call.site,
                    severity=Severity.WARNING if name == "batch_size" else None,
                )

    VALID = [
        # batches of both, nothing more
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
data = tf.data.Dataset.from_tensor_slices((np.zeros((64, 4)), np.zeros((64, 1)))).batch(16)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(data, epochs=2, validation_data=data, class_weight={0: 1.0, 1: 2.0}, validation_split=0.0)
""",
        # arrays
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), batch_size=16, validation_split=0.25, sample_weight=np.ones(64))
""",
        # what the data are is not known
        """
from elsewhere import load
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(load(), batch_size=16, validation_split=0.25)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
x, y = np.zeros((64, 4)), np.zeros((64, 1))
data = tf.data.Dataset.from_tensor_slices((x, y)).batch(16)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(data, validation_split=0.2)
model.fit(data, y)
model.fit(data, sample_weight=np.ones(64))
model.evaluate(data, batch_size=8)
""",
            [
                (9, "fit on a tf.data.Dataset cannot split it; give validation_data"),
                (10, "fit on a tf.data.Dataset takes no y; let it yield features and targets together"),
                (11, "fit on a tf.data.Dataset takes no sample_weight; let it yield (x, y, weights)"),
                (12, "evaluate on a tf.data.Dataset ignores batch_size: the batches are made already"),
            ],
        ),
    ]


class EndlessStream(Rule):
    """A stream that never ends is used without a number of steps.

    ## What it does

    Reports `fit`, `evaluate` and `predict` on a stream of which it is known that it repeats for ever
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
                yield Finding(call.site, f"{call.method} never ends: the data repeat for ever; give {steps}")
                continue
            given = argument(call, "validation_data") if call.method == "fit" else None
            endless = isinstance(given, Given) and isinstance(given.value, Pipeline) and _is_endless(given.value)
            if isinstance(given, Given) and endless and argument_value(call, "validation_steps") is None:
                message = "the validation data repeat for ever; give validation_steps"
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
            [(9, "fit never ends: the data repeat for ever; give steps_per_epoch")],
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
                (8, "fit never ends: the data repeat for ever; give steps_per_epoch"),
                (9, "the validation data repeat for ever; give validation_steps"),
                (10, "evaluate never ends: the data repeat for ever; give steps"),
            ],
        ),
    ]


def _is_endless(stream: Pipeline) -> bool:
    """Whether Keras asks it for batches for ever. What has a length ends there."""
    return stream.infinite and stream.kind in ("tf.data", "generator")
