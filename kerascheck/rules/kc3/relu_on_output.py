"""KC317: A regression ends with one relu unit, which may be dead from the start."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.dims import definitely_equal
from kerascheck.network.program import Program
from kerascheck.rules._outputs import describe
from kerascheck.rules._related import compiling
from kerascheck.rules._training import judged_compiles
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.training.compiled_losses import REGRESSION, losses_by_output


class ReluOnOutput(Rule):
    """A regression ends with one relu unit, which may be dead from the start.

    ## What it does

    Reports, as advice, an output of one unit with `relu` under a regression loss.

    ## Why it is bad

    While the sum before `relu` is negative for all samples, the output is 0, the gradient is 0, and the network
    stays as it is: that happens in many runs with the usual initial weights, and then the loss never falls. Negative
    targets cannot be reached at all.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(30, activation="relu"), layers.Dense(1, activation="relu")])
    model.compile("adam", "mse")
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(30, activation="relu"), layers.Dense(1)])
    model.compile("adam", "mse")
    ```

    ## References

    - [Lu, Shin, Su, Karniadakis 2020: Dying ReLU and Initialization](https://doi.org/10.4208/cicp.OA-2020-0165)
    """

    code = "KC317"
    name = "relu-on-output"
    severity = Severity.INFO

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in judged_compiles(program):
            if call.network.open is not None or call.network.unknown is not None:
                continue
            for target in losses_by_output(call):
                output = describe(target.tensor)
                if target.loss is None or target.loss.name not in REGRESSION or output.activation != "relu":
                    continue
                layer = output.layer
                if layer is not None and layer.site is not None and definitely_equal(output.units, 1):
                    yield Finding(
                        layer.site,
                        f"a relu output is 0 and does not learn while its sum is negative; remove the activation, or "
                        f'use "softplus" where {target.loss.name} is over positive numbers',
                        anchor=call.site,
                        related=tuple(compiling(call)),
                    )

    VALID = [
        # linear
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(30, activation="relu"), layers.Dense(1)])
model.compile("adam", "mse")
""",
        # many units are not all dead at once
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(30, activation="relu")])
model.compile("adam", "mse")
""",
    ]

    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((4,))])
model.add(layers.Dense(30, activation="relu"))
model.add(layers.Dense(1, activation="relu"))
model.compile("adam", "mse")
""",
            [
                (
                    5,
                    "a relu output is 0 and does not learn while its sum is negative; remove the activation, "
                    'or use "softplus" where mean_squared_error is over positive numbers',
                )
            ],
        ),
    ]
