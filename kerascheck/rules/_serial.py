"""Parts of models that are code of the program, as saving and loading sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.machine.keras.saving import Snapshot, parts_of
from kerascheck.machine.values import ClassValue, DictValue, FunctionValue, Instance
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Layer, Site
from kerascheck.network.networks import Network
from kerascheck.network.program import CompileCall
from kerascheck.rules._code import look_up
from kerascheck.rules._mentions import writes
from kerascheck.rules._registered import NAMES_OBJECTS
from kerascheck.symbolic.unknown import Symbol
from kerascheck.training.compiled_losses import metrics_of
from kerascheck.training.structures import leaves


def written_parts(network: Network) -> list[Layer]:
    """The model and the layers that its file names: what a class of the program makes itself is not among them."""
    return parts_of(network, lambda part: own_class(part) is None)


def own_class(layer: Layer) -> ClassValue | None:
    """The class of the program that the layer is of; None where it is one of Keras's."""
    instance = getattr(layer, "instance", None)
    return instance.cls if isinstance(instance, Instance) else None


def is_registered(node: Any, scope: Any) -> bool:
    """Whether a class or function is registered by a decorator, so that Keras finds it by its name."""
    for item in getattr(node, "decorators", ()):
        function: cst.CSTNode = item.decorator.func if isinstance(item.decorator, cst.Call) else item.decorator
        names: list[str] = []
        while isinstance(function, cst.Attribute):
            names.append(function.attr.value)
            function = function.value
        if not isinstance(function, cst.Name):
            return True
        base = look_up(scope, function.value)
        dotted = ".".join([base.name if isinstance(base, Symbol) else "", *reversed(names)])
        if not isinstance(base, Symbol) or dotted.endswith("register_keras_serializable"):
            return True  # what another decorator does is not known
    return False


#: The arguments of layers that take a function, which a file names as it names a class.
_ACTIVATIONS = ("activation", "recurrent_activation")


def _needs_its_name(function: FunctionValue) -> bool:
    """Whether Keras looks the function up by its name: it is no lambda, and nothing registers it."""
    return isinstance(function.node, cst.FunctionDef) and not is_registered(function.node, function.scope)


def strangers(network: Network, compiled: CompileCall | None) -> Iterator[tuple[str, str]]:
    """What the file of a model names and Keras does not know: kinds and names."""
    for part in written_parts(network):
        cls = own_class(part)
        if cls is not None and not is_registered(cls.node, cls.scope):
            yield ("model" if isinstance(part, Network) else "layer"), cls.name
        elif cls is None and part.arguments is not None:
            for name in _ACTIVATIONS:
                function = part.arguments.value(name)
                if isinstance(function, FunctionValue) and _needs_its_name(function):
                    yield "activation", function.name
    if compiled is None:
        return
    given = compiled.arguments.get("loss", 1)
    losses = leaves(given.value) if isinstance(given, Given) else []
    for kind, values in (("loss", losses), ("metric", [value for value, _ in metrics_of(compiled)])):
        for value in values:
            thing = value.cls if isinstance(value, Instance) else value
            if isinstance(thing, (FunctionValue, ClassValue)) and not is_registered(thing.node, thing.scope):
                name = thing.name if not isinstance(thing.node, cst.Lambda) else "<lambda>"
                yield kind, name


def is_told(arguments: Arguments, name: str, site: Site) -> bool:
    """Whether a call of `load_model` may know the object: by `custom_objects`, or in another way."""
    if writes(site.file, NAMES_OBJECTS) or arguments.open_keywords:
        return True
    given = arguments.value("custom_objects", 1)
    if given is None:
        return False
    items = given.items if isinstance(given, DictValue) and given.unknown is None else given
    return not isinstance(items, dict) or name in items


def snapshot_of(held: Any) -> Snapshot | None:
    """The model that lies in the file, as the program has saved it."""
    return held if isinstance(held, Snapshot) else None
