"""KC494: BatchNormalization trains on batches of one sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kerascheck.data.array import Array
from kerascheck.data.training import FITTING, training_data
from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Layer, Node
from kerascheck.network.networks import Network
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._code import argument
from kerascheck.rules._related import made_layer
from kerascheck.rules._training import argument_value, call_node, known_int
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class NormalizedAlone(Rule):
    """BatchNormalization trains on batches of one sample.

    ## What it does

    Reports a training call with batches of one sample for a model with a `BatchNormalization` whose inputs have one
    value for each feature and sample, as those of a `Dense` layer.

    ## Why it is bad

    In training the layer takes away the mean of the batch. The mean of one value is that value: what is left is 0,
    whatever the sample is. The outputs are the same for all samples, and no layer before it learns anything. (Images
    and sequences are averaged over their positions, too, so that one sample is enough.)

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([
        layers.Input((4,)), layers.Dense(8), layers.BatchNormalization(), layers.ReLU(), layers.Dense(1),
    ])
    model.compile("adam", "mse")
    model.fit(np.random.rand(80, 4), np.random.rand(80, 1), batch_size=1)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([
        layers.Input((4,)), layers.Dense(8), layers.BatchNormalization(), layers.ReLU(), layers.Dense(1),
    ])
    model.compile("adam", "mse")
    model.fit(np.random.rand(80, 4), np.random.rand(80, 1), batch_size=16)
    ```

    ## References

    - [Keras: BatchNormalization](https://keras.io/api/layers/normalization_layers/batch_normalization/)
    - [Ioffe and Szegedy: Batch Normalization](https://arxiv.org/abs/1502.03167)
    """

    code = "KC494"
    name = "normalized-alone"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            if call.method not in FITTING or call.network.open is not None or not _is_of_one(call):
                continue
            layer = next(_normalizing(call.nodes), None)
            if layer is not None:
                yield Finding(
                    call.site,
                    f"each batch is one sample, of which {layer.name!r} (BatchNormalization) leaves 0 in training; "
                    "use larger batches, or LayerNormalization",
                    related=tuple(made_layer(layer)),
                )

    VALID = [
        # larger batches
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(8), layers.BatchNormalization(), layers.ReLU(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.random.rand(80, 4), np.random.rand(80, 1), batch_size=2)
""",
        # how large they are is not known
        """
import sys
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(8), layers.BatchNormalization(), layers.ReLU(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.random.rand(80, 4), np.random.rand(80, 1), batch_size=int(sys.argv[1]))
""",
        # images have many positions
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([
    layers.Input((8, 8, 3)), layers.Conv2D(4, 3), layers.BatchNormalization(), layers.GlobalMaxPooling2D(),
])
model.compile("adam", "mse")
model.fit(np.random.rand(80, 8, 8, 3), np.random.rand(80, 4), batch_size=1)
""",
        # frozen: it uses what it has learned before
        """
import numpy as np
from keras import Sequential, layers
norm = layers.BatchNormalization()
norm.trainable = False
model = Sequential([layers.Input((4,)), layers.Dense(8), norm, layers.ReLU(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.random.rand(80, 4), np.random.rand(80, 1), batch_size=1)
""",
        # in a network that runs as in predict
        """
import numpy as np
from keras import Input, Model, Sequential, layers
base = Sequential([layers.Input((4,)), layers.Dense(8), layers.BatchNormalization()])
i = Input((4,))
model = Model(i, layers.Dense(1)(layers.BatchNormalization()(base(i, training=False), training=False)))
model.compile("adam", "mse")
model.fit(np.random.rand(80, 4), np.random.rand(80, 1), batch_size=1)
""",
        # nothing is learned there
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(8), layers.BatchNormalization(), layers.ReLU(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.random.rand(80, 4), np.random.rand(80, 1))
model.evaluate(np.random.rand(80, 4), np.random.rand(80, 1), batch_size=1)
model.predict(np.random.rand(1, 4))
""",
        # another normalization
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(8), layers.LayerNormalization(), layers.ReLU(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.random.rand(80, 4), np.random.rand(80, 1), batch_size=1)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(8), layers.BatchNormalization(), layers.ReLU(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.random.rand(80, 4), np.random.rand(80, 1), batch_size=1)
""",
            [
                (
                    6,
                    "each batch is one sample, of which 'batch_normalization' (BatchNormalization) leaves 0 in "
                    "training; use larger batches, or LayerNormalization",
                )
            ],
        ),
        # a stream, and positions that are pooled away before
        Invalid(
            """
import numpy as np
import tensorflow as tf
from keras import Input, Model, layers
i = Input((8, 8, 3))
x = layers.GlobalAveragePooling2D(keepdims=True)(layers.Conv2D(4, 3)(i))
x = layers.BatchNormalization(name="norm")(x)
model = Model(i, layers.Flatten()(x))
model.compile("adam", "mse")
images, targets = np.random.rand(40, 8, 8, 3), np.random.rand(40, 4)
model.fit(tf.data.Dataset.from_tensor_slices((images, targets)).batch(1), epochs=2)
for image, target in zip(images, targets):
    model.train_on_batch(image[None], target[None])
""",
            [
                (
                    11,
                    "each batch is one sample, of which 'norm' (BatchNormalization) leaves 0 in training; "
                    "use larger batches, or LayerNormalization",
                ),
                (
                    13,
                    "each batch is one sample, of which 'norm' (BatchNormalization) leaves 0 in training; "
                    "use larger batches, or LayerNormalization",
                ),
            ],
        ),
    ]


def _is_of_one(call: TrainCall) -> bool:
    """Whether each batch surely is one sample."""
    data = training_data(call)
    if call.method == "fit" and not data.is_stream:
        return known_int(argument_value(call, "batch_size", 32)) == 1
    if data.stream is not None:
        return data.stream.batch == 1
    x = data.x[0] if isinstance(data.x, list) and data.x else data.x
    return isinstance(x, Array) and isinstance(x.shape, tuple) and bool(x.shape) and x.shape[0] == 1


def _normalizing(nodes: Sequence[Node]) -> Iterator[Layer]:
    """The layers that normalize by the batch alone."""
    for node in nodes:
        layer = node.layer
        written = None if node.site is None else call_node(node.site)
        if written is not None and argument(written, "training") is not None:
            continue
        if isinstance(layer, Network):
            if layer.trainable and layer.open is None:
                yield from _normalizing(layer.nodes)
        elif layer.cls == "BatchNormalization" and layer.trainable and len(node.inputs) == 1:
            shape = node.inputs[0].shape
            if isinstance(shape, tuple) and all(size == 1 for size in shape[1:-1]) and len(shape) > 1:
                arguments = layer.arguments
                if arguments is not None and arguments.value("axis", 0, -1) in (-1, len(shape) - 1):
                    yield layer
