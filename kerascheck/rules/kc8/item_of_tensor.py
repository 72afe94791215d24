"""KC873: a part of a tensor is set in place."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._code import all_code, own_nodes
from kerascheck.rules._streams import other_backend
from kerascheck.rules._tensors import Bound
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class ItemOfTensor(Rule):
    """`q[0, action] = target`, where `q` is a tensor.

    ## What it does

    Follows names to where they are made. It reports that a part is set of what a model gives that is called
    (`q = model(x)`), or what `tf.zeros`, `tf.constant` and their like give.

    ## Why it is bad

    Tensors of TensorFlow cannot be changed: "'EagerTensor' object does not support item assignment". `predict` gives
    an array, which can.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(2)])
    values = model(np.zeros((1, 4)))
    values[0, 1] = 1.0
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(2)])
    values = model(np.zeros((1, 4))).numpy()
    values[0, 1] = 1.0
    ```

    ## References

    - [TensorFlow: introduction to tensors](https://www.tensorflow.org/guide/tensor)
    """

    code = "KC873"
    name = "item-of-tensor"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        codes = all_code(program)
        module = next((code for code in codes if code.is_module), None)
        for code in codes:
            around = module if module is not None and code is not module and code.file is module.file else None
            names: Bound | None = None
            for node in own_nodes(code.file, code.node.body, cst.AssignTarget, cst.AugAssign):
                target = node.target
                if not isinstance(target, cst.Subscript) or not isinstance(target.value, cst.Name):
                    continue
                site = code.site(target)
                names = names or Bound(code, around, keeping=True)
                if not other_backend(site) and names.is_tensor(target.value):
                    yield Finding(
                        site,
                        f"{target.value.value!r} is a tensor, and tensors cannot be changed in place; make an array of "
                        "it, .numpy(), or use tf.tensor_scatter_nd_update",
                    )

    VALID = [
        # arrays, and what is made of a tensor
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(2)])
x = np.zeros((1, 4))
one = model.predict(x)
one[0, 1] = 1.0
two = model(x)
two = two.numpy()
two[0, 1] = 1.0
three = np.array(model(x))
three[0] += 1.0
""",
        # a list of tensors, a dictionary, a variable
        """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(2)])
def run(x, out):
    found = [tf.zeros((2,)) for _ in range(3)]
    found[0] = model(x)
    named = {}
    named["out"] = model(x)
    out[0] = model(x)
    rows = tf.zeros((2,))
    rows = [rows]
    rows[0] = 1
    return found, named, out
""",
        # arrays of torch can be changed
        """
import os
os.environ["KERAS_BACKEND"] = "torch"
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(2)])
values = model(np.zeros((1, 4)))
values[0, 1] = 1.0
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(2)])
def target(state, action, reward):
    values = model(state)
    values[0, action] = reward
    return values
counts = tf.zeros((3,))
counts[1] += 1
""",
            [
                (
                    8,
                    "'values' is a tensor, and tensors cannot be changed in place; make an array of it, .numpy(), or "
                    "use tf.tensor_scatter_nd_update",
                ),
                (
                    11,
                    "'counts' is a tensor, and tensors cannot be changed in place; make an array of it, .numpy(), or "
                    "use tf.tensor_scatter_nd_update",
                ),
            ],
        ),
    ]
