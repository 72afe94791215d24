"""KC203: A reshape changes the number of values."""

from __future__ import annotations

from kerascheck.rules.base import Invalid
from kerascheck.rules.kc2._keras_refuses import _Refusal


class ReshapeMismatch(_Refusal):
    """A reshape changes the number of values.

    ## What it does

    Compares the number of values that `Reshape` gets with the number its target shape has room for.

    ## Why it is bad

    Keras raises ValueError when the model is built.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((784,)), layers.Reshape((28, 29))])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((784,)), layers.Reshape((28, 28))])
    ```

    ## References

    - [Keras: Reshape](https://keras.io/api/layers/reshaping_layers/reshape/)
    """

    code = "KC203"
    name = "reshape-mismatch"
    kinds = frozenset({"reshape"})
    advice = "One -1 in the target shape lets Keras compute that size"

    VALID = [
        # 784 = 28 x 28
        """
from keras import Sequential, layers
model = Sequential([layers.Input((784,)), layers.Reshape((28, 28))])
""",
        # Keras computes one size
        """
from keras import Sequential, layers
model = Sequential([layers.Input((784,)), layers.Reshape((-1, 28, 1))])
""",
        # the input size is not known
        """
from keras import Sequential, layers
model = Sequential([layers.Input((None, 3)), layers.Reshape((28, 28))])
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential()
model.add(layers.Input((784,)))
model.add(layers.Reshape((28, 29)))
""",
            [
                (
                    5,
                    "'reshape' (Reshape) to (28, 29) needs 812 values for each sample, found 784 in (None, 784); "
                    "one -1 in the target shape lets Keras work that size out",
                )
            ],
        ),
    ]
