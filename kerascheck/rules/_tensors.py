"""Whether a name or expression in the code of a function surely stands for a tensor."""

from __future__ import annotations

import libcst as cst

from kerascheck.network.networks import Network
from kerascheck.rules._code import Code, own_nodes
from kerascheck.rules._loops import names_in

#: Operations that make tensors, by the ends of their names.
_MAKING = frozenset(
    {
        "zeros", "ones", "zeros_like", "ones_like", "fill", "constant", "convert_to_tensor", "cast", "reduce_sum",
        "reduce_mean", "eye", "range", "normal", "uniform", "stack", "concat", "reshape",
    }
)  # fmt: skip


class Bound:
    """What the names in a function are bound to, if that is one expression alone."""

    def __init__(self, code: Code, around: Code | None, keeping: bool = False) -> None:
        self.code = code
        self.keeping = keeping  # whether it is left out of account that parts of what a name holds are set
        self.around = Bound(around, None, keeping) if around is not None else None
        self.nodes = list(own_nodes(code.file, code.node.body))

    def is_tensor(self, node: cst.CSTNode) -> bool:
        """Whether an expression surely gives a tensor and no variable."""
        if isinstance(node, cst.Name):
            made, owner = self._bound(node.value)
            return bool(made) and all(
                owner._makes(one) if isinstance(one, cst.BaseExpression) else one is not None and owner.is_list(one[0])
                for one in made
            )
        if isinstance(node, cst.Subscript):
            return self.is_list(node.value)
        return self._makes(node)

    def is_list(self, node: cst.CSTNode) -> bool:
        """Whether it surely is a list of tensors."""
        if isinstance(node, cst.Name):
            made, owner = self._bound(node.value)
            only = made[0] if len(made) == 1 else None
            return isinstance(only, cst.ListComp) and owner._makes(only.elt)
        return False

    def _makes(self, node: cst.CSTNode) -> bool:
        if not isinstance(node, cst.Call):
            return False
        if self.keeping and _gives_tensor(self.code.meaning(node.func)):
            return True
        name = self.code.symbol(node.func)
        return name.startswith("tensorflow.") and name.rpartition(".")[2] in _MAKING

    def _bound(self, name: str) -> tuple[list[cst.BaseExpression | tuple[cst.CSTNode] | None], Bound]:
        """All that a name is bound to: expressions, lists (in a tuple) whose items it takes in a loop, or None."""
        found: list[cst.BaseExpression | tuple[cst.CSTNode] | None] = []
        if name not in self.code.bound and not self.code.is_module:
            return self.around._bound(name) if self.around is not None else (found, self)
        for node in self.nodes:
            if isinstance(node, cst.Assign):
                for target in node.targets:
                    if isinstance(target.target, cst.Name) and target.target.value == name:
                        found.append(node.value)
                    elif self.keeping and isinstance(target.target, cst.Subscript):
                        continue
                    elif _names_in(target.target, name):
                        found.append(None)
            elif isinstance(node, cst.For) and _names_in(node.target, name):
                found.append(_taken(node, name, self.code))
            elif (
                (
                    isinstance(node, (cst.AugAssign, cst.AnnAssign, cst.NamedExpr))
                    and _names_in(node.target, name)
                    and not (self.keeping and isinstance(node.target, cst.Subscript))
                )
                or (isinstance(node, (cst.Global, cst.Nonlocal, cst.WithItem, cst.Del)) and name in names_in(node))
                or _changes(node, name)
            ):
                found.append(None)
        params = self.code.node.params
        given = any(one.name.value == name for one in (*params.posonly_params, *params.params, *params.kwonly_params))
        return ([] if given else found), self


def _gives_tensor(called: object) -> bool:
    """Whether a call of it gives one tensor: it is a model with one output, or a layer with weights."""
    if isinstance(called, Network):
        return called.kind != "subclass" and called.open is None and called.gives is None and len(called.outputs) < 2
    return False


def _names_in(target: cst.CSTNode, name: str) -> bool:
    """Whether an assignment to the target binds the name or changes what it holds."""
    while isinstance(target, cst.Subscript):
        target = target.value
    if isinstance(target, (cst.Tuple, cst.List)):
        return any(_names_in(element.value, name) for element in target.elements)
    return isinstance(target, cst.Name) and target.value == name


def _changes(node: cst.CSTNode, name: str) -> bool:
    """Whether a call changes what is in the list of this name."""
    return (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Attribute)
        and isinstance(node.func.value, cst.Name)
        and node.func.value.value == name
        and node.func.attr.value in ("append", "extend", "insert", "clear", "pop", "remove")
    )


def _taken(loop: cst.For, name: str, code: Code) -> tuple[cst.CSTNode] | None:
    """The list whose items the name takes: that of the loop, or one of those in its `zip`."""
    target, over = loop.target, loop.iter
    if isinstance(target, cst.Name):
        return (over,) if isinstance(over, cst.Name) else None
    if not isinstance(target, cst.Tuple) or not isinstance(over, cst.Call):
        return None
    sides = [item.value for item in target.elements]
    if code.symbol(over.func) != "builtins.zip" or len(sides) != len(over.args):
        return None
    for side, arg in zip(sides, over.args, strict=True):
        if isinstance(side, cst.Name) and side.value == name and arg.keyword is None and not arg.star:
            return (arg.value,)
    return None
