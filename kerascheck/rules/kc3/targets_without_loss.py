"""KC324: outputs that no loss is for."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.training import FITTING, training_data
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.program import Program
from kerascheck.rules._code import is_keras_3
from kerascheck.rules._training import argument_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.training.compiled_losses import output_name


class TargetsWithoutLoss(Rule):
    """A list of losses is shorter than that of the outputs, and there are targets for all of them.

    ## What it does

    Reports `compile(loss=[...])` with fewer losses than the model has outputs, where the model is trained with a target
    for each output.

    ## Why it is bad

    Keras 3 takes the losses for the first outputs and leaves the others without one: their layers are never trained,
    and their targets are not looked at. Older versions refuse it.

    ## Example

    ```python
    import numpy as np
    from keras import Input, Model, layers

    inputs = Input((4,))
    model = Model(inputs, [layers.Dense(1, name="age")(inputs), layers.Dense(1, name="size")(inputs)])
    model.compile("adam", loss=["mse"])
    model.fit(np.zeros((8, 4)), [np.zeros((8, 1)), np.zeros((8, 1))])
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Input, Model, layers

    inputs = Input((4,))
    model = Model(inputs, [layers.Dense(1, name="age")(inputs), layers.Dense(1, name="size")(inputs)])
    model.compile("adam", loss=["mse", "mse"])
    model.fit(np.zeros((8, 4)), [np.zeros((8, 1)), np.zeros((8, 1))])
    ```

    ## References

    - [Keras: the functional API, models with several inputs and outputs](https://keras.io/guides/functional_api/)
    """

    code = "KC324"
    name = "targets-without-loss"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[int] = set()
        for call in program.trainings:
            compiled = call.compiled
            if call.method not in FITTING or compiled is None or id(compiled) in told or call.network.own_methods:
                continue
            given = compiled.arguments.get("loss", 1)
            if not isinstance(given, Given) or not isinstance(given.value, (list, tuple)):
                continue
            y, outputs = training_data(call).y, compiled.outputs
            if not isinstance(y, list) or not 0 < len(given.value) < len(outputs) == len(y):
                continue
            if compiled.network.open is not None or not is_keras_3(compiled.site):
                continue
            told.add(id(compiled))
            without = [output_name(tensor) or "?" for tensor in outputs[len(given.value) :]]
            yield Finding(
                argument_site(compiled.site, given),
                f"the list of losses has none for {', '.join(map(repr, without))}, so that Keras never trains for "
                "these targets; name a loss for each output",
                anchor=compiled.site,
            )

    VALID = [
        # one for each
        """
import numpy as np
from keras import Input, Model, layers
inputs = Input((4,))
model = Model(inputs, [layers.Dense(1, name="age")(inputs), layers.Dense(1, name="size")(inputs)])
model.compile("adam", loss=["mse", "mae"])
model.fit(np.zeros((8, 4)), [np.zeros((8, 1)), np.zeros((8, 1))])
""",
        # one for all
        """
import numpy as np
from keras import Input, Model, layers
inputs = Input((4,))
model = Model(inputs, [layers.Dense(1, name="age")(inputs), layers.Dense(1, name="size")(inputs)])
model.compile("adam", loss="mse")
model.fit(np.zeros((8, 4)), [np.zeros((8, 1)), np.zeros((8, 1))])
""",
        # an output to look at: there are no targets for it
        """
import numpy as np
from keras import Input, Model, layers
inputs = Input((4,))
hidden = layers.Dense(8, activation="relu")(inputs)
model = Model(inputs, [layers.Dense(1, name="age")(hidden), hidden])
model.compile("adam", loss=["mse"])
model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Input, Model, layers
inputs = Input((4,))
model = Model(inputs, [layers.Dense(1, name="age")(inputs), layers.Dense(1, name="size")(inputs)])
model.compile("adam", loss=["mse"])
model.fit(np.zeros((8, 4)), [np.zeros((8, 1)), np.zeros((8, 1))])
""",
            [
                (
                    6,
                    "the list of losses has none for 'size', so that Keras never trains for these targets; "
                    "name a loss for each output",
                )
            ],
        ),
    ]
