"""KC216: Outputs, targets, losses and metrics differ in number or name."""

from __future__ import annotations

from kerascheck.rules._clashes import ClashRule
from kerascheck.rules.base import Invalid


class TargetStructureMismatch(ClashRule):
    """Outputs, targets, losses and metrics differ in number or name.

    ## What it does

    Brings the lists and dictionaries of targets, losses and metrics together with the outputs of the model, as Keras 3
    does.

    ## Why it is bad

    Keras raises ValueError or KeyError. That one list of metrics no longer stands for all outputs is new in Keras 3.

    ## Example

    ```python
    import numpy as np
    from keras import Input, Model, layers

    inputs = Input((8,))
    model = Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)])
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(np.zeros((100, 8)), [np.zeros(100), np.zeros(100)])
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Input, Model, layers

    inputs = Input((8,))
    model = Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)])
    model.compile("adam", "mse", metrics=[["mae"], ["mae"]])
    model.fit(np.zeros((100, 8)), [np.zeros(100), np.zeros(100)])
    ```

    ## References

    - [Keras: models with several outputs](https://keras.io/guides/functional_api/#models-with-multiple-inputs-and-outputs)
    """

    code = "KC216"
    name = "target-structure-mismatch"
    kind = "target-structure"

    VALID = [
        # a target for each output
        """
import numpy as np
from keras import Input, Model, layers
inputs = Input((8,))
model = Model(inputs, [layers.Dense(1, name="a")(inputs), layers.Dense(1, name="b")(inputs)])
model.compile("adam", {"a": "mse", "b": "mae"}, metrics={"a": ["mae"]})
model.fit(np.zeros((100, 8)), {"a": np.zeros(100), "b": np.zeros(100)})
""",
        # one output is not trained
        """
import numpy as np
from keras import Input, Model, layers
inputs = Input((8,))
model = Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)])
model.compile("adam", ["mse", None])
model.fit(np.zeros((100, 8)), np.zeros(100))
""",
        # what the targets are is not known
        """
import numpy as np
from keras import Input, Model, layers
from data import targets
inputs = Input((8,))
model = Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 8)), targets)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Input, Model, layers
inputs = Input((8,))
model = Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 8)), np.zeros(100))
""",
            [(7, "the model has 2 outputs, but the data has 1 target, which Keras 3 does not broadcast over outputs")],
        ),
        Invalid(
            """
import numpy as np
from keras import Input, Model, layers
inputs = Input((8,))
model = Model(inputs, [layers.Dense(1, name="a")(inputs), layers.Dense(1, name="b")(inputs)])
model.compile("adam", {"a": "mse", "c": "mse"})
model.fit(np.zeros((100, 8)), [np.zeros(100), np.zeros(100)])
""",
            [(7, "the loss has the keys 'a', 'c', the outputs are called 'a', 'b'")],
        ),
        Invalid(
            """
import numpy as np
from keras import Input, Model, layers
inputs = Input((8,))
model = Model(inputs, [layers.Dense(1, name="a")(inputs), layers.Dense(1, name="b")(inputs)])
model.compile("adam", "mse", metrics={"c": "mae"})
model.fit(np.zeros((100, 8)), [np.zeros(100), np.zeros(100)])
""",
            [(7, "the metrics have the keys 'c', the outputs are called 'a', 'b'")],
        ),
    ]
