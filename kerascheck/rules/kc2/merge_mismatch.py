"""KC204: Tensors of shapes that do not fit are merged."""

from __future__ import annotations

from kerascheck.rules.base import Invalid
from kerascheck.rules.kc2._keras_refuses import _Refusal


class MergeMismatch(_Refusal):
    """Tensors of shapes that do not fit are merged.

    ## What it does

    Compares the shapes that `Add`, `Multiply`, `Concatenate`, `Dot` and the other merging layers get, and those that
    operators and functions such as `+`, `@`, `keras.ops.stack` and `einsum` combine.

    ## Why it is bad

    Keras raises ValueError when the layer is called or the operation is made.

    ## Example

    ```python
    from keras import Input, layers

    a, b = Input((8, 4)), Input((9, 4))
    both = layers.Concatenate()([a, b])
    ```

    ## Use instead

    ```python
    from keras import Input, layers

    a, b = Input((8, 4)), Input((9, 4))
    both = layers.Concatenate(axis=1)([a, b])
    ```

    ## References

    - [Keras: merging layers](https://keras.io/api/layers/merging_layers/)
    """

    code = "KC204"
    name = "merge-mismatch"
    kinds = frozenset({"merge"})

    VALID = [
        # equal but for the axis of concatenation
        """
from keras import Input, layers
both = layers.Concatenate(axis=1)([Input((8, 4)), Input((9, 4))])
""",
        # broadcasting
        """
from keras import Input, layers
both = layers.Add()([Input((8, 4)), Input((1, 4))])
""",
        # a size that is open
        """
from keras import Input, layers
both = layers.Concatenate()([Input((None, 4)), Input((9, 4))])
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Input, layers
a, b = Input((8, 4)), Input((9, 4))
both = layers.Concatenate()([a, b])
""",
            [
                (
                    4,
                    "'concatenate' (Concatenate) needs inputs that differ only along axis -1, "
                    "found the shapes (None, 8, 4), (None, 9, 4); axis=1 fits",
                )
            ],
        ),
    ]
