"""KC212: An `Embedding` receives numbers that it has no rows for."""

from __future__ import annotations

from kerascheck.rules._clashes import ClashRule
from kerascheck.rules.base import Invalid


class IndexOutOfRange(ClashRule):
    """An `Embedding` receives numbers that it has no rows for.

    ## What it does

    Compares the numbers in the data with `input_dim` of an `Embedding` that reads it, where the program shows which
    numbers occur. Numbers beyond the end, and below minus the size, are errors; negative ones, which count from the
    end as in numpy, and fractions, which are cut to integers, are warnings.

    ## Why it is bad

    TensorFlow raises InvalidArgumentError on a CPU. On a GPU the rows that are missing are zeros and nothing is said.
    The most usual cause is a vocabulary that is counted without the 0 of the padding: `input_dim` is the largest
    number plus one.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    words = np.random.randint(1, 1001, (100, 20))
    model = Sequential([layers.Input((20,)), layers.Embedding(1000, 8), layers.LSTM(8), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(words, np.zeros((100, 1)))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    words = np.random.randint(1, 1001, (100, 20))
    model = Sequential([layers.Input((20,)), layers.Embedding(1001, 8), layers.LSTM(8), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(words, np.zeros((100, 1)))
    ```

    ## References

    - [Keras: Embedding](https://keras.io/api/layers/core_layers/embedding/)
    """

    code = "KC212"
    name = "index-out-of-range"
    kind = "index"

    VALID = [
        # one row more than the largest number
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Embedding(10, 8), layers.Flatten()])
model.predict(np.array([[1, 2, 3, 9], [0, 0, 4, 5]]))
""",
        # the numbers are not known
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Embedding(10, 8), layers.Flatten()])
model.predict(np.load("words.npy").reshape(-1, 4))
""",
        # whole numbers that are stored as floats
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Embedding(10, 8), layers.Flatten()])
model.predict(np.array([[1.0, 2.0, 3.0, 9.0]]))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Embedding(10, 8), layers.Flatten()])
model.predict(np.array([[1, 2, 3, 10], [0, 0, 4, 5]]))
""",
            [
                (
                    5,
                    "'x' has numbers up to 10; 'embedding' (Embedding) has input_dim=10, for the numbers 0 to 9; "
                    "use input_dim=11",
                )
            ],
        ),
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Embedding(10, 8), layers.Flatten()])
model.predict(np.array([[0.25, 0.5, 0.1, 0.9]]))
""",
            [(5, "'embedding' (Embedding) truncates the fractions of 'x', between 0.1 and 0.9, to integers")],
        ),
    ]
