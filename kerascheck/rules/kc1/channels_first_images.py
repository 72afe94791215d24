"""KC118: images whose channels come first enter a convolution that takes them last."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.layers.geometry import channels_first
from kerascheck.network.ir import BuiltinLayer, InputLayer
from kerascheck.network.program import Program
from kerascheck.rules._graph import shape_of
from kerascheck.rules._training import dialect
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import KerasError, Undetermined

_LAYERS = frozenset({"Conv2D", "SeparableConv2D", "DepthwiseConv2D"})
#: The numbers of channels that pictures have, and the least width of one.
_CHANNELS, _LEAST = (1, 3), 16


class ChannelsFirstImages(Rule):
    """Images whose channels come first enter a convolution that takes them last.

    ## What it does

    Reports a two-dimensional convolution with `data_format="channels_last"` on an input of shape (3, n, n) or
    (1, n, n).

    ## Why it is bad

    The layer takes the picture for one of 3 rows with n channels. It runs, but the kernels slide over rows and columns
    of another picture than the one that is there.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((3, 64, 64)), layers.Conv2D(16, 3)])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((64, 64, 3)), layers.Conv2D(16, 3)])
    ```

    ## References

    - [Keras: Conv2D](https://keras.io/api/layers/convolution_layers/convolution2d/)
    """

    code = "KC118"
    name = "channels-first-images"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for layer in program.layers:
            if layer.cls not in _LAYERS or not isinstance(layer, BuiltinLayer) or layer.site is None:
                continue
            if dialect(layer.site) == 1:
                continue  # its backend was told the order in a file of its own
            for node in layer.calls:
                source = node.inputs[0].node if node.inputs else None
                shape = shape_of(node.inputs[0]) if source is not None else None
                if source is None or not isinstance(source.layer, InputLayer) or shape is None or len(shape) != 4:
                    continue
                depth, height, width = shape[1:]
                if depth not in _CHANNELS or not isinstance(height, int) or height != width or height < _LEAST:
                    continue
                if not _takes_them_last(layer):
                    continue
                yield Finding(
                    layer.site,
                    f"this {layer.cls} takes the last axis for the channels, all {width} of them; the input seems to "
                    f"have its {depth} first: use ({height}, {width}, {depth})",
                )
                break

    VALID = [
        # last
        """
from keras import Sequential, layers
model = Sequential([layers.Input((64, 64, 3)), layers.Conv2D(16, 3)])
""",
        # said so, or put there
        """
from keras import Sequential, layers
model = Sequential([layers.Input((3, 64, 64)), layers.Conv2D(16, 3, data_format="channels_first")])
other = Sequential([layers.Input((3, 64, 64)), layers.Permute((2, 3, 1)), layers.Conv2D(16, 3)])
""",
        # no picture
        """
from keras import Sequential, layers
model = Sequential([layers.Input((1, 500, 22)), layers.Conv2D(16, (1, 3))])
other = Sequential([layers.Input((3, 3, 8)), layers.Conv2D(16, 3)])
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((3, 64, 64)), layers.Conv2D(16, 3)])
other = Sequential([layers.Conv2D(16, 1, input_shape=(1, 28, 28))])
""",
            [
                (
                    3,
                    "this Conv2D takes the last axis for the channels, all 64 of them; the input seems to have its 3 "
                    "first: use (64, 64, 3)",
                ),
                (
                    4,
                    "this Conv2D takes the last axis for the channels, all 28 of them; the input seems to have its 1 "
                    "first: use (28, 28, 1)",
                ),
            ],
        ),
    ]


def _takes_them_last(layer: BuiltinLayer) -> bool:
    """Whether that is surely the order of its axes."""
    try:
        return not channels_first(layer.config)
    except (KerasError, Undetermined):
        return False
