"""Variables that a layer or model of the program holds beside those of its layers.

Keras 3 counts each `keras.Variable` that an attribute holds, also in lists and dictionaries, among the weights
(`Layer.__setattr__` and its tracker in keras/src/layers/layer.py, Keras 3.15). A `tf.Variable` it does not count; older
ones do.
"""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.machine.conditions import truth
from kerascheck.machine.keras.freeze import as_shape, freeze
from kerascheck.machine.keras.tensors import operand
from kerascheck.machine.run import Run
from kerascheck.machine.values import DictValue, Instance, ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Shape
from kerascheck.network.ir import Site, Tensor, Weight
from kerascheck.symbolic.unknown import Undetermined, Unknown

#: How deep variables are looked for in lists of lists.
_MAX_DEPTH = 4
_MAX_ITEMS = 1000

_VARIABLE = "variable of TensorFlow"


class Variable(Tensor):
    """A variable of Keras; what is computed with it is computed with its value."""

    __slots__ = ("weight",)

    def __init__(self, shape: Shape | Unknown, name: Value, trains: bool) -> None:
        super().__init__(shape)
        #: None where its shape is not known.
        self.weight: Weight | None = None
        if not isinstance(shape, Unknown):
            title = name if isinstance(name, str) else "variable"
            self.weight = Weight(title, shape, trains)


def keras_variable(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`keras.Variable(initializer, shape, dtype, trainable)`: the initializer is a function of a shape, or a value."""
    shape: Shape | Unknown
    if (given := arguments.value("shape", 1)) is not None:
        shape = as_shape(freeze(given))
    else:
        value = operand(run, arguments.value("initializer", 0))
        shape = Unknown("the shape of a variable") if value is None else value.shape
    if not isinstance(shape, Unknown) and None in shape:
        shape = Unknown("the shape of a variable")
    trains = truth(run, arguments.value("trainable", 3, True), node=site.node)
    return Variable(shape, arguments.value("name"), trains)


def tensorflow_variable(run: Run, site: Site) -> Unknown:
    """A `tf.Variable` for a Keras that counts it among the weights of the layer that holds it."""
    made = run.fresh("the result of tensorflow.Variable", site.node)
    return Unknown(made.reason, (_VARIABLE, made.key))


def variables_on(instance: Instance) -> list[Weight]:
    """The variables among the attributes, each once. Raises Undetermined where one is not known."""
    found: dict[int, Weight] = {}
    for value in _parts(instance.attributes.values(), 0):
        if isinstance(value, Variable):
            if value.weight is None:
                reason = value.shape.reason if isinstance(value.shape, Unknown) else "a variable"
                raise Undetermined(reason)
            found[id(value.weight)] = value.weight
        elif isinstance(value, Unknown) and isinstance(value.key, tuple) and value.key[:1] == (_VARIABLE,):
            raise Undetermined(value.reason)
    return [*found.values()]


def _parts(values: object, depth: int) -> Iterator[Value]:
    for value in list(values)[:_MAX_ITEMS]:  # type: ignore[call-overload]
        if isinstance(value, ListValue):
            value = value.items
        elif isinstance(value, DictValue):
            value = value.items.values()
        elif not isinstance(value, (tuple, list)):
            yield value
            continue
        if depth < _MAX_DEPTH:
            yield from _parts(value, depth + 1)
