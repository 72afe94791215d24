"""Classes of the program that derive from `keras.layers.Layer`, `keras.Model` or `keras.Sequential`."""

from __future__ import annotations

from kerascheck.interp.keras.calling import input_tensors
from kerascheck.interp.keras.freeze import freeze_arguments
from kerascheck.interp.keras.functional import fill_functional
from kerascheck.interp.keras.sequential import fill_sequential, new_sequential
from kerascheck.interp.run import Run
from kerascheck.interp.values import DictValue, Instance, ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Shape
from kerascheck.network.ir import BuiltinLayer, CustomLayer, Layer, Network, Site
from kerascheck.symbolic import Symbol, Undetermined, Unknown

_MODELS = frozenset({"keras.Model", "keras.Sequential"})


def attach_layer(run: Run, instance: Instance, base: Symbol, arguments: Arguments, site: Site) -> None:
    """Give a new object of such a class what it is to Keras."""
    run.reach(site)
    name = instance.cls.name
    if base.name == "keras.Sequential":
        instance.layer = new_sequential(run, name, Arguments([], {}), site)
        return
    if base.name == "keras.Model":
        network = Network(name, run.layer_name(name), site, freeze_arguments(run, arguments))
        network.kind = "subclass"
        network.birth = instance.birth
        network.open = Unknown("a subclassed model")
        run.program.networks.append(network)
        instance.layer = network
    elif base.name == "keras.Layer" or base.name.startswith("keras.layers."):
        layer = CustomLayer(
            name, name, run.layer_name(name), site, freeze_arguments(run, arguments), _runner(run, instance, site)
        )
        if base.name != "keras.Layer":
            layer.run = None
            layer.unknown = Unknown(f"{name} changes what {base.name} does")
        run.program.layers.append(layer)
        instance.layer = layer


def base_init(run: Run, receiver: Value, arguments: Arguments, site: Site) -> Value:
    """`super().__init__(...)` of a Keras class."""
    layer = receiver.layer
    given = arguments.value("name")
    if isinstance(given, str):
        layer.name, layer.named_by_user = given, True
    if isinstance(layer, Network):
        if layer.kind == "sequential":
            fill_sequential(run, layer, arguments, site)
        elif arguments.positional or "inputs" in arguments.keywords:
            inputs = arguments.value("inputs", 0)
            if input_tensors(inputs) is not None:
                layer.kind = "functional"
                layer.open = None
                fill_functional(run, layer, arguments, site)
    return None


def initialised(run: Run, instance: Instance, base: Symbol, arguments: Arguments, site: Site) -> None:
    """Called when `__init__` has run: what it put on the object are parts of the layer."""
    layer = instance.layer
    if isinstance(layer, CustomLayer):
        layer.parts = _parts(instance)
    elif isinstance(layer, Network) and layer.kind == "subclass":
        layer.layers = _parts(instance)


def _parts(instance: Instance) -> list[Layer]:
    """Layers among the attributes, in the order of assignment, also in lists and dictionaries."""
    found: list[Layer] = []

    def visit(value: Value, depth: int) -> None:
        layer = value.layer if isinstance(value, Instance) else value
        if isinstance(layer, Layer):
            if not any(layer is known for known in found):
                found.append(layer)
        elif depth < 4:
            items: list[Value] = []
            if isinstance(value, ListValue):
                items = value.items
            elif isinstance(value, tuple):
                items = list(value)
            elif isinstance(value, DictValue):
                items = list(value.items.values())
            for item in items[:1000]:
                visit(item, depth + 1)

    for value in instance.attributes.values():
        visit(value, 0)
    return found


def _runner(run: Run, instance: Instance, site: Site):  # type: ignore[no-untyped-def]
    """What interprets the class's `build` and `call` on input shapes."""

    def infer(shapes: list[Shape]) -> list[Shape]:
        raise Undetermined(f"the call of {instance.cls.name} is not interpreted")

    return infer


def build_subclass(run: Run, network: Network, shape: Shape | Unknown, site: Site) -> None:
    """`model.build(input_shape)` of a subclassed model."""


def attach_function(run: Run, layer: BuiltinLayer, function: Value, site: Site) -> None:
    """Lambda: remember the function, so that calling the layer can run it."""
    layer.function = function
