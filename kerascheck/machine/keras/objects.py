"""Attributes and methods of layers, models and tensors."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from kerascheck.data.layer_methods import adapt, get_vocabulary, vocabulary_size
from kerascheck.data.streams import with_streams
from kerascheck.data.training import FITTING, TRAINING_METHODS
from kerascheck.keras.naming import snake_case
from kerascheck.keras.signatures import COMPILE, OLD_COMPILE, TRAINING
from kerascheck.machine.keras.building import build
from kerascheck.machine.keras.calling import call_layer
from kerascheck.machine.keras.eager import training_call
from kerascheck.machine.keras.freeze import as_shape, freeze, freeze_arguments
from kerascheck.machine.keras.gone import note_added_loss, note_added_metric, note_member, note_shape
from kerascheck.machine.keras.layer_attributes import held_weights, kept_argument
from kerascheck.machine.keras.lists import KerasList
from kerascheck.machine.keras.origins import VARIABLES, note_origin
from kerascheck.machine.keras.sequential import add_layer, pop_layer
from kerascheck.machine.keras.subclassing import CustomLayer, SubclassedModel
from kerascheck.machine.keras.trainable import set_trainable, weights_in_training
from kerascheck.machine.keras.unbuilt import (
    count_params,
    end_of_layer,
    end_of_network,
    possibly_grown,
    refuse_lora,
    removed_shape,
)
from kerascheck.machine.run import Run
from kerascheck.machine.set_attributes import set_plainly
from kerascheck.machine.values import Instance, NativeMethod, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.events import WeightsCall
from kerascheck.network.ir import NOT_CALLED, Layer, Site, Tensor, moments
from kerascheck.network.networks import Network
from kerascheck.network.program import CompileCall, GivenWeights, KerasObject
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown

Method = Callable[[Run, Layer, Arguments, Site], Value]
Getter = Callable[[Run, Network, cst.CSTNode], Value]


def keras_attribute(run: Run, value: Layer | Tensor, name: str, node: cst.CSTNode) -> Value:
    """`layer.name`, `model.layers`, `tensor.shape`."""
    note_member(run, value, name, node)
    if isinstance(value, Tensor):
        return _tensor_attribute(run, value, name, node)
    if isinstance(value, Network):
        if name in _NETWORK_METHODS:
            return NativeMethod(name, value, _NETWORK_METHODS[name])
        if value.open is _ENDS_REPLACED and name in _ENDS:
            return run.fresh(_ENDS_REPLACED.reason, node)
        getter = _NETWORK_ATTRIBUTES.get(name)
        if getter is not None:
            return getter(run, value, node)
    if name in _LAYER_METHODS:
        return NativeMethod(name, value, _LAYER_METHODS[name])
    if name == "name":
        return value.name
    if name == "trainable":
        return value.trainable
    if name == "built" and isinstance(value, CustomLayer) and value.instance.unknown is None:
        return value.built and not value.building
    if name in ("output", "input"):
        return end_of_layer(run, value, name, Site(run.file, node))
    if name in ("output_shape", "input_shape"):
        return removed_shape(run, value, name, Site(run.file, node))
    if name == "enable_lora":
        refuse_lora(run, value, Site(run.file, node))
    kept = held_weights(run, value, name)
    if kept is None:
        kept = kept_argument(run, value, name)
    if kept is None:
        kept = run.fresh(f"{name} of {value.cls}", node)
    if name in VARIABLES and isinstance(value, Network):
        note_origin(run, kept, value, "variables")
    return kept


def _tensor_attribute(run: Run, tensor: Tensor, name: str, node: cst.CSTNode) -> Value:
    if name == "shape":
        note_shape(run, tensor)
        return tensor.shape
    if name == "dtype":
        return tensor.dtype
    if name in ("ndim", "rank") and not isinstance(tensor.shape, Unknown):
        return len(tensor.shape)
    if name == "_keras_shape":
        return tensor.shape
    if name in ("get_shape",):
        return NativeMethod(name, tensor, lambda run, receiver, arguments, site: receiver.shape)
    return run.fresh(f"{name} of a tensor", node)


def base_attribute(run: Run, instance: Instance, name: str, node: cst.CSTNode) -> Value:
    """What `super().name` gives in a subclass of a Keras class."""
    assert instance.layer is not None
    if name == "__init__":
        from kerascheck.machine.keras.subclass_methods import base_init

        return NativeMethod(name, instance, base_init)
    if name in ("build", "call", "__call__"):
        from kerascheck.machine.keras.subclass_methods import call_super_build, call_super_call

        return NativeMethod(name, instance, call_super_build if name == "build" else call_super_call)
    if name == "get_config":
        from kerascheck.machine.keras.configurations import base_config

        return NativeMethod(name, instance, base_config)
    if name == "__setattr__":
        return NativeMethod(name, instance, set_plainly)
    return keras_attribute(run, instance.layer, name, node)


#: Attributes of models that could be set before Keras 3.
_ENDS = frozenset({"input", "inputs", "output", "outputs"})
_ENDS_REPLACED = Unknown("its inputs or outputs are replaced", ("its ends",))


def set_keras_attribute(run: Run, layer: Layer, name: str, value: Value) -> None:
    """`layer.trainable = False` and the like."""
    run.layer_changes += 1
    run.changed.add((id(layer), name, value if isinstance(value, bool) else run.layer_changes))
    if layer.runs_program and name not in layer.placed and not isinstance(value, (bool, int, float, str, type(None))):
        layer.placed = {**layer.placed, name: next(moments)}
    if name == "trainable":
        set_trainable(run, layer, value)
    elif name in ("name", "_name") and isinstance(value, str):
        layer.name = value
        layer.named_by_user = True
    elif name in ("layers", "_layers") and isinstance(layer, Network):
        layer.open = Unknown("its list of layers is replaced")
    elif name in _ENDS and isinstance(layer, Network):
        layer.open = _ENDS_REPLACED
    elif name == "activation" and "activation" in layer.config:
        layer.unknown = layer.unknown or Unknown("its activation is replaced later")


# -- methods ---------------------------------------------------------------------------------------------------


def _nothing(run: Run, receiver: Value, arguments: Arguments, site: Site) -> Value:
    return None


def _fresh(what: str) -> Method:
    def method(run: Run, receiver: Layer, arguments: Arguments, site: Site) -> Value:
        return run.fresh(what, site.node)

    return method


def _add(run: Run, network: Layer, arguments: Arguments, site: Site) -> Value:
    assert isinstance(network, Network)
    run.reach(site)
    _refuse_on_graph(run, network, "add", site)
    error = _refused_addition(arguments) if run.project.dialect == 3 else None
    if error is not None:
        run.raised(error, site, network)
        network.refused = Unknown("Keras refuses what is added")
        if not arguments.positional and "layer" not in arguments.keywords:
            network.open = network.open or network.refused
            return None
    if network.is_sequential or network.open is not None:
        add_layer(run, network, arguments.value("layer", 0), site, site)
    return None


def _refused_addition(arguments: Arguments) -> KerasError | None:
    """The refusal of arguments that `Sequential.add` of Keras 3 does not have, or lacks."""
    if arguments.open_positional or arguments.open_keywords:
        return None
    for name in arguments.keywords:
        if name not in ("layer", "rebuild"):
            return KerasError(f"Sequential.add has no argument {name}; pass it to the layer", "unknown-argument")
    if not arguments.positional and "layer" not in arguments.keywords:
        return KerasError("Sequential.add needs a layer", "missing-argument")
    return None


def _refuse_on_graph(run: Run, network: Network, method: str, site: Site) -> None:
    """Note that a Functional model has no `add` or `pop`."""
    if network.kind == "functional" and network.open is None and network.cls == "Functional":
        message = f"{network.title} has no {method}; only a Sequential has: make a new Model"
        run.raised(KerasError(message, "no-such-method"), site, network)


def _pop(run: Run, network: Layer, arguments: Arguments, site: Site) -> Value:
    assert isinstance(network, Network)
    run.reach(site)
    _refuse_on_graph(run, network, "pop", site)
    return pop_layer(run, network, site) if network.is_sequential else run.fresh("pop", site.node)


def _compile(run: Run, network: Layer, arguments: Arguments, site: Site) -> Value:
    assert isinstance(network, Network)
    run.reach(site)
    given = freeze_arguments(run, arguments)
    is_old = run.project.dialect < 3 or _metrics_come_third(given)
    call = CompileCall(network, given.of(OLD_COMPILE if is_old else COMPILE), site)
    run.timed(call)
    network.compiled = call
    run.program.compiles.append(call)
    return None


def _metrics_come_third(arguments: Arguments) -> bool:
    """Whether what stands where Keras 3 has the weights of the losses is meant as metrics, as it was before."""
    third = arguments.positional[2].value if len(arguments.positional) > 2 else None
    return isinstance(third, (list, tuple)) and bool(third) and all(isinstance(item, str) for item in third)


def _train(run: Run, network: Layer, arguments: Arguments, site: Site, method: str) -> Value:
    assert isinstance(network, Network)
    run.reach(site)
    from kerascheck.machine.keras.predictions import result_of

    given = freeze_arguments(run, with_streams(run, arguments, site)).of(TRAINING[method])
    call = training_call(run, network, method, given, site)
    run.timed(call)
    if method in FITTING:
        call.weights = weights_in_training(network)
    run.program.trainings.append(call)
    if method in ("fit", "fit_generator"):
        from kerascheck.machine.keras.saving import saved_in_training

        saved_in_training(run, network, given)
    call.needs = run.reads
    result = result_of(run, call, site)
    if isinstance(result, Unknown) and method in ("fit", "fit_generator", "evaluate"):
        run.results[result.key] = call
    return result


def _training(name: str) -> Method:
    def method(run: Run, network: Layer, arguments: Arguments, site: Site) -> Value:
        return _train(run, network, arguments, site, name)

    return method


def _get_layer(run: Run, network: Layer, arguments: Arguments, site: Site) -> Value:
    assert isinstance(network, Network)
    name, index = arguments.value("name", 0), arguments.value("index", 1)
    if network.open is None:
        found = _found_layer(network, name, index)
        if isinstance(found, Layer):
            return found
        from kerascheck.machine.keras.functional import is_applied

        # The layers of applications had other names at that time.
        is_old = run.project.dialect < 3 and isinstance(name, str)
        if found is not None and not (is_old and any(is_applied(run, layer) for layer in network.layers)):
            run.raised(found, site, network)
    return run.fresh("a layer that is not known", site.node)


def _found_layer(network: Network, name: Value, index: Value) -> Layer | KerasError | None:
    """The layer of a name or an index, the refusal where there is none, None where that is not known."""
    layers = network.layers
    if isinstance(name, str):
        for layer in layers:
            if layer.name == name:
                return layer
        if any(not layer.named_by_user and _may_be_called(layer, name) for layer in layers):
            return None
        names = ", ".join(repr(layer.name) for layer in layers[:12])
        return KerasError(f"the model has no layer {name!r}; it has {names}", "no-such-layer")
    if isinstance(name, int) and index is None:
        return KerasError(f"get_layer takes a name first, got {name}; write get_layer(index={name})", "no-such-layer")
    if not isinstance(index, int) or name is not None:
        return None
    if -len(layers) <= index < len(layers):
        return layers[index]
    return KerasError(f"the model has {len(layers)} layers, there is no layer {index}", "no-such-layer")


def _may_be_called(layer: Layer, name: str) -> bool:
    """Whether Keras may have given the layer this name; the number behind it depends on all that ran before."""
    return name.rstrip("0123456789").rstrip("_") == snake_case(layer.cls)


def _count_params(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    return count_params(run, layer, site)


def _call(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    return call_layer(run, layer, arguments, site)


def _output_shape(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    shape = as_shape(arguments.value("input_shape", 0))
    if not isinstance(shape, Unknown):
        weights = layer.weights
        try:
            return layer.infer([shape])[0]
        except (KerasError, Undetermined):
            pass
        finally:
            layer.weights = weights
    return run.fresh("an output shape", site.node)


def _get_weights(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    held = held_weights(run, layer, "get_weights")
    return run.fresh("weights", site.node) if held is None else held


def _get_weights_noted(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    run.weights_taken = (layer, site)
    return _get_weights(run, layer, arguments, site)


def _set_weights(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.keras.saving import is_unbuilt, weight_shapes

    values = freeze(arguments.value("weights", 0))
    run.reach(site)
    given = next(iter((*arguments.positional, *arguments.keywords.values())), None)
    owner, taken = run.weights_taken if run.weights_taken is not None else (None, None)
    is_own = given is not None and given.node is not None and taken is not None and given.node.value is taken.node
    event = WeightsCall(layer, values, weight_shapes(layer), arguments, site)
    event.unbuilt = isinstance(layer, Network) and is_unbuilt(layer)
    if is_own and isinstance(owner, Network):
        event.source = (owner, is_unbuilt(owner))
    run.note(event, layer)
    _note_weights(run, GivenWeights(layer, owner if is_own else None, site))
    return None


def _note_weights(run: Run, event: GivenWeights) -> None:
    run.reach(event.site)
    run.timed(event)
    run.program.given_weights.append(event)


def _add_weight(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.keras.subclass_methods import add_weight

    return add_weight(run, layer, arguments, site)


def _add_loss(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    layer.adds_losses = True
    note_added_loss(run, layer, arguments, site)
    return None


def _get_config(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.keras.configurations import get_config

    return get_config(run, layer, arguments, site)


def _save(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.keras.saving import save

    return save(run, layer, arguments, site)


def _save_weights(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.keras.saving import save_weights

    return save_weights(run, layer, arguments, site)


def _load_weights(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.keras.saving import load_weights

    _note_weights(run, GivenWeights(layer, None, site))
    return load_weights(run, layer, arguments, site)


def _export(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.keras.saving import export

    return export(run, layer, arguments, site)


_LAYER_METHODS: dict[str, Method] = {
    "add_weight": _add_weight,
    "add_variable": _add_weight,
    "add_loss": _add_loss,
    "add_metric": note_added_metric,
    "build": build,
    "call": _call,
    "__call__": _call,
    "count_params": _count_params,
    "compute_output_shape": _output_shape,
    "get_weights": _get_weights_noted,
    "set_weights": _set_weights,
    "get_config": _get_config,
    "adapt": adapt,
    "get_vocabulary": get_vocabulary,
    "vocabulary_size": vocabulary_size,
}

_NETWORK_METHODS: dict[str, Method] = {
    **_LAYER_METHODS,
    "add": _add,
    "pop": _pop,
    "compile": _compile,
    "get_layer": _get_layer,
    "summary": _nothing,
    "save": _save,
    "save_weights": _save_weights,
    "load_weights": _load_weights,
    "export": _export,
    "reset_states": _nothing,
    "to_json": _get_config,
    "to_yaml": _fresh("the YAML of a model"),
    **{name: _training(name) for name in TRAINING_METHODS},
}


def _layers(run: Run, network: Network, node: cst.CSTNode) -> Value:
    made = KerasList(network.layers, run.tick(), "layers", network)
    made.unknown = network.open
    return made


def _end(name: str) -> Getter:
    """`model.input` and `model.output`: of a Sequential in Keras 3, those of its own first call."""

    def get(run: Run, network: Network, node: cst.CSTNode) -> Value:
        if network.kind != "functional" and run.project.dialect == 3 and network.open is None:
            return end_of_layer(run, network, name, Site(run.file, node))
        if network.kind == "subclass" and not network.inputs:
            return end_of_layer(run, network, name, Site(run.file, node))
        tensors = network.inputs if name == "input" else network.outputs
        if not tensors:
            return run.fresh("the tensors of a model")
        if name == "output" and (grown := possibly_grown(network)) is not None:
            return run.fresh(grown)
        structure = network.takes if name == "input" else network.gives
        if network.kind == "functional" and isinstance(structure, (dict, list, tuple)):
            return _as_given(run, network, f"{name}s", structure)
        return tensors[0] if len(tensors) == 1 else KerasList(tensors, run.tick(), f"{name}s", network)

    return get


def _as_given(run: Run, network: Network, what: str, structure: Value) -> Value:
    """The inputs or outputs of a Functional model in the structure in which it was given them."""
    if isinstance(structure, dict):
        return run.new_dict({key: _as_given(run, network, what, item) for key, item in structure.items()})
    if not isinstance(structure, (list, tuple)):
        return structure if isinstance(structure, Tensor) else run.fresh(f"one of the {what} of a model")
    if len(structure) == 1 and run.project.dialect < 3:
        return _as_given(run, network, what, structure[0])
    items = [_as_given(run, network, what, item) for item in structure]
    return tuple(items) if isinstance(structure, tuple) else KerasList(items, run.tick(), what, network)


def _ends(name: str) -> Getter:
    """`model.inputs` and the like."""
    return lambda run, network, node: end_of_network(run, network, name, Site(run.file, node))


def _optimizer(run: Run, network: Network, node: cst.CSTNode) -> Value:
    """`model.optimizer`: what `compile` was given, or an object of the class of that name."""
    compiled = network.compiled
    given = compiled.arguments.value("optimizer", 0) if compiled is not None else None
    if isinstance(given, str) and compiled is not None:
        return KerasObject(f"keras.optimizers.{given}", Arguments([], {}), compiled.site)
    return given if isinstance(given, KerasObject) else run.fresh("the optimizer of a model", node)


def _is_built(run: Run, network: Network, node: cst.CSTNode) -> Value:
    """`model.built`, where all is seen that may build it."""
    if isinstance(network, SubclassedModel) and network.kind == "subclass" and network.instance.unknown is None:
        if network.built or network.calls or network.inputs:
            return True
        if not network.met_data and network.open is not None and network.open.reason == NOT_CALLED:
            return False
    return run.fresh(f"built of {network.cls}", node)


_NETWORK_ATTRIBUTES: dict[str, Getter] = {
    "built": _is_built,
    "layers": _layers,
    "optimizer": _optimizer,
    "input": _end("input"),
    "output": _end("output"),
    **{name: _ends(name) for name in ("inputs", "outputs", "input_shape", "output_shape")},
}
