"""KC202: A layer would make an axis of size zero or less."""

from __future__ import annotations

from kerascheck.rules.base import Invalid
from kerascheck.rules.kc2._keras_refuses import _Refusal


class EmptyDimension(_Refusal):
    """A layer would make an axis of size zero or less.

    ## What it does

    Follows the sizes through convolutions, poolings and croppings and reports where a kernel is larger than what is
    left of the input.

    ## Why it is bad

    Keras raises ValueError when the model is built.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((4, 4, 1)), layers.Conv2D(8, 3), layers.Conv2D(8, 3)])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((4, 4, 1)), layers.Conv2D(8, 3, padding="same"), layers.Conv2D(8, 3)])
    ```

    ## References

    - [Keras: Conv2D](https://keras.io/api/layers/convolution_layers/convolution2d/)
    """

    code = "KC202"
    name = "empty-dimension"
    kinds = frozenset({"negative-dimension"})
    advice = 'Use padding="same", a smaller kernel or fewer poolings, or larger inputs'

    VALID = [
        # exactly one cell is left
        """
from keras import Sequential, layers
model = Sequential([layers.Input((5, 5, 1)), layers.Conv2D(8, 3), layers.Conv2D(8, 3)])
""",
        # padding keeps the size
        """
from keras import Sequential, layers
model = Sequential([layers.Input((2, 2, 1)), layers.Conv2D(8, 3, padding="same")])
""",
        # images of any size
        """
from keras import Sequential, layers
model = Sequential([layers.Input((None, None, 1)), layers.Conv2D(8, 7), layers.MaxPooling2D(9)])
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential()
model.add(layers.Input((4, 4, 1)))
model.add(layers.Conv2D(8, 3))
model.add(layers.Conv2D(8, 3))
""",
            [
                (
                    6,
                    "'conv2d_1' (Conv2D) has no room on spatial axis 0: its window spans 3, the input has 2 there; "
                    "whole input shape (None, 2, 2, 8); 'input_layer' must be at least 5 x 5, it is 4 x 4",
                )
            ],
        ),
    ]
