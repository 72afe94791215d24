"""KC200: Keras raises here, for a reason that has no rule of its own."""

from __future__ import annotations

from kerascheck.network.program import Raised
from kerascheck.rules._raised import refused_rate
from kerascheck.rules.base import Invalid
from kerascheck.rules.kc2._keras_refuses import _kind, _Refusal


class KerasRefuses(_Refusal):
    """Keras raises here, for a reason that has no rule of its own.

    ## What it does

    Reports what the analysis knows Keras to refuse, where none of the rules KC201 to KC209 is more exact.

    ## Why it is bad

    The program stops with an exception, often after data has been loaded for minutes.

    ## Example

    ```python
    from keras import Input, Model, layers

    inputs = Input((8,))
    branch = layers.Dense(4)(Input((8,)))
    model = Model(inputs, branch)
    ```

    ## Use instead

    ```python
    from keras import Input, Model, layers

    inputs = Input((8,))
    branch = layers.Dense(4)(inputs)
    model = Model(inputs, branch)
    ```

    ## References

    - [Keras: the functional API](https://keras.io/guides/functional_api/)
    """

    code = "KC200"
    name = "keras-refuses"

    def covers(self, raised: Raised) -> bool:
        return _kind(raised) not in self.claimed and refused_rate(raised.error) is None

    VALID = [
        # matrices of low rank, where the kernel is there
        """
import keras
from keras import layers
dense = layers.Dense(4)
dense.build((None, 3))
dense.enable_lora(2)
model = keras.Sequential([keras.Input((3,)), layers.Dense(4)])
model.layers[0].enable_lora(rank=2)
""",
        # connected
        """
from keras import Input, Model, layers
inputs = Input((8,))
model = Model(inputs, layers.Dense(4)(inputs))
""",
        # layers, not their classes or anything else
        """
from keras import Sequential, layers
model = Sequential([layers.Dense(4, input_shape=(8,)), layers.ReLU()])
""",
        # something unknown may be a layer
        """
from keras import Sequential, layers
from mine import head
model = Sequential([layers.Dense(4, input_shape=(8,)), head])
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Input, Model, layers
inputs = Input((8,))
branch = layers.Dense(4)(Input((8,)))
model = Model(inputs, branch)
""",
            [
                (
                    5,
                    "the graph is disconnected: an output depends on 'input_layer_1', "
                    "which is not among the model's inputs",
                )
            ],
        ),
    ]
