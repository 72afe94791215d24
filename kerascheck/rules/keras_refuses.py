"""KC200 to KC209: code on which Keras itself would raise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Program, Raised
from kerascheck.rules._graph import registers_names
from kerascheck.rules._raised import ARRAYS, refused_rate
from kerascheck.rules._ways_out import way_out
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class _Refusal(Rule):
    """Reports the errors of some kinds, in the words of the layer that would raise them."""

    severity = Severity.ERROR
    kinds: ClassVar[frozenset[str]] = frozenset()
    advice: ClassVar[str | None] = None
    #: The kinds of error that a rule of its own speaks about.
    claimed: ClassVar[set[str]] = {ARRAYS, "gone-argument", "super-init"}  # KC220, KC503 and KC801 speak of these

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        _Refusal.claimed.update(cls.kinds)

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        reported: set[tuple[tuple[int, int], str]] = set()
        for raised in program.raised:
            message = _message(raised)
            if not self.covers(raised) or (raised.site.key, message) in reported:
                continue
            reported.add((raised.site.key, message))
            yield Finding(raised.site, message, help=self.advice)

    def covers(self, raised: Raised) -> bool:
        """Whether this rule, and no other, speaks about the error."""
        return _kind(raised) in self.kinds and refused_rate(raised.error) is None


def _message(raised: Raised) -> str:
    """The error with the name of the layer that is called, and the way out where one is known."""
    message = raised.error.message.rstrip(". \n")
    layer = raised.layer
    if layer is not None and raised.inputs and layer.name and message.startswith(f"{layer.cls} "):
        message = f"{layer.name} ({layer.cls}){message.removeprefix(layer.cls)}"
    way = way_out(raised)
    return f"{message}; {way}" if way is not None else message


_MERGING = frozenset(
    {"Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"}
)  # fmt: skip
#: What operations on several tensors say.
_MERGES = frozenset({"broadcast", "matmul", "einsum"})


def _kind(raised: Raised) -> str:
    """The kind of the error; where sizes do not fit, the layer says more."""
    cls = raised.layer.cls if raised.layer is not None else None
    if raised.error.kind in _MERGES or (raised.error.kind == "shape" and cls in _MERGING):
        return "merge"
    if raised.error.kind == "shape" and cls == "Reshape":
        return "reshape"
    return raised.error.kind


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
                    "the graph is disconnected: an output depends on input_layer_1, "
                    "which is not among the model's inputs",
                )
            ],
        ),
    ]


class RankMismatch(_Refusal):
    """A layer gets an input with the wrong number of axes.

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
        "Convolutions want a channel axis (Reshape((28, 28, 1)) or X[..., None]); recurrent layers want "
        "(batch, time, features), so all but the last of several need return_sequences=True"
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
                    "conv2d (Conv2D) expects inputs of rank 4, found rank 3: (None, 28, 28); "
                    "add a channel axis: an input shape of (28, 28, 1)",
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
                    "lstm_1 (LSTM) expects inputs of rank 3, found rank 2: (None, 8); "
                    "give return_sequences=True to lstm (LSTM)",
                )
            ],
        ),
    ]


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
                    "conv2d_1 (Conv2D) has no room on spatial axis 0: its window spans 3, the input has 2 there; "
                    "whole input shape (None, 2, 2, 8); input_layer must be at least 5 x 5, it is 4 x 4",
                )
            ],
        ),
    ]


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
                    "reshape (Reshape) to (28, 29) needs 812 values for each sample, found 784 in (None, 784); "
                    "one -1 in the target shape lets Keras work that size out",
                )
            ],
        ),
    ]


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
                    "concatenate (Concatenate) needs inputs that differ only along axis -1, "
                    "found the shapes (None, 8, 4), (None, 9, 4); axis=1 fits",
                )
            ],
        ),
    ]


class InvalidArgument(_Refusal):
    """A layer gets an argument value that it refuses.

    ## What it does

    Checks the values that constructors check: sizes that must be positive integers, paddings, fractions, activations.

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
    kinds = frozenset({"argument"})

    def covers(self, raised: Raised) -> bool:
        if "Keras knows no" in raised.error.message and registers_names(raised.site):
            return False
        return super().covers(raised)

    VALID = [
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
            [(3, "Activation: Keras knows no activation called 'rellu'; did you mean 'relu'?")],
        ),
        # Keras asks for an integer of Python's own
        Invalid(
            """
import numpy as np
from keras.layers import Dense
labels = np.array([0, 2, 1])
layer = Dense(labels.max() + 1)
""",
            [(5, "Dense expects an integer of Python for units, got 3 as numpy int64; write units=int(...)")],
        ),
    ]


class UnknownArgument(_Refusal):
    """A layer gets an argument that it does not have, or lacks one that it needs.

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
    ]


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
            [(4, "dense (Dense) takes one input, it is called on 2")],
        ),
        # a list of one
        Invalid(
            """
from keras import Input, layers
a = Input((8,))
b = layers.Dense(4)([a])
""",
            [(4, "dense (Dense) is called on a list of one tensor, which Keras 3 does not unpack")],
        ),
    ]


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
                    "layer dense (Dense) is built with kernel of shape (8, 4), but this input needs (9, 4); "
                    "make another layer for it",
                )
            ],
        ),
    ]


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
                    "dense (Dense) needs a known size for its last axis (axis -1), found None in (None, 8, None); "
                    "give that size in the shape of input_layer",
                )
            ],
        ),
    ]
