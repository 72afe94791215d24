"""KC813: the number of batches of a data set of the program is no whole number."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, base_of, classes_of, definition, own_method, own_nodes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: Functions of numpy that give floats.
_FLOATS = frozenset({"numpy.ceil", "numpy.floor", "numpy.round", "numpy.rint", "numpy.trunc", "numpy.divide"})
_BASES = frozenset({"keras.utils.PyDataset", "keras.utils.Sequence"})


class LengthNotWhole(Rule):
    """`__len__` of a `PyDataset` returns a float.

    ## What it does

    Reports `__len__` of data sets of the program that returns what `np.ceil` or `np.floor` gives, or a quotient.

    ## Why it is bad

    Python raises TypeError as soon as Keras asks for the number of batches: "'float' object cannot be interpreted as an
    integer". `math.ceil` gives a whole number, `np.ceil` does not.

    ## Example

    ```python
    import keras
    import numpy as np

    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return np.ceil(100 / 16)

        def __getitem__(self, index):
            return np.zeros((16, 4)), np.zeros((16, 1))
    ```

    ## Use instead

    ```python
    import keras
    import math
    import numpy as np

    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return math.ceil(100 / 16)

        def __getitem__(self, index):
            return np.zeros((16, 4)), np.zeros((16, 1))
    ```

    ## References

    - [Keras: PyDataset](https://keras.io/api/utils/python_utils/#pydataset-class)
    """

    code = "KC813"
    name = "length-not-whole"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for cls in classes_of(program):
            method = own_method(cls, "__len__") if base_of(cls) in _BASES else None
            if method is None or definition(method).decorators:
                continue
            code = Code(method, program.objects)
            for node in own_nodes(code.file, definition(method).body):
                if isinstance(node, cst.Return) and node.value is not None and _is_float(code, node.value):
                    yield Finding(
                        code.site(node), f"{cls.name}.__len__ returns a float; convert it to an integer with int()"
                    )

    VALID = [
        # whole numbers
        """
import keras
import math
import numpy as np
class Batches(keras.utils.PyDataset):
    def __len__(self):
        return math.ceil(100 / 16)
class Others(keras.utils.PyDataset):
    def __len__(self):
        return int(np.ceil(100 / 16))
class More(keras.utils.PyDataset):
    def __len__(self):
        return 100 // 16
""",
        # another class
        """
import keras
import numpy as np
class Size:
    def __len__(self):
        return np.ceil(2.5)
""",
        # converted behind it
        """
import keras
import numpy as np
class Batches(keras.utils.Sequence):
    def __len__(self):
        return np.ceil(100 / 16).astype(int)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import numpy as np
class Batches(keras.utils.PyDataset):
    def __init__(self, x, size, **kwargs):
        super().__init__(**kwargs)
        self.x, self.size = x, size
    def __len__(self):
        return np.ceil(len(self.x) / self.size)
class Others(keras.utils.Sequence):
    def __init__(self, x, **kwargs):
        super().__init__(**kwargs)
        self.x = x
    def __len__(self):
        return len(self.x) / 8
""",
            [
                (9, "Batches.__len__ returns a float; convert it to an integer with int()"),
                (15, "Others.__len__ returns a float; convert it to an integer with int()"),
            ],
        ),
    ]


def _is_float(code: Code, node: cst.BaseExpression) -> bool:
    """Whether the value surely is a float, of Python or of numpy."""
    if isinstance(node, cst.Call):
        return code.symbol(node.func) in _FLOATS
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Divide):
        numbers = (cst.Integer, cst.Float)
        return any(isinstance(side, numbers) or _is_length(code, side) for side in (node.left, node.right))
    return False


def _is_length(code: Code, node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Call) and code.symbol(node.func) == "builtins.len"
