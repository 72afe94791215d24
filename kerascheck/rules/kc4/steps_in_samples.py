"""KC450: the steps of an epoch are counted in samples."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.pipeline import Pipeline
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.dims import Dim, SymDim, format_dim
from kerascheck.network.program import Program
from kerascheck.rules._training import argument, argument_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Unknown


class StepsInSamples(Rule):
    """`steps_per_epoch` or `validation_steps` is a number of samples instead of batches.

    ## What it does

    Reports steps that are as many as the samples behind a stream that gives them in batches: generators of images,
    `tf.data` pipelines of arrays, and generators of the program that walk over `range(0, len(samples), batch_size)`.

    ## Why it is bad

    A step is a batch. The epoch goes over all samples as often as a batch has samples: 32 times the work, and an
    epoch that is none. A stream that ends runs out of data instead.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    def batches(samples, batch_size=32):
        while True:
            for begin in range(0, len(samples), batch_size):
                part = samples[begin : begin + batch_size]
                yield part[:, :4], part[:, 4:]

    samples = np.random.rand(320, 5)
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(batches(samples), steps_per_epoch=len(samples))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    def batches(samples, batch_size=32):
        while True:
            for begin in range(0, len(samples), batch_size):
                part = samples[begin : begin + batch_size]
                yield part[:, :4], part[:, 4:]

    samples = np.random.rand(320, 5)
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(batches(samples), steps_per_epoch=len(samples) // 32)
    ```

    ## References

    - [Keras: fit, steps_per_epoch](https://keras.io/api/models/model_training_apis/#fit-method)
    - [Epochs of 32 times the samples](https://github.com/udacity/CarND-Behavioral-Cloning-P3/issues/38)
    """

    code = "KC450"
    name = "steps-in-samples"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            for of, name in (("x", "steps_per_epoch"), ("x", "steps"), ("validation_data", "validation_steps")):
                given, data = argument(call, name), argument(call, of)
                if not isinstance(data, Given) and of == "x":
                    data = argument(call, "generator")
                stream = data.value if isinstance(data, Given) else None
                if not isinstance(given, Given) or not isinstance(stream, Pipeline):
                    continue
                size = stream.batch
                if not isinstance(size, int) or size < 2 or not _is_one_of(given.value, _samples(stream)):
                    continue
                yield Finding(
                    argument_site(call.site, given),
                    f"{name} is the number of samples ({format_dim(given.value)}), but a step is a batch of {size}; "
                    f"divide it by {size}",
                    anchor=call.site,
                )

    VALID = [
        # batches
        """
import numpy as np
from keras import Sequential, layers
def batches(samples, batch_size=32):
    while True:
        for begin in range(0, len(samples), batch_size):
            part = samples[begin : begin + batch_size]
            yield part[:, :4], part[:, 4:]
samples = np.random.rand(320, 5)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(batches(samples), steps_per_epoch=len(samples) // 32)
""",
        # one sample in a batch
        """
import numpy as np
from keras import Sequential, layers
def batches(samples, batch_size=1):
    while True:
        for begin in range(0, len(samples), batch_size):
            part = samples[begin : begin + batch_size]
            yield part[:, :4], part[:, 4:]
samples = np.random.rand(320, 5)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(batches(samples), steps_per_epoch=len(samples))
""",
        # a generator that draws its batches
        """
import numpy as np
from keras import Sequential, layers
def batches(x, y, size):
    while True:
        chosen = np.random.randint(0, len(x), size)
        yield x[chosen], y[chosen]
x, y = np.random.rand(64, 4), np.random.rand(64, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(batches(x, y, 16), steps_per_epoch=64, epochs=3)
""",
        # images in batches
        """
import keras
from keras import layers
from keras.preprocessing.image import ImageDataGenerator
train = ImageDataGenerator(rescale=1 / 255).flow_from_directory("train", target_size=(64, 64), class_mode="binary")
model = keras.Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(train, steps_per_epoch=train.samples // train.batch_size)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
from keras import layers
from keras.preprocessing.image import ImageDataGenerator
images = ImageDataGenerator(rescale=1 / 255)
train = images.flow_from_directory("train", target_size=(64, 64), class_mode="binary", batch_size=16)
held = images.flow_from_directory("held", target_size=(64, 64), class_mode="binary", batch_size=16)
model = keras.Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(train, steps_per_epoch=train.samples, validation_data=held, validation_steps=held.n)
""",
            [
                (
                    10,
                    "steps_per_epoch is the number of samples (train.samples), but a step is a batch of 16; divide it "
                    "by 16",
                ),
                (
                    10,
                    "validation_steps is the number of samples (held.samples), but a step is a batch of 16; divide it "
                    "by 16",
                ),
            ],
        ),
        Invalid(
            """
import numpy as np
import tensorflow as tf
from tensorflow.keras import Sequential, layers
def stream(x, y, size):
    return tf.data.Dataset.from_tensor_slices((x, y)).shuffle(1000).repeat().batch(size)
x, y = np.random.rand(6400, 4), np.random.rand(6400, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(stream(x, y, 64).prefetch(1), steps_per_epoch=x.shape[0], epochs=3)
""",
            [(10, "steps_per_epoch is the number of samples (6400), but a step is a batch of 64; divide it by 64")],
        ),
    ]


def _samples(stream: Pipeline) -> list[Dim]:
    """How many samples there are behind a stream, as far as that is known."""
    found: list[Dim] = [stream.samples]
    if stream.kind == "sequence":
        found += [stream.attributes.get("n"), stream.attributes.get("samples")]
    for source, following in zip(stream.steps, stream.steps[1:], strict=False):
        if source.name == "from_tensor_slices" and following.before is not None:
            found.append(following.before.count)
    return [count for count in found if isinstance(count, (int, SymDim))]


def _is_one_of(steps: object, counts: list[Dim]) -> bool:
    if isinstance(steps, (bool, Unknown)) or not isinstance(steps, (int, SymDim)):
        return False
    return any(count == steps for count in counts) and steps != 1
