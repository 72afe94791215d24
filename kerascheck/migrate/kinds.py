"""What expressions of a file are, as far as assignments show it: models, layers, tensors, optimizers."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import libcst as cst

from kerascheck.text.treewalk import children

if TYPE_CHECKING:
    from kerascheck.migrate.names import Names

_MAX_DEPTH = 12


class Kind(str, Enum):
    """What something is to Keras."""

    MODEL = "model"
    LAYER = "layer"
    TENSOR = "tensor"  # a symbolic one, of the functional API
    OPTIMIZER = "optimizer"
    HISTORY = "history"  # what `fit` returns
    LOGS = "logs"  # a dictionary of the numbers of epochs
    STREAM = "stream"  # what hands out batches
    IMAGES = "images"  # an ImageDataGenerator
    CALLBACK = "callback"
    METRIC = "metric"
    OTHER = "other"  # surely none of these


#: What calls of a method give.
_METHODS = {
    (Kind.MODEL, "fit"): Kind.HISTORY,
    (Kind.MODEL, "fit_generator"): Kind.HISTORY,
    (Kind.MODEL, "get_layer"): Kind.LAYER,
    (Kind.MODEL, "predict"): Kind.OTHER,
    (Kind.IMAGES, "flow"): Kind.STREAM,
    (Kind.IMAGES, "flow_from_directory"): Kind.STREAM,
    (Kind.IMAGES, "flow_from_dataframe"): Kind.STREAM,
    (Kind.TENSOR, "get_shape"): Kind.OTHER,
}
#: What attributes hold.
_ATTRIBUTES = {
    (Kind.MODEL, "optimizer"): Kind.OPTIMIZER,
    (Kind.MODEL, "history"): Kind.HISTORY,
    (Kind.MODEL, "output"): Kind.TENSOR,
    (Kind.MODEL, "input"): Kind.TENSOR,
    (Kind.LAYER, "output"): Kind.TENSOR,
    (Kind.LAYER, "input"): Kind.TENSOR,
    (Kind.HISTORY, "history"): Kind.LOGS,
    (Kind.HISTORY, "model"): Kind.MODEL,
    (Kind.CALLBACK, "model"): Kind.MODEL,
}
_MODELS = {
    "keras.Sequential", "keras.Model", "keras.models.load_model", "keras.saving.load_model", "keras.models.Graph",
    "keras.models.model_from_json", "keras.models.clone_model", "keras.utils.multi_gpu_model",
    "keras.utils.training_utils.multi_gpu_model", "keras.models.model_from_config", "keras.models.model_from_yaml",
}  # fmt: skip
_FUNCTIONS_ON_TENSORS = {
    "add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate", "dot", "merge",
}  # fmt: skip


class Kinds:
    """The kinds of the expressions of one file."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._known: dict[int, Kind | None] = {}
        self._attributes: dict[tuple[int, str], list[cst.BaseExpression]] | None = None

    def of(self, node: cst.CSTNode, depth: int = 0) -> Kind | None:
        """The kind of an expression; None where it cannot be told."""
        if id(node) in self._known:
            return self._known[id(node)]
        if depth > _MAX_DEPTH:
            return None
        self._known[id(node)] = None  # what hangs on itself is not known
        found = self._known[id(node)] = self._look(node, depth + 1)
        return found

    def class_of(self, node: cst.CSTNode) -> str | None:
        """The canonical name of what makes the value: `keras.layers.LSTM`."""
        if isinstance(node, cst.Call):
            return self._names.canonical(node.func)
        if isinstance(node, cst.Name):
            values = self._names.values_of(node) or []
            found = {self.class_of(value) for value in values if not isinstance(value, cst.Name)}
            return found.pop() if len(found) == 1 else None
        return None

    def _look(self, node: cst.CSTNode, depth: int) -> Kind | None:
        if isinstance(node, cst.Call):
            return self._of_call(node, depth)
        if isinstance(node, cst.Name):
            return self._agreed(self._names.values_of(node), depth)
        if isinstance(node, cst.Attribute):
            return self._of_attribute(node, depth)
        if isinstance(node, (cst.BinaryOperation, cst.UnaryOperation)):
            sides = [node.left, node.right] if isinstance(node, cst.BinaryOperation) else [node.expression]
            return Kind.TENSOR if Kind.TENSOR in [self.of(side, depth) for side in sides] else None
        if isinstance(node, cst.Subscript):
            items = self._of_items(node.value, depth)
            return items or (Kind.TENSOR if self.of(node.value, depth) is Kind.TENSOR else None)
        if isinstance(node, (cst.SimpleString, cst.Integer, cst.Float, cst.List, cst.Dict, cst.Tuple)):
            return Kind.OTHER
        return None

    def _agreed(self, values: list[cst.CSTNode] | None, depth: int) -> Kind | None:
        """The kind that all values of a name have; `None` among them, a default, does not count."""
        found: set[Kind | None] = set()
        for value in values or ():
            if isinstance(value, cst.Name) and value.value == "None":
                continue
            if isinstance(value, cst.Param):
                found.add(self._of_parameter(value))
            elif isinstance(value, (cst.FunctionDef, cst.ClassDef)):
                found.add(Kind.OTHER)
            else:
                found.add(self._of_round(value, depth) or self.of(value, depth))
        return found.pop() if len(found) == 1 else None

    def _of_round(self, target: cst.CSTNode, depth: int) -> Kind | None:
        """What a loop hands out: `layer` in `for layer in model.layers`, also where that is enumerated."""
        if not isinstance(target, cst.Name):
            return None
        place: int | None = None
        above = self._names.parent(target)
        if isinstance(above, cst.Element) and isinstance(pair := self._names.parent(above), cst.Tuple):
            place, target, above = pair.elements.index(above), pair, self._names.parent(pair)
        if not isinstance(above, (cst.For, cst.CompFor)) or above.target is not target:
            return None
        source = above.iter
        if isinstance(source, cst.Call) and source.args and isinstance(source.func, cst.Name):
            wanted = {"enumerate": 1, "reversed": None}.get(source.func.value, -1)
            return self._of_items(source.args[0].value, depth) if wanted == place else None
        return self._of_items(source, depth) if place is None else None

    def _of_items(self, node: cst.BaseExpression, depth: int) -> Kind | None:
        """What the items of a list are, where these are the layers of a model, or some of them."""
        base = node.value if isinstance(node, cst.Subscript) else node
        if not isinstance(base, cst.Attribute) or base.attr.value != "layers":
            return None
        return Kind.LAYER if self.of(base.value, depth) is Kind.MODEL else None

    def _of_parameter(self, param: cst.Param) -> Kind | None:
        """`logs` of a callback's method, by its place: what Keras hands there."""
        above = list(self._names.ancestors(param))
        function = next((one for one in above if isinstance(one, cst.FunctionDef)), None)
        owner = next((one for one in above if isinstance(one, cst.ClassDef)), None)
        if function is None or owner is None or self._base_kind(owner) is not Kind.CALLBACK:
            return None
        params = [one for one in function.params.params if one is not None]
        if function.name.value.startswith("on_") and params and params[-1] is param and len(params) > 1:
            return Kind.LOGS
        return None

    def _of_call(self, node: cst.Call, depth: int) -> Kind | None:
        name = self._names.canonical(node.func)
        if name is not None:
            return Kind.TENSOR if _keeps_tensors(name) and self._has_tensor(node, depth) else _made_by(name)
        func = node.func
        if isinstance(func, cst.Attribute):
            base = self.of(func.value, depth)
            if base is not None:
                return _METHODS.get((base, func.attr.value))
            if self._names.is_self(func.value):
                method = self._method(func, func.attr.value)
                return self._returned(method, depth) if method is not None else None
            return None
        kind = self.of(func, depth) if isinstance(func, cst.Call) else None
        if kind in (Kind.LAYER, Kind.MODEL):
            return Kind.TENSOR
        if isinstance(func, cst.Name):
            values = self._names.values_of(func) or []
            found: set[Kind | None] = set()
            for value in values:
                if isinstance(value, cst.FunctionDef):
                    found.add(self._returned(value, depth))
                elif isinstance(value, cst.ClassDef):
                    found.add(self._base_kind(value))
                elif self.of(value, depth) in (Kind.LAYER, Kind.MODEL):
                    found.add(Kind.TENSOR if self._gives_tensor(node, depth) else None)
                else:
                    found.add(None)
            return found.pop() if len(found) == 1 else None
        if isinstance(func, cst.Attribute) is False and kind is None and isinstance(func, cst.Subscript):
            return Kind.TENSOR if self.of(func, depth) is Kind.LAYER else None
        return None

    def _has_tensor(self, node: cst.Call, depth: int) -> bool:
        """Whether a tensor is among what is given, or in a list of it."""
        given = [arg.value for arg in node.args]
        parts = [part.value for one in given if isinstance(one, (cst.List, cst.Tuple)) for part in one.elements]
        return any(self.of(one, depth) is Kind.TENSOR for one in (*given, *parts))

    def _gives_tensor(self, node: cst.Call, depth: int) -> bool:
        """Whether a layer or model is called on something symbolic."""
        return bool(node.args) and self.of(node.args[0].value, depth) is not Kind.OTHER

    def _returned(self, function: cst.FunctionDef, depth: int) -> Kind | None:
        """The kind of what all `return` of a function give."""
        found: set[Kind | None] = set()
        waiting: list[cst.CSTNode] = [function.body]
        while waiting:
            node = waiting.pop()
            if isinstance(node, (cst.FunctionDef, cst.ClassDef, cst.Lambda)):
                continue
            if isinstance(node, cst.Return):
                found.add(self.of(node.value, depth) if node.value is not None else Kind.OTHER)
            waiting += children(node)
        return found.pop() if len(found) == 1 else None

    def _of_attribute(self, node: cst.Attribute, depth: int) -> Kind | None:
        base = self.of(node.value, depth)
        if base is not None:
            return _ATTRIBUTES.get((base, node.attr.value))
        owner = self.owner_of(node) if self._names.is_self(node.value) else None
        if owner is None:
            return None
        own = self._set_in_classes().get((id(owner), node.attr.value))
        if own:
            return self._agreed(list(own), depth)
        if node.attr.value == "model" and self._base_kind(owner) is Kind.CALLBACK:
            return Kind.MODEL
        return None

    def owner_of(self, node: cst.CSTNode) -> cst.ClassDef | None:
        """The class that a node is in."""
        return next((one for one in self._names.ancestors(node) if isinstance(one, cst.ClassDef)), None)

    def base_of(self, owner: cst.ClassDef) -> str | None:
        """The canonical name of the first base of a class, through classes of the file."""
        for arg in owner.bases[:1]:
            name = self._names.canonical(arg.value)
            if name is not None:
                return name
            values = self._names.values_of(arg.value) if isinstance(arg.value, cst.Name) else None
            if values and isinstance(values[0], cst.ClassDef) and values[0] is not owner:
                return self.base_of(values[0])
        return None

    def _base_kind(self, owner: cst.ClassDef) -> Kind | None:
        name = self.base_of(owner)
        return _made_by(name) if name is not None else None

    def _method(self, node: cst.CSTNode, name: str) -> cst.FunctionDef | None:
        owner = self.owner_of(node)
        body = owner.body.body if owner is not None else ()
        return next((one for one in body if isinstance(one, cst.FunctionDef) and one.name.value == name), None)

    def _set_in_classes(self) -> dict[tuple[int, str], list[cst.BaseExpression]]:
        """What is assigned to `self.x`, by class and name."""
        if self._attributes is None:
            self._attributes = {}
            for node in self._names.nodes:
                if not isinstance(node, cst.Assign):
                    continue
                for target in node.targets:
                    one = target.target
                    if isinstance(one, cst.Attribute) and self._names.is_self(one.value):
                        owner = self.owner_of(one)
                        if owner is not None:
                            self._attributes.setdefault((id(owner), one.attr.value), []).append(node.value)
        return self._attributes


def _keeps_tensors(name: str) -> bool:
    """Whether a function of tensors has this name: what it makes of symbolic ones is symbolic, too."""
    root, _, rest = name.partition(".")
    return rest.startswith(("ops.", "backend.", "activations.")) if root == "keras" else root == "tensorflow"


def _made_by(name: str) -> Kind | None:
    """What a call of something of Keras gives, or an instance of a class with this base is."""
    if name in _MODELS or (name.startswith("keras.applications.") and name.rpartition(".")[2][:1].isupper()):
        return Kind.MODEL
    if name in ("keras.Input", "keras.ops", "keras.layers.InputLayer"):
        return Kind.TENSOR
    root, _, rest = name.partition(".")
    group, _, last = rest.partition(".")
    if root != "keras":
        return Kind.OTHER if root in ("numpy", "pandas", "sklearn", "cv2", "matplotlib", "builtins") else None
    if name == "keras.Layer" or (group == "layers" and last[:1].isupper()):
        return Kind.LAYER
    if group in ("layers", "merge") and last in _FUNCTIONS_ON_TENSORS:
        return Kind.TENSOR
    if group == "optimizers" and "schedules" not in last:
        return Kind.OPTIMIZER
    if group == "metrics" and last[:1].isupper():
        return Kind.METRIC
    if group == "callbacks":
        return Kind.HISTORY if last == "History" else Kind.CALLBACK
    if name.endswith(".ImageDataGenerator"):
        return Kind.IMAGES
    if group == "utils" and last in ("Sequence", "PyDataset"):
        return Kind.STREAM
    return None
