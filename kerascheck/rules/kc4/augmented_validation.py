"""KC406: Validation or test images are changed at random."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.pipeline import Pipeline
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.program import Program
from kerascheck.rules._training import argument, argument_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class AugmentedValidation(Rule):
    """Validation or test images are changed at random.

    ## What it does

    Reports validation data, and data of `evaluate`, from an `ImageDataGenerator` with random changes (rotations,
    shifts, flips...) or a `tf.data` pipeline with functions of `tf.image.random_*`. Where one generator makes both
    parts (`subset="validation"`), it is advice.

    ## Why it is bad

    Augmentation helps the training. For validation it means other images in each epoch, harder than real ones: the
    figures jump, and are too bad.

    ## Example

    ```python
    import keras
    from keras import layers
    from keras.preprocessing.image import ImageDataGenerator

    images = ImageDataGenerator(rescale=1 / 255, rotation_range=40, horizontal_flip=True)
    train = images.flow_from_directory("train", target_size=(64, 64), class_mode="binary")
    test = images.flow_from_directory("test", target_size=(64, 64), class_mode="binary")
    model = keras.Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(train, validation_data=test)
    ```

    ## Use instead

    ```python
    import keras
    from keras import layers
    from keras.preprocessing.image import ImageDataGenerator

    images = ImageDataGenerator(rescale=1 / 255, rotation_range=40, horizontal_flip=True)
    train = images.flow_from_directory("train", target_size=(64, 64), class_mode="binary")
    plain = ImageDataGenerator(rescale=1 / 255)
    test = plain.flow_from_directory("test", target_size=(64, 64), class_mode="binary")
    model = keras.Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(train, validation_data=test)
    ```

    ## References

    - [Keras: image classification from scratch](https://keras.io/examples/vision/image_classification_from_scratch/)
    """

    code = "KC406"
    name = "augmented-validation"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            name = "validation_data" if call.method in ("fit", "fit_generator") else "x"
            if name == "x" and call.method not in ("evaluate", "evaluate_generator"):
                continue
            given = argument(call, name)
            if not isinstance(given, Given) and name == "x":
                given = argument(call, "generator")
            stream = given.value if isinstance(given, Given) else None
            if not isinstance(given, Given) or not isinstance(stream, Pipeline) or "augmented" not in stream.tags:
                continue
            what = "validation" if name == "validation_data" else "test"
            yield Finding(
                argument_site(call.site, given),
                f"the {what} images are augmented at random; use a generator without augmentation",
                anchor=call.site,
                severity=Severity.INFO if "validation" in stream.tags else None,
            )

    VALID = [
        # plain ones
        """
import keras
from keras import layers
from keras.preprocessing.image import ImageDataGenerator
images = ImageDataGenerator(rescale=1 / 255, rotation_range=40)
train = images.flow_from_directory("train", target_size=(64, 64), class_mode="binary")
test = ImageDataGenerator(rescale=1 / 255).flow_from_directory("test", target_size=(64, 64), class_mode="binary")
model = keras.Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(train, validation_data=test)
model.evaluate(test)
""",
        # several looks at each image are averaged
        """
import keras
from keras import layers
from keras.preprocessing.image import ImageDataGenerator
images = ImageDataGenerator(rescale=1 / 255, horizontal_flip=True)
test = images.flow_from_directory("test", target_size=(64, 64), class_mode="binary", shuffle=False)
model = keras.Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
predictions = sum(model.predict(test) for _ in range(5)) / 5
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
from keras import layers
from keras.preprocessing.image import ImageDataGenerator
images = ImageDataGenerator(rescale=1 / 255, rotation_range=40, validation_split=0.2)
train = images.flow_from_directory("train", target_size=(64, 64), class_mode="binary", subset="training")
held = images.flow_from_directory("train", target_size=(64, 64), class_mode="binary", subset="validation")
test = images.flow_from_directory("test", target_size=(64, 64), class_mode="binary")
model = keras.Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(train, validation_data=held)
model.fit(train, validation_data=test)
model.evaluate(test)
""",
            [
                (11, "the validation images are augmented at random; use a generator without augmentation"),
                (12, "the validation images are augmented at random; use a generator without augmentation"),
                (13, "the test images are augmented at random; use a generator without augmentation"),
            ],
        ),
    ]
