"""Configurations: `layer.get_config()`, `Layer.from_config(config)`, `serialize` and `deserialize`.

What stands in the configuration of a built-in layer or of a model is not shown to the program entry by entry, since
Keras writes it in its own way; the configuration as a whole makes another layer or model like the first.
"""

from __future__ import annotations

from collections.abc import Hashable

from kerascheck.layers.registry import find
from kerascheck.machine import names
from kerascheck.machine.keras.cloning import copy_network
from kerascheck.machine.keras.construction import make_layer
from kerascheck.machine.keras.freeze import freeze
from kerascheck.machine.keras.sequential import given_input_shape
from kerascheck.machine.methods import METHODS
from kerascheck.machine.run import Run
from kerascheck.machine.values import ClassValue, DictValue, Instance, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import BuiltinLayer, Layer, Site
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import Symbol, Undetermined, Unknown


class Configuration(DictValue):
    """What `get_config` gives: whose configuration it is, and the entries that the program has set in it since."""

    __slots__ = ("changed", "kind", "origin", "own")

    def __init__(self, origin: Layer, birth: int) -> None:
        self.own: dict[Hashable, Value] = {}
        self.birth = birth
        self.kind = "configuration"
        self.origin: Layer | None = origin
        self.changed = origin.changed if isinstance(origin, Network) else 0

    @property
    def items(self) -> dict[Hashable, Value]:
        """The entries that the program has set. Once those of a model are asked for, what is in it may be changed."""
        if isinstance(self.origin, Network):
            self.origin = None
        return self.own

    @items.setter
    def items(self, value: dict[Hashable, Value]) -> None:
        self.origin, self.own = None, value

    @property
    def unknown(self) -> Unknown | None:
        """There always are other entries."""
        return Unknown("what stands in a configuration")

    @unknown.setter
    def unknown(self, value: Unknown | None) -> None:
        """Stays as it is."""

    def spread(self, birth: int) -> DictValue | None:
        """The same configuration, for the program to change."""
        if self.origin is None:
            return None
        made = Configuration(self.origin, birth)
        made.own, made.changed = dict(self.own), self.changed
        return made

    def blur(self, reason: str) -> None:
        """Forget whose configuration it is."""
        self.origin, self.own = None, {}


def _pop(run: Run, config: Configuration, arguments: Arguments, site: Site) -> Value:
    """`config.pop("name")`: without its name a layer gets another; what else is taken out is not followed."""
    key = arguments.value("key", 0)
    if key == "name" and isinstance(config.origin, BuiltinLayer) and run.may_change(config):
        held = config.own.get("name", config.origin.name)
        config.own["name"] = None
        return held
    config.blur("an entry was taken out")
    return run.fresh("an entry of a configuration", site.node)


def _copy(run: Run, config: Configuration, arguments: Arguments, site: Site) -> Value:
    return config.spread(run.tick()) or run.fresh("a configuration", site.node)


METHODS["configuration"] = {**METHODS["dict"], "pop": _pop, "copy": _copy}


def get_config(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    """`layer.get_config()`, `model.get_config()`."""
    if isinstance(layer, (BuiltinLayer, Network)):
        return Configuration(layer, run.tick())
    return run.fresh("a configuration", site.node)


def base_config(run: Run, instance: Instance, arguments: Arguments, site: Site) -> Value:
    """`super().get_config()` in a layer of the program: its name, whether it trains, its dtype."""
    layer = instance.layer
    if layer is None or isinstance(layer, Network) or getattr(layer, "base", None) is not None:
        return run.fresh("a configuration", site.node)
    dtype = Unknown("the dtype policy of a layer")
    return run.new_dict({"name": layer.name, "trainable": layer.trainable, "dtype": dtype})


# -- from configurations ----------------------------------------------------------------------------------------------


def from_config(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`keras.layers.Dense.from_config(config)`."""
    spelled = name.rsplit(".", 2)[1]
    return _layer(run, spelled, arguments.value("config", 0), site)


def _layer(run: Run, spelled: str, config: Value, site: Site) -> Value:
    run.reach(site)
    if isinstance(config, Configuration):
        given = _given(run, spelled, config)
    elif isinstance(config, DictValue) and config.unknown is None:
        given = {str(key): value for key, value in config.items.items()}
    else:
        given = None
    if given is None or find(spelled) is None:
        return run.fresh("a layer from a configuration that is not known", site.node)
    return make_layer(run, spelled, Arguments([], {key: Given(value) for key, value in given.items()}), site)


def _given(run: Run, spelled: str, config: Configuration) -> dict[str, Value] | None:
    """The arguments that make a layer of this configuration; None where they are not known."""
    layer, definition = config.origin, find(spelled)
    if not isinstance(layer, BuiltinLayer) or definition is None or definition.name != layer.cls:
        return None
    values = {name: layer.config[name] for name in layer.config.given if name in layer.config}
    if any(isinstance(value, Layer) for value in values.values()) or type(layer) is not BuiltinLayer:
        return None
    if run.project.dialect < 3 and given_input_shape(run, layer) is not None:
        return None  # older Keras writes the input shape into it
    given: dict[str, Value] = {**values, "name": layer.name, "trainable": layer.trainable}
    given.update((str(key), freeze(value)) for key, value in config.own.items())
    return given


def class_from_config(run: Run, cls: ClassValue, arguments: Arguments, site: Site) -> Value:
    """`Own.from_config(config)` of a class of the program: it is called with the entries."""
    config = arguments.value("config", 0)
    if not isinstance(config, DictValue):
        return run.call(cls, Arguments([], {}, open_keywords=True), site)
    keywords = {str(key): Given(value) for key, value in config.items.items()}
    return run.call(cls, Arguments([], keywords, open_keywords=config.unknown is not None), site)


def model_from_config(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`Sequential.from_config(model.get_config())`, `model_from_json(model.to_json())`."""
    config = arguments.positional[0].value if arguments.positional else arguments.value("config")
    run.reach(site)
    origin = config.origin if isinstance(config, Configuration) else None
    if isinstance(origin, Network) and isinstance(config, Configuration) and len(arguments.positional) == 1:
        fits = origin.is_sequential if name == "keras.Sequential.from_config" else not origin.is_sequential
        try:
            if (fits or name.endswith("_json")) and origin.changed == config.changed:
                return copy_network(run, origin, site)
        except Undetermined:
            pass
    network = Network("Model", run.layer_name("Model"), site)
    network.birth = run.tick()
    network.open = Unknown("a model from a configuration that is not known")
    run.add_network(network)
    return network


# -- serialized objects -----------------------------------------------------------------------------------------------


def serialize(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`keras.layers.serialize(layer)`, `keras.saving.serialize_keras_object(layer)`."""
    layer = arguments.positional[0].value if arguments.positional else None
    if type(layer) is not BuiltinLayer:
        return run.fresh("a serialized object", site.node)
    parts: dict[Hashable, Value] = {"module": "keras.layers", "class_name": layer.cls}
    made = run.new_dict({**parts, "config": Configuration(layer, run.tick()), "registered_name": None})
    if layer.calls:
        made.items["build_config"] = Unknown("the shape that a layer is built for")
    return made


def deserialize(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`keras.layers.deserialize({"module": "keras.layers", "class_name": "Dense", "config": {"units": 4}})`.

    Keras 3 finds a class of its own by its module only, older Keras by its name alone.

    Source: `_retrieve_class_or_fn` of keras/src/saving/serialization_lib.py, Keras 3.15.
    """
    spec = arguments.value("config", 0)
    if not isinstance(spec, DictValue) or spec.unknown is not None or isinstance(spec, Configuration):
        return run.fresh("a layer from a configuration that is not known", site.node)
    cls, config = spec.items.get("class_name"), spec.items.get("config")
    custom = arguments.value("custom_objects", 1)
    if isinstance(custom, DictValue) and isinstance(custom.items.get(cls), ClassValue):
        return class_from_config(run, custom.items[cls], Arguments([Given(config)], {}), site)
    module = spec.items.get("module", "keras.layers" if run.project.dialect < 3 else None)
    if not isinstance(cls, str) or not isinstance(module, str) or custom is not None:
        return run.fresh("an object from a configuration that is not known", site.node)
    qualified = names.canonical(f"{module}.{cls}")
    if not qualified.startswith("keras.layers.") or spec.items.get("registered_name") not in (None, cls):
        return run.fresh("an object from a configuration that is not known", site.node)
    return _layer(run, qualified.rpartition(".")[2], config, site)


def class_of(layer: Layer) -> Value | None:
    """`layer.__class__`; None where it is not known."""
    instance = getattr(layer, "instance", None)
    if isinstance(instance, Instance):
        return instance.cls
    if isinstance(layer, BuiltinLayer) or layer.cls == "InputLayer":
        return Symbol(f"keras.layers.{layer.cls}")
    if isinstance(layer, Network) and layer.kind != "subclass" and layer.cls in ("Sequential", "Functional"):
        return Symbol("keras.Sequential" if layer.is_sequential else "keras.models.Functional")
    return None
