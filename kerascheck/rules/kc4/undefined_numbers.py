"""KC408: A step of preparation surely produces NaN or infinity."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.content import Content
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Preparation, Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class UndefinedNumbers(Rule):
    """A step of preparation surely produces NaN or infinity.

    ## What it does

    Reports logarithms of arrays that hold 0 or negative numbers, square roots of negative ones, and divisions by arrays
    (or their largest value) that hold 0, where the source shows that they do.

    ## Why it is bad

    numpy warns once and goes on. A single NaN or infinity in the data makes the loss NaN in the first batch, and with
    it all weights.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    x = np.log(np.array([[0.0, 1.0], [2.0, 3.0]]))
    model = Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, np.zeros(2))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    x = np.log1p(np.array([[0.0, 1.0], [2.0, 3.0]]))
    model = Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, np.zeros(2))
    ```

    ## References

    - [numpy: log](https://numpy.org/doc/stable/reference/generated/numpy.log.html)
    """

    code = "KC408"
    name = "undefined-numbers"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for step in program.preparations:
            if step.kind == "undefined":
                yield Finding(step.site, _undefined(step))

    VALID = [
        # positive numbers
        """
import numpy as np
import keras
x = np.log(np.array([[0.5, 1.0], [2.0, 3.0]])) / np.array([2.0, 4.0])
""",
        # log1p is made for that
        """
import numpy as np
import keras
x = np.log1p(np.array([[0.0, 1.0], [2.0, 3.0]]))
""",
        # a little is added
        """
import numpy as np
import keras
x = np.log(np.array([[0.0, 1.0], [2.0, 3.0]]) + 1e-7)
""",
        # whether a 0 is among them is not known
        """
import numpy as np
import keras
x = np.log(np.random.rand(10, 2)) / np.random.rand(10, 2)
""",
        # divided by the largest value
        """
from keras import datasets
(x, y), _ = datasets.mnist.load_data()
x = x / x.max()
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import keras
x = np.array([[0.0, 1.0], [2.0, -3.0]])
a = np.log(x)
b = np.sqrt(x)
c = x / np.array([2.0, 0.0])
d = np.zeros((4, 4))
e = d / d.max()
""",
            [
                (5, "numpy.log of numbers down to -3 produces NaN or infinity"),
                (6, "numpy.sqrt of numbers down to -3 produces NaN"),
                (7, "a division by 0 produces NaN or infinity"),
                (9, "a division by 0 produces NaN or infinity"),
            ],
        ),
    ]


def _undefined(step: Preparation) -> str:
    if step.name == "division":
        return "a division by 0 produces NaN or infinity"
    content = step.arrays[0].content if step.arrays and isinstance(step.arrays[0], Array) else Content()
    low = min(content.values) if content.values is not None else content.low
    least = f" down to {low:g}" if low is not None else ""
    return f"{step.name} of numbers{least} produces NaN" + (" or infinity" if "log" in step.name else "")
