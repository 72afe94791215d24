"""KC839: a layer of the program drops the mask that a layer behind it needs."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.machine.static import names_used
from kerascheck.machine.values import ClassValue, FunctionValue
from kerascheck.network.ir import BuiltinLayer, Layer, Node
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules._code import base_of, definition, is_keras_3
from kerascheck.rules._serial import own_class
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: Layers that hand a mask on unchanged: `supports_masking` without a `compute_mask` of their own. (Keras 3.15)
PASSING = frozenset(
    {
        "Activation", "ActivityRegularization", "AlphaDropout", "BatchNormalization", "Dense", "Dropout", "ELU",
        "GaussianDropout", "GaussianNoise", "GroupNormalization", "Identity", "LayerNormalization", "LeakyReLU",
        "PReLU", "ReLU", "Rescaling", "Softmax", "SpatialDropout1D", "UnitNormalization",
    }
)  # fmt: skip
#: Layers whose outcome hangs on the mask.
TAKING = frozenset({"LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "GlobalAveragePooling1D"})
#: Layers of Keras that end a mask although the steps stay what they are, and those that make others of them.
#: Source: `supports_masking` of the layers of Keras 3.15.
_ENDING = frozenset({"Reshape", "Permute", "Lambda", "EinsumDense"})
_MIXING = frozenset(
    {
        "Conv1D", "SeparableConv1D", "DepthwiseConv1D", "Conv1DTranspose", "MaxPooling1D", "AveragePooling1D",
        "UpSampling1D", "ZeroPadding1D", "Cropping1D",
    }
)  # fmt: skip


class MaskDestroyed(Rule):
    """A mask ends at a layer that does not support masks, before a recurrent one.

    ## What it does

    Follows the mask of `Embedding(mask_zero=True)` and `Masking` through a model. It reports a layer of the program,
    or one of Keras, that does not support masking, where a recurrent layer or `GlobalAveragePooling1D` comes behind it;
    convolutions and pooling, which make other steps, as advice.

    ## Why it is bad

    Keras warns that the layer "does not support masking and will therefore destroy the mask information". The layers
    behind it read the padding as if it were data.

    ## Example

    ```python
    import keras
    from keras import layers

    class Scale(layers.Layer):
        def call(self, x):
            return 2.0 * x

    tokens = keras.Input((20,), dtype="int32")
    x = layers.Embedding(100, 8, mask_zero=True)(tokens)
    outputs = layers.LSTM(4)(Scale()(x))
    model = keras.Model(tokens, outputs)
    ```

    ## Use instead

    ```python
    import keras
    from keras import layers

    class Scale(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.supports_masking = True

        def call(self, x):
            return 2.0 * x

    tokens = keras.Input((20,), dtype="int32")
    x = layers.Embedding(100, 8, mask_zero=True)(tokens)
    outputs = layers.LSTM(4)(Scale()(x))
    model = keras.Model(tokens, outputs)
    ```

    ## References

    - [Keras: understanding masking and padding](https://keras.io/guides/understanding_masking_and_padding/)
    """

    code = "KC839"
    name = "mask-destroyed"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[int] = set()
        for network in program.networks:
            if network.open is not None or network.kind not in ("functional", "sequential"):
                continue
            for layer, taker in _losses(network):
                if id(layer) in told or layer.site is None or not is_keras_3(layer.site):
                    continue
                told.add(id(layer))
                cls = own_class(layer)
                way_out = (
                    "; set self.supports_masking = True in its __init__" if cls is not None
                    else f": the mask of the {_maker(network)} has no effect"
                )  # fmt: skip
                yield Finding(
                    layer.site,
                    f"{cls.name if cls is not None else layer.cls} does not support masking, so {taker.name!r} reads "
                    f"the padding as data{way_out}",
                    severity=Severity.INFO if layer.cls in _MIXING and cls is None else None,
                )

    VALID = [
        # nothing behind it asks for a mask; or there is none
        """
import keras
from keras import layers
tokens = keras.Input((20,), dtype="int32")
x = layers.Embedding(100, 8, mask_zero=True)(tokens)
one = layers.GlobalMaxPooling1D()(layers.Conv1D(8, 3, activation="relu")(x))
y = layers.Embedding(100, 8)(tokens)
other = layers.LSTM(4)(layers.Reshape((20, 8))(y))
model = keras.Model(tokens, [one, other])
""",
        # it supports masks
        """
import keras
from keras import layers
class Scale(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
    def call(self, x):
        return 2.0 * x
model = keras.Sequential([keras.Input((20,)), layers.Embedding(9, 8, mask_zero=True), Scale(), layers.LSTM(4)])
""",
        # it takes the mask itself
        """
import keras
from keras import layers
class Mean(layers.Layer):
    def call(self, x, mask=None):
        return x if mask is None else x * keras.ops.cast(mask[..., None], x.dtype)
    def compute_mask(self, x, mask=None):
        return mask
model = keras.Sequential([keras.Input((20,)), layers.Embedding(9, 8, mask_zero=True), Mean(), layers.LSTM(4)])
""",
        # no mask
        """
import keras
from keras import layers
class Scale(layers.Layer):
    def call(self, x):
        return 2.0 * x
model = keras.Sequential([keras.Input((20,)), layers.Embedding(9, 8), Scale(), layers.LSTM(4)])
""",
        # nothing behind it asks for the mask
        """
import keras
from keras import layers
class Scale(layers.Layer):
    def call(self, x):
        return 2.0 * x
model = keras.Sequential(
    [keras.Input((20,)), layers.Embedding(9, 8, mask_zero=True), layers.LSTM(4), Scale(), layers.Dense(1)]
)
""",
        # no mask comes out of a recurrent layer that gives its last step alone
        """
import keras
from keras import layers
class Scale(layers.Layer):
    def call(self, x):
        return 2.0 * x
model = keras.Sequential(
    [
        keras.Input((20,)),
        layers.Embedding(9, 8, mask_zero=True),
        layers.LSTM(4),
        layers.RepeatVector(3),
        Scale(),
        layers.LSTM(4),
    ]
)
""",
    ]
    INVALID = [
        # layers of Keras
        Invalid(
            """
import keras
from keras import layers
tokens = keras.Input((20,), dtype="int32")
x = layers.Embedding(100, 8, mask_zero=True)(tokens)
one = layers.LSTM(4)(layers.Reshape((20, 8))(x))
other = layers.GRU(4)(layers.MaxPooling1D(2)(layers.Conv1D(8, 3, activation="relu")(x)))
model = keras.Model(tokens, [one, other])
""",
            [
                (
                    6,
                    "Reshape does not support masking, so 'lstm' reads the padding as data: the mask of the Embedding "
                    "has no effect",
                ),
                (
                    7,
                    "Conv1D does not support masking, so 'gru' reads the padding as data: the mask of the Embedding "
                    "has no effect",
                ),
            ],
        ),
        Invalid(
            """
import keras
from keras import layers
class Scale(layers.Layer):
    def call(self, x):
        return 2.0 * x
tokens = keras.Input((20,), dtype="int32")
x = layers.Embedding(100, 8, mask_zero=True)(tokens)
x = layers.Dropout(0.1)(x)
x = Scale()(x)
x = layers.Dense(8)(x)
outputs = layers.LSTM(4, name="reader")(x)
model = keras.Model(tokens, outputs)
""",
            [
                (
                    10,
                    "Scale does not support masking, so 'reader' reads the padding as data; set "
                    "self.supports_masking = True in its __init__",
                )
            ],
        ),
        Invalid(
            """
import keras
from keras import layers
class Scale(layers.Layer):
    def call(self, x):
        return 2.0 * x
model = keras.Sequential()
model.add(keras.Input((20, 3)))
model.add(layers.Masking(-1.0))
model.add(Scale())
model.add(layers.GRU(4, name="reader"))
""",
            [
                (
                    10,
                    "Scale does not support masking, so 'reader' reads the padding as data; set "
                    "self.supports_masking = True in its __init__",
                )
            ],
        ),
    ]


def _losses(network: Network) -> Iterator[tuple[Layer, Layer]]:
    """The layers that end a mask in the model, each with the first layer behind it that would take it."""
    masked: set[int] = set()  # tensors with a mask, by their ids
    lost: dict[int, Layer] = {}  # those whose mask ended, and where
    for node in network.nodes:
        layer = node.layer
        outputs = [id(tensor) for tensor in node.outputs]
        if _makes_mask(layer):
            masked.update(outputs)
        elif len(node.inputs) != 1:
            continue
        elif id(node.inputs[0]) in lost:
            if layer.cls in TAKING and isinstance(layer, BuiltinLayer):
                yield lost[id(node.inputs[0])], layer
            elif _passes(layer) or _ends(layer):
                lost.update(dict.fromkeys(outputs, lost[id(node.inputs[0])]))
        elif id(node.inputs[0]) in masked:
            if _passes(layer) or _passes_sequence(node):
                masked.update(outputs)
            elif _ends(layer):
                lost.update(dict.fromkeys(outputs, layer))


def _makes_mask(layer: Layer) -> bool:
    if not isinstance(layer, BuiltinLayer) or layer.arguments is None:
        return False
    return layer.cls == "Masking" or (layer.cls == "Embedding" and layer.arguments.value("mask_zero") is True)


def _maker(network: Network) -> str:
    """The class of the layer that makes the mask."""
    return next((layer.cls for layer in network.layers if _makes_mask(layer)), "model")


def _passes(layer: Layer) -> bool:
    return isinstance(layer, BuiltinLayer) and layer.cls in PASSING


def _passes_sequence(node: Node) -> bool:
    layer = node.layer
    recurrent = isinstance(layer, BuiltinLayer) and layer.cls in ("LSTM", "GRU", "SimpleRNN")
    return recurrent and layer.arguments is not None and layer.arguments.value("return_sequences") is True


def _ends(layer: Layer) -> bool:
    """Whether it surely is a layer that knows nothing of masks."""
    if isinstance(layer, BuiltinLayer) and layer.unknown is None and (layer.cls in _ENDING or layer.cls in _MIXING):
        return True
    cls = own_class(layer)
    if cls is None or isinstance(layer, Network) or base_of(cls) != "keras.Layer":
        return False
    if any(find_member(cls, name) is not None for name in ("compute_mask", "supports_masking", "__call__")):
        return False
    call = find_member(cls, "call")
    if not isinstance(call, FunctionValue) or not isinstance(call.node, cst.FunctionDef):
        return False
    params = definition(call).params
    names = {param.name.value for param in (*params.params, *params.kwonly_params)}
    if "mask" in names or params.star_kwarg is not None:
        return False
    return not any(
        isinstance(one, ClassValue)
        and not {"supports_masking", "_keras_mask", "setattr"}.isdisjoint(names_used(one.site.file, one.node))
        for one in cls.mro()
    )
