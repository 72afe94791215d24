"""Builds a network of the analysis in the real Keras: layer classes, configurations and graph, nothing else.

No code of the analysed program is involved. What belongs to the program (custom layers, functions in Lambda) and tensor
operations whose arguments the graph does not keep are replaced by stand-ins that give the shape that was inferred;
`Rebuilt.assumed` names them.
"""

from __future__ import annotations

import contextlib
import importlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kerascheck.layers.applications.layers import HOMES
from kerascheck.layers.base import MultiInput, activation_name, parse_signature
from kerascheck.layers.recurrent import Recurrent
from kerascheck.machine.keras.function_layers import FunctionLayer
from kerascheck.machine.keras.tensors import Constant, Operation
from kerascheck.network.dims import is_exact
from kerascheck.network.ir import BuiltinLayer, InputLayer, Layer, Node, Tensor
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import Unknown
from kerascheck.verify import rebuild_operations

#: Parameters that never change a shape; what the program gives there may be an object of its own.
_IRRELEVANT = ("_initializer", "_regularizer", "_constraint")
#: Arguments of every layer that speak of the input, of weights or of Keras's own workings.
_NOT_CONFIGURATION = frozenset(
    {
        "name", "trainable", "autocast", "input_shape", "input_dim", "batch_input_shape", "batch_shape", "batch_size",
        "input_dtype", "input_length", "weights", "dynamic", "activity_regularizer",
    }
)  # fmt: skip
#: What stands for a number that is not known and that no shape depends on (a rate, a standard deviation).
_SOME_RATE = 0.1
_PLAIN = (bool, int, float, str, bytes)
_SEVERAL_ARGUMENTS = ("MultiHeadAttention", "GroupedQueryAttention")


class CannotRebuild(Exception):
    """The network has a part that cannot be made in the real Keras."""


@dataclass
class Rebuilt:
    """A model of the real Keras and what in it belongs to which layer of the analysis."""

    model: Any
    layers: dict[int, Any]  # by id of the Layer
    shapes: dict[int, list[tuple[int | None, ...]]]  # output shapes of the latest call, by id of the Layer
    assumed: list[str] = field(default_factory=list)


def rebuild(network: Network, keras: Any) -> Rebuilt:
    """The network in the real Keras.

    Raises:
        CannotRebuild: it has a part that only the program can make.
        Exception: whatever Keras raises for what the analysis takes to be right.
    """
    builder = _Builder(keras)
    model = builder.network(network)
    builder.set_trainable(network)
    return Rebuilt(model, builder.made, builder.shapes, builder.assumed)


#: Arguments of layers that are the content of a file where they are a text, which the layer then opens.
_CONTENT = ("vocabulary", "idf_weights", "filepath")


class _Builder:
    def __init__(self, keras: Any) -> None:
        self.keras = keras
        self.made: dict[int, Any] = {}
        self.shapes: dict[int, list[tuple[int | None, ...]]] = {}
        self.assumed: list[str] = []

    # -- layers -----------------------------------------------------------------------------------------------

    def layer(self, layer: Layer) -> Any:
        """The real layer, made once. Raises CannotRebuild."""
        made = self.made.get(id(layer))
        if made is None:
            if isinstance(layer, Network):
                made = self.network(layer)
            elif isinstance(layer, BuiltinLayer) and not isinstance(layer, FunctionLayer):
                made = self._builtin(layer)
            else:
                raise CannotRebuild(f"{layer.name} ({layer.cls}) is the program's own")
            self.made[id(layer)] = made
        return made

    def _builtin(self, layer: BuiltinLayer) -> Any:
        cls = self._class(layer.definition.name)
        if cls is None:
            raise CannotRebuild(f"{layer.name}: keras.layers of this Keras has no {layer.definition.name}")
        arguments: dict[str, Any] = {}
        names, defaults, _ = parse_signature(layer.definition.signature)
        for name, value in layer.config.items():
            if (name in _NOT_CONFIGURATION and name not in names) or name.endswith(_IRRELEVANT):
                continue
            if name in defaults and value == defaults[name]:
                continue
            if name in _CONTENT and isinstance(value, (str, bytes)):
                raise CannotRebuild(f"{layer.name} reads its {name} from a file, which is not opened")
            try:
                arguments[name] = self._value(name, value)
            except _Opaque:
                if name in names and name not in defaults:
                    arguments[name] = _SOME_RATE
        arguments.pop("name", None)  # a parameter of its own in some layers
        return cls(**arguments, **({"name": layer.name} if re.fullmatch(r"[\w.\-]+", layer.name) else {}))

    def _class(self, name: str) -> Any:
        """A layer class of the installed Keras, None where it has none of the name."""
        if name in HOMES:
            with contextlib.suppress(ImportError):
                return getattr(importlib.import_module(HOMES[name]), name, None)
        return getattr(self.keras.layers, name, None)

    def _value(self, name: str, value: Any) -> Any:
        """A configuration value for the real constructor. Raises _Opaque for objects of the program."""
        if name.endswith("activation"):
            known = activation_name(value)
            return "linear" if isinstance(known, Unknown) else known
        if isinstance(value, Layer):
            return self.layer(value)
        if isinstance(value, (list, tuple)):
            return type(value)(self._value(name, item) for item in value)
        if isinstance(value, dict):
            return {key: self._value(name, item) for key, item in value.items()}
        if value is None or isinstance(value, _PLAIN):
            return value
        raise _Opaque

    # -- networks ---------------------------------------------------------------------------------------------

    def network(self, network: Network) -> Any:
        """The real model. Raises CannotRebuild."""
        if network.is_sequential and all(
            isinstance(layer, BuiltinLayer) and not isinstance(layer, FunctionLayer) for layer in network.layers
        ):
            made = self._sequential(network)
        else:
            made = self._functional(network)
        self.made[id(network)] = made
        return made

    def _sequential(self, network: Network) -> Any:
        model = self.keras.Sequential([self._input(network.inputs[0])])
        for layer in network.layers:
            model.add(self.layer(layer))
            self._note(layer, model.outputs)
        return model

    def _functional(self, network: Network) -> Any:
        values = {id(tensor): self._input(tensor) for tensor in network.inputs}
        inputs = list(values.values())
        for node in network.nodes:
            if isinstance(node.layer, InputLayer):
                continue
            values |= {id(tensor): self._constant(tensor) for tensor in node.inputs if isinstance(tensor, Constant)}
            if any(id(tensor) not in values for tensor in node.inputs):
                raise CannotRebuild(
                    f"{node.layer.name} ({node.layer.cls}) takes something that is no part of the graph"
                )
            results = self._call(node, [values[id(tensor)] for tensor in node.inputs])
            for tensor, result in zip(node.outputs, results, strict=True):
                values[id(tensor)] = result
        if any(id(tensor) not in values for tensor in network.outputs):
            raise CannotRebuild("an output is no part of the graph")
        outputs = [values[id(tensor)] for tensor in network.outputs]
        return self.keras.Model(_one_or_all(inputs), _one_or_all(outputs))

    def _input(self, tensor: Tensor) -> Any:
        dtype = tensor.dtype if isinstance(tensor.dtype, str) else "float32"
        made = self.keras.Input(batch_shape=tensor.shape, dtype=dtype)
        if tensor.node is not None and isinstance(tensor.node.layer, InputLayer):
            self.shapes[id(tensor.node.layer)] = [tuple(made.shape)]
        return made

    def _constant(self, tensor: Constant) -> Any:
        """Zeros in place of an array that the program computes with."""
        if not isinstance(tensor.shape, tuple) or not is_exact(tensor.shape) or None in tensor.shape:
            raise CannotRebuild("an array in it is of unknown shape")
        return self.keras.ops.zeros(tensor.shape)

    def _call(self, node: Node, inputs: list[Any]) -> list[Any]:
        layer = node.layer
        if isinstance(layer, Operation):
            return self._operation(node, inputs)
        try:
            real = self.layer(layer)
        except CannotRebuild as reason:
            self.assumed.append(str(reason))
            return self._stand_in(node, inputs)
        results: list[Any] = self.keras.tree.flatten(_apply(real, layer, inputs))
        if len(results) != len(node.outputs):
            raise ValueError(f"{layer.name} gives {len(results)} outputs, not {len(node.outputs)}")
        self._note(layer, results)
        return results

    def _operation(self, node: Node, inputs: list[Any]) -> list[Any]:
        operation = node.layer
        assert isinstance(operation, Operation)
        try:
            results = rebuild_operations.make(self.keras.ops, operation, inputs)
        except rebuild_operations.CannotMake:
            self.assumed.append(f"the operation {operation.cls}")
            return self._stand_in(node, inputs)
        if len(results) != len(node.outputs):
            raise ValueError(f"{operation.cls} gives {len(results)} outputs, not {len(node.outputs)}")
        self._note(operation, results)
        return results

    def _stand_in(self, node: Node, inputs: list[Any]) -> list[Any]:
        """Tensors of the shapes that were inferred."""
        specs = [
            self.keras.KerasTensor(tensor.shape, tensor.dtype if isinstance(tensor.dtype, str) else "float32")
            for tensor in node.outputs
        ]
        # A class of the installed Keras is made from its base, which exists only now.
        methods = {"compute_output_spec": lambda stand_in, *given: _one_or_all(specs), "call": _never}
        stand_in = type("StandIn", (self.keras.Operation,), methods)()
        results: list[Any] = self.keras.tree.flatten(stand_in(*inputs))
        return results

    def _note(self, layer: Layer, results: Sequence[Any]) -> None:
        self.shapes[id(layer)] = [tuple(result.shape) for result in results]

    def set_trainable(self, layer: Layer) -> None:
        """Freeze what the program has frozen, from the outside in."""
        made = self.made.get(id(layer))
        if made is not None and not _is_told_alone(layer):
            made.trainable = layer.trainable
        for part in layer.sublayers():
            self.set_trainable(part)


def _is_told_alone(layer: Layer) -> bool:
    """Whether its constructor was told not to train, which the layers that hold its variables do not learn."""
    has_inner = isinstance(layer, BuiltinLayer) and layer.definition.inner_layers is not None
    return has_inner and not layer.trainable and layer.inner_trains is None  # type: ignore[attr-defined]


def _never(stand_in: Any, *given: Any) -> Any:
    raise NotImplementedError


class _Opaque(Exception):
    """A value that has no counterpart outside the program."""


def _apply(real: Any, layer: Layer, inputs: list[Any]) -> Any:
    """Call the real layer the way its class wants its inputs."""
    if isinstance(layer, BuiltinLayer):
        if isinstance(layer.definition, MultiInput):
            return real(inputs)
        if layer.cls in _SEVERAL_ARGUMENTS:
            return real(*inputs)
        if len(inputs) > 1 and (isinstance(layer.definition, Recurrent) or layer.cls == "Bidirectional"):
            return real(inputs[0], initial_state=inputs[1:])
    return real(_one_or_all(inputs))


def _one_or_all(values: Sequence[Any]) -> Any:
    return values[0] if len(values) == 1 else list(values)
