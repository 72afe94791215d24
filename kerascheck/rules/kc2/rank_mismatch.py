"""KC201: A layer receives an input with the wrong number of axes."""

from __future__ import annotations

from kerascheck.rules.base import Invalid
from kerascheck.rules.kc2._keras_refuses import _Refusal


class RankMismatch(_Refusal):
    """A layer receives an input with the wrong number of axes.

    ## What it does

    Compares the rank of the tensor (batch axis included) with the one that the layer works on.

    ## Why it is bad

    Keras raises ValueError when the layer is called or the model is built.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((28, 28)), layers.Conv2D(32, 3)])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((28, 28)), layers.Reshape((28, 28, 1)), layers.Conv2D(32, 3)])
    ```

    ## References

    - [Keras: InputSpec](https://keras.io/api/layers/base_layer/)
    """

    code = "KC201"
    name = "rank-mismatch"
    kinds = frozenset({"rank"})
    advice = (
        "Convolutions expect a channel axis (Reshape((28, 28, 1)) or X[..., None]); recurrent layers expect (batch, "
        "time, features), so all but the last of several need return_sequences=True"
    )

    VALID = [
        # images with a channel axis
        """
from keras import Sequential, layers
model = Sequential([layers.Input((28, 28, 1)), layers.Conv2D(32, 3)])
""",
        # Dense takes any rank from two on
        """
from keras import Sequential, layers
model = Sequential([layers.Input((9, 4)), layers.Dense(3), layers.Flatten(), layers.Dense(1)])
""",
        # stacked recurrent layers that hand on sequences
        """
from keras import Sequential, layers
model = Sequential([layers.Input((9, 4)), layers.LSTM(8, return_sequences=True), layers.LSTM(8)])
""",
        # the rank is not known
        """
from keras import Sequential, layers
from data import shape
model = Sequential([layers.Input(shape), layers.Conv2D(32, 3)])
""",
        # a loop of unknown length changes it
        """
import sys
from keras import Sequential, layers
model = Sequential([layers.Input((240,))])
for side in map(int, sys.argv[1:]):
    model.add(layers.Reshape((side, side, -1)))
model.add(layers.Conv2D(8, 3))
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential()
model.add(layers.Input((28, 28)))
model.add(layers.Conv2D(32, 3))
""",
            [
                (
                    5,
                    "'conv2d' (Conv2D) expects inputs of rank 4, found rank 3: (None, 28, 28); "
                    "add a channel axis: an input shape of (28, 28, 1)",
                )
            ],
        ),
        # sequences are given already
        Invalid(
            """
from keras import Input, layers
x = layers.Bidirectional(layers.LSTM(8, return_sequences=True))(Input((10, 4)))
x = layers.TimeDistributed(layers.Conv2D(3, 3))(x)
""",
            [
                (
                    4,
                    "Conv2D expects inputs of rank 4, found rank 2: (None, 16); Reshape((...)) with 4 sizes brings its "
                    "input to rank 5",
                )
            ],
        ),
        Invalid(
            """
from keras import Input, layers
x = Input((9, 4))
x = layers.LSTM(8)(x)
x = layers.LSTM(8)(x)
""",
            [
                (
                    5,
                    "'lstm_1' (LSTM) expects inputs of rank 3, found rank 2: (None, 8); "
                    "set return_sequences=True on 'lstm' (LSTM)",
                )
            ],
        ),
    ]
