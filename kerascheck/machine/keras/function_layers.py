"""Functions that work as layers."""

from __future__ import annotations

from kerascheck.machine.keras.calling import constants, input_tensors
from kerascheck.machine.keras.tensor_structures import known_shapes
from kerascheck.machine.run import Run
from kerascheck.machine.values import UserRaise, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import Shape
from kerascheck.network.ir import (
    BuiltinLayer,
    Tensor,
)
from kerascheck.symbolic.unknown import Undetermined


# -- Lambda --------------------------------------------------------------------------------------------------------
class FunctionLayer(BuiltinLayer):
    """A Lambda whose function belongs to the program: calling it runs the function."""

    runs_program = True
    function: Value
    machine: Run

    def infer(self, shapes: list[Shape]) -> list[Shape]:
        self.weights = []
        self.hand_on("ran", None)
        tensors = [Tensor(shape) for shape in shapes]
        value: Value = tensors[0] if len(tensors) == 1 else self.machine.new_list(tensors)
        keywords: dict[str, Given] = {}
        extra = self.config.get("arguments")
        if isinstance(extra, dict):
            keywords = {key: Given(item) for key, item in extra.items() if isinstance(key, str)}
        assert self.site is not None
        self.machine.tracing += 1
        try:
            result = constants(
                self.machine, self.machine.call(self.function, Arguments([Given(value)], keywords), self.site)
            )
            made = known_shapes(result, "the function of Lambda")
            self.hand_on("ran", (tuple(tensors), tuple(input_tensors(result) or ())))
            return made
        except (UserRaise, Undetermined):
            return super().infer(shapes)
        finally:
            self.machine.tracing -= 1
