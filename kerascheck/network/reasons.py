"""Why a layer or a model is not known exactly, and what would make it known, in the words of who reads it."""

from __future__ import annotations

import ast
from dataclasses import dataclass

import libcst as cst

from kerascheck.network.dims import SymDim
from kerascheck.network.ir import BuiltinLayer, InputLayer, Layer
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import ESCAPED, REFUSED, Unknown


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a model is not exact.

    `layer` is the first one that is not known exactly, None where it is the model itself; `advice` says what would
    make it known. `origin` is the node where the program comes upon what is not known.
    """

    layer: Layer | None
    reason: str
    advice: str
    origin: cst.CSTNode | None = None


def why_inexact(layer: Layer) -> str | None:
    """Why a layer or a network is not known exactly; None where it is."""
    if isinstance(layer, Network):
        return _told(cause_of(layer))
    if (unknown := layer.unknown or layer.refused) is not None:
        return unknown.reason
    if layer.calls and layer.calls[-1].refused:
        return REFUSED
    shapes, params = layer.output_shapes(), layer.params()
    if isinstance(shapes, Unknown):
        return shapes.reason
    if isinstance(params, Unknown):
        return params.reason
    symbolic = [dim for shape in shapes for dim in shape if isinstance(dim, SymDim)]
    if not symbolic and isinstance(params, SymDim):
        symbolic = [params]
    return f"depends on {', '.join(dict.fromkeys(map(str, symbolic)))}" if symbolic else None


def _told(cause: Cause | None) -> str | None:
    if cause is None or cause.layer is None:
        return cause.reason if cause is not None else None
    return f"{cause.layer.name}: {cause.reason}"


def advice_on(network: Network) -> str | None:
    """What would make a model known exactly; None where it is."""
    cause = cause_of(network)
    return cause.advice if cause is not None else None


def cause_of(network: Network) -> Cause | None:
    """Why a model is not exact; None where it is."""
    if network.open is not None:
        if isinstance(network.open.key, tuple) and network.open.key[:1] == (ESCAPED,):
            advice = _KEPT
        elif not network.layers:
            advice = _STATED_TENSORS if network.cls == "Functional" else _KNOWN_CODE
        else:
            advice = _KNOWN_CALLS if network.kind == "functional" else _KNOWN_LAYERS
        return Cause(None, network.open.reason, advice, network.open.origin)
    if network.unknown is not None:
        return Cause(None, network.unknown.reason, "build it from layers and shapes that stand in the program")
    if network.refused is not None:
        return Cause(None, network.refused.reason, _MEND)
    doubtful = [layer for layer in network.running_layers() if layer.status() != "exact"]
    if doubtful:
        # What is known up to named sizes is not why a model is unknown.
        layer = next((layer for layer in doubtful if layer.status() == "unknown"), doubtful[0])
        has_shape = not network.is_sequential or bool(network.inputs)
        if isinstance(layer, Network):  # asked once: models may hold models a hundred deep
            inner = cause_of(layer)
            advice = inner.advice if inner is not None and has_shape else _GIVE_SHAPE
            return Cause(layer, str(_told(inner)), advice)
        return Cause(layer, str(why_inexact(layer)), _advice(layer) if has_shape else _GIVE_SHAPE)
    if network.is_sequential and not network.layers:
        return Cause(None, "it has no layers", _ADD_LAYERS)
    shapes = network.output_shapes()
    if isinstance(shapes, Unknown):
        return Cause(None, shapes.reason, _GIVE_SHAPE)
    if network.layers or network.status() == "exact":
        return None
    return Cause(None, "it has no layers", _ADD_LAYERS)


_ADD_LAYERS = "add its layers where the analysis sees it: in this file or one it imports"
_KNOWN_CODE = "build it in code of the project; what is loaded, copied or made elsewhere is not read"
_KNOWN_LAYERS = (
    "add layers of Keras or of the project's classes, one by one or in a loop over what stands in the program"
)
_STATED_TENSORS = (
    "make its tensors with code of the project, or state the shape of what is not known, as in "
    "# kerascheck: shape x (None, 64)"
)
_KNOWN_CALLS = "make its tensors with layers of Keras, or with functions and classes of the project"
_KEPT = "what may happen to it there is not known; make what is called there a part of the project"
_MEND = "fix what is reported there; what follows is then known"
_GIVE_SHAPE = "begin the model with keras.Input(shape=...), or call model.build((None, ...))"


def _advice(layer: Layer) -> str:
    """What would make the layer known."""
    if layer.refused is not None or (layer.calls and layer.calls[-1].refused):
        return _MEND
    names = _names(layer)
    if names and _NAMELESS in names[0]:
        return "write the sizes of its input as numbers"
    if names and not names[0].isidentifier():
        only = _only_name(names[0])
        if only is not None:
            return f"assign a number to {only}, or state it, as in # kerascheck: shape {only} 64"
        return f"assign numbers to what {names[0]} is made of, or call what builds the model with them"
    if names:
        return (
            f"assign a number to {names[0]}, or call what builds the model with one, "
            f"or state it, as in # kerascheck: shape {names[0]} 64"
        )
    if isinstance(layer, InputLayer):
        return "write the sizes of its shape as numbers"
    if layer.unknown is None and not layer.calls:
        return _GIVE_SHAPE
    if not isinstance(layer, BuiltinLayer) and not isinstance(layer.output_shapes(), Unknown):
        return "use layers of Keras, or classes of the project: shapes can be stated, parameters cannot"
    if not isinstance(layer, BuiltinLayer):
        return "define compute_output_shape in its class, or use layers of Keras"
    return "write its arguments as numbers, or call what builds the model with them"


#: What stands for something that has no name, in the text of a size.
_NAMELESS = "?"


def _only_name(text: str) -> str | None:
    """The one name that a size hangs on, if it is a sum or product of it and numbers."""
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    parts = (ast.Expression, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.Constant, ast.Name, ast.Load)
    if not all(isinstance(node, parts) for node in ast.walk(tree)):
        return None
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names.pop() if len(names) == 1 else None


def _names(layer: Layer) -> list[str]:
    """What its output shapes and its parameters depend on, as the source writes it."""
    shapes, params = layer.output_shapes(), layer.params()
    if isinstance(shapes, Unknown):
        return []
    sizes = [size for size in (*(dim for shape in shapes for dim in shape), params) if isinstance(size, SymDim)]
    return list(dict.fromkeys(atom.text for size in sizes for product in size.terms for atom in product))
