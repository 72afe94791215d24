"""KC211: The data has another number of inputs than the model, other names, or is not an array."""

from __future__ import annotations

from kerascheck.rules._clashes import ClashRule
from kerascheck.rules.base import Invalid


class InputStructureMismatch(ClashRule):
    """The data has another number of inputs than the model, other names, or is not an array.

    ## What it does

    Compares the lists and dictionaries that training calls are given with the inputs of the model: how many there are
    and what they are called. Reports Python lists of numbers, which Keras 3 takes for lists of inputs.

    ## Why it is bad

    Keras raises ValueError when the call begins.

    ## Example

    ```python
    import numpy as np
    from keras import Input, Model, layers

    size, colour = Input((4,), name="size"), Input((3,), name="colour")
    model = Model([size, colour], layers.Dense(1)(layers.Concatenate()([size, colour])))
    model.predict({"size": np.zeros((10, 4)), "color": np.zeros((10, 3))})
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Input, Model, layers

    size, colour = Input((4,), name="size"), Input((3,), name="colour")
    model = Model([size, colour], layers.Dense(1)(layers.Concatenate()([size, colour])))
    model.predict({"size": np.zeros((10, 4)), "colour": np.zeros((10, 3))})
    ```

    ## References

    - [Keras: models with several inputs](https://keras.io/guides/functional_api/#models-with-multiple-inputs-and-outputs)
    """

    code = "KC211"
    name = "input-structure-mismatch"
    kind = "input-structure"

    VALID = [
        # a list in the order of the inputs
        """
import numpy as np
from keras import Input, Model, layers
a, b = Input((4,)), Input((3,))
model = Model([a, b], layers.Concatenate()([a, b]))
model.predict([np.zeros((10, 4)), np.zeros((10, 3))])
""",
        # one array in a list
        """
import numpy as np
from keras import Input, Model, layers
a = Input((4,))
model = Model(a, layers.Dense(1)(a))
model.predict([np.zeros((10, 4))])
""",
        # an array made of a list
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((1,)), layers.Dense(1)])
model.predict(np.array([1.0, 2.0, 3.0]))
""",
        # what the list holds is not known
        """
from keras import Input, Model, layers
from data import columns
a, b = Input((4,)), Input((3,))
model = Model([a, b], layers.Concatenate()([a, b]))
model.predict(columns)
""",
        # a generator that is called; a function as the target of nothing
        """
import numpy as np
from keras import Sequential, layers
def batches(size=8):
    while True:
        yield np.zeros((size, 4)), np.zeros((size, 1))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(batches(), steps_per_epoch=4)
model.fit(x=batches(4), steps_per_epoch=4)
""",
    ]
    INVALID = [
        # the names
        Invalid(
            """
import numpy as np
from keras import Input, Model, layers
a, b = Input((4,), name="a"), Input((3,), name="b")
model = Model([a, b], layers.Concatenate()([a, b]))
model.predict({"a": np.zeros((10, 4)), "c": np.zeros((10, 3))})
""",
            [(6, "'x': the model takes the inputs 'a', 'b', but the data has the keys 'a', 'c'")],
        ),
        # one array for two inputs
        Invalid(
            """
import numpy as np
from keras import Input, Model, layers
a, b = Input((4,), name="a"), Input((3,), name="b")
model = Model([a, b], layers.Concatenate()([a, b]))
model.predict(np.zeros((10, 7)))
""",
            [(6, "'x': the model takes 2 inputs ('a', 'b'), the data has 1")],
        ),
        # Python lists
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
def batches(size=8):
    while True:
        yield np.zeros((size, 4)), np.zeros((size, 1))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(batches, steps_per_epoch=4)
""",
            [(9, "'x' is the function 'batches' itself, which is not data; call it, batches()")],
        ),
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((1,)), layers.Dense(1)])
model.compile("sgd", "mse")
model.fit([1.0, 2.0, 3.0], [2.0, 4.0, 6.0], epochs=10)
""",
            [
                (
                    5,
                    "'x' is a list of numbers, which Keras 3 takes for many arrays; make it one array, np.array(...)",
                ),
                (
                    5,
                    "'y' is a list of numbers, which Keras 3 takes for many arrays; make it one array, np.array(...)",
                ),
            ],
        ),
    ]
