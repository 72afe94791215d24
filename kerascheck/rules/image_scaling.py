"""KC400, KC401 and KC409: how numbers are scaled before they reach the network."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.training import validation_data
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.ir import Network, Program, Site, TrainCall
from kerascheck.rules._scales import RANGES, Application, entrance, features_of, pretrained, scale_of
from kerascheck.rules._training import argument, argument_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


def _x_site(call: TrainCall) -> Site:
    given = argument(call, "x")
    if not isinstance(given, Given):
        given = argument(call, "generator")
    return argument_site(call.site, given) if isinstance(given, Given) else call.site


class UnscaledPixels(Rule):
    """A network is trained on pixels from 0 to 255 as they are.

    ## What it does

    Follows images from where they are loaded (`keras.datasets`, `image_dataset_from_directory`, `ImageDataGenerator`,
    `load_img`...) to `fit`. It reports them where nothing has scaled them and the first layer with weights gets them:
    no `Rescaling` or `Normalization` before it, no `BatchNormalization` before it or right behind it.

    ## Why it is bad

    The initial weights are made for inputs around 1. With inputs a hundred times as large, activations saturate or
    explode, gradients are as much too large, and the training is slow, unstable or stuck.

    ## Example

    ```python
    from keras import Sequential, datasets, layers

    (x, y), _ = datasets.mnist.load_data()
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y)
    ```

    ## Use instead

    ```python
    from keras import Sequential, datasets, layers

    (x, y), _ = datasets.mnist.load_data()
    model = Sequential([
        layers.Input((28, 28)), layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y)
    ```

    ## References

    - [Keras: Rescaling layer](https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/)
    - [LeCun et al.: Efficient BackProp](http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf)
    """

    code = "KC400"
    name = "unscaled-pixels"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            if call.method not in ("fit", "fit_generator", "train_on_batch"):
                continue
            x = features_of(call)
            if x is None or "pixels" not in x.content.tags or scale_of(x) != "0 to 255":
                continue
            if entrance(call.network, program).kind == "weights":
                yield Finding(
                    _x_site(call),
                    "the pixels go from 0 to 255; divide by 255, or begin the network with layers.Rescaling(1 / 255)",
                    anchor=call.site,
                )

    VALID = [
        # divided
        """
from keras import Sequential, datasets, layers
(x, y), _ = datasets.mnist.load_data()
x = x.reshape(-1, 28, 28, 1).astype("float32") / 255.0
model = Sequential([layers.Input((28, 28, 1)), layers.Conv2D(8, 3), layers.Flatten(), layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""",
        # by a layer
        """
from keras import Sequential, datasets, layers
(x, y), _ = datasets.mnist.load_data()
model = Sequential([
    layers.Input((28, 28)), layers.RandomFlip(), layers.Rescaling(1 / 127.5, offset=-1), layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""",
        # normalized by the batch
        """
from keras import Sequential, datasets, layers
(x, y), _ = datasets.cifar10.load_data()
first = Sequential([layers.Input((32, 32, 3)), layers.BatchNormalization(), layers.Conv2D(8, 3)])
second = Sequential([layers.Input((32, 32, 3)), layers.Conv2D(8, 3), layers.BatchNormalization(), layers.ReLU()])
for body in (first, second):
    model = Sequential([body, layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y)
""",
        # in the graph
        """
import keras
from keras import datasets, layers
(x, y), _ = datasets.cifar10.load_data()
i = keras.Input((32, 32, 3))
model = keras.Model(i, layers.Dense(10, activation="softmax")(layers.Flatten()(i / 255.0)))
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""",
        # by the mean and the deviation
        """
from keras import Sequential, datasets, layers
(x, y), _ = datasets.cifar10.load_data()
x = (x - x.mean()) / x.std()
model = Sequential([layers.Input((32, 32, 3)), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""",
        # grey values as words
        """
from keras import Sequential, datasets, layers
(x, y), _ = datasets.mnist.load_data()
model = Sequential([
    layers.Input((784,)), layers.Embedding(256, 8), layers.Flatten(), layers.Dense(10, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x.reshape(-1, 784), y)
""",
        # by the generator
        """
from keras import Sequential, layers
from keras.preprocessing.image import ImageDataGenerator
images = ImageDataGenerator(rescale=1.0 / 255)
model = Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(images.flow_from_directory("train", target_size=(64, 64), class_mode="binary"))
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, datasets, layers
(x, y), _ = datasets.mnist.load_data()
x = x.reshape(60000, 784).astype("float32")
model = Sequential([layers.Input((784,)), layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, epochs=5)
""",
            [
                (
                    7,
                    "the pixels go from 0 to 255; divide by 255, or begin the network with layers.Rescaling(1 / 255)",
                )
            ],
        ),
        # behind a stack of layers that change them at random
        Invalid(
            """
import keras
from keras import Sequential, datasets, layers
(x, y), _ = datasets.cifar10.load_data()
change = Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.1)])
model = Sequential([
    layers.Input((32, 32, 3)), change, layers.Conv2D(8, 3, activation="relu"), layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""",
            [
                (
                    11,
                    "the pixels go from 0 to 255; divide by 255, or begin the network with layers.Rescaling(1 / 255)",
                )
            ],
        ),
        # from a directory
        Invalid(
            """
import keras
from keras import Sequential, layers
from keras.preprocessing.image import ImageDataGenerator
model = Sequential([
    layers.Input((64, 64, 3)), layers.RandomFlip(), layers.Conv2D(8, 3, activation="relu"), layers.Flatten(),
    layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy")
model.fit(keras.utils.image_dataset_from_directory("train", image_size=(64, 64), label_mode="binary"))
model.fit(ImageDataGenerator().flow_from_directory("train", target_size=(64, 64), class_mode="binary"))
""",
            [
                (
                    10,
                    "the pixels go from 0 to 255; divide by 255, or begin the network with layers.Rescaling(1 / 255)",
                ),
                (
                    11,
                    "the pixels go from 0 to 255; divide by 255, or begin the network with layers.Rescaling(1 / 255)",
                ),
            ],
        ),
    ]


class WrongPreprocessing(Rule):
    """A ready-made network gets images that are prepared in another way than those it was trained on.

    ## What it does

    Compares the images that reach a network of `keras.applications` with ImageNet weights with what its own
    `preprocess_input` gives: images as they are loaded, divided by 255, or prepared for another network.
    `EfficientNet`, `EfficientNetV2`, `MobileNetV3` and `ConvNeXt` scale in their first layers and want 0 to 255.

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
            application = pretrained(met.layer) if met.kind == "application" else None
            message = _misprepared(application, scale) if application is not None else None
            if message is not None:
                yield Finding(_x_site(call), message, anchor=call.site)

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
                    "ResNet50 wants BGR around 0, from -124 to 151, not 0 to 255; "
                    "use keras.applications.resnet.preprocess_input",
                ),
                (
                    7,
                    "ResNet50 wants BGR around 0, from -124 to 151, not 0 to 1; "
                    "use keras.applications.resnet.preprocess_input",
                ),
                (
                    8,
                    "ResNet50 wants BGR around 0, from -124 to 151, not -1 to 1; "
                    "use keras.applications.resnet.preprocess_input",
                ),
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
            [(9, "EfficientNetB0 scales the images itself and wants 0 to 255, not 0 to 1")],
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
        return f"{application.name} scales the images itself and wants 0 to 255, not {shown}"
    return (
        f"{application.name} wants {RANGES[application.mode]}, not {shown}; "
        f"use keras.applications.{application.module}.preprocess_input"
    )


class ScaledDifferently(Rule):
    """A model is trained on scaled data and tested on data that are scaled otherwise.

    ## What it does

    Compares the scale of the features of `fit` with that of its validation data, and of later calls of `evaluate` and
    `predict` of the same model, where all are known.

    ## Why it is bad

    The model has learned for numbers of one range. On others it gives nearly random answers, and the figures say that
    it does not generalize.

    ## Example

    ```python
    from keras import Sequential, datasets, layers

    (x, y), (x_test, y_test) = datasets.mnist.load_data()
    x = x / 255.0
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y)
    model.evaluate(x_test, y_test)
    ```

    ## Use instead

    ```python
    from keras import Sequential, datasets, layers

    (x, y), (x_test, y_test) = datasets.mnist.load_data()
    x, x_test = x / 255.0, x_test / 255.0
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y)
    model.evaluate(x_test, y_test)
    ```

    ## References

    - [scikit-learn: common pitfalls, inconsistent preprocessing](https://scikit-learn.org/stable/common_pitfalls.html#inconsistent-preprocessing)
    """

    code = "KC409"
    name = "scaled-differently"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        trained: dict[int, tuple[Network, str]] = {}
        for call in program.trainings:
            x = features_of(call)
            scale = _figure(x)
            if call.method in ("fit", "fit_generator"):
                if scale is not None:
                    trained[id(call.network)] = (call.network, scale)
                else:
                    trained.pop(id(call.network), None)
                given, data = argument(call, "validation_data"), validation_data(call)
                held = data.x if data is not None and isinstance(data.x, Array) else None
                if isinstance(given, Given) and _differ(scale, _figure(held)):
                    yield Finding(
                        argument_site(call.site, given),
                        f"the validation data are {_figure(held)}, and the training data {scale}",
                        anchor=call.site,
                    )
            elif call.method in ("evaluate", "predict", "evaluate_generator", "predict_generator"):
                _, before = trained.get(id(call.network), (None, None))
                if _differ(before, scale):
                    yield Finding(
                        _x_site(call), f"the data are {scale}, and the model is trained on {before}", anchor=call.site
                    )

    VALID = [
        # the same for all
        """
from keras import Sequential, datasets, layers
(x, y), (x_test, y_test) = datasets.mnist.load_data()
x, x_test = x / 255.0, x_test.astype("float32") / 255
model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, validation_data=(x_test, y_test))
model.evaluate(x_test, y_test)
""",
        # how the new data are scaled is not known
        """
from elsewhere import x_new
from keras import Sequential, datasets, layers
(x, y), _ = datasets.mnist.load_data()
model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x / 255.0, y)
model.predict(x_new)
""",
        # another model
        """
from keras import Sequential, datasets, layers
(x, y), _ = datasets.mnist.load_data()
scaled = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
plain = Sequential([layers.Rescaling(1 / 255), scaled])
scaled.compile("adam", "sparse_categorical_crossentropy")
scaled.fit(x / 255.0, y)
plain.predict(x)
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, datasets, layers
(x, y), (x_test, y_test) = datasets.mnist.load_data()
x = x / 255.0
model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, validation_data=(x_test, y_test))
model.evaluate(x_test, y_test)
model.predict(x_test / 127.5 - 1)
""",
            [
                (7, "the validation data are 0 to 255, and the training data 0 to 1"),
                (8, "the data are 0 to 255, and the model is trained on 0 to 1"),
                (9, "the data are -1 to 1, and the model is trained on 0 to 1"),
            ],
        ),
        # by a scaler
        Invalid(
            """
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from keras import Sequential, layers
x, y = load_breast_cancer(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x, y)
scaler = StandardScaler()
x_train = scaler.fit_transform(x_train)
model = Sequential([layers.Input((30,)), layers.Dense(8, activation="relu"), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train)
model.evaluate(x_test, y_test)
""",
            [(13, "the data are 0 to 4254, and the model is trained on standardized numbers")],
        ),
    ]


#: Numbers beyond this are surely not scaled.
_LARGE = 20.0


def _figure(array: Array | None) -> str | None:
    """How the numbers are scaled, in a message; numbers that surely are not scaled by their bounds."""
    if array is None:
        return None
    scale = scale_of(array)
    if scale in ("standardized", "scaled"):
        return f"{scale} numbers"
    if scale is not None:
        return RANGES.get(scale, scale)
    content = array.content
    low, high = content.low, content.high
    if low is None or high is None or not (content.attained and content.is_mass) or "pixels" in content.tags:
        return None
    return f"{low:g} to {high:g}" if max(abs(low), abs(high)) > _LARGE else None


def _differ(one: str | None, other: str | None) -> bool:
    """Whether both are known and cannot be the same. Bounds of whole data sets are no more than bounds of parts."""
    if one is None or other is None or one == other:
        return False
    named = {"0 to 255", "0 to 1", "-1 to 1", "standardized numbers", "scaled numbers", *RANGES.values()}
    numbers = {"standardized numbers", "scaled numbers"}
    if {one, other} <= numbers:
        return False
    return one in named or other in named
