"""KC209: A layer gets an input whose sizes it cannot work with."""

from __future__ import annotations

from kerascheck.rules.base import Invalid
from kerascheck.rules.kc2._keras_refuses import _Refusal


class ShapeMismatch(_Refusal):
    """A layer gets an input whose sizes it cannot work with.

    ## What it does

    Reports sizes that do not fit the layer: channels that its groups do not divide, an axis that must be known to
    make weights but is not.

    ## Why it is bad

    Keras raises ValueError when the layer is built.

    ## Example

    ```python
    from keras import Input, layers

    x = layers.Dense(4)(Input((8, None)))
    ```

    ## Use instead

    ```python
    from keras import Input, layers

    x = layers.Dense(4)(Input((None, 8)))
    ```

    ## References

    - [Keras: Dense](https://keras.io/api/layers/core_layers/dense/)
    """

    code = "KC209"
    name = "shape-mismatch"
    kinds = frozenset({"shape", "undefined-dimension"})

    VALID = [
        # only the last axis must be known
        """
from keras import Input, layers
x = layers.Dense(4)(Input((None, 8)))
""",
        # not known to the analysis, but known to Keras
        """
from keras import Input, layers
from data import X
x = layers.Dense(4)(Input((X.shape[1],)))
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Input, layers
x = Input((8, None))
x = layers.Dense(4)(x)
""",
            [
                (
                    4,
                    "'dense' (Dense) needs a known size for its last axis (axis -1), found None in (None, 8, None); "
                    "write that size in the shape of 'input_layer'",
                )
            ],
        ),
    ]
