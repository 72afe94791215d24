"""KC105: A dropout rate is not in [0, 1)."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Applicability, Severity
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.rules._gone import is_old
from kerascheck.rules._graph import (
    dropout_rate,
)
from kerascheck.rules._raised import refused_rate
from kerascheck.rules.base import Finding, Invalid, Repair, Replacement, Rule, Thresholds


class DropoutRateOutOfRange(Rule):
    """A dropout rate is not in [0, 1).

    ## What it does

    Reports `Dropout`, the spatial dropouts, `AlphaDropout` and `GaussianDropout` with a rate below 0 or from 1 on.

    ## Why it is bad

    Keras raises ValueError for rates below 0 and above 1. With a rate of exactly 1 the layer gives nothing but zeros
    in training. A rate above 1 is usually a percentage.

    ## Example

    ```python
    from keras.layers import Dropout

    layer = Dropout(20)
    ```

    ## Use instead

    ```python
    from keras.layers import Dropout

    layer = Dropout(0.2)
    ```

    ## References

    - [Keras: Dropout layer](https://keras.io/api/layers/regularization_layers/dropout/)
    """

    code = "KC105"
    name = "dropout-rate-out-of-range"
    severity = Severity.ERROR
    fixable = "unsafe"

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        found: dict[tuple[int, int], tuple[Site, str, float]] = {}
        for layer in program.layers:
            rate = dropout_rate(layer)
            if layer.site is not None and rate is not None and not 0 <= rate < 1:
                found.setdefault(layer.site.key, (layer.site, layer.cls, rate))
        for raised in program.raised:  # where Keras refuses the rate there is no layer
            refusal = refused_rate(raised.error)
            if refusal is not None:
                found.setdefault(raised.site.key, (raised.site, *refusal))
        for site, cls, rate in found.values():
            yield Finding(site, _rate_message(cls, rate, is_old(site.file)), _rate_repair(site, rate))

    VALID = [
        # the usual
        """
from keras.layers import Dropout
layer = Dropout(0.5)
""",
        # off
        """
from keras.layers import Dropout
layers = [Dropout(0), Dropout(0.0)]
""",
        # nearly everything, but not all
        """
from keras.layers import Dropout
layer = Dropout(0.99)
""",
        # the standard deviation of noise has other limits
        """
from keras.layers import GaussianNoise
layer = GaussianNoise(1.0)
""",
        # a class of the program that takes percentages
        """
from keras import layers
class Dropout(layers.Layer):
    def __init__(self, percent):
        super().__init__()
layer = Dropout(20)
""",
        # not known
        """
import sys
from keras.layers import Dropout
layer = Dropout(float(sys.argv[1]))
""",
        # computed, and in range
        """
from keras.layers import Dropout
layer = Dropout(20 / 100)
""",
    ]

    INVALID = [
        Invalid(
            """
from keras.layers import Dropout
layer = Dropout(20)
""",
            [(3, "Dropout rate 20 is outside [0, 1) and Keras refuses it; for 20% write 0.2")],
            fixed="""
from keras.layers import Dropout
layer = Dropout(0.2)
""",
        ),
        Invalid(
            """
from keras.layers import SpatialDropout1D
layer = SpatialDropout1D(rate=-0.2)
""",
            [(3, "SpatialDropout1D rate -0.2 is outside [0, 1) and Keras refuses it")],
        ),
        Invalid(
            """
from keras.layers import Dropout
layer = Dropout(1.0)
""",
            [(3, "Dropout rate 1 drops everything: the layer outputs only zeros in training")],
        ),
    ]


def _rate_message(cls: str, rate: float, cuts: bool) -> str:
    """`cuts`: whether the program is for a Keras that cuts the rate to 0 to 1, as those before Keras 3 did."""
    if rate == 1:
        return f"{cls} rate 1 drops everything: the layer outputs only zeros in training"
    hint = f"; for {rate:g}% write {rate / 100:g}" if 1 < rate < 100 else ""
    outcome = "" if cuts else " and Keras refuses it"
    return f"{cls} rate {rate:g} is outside [0, 1){outcome}{hint}"


def _rate_repair(site: Site, rate: float) -> Repair | None:
    """Write a percentage as a fraction, where it stands in the call as a number."""
    if not 1 < rate < 100 or not isinstance(site.node, cst.Call):
        return None
    for index, arg in enumerate(site.node.args):
        named = arg.keyword is not None and arg.keyword.value in ("rate", "p")
        if (named or (index == 0 and arg.keyword is None and not arg.star)) and isinstance(
            arg.value, (cst.Integer, cst.Float)
        ):
            new = f"{rate / 100:.12g}"
            return Repair(f"Write {new}", (Replacement(arg.value, cst.Float(new)),), Applicability.UNSAFE)
    return None
