"""KC206: A layer is called with an argument that it does not have, or without one that it needs."""

from __future__ import annotations

from kerascheck.rules.base import Invalid
from kerascheck.rules.kc2._keras_refuses import _Refusal


class UnknownArgument(_Refusal):
    """A layer is called with an argument that it does not have, or without one that it needs.

    ## What it does

    Compares the arguments of a layer's constructor with its parameters. The names of Keras 1 and 2 are known and pass.

    ## Why it is bad

    Keras raises TypeError or ValueError when the layer is made.

    ## Example

    ```python
    from keras.layers import Dense

    layer = Dense(32, activations="relu")
    ```

    ## Use instead

    ```python
    from keras.layers import Dense

    layer = Dense(32, activation="relu")
    ```

    ## References

    - [Keras: layers](https://keras.io/api/layers/)
    """

    code = "KC206"
    name = "unknown-argument"
    kinds = frozenset({"unknown-argument", "missing-argument"})
    advice = "The argument may be misspelled, or belong to another version of Keras"

    VALID = [
        # names of Keras 1
        """
from keras.layers import Dense
layer = Dense(output_dim=32, init="uniform")
""",
        # arguments that every layer takes
        """
from keras.layers import Dense
layer = Dense(32, name="head", trainable=False, dtype="float32")
""",
        # arguments that cannot be seen
        """
from keras.layers import Dense
from settings import options
layer = Dense(**options)
""",
        # a class of the program
        """
from keras import layers
class Dense(layers.Layer):
    def __init__(self, units, activations):
        super().__init__()
layer = Dense(32, activations="relu")
""",
    ]
    INVALID = [
        Invalid(
            """
from keras.layers import Dense
layer = Dense(32, activations="relu")
""",
            [(3, "Dense has no argument activations; did you mean activation?")],
        ),
        Invalid(
            """
from keras.layers import Conv2D
layer = Conv2D(32, padding="same")
""",
            [(3, "Conv2D needs the argument kernel_size")],
        ),
        Invalid(
            """
from keras import Input
inputs = Input(sahpe=(28, 28, 1))
""",
            [(3, "Input has no argument sahpe; did you mean shape?")],
        ),
    ]
