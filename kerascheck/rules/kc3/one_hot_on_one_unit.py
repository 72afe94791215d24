"""KC326: labels with a column for each class meet a single unit."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.pipeline import Pipeline
from kerascheck.data.training import training_data
from kerascheck.diagnostics import Severity
from kerascheck.network.dims import SymDim
from kerascheck.network.program import Program
from kerascheck.rules._targets import targets_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_ELEMENTWISE = frozenset({"binary_crossentropy", "binary_focal_crossentropy", "mean_squared_error", "hinge"})


class OneHotOnOneUnit(Rule):
    """Labels with a column for each class meet a single unit.

    ## What it does

    Reports a model with one unit that is trained on the images of a folder with `class_mode="categorical"`, which is
    the default of `flow_from_directory`, or `label_mode="categorical"`.

    ## Why it is bad

    There are as many columns as folders, at least two. Keras raises since it cannot compare them with one unit.

    ## Example

    ```python
    from keras import Sequential, layers
    from keras.preprocessing.image import ImageDataGenerator

    train = ImageDataGenerator(rescale=1 / 255).flow_from_directory("train", target_size=(64, 64))
    model = Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(train)
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers
    from keras.preprocessing.image import ImageDataGenerator

    train = ImageDataGenerator(rescale=1 / 255).flow_from_directory("train", target_size=(64, 64), class_mode="binary")
    model = Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(train)
    ```

    ## References

    - [ImageDataGenerator](https://www.tensorflow.org/api_docs/python/tf/keras/preprocessing/image/ImageDataGenerator)
    """

    code = "KC326"
    name = "one-hot-on-one-unit"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for targets in targets_of(program):
            shape = targets.array.shape
            if targets.loss is None or targets.loss.name not in _ELEMENTWISE or targets.units != 1:
                continue
            if not isinstance(shape, tuple) or len(shape) != 2 or not isinstance(shape[1], SymDim):
                continue
            stream = training_data(targets.call).stream
            if not targets.content.one_hot or not isinstance(stream, Pipeline) or targets.site.key in told:
                continue
            told.add(targets.site.key)
            yield Finding(
                targets.site,
                "the labels of this stream have a column for each class, the model has one unit: Keras raises; ask for "
                'binary labels (class_mode="binary"), or use a unit for each class',
                anchor=targets.call.site,
                related=targets.places,
            )

    VALID = [
        # binary labels
        """
from keras import Sequential, layers
from keras.preprocessing.image import ImageDataGenerator
train = ImageDataGenerator(rescale=1 / 255).flow_from_directory("train", target_size=(64, 64), class_mode="binary")
model = Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(train)
""",
        # a unit for each class
        """
from keras import Sequential, layers
from keras.preprocessing.image import ImageDataGenerator
train = ImageDataGenerator(rescale=1 / 255).flow_from_directory("train", target_size=(64, 64))
model = Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(train.num_classes, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(train)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
from keras import Sequential, layers
from keras.preprocessing.image import ImageDataGenerator
train = ImageDataGenerator(rescale=1 / 255).flow_from_directory("train", target_size=(64, 64))
model = Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(train)
more = keras.utils.image_dataset_from_directory("train", label_mode="categorical", image_size=(64, 64))
model.evaluate(more)
""",
            [
                (
                    8,
                    "the labels of this stream have a column for each class, the model has one unit: Keras raises; ask "
                    'for binary labels (class_mode="binary"), or use a unit for each class',
                ),
                (
                    10,
                    "the labels of this stream have a column for each class, the model has one unit: Keras raises; ask "
                    'for binary labels (class_mode="binary"), or use a unit for each class',
                ),
            ],
        ),
    ]
