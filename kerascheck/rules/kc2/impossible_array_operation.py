"""KC220: operations on arrays that surely raise before the data reaches a model."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._raised import ARRAYS
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class ImpossibleArrayOperation(Rule):
    """A step of data preparation surely raises: sizes, axes or columns do not fit.

    ## What it does

    Follows the shapes of arrays through numpy, pandas and scikit-learn and reports what these refuse: a `reshape` to
    another number of elements, an index or axis that is not there, shapes that do not broadcast, arrays that cannot be
    joined, columns that a frame does not have, a scaler that meets other columns than it was fitted on. Speaks only
    where the sizes are known.

    ## Why it is bad

    The program stops with an exception, often after data has been loaded for minutes. `x_train.shape[3]` of images
    without an axis of channels is the most usual case.

    ## Example

    ```python
    from keras import datasets

    (x_train, y_train), _ = datasets.mnist.load_data()
    x_train = x_train.reshape(60000, 28, 28, 3)
    ```

    ## Use instead

    ```python
    from keras import datasets

    (x_train, y_train), _ = datasets.mnist.load_data()
    x_train = x_train.reshape(60000, 28, 28, 1)
    ```

    ## References

    - [NumPy: broadcasting](https://numpy.org/doc/stable/user/basics.broadcasting.html)
    - [NumPy: reshape](https://numpy.org/doc/stable/reference/generated/numpy.reshape.html)
    """

    code = "KC220"
    name = "impossible-array-operation"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[tuple[int, int], str]] = set()
        for raised in program.raised:
            message = raised.error.message
            if raised.error.kind == ARRAYS and (raised.site.key, message) not in told:
                told.add((raised.site.key, message))
                yield Finding(raised.site, message)

    VALID = [
        # pairs, and all sizes
        """
from keras import datasets
(x_train, y_train), (x_test, y_test) = datasets.mnist.load_data()
count, height, width = x_train.shape
""",
        # as many elements
        """
from keras import datasets
(x, y), _ = datasets.mnist.load_data()
x = x.reshape(-1, 28, 28, 1)
x = x.reshape(x.shape[0], x.shape[1] * x.shape[2])
""",
        # a file of unknown size
        """
import keras
import numpy as np
x = np.load("x.npy").reshape(-1, 28, 28, 3)
y = x[:, :, 4] / x[:, :, 4].max(axis=0)
""",
        # the program is ready for it
        """
import keras
import numpy as np
x = np.zeros((10, 4))
try:
    x = x.reshape(10, 5)
except ValueError:
    x = None
""",
        # an axis of size one is repeated
        """
import keras
import numpy as np
x = np.zeros((10, 4)) - np.zeros((10, 4)).mean(axis=1, keepdims=True)
x -= x.mean(axis=0)
""",
        # only where there is an axis of channels
        """
import keras
import numpy as np
x = np.zeros((10, 28, 28))
channels = x.shape[3] if x.ndim == 4 else 1
""",
        # the columns are not known
        """
import keras
import pandas as pd
data = pd.read_csv("data.csv")
y = data.pop("price")
x = data[["size", "rooms"]]
""",
        # one column as samples and columns
        """
import keras
import numpy as np
from sklearn.preprocessing import StandardScaler
y = StandardScaler().fit_transform(np.zeros(10).reshape(-1, 1))
""",
        # as many columns as the scaler has seen
        """
import keras
import numpy as np
from sklearn.preprocessing import StandardScaler
scaler = StandardScaler().fit(np.zeros((10, 3)))
x = scaler.transform(np.zeros((5, 3)))
""",
        # texts have letters, and sequences that grew in a loop an axis of their own
        """
import keras
import numpy as np
import pandas as pd
letters = pd.read_csv("data.csv")["name"].values[3][2:]
steps = []
for labels in np.load("labels.npy"):
    steps.append(keras.utils.to_categorical(labels, 38))
y = np.argmax(keras.utils.pad_sequences(steps, maxlen=271), axis=-1)
first = y[0][0]
""",
    ]
    INVALID = [
        # four names for two pairs
        Invalid(
            """
from keras import datasets
x_train, y_train, x_test, y_test = datasets.mnist.load_data()
""",
            [(3, "2 values are unpacked into 4 names; write them as pairs, (x_train, y_train), (x_test, y_test)")],
        ),
        # grey images as colours
        Invalid(
            """
from keras import datasets
(x, y), _ = datasets.mnist.load_data()
x = x.reshape(x.shape[0], 28, 28, 3)
""",
            [(4, "cannot reshape (60000, 28, 28) of 47040000 elements to (60000, 28, 28, 3)")],
        ),
        # no axis of channels
        Invalid(
            """
from keras import datasets
(x, y), _ = datasets.mnist.load_data()
shape = (x.shape[1], x.shape[2], x.shape[3])
""",
            [(4, "'x' has the shape (60000, 28, 28), there is no x.shape[3]")],
        ),
        # the average of another axis
        Invalid(
            """
import keras
import numpy as np
x = np.zeros((10, 4))
x = x - x.mean(axis=1)
""",
            [(5, "shapes (10, 4) and (10,) do not broadcast: 4 against 10")],
        ),
        # floats into whole numbers
        Invalid(
            """
from keras import datasets
(x, y), _ = datasets.mnist.load_data()
x /= 255.0
""",
            [(4, "an array of uint8 cannot be changed in place to float64; convert it first, astype('float32')")],
        ),
        # one column is no table
        Invalid(
            """
import keras
import numpy as np
from sklearn.preprocessing import MinMaxScaler
y = MinMaxScaler().fit_transform(np.zeros(10))
""",
            [(5, "scikit-learn expects samples and columns, but got the shape (10,); use .reshape(-1, 1)")],
        ),
        # joined along the wrong axis
        Invalid(
            """
import keras
import numpy as np
x = np.concatenate([np.zeros((10, 4)), np.zeros((10, 3))])
""",
            [(4, "arrays to concatenate differ outside axis 0: (10, 4) and (10, 3)")],
        ),
        # a column that is gone
        Invalid(
            """
import keras
import pandas as pd
data = pd.DataFrame({"size": [1, 2], "price": [3, 4]})
x = data.drop(columns="price")
y = x["price"]
""",
            [(6, "the frame has no column 'price', but size")],
        ),
    ]
