"""KC205: A layer is called with an argument value that it refuses."""

from __future__ import annotations

from kerascheck.network.program import Raised
from kerascheck.rules._registered import registers_names
from kerascheck.rules.base import Invalid
from kerascheck.rules.kc2._keras_refuses import _Refusal


class InvalidArgument(_Refusal):
    """A layer is called with an argument value that it refuses.

    ## What it does

    Checks the values that constructors check: sizes that must be positive integers, paddings, fractions, activations.
    What Keras 2 takes, as `add_weight` with the name first or `Input(4)`, is a note where nothing shows which Keras is
    meant.

    ## Why it is bad

    Keras raises ValueError or TypeError when the layer is made.

    ## Example

    ```python
    from keras.layers import Conv2D

    layer = Conv2D(32, 3, padding="full")
    ```

    ## Use instead

    ```python
    from keras.layers import Conv2D

    layer = Conv2D(32, 3, padding="same")
    ```

    ## References

    - [Keras: layers](https://keras.io/api/layers/)
    """

    code = "KC205"
    name = "invalid-argument"
    fixable = "unsafe"
    kinds = frozenset({"argument", "old-argument", "unknown-name"})

    def covers(self, raised: Raised) -> bool:
        name = raised.error.unknown_name
        if name is not None and registers_names(raised.site, name):
            return False
        return super().covers(raised)

    VALID = [
        # states of two axes
        """
import numpy as np
from keras import Input, Model, layers
frames, states = Input((None, 8)), Input((4,))
model = Model([frames, states], layers.GRU(4)(frames, initial_state=states))
model.compile("adam", "mse")
model.fit([np.zeros((6, 3, 8)), np.zeros((6, 4))], np.zeros((6, 4)))
""",
        # a name that the program registers, as Keras 2 looks it up
        """
from keras import backend as K
from keras.layers import Dense
from keras.utils.generic_utils import get_custom_objects
def softer(x):
    return K.softplus(x) + 1e-9
get_custom_objects()["softer"] = softer
layer = Dense(4, activation="softer")
""",
        # an older Keras looks up what other modules register: names like its own are no misspellings
        """
from keras.layers import Dense
from keras.optimizers import Adam
from mine import prelu, gelu_new
layers = [Dense(4, activation="prelu"), Dense(4, activation="gelu_new"), Dense(4, activation="ReLU")]
optimizer = Adam(lr=0.001)
""",
        # names for the models that are loaded, and a name that is registered with its package: neither is a plain name
        """
import keras
@keras.saving.register_keras_serializable(package="Own")
def softer(x):
    return keras.ops.softplus(x) + 1e-9
layer = keras.layers.Dense(4, activation=softer)
def again():
    return keras.models.load_model("model.keras", custom_objects={"softer": softer})
""",
        # the usual
        """
from keras.layers import Conv2D
layer = Conv2D(32, (3, 5), padding="same", strides=2)
""",
        # not known
        """
import sys
from keras.layers import Conv2D
layer = Conv2D(32, 3, padding=sys.argv[1])
""",
        # the program is ready for the error
        """
from keras.layers import Dense
try:
    layer = Dense(-1)
except ValueError:
    layer = Dense(1)
""",
    ]
    INVALID = [
        # no Keras has the name
        Invalid(
            """
from keras.layers import Dense
from keras.optimizers import Adam
layer = Dense(4, activation="sigmod", kernel_initializer="uniform")
optimizer = Adam(lr=0.001)
""",
            [(4, "Dense: Keras has no activation called 'sigmod'; did you mean 'sigmoid'?")],
        ),
        # what the program registers has the name of its package before it, and what it loads its own names
        Invalid(
            """
import keras
@keras.saving.register_keras_serializable()
class Twice(keras.layers.Layer):
    def call(self, x):
        return 2 * x
layer = keras.layers.Dense(4, activation="reul")
again = keras.models.load_model("model.keras", custom_objects={"Twice": Twice})
""",
            [(7, "Dense: Keras has no activation called 'reul'; did you mean 'relu'?")],
        ),
        # a state that keeps the axis it was cut from, which the first step refuses
        Invalid(
            """
import numpy as np
from keras import Input, Model, layers
frames, states = Input((None, 8)), Input((1, 4))
model = Model([frames, states], layers.GRU(4, name="memory")(frames, initial_state=states))
model.compile("adam", "mse")
model.fit([np.zeros((6, 3, 8)), np.zeros((6, 1, 4))], np.zeros((6, 4)))
""",
            [(5, "'memory' (GRU) needs initial states of shape (batch, 4), got (None, 1, 4)")],
        ),
        Invalid(
            """
from keras.layers import Dense
layer = Dense(0)
""",
            [(3, "Dense expects a positive integer for units, got 0")],
        ),
        Invalid(
            """
from keras.layers import Activation
layer = Activation("rellu")
""",
            [(3, "Activation: Keras has no activation called 'rellu'; did you mean 'relu'?")],
        ),
        # the weights of Keras 2
        Invalid(
            """
import keras
class Scale(keras.layers.Layer):
    def build(self, shape):
        self.factor = self.add_weight("factor", shape=(3,))
    def call(self, x):
        return x * self.factor
outputs = Scale()(keras.Input((3,)))
""",
            [(5, "Scale.add_weight takes the shape first in Keras 3; write add_weight(shape=..., name='factor')")],
            """
import keras
class Scale(keras.layers.Layer):
    def build(self, shape):
        self.factor = self.add_weight(name="factor", shape=(3,))
    def call(self, x):
        return x * self.factor
outputs = Scale()(keras.Input((3,)))
""",
        ),
        # Keras asks for an integer of Python's own
        Invalid(
            """
import numpy as np
from keras.layers import Dense
labels = np.array([0, 2, 1])
layer = Dense(labels.max() + 1)
""",
            [(5, "Dense expects a Python integer for units, got 3 as numpy int64; write units=int(...)")],
        ),
    ]
