"""ACME101: no layer drops more than half of its units."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.arguments import replace_argument_value
from kerascheck.network.arguments import Given
from kerascheck.network.ir import BuiltinLayer, Layer
from kerascheck.network.program import Program
from kerascheck.rules.base import Applicability, Finding, Invalid, Repair, Replacement, Rule, Severity, Thresholds

LIMIT = 0.5


class HeavyDropout(Rule):
    """A `Dropout` layer drops more than half of the units.

    ## What it does

    Reports `Dropout` with a rate above 0.5.

    ## Why it is bad

    Acme has agreed on it. Behind such a layer little is left to learn from.

    ## Example

    ```python
    from keras.layers import Dropout

    layer = Dropout(0.8)
    ```

    ## Use instead

    ```python
    from keras.layers import Dropout

    layer = Dropout(0.5)
    ```
    """

    code = "ACME101"
    name = "heavy-dropout"
    severity = Severity.WARNING
    fixable = "unsafe"
    url = "https://acme.example/keras/heavy-dropout"

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for layer in program.layers:
            rate = _rate(layer)
            if layer.site is None or rate is None or not LIMIT < rate.value < 1:
                continue
            message = f"a rate of {rate.value} drops more than half of the units; Acme allows {LIMIT}"
            yield Finding(layer.site, message, _repair(layer.site.node, rate))

    VALID = [
        # exactly half
        """
from keras.layers import Dropout
layer = Dropout(0.5)
""",
        # the rate is not known
        """
import os
from keras.layers import Dropout
layer = Dropout(float(os.environ["RATE"]))
""",
        # no dropout of Keras
        """
import keras
class Dropout(keras.layers.Layer):
    def __init__(self, rate):
        super().__init__()
layer = Dropout(0.8)
""",
    ]

    INVALID = [
        Invalid(
            """
from keras.layers import Dropout
layer = Dropout(0.8)  # much
""",
            [(3, "a rate of 0.8 drops more than half of the units; Acme allows 0.5")],
            fixed="""
from keras.layers import Dropout
layer = Dropout(0.5)  # much
""",
        ),
        # where the number stands elsewhere, only a human can change it
        Invalid(
            """
from keras import layers
RATE = 0.9
block = [layers.Dense(8, activation="relu"), layers.Dropout(rate=RATE)]
""",
            [(4, "a rate of 0.9 drops more than half of the units; Acme allows 0.5")],
        ),
    ]


def _rate(layer: Layer) -> Given | None:
    """The rate, if the layer is a `Dropout` of Keras and gives one that is a known number."""
    if not isinstance(layer, BuiltinLayer) or layer.cls != "Dropout" or layer.arguments is None:
        return None
    rate = layer.arguments.get("rate", 0)
    return rate if isinstance(rate, Given) and isinstance(rate.value, (int, float)) else None


def _repair(call: cst.CSTNode, rate: Given) -> Repair | None:
    if not isinstance(call, cst.Call) or rate.node is None or not isinstance(rate.node.value, cst.Float):
        return None
    mended = replace_argument_value(call, rate.node, cst.Float(str(LIMIT)))
    return Repair(f"Drop {LIMIT}", (Replacement(call, mended),), Applicability.UNSAFE)
