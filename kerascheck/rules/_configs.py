"""What `get_config` of a class of the program gives, and what its `__init__` takes."""

from __future__ import annotations

from dataclasses import dataclass, field

import libcst as cst

from kerascheck.machine.members import find_member
from kerascheck.machine.values import ClassValue, FunctionValue
from kerascheck.rules._code import Code, base_of, definition, own_nodes

#: What `super().get_config()` gives (Keras 3.15); see tests/rules/test_custom_oracle.py.
BASE_KEYS = {
    "keras.Layer": ("name", "trainable", "dtype"),
    "keras.Model": ("name", "trainable", "dtype"),
    "keras.losses.Loss": ("name", "reduction"),
    "keras.metrics.Metric": ("name", "dtype"),
}
#: What the constructors of these take by name.
_TAKEN = {
    "keras.Layer": {"activity_regularizer", "trainable", "dtype", "autocast", "name", "input_dim", "input_shape"},
    "keras.Model": {"activity_regularizer", "trainable", "dtype", "autocast", "name"},
    "keras.losses.Loss": {"name", "reduction", "dtype"},
    "keras.metrics.Metric": {"name", "dtype"},
}


@dataclass
class Parameters:
    """The parameters of a constructor behind `self`."""

    names: list[str] = field(default_factory=list)
    required: list[str] = field(default_factory=list)
    hands_on: bool = False  # whether others go to the base class by `**kwargs`, all of them


def parameters_of(cls: ClassValue) -> Parameters | None:
    """What `__init__` of the class takes, with what it hands on to those of its bases; None where that is not clear."""
    return _parameters([one for one in cls.mro() if isinstance(one, ClassValue)])


def _parameters(classes: list[ClassValue]) -> Parameters | None:
    """What the first `__init__` in these classes takes."""
    while classes and "__init__" not in classes[0].members:
        classes = classes[1:]
    if not classes:
        return Parameters(hands_on=True)
    init = classes[0].members["__init__"]
    if not isinstance(init, FunctionValue) or not isinstance(init.node, cst.FunctionDef) or init.node.decorators:
        return None
    params = init.node.params
    if isinstance(params.star_arg, cst.Param) or params.posonly_params:
        return None
    found = Parameters()
    for param in (*params.params[1:], *params.kwonly_params):
        found.names.append(param.name.value)
        if param.default is None:
            found.required.append(param.name.value)
    if params.star_kwarg is None:
        return found
    rest = params.star_kwarg.name.value
    file = init.site.file
    uses = [node for node in own_nodes(file, init.node.body, cst.Name) if node.value == rest]
    calls = [node for node in own_nodes(file, init.node.body, cst.Call) if _hands_on(node, rest)]
    behind = _parameters(classes[1:])
    if len(uses) != 1 or len(calls) != 1 or behind is None or not _constructs(calls[0]):
        return None  # (where nothing is handed on, it swallows whatever comes)
    given = _given(calls[0], behind)
    if given is None:
        return None
    found.names += [name for name in behind.names if name not in given]
    found.required += [name for name in behind.required if name not in given]
    found.hands_on = behind.hands_on
    return found


def _hands_on(call: cst.Call, rest: str) -> bool:
    return any(arg.star == "**" and isinstance(arg.value, cst.Name) and arg.value.value == rest for arg in call.args)


def _constructs(call: cst.Call) -> bool:
    """`super().__init__(...)`, or that of a class by its name."""
    return isinstance(call.func, cst.Attribute) and call.func.attr.value == "__init__"


def _given(call: cst.Call, behind: Parameters) -> set[str] | None:
    """The parameters of the base class that the call sets itself; None where that is not clear."""
    assert isinstance(call.func, cst.Attribute)
    positional = [arg for arg in call.args if arg.keyword is None and arg.star != "**"]
    if not isinstance(call.func.value, cst.Call):
        positional = positional[1:]  # Base.__init__(self, ...)
    if any(arg.star for arg in positional) or sum(arg.star == "**" for arg in call.args) > 1:
        return None
    return {arg.keyword.value for arg in call.args if arg.keyword is not None} | set(behind.names[: len(positional)])


def config_keys(cls: ClassValue) -> list[str] | None:
    """The keys of what the class's own `get_config` gives; None where they are not all known."""
    method = cls.members.get("get_config")
    if not isinstance(method, FunctionValue) or not isinstance(method.node, cst.FunctionDef) or method.node.decorators:
        return None
    return _Reading(Code(method), cls).keys()


def untaken(cls: ClassValue, keys: list[str]) -> str | None:
    """Why a constructor cannot be called with these keys; None where it can, or that is not clear."""
    base = base_of(cls)
    taken = parameters_of(cls)
    if taken is None or base not in _TAKEN or find_member(cls, "from_config") is not None or not keys:
        return None
    if base == "keras.Model" and _may_be_functional(cls):
        return None
    allowed = {*taken.names, *(_TAKEN[base] if taken.hands_on else ())}
    extra = [repr(key) for key in keys if key not in allowed]
    if extra:
        shown = " and ".join(extra) if len(extra) < 3 else f"{', '.join(extra[:-1])} and {extra[-1]}"
        way = "" if taken.hands_on else "; accept **kwargs and pass them to super().__init__(**kwargs)"
        return f"which __init__ does not take: {shown}{way if set(keys) - allowed <= set(BASE_KEYS[base]) else ''}"
    lacking = [name for name in taken.required if name not in keys]
    if lacking:
        return f"without {' and '.join(map(repr, lacking))}, which __init__ needs"
    return None


def _may_be_functional(cls: ClassValue) -> bool:
    """Whether `__init__` hands inputs and outputs to the base class, which then has a configuration of its own."""
    init = find_member(cls, "__init__")
    for node in own_nodes(init.site.file, init.node.body, cst.Call) if isinstance(init, FunctionValue) else ():
        if isinstance(node.func, cst.Attribute) and node.func.attr.value == "__init__":
            names = {arg.keyword.value for arg in node.args if arg.keyword is not None}
            if names & {"inputs", "outputs"} or any(arg.keyword is None and arg.star != "**" for arg in node.args):
                return True
    return False


class _Reading:
    """Reads the keys off a `get_config` that is written in one of the usual ways."""

    def __init__(self, code: Code, cls: ClassValue) -> None:
        self.code = code
        self.cls = cls
        self.names: dict[str, list[str] | None] = {}

    def keys(self) -> list[str] | None:
        body = definition(self.code.function).body
        for statement in body.body:
            if not isinstance(statement, cst.SimpleStatementLine):
                return None
            for small in statement.body:
                if isinstance(small, cst.Return):
                    return None if small.value is None else self.value(small.value)
                if not self._run(small):
                    return None
        return None

    def _run(self, small: cst.BaseSmallStatement) -> bool:
        if isinstance(small, cst.Assign) and len(small.targets) == 1:
            target = small.targets[0].target
            if isinstance(target, cst.Name):
                self.names[target.value] = self.value(small.value)
                return True
            if isinstance(target, cst.Subscript) and isinstance(target.value, cst.Name):
                key = target.slice[0].slice if len(target.slice) == 1 else None
                text = key.value if isinstance(key, cst.Index) else None
                held = self.names.get(target.value.value)
                if held is None or not isinstance(text, cst.SimpleString):
                    return False
                held.append(str(text.evaluated_value))
                return True
            return False
        if isinstance(small, cst.Expr):
            value = small.value
            if isinstance(value, cst.BaseString):
                return True
            if isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute):
                name = value.func.value
                held = self.names.get(name.value) if isinstance(name, cst.Name) else None
                if value.func.attr.value == "update" and held is not None:
                    return self._updated(held, value)
            return False
        return isinstance(small, cst.Pass)

    def _updated(self, held: list[str], call: cst.Call) -> bool:
        for arg in call.args:
            if arg.keyword is not None:
                held.append(arg.keyword.value)
                continue
            more = self.value(arg.value) if arg.star in ("", "**") else None
            if more is None:
                return False
            held += more
        return True

    def value(self, node: cst.BaseExpression) -> list[str] | None:
        """The keys of a dictionary."""
        if isinstance(node, cst.Name):
            held = self.names.get(node.value)
            return None if held is None else list(held)
        if isinstance(node, cst.Dict):
            found: list[str] = []
            for element in node.elements:
                if isinstance(element, cst.StarredDictElement):
                    inner = self.value(element.value)
                    if inner is None:
                        return None
                    found += inner
                elif isinstance(element, cst.DictElement) and isinstance(element.key, cst.SimpleString):
                    found.append(str(element.key.evaluated_value))
                else:
                    return None
            return found
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, (cst.BitOr, cst.Add)):
            left, right = self.value(node.left), self.value(node.right)
            return None if left is None or right is None else [*left, *right]
        if isinstance(node, cst.Call):
            return self._call(node)
        return None

    def _call(self, node: cst.Call) -> list[str] | None:
        function = node.func
        if isinstance(function, cst.Name) and function.value in ("dict", "list"):
            found: list[str] = []
            for arg in node.args:
                if arg.keyword is not None:
                    found.append(arg.keyword.value)
                    continue
                inner = self.value(arg.value) if arg.star in ("", "**") else None
                if inner is None:
                    return None
                found += inner
            return found
        if not isinstance(function, cst.Attribute):
            return None
        if function.attr.value in ("items", "copy") and not node.args:
            return self.value(function.value)
        base = function.value
        is_super = isinstance(base, cst.Call) and isinstance(base.func, cst.Name) and base.func.value == "super"
        if function.attr.value == "get_config" and is_super:
            return self._of_base()
        return None

    def _of_base(self) -> list[str] | None:
        """What the class behind this one gives."""
        for cls in self.cls.mro()[1:]:
            if isinstance(cls, ClassValue) and "get_config" in cls.members:
                return config_keys(cls)
        keys = BASE_KEYS.get(base_of(self.cls))
        return None if keys is None else list(keys)
