"""KC866: `super().build()` without the shape."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.values import ClassValue
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, base_of, classes_of, is_keras_3, own_method, surely_run
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class BuildWithoutShape(Rule):
    """The `build` of a layer calls that of Keras without an argument.

    ## What it does

    Reports `super().build()` in the `build` of a class that derives from `keras.layers.Layer`.

    ## Why it is bad

    "Layer.build() missing 1 required positional argument: 'input_shape'", when the layer is first called.

    ## Example

    ```python
    import keras

    class Scale(keras.layers.Layer):
        def build(self, input_shape):
            self.scale = self.add_weight(shape=(input_shape[-1],))
            super().build()
    ```

    ## Use instead

    ```python
    import keras

    class Scale(keras.layers.Layer):
        def build(self, input_shape):
            self.scale = self.add_weight(shape=(input_shape[-1],))
            super().build(input_shape)
    ```

    ## References

    - [Keras: the base Layer class](https://keras.io/api/layers/base_layer/)
    """

    code = "KC866"
    name = "build-without-shape"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for cls in classes_of(program):
            build = own_method(cls, "build")
            if build is None or base_of(cls) != "keras.Layer" or not is_keras_3(cls.site):
                continue
            if any(isinstance(one, ClassValue) and "build" in one.members for one in cls.mro()[1:]):
                continue
            code = Code(build, program.objects)
            for node in surely_run(code.node.body):
                if isinstance(node, cst.Call) and not node.args and _is_build_of_base(node):
                    yield Finding(
                        code.site(node), "build of keras.layers.Layer needs the shape; write super().build(input_shape)"
                    )

    VALID = [
        # with the shape, or not called at all
        """
import keras
class Scale(keras.layers.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight(shape=(input_shape[-1],))
        super().build(input_shape)
class Shift(keras.layers.Layer):
    def build(self, input_shape):
        self.shift = self.add_weight(shape=(input_shape[-1],))
        self.built = True
""",
        # a base of the program needs none
        """
import keras
class Base(keras.layers.Layer):
    def build(self, input_shape=None):
        self.built = True
class Scale(Base):
    def build(self, input_shape):
        self.scale = self.add_weight(shape=(input_shape[-1],))
        super().build()
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
class Scale(keras.layers.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight(shape=(input_shape[-1],))
        super(Scale, self).build()
""",
            [(6, "build of keras.layers.Layer needs the shape; write super().build(input_shape)")],
        ),
    ]


def _is_build_of_base(call: cst.Call) -> bool:
    function = call.func
    if not isinstance(function, cst.Attribute) or function.attr.value != "build":
        return False
    base = function.value
    return isinstance(base, cst.Call) and isinstance(base.func, cst.Name) and base.func.value == "super"
