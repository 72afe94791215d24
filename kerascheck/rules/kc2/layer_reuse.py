"""KC208: A layer is called on an input of another size than it was built for."""

from __future__ import annotations

from kerascheck.rules.base import Invalid
from kerascheck.rules.kc2._keras_refuses import _Refusal


class LayerReuse(_Refusal):
    """A layer is called on an input of another size than it was built for.

    ## What it does

    Compares the weights that the second call of a layer needs with those that the first call made.

    ## Why it is bad

    A layer is built once. Keras raises ValueError when the sizes differ.

    ## Example

    ```python
    from keras import Input, layers

    shared = layers.Dense(4)
    a = shared(Input((8,)))
    b = shared(Input((9,)))
    ```

    ## Use instead

    ```python
    from keras import Input, layers

    a = layers.Dense(4)(Input((8,)))
    b = layers.Dense(4)(Input((9,)))
    ```

    ## References

    - [Keras: shared layers](https://keras.io/guides/functional_api/#shared-layers)
    """

    code = "KC208"
    name = "layer-reuse"
    kinds = frozenset({"reuse"})

    VALID = [
        # shared on equal sizes
        """
from keras import Input, layers
shared = layers.Dense(4)
a, b = shared(Input((8,))), shared(Input((8,)))
""",
        # a convolution does not mind other heights and widths
        """
from keras import Input, layers
shared = layers.Conv2D(4, 3)
a, b = shared(Input((8, 8, 3))), shared(Input((16, 16, 3)))
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Input, layers
shared = layers.Dense(4)
a = shared(Input((8,)))
b = shared(Input((9,)))
""",
            [
                (
                    5,
                    "'dense' (Dense) is built with kernel of shape (8, 4), but this input needs (9, 4); "
                    "create another layer for it",
                )
            ],
        ),
    ]
