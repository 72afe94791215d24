"""KC207: A layer or model is called on the wrong number of inputs."""

from __future__ import annotations

from kerascheck.rules.base import Invalid
from kerascheck.rules.kc2._keras_refuses import _Refusal


class InputCount(_Refusal):
    """A layer or model is called on the wrong number of inputs.

    ## What it does

    Counts the tensors that a layer or model is called on.

    ## Why it is bad

    Keras raises ValueError when the call is made.

    ## Example

    ```python
    from keras import Input, layers

    both = layers.Dense(4)([Input((8,)), Input((8,))])
    ```

    ## Use instead

    ```python
    from keras import Input, layers

    both = layers.Dense(4)(layers.Concatenate()([Input((8,)), Input((8,))]))
    ```

    ## References

    - [Keras: merging layers](https://keras.io/api/layers/merging_layers/)
    """

    code = "KC207"
    name = "input-count"
    kinds = frozenset({"input-count"})

    VALID = [
        # merged first
        """
from keras import Input, layers
both = layers.Dense(4)(layers.Concatenate()([Input((8,)), Input((8,))]))
""",
        # a model of two inputs
        """
from keras import Input, Model, layers
a, b = Input((8,)), Input((8,))
pair = Model([a, b], layers.Add()([a, b]))
again = pair([Input((8,)), Input((8,))])
""",
        # lists of one that are harmless
        """
from keras import Input, Model, layers
a = Input((8,))
model = Model([a], [layers.Dropout(0.2)(a)])
b = model([a])
c = layers.Concatenate()([a])
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Input, layers
a, b = Input((8,)), Input((8,))
both = layers.Dense(4)([a, b])
""",
            [(4, "'dense' (Dense) takes one input, but is called on 2")],
        ),
        # a list of one
        Invalid(
            """
from keras import Input, layers
a = Input((8,))
b = layers.Dense(4)([a])
""",
            [(4, "'dense' (Dense) is called on a list of one tensor, which Keras 3 does not unpack")],
        ),
    ]
