"""KC327: one-hot labels lack the column of the first class."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.content import FIRST_DROPPED
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._targets import targets_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class ClassWithoutColumn(Rule):
    """One-hot labels lack the column of the first class.

    ## What it does

    Reports `pandas.get_dummies(labels, drop_first=True)` as targets of `categorical_crossentropy`.

    ## Why it is bad

    The samples of the first class have a row of zeros. Their loss is 0 whatever the model says, and it can never answer
    with that class.

    ## Example

    ```python
    import numpy as np
    import pandas as pd
    from keras import Sequential, layers

    y = pd.get_dummies(pd.Series(["a", "b", "c"] * 20), drop_first=True).values.astype("float32")
    model = Sequential([layers.Input((4,)), layers.Dense(2, activation="softmax")])
    model.compile("adam", "categorical_crossentropy")
    model.fit(np.random.rand(60, 4), y)
    ```

    ## Use instead

    ```python
    import numpy as np
    import pandas as pd
    from keras import Sequential, layers

    y = pd.get_dummies(pd.Series(["a", "b", "c"] * 20)).values.astype("float32")
    model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", "categorical_crossentropy")
    model.fit(np.random.rand(60, 4), y)
    ```

    ## References

    - [pandas: get_dummies](https://pandas.pydata.org/docs/reference/api/pandas.get_dummies.html)
    """

    code = "KC327"
    name = "class-without-column"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for targets in targets_of(program):
            named = targets.loss.name if targets.loss is not None else ""
            if named != "categorical_crossentropy" or FIRST_DROPPED not in targets.content.tags:
                continue
            if targets.site.key not in told:
                told.add(targets.site.key)
                yield Finding(
                    targets.site,
                    "get_dummies(drop_first=True) has left no column for the first class, whose samples have no loss "
                    "then; leave drop_first out",
                    anchor=targets.call.site,
                    related=targets.places,
                )

    VALID = [
        # all columns
        """
import numpy as np
import pandas as pd
from keras import Sequential, layers
y = pd.get_dummies(pd.Series(["a", "b", "c"] * 20)).values.astype("float32")
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(np.random.rand(60, 4), y)
""",
        # a single column for two classes
        """
import numpy as np
import pandas as pd
from keras import Sequential, layers
y = pd.get_dummies(pd.Series(["a", "b"] * 30), drop_first=True).values.astype("float32")
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.random.rand(60, 4), y)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import pandas as pd
from keras import Sequential, layers
y = pd.get_dummies(pd.Series(["a", "b", "c"] * 20), drop_first=True).astype("float32")
model = Sequential([layers.Input((4,)), layers.Dense(y.shape[1], activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(np.random.rand(60, 4), y)
""",
            [
                (
                    8,
                    "get_dummies(drop_first=True) has left no column for the first class, whose samples have no loss "
                    "then; leave drop_first out",
                )
            ],
        ),
    ]
