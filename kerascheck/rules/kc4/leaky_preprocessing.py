"""KC402: A scaler (or the like) learns from the test data."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc4._fitted_anew import fitted_anew, is_divided_later, parts_of, prepared_rows

#: What learns from features; encoders of labels may see all of them.
_LEARNING = (
    "StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler", "PowerTransformer", "QuantileTransformer", "PCA",
    "IncrementalPCA", "KernelPCA", "TruncatedSVD", "FastICA", "NMF", "SelectKBest", "SelectPercentile",
    "SimpleImputer", "KNNImputer", "Imputer", "KBinsDiscretizer", "TfidfVectorizer", "CountVectorizer",
    "TfidfTransformer", "ImageDataGenerator",
)  # fmt: skip


class LeakyPreprocessing(Rule):
    """A scaler (or the like) learns from the test data.

    ## What it does

    Reports `fit` and `fit_transform` of the transformers of scikit-learn (scalers, PCA, imputers, selections of
    columns, vectorizers) on a test part, or anew, as for vocabularies of a `Tokenizer`, on the data that test a model
    whose training data were made by another one; and, as advice, on all samples before they are divided, or before
    different slices of them train and test a model. The same of `(x_test - x_test.mean()) / x_test.std()`.

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
            rows = prepared_rows(step)
            if step.kind != "fit" or name not in _LEARNING or rows is None:
                continue
            if "test" in parts_of(rows):
                yield Finding(
                    step.site,
                    f"{name} is fitted on test data; fit it on the training data, and only transform the test data",
                )
            elif not parts_of(rows) and name != "ImageDataGenerator" and is_divided_later(program, index, rows):
                yield Finding(
                    step.site,
                    f"{name} is fitted on all samples before the split; fit it on the training part",
                    severity=Severity.INFO,
                )
        yield from fitted_anew(program)

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
        # by hand, with the figures of the training part; or all of them before the split
        """
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from keras import Sequential, layers
x, y = load_wine(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x, y)
mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)
model = Sequential([layers.Input((13,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit((x_train - mean) / deviation, y_train)
model.evaluate((x_test - mean) / deviation, y_test)
x = (x - x.mean(axis=0)) / x.std(axis=0)
x_train, x_test, y_train, y_test = train_test_split(x, y)
model.fit(x_train, y_train)
model.evaluate(x_test, y_test)
""",
        # one for each data set; two that learned the same
        """
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import StandardScaler
from keras import Sequential, layers
x, y = load_diabetes(return_X_y=True)
train, test = x[:300], x[300:]
one, other = StandardScaler().fit(train), StandardScaler().fit(train)
model = Sequential([layers.Input((10,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(one.transform(train), y[:300])
model.evaluate(other.transform(test), y[300:])
""",
        # a model of its own for each part
        """
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import StandardScaler
from keras import Sequential, layers
x, y = load_diabetes(return_X_y=True)
for part in (slice(0, 300), slice(300, 442)):
    scaled = StandardScaler().fit_transform(x[part])
    model = Sequential([layers.Input((10,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(scaled, y[part])
    model.predict(scaled)
""",
        # how the training data were scaled is not known
        """
from elsewhere import x_train, x_test, y_train, y_test
from sklearn.preprocessing import StandardScaler
from keras import Sequential, layers
x_test = StandardScaler().fit_transform(x_test)
model = Sequential([layers.Input((10,)), layers.Dense(1)])
model.compile("adam", "mse")
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
        # a generator that is fitted, and has nothing to learn
        """
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras import Sequential, layers
x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x.reshape(-1, 8, 8, 1) / 16.0, y)
train, test = ImageDataGenerator(rotation_range=10), ImageDataGenerator()
train.fit(x_train)
test.fit(x_test)
model = Sequential([layers.Flatten(input_shape=(8, 8, 1)), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(train.flow(x_train, y_train), validation_data=test.flow(x_test, y_test))
""",
        # fitted on the first part of a series
        """
import io
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
prices = pd.read_csv(io.StringIO("close\\n" + "\\n".join(map(str, np.random.rand(200)))))[["close"]].values
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
        # by hand
        Invalid(
            """
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from keras import Sequential, layers
x, y = load_wine(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x, y)
x_train = (x_train - x_train.mean(axis=0)) / x_train.std(axis=0)
x_test = (x_test - x_test.mean(axis=0)) / x_test.std(axis=0)
model = Sequential([layers.Input((13,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x_train, y_train)
model.evaluate(x_test, y_test)
""",
            [
                (
                    12,
                    "the test data are scaled by their own mean and deviation, so that the same numbers mean something "
                    "else than in training; scale them by those of the training data",
                )
            ],
        ),
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
                (7, "MinMaxScaler is fitted on all samples before the split; fit it on the training part"),
                (
                    11,
                    "StandardScaler is fitted on test data; fit it on the training data, and only transform the test "
                    "data",
                ),
            ],
        ),
        # a generator that learns means
        Invalid(
            """
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras import Sequential, layers
x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x.reshape(-1, 8, 8, 1) / 16.0, y)
train, test = ImageDataGenerator(featurewise_center=True), ImageDataGenerator(featurewise_center=True)
train.fit(x_train)
test.fit(x_test)
model = Sequential([layers.Flatten(input_shape=(8, 8, 1)), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(train.flow(x_train, y_train), validation_data=test.flow(x_test, y_test))
""",
            [
                (
                    10,
                    "ImageDataGenerator is fitted on test data; fit it on the training data, and only transform the "
                    "test data",
                )
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
            [
                (
                    8,
                    "StandardScaler is fitted on test data; fit it on the training data, and only transform the test "
                    "data",
                )
            ],
        ),
        # a series, cut and then taken apart into windows
        Invalid(
            """
import io
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
prices = pd.read_csv(io.StringIO("close\\n" + "\\n".join(map(str, np.random.rand(200)))))[["close"]].values
prices = MinMaxScaler().fit_transform(prices)
size = int(len(prices) * 0.8)
x_train, y_train = windows(prices[:size], 30)
x_test, y_test = windows(prices[size:], 30)
model = Sequential([layers.Input((30, 1)), layers.LSTM(8), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x_train, y_train)
model.evaluate(x_test, y_test)
""",
            [(14, "MinMaxScaler is fitted on all samples before the split; fit it on the training part")],
        ),
        # anew for the test data
        Invalid(
            """
import io
import pandas as pd
from sklearn.preprocessing import StandardScaler
from keras import Sequential, layers
rows = "age,size,weight,price\\n" + "3,1.5,2.5,9\\n4,2.5,3.5,8\\n" * 20
train, test = pd.read_csv(io.StringIO(rows)), pd.read_csv(io.StringIO(rows))
scaler = StandardScaler()
x_train = scaler.fit_transform(train[["age", "size", "weight"]])
x_test = scaler.fit_transform(test[["age", "size", "weight"]])
model = Sequential([layers.Input((3,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x_train, train["price"])
model.evaluate(x_test, test["price"])
""",
            [
                (
                    10,
                    "StandardScaler is fitted on the test data, so that the same numbers "
                    "mean something else than in training; transform them with the one that is fitted on the training "
                    "data",
                )
            ],
        ),
        # a vocabulary for each
        Invalid(
            """
from elsewhere import train_texts, test_texts, train_labels, test_labels
from keras import Sequential, layers
from keras.preprocessing.sequence import pad_sequences
from keras.preprocessing.text import Tokenizer
def numbers(texts):
    tokenizer = Tokenizer(num_words=1000)
    tokenizer.fit_on_texts(texts)
    return pad_sequences(tokenizer.texts_to_sequences(texts), maxlen=50)
model = Sequential([layers.Embedding(1000, 8), layers.GlobalMaxPooling1D(), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(numbers(train_texts), train_labels, validation_data=(numbers(test_texts), test_labels))
""",
            [
                (
                    8,
                    "Tokenizer is fitted on the test data, so that the same numbers mean "
                    "something else than in training; transform them with the one that is fitted on the training data",
                )
            ],
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
            [(6, "StandardScaler is fitted on all samples before the split; fit it on the training part")],
        ),
    ]
