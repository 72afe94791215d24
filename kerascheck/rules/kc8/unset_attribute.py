"""KC871: a method reads an attribute of its object that nothing sets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.keras.attributes import attributes_of
from kerascheck.machine.static import names_used, once_a_file, outline_of
from kerascheck.machine.values import ClassValue, Instance
from kerascheck.network.program import Program
from kerascheck.rules._code import (
    Code,
    attribute_of,
    base_of,
    classes_of,
    is_keras_3,
    look_up,
    methods,
    names_of_target,
    own_nodes,
)
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Symbol
from kerascheck.text.spelling import most_like

#: By which attributes are set or answered whose names do not stand there.
_BY_NAME = frozenset(
    {"__getattr__", "__getattribute__", "__dict__", "setattr", "__setattr__", "vars", "exec", "locals"}
)


class UnsetAttribute(Rule):
    """A method of a layer, model, metric or callback reads `self.name`, and nothing sets it.

    ## What it does

    Reports attributes that a method of a class of the program reads off its object, where neither the class nor
    anything else in its file sets an attribute or defines a method of this name, and Keras has none either. Classes
    that set attributes by name (`setattr`, `__dict__`) are left alone, as are names that stand in a string, and what
    is read in a `try`.

    ## Why it is bad

    "'Linear' object has no attribute 'unit'": when the layer is built or called, or late, when `get_config` runs at
    the end of a training.

    ## Example

    ```python
    from keras import layers

    class Linear(layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = units

        def build(self, input_shape):
            self.w = self.add_weight(shape=(input_shape[-1], self.unit))
    ```

    ## Use instead

    ```python
    from keras import layers

    class Linear(layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = units

        def build(self, input_shape):
            self.w = self.add_weight(shape=(input_shape[-1], self.units))
    ```

    ## References

    - [Keras: making new layers and models via subclassing](https://keras.io/guides/making_new_layers_and_models_via_subclassing/)
    """

    code = "KC871"
    name = "unset-attribute"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for cls in classes_of(program):
            known = attributes_of(base_of(cls))
            if known is None or not is_keras_3(cls.site) or _is_open(cls):
                continue
            set_somewhere = _set_in(cls.site.file).union(*(_set_in(one.site.file) for one in _own_classes(cls)))
            told: set[str] = set()
            for node, code, name in _reads(cls):
                if name in known or name in set_somewhere or name in told or name.startswith("__"):
                    continue
                told.add(name)
                is_made = any(isinstance(one, Instance) and one.cls is cls for one in program.objects)
                yield Finding(
                    code.site(node),
                    f"nothing sets self.{name} of {cls.name}{_advice(cls, name)}",
                    severity=Severity.ERROR if is_made else Severity.WARNING,
                )

    VALID = [
        # set in another method, in a base class, by a loop, or by Keras
        """
import keras
class Base(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
    def build(self, input_shape):
        self.w, self.b = self.add_weight(shape=(input_shape[-1], self.units)), 0.0
class Scaled(Base):
    rate = 0.5
    def call(self, x, training=None):
        if self.built and self.trainable and self.losses:
            print(self.name, self.dtype, self._dtype_policy)
        return self.rate * self.scaled(x @ self.w + self.b)
    def scaled(self, x):
        return x / self.units
layer = Scaled(4)
""",
        # by name, or from outside
        """
import keras
class Any(keras.layers.Layer):
    def __init__(self, **options):
        super().__init__()
        for name, value in options.items():
            setattr(self, name, value)
    def call(self, x):
        return self.factor * x
class Net(keras.Model):
    def call(self, x):
        return self.teacher(x)
net = Net()
net.teacher = Any(factor=2)
""",
        # asked for first
        """
import keras
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)
    def call(self, x):
        if hasattr(self, "bias"):
            return self.head(x) + self.bias
        try:
            return self.norm(self.head(x))
        except AttributeError:
            return self.head(x)
net = Net()
""",
        # a base class that is not known, and one that is none of Keras
        """
import keras
from mine import Mixin
class Net(Mixin, keras.Model):
    def call(self, x):
        return self.head(x)
class Plain:
    def call(self, x):
        return self.head(x)
net = Net()
""",
        # methods of a subclass
        """
import keras
class Base(keras.layers.Layer):
    def call(self, x):
        return self.transform(x) * self.scale
class Twice(Base):
    scale = 2
    def transform(self, x):
        return x + 1
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
class Linear(keras.layers.Layer):
    def __init__(self, units, rate=0.1, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.dropout = keras.layers.Dropout(rate)
    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.unit))
    def call(self, x):
        return self.dropout(x @ self.w)
    def get_config(self):
        return {**super().get_config(), "units": self.units, "rate": self.rate}
layer = Linear(4)
""",
            [
                (9, "nothing sets self.unit of Linear; did you mean self.units?"),
                (13, "nothing sets self.rate of Linear"),
            ],
        ),
    ]


def _own_classes(cls: ClassValue) -> Iterator[ClassValue]:
    return (one for one in cls.mro() if isinstance(one, ClassValue))


def _is_open(cls: ClassValue) -> bool:
    """Whether attributes may be set that do not stand there: by name, or by what decorates the class."""
    for one in _own_classes(cls):
        if one.fields is not None or not _BY_NAME.isdisjoint(names_used(one.site.file, one.site.file.tree)):
            return True
        if any(not _is_of_keras(one, decorator.decorator) for decorator in one.node.decorators):
            return True
    return False


def _is_of_keras(cls: ClassValue, node: cst.BaseExpression) -> bool:
    """Whether the decorator is one of Keras: those leave the class as it is."""
    found = _meaning(cls, node.func if isinstance(node, cst.Call) else node)
    return isinstance(found, Symbol) and found.name.startswith("keras.")


def _meaning(cls: ClassValue, node: cst.BaseExpression) -> Any:
    if isinstance(node, cst.Attribute):
        return attribute_of(_meaning(cls, node.value), node.attr.value)
    return look_up(cls.scope, node.value) if isinstance(node, cst.Name) else None


def _reads(cls: ClassValue) -> Iterator[tuple[cst.Attribute, Code, str]]:
    """What its methods read off their object, but for what stands in a `try`."""
    for method in methods(cls):
        code = Code(method)
        if code.self_name is None or code.self_name in _rebound(code):
            continue
        tried = {
            id(part)
            for one in own_nodes(code.file, code.node.body, cst.Try)
            for part in own_nodes(code.file, one.body, cst.Attribute)
        }
        for node in own_nodes(code.file, code.node.body, cst.Attribute):
            name = code.is_own_attribute(node)
            if name is not None and id(node) not in tried:
                yield node, code, name


def _rebound(code: Code) -> set[str]:
    return {
        name for node in own_nodes(code.file, code.node.body, cst.AssignTarget) for name in names_of_target(node.target)
    }


@once_a_file
def _set_in(source: Any) -> frozenset[str]:
    """Names of attributes that anything in the file sets, of what its classes define, and what stands in strings.

    The keys of dictionaries are no such strings: `get_config` has them.
    """
    found: set[str] = set()
    outline, tree = outline_of(source), source.tree
    for node in outline.below(tree, *_TARGETS):
        found.update(_stored(node.name if isinstance(node, cst.AsName) else node.target))  # type: ignore[attr-defined]
    for defined in outline.below(tree, cst.FunctionDef):
        found.add(defined.name.value)
    for cls in outline.below(tree, cst.ClassDef):
        for node in outline.own(cls.body, cst.AssignTarget, cst.AnnAssign):
            found.update(names_of_target(node.target))  # type: ignore[attr-defined]
    keys = {id(node.key) for node in outline.below(tree, cst.DictElement)}
    keys |= {id(node.value) for node in outline.below(tree, cst.Index)}
    for text in outline.below(tree, cst.SimpleString):
        value = text.evaluated_value
        if id(text) not in keys and isinstance(value, str) and value.isidentifier():
            found.add(value)
    return frozenset(found)


_TARGETS = (cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.For, cst.CompFor, cst.AsName)


def _stored(target: cst.CSTNode) -> Iterator[str]:
    if isinstance(target, cst.Attribute):
        yield target.attr.value
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _stored(element.value)
    elif isinstance(target, cst.StarredElement):
        yield from _stored(target.value)


def _advice(cls: ClassValue, name: str) -> str:
    """The name that may be meant: one that the class sets and that looks like it."""
    own: set[str] = set()
    for one in _own_classes(cls):
        for method in methods(one):
            code = Code(method)
            for node in own_nodes(code.file, code.node.body, cst.AssignTarget):
                own.add(code.is_own_attribute(node.target) or "")
        own.update(method.name for method in methods(one))
    near = most_like(name, own - {""}, 0.8)
    return f"; did you mean self.{near}?" if near else ""
