"""KC402 to KC408: which samples are used for what, in which order, and steps that give no numbers."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from kerascheck.data.array import Array
from kerascheck.data.content import WINDOWS, Content, Rows
from kerascheck.data.observations import DECIDED, PREDICTION
from kerascheck.data.pipeline import Pipeline
from kerascheck.data.training import FITTING, Data, training_data, validation_data
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Absent, Given
from kerascheck.network.ir import Network, Preparation, Program, Site, TrainCall
from kerascheck.rules._scales import entrance, features_of
from kerascheck.rules._training import argument, argument_site, callbacks_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Unknown

#: What learns from features; encoders of labels may see all of them.
_LEARNING = (
    "StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler", "PowerTransformer", "QuantileTransformer", "PCA",
    "IncrementalPCA", "KernelPCA", "TruncatedSVD", "FastICA", "NMF", "SelectKBest", "SelectPercentile",
    "SimpleImputer", "KNNImputer", "Imputer", "KBinsDiscretizer", "TfidfVectorizer", "CountVectorizer",
    "TfidfTransformer", "ImageDataGenerator",
)  # fmt: skip
#: The methods that test a model.
_TESTING = frozenset({"evaluate", "predict", "evaluate_generator", "predict_generator", "predict_classes"})


def _parts(rows: Rows | None) -> tuple[str, ...]:
    """The divisions that led to the samples, outermost first."""
    return tuple(rows.part.split("/")) if rows is not None and rows.part is not None else ()


def _rows(data: Data | None) -> Rows | None:
    """The samples of the features, where they are one array of known samples."""
    return data.x.rows if data is not None and isinstance(data.x, Array) and not data.is_stream else None


def _source(rows: Rows) -> Hashable:
    """The data set that samples are of; of windows, that of the series."""
    source = rows.source
    return source[1] if isinstance(source, tuple) and len(source) == 2 and source[0] == WINDOWS else source


def _same_rows(one: Rows | None, other: Rows | None) -> bool:
    return one is not None and other is not None and _source(one) == _source(other) and one.part == other.part


class LeakyPreprocessing(Rule):
    """A scaler (or the like) learns from the test data.

    ## What it does

    Reports `fit` and `fit_transform` of the transformers of scikit-learn (scalers, PCA, imputers, selections of
    columns, vectorizers) on a test part; and, as advice, on all samples before they are divided, or before different
    slices of them train and test a model.

    ## Why it is bad

    Fitted anew on the test data, it scales them otherwise than the training data: equal samples get different numbers.
    Fitted on everything, it lets the test data into the training, and the test result looks better than it is.

    ## Example

    ```python
    from sklearn.datasets import load_wine
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler
    from keras import Sequential, layers

    x, y = load_wine(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(x, y)
    scaler = StandardScaler()
    x_train = scaler.fit_transform(x_train)
    x_test = scaler.fit_transform(x_test)
    model = Sequential([layers.Input((13,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x_train, y_train)
    model.evaluate(x_test, y_test)
    ```

    ## Use instead

    ```python
    from sklearn.datasets import load_wine
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler
    from keras import Sequential, layers

    x, y = load_wine(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(x, y)
    scaler = StandardScaler()
    x_train = scaler.fit_transform(x_train)
    x_test = scaler.transform(x_test)
    model = Sequential([layers.Input((13,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x_train, y_train)
    model.evaluate(x_test, y_test)
    ```

    ## References

    - [scikit-learn: common pitfalls, data leakage](https://scikit-learn.org/stable/common_pitfalls.html#data-leakage)
    """

    code = "KC402"
    name = "leaky-preprocessing"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        if not any(call.method in FITTING for call in program.trainings):
            return
        for index, step in enumerate(program.preparations):
            name = step.name.rpartition(".")[2]
            rows = _prepared_rows(step)
            if step.kind != "fit" or name not in _LEARNING or rows is None:
                continue
            if "test" in _parts(rows):
                yield Finding(
                    step.site, f"{name} is fitted on test data; fit it on the training data, and transform these"
                )
            elif not _parts(rows) and name != "ImageDataGenerator" and _is_divided_later(program, index, rows):
                yield Finding(
                    step.site,
                    f"{name} is fitted on all samples before they are divided; fit it on the training part",
                    severity=Severity.INFO,
                )

    VALID = [
        # fitted on the training part
        """
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from keras import Sequential, layers
x, y = load_wine(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x, y)
scaler = StandardScaler().fit(x_train)
x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)
model = Sequential([layers.Input((13,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x_train, y_train)
model.evaluate(x_test, y_test)
""",
        # encoders of labels may know all classes
        """
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelBinarizer
from keras import Sequential, layers
x, y = load_wine(return_X_y=True)
y = LabelBinarizer().fit_transform(y)
x_train, x_test, y_train, y_test = train_test_split(x, y)
model = Sequential([layers.Input((13,)), layers.BatchNormalization(), layers.Dense(3, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(x_train, y_train)
""",
        # fitted on the first part of a series
        """
import numpy as np
import pandas as pd
from sklearn.preprocessing import MinMaxScaler
from keras import Sequential, layers
def windows(values, size):
    x, y = [], []
    for i in range(size, len(values)):
        x.append(values[i - size : i, 0])
        y.append(values[i, 0])
    return np.array(x)[..., np.newaxis], np.array(y)
prices = pd.read_csv("prices.csv")[["close"]].values
size = int(len(prices) * 0.8)
scaler = MinMaxScaler().fit(prices[:size])
x_train, y_train = windows(scaler.transform(prices[:size]), 30)
x_test, y_test = windows(scaler.transform(prices[size:]), 30)
model = Sequential([layers.Input((30, 1)), layers.LSTM(8), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x_train, y_train)
model.evaluate(x_test, y_test)
""",
        # nothing is held back
        """
from sklearn.datasets import load_wine
from sklearn.preprocessing import StandardScaler
from keras import Sequential, layers
x, y = load_wine(return_X_y=True)
x = StandardScaler().fit_transform(x)
model = Sequential([layers.Input((13,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""",
    ]
    INVALID = [
        Invalid(
            """
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from keras import Sequential, layers
x, y = load_wine(return_X_y=True)
x = MinMaxScaler().fit_transform(x)
x_train, x_test, y_train, y_test = train_test_split(x, y)
scaler = StandardScaler()
x_train = scaler.fit_transform(x_train)
x_test = scaler.fit_transform(x_test)
model = Sequential([layers.Input((13,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x_train, y_train)
model.evaluate(x_test, y_test)
""",
            [
                (7, "MinMaxScaler is fitted on all samples before they are divided; fit it on the training part"),
                (11, "StandardScaler is fitted on test data; fit it on the training data, and transform these"),
            ],
        ),
        # data that nothing is known of
        Invalid(
            """
from elsewhere import x, y
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from keras import Sequential, layers
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2)
x_train = StandardScaler().fit_transform(x_train)
x_test = StandardScaler().fit_transform(x_test)
model = Sequential([layers.Input((13,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x_train, y_train)
""",
            [(8, "StandardScaler is fitted on test data; fit it on the training data, and transform these")],
        ),
        # a series, cut and then taken apart into windows
        Invalid(
            """
import numpy as np
import pandas as pd
from sklearn.preprocessing import MinMaxScaler
from keras import Sequential, layers
def windows(values, size):
    x, y = [], []
    for i in range(size, len(values)):
        x.append(values[i - size : i, 0])
        y.append(values[i, 0])
    return np.array(x)[..., np.newaxis], np.array(y)
prices = pd.read_csv("prices.csv")[["close"]].values
prices = MinMaxScaler().fit_transform(prices)
size = int(len(prices) * 0.8)
x_train, y_train = windows(prices[:size], 30)
x_test, y_test = windows(prices[size:], 30)
model = Sequential([layers.Input((30, 1)), layers.LSTM(8), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x_train, y_train)
model.evaluate(x_test, y_test)
""",
            [(13, "MinMaxScaler is fitted on all samples before they are divided; fit it on the training part")],
        ),
        # slices
        Invalid(
            """
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import StandardScaler
from keras import Sequential, layers
x, y = load_diabetes(return_X_y=True)
x = StandardScaler().fit_transform(x)
model = Sequential([layers.Input((10,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x[:300], y[:300])
model.evaluate(x[300:], y[300:])
""",
            [(6, "StandardScaler is fitted on all samples before they are divided; fit it on the training part")],
        ),
    ]


def _prepared_rows(step: Preparation) -> Rows | None:
    first = step.arrays[0] if step.arrays else None
    return first.rows if isinstance(first, Array) else None


def _is_divided_later(program: Program, index: int, rows: Rows) -> bool:
    """Whether the samples are divided after this step, or models are trained and tested on different parts of them."""
    for step in program.preparations[index + 1 :]:
        of = [array.rows for array in step.arrays if isinstance(array, Array)]
        if step.kind == "split" and any(_same_rows(rows, other) for other in of):
            return True
    trained: set[str] = set()
    tested: set[str] = set()
    for call in program.trainings:
        own, held = _rows(training_data(call)), _rows(validation_data(call))
        for found, parts in ((own, tested if call.method in _TESTING else trained), (held, tested)):
            if found is not None and _source(found) == _source(rows) and found.part is not None:
                parts.add(found.part)
    return bool(trained) and bool(tested - trained)


class TestDataChooseModel(Rule):
    """The data that test the model also decide when its training stops, or which weights are kept.

    ## What it does

    Reports `evaluate` on the very samples that were the `validation_data` of `fit`, where a callback (`EarlyStopping`,
    `ReduceLROnPlateau`, `ModelCheckpoint` with `save_best_only=True`) acted on the validation figures.

    ## Why it is bad

    The weights were chosen because they do well on these samples. The result on them is then no estimate of how the
    model does on new ones: it is too good.

    ## Example

    ```python
    import keras
    from keras import Sequential, datasets, layers

    (x, y), (x_test, y_test) = datasets.mnist.load_data()
    model = Sequential([layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    stop = keras.callbacks.EarlyStopping(restore_best_weights=True)
    model.fit(x, y, epochs=50, validation_data=(x_test, y_test), callbacks=[stop])
    model.evaluate(x_test, y_test)
    ```

    ## Use instead

    ```python
    import keras
    from keras import Sequential, datasets, layers

    (x, y), (x_test, y_test) = datasets.mnist.load_data()
    model = Sequential([layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    stop = keras.callbacks.EarlyStopping(restore_best_weights=True)
    model.fit(x, y, epochs=50, validation_split=0.1, callbacks=[stop])
    model.evaluate(x_test, y_test)
    ```

    ## References

    - [Keras: training and evaluation](https://keras.io/guides/training_with_built_in_methods/)
    """

    code = "KC403"
    name = "test-data-choose-model"
    severity = Severity.INFO

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        chosen: list[tuple[Network, Rows, str]] = []
        for call in program.trainings:
            if call.method in ("fit", "fit_generator"):
                rows, chooser = _rows(validation_data(call)), _chooser(call)
                if rows is not None and chooser is not None:
                    chosen.append((call.network, rows, chooser))
            elif call.method == "evaluate":
                own = _rows(training_data(call))
                for network, rows, chooser in chosen:
                    if network is call.network and _same_rows(rows, own):
                        yield Finding(
                            call.site,
                            f"the model is tested on the data by which {chooser} chose it; hold other data back",
                        )
                        break

    VALID = [
        # other data
        """
import keras
from keras import Sequential, datasets, layers
(x, y), (x_test, y_test) = datasets.mnist.load_data()
model = Sequential([layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
stop = keras.callbacks.EarlyStopping(restore_best_weights=True)
model.fit(x[5000:], y[5000:], epochs=50, validation_data=(x[:5000], y[:5000]), callbacks=[stop])
model.evaluate(x_test, y_test)
""",
        # only looked at
        """
from keras import Sequential, datasets, layers
(x, y), (x_test, y_test) = datasets.mnist.load_data()
model = Sequential([layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, epochs=5, validation_data=(x_test, y_test))
model.evaluate(x_test, y_test)
""",
        # the callback looks at the training
        """
import keras
from keras import Sequential, datasets, layers
(x, y), (x_test, y_test) = datasets.mnist.load_data()
model = Sequential([layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
stop = keras.callbacks.EarlyStopping(monitor="loss")
model.fit(x, y, epochs=50, validation_data=(x_test, y_test), callbacks=[stop])
model.evaluate(x_test, y_test)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
from keras import Sequential, datasets, layers
(x, y), (x_test, y_test) = datasets.mnist.load_data()
x_test = x_test.astype("float32")
model = Sequential([layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
best = keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True)
model.fit(x, y, epochs=50, validation_data=(x_test, y_test), callbacks=[best])
model.evaluate(x_test, y_test)
""",
            [(10, "the model is tested on the data by which ModelCheckpoint chose it; hold other data back")],
        ),
    ]


def _chooser(call: TrainCall) -> str | None:
    """The class of a callback that acts on the validation figures."""
    for callback in callbacks_of(call).of("EarlyStopping", "ModelCheckpoint", "ReduceLROnPlateau"):
        cls = callback.qualname.rpartition(".")[2]
        monitor = callback.arguments.value("monitor", 1 if cls == "ModelCheckpoint" else 0, "val_loss")
        if cls == "ModelCheckpoint" and callback.arguments.value("save_best_only", 3, False) is not True:
            continue
        if isinstance(monitor, str) and monitor.startswith("val_"):
            return cls
    return None


class SortedSamples(Rule):
    """Samples in the order of their classes are split by position, or not shuffled.

    ## What it does

    Reports `validation_split` and `shuffle=False` in `fit` on samples that are sorted by class: data sets that come so
    (iris, wine), and labels that the source spells out.

    ## Why it is bad

    `validation_split` takes the last samples, before it shuffles. Sorted, these are all of one class, which the network
    then never sees in training. Without shuffling, every batch is of one class, and the network runs from the one to
    the other.

    ## Example

    ```python
    from sklearn.datasets import load_iris
    from keras import Sequential, layers

    x, y = load_iris(return_X_y=True)
    model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y, epochs=100, validation_split=0.2)
    ```

    ## Use instead

    ```python
    from sklearn.datasets import load_iris
    from sklearn.utils import shuffle
    from keras import Sequential, layers

    x, y = load_iris(return_X_y=True)
    x, y = shuffle(x, y)
    model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y, epochs=100, validation_split=0.2)
    ```

    ## References

    - [Keras: model training APIs](https://keras.io/api/models/model_training_apis/)
    """

    code = "KC404"
    name = "sorted-samples"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            if call.method != "fit" or not _is_sorted(call):
                continue
            split, shuffle = argument(call, "validation_split"), argument(call, "shuffle")
            if isinstance(split, Given) and isinstance(split.value, float) and 0 < split.value < 1:
                last = f"the last {split.value:.0%} are not like the others"
                message = f"the samples are sorted by class: {last}; shuffle first"
                yield Finding(argument_site(call.site, split), message, anchor=call.site)
            if isinstance(shuffle, Given) and shuffle.value is False:
                yield Finding(
                    argument_site(call.site, shuffle),
                    "the samples are sorted by class: without shuffling, batches hold one class only",
                    anchor=call.site,
                )

    VALID = [
        # shuffled
        """
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
from keras import Sequential, layers
x_train, x_test, y_train, y_test = train_test_split(*load_iris(return_X_y=True))
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x_train, y_train, epochs=100, validation_split=0.2)
""",
        # fit shuffles what it trains on
        """
from sklearn.datasets import load_iris
from keras import Sequential, layers
x, y = load_iris(return_X_y=True)
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, epochs=100)
""",
        # mixed classes
        """
import numpy as np
from keras import Sequential, layers
y = np.array([0, 1, 1, 0, 1, 0, 0, 1, 1, 0])
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.zeros((10, 2)), y, validation_split=0.2, shuffle=False)
""",
        # folder after folder, then mixed
        """
import os
import numpy as np
from elsewhere import read_image
from keras import Sequential, layers
from sklearn.utils import shuffle
images, labels = [], []
for number, kind in enumerate(["oak", "elm", "ash"]):
    for name in os.listdir(kind):
        images.append(read_image(name))
        labels.append(number)
images, labels = shuffle(np.array(images), np.array(labels))
model = Sequential([layers.Input((20, 20, 3)), layers.Flatten(), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(images, labels, validation_split=0.25)
""",
        # each file says its class
        """
import os
import numpy as np
from elsewhere import read_image
from keras import Sequential, layers
images, labels = [], []
for name in os.listdir("pictures"):
    images.append(read_image(name))
    labels.append(1 if name.startswith("dog") else 0)
model = Sequential([layers.Input((20, 20, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.array(images), np.array(labels), validation_split=0.25)
""",
        # numbers to predict
        """
import numpy as np
from keras import Sequential, layers
x = np.linspace(0, 1, 100)
model = Sequential([layers.Input((1,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, 2 * x, validation_split=0.2)
""",
    ]
    INVALID = [
        Invalid(
            """
from sklearn.datasets import load_iris
from keras import Sequential, layers
x, y = load_iris(return_X_y=True)
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, epochs=100, validation_split=0.2)
model.fit(x, y, epochs=100, shuffle=False)
""",
            [
                (7, "the samples are sorted by class: the last 20% are not like the others; shuffle first"),
                (8, "the samples are sorted by class: without shuffling, batches hold one class only"),
            ],
        ),
        # folder after folder
        Invalid(
            """
import os
import numpy as np
from elsewhere import read_image
from keras import Sequential, layers
from keras.utils import to_categorical
KINDS = ["oak", "elm", "ash"]
def load(root):
    images, labels = [], []
    for kind in KINDS:
        for name in os.listdir(os.path.join(root, kind)):
            images.append(read_image(name))
            labels.append(KINDS.index(kind))
    return np.array(images), to_categorical(labels, 3)
x, y = load("leaves")
model = Sequential([layers.Input((20, 20, 3)), layers.Flatten(), layers.Dense(3, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(x, y, validation_split=0.25, epochs=10)
""",
            [(18, "the samples are sorted by class: the last 25% are not like the others; shuffle first")],
        ),
        # spelled out
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
y = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.zeros((10, 2)), y, validation_split=0.2)
""",
            [(7, "the samples are sorted by class: the last 20% are not like the others; shuffle first")],
        ),
    ]


def _is_sorted(call: TrainCall) -> bool:
    """Whether the samples surely are in the order of their classes."""
    data = training_data(call)
    y = data.y
    if data.is_stream or not isinstance(y, Array):
        return False
    if y.rows is not None and y.rows.order == "sorted" and y.rows.part is None:
        return True
    values = y.content.values
    if y.items is None or values is None or not 2 <= len(values) <= len(y.items) // 4:
        return False
    return all(isinstance(value, int) for value in values) and list(y.items) == sorted(y.items)


class ShuffledPredictions(Rule):
    """Predictions of a stream that shuffles are compared with labels in another order.

    ## What it does

    Reports streams that a model predicts on and that shuffle (generators of images do unless told otherwise), where
    the predictions are compared with `generator.classes`, with the labels of the data set, or with labels that were
    collected in another pass over the stream.

    ## Why it is bad

    `generator.classes` is in the order of the files, the predictions are in the order in which the images came. The
    accuracy is that of a guess, however good the model is.

    ## Example

    ```python
    import keras
    from keras import layers
    from keras.preprocessing.image import ImageDataGenerator
    from sklearn.metrics import accuracy_score

    test = ImageDataGenerator(rescale=1 / 255).flow_from_directory("test", target_size=(64, 64), class_mode="binary")
    model = keras.Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
    predicted = model.predict(test) > 0.5
    print(accuracy_score(test.classes, predicted))
    ```

    ## Use instead

    ```python
    import keras
    from keras import layers
    from keras.preprocessing.image import ImageDataGenerator
    from sklearn.metrics import accuracy_score

    images = ImageDataGenerator(rescale=1 / 255)
    test = images.flow_from_directory("test", target_size=(64, 64), class_mode="binary", shuffle=False)
    model = keras.Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
    predicted = model.predict(test) > 0.5
    print(accuracy_score(test.classes, predicted))
    ```

    ## References

    - [Keras: ImageDataGenerator](https://www.tensorflow.org/api_docs/python/tf/keras/preprocessing/image/ImageDataGenerator)
    """

    code = "KC405"
    name = "shuffled-predictions"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        predicted = [
            (index, call, stream)
            for index, call in enumerate(program.trainings)
            if call.method in ("predict", "predict_generator")
            for stream in [training_data(call).stream]
            if stream is not None and stream.shuffled is True
        ]
        for step in program.preparations:
            if step.kind not in ("decode", "compare") or (step.kind == "compare" and step.name not in _EQUAL):
                continue
            arrays = [array for array in step.arrays if isinstance(array, Array)]
            for index, call, stream in predicted:
                site = _made_at(stream, call)
                if site.key not in told and _out_of_order(arrays, index, stream):
                    told.add(site.key)
                    yield Finding(site, _SHUFFLED, anchor=step.site)

    VALID = [
        # in order, compared by ==
        """
import numpy as np
import keras
from keras import layers
from keras.preprocessing.image import ImageDataGenerator
test = ImageDataGenerator(rescale=1 / 255).flow_from_directory("test", target_size=(64, 64), shuffle=False)
model = keras.Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(5, activation="softmax")])
classes = np.argmax(model.predict(test), axis=1)
print(np.mean(classes == test.classes))
""",
        # not shuffled
        """
import keras
from keras import layers
from keras.preprocessing.image import ImageDataGenerator
from sklearn.metrics import confusion_matrix
images = ImageDataGenerator(rescale=1 / 255)
test = images.flow_from_directory("test", target_size=(64, 64), class_mode="binary", shuffle=False)
model = keras.Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
predicted = model.predict(test) > 0.5
print(confusion_matrix(test.classes, predicted))
""",
        # a cache keeps the order of the first pass
        """
import numpy as np
import keras
from keras import layers
from sklearn.metrics import accuracy_score
test = keras.utils.image_dataset_from_directory("test", image_size=(64, 64)).cache()
model = keras.Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(5, activation="softmax")])
labels = np.concatenate([y for x, y in test])
print(accuracy_score(labels, np.argmax(model.predict(test), axis=1)))
""",
        # batch by batch
        """
import numpy as np
import keras
from keras import layers
from sklearn.metrics import accuracy_score
test = keras.utils.image_dataset_from_directory("test", image_size=(64, 64))
model = keras.Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(5, activation="softmax")])
labels, predicted = [], []
for x, y in test:
    labels.extend(y.numpy())
    predicted.extend(np.argmax(model.predict(x), axis=1))
print(accuracy_score(labels, predicted))
""",
        # the classes of another generator
        """
import keras
from keras import layers
from keras.preprocessing.image import ImageDataGenerator
from sklearn.metrics import accuracy_score
images = ImageDataGenerator(rescale=1 / 255)
train = images.flow_from_directory("train", target_size=(64, 64), class_mode="binary")
test = images.flow_from_directory("test", target_size=(64, 64), class_mode="binary", shuffle=False)
model = keras.Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(train)
print(accuracy_score(test.classes, model.predict(test) > 0.5))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import keras
from keras import layers
from keras.preprocessing.image import ImageDataGenerator
test = ImageDataGenerator(rescale=1 / 255).flow_from_directory("test", target_size=(64, 64))
model = keras.Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(5, activation="softmax")])
classes = np.argmax(model.predict(test), axis=1)
print(np.mean(classes == test.classes))
""",
            [
                (
                    6,
                    "predictions of this stream come in the order in which it shuffles, the labels they are compared "
                    "with in their own; give it shuffle=False",
                )
            ],
        ),
        Invalid(
            """
import keras
from keras import layers
from keras.preprocessing.image import ImageDataGenerator
from sklearn.metrics import accuracy_score, classification_report
test = ImageDataGenerator(rescale=1 / 255).flow_from_directory("test", target_size=(64, 64), class_mode="binary")
model = keras.Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
predicted = model.predict(test) > 0.5
print(accuracy_score(test.classes, predicted), classification_report(y_true=test.labels, y_pred=predicted))
""",
            [
                (
                    6,
                    "predictions of this stream come in the order in which it shuffles, the labels they are compared "
                    "with in their own; give it shuffle=False",
                ),
            ],
        ),
        # labels of the data set
        Invalid(
            """
import numpy as np
import keras
from keras import layers
from keras.preprocessing.image import ImageDataGenerator
from sklearn.metrics import confusion_matrix
(x, y), (x_test, y_test) = keras.datasets.cifar10.load_data()
model = keras.Sequential([layers.Input((32, 32, 3)), layers.Flatten(), layers.Dense(10, activation="softmax")])
images = ImageDataGenerator(rescale=1 / 255)
def report(model):
    stream = images.flow(x_test, batch_size=64)
    return confusion_matrix(y_test, model.predict(stream).argmax(axis=1))
print(report(model))
""",
            [
                (
                    11,
                    "predictions of this stream come in the order in which it shuffles, the labels they are compared "
                    "with in their own; give it shuffle=False",
                )
            ],
        ),
        # labels of another pass
        Invalid(
            """
import numpy as np
import keras
from keras import layers
test = keras.utils.image_dataset_from_directory("test", image_size=(64, 64))
test = test.prefetch(2)
model = keras.Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(5, activation="softmax")])
labels = np.concatenate([y for x, y in test], axis=0)
predicted = np.argmax(model.predict(test), axis=-1)
print(np.mean(labels == predicted))
""",
            [
                (
                    5,
                    "predictions of this stream come in the order in which it shuffles, the labels they are compared "
                    "with in their own; give it shuffle=False",
                )
            ],
        ),
    ]


_SHUFFLED = (
    "predictions of this stream come in the order in which it shuffles, the labels they are compared with in their "
    "own; give it shuffle=False"
)


def _made_at(stream: Pipeline, call: TrainCall) -> Site:
    """Where a stream is made that can be told not to shuffle; else the prediction."""
    step = next((step for step in reversed(stream.steps) if step.name in _SHUFFLING), None)
    return step.site if step is not None and step.site.file is call.site.file else call.site


#: The calls that shuffle, by themselves or by an argument.
_SHUFFLING = frozenset({"flow", "flow_from_directory", "flow_from_dataframe", "image_dataset_from_directory",
                        "text_dataset_from_directory", "audio_dataset_from_directory", "shuffle"})  # fmt: skip


def _out_of_order(arrays: list[Array], index: int, stream: Pipeline) -> bool:
    """Whether the predictions on a stream meet labels that surely are in another order."""
    if any(_is_of(array, stream) for array in arrays):
        return True
    marks = {f"{PREDICTION}{index}", f"{DECIDED}:{index}"}
    own = [array for array in arrays if array.content.tags & marks]
    others = [array for array in arrays if array not in own]
    return len(own) == 1 and not _keeps_order(stream) and any(map(_is_ordered, others))


_EQUAL = frozenset({"Equal", "NotEqual"})


def _keeps_order(stream: Pipeline) -> bool:
    """Whether a stream that shuffles gives the same order in each pass, so that labels of another pass may fit."""
    for step in stream.steps:
        fixed = step.name == "shuffle" and not isinstance(step.arguments.get("reshuffle_each_iteration", 2), Absent)
        if fixed or step.name in ("cache", "snapshot"):
            return True
    return any(isinstance(part, Pipeline) and _keeps_order(part) for part in stream.parts)


def _is_ordered(array: Array) -> bool:
    """Whether these are labels in an order of their own: those of a data set, or of another pass over the stream."""
    tags = array.content.tags
    if any(tag.startswith((PREDICTION, DECIDED)) for tag in tags) or array.ndim == 0 or array.rows is None:
        return False
    if array.rows.arrangement is not None or (isinstance(array.shape, tuple) and array.shape[:1] == (1,)):
        return False
    source = array.rows.source
    known = array.rows.part is not None or not (isinstance(source, tuple) and source[:1] == ("unknown",))
    return known and array.dtype != "bool" and not isinstance(array.shape, Unknown)


def _is_of(array: Array, stream: Pipeline) -> bool:
    """Whether the array is the `classes` of the stream: as many as only that stream has files."""
    classes = stream.attributes.get("classes") if stream.attributes else None
    return isinstance(classes, Array) and isinstance(array.shape, tuple) and array.shape == classes.shape


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
                f"the {what} images are changed at random; make them by a generator without augmentation",
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
                (11, "the validation images are changed at random; make them by a generator without augmentation"),
                (12, "the validation images are changed at random; make them by a generator without augmentation"),
                (13, "the test images are changed at random; make them by a generator without augmentation"),
            ],
        ),
    ]


class UnscaledFeatures(Rule):
    """Features with large numbers are given to a network as they are.

    ## What it does

    Reports `fit` on arrays in which numbers of 100 and more surely occur (setting `large-feature`), where the first
    layer with weights gets them: data sets with known ranges, and numbers that the source spells out. Images have a
    rule of their own (KC400).

    ## Why it is bad

    The initial weights are made for inputs around 1. Large numbers saturate the units or make the steps so large that
    the loss grows to infinity; and a column of thousands hides one of tenths.

    ## Example

    ```python
    from sklearn.datasets import load_wine
    from keras import Sequential, layers

    x, y = load_wine(return_X_y=True)
    model = Sequential([layers.Input((13,)), layers.Dense(16, "relu"), layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y)
    ```

    ## Use instead

    ```python
    from sklearn.datasets import load_wine
    from keras import Sequential, layers

    x, y = load_wine(return_X_y=True)
    scale = layers.Normalization()
    scale.adapt(x)
    model = Sequential([
        layers.Input((13,)), scale, layers.Dense(16, activation="relu"), layers.Dense(3, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y)
    ```

    ## References

    - [Keras: Normalization layer](https://keras.io/api/layers/preprocessing_layers/numerical/normalization/)
    - [LeCun et al.: Efficient BackProp](http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf)
    """

    code = "KC407"
    name = "unscaled-features"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            x = features_of(call) if call.method == "fit" else None
            if x is None or x.content.tags & {"pixels", "scaled", "standardized"} or x.content.low is None:
                continue
            content = x.content
            if content.high is None or content.low is None or not (content.attained or content.values):
                continue
            if max(abs(content.low), abs(content.high)) < thresholds.large_feature or content.low == content.high:
                continue
            given = argument(call, "x")
            if isinstance(given, Given) and entrance(call.network, program).kind == "weights":
                yield Finding(
                    argument_site(call.site, given),
                    f"the features go from {content.low:g} to {content.high:g}; scale them, "
                    "or begin the network with layers.Normalization",
                    anchor=call.site,
                )

    VALID = [
        # scaled
        """
from sklearn.datasets import load_wine
from sklearn.preprocessing import StandardScaler
from keras import Sequential, layers
x, y = load_wine(return_X_y=True)
x = StandardScaler().fit_transform(x)
model = Sequential([layers.Input((13,)), layers.Dense(16, activation="relu"), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""",
        # small numbers
        """
from sklearn.datasets import load_iris
from keras import Sequential, layers
x, y = load_iris(return_X_y=True)
model = Sequential([layers.Input((4,)), layers.Dense(16, activation="relu"), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""",
        # by the first layer
        """
import numpy as np
from keras import Sequential, layers
x = np.array([[1000.0, 2.0], [3000.0, 1.0], [2500.0, 5.0]])
model = Sequential([layers.Input((2,)), layers.BatchNormalization(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, np.zeros(3))
""",
        # word numbers
        """
import numpy as np
from keras import Sequential, layers
x = np.array([[1, 950, 20], [7, 15, 330]])
model = Sequential([layers.Input((3,)), layers.Embedding(1000, 8), layers.Flatten(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, np.zeros(2))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from sklearn.datasets import load_wine
from keras import Sequential, layers
x, y = load_wine(return_X_y=True)
model = Sequential([layers.Input((13,)), layers.Dense(16, activation="relu"), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
area = np.array([[1000.0, 2.0], [3000.0, 1.0], [2500.0, 5.0]])
model = Sequential([layers.Input((2,)), layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(area, np.array([1.0, 3.0, 2.5]))
""",
            [
                (
                    8,
                    "the features go from 0.13 to 1680; scale them, or begin the network with layers.Normalization",
                ),
                (
                    12,
                    "the features go from 1 to 3000; scale them, or begin the network with layers.Normalization",
                ),
            ],
        ),
    ]


class UndefinedNumbers(Rule):
    """A step of preparation surely gives NaN or infinity.

    ## What it does

    Reports logarithms of arrays that hold 0 or negative numbers, square roots of negative ones, and divisions by arrays
    (or their largest value) that hold 0, where the source shows that they do.

    ## Why it is bad

    numpy warns once and goes on. A single NaN or infinity in the data makes the loss NaN in the first batch, and with
    it all weights.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    x = np.log(np.array([[0.0, 1.0], [2.0, 3.0]]))
    model = Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, np.zeros(2))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    x = np.log1p(np.array([[0.0, 1.0], [2.0, 3.0]]))
    model = Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, np.zeros(2))
    ```

    ## References

    - [numpy: log](https://numpy.org/doc/stable/reference/generated/numpy.log.html)
    """

    code = "KC408"
    name = "undefined-numbers"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for step in program.preparations:
            if step.kind == "undefined":
                yield Finding(step.site, _undefined(step))

    VALID = [
        # positive numbers
        """
import numpy as np
import keras
x = np.log(np.array([[0.5, 1.0], [2.0, 3.0]])) / np.array([2.0, 4.0])
""",
        # log1p is made for that
        """
import numpy as np
import keras
x = np.log1p(np.array([[0.0, 1.0], [2.0, 3.0]]))
""",
        # a little is added
        """
import numpy as np
import keras
x = np.log(np.array([[0.0, 1.0], [2.0, 3.0]]) + 1e-7)
""",
        # whether a 0 is among them is not known
        """
import numpy as np
import keras
x = np.log(np.random.rand(10, 2)) / np.random.rand(10, 2)
""",
        # divided by the largest value
        """
from keras import datasets
(x, y), _ = datasets.mnist.load_data()
x = x / x.max()
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import keras
x = np.array([[0.0, 1.0], [2.0, -3.0]])
a = np.log(x)
b = np.sqrt(x)
c = x / np.array([2.0, 0.0])
d = np.zeros((4, 4))
e = d / d.max()
""",
            [
                (5, "numpy.log of numbers down to -3 gives NaN or infinity"),
                (6, "numpy.sqrt of numbers down to -3 gives NaN"),
                (7, "a division by 0 gives NaN or infinity"),
                (9, "a division by 0 gives NaN or infinity"),
            ],
        ),
    ]


def _undefined(step: Preparation) -> str:
    if step.name == "division":
        return "a division by 0 gives NaN or infinity"
    content = step.arrays[0].content if step.arrays and isinstance(step.arrays[0], Array) else Content()
    low = min(content.values) if content.values is not None else content.low
    least = f" down to {low:g}" if low is not None else ""
    return f"{step.name} of numbers{least} gives NaN" + (" or infinity" if "log" in step.name else "")
