"""Models and values that the program saves and loads again: `save` and `load_model`, `pickle`, `joblib`.

`Run.saved` holds what lies where. A file that something else may have written since is not known; one that was
written before the program runs is not either.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Hashable
from typing import Any

import libcst as cst

from kerascheck.machine.keras.cloning import copy_network
from kerascheck.machine.keras.freeze import freeze_arguments
from kerascheck.machine.modules.paths import path_key, path_text
from kerascheck.machine.run import Run
from kerascheck.machine.values import FILE, ClassValue, Instance, NativeObject, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.events import FileCall
from kerascheck.network.ir import NOT_CALLED, BuiltinLayer, Layer, Site
from kerascheck.network.networks import Network
from kerascheck.network.program import CompileCall, KerasObject
from kerascheck.symbolic.unknown import Symbol, Undetermined, Unknown


class WeightsFile:
    """The weights of a model in a file: the shapes, layer by layer, None where they are not known."""

    __slots__ = ("network", "shapes")

    def __init__(self, network: Network) -> None:
        self.network = network
        self.shapes = weight_shapes(network)


class Exported:
    """What `model.export` has written: a model to be served, and none for `load_model`."""

    __slots__ = ("network",)

    def __init__(self, network: Network) -> None:
        self.network = network


def weight_shapes(layer: Layer) -> list[Any] | None:
    """The shapes of its weights in the order of Keras; None where they are not known."""
    try:
        return [weight.shape for weight, _ in layer.all_weights()]
    except Undetermined:
        return None


class Snapshot:
    """A model as it was at one moment."""

    __slots__ = ("_stamps", "compiled", "network", "origin", "trains")

    def __init__(self, network: Network) -> None:
        self.origin = network
        self.network = Network(network.cls, network.name, network.site)
        self.network.kind, self.network.open, self.network.unknown = network.kind, network.open, network.unknown
        self.network.layers, self.network.nodes = list(network.layers), list(network.nodes)
        self.network.inputs, self.network.outputs = list(network.inputs), list(network.outputs)
        self.network.takes, self.network.gives = network.takes, network.gives
        self.network.named_by_user, self.network.trainable = network.named_by_user, network.trainable
        if type(network) is not Network:
            self.network.unknown = self.network.unknown or Unknown("a model of a class of the program")
        self.compiled = network.compiled
        parts = parts_of(network)
        self.trains = {id(part): part.trainable for part in parts}
        self._stamps = [(part, part.changed) for part in parts[1:] if isinstance(part, Network)]

    def restore(self, run: Run, site: Site, compiled: bool = True) -> Network:
        """The same model with layers of its own.

        Raises:
            Undetermined: it is not known.
        """
        if any(part.changed != stamp for part, stamp in self._stamps):
            raise Undetermined("a model in it was changed after it was saved")
        made = copy_network(run, self.network, site, self.trains)
        if made.params() != self.network.params() and not isinstance(self.network.params(), Unknown):
            run.program.networks.remove(made)
            raise Undetermined("its weights do not fit what its configuration makes")
        made.named_by_user, made.takes, made.gives = self.network.named_by_user, None, None
        if len(self.network.inputs) > 1 or len(self.network.outputs) > 1:
            made.takes = made.inputs if len(made.inputs) > 1 else None
            made.gives = made.outputs if len(made.outputs) > 1 else None
        if compiled and self.compiled is not None:
            made.compiled = CompileCall(made, _made_again(self.compiled.arguments), self.compiled.site)
        return made

    def is_like(self, other: Snapshot) -> bool:
        """Whether both are the same model, unchanged in between."""
        mine, its = self.network, other.network
        same = self.origin is other.origin and mine.layers == its.layers and mine.nodes == its.nodes
        return same and self.trains == other.trains and mine.open is its.open and self._stamps == other._stamps


def _made_again(arguments: Arguments) -> Arguments:
    """The arguments of `compile` as a file gives them: the optimizer is another object than that of the saved model."""
    positional, keywords = list(arguments.positional), dict(arguments.keywords)
    if "optimizer" in keywords:
        keywords["optimizer"] = _copied(keywords["optimizer"])
    elif positional:
        positional[0] = _copied(positional[0])
    return Arguments(positional, keywords, arguments.open_positional, arguments.open_keywords, arguments.call)


def _copied(given: Given) -> Given:
    old = given.value
    if not isinstance(old, KerasObject):
        return given
    new = KerasObject(old.qualname, old.arguments, old.site)
    new.needs = old.needs
    return Given(new, given.node)


def parts_of(network: Network, is_entered: Callable[[Layer], bool] = lambda layer: True) -> list[Layer]:
    """The model, and all layers in it; of those that are not entered not the parts."""
    found: list[Layer] = [network]
    seen = {id(network)}
    for part in found:
        for inner in part.sublayers() if is_entered(part) else ():
            if id(inner) not in seen:
                seen.add(id(inner))
                found.append(inner)
    return found


# -- what lies where -------------------------------------------------------------------------------------------------


class _Pattern:
    """The names of the files that `ModelCheckpoint` writes: `weights.{epoch:02d}.keras`."""

    __slots__ = ("expression", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        pieces = re.split(r"\{[^{}]*\}", posixpath.normpath(text))
        self.expression = re.compile(".*".join(map(re.escape, pieces)))

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Pattern) and self.text == other.text


def place_of(value: Value) -> Hashable:
    """What identifies the file of a path or of an open file; None where that is none."""
    if isinstance(value, NativeObject) and value.kind == FILE:
        value = value.parts["path"]
    return path_key(value)


def _may_be_same(one: Hashable, other: Hashable) -> bool:
    """Whether two places may be one file."""
    if isinstance(one, _Pattern) and isinstance(other, str):
        return one.expression.fullmatch(other) is not None
    if isinstance(other, _Pattern) and isinstance(one, str):
        return other.expression.fullmatch(one) is not None
    return not (isinstance(one, str) and isinstance(other, str)) or one == other


def keep(run: Run, place: Hashable, thing: Value) -> None:
    """Note that a file is written; other files that may be the same one are not known any more."""
    saved = run.saved
    if place is None:
        place = ("path", run.tick())
    if not run.may_change(saved):
        return
    for known in list(saved.items):
        if known != place and _may_be_same(known, place):
            held = saved.items[known]
            like = isinstance(held, Snapshot) and isinstance(thing, Snapshot) and held.is_like(thing)
            if not like:
                saved.items[known] = Unknown("the file may have been written again")
    saved.items[place] = thing


def is_written(run: Run, value: Value) -> bool:
    """Whether the program may have written the file of this path before."""
    return run.saved.unknown is not None or place_of(value) in run.saved.items


def forget_file(run: Run, value: Value, is_target: bool = False) -> None:
    """The file of this path may be another one from now on; with `is_target`, one of a path that may be the same."""
    place = place_of(value)
    if place is None or not run.may_change(run.saved):
        return
    run.saved.items.setdefault(place, Unknown("the program writes it"))  # whatever lies there now
    for known in list(run.saved.items):
        inside = isinstance(place, str) and isinstance(known, str) and known.startswith(f"{place}/")
        if known == place or inside or (is_target and _may_be_same(known, place)):
            run.saved.items[known] = Unknown("the file may have been replaced")


def run_command(run: Run, command: Value) -> None:
    """A command of the shell may write any file that it names."""
    for known in list(run.saved.items):
        named = isinstance(known, str) and posixpath.basename(known) in command if isinstance(command, str) else True
        if named and run.may_change(run.saved):
            run.saved.items[known] = Unknown("a command may have replaced the file")


def is_saved(run: Run, value: Value) -> bool:
    """Whether the program has written a file of this path, which is still there."""
    place = place_of(value)
    return place is not None and isinstance(run.saved.items.get(place), Snapshot)


def found(run: Run, value: Value) -> Value | None:
    """What the program has saved at this path; None where that is nothing, or not known."""
    place, saved = place_of(value), run.saved
    if place is None:
        return None
    held = saved.items.get(place)
    if held is None:
        patterns = [known for known in saved.items if isinstance(known, _Pattern) and _may_be_same(known, place)]
        fitting = [saved.items[known] for known in patterns if isinstance(place, str)]
        held = fitting[0] if len(fitting) == 1 else None
    return None if isinstance(held, Unknown) else held


# -- models ----------------------------------------------------------------------------------------------------------


def as_network(value: Value) -> Network | None:
    """The model that a value is, or holds."""
    value = value.layer if isinstance(value, Instance) else value
    return value if isinstance(value, Network) else None


def _refused_name(run: Run, value: Value) -> bool:
    """Whether Keras 3 does not save models under this name: it asks for `.keras` or `.h5`."""
    text = path_text(value)
    return run.project.dialect == 3 and isinstance(text, str) and not text.endswith((".keras", ".h5", ".hdf5"))


def save(run: Run, network: Layer, arguments: Arguments, site: Site) -> Value:
    """`model.save(path)`."""
    assert isinstance(network, Network)
    note_saving(run, "keras.Model.save", arguments, site)
    note_file(run, "save", network, arguments.value("filepath", 0), arguments, site)
    _keep_model(run, network, arguments.value("filepath", 0), arguments)
    return None


def note_saving(run: Run, name: str, arguments: Arguments, site: Site) -> None:
    """Note the call, unless the program is ready for what it may raise."""
    if not run.guarded:
        run.reach(site)
        run.program.calls.append((name, freeze_arguments(run, arguments), site))


def note_file(
    run: Run, verb: str, network: Network | None, path: Value, arguments: Arguments, site: Site, held: Any = None
) -> None:
    """Note that a model, or its weights, goes to a file or comes from one."""
    text = path_text(path)
    run.reach(site)
    event = FileCall(verb, network, text if isinstance(text, str) else None, arguments, site, held)
    event.trainings = len(run.program.trainings)
    if network is not None:
        event.unbuilt = is_unbuilt(network)
        event.shapes = None if event.unbuilt else weight_shapes(network)
    run.note(event, network)


def is_unbuilt(network: Network) -> bool:
    """Whether the model surely has no weights yet: nothing has said what it is fed with."""
    if network.met_data or network.calls or network.inputs or network.unknown is not None:
        return False
    if network.is_sequential:
        return network.open is None and bool(network.layers) and all(_waits(layer) for layer in network.layers)
    instance = getattr(network, "instance", None)
    waits = network.kind == "subclass" and network.open is not None and network.open.reason == NOT_CALLED
    return waits and instance is not None and instance.unknown is None and not getattr(network, "built", True)


def _waits(layer: Layer) -> bool:
    """Whether the layer is one of Keras that has no weights before it knows its input."""
    return (
        type(layer) is BuiltinLayer
        and layer.unknown is None
        and not (isinstance(layer.weights, list) and layer.weights)
    )


def _keep_model(run: Run, network: Network, path: Value, arguments: Arguments) -> None:
    if _refused_name(run, path):
        keep(run, place_of(path), Unknown("a name that Keras refuses"))
        return
    made = Snapshot(network)
    text = path_text(path)
    if arguments.value("include_optimizer", None, True) is not True and not str(text).endswith(".keras"):
        made.compiled = None
    keep(run, place_of(path), made)


def save_model(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`keras.models.save_model(model, path)`."""
    if name.startswith("keras."):
        note_saving(run, name, arguments, site)
    network = as_network(arguments.value("model", 0, arguments.value("obj")))
    path = arguments.value("filepath", 1, arguments.value("export_dir"))
    if network is None:
        keep(run, place_of(path), Unknown("a model that is not known"))
    else:
        if name.startswith("keras."):
            note_file(run, "save", network, path, arguments, site)
        _keep_model(run, network, path, arguments)
    return None


def load_model(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`keras.models.load_model(path)`: the model that the program has saved there, else one that is not known."""
    run.reach(site)
    reason = "loaded from a file"
    held = found(run, arguments.value("filepath", 0))
    note_file(run, "load", None, arguments.value("filepath", 0), arguments, site, held)
    compiled = arguments.value("compile", 2, True)
    if isinstance(held, Snapshot):
        try:
            if not _may_refuse(run, held.network, arguments):
                made = held.restore(run, site, compiled is not False)
                if isinstance(compiled, Unknown):
                    made.compiled = None
                    made.open = Unknown("whether it is compiled is not known")
                return made
        except Undetermined as undetermined:
            reason = undetermined.reason
    return unknown_network(run, reason, site)


def _may_refuse(run: Run, network: Network, arguments: Arguments) -> bool:
    """Whether Keras may not load it: it loads functions and classes of the program only where it is told to."""
    safe = arguments.value("safe_mode", 3, True)
    if safe is not False and run.project.dialect == 3 and any(part.cls == "Lambda" for part in parts_of(network)):
        return True
    return arguments.value("custom_objects", 1) is None and has_strangers(run, network)


def has_strangers(run: Run, network: Network) -> bool:
    """Whether there is a layer in it of a class that Keras does not find by its name."""
    found = [getattr(part, "instance", None) for part in parts_of(network)]
    return any(isinstance(one, Instance) and not is_registered(run, one.cls) for one in found)


_REGISTERING = tuple(f"keras.{module}.register_keras_serializable" for module in ("saving", "utils"))


def is_registered(run: Run, cls: ClassValue) -> bool:
    """Whether the class is registered, so that Keras finds it by its name."""
    for decorator in cls.node.decorators:
        node = decorator.decorator
        if isinstance(node, cst.Call):
            function = run.evaluate(node.func, cls.scope)
            if isinstance(function, Symbol) and function.name in _REGISTERING:
                return True
    return False


def unknown_network(run: Run, reason: str, site: Site) -> Network:
    """A model of which only the existence is known."""
    network = Network("Model", run.layer_name("Model"), site)
    network.birth = run.tick()
    network.open = Unknown(reason)
    run.add_network(network)
    return network


def saved_in_training(run: Run, network: Network, arguments: Arguments) -> None:
    """What `ModelCheckpoint` callbacks of a training call save."""
    callbacks = arguments.value("callbacks")
    items = callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]
    for callback in items:
        if not isinstance(callback, KerasObject) or not callback.qualname.endswith(".ModelCheckpoint"):
            continue
        path = callback.arguments.value("filepath", 0)
        text = path_text(path)
        place: Hashable = place_of(path)
        if isinstance(text, str) and "{" in text:
            place = _Pattern(text)
        if _surely_saves(callback.arguments, arguments) and not _refused_name(run, path):
            keep(run, place, Snapshot(network))
        else:
            keep(run, place, Unknown("weights, or what is not known"))


def _surely_saves(options: Arguments, training: Arguments) -> bool:
    """Whether a `ModelCheckpoint` of these arguments saves the whole model at least once.

    Source: keras/src/callbacks/model_checkpoint.py of Keras 3.15.
    """
    if options.open_keywords or options.open_positional or options.value("save_weights_only", 4, False) is not False:
        return False
    often = options.value("save_freq", 6, "epoch") == "epoch" and options.value("initial_value_threshold", 7) is None
    if options.value("save_best_only", 3, False) is False:
        return often
    monitor = options.value("monitor", 1, "val_loss")
    validated = training.value("validation_data") is not None or training.value("validation_split") is not None
    return often and (monitor == "loss" or (monitor == "val_loss" and validated))


def save_weights(run: Run, network: Layer, arguments: Arguments, site: Site) -> Value:
    """`model.save_weights(path)`: no model lies there any more."""
    note_saving(run, "keras.Model.save_weights", arguments, site)
    assert isinstance(network, Network)
    path = arguments.value("filepath", 0)
    note_file(run, "save_weights", network, path, arguments, site)
    keep(run, place_of(path), WeightsFile(network))
    return None


def load_weights(run: Run, network: Layer, arguments: Arguments, site: Site) -> Value:
    """`model.load_weights(path)`."""
    assert isinstance(network, Network)
    path = arguments.value("filepath", 0)
    note_file(run, "load_weights", network, path, arguments, site, found(run, path))
    return None


def export(run: Run, network: Layer, arguments: Arguments, site: Site) -> Value:
    """`model.export(path)`."""
    assert isinstance(network, Network)
    path = arguments.value("filepath", 0)
    note_file(run, "export", network, path, arguments, site)
    if arguments.value("format", 1, "tf_saved_model") == "tf_saved_model":
        keep(run, place_of(path), Exported(network))
    return None


# -- other values ----------------------------------------------------------------------------------------------------
