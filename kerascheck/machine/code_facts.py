"""What the code of a function mentions: names with the attributes read off them, calls, numbers that it spells out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.keras.attributes import WEIGHT_METHODS
from kerascheck.layers.names import INITIALIZERS
from kerascheck.machine.expressions import all_parameters
from kerascheck.machine.imports import dotted_name
from kerascheck.machine.makes import SEQUENCES, SERIALIZING
from kerascheck.machine.static import once
from kerascheck.text.treewalk import NO_NODES, nodes_below

#: A name with the attributes that are read off it: `("tf", "nn", "relu")`.
Chain = tuple[str, ...]


class Mentions:
    """What the code of a function names, wherever in it: its body, and what is defined there.

    Its defaults are values that it has; what it says of types is not run.
    """

    def __init__(self, function: cst.FunctionDef | cst.Lambda) -> None:
        self.chains: set[Chain] = set()
        self.handed: set[tuple[Chain, Chain]] = set()  # chains that calls are given, and what is called
        self.attributes: set[str] = set()  # that are read off whatever, or set
        self.stored: set[str] = set()  # that are set
        self.kept: set[str] = set()  # that only go into the making of weights, and into configurations
        self.numbers: set[Chain] = set()  # what is called with spelled numbers behind its first argument
        self.has_numbers = False  # whether it spells out lists of numbers, or makes lists
        self.changes_in_place = False  # by `/=` and its like
        self.reads_by_name = False  # whether attributes are read whose names do not stand there
        self.methods: set[tuple[Chain, str]] = set()  # called ones of what is not known that make something
        self.imports: list[tuple[str, str, int, str | None]] = []  # name, module, level, name in it
        self.called: set[str] = set()  # names that are called
        self.is_hidden = False  # whether it reaches more than can be read off it
        self.makes_types = False  # whether it asks for the class of an object, perhaps to call it
        rebound: set[str] = set()
        self._waiting: list[cst.CSTNode] = [function.body]
        while self._waiting:
            node = self._waiting.pop()
            read = _READ.get(type(node))  # (`isinstance` with an abstract class is slow)
            if read is not None:
                read(self, node)
            elif type(node) is cst.Global:
                rebound.update(item.name.value for item in node.names)
            else:
                self._waiting += nodes_below(node, _EMPTY)
        self.own = _parameters(function.params) - rebound  # names that mean nothing outside of it

    def _name(self, node: cst.Name) -> None:
        self.chains.add((node.value,))

    def _attribute(self, node: cst.Attribute) -> None:
        self.attributes.add(node.attr.value)
        chain = _chain(node)
        if chain is not None:
            self._note_class(chain)
            self.attributes.update(chain[1:])
            self.chains.add(chain)
            return
        if node.attr.value == "__class__":
            self.makes_types = True
        if node.attr.value == "__name__" and _is_type_question(node.value):
            assert type(node.value) is cst.Call
            self._waiting += [arg.value for arg in node.value.args]
            return
        self._waiting.append(node.value)

    def _note_class(self, chain: Chain) -> None:
        if "__class__" in chain and chain[-1] != "__name__":
            self.makes_types = True

    def _call(self, node: cst.Call) -> None:
        callee = node.func
        is_name, is_attribute = type(callee) is cst.Name, type(callee) is cst.Attribute
        chain = _chain_of(callee)
        name = chain[-1] if chain is not None else callee.attr.value if type(callee) is cst.Attribute else ""
        given = [arg.value for arg in node.args]
        if is_name:
            self.called.add(name)
            if name == "super":
                return
            if name in _KINDS_ASKED and len(given) == 2:
                self._waiting.append(given[0])
                return
            if name == "type":
                self.makes_types = True
        if name in _BY_NAME:
            said = given[1] if len(given) > 1 else None
            if type(said) is cst.SimpleString:
                self.attributes.add(str(said.raw_value))
                if name == "setattr":
                    self.stored.add(str(said.raw_value))
            else:
                self.reads_by_name = True
        self._waiting.append(callee)
        kept: list[cst.BaseExpression] = []
        if is_attribute and name in WEIGHT_METHODS:
            self.is_hidden = self.is_hidden or not _is_plain_weight(node)
            kept = [arg.value for arg in node.args if arg.keyword is not None and arg.keyword.value in _KEPT]
        elif is_attribute and name in SERIALIZING:
            kept = given
        if is_attribute and name in _MAKING_METHODS:
            self.methods.add((chain or (), name))
        for index, arg in enumerate(node.args):
            value = arg.value
            own = _chain_of(value)
            if own is not None and chain is not None:
                if len(own) == 2 and any(value is one for one in kept):
                    self.kept.add(own[1])
                    continue
                self._note_class(own)
                self.attributes.update(own[1:])
                self.handed.add((own, chain))
            elif chain is not None and type(value) in _DISPLAYS and not _is_operand(arg, index):
                self.numbers.add(chain)
                self._waiting += nodes_below(value, _EMPTY)
            else:
                self._waiting.append(value)

    def _display(self, node: cst.List | cst.Tuple) -> None:
        """An empty list is there to be filled."""
        empty = type(node) is cst.List and not node.elements
        self.has_numbers |= empty or any(type(one.value) in _NUMBERS for one in node.elements)
        self._waiting += nodes_below(node, _EMPTY)

    def _comprehension(self, node: cst.ListComp | cst.GeneratorExp | cst.SetComp) -> None:
        self.has_numbers |= type(node.elt) in _NUMBERS
        self._waiting += nodes_below(node, _EMPTY)

    def _assign(self, node: cst.Assign) -> None:
        for target in node.targets:
            self._store(target.target)
        self._waiting += [*(target.target for target in node.targets), node.value]

    def _store(self, target: cst.CSTNode) -> None:
        if type(target) is cst.Attribute:
            self.stored.add(target.attr.value)
        elif type(target) is cst.Tuple or type(target) is cst.List:
            for element in target.elements:
                self._store(element.value)

    def _bind(self, node: cst.AnnAssign | cst.For) -> None:
        self._store(node.target)
        self._walk_through(node)

    def _augment(self, node: cst.AugAssign) -> None:
        self._store(node.target)
        if type(node.operator) not in _COUNTING or type(node.value) is not cst.Integer:
            self.changes_in_place = True
        self._walk_through(node)

    def _with(self, node: cst.WithItem) -> None:
        if node.asname is not None:
            self._store(node.asname.name)
        self._walk_through(node)

    def _walk_through(self, node: cst.CSTNode) -> None:
        """Read the parts; a range that is only counted through is no list of numbers."""
        for part in nodes_below(node, _EMPTY):
            if type(part) is cst.Call and type(part.func) is cst.Name and part.func.value in SEQUENCES:
                self._waiting += [arg.value for arg in part.args]
            else:
                self._waiting.append(part)

    def _import(self, node: cst.Import | cst.ImportFrom) -> None:
        self.imports += _imported(node)

    def _arg(self, node: cst.Arg) -> None:
        self._waiting.append(node.value)

    def _param(self, node: cst.Param) -> None:
        if node.default is not None:
            self._waiting.append(node.default)

    def _class(self, node: cst.ClassDef) -> None:
        """What a class defined within is to Keras, its bases decide when it is made."""
        self.is_hidden = True


#: How each kind of node is read, where that is not by its parts.
_READ: dict[type[cst.CSTNode], Any] = {
    cst.Name: Mentions._name,
    cst.Attribute: Mentions._attribute,
    **dict.fromkeys((cst.List, cst.Tuple), Mentions._display),
    **dict.fromkeys((cst.ListComp, cst.GeneratorExp, cst.SetComp), Mentions._comprehension),
    cst.Call: Mentions._call,
    cst.Assign: Mentions._assign,
    cst.AugAssign: Mentions._augment,
    cst.AnnAssign: Mentions._bind,
    cst.For: Mentions._bind,
    cst.CompFor: Mentions._walk_through,
    cst.WithItem: Mentions._with,
    cst.Import: Mentions._import,
    cst.ImportFrom: Mentions._import,
    cst.Arg: Mentions._arg,
    cst.Param: Mentions._param,
    cst.ClassDef: Mentions._class,
}

_EMPTY = NO_NODES | {cst.Integer, cst.Float, cst.SimpleString, cst.Annotation, cst.Nonlocal}
_NUMBERS = (cst.Integer, cst.Float, cst.UnaryOperation)
_DISPLAYS = frozenset({cst.List, cst.Tuple})
_COUNTING = frozenset({cst.AddAssign, cst.SubtractAssign})
#: The parameters of functions on tensors that are no sizes or axes.
_OPERANDS = frozenset({"x", "inputs", "input", "tensor", "a", "value", "values", "tensors", "xs", "x1", "x2", "object"})
#: Methods that make something of what is not known.
_MAKING_METHODS = frozenset({"reshape", "astype"})
_BY_NAME = frozenset({"getattr", "setattr", "delattr", "hasattr", "attrgetter", "methodcaller"})
_KINDS_ASKED = frozenset({"isinstance", "issubclass"})
#: Of what it keeps for these.
_KEPT = frozenset({"initializer", "regularizer", "constraint"})


@once
def mentions(function: cst.FunctionDef | cst.Lambda) -> Mentions:
    """What the function mentions."""
    return Mentions(function)


def _parameters(params: cst.Parameters) -> set[str]:
    found = {param.name.value for param in all_parameters(params)}
    found.update(one.name.value for one in (params.star_arg, params.star_kwarg) if isinstance(one, cst.Param))
    return found


def _is_type_question(node: cst.BaseExpression) -> bool:
    """`type(x)`."""
    return type(node) is cst.Call and type(node.func) is cst.Name and node.func.value == "type"


def _chain_of(node: cst.BaseExpression) -> Chain | None:
    if type(node) is cst.Name:
        return (node.value,)
    return _chain(node) if type(node) is cst.Attribute else None


def _chain(node: cst.Attribute) -> tuple[str, ...] | None:
    """`("tf", "nn", "relu")` for `tf.nn.relu`, None where it does not begin with a name."""
    parts: list[str] = []
    base: cst.BaseExpression = node
    while type(base) is cst.Attribute:
        parts.append(base.attr.value)
        base = base.value
    if type(base) is not cst.Name:
        return None
    parts.append(base.value)
    return tuple(reversed(parts))


def _is_operand(arg: cst.Arg, index: int) -> bool:
    """Whether an argument may be what a function on tensors works on."""
    return bool(arg.star) or (index == 0 if arg.keyword is None else arg.keyword.value in _OPERANDS)


def _is_plain_weight(call: cst.Call) -> bool:
    """Whether Keras takes the arguments, as far as it looks at them before there is a shape."""
    for index, arg in enumerate(call.args):
        if arg.star:
            continue
        name = arg.keyword.value if arg.keyword is not None else ""
        if (not name and index == 0 and type(arg.value) is not cst.Attribute) or (not name and index == 1):
            return type(arg.value) is cst.Tuple or type(arg.value) is cst.List
        if name == "initializer" and not _is_plain_initializer(arg.value):
            return False
    return True


def _is_plain_initializer(value: cst.BaseExpression) -> bool:
    """Whether it is the name of an initializer, or surely no other text."""
    if type(value) is cst.SimpleString:
        return value.raw_value in INITIALIZERS
    if type(value) is cst.Call:
        value = value.func
    return type(value) is cst.Attribute or (type(value) is cst.Name and value.value == "None")


def _imported(node: cst.CSTNode) -> Iterator[tuple[str, str, int, str | None]]:
    if type(node) is cst.Import:
        for alias in node.names:
            dotted = dotted_name(alias.name)
            if alias.asname is not None and type(alias.asname.name) is cst.Name:
                yield alias.asname.name.value, dotted, 0, None
            else:
                top = dotted.partition(".")[0]
                yield top, top, 0, None
    elif type(node) is cst.ImportFrom:
        dotted, level = dotted_name(node.module), len(node.relative)
        if isinstance(node.names, cst.ImportStar):
            yield "*", dotted, level, "*"
            return
        for alias in node.names:
            name = dotted_name(alias.name)
            bound = alias.asname.name if alias.asname is not None else None
            yield bound.value if type(bound) is cst.Name else name, dotted, level, name
