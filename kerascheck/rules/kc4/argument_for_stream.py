"""KC423: A training call on a stream of batches has an argument that only fits arrays."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.program import Program
from kerascheck.rules._training import argument, argument_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc4._stream_arguments import _stream
from kerascheck.symbolic.unknown import Unknown

_STREAMS = {
    "tf.data": "a tf.data.Dataset",
    "sequence": "a PyDataset",
    "iterator": "an iterator of images",
    "generator": "a generator",
}


_REFUSED = (
    ("y", "does not accept y; yield features and targets together"),
    ("sample_weight", "does not accept sample_weight; yield (x, y, weights)"),
    ("validation_split", "cannot use validation_split; pass validation_data"),
    ("batch_size", "ignores batch_size: the batches are made already"),
)


class ArgumentForStream(Rule):
    """A training call on a stream of batches has an argument that only fits arrays.

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
                given = argument(call, name) if name in call.arguments.parameters else None
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
                (9, "fit on a tf.data.Dataset cannot use validation_split; pass validation_data"),
                (10, "fit on a tf.data.Dataset does not accept y; yield features and targets together"),
                (11, "fit on a tf.data.Dataset does not accept sample_weight; yield (x, y, weights)"),
                (12, "evaluate on a tf.data.Dataset ignores batch_size: the batches are made already"),
            ],
        ),
    ]
