"""KC106: A high dropout rate leaves only a few units of a narrow layer."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.dims import product
from kerascheck.network.ir import Layer, Tensor
from kerascheck.network.program import Program
from kerascheck.rules._graph import (
    DROPOUTS,
    dropout_rate,
    last_dim,
    shape_of,
)
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class DropoutStarvesLayer(Rule):
    """A high dropout rate leaves only a few units of a narrow layer.

    ## What it does

    Reports a dropout rate above 0.5 where less than `min-live-units` (4) of the values it is applied to survive on
    average. Spatial dropout is counted in channels.

    ## Why it is bad

    Dropout needs redundancy: many units of which some may go. With two or three left, hardly any information gets
    through, and now and then none at all.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(6, activation="relu"), layers.Dropout(0.7), layers.Dense(1)])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(64, activation="relu"), layers.Dropout(0.5), layers.Dense(1)])
    ```

    ## References

    - [Srivastava et al., Dropout, appendix A.4 on the size of layers](https://jmlr.org/papers/v15/srivastava14a.html)
    """

    code = "KC106"
    name = "dropout-starves-layer"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        reported: set[tuple[int, int]] = set()
        for layer in program.layers:
            rate = dropout_rate(layer)
            if layer.cls not in DROPOUTS or layer.site is None or rate is None or not 0.5 < rate < 1:
                continue
            widths = [_droppable(layer, node.inputs[0]) for node in layer.calls if node.inputs]
            if not widths or any(width is None for width in widths) or layer.site.key in reported:
                continue
            width = max(width for width in widths if width is not None)
            live = width * (1 - rate)
            if live >= thresholds.min_live_units * (1 - 1e-9):
                continue
            reported.add(layer.site.key)
            what = "channels" if layer.cls.startswith("Spatial") else "units"
            yield Finding(
                layer.site,
                f"{layer.cls}({rate:g}) leaves {live:.2g} of {width} {what} on average; "
                "lower the rate or widen the layer before it",
            )

    VALID = [
        # wide enough: 32 x 0.2 = 6.4
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(32, activation="relu"), layers.Dropout(0.8), layers.Dense(1)])
""",
        # narrow, but half of it stays
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(6, activation="relu"), layers.Dropout(0.5), layers.Dense(1)])
""",
        # few channels, many values
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20, 20, 3)), layers.Dropout(0.7), layers.Conv2D(8, 3)])
""",
        # the number of units is not known
        """
import sys
from keras import Sequential, layers
n = int(sys.argv[1])
model = Sequential([layers.Input((20,)), layers.Dense(n, activation="relu"), layers.Dropout(0.7), layers.Dense(1)])
""",
        # sequences of any length
        """
from keras import Sequential, layers
model = Sequential([layers.Input((None, 3)), layers.Dropout(0.7), layers.LSTM(8)])
""",
    ]

    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([
    layers.Input((20,)),
    layers.Dense(6, activation="relu"),
    layers.Dropout(0.7),
    layers.Dense(1),
])
""",
            [(6, "Dropout(0.7) leaves 1.8 of 6 units on average; lower the rate or widen the layer before it")],
        ),
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((99, 4)), layers.SpatialDropout1D(0.6), layers.LSTM(8)])
""",
            [
                (
                    3,
                    "SpatialDropout1D(0.6) leaves 1.6 of 4 channels on average; "
                    "lower the rate or widen the layer before it",
                )
            ],
        ),
    ]


def _droppable(layer: Layer, tensor: Tensor) -> int | None:
    """How many values (or channels) of one sample the layer decides about, where that is known."""
    shape = shape_of(tensor)
    if shape is None:
        return None
    if layer.cls.startswith("Spatial"):
        first = layer.config.get("data_format") == "channels_first"
        width = shape[1] if first and len(shape) > 2 else last_dim(tensor)
    elif layer.config.get("noise_shape") is not None:
        return None
    else:
        width = product(shape[1:])
    return width if isinstance(width, int) else None
