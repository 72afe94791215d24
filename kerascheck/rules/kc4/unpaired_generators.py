"""KC453: images and masks come from generators that draw different random numbers."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.pipeline import Pipeline, Step
from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._streams import fed, value_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Unknown

_FLOWS = frozenset({"flow", "flow_from_directory", "flow_from_dataframe"})


class UnpairedGenerators(Rule):
    """Two generators of images go side by side without the same seed.

    ## What it does

    Reports `zip` of two streams of an `ImageDataGenerator` that a model is trained on, or a generator that takes a
    batch of each, one with the images and one with the masks, where they shuffle or change images at random and `seed`
    is not the same number in both.

    ## Why it is bad

    Each draws its own random numbers. The images come in another order than the masks, or are turned and shifted
    otherwise: each image gets the mask of another one. Nothing raises.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers
    from keras.preprocessing.image import ImageDataGenerator

    images, masks = np.zeros((64, 32, 32, 3)), np.zeros((64, 32, 32, 1))
    change = ImageDataGenerator(rotation_range=20)
    train = zip(change.flow(images, batch_size=8), change.flow(masks, batch_size=8))
    model = Sequential([layers.Input((32, 32, 3)), layers.Conv2D(1, 3, padding="same", activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(train, steps_per_epoch=8)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers
    from keras.preprocessing.image import ImageDataGenerator

    images, masks = np.zeros((64, 32, 32, 3)), np.zeros((64, 32, 32, 1))
    change = ImageDataGenerator(rotation_range=20)
    train = zip(change.flow(images, batch_size=8, seed=1), change.flow(masks, batch_size=8, seed=1))
    model = Sequential([layers.Input((32, 32, 3)), layers.Conv2D(1, 3, padding="same", activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(train, steps_per_epoch=8)
    ```

    ## References

    - [Keras: ImageDataGenerator, transforming images and masks together](https://www.tensorflow.org/api_docs/python/tf/keras/preprocessing/image/ImageDataGenerator)
    """

    code = "KC453"
    name = "unpaired-generators"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for use in fed(program):
            if use.call.method not in FITTING or len(use.stream.parts) != 2:
                continue
            flows = [_flow(part) for part in use.stream.parts]
            if not all(isinstance(part, Pipeline) and _draws(part) for part in use.stream.parts):
                continue
            seeds = [None if flow is None else value_of(flow, "seed", None) for flow in flows]
            if any(flow is None for flow in flows) or any(isinstance(seed, Unknown) for seed in seeds):
                continue
            first, second = seeds
            last = flows[1]
            if last is None or (first is not None and first == second) or last.site.key in told:
                continue
            told.add(last.site.key)
            how = "no seed" if first is None and second is None else f"the seeds {first} and {second}"
            yield Finding(
                last.site if last.site.file is use.call.site.file else use.site,
                f"the two generators that go side by side have {how}: they shuffle and change images differently; pass "
                "both the same seed",
                anchor=use.call.site,
            )

    VALID = [
        # the same seed
        """
import numpy as np
from keras import Sequential, layers
from keras.preprocessing.image import ImageDataGenerator
images, masks = np.zeros((64, 32, 32, 3)), np.zeros((64, 32, 32, 1))
change = ImageDataGenerator(rotation_range=20)
seed = 7
train = zip(change.flow(images, batch_size=8, seed=seed), change.flow(masks, batch_size=8, seed=seed))
model = Sequential([layers.Input((32, 32, 3)), layers.Conv2D(1, 3, padding="same", activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(train, steps_per_epoch=8)
""",
        # by a generator, with one dictionary of options
        """
import numpy as np
from keras import Sequential, layers
from keras.preprocessing.image import ImageDataGenerator
images, masks = np.zeros((64, 32, 32, 3)), np.zeros((64, 32, 32, 1))
change, options = ImageDataGenerator(rotation_range=20), dict(batch_size=8, seed=1)
def pairs():
    for image, mask in zip(change.flow(images, **options), change.flow(masks, **options)):
        yield image, mask
model = Sequential([layers.Input((32, 32, 3)), layers.Conv2D(1, 3, padding="same", activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(pairs(), steps_per_epoch=8)
""",
        # nothing is drawn
        """
import numpy as np
from keras import Sequential, layers
from keras.preprocessing.image import ImageDataGenerator
images, masks = np.zeros((64, 32, 32, 3)), np.zeros((64, 32, 32, 1))
scale = ImageDataGenerator(rescale=1 / 255)
train = zip(scale.flow(images, batch_size=8, shuffle=False), scale.flow(masks, batch_size=8, shuffle=False))
model = Sequential([layers.Input((32, 32, 3)), layers.Conv2D(1, 3, padding="same", activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(train, steps_per_epoch=8)
""",
        # images with their labels
        """
import numpy as np
from keras import Sequential, layers
from keras.preprocessing.image import ImageDataGenerator
images, labels = np.zeros((64, 32, 32, 3)), np.zeros(64)
change = ImageDataGenerator(rotation_range=20)
model = Sequential([layers.Input((32, 32, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(change.flow(images, labels, batch_size=8))
""",
    ]
    INVALID = [
        # one batch of each
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
from keras.preprocessing.image import ImageDataGenerator
images, masks = np.zeros((64, 32, 32, 3)), np.zeros((64, 32, 32, 1))
change = ImageDataGenerator(rotation_range=20)
image_stream = change.flow(images, batch_size=8)
mask_stream = change.flow(masks, batch_size=8)
def pairs():
    while True:
        yield next(image_stream), next(mask_stream)
model = Sequential([layers.Input((32, 32, 3)), layers.Conv2D(1, 3, padding="same", activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(pairs(), steps_per_epoch=8)
""",
            [
                (
                    8,
                    "the two generators that go side by side have no seed: they shuffle and change images differently; "
                    "pass both the same seed",
                )
            ],
        ),
        Invalid(
            """
from keras import Sequential, layers
from keras.preprocessing.image import ImageDataGenerator
def pairs(folder, options):
    images = ImageDataGenerator(**options).flow_from_directory(folder, classes=["images"], class_mode=None, seed=1)
    masks = ImageDataGenerator(**options).flow_from_directory(folder, classes=["masks"], class_mode=None, seed=2)
    return zip(images, masks)
model = Sequential([layers.Input((256, 256, 3)), layers.Conv2D(3, 3, padding="same", activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(pairs("train", dict(horizontal_flip=True)), steps_per_epoch=8)
""",
            [
                (
                    6,
                    "the two generators that go side by side have the seeds 1 and 2: they shuffle and change images "
                    "differently; pass both the same seed",
                )
            ],
        ),
    ]


def _flow(part: object) -> Step | None:
    """The call of an `ImageDataGenerator` that a stream of images alone comes from."""
    if not isinstance(part, Pipeline) or not isinstance(part.element, Array):
        return None
    return next((step for step in part.steps if step.name in _FLOWS), None)


def _draws(part: Pipeline) -> bool:
    """Whether a stream surely comes in an order, or with changes, of its own."""
    return part.shuffled is True or "augmented" in part.tags
