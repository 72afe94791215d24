"""KC870: class numbers in a training step of the program go beyond the units of the model."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.diagnostics import Severity
from kerascheck.network.events import ObjectCall
from kerascheck.network.ir import Tensor
from kerascheck.network.program import KerasObject, Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Symbol
from kerascheck.training.compiled_losses import passes_over_a_class, read_loss
from kerascheck.training.content import class_problem

_SPARSE = "sparse_categorical_crossentropy"


class ClassesInOwnLoop(Rule):
    """Class numbers in a training step of the program go beyond the units of the model.

    ## What it does

    Compares the class numbers that a sparse categorical crossentropy is called on with the units of the output beside
    them, where the program shows which numbers occur. KC219 does so for `fit`.

    ## Why it is bad

    TensorFlow raises InvalidArgumentError on a CPU; on a GPU the loss becomes NaN.

    ## Example

    ```python
    import tensorflow as tf
    from keras import Sequential, datasets, layers, losses

    (x, y), _ = datasets.mnist.load_data()
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(9)])
    criterion = losses.SparseCategoricalCrossentropy(from_logits=True)
    for images, labels in tf.data.Dataset.from_tensor_slices((x / 255, y)).batch(32):
        with tf.GradientTape() as tape:
            loss = criterion(labels, model(images, training=True))
    ```

    ## Use instead

    ```python
    import tensorflow as tf
    from keras import Sequential, datasets, layers, losses

    (x, y), _ = datasets.mnist.load_data()
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10)])
    criterion = losses.SparseCategoricalCrossentropy(from_logits=True)
    for images, labels in tf.data.Dataset.from_tensor_slices((x / 255, y)).batch(32):
        with tf.GradientTape() as tape:
            loss = criterion(labels, model(images, training=True))
    ```

    ## References

    - [Keras: sparse categorical crossentropy](https://keras.io/api/losses/probabilistic_losses/#sparsecategoricalcrossentropy-class)
    """

    code = "KC870"
    name = "classes-in-own-loop"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for event in program.events:
            if not isinstance(event, ObjectCall) or event.method not in ("__call__", "call") or event.guarded:
                continue
            message = _problem(event)
            if message is not None and event.site.key not in told:
                told.add(event.site.key)
                yield Finding(event.site, message)

    VALID = [
        # as many units as classes
        """
import tensorflow as tf
from keras import Sequential, datasets, layers, losses
(x, y), _ = datasets.mnist.load_data()
model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10)])
criterion = losses.SparseCategoricalCrossentropy(from_logits=True)
for images, labels in tf.data.Dataset.from_tensor_slices((x / 255, y)).batch(32):
    with tf.GradientTape() as tape:
        loss = criterion(labels, model(images, training=True))
""",
        # a class that the loss passes over
        """
import numpy as np
from keras import Sequential, layers, losses
model = Sequential([layers.Input((4,)), layers.Dense(3)])
criterion = losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=255)
loss = criterion(np.array([0, 1, 255]), model(np.zeros((3, 4), "float32")))
""",
        # some of the classes
        """
import tensorflow as tf
from keras import Sequential, datasets, layers, losses
(x, y), _ = datasets.mnist.load_data()
few = y < 5
x, y = x[few], y[few]
model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(5)])
criterion = losses.SparseCategoricalCrossentropy(from_logits=True)
for images, labels in tf.data.Dataset.from_tensor_slices((x / 255, y)).batch(32):
    with tf.GradientTape() as tape:
        loss = criterion(labels, model(images, training=True))
""",
        # the classes are not known
        """
import numpy as np
from keras import Sequential, layers, losses
model = Sequential([layers.Input((4,)), layers.Dense(3)])
loss = losses.sparse_categorical_crossentropy(np.load("y.npy"), model(np.load("x.npy")))
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
from keras import Sequential, datasets, layers, losses, optimizers
(x, y), _ = datasets.mnist.load_data()
model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(9)])
criterion = losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = optimizers.Adam()
@tf.function
def step(images, labels):
    with tf.GradientTape() as tape:
        loss = criterion(labels, model(images, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
for epoch in range(3):
    for images, labels in tf.data.Dataset.from_tensor_slices((x / 255, y)).shuffle(1000).batch(32):
        step(images, labels)
""",
            [
                (
                    11,
                    "the class numbers go up to 9; the output has 9 units, for the classes 0 to 8; use 10 units",
                )
            ],
        ),
        # the function, and classes that are counted from one
        Invalid(
            """
import numpy as np
from keras import Sequential, layers, losses
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
loss = losses.sparse_categorical_crossentropy(np.array([1, 2, 3]), model(np.zeros((3, 4), "float32")))
""",
            [(5, "the class numbers go up to 3; the output has 3 units, for the classes 0 to 2; subtract 1")],
        ),
    ]


def _problem(event: ObjectCall) -> str | None:
    """Why the class numbers do not fit; None where they may."""
    subject = event.subject
    loss = read_loss(subject if isinstance(subject, KerasObject) else Symbol(subject))
    if loss is None or loss.name != _SPARSE or passes_over_a_class(subject):
        return None
    arguments = event.arguments
    if isinstance(subject, str) and (arguments.open_keywords or arguments.value("ignore_class", 3) is not None):
        return None
    labels, given = arguments.value("y_true", 0), arguments.value("y_pred", 1)
    if not isinstance(labels, Array) or not isinstance(given, (Array, Tensor)):
        return None
    return class_problem(_SPARSE, labels, given.shape)
