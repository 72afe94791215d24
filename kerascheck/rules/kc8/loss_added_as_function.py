"""KC878: `add_loss` is given a function."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.values import FunctionValue
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, classes_of, is_keras_3, is_layer_class, methods, own_nodes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class LossAddedAsFunction(Rule):
    """`self.add_loss(lambda: ...)`: a function where Keras 3 takes a tensor.

    ## What it does

    Reports `self.add_loss` in a layer or model of the program with a lambda or a function of the program.

    ## Why it is bad

    Keras 2 called such functions in each step; Keras 3 raises ValueError.

    ## Example

    ```python
    import keras

    class Penalty(keras.layers.Layer):
        def call(self, x):
            self.add_loss(lambda: keras.ops.mean(x))
            return x
    ```

    ## Use instead

    ```python
    import keras

    class Penalty(keras.layers.Layer):
        def call(self, x):
            self.add_loss(keras.ops.mean(x))
            return x
    ```

    ## References

    - [Keras: the add_loss() method](https://keras.io/api/losses/#the-addloss-api)
    """

    code = "KC878"
    name = "loss-added-as-function"
    severity = Severity.ERROR
    only_keras_3 = True

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for cls in classes_of(program):
            if not is_layer_class(cls) or not is_keras_3(cls.site) or "add_loss" in cls.members:
                continue
            for method in methods(cls):
                code = Code(method, program.objects)
                for call in own_nodes(code.file, code.node.body, cst.Call):
                    if code.is_own_attribute(call.func) != "add_loss" or not call.args or call.args[0].star:
                        continue
                    given = call.args[0].value
                    if isinstance(given, cst.Lambda) or isinstance(code.meaning(given), FunctionValue):
                        yield Finding(
                            code.site(call),
                            "add_loss of Keras 3 takes a tensor, not a function; pass what it returns",
                        )

    VALID = [
        # a tensor, and what a function returns
        """
import keras
def mean(x):
    return keras.ops.mean(x)
class Penalty(keras.layers.Layer):
    def call(self, x):
        loss = keras.ops.sum(x)
        self.add_loss(loss)
        self.add_loss(mean(x))
        self.add_loss((lambda: loss)())
        return x
""",
        # add_loss of its own
        """
import keras
class Penalty(keras.layers.Layer):
    def add_loss(self, make):
        super().add_loss(make())
    def call(self, x):
        self.add_loss(lambda: keras.ops.mean(x))
        return x
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
class Penalty(keras.layers.Layer):
    def call(self, x):
        self.add_loss(lambda: keras.ops.mean(x))
        return x
""",
            [(5, "add_loss of Keras 3 takes a tensor, not a function; pass what it returns")],
        ),
    ]
