"""KC405: Predictions of a stream that shuffles are compared with labels in another order."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.observations import DECIDED, PREDICTION
from kerascheck.data.pipeline import Pipeline
from kerascheck.data.training import training_data
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Absent
from kerascheck.network.ir import Site
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Unknown


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
        # the second of both parts is in order
        """
import numpy as np
import keras
from keras import layers
from sklearn.metrics import accuracy_score
train, test = keras.utils.image_dataset_from_directory(
    "pictures", image_size=(64, 64), validation_split=0.2, subset="both", seed=1
)
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
                    "this stream yields its predictions in shuffled order, but the labels they are compared with are "
                    "not shuffled; pass shuffle=False",
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
                    "this stream yields its predictions in shuffled order, but the labels they are compared with are "
                    "not shuffled; pass shuffle=False",
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
                    "this stream yields its predictions in shuffled order, but the labels they are compared with are "
                    "not shuffled; pass shuffle=False",
                )
            ],
        ),
        # a validation part that is asked for alone
        Invalid(
            """
import numpy as np
import keras
from keras import layers
from sklearn.metrics import classification_report
test = keras.utils.image_dataset_from_directory(
    "pictures", image_size=(64, 64), validation_split=0.2, subset="validation", seed=1
)
model = keras.Sequential([layers.Input((64, 64, 3)), layers.Flatten(), layers.Dense(5, activation="softmax")])
labels = np.concatenate([y for x, y in test])
print(classification_report(labels, np.argmax(model.predict(test), axis=1)))
""",
            [
                (
                    6,
                    "this stream yields its predictions in shuffled order, but the labels they are compared with are "
                    "not shuffled; pass shuffle=False",
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
                    "this stream yields its predictions in shuffled order, but the labels they are compared with are "
                    "not shuffled; pass shuffle=False",
                )
            ],
        ),
    ]


_SHUFFLED = (
    "this stream yields its predictions in shuffled order, but the labels they are compared with are not shuffled; "
    "pass shuffle=False"
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
