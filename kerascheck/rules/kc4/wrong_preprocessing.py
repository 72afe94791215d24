"""KC401: A pretrained network receives images that are prepared differently from those it was trained on."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._related import made_layer
from kerascheck.rules._scales import RANGES, Application, entrance, features_of, pretrained, rescaled, scale_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc4._image_scaling import _x_site


class WrongPreprocessing(Rule):
    """A pretrained network receives images that are prepared differently from those it was trained on.

    ## What it does

    Compares the images that reach a network of `keras.applications` with ImageNet weights with what its own
    `preprocess_input` gives: images as they are loaded, divided by 255 (also by `layers.Rescaling`), or prepared for
    another network.
    `EfficientNet`, `EfficientNetV2`, `MobileNetV3` and `ConvNeXt` scale in their first layers and expect 0 to 255.

    ## Why it is bad

    The weights are right for one range and order of channels. With others the features are wrong from the first layer
    on; nothing fails, the results are just bad, or training repairs what need not have been broken.

    ## Example

    ```python
    import keras
    from keras import datasets, layers

    (x, y), _ = datasets.cifar10.load_data()
    base = keras.applications.VGG16(include_top=False, input_shape=(32, 32, 3))
    model = keras.Sequential([base, layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x / 255.0, y)
    ```

    ## Use instead

    ```python
    import keras
    from keras import datasets, layers

    (x, y), _ = datasets.cifar10.load_data()
    base = keras.applications.VGG16(include_top=False, input_shape=(32, 32, 3))
    model = keras.Sequential([base, layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(keras.applications.vgg16.preprocess_input(x), y)
    ```

    ## References

    - [Keras applications](https://keras.io/api/applications/)
    """

    code = "KC401"
    name = "wrong-preprocessing"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            x = features_of(call)
            scale = scale_of(x) if x is not None else None
            if scale is None:
                continue
            met = entrance(call.network, program)
            site = _x_site(call)
            if met.kind == "rescaling" and met.layer is not None and met.then is not None:
                scale, site = rescaled(scale, met.layer), met.layer.site or site
                met = met.then
            application = pretrained(met.layer) if met.kind == "application" else None
            message = _misprepared(application, scale) if application is not None and scale is not None else None
            if message is not None:
                yield Finding(site, message, anchor=call.site, related=tuple(made_layer(met.layer)))

    VALID = [
        # by layers before it
        """
import keras
from keras import Input, Model, datasets, layers
from keras.applications import mobilenet_v2
(x, y), _ = datasets.cifar10.load_data()
images = Input((32, 32, 3))
scaled = layers.Lambda(mobilenet_v2.preprocess_input)(layers.Resizing(96, 96)(images))
body = mobilenet_v2.MobileNetV2(include_top=False, input_tensor=scaled, pooling="avg")
for model in (Model(images, layers.Dense(10, "softmax")(body.output)),
              keras.Sequential([body, layers.Dense(10, "softmax")])):
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y)
""",
        # its own
        """
import keras
from keras import datasets
(x, y), _ = datasets.cifar10.load_data()
model = keras.applications.ResNet50(include_top=False, input_shape=(32, 32, 3))
model.predict(keras.applications.resnet50.preprocess_input(x.astype("float32")))
""",
        # one that does the same
        """
import keras
from keras import datasets
(x, y), _ = datasets.cifar10.load_data()
model = keras.applications.VGG19(include_top=False, input_shape=(32, 32, 3))
model.predict(keras.applications.vgg16.preprocess_input(x))
""",
        # by hand
        """
import keras
from keras import datasets
(x, y), _ = datasets.cifar10.load_data()
model = keras.applications.MobileNetV2(include_top=False, input_shape=(32, 32, 3))
model.predict(x / 127.5 - 1)
""",
        # in the network
        """
import keras
from keras import datasets
(x, y), _ = datasets.cifar10.load_data()
i = keras.Input((32, 32, 3))
base = keras.applications.ResNet50(include_top=False, input_shape=(32, 32, 3))
model = keras.Model(i, base(keras.applications.resnet50.preprocess_input(i)))
model.predict(x)
""",
        # in a layer before it, for this network
        """
import keras
from keras import datasets, layers
(x, y), _ = datasets.cifar10.load_data()
base = keras.applications.MobileNetV2(include_top=False, input_shape=(32, 32, 3))
model = keras.Sequential([keras.Input((32, 32, 3)), layers.Rescaling(1 / 127.5, offset=-1), base])
model.predict(x)
""",
        # a layer that makes other numbers of them
        """
import keras
from keras import datasets, layers
(x, y), _ = datasets.cifar10.load_data()
base = keras.applications.ResNet50(include_top=False, input_shape=(32, 32, 3))
model = keras.Sequential([keras.Input((32, 32, 3)), layers.Rescaling(1 / 60, offset=-2), base])
model.predict(x)
""",
        # the network scales itself
        """
import keras
from keras import datasets
(x, y), _ = datasets.cifar10.load_data()
for make in (keras.applications.EfficientNetB0, keras.applications.MobileNetV3Small):
    model = make(include_top=False, input_shape=(32, 32, 3))
    model.predict(x)
""",
        # weights of its own: any scale will do
        """
import keras
from keras import datasets, layers
(x, y), _ = datasets.cifar10.load_data()
base = keras.applications.ResNet50(include_top=False, weights=None, input_shape=(32, 32, 3))
model = keras.Sequential([base, layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 255.0, y)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
from keras import datasets
(x, y), _ = datasets.cifar10.load_data()
model = keras.applications.ResNet50(include_top=False, input_shape=(32, 32, 3))
model.predict(x)
model.predict(x / 255.0)
model.predict(keras.applications.mobilenet_v2.preprocess_input(x))
""",
            [
                (
                    6,
                    "ResNet50 expects BGR around 0, from -124 to 151, not 0 to 255; "
                    "use keras.applications.resnet.preprocess_input",
                ),
                (
                    7,
                    "ResNet50 expects BGR around 0, from -124 to 151, not 0 to 1; "
                    "use keras.applications.resnet.preprocess_input",
                ),
                (
                    8,
                    "ResNet50 expects BGR around 0, from -124 to 151, not -1 to 1; "
                    "use keras.applications.resnet.preprocess_input",
                ),
            ],
        ),
        # by a layer, for another network
        Invalid(
            """
import keras
from keras import layers
images = keras.utils.image_dataset_from_directory("flowers", image_size=(224, 224))
base = keras.applications.ResNet50(include_top=False, input_shape=(224, 224, 3), pooling="avg")
model = keras.Sequential([
    layers.Rescaling(1.0 / 255),
    base,
    layers.Dense(5, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(images)
""",
            [
                (
                    7,
                    "ResNet50 expects BGR around 0, from -124 to 151, not 0 to 1; "
                    "use keras.applications.resnet.preprocess_input",
                )
            ],
        ),
        # scaled twice
        Invalid(
            """
import keras
from keras import layers
from keras.preprocessing.image import ImageDataGenerator
train = ImageDataGenerator(rescale=1.0 / 255).flow_from_directory("train", target_size=(224, 224))
base = keras.applications.EfficientNetB0(include_top=False, pooling="avg")
model = keras.Model(base.input, layers.Dense(train.num_classes, activation="softmax")(base.output))
model.compile("adam", "categorical_crossentropy")
model.fit(train)
""",
            [(9, "EfficientNetB0 scales the images itself and expects 0 to 255, not 0 to 1")],
        ),
    ]


def _misprepared(application: Application, scale: str) -> str | None:
    """What is wrong with images of this scale for the network; None where nothing is, or it is not known."""
    wanted = {"caffe": "caffe", "tf": "tf", "torch": "torch", None: "0 to 255"}[application.mode]
    given = "tf" if scale == "-1 to 1" else scale
    if given == wanted or given in ("standardized", "scaled"):
        return None
    shown = RANGES.get(given, given)
    if application.mode is None:
        return f"{application.name} scales the images itself and expects 0 to 255, not {shown}"
    return (
        f"{application.name} expects {RANGES[application.mode]}, not {shown}; "
        f"use keras.applications.{application.module}.preprocess_input"
    )
