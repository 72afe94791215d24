"""Calling a layer or a model on tensors."""

from __future__ import annotations

from contextlib import nullcontext

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.data.layer_numbers import draws, with_numbers
from kerascheck.layers.base import MultiInput
from kerascheck.machine.keras.afresh import known_again
from kerascheck.machine.keras.attention_masks import refused_mask
from kerascheck.machine.keras.cells import with_states
from kerascheck.machine.keras.eager import call_on_data, call_own_on_data, data_shapes
from kerascheck.machine.keras.lists import KerasList
from kerascheck.machine.keras.origins import note_model_call
from kerascheck.machine.keras.recovery import (
    called_all_the_same,
    mended_call,
    recovered_ranks,
    recovered_shapes,
    refuse_call,
)
from kerascheck.machine.keras.refusals import first_argument, refused_call
from kerascheck.machine.keras.shape_arguments import first_by_position
from kerascheck.machine.keras.tensors import Constant
from kerascheck.machine.members import find_method
from kerascheck.machine.needs import layer_needs, tensor_needs
from kerascheck.machine.run import Run
from kerascheck.machine.values import DictValue, ListValue, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import Shape
from kerascheck.network.ir import BuiltinLayer, InputLayer, Layer, Node, Site, Tensor
from kerascheck.network.networks import Network, on_data
from kerascheck.symbolic.unknown import REFUSED, KerasError, Undetermined, Unknown


def call_layer(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    """`layer(inputs, ...)`."""
    result = _called(run, layer, arguments, site)
    if isinstance(layer, Network):
        note_model_call(run, layer, arguments, site, result)
    return result


def _called(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    if isinstance(layer, InputLayer) and arguments.positional:
        return _call_input(run, layer, arguments.positional[0].value, site)
    if _is_ordinary(layer, arguments):
        outputs = apply_layer(run, layer, [arguments.positional[0].value], site)
        return _handed_out(run, layer, outputs)
    from kerascheck.machine.keras.subclass_methods import call_custom
    from kerascheck.machine.keras.subclassing import CustomLayer, SubclassedModel

    own: CustomLayer | SubclassedModel | None = layer if isinstance(layer, CustomLayer) else None
    if isinstance(layer, SubclassedModel) and layer.kind == "subclass":
        own = layer
    if own is not None:
        arguments = first_by_position(find_method(own.instance, "call"), arguments)
    refused = False
    while own is None and layer.unknown is None and (error := refused_call(run, layer, arguments)) is not None:
        run.raised(error, site, layer)
        mended = mended_call(layer, arguments, error)
        if mended is None:
            return _refused(run, layer, arguments, site)
        arguments, refused = mended, True
    value = first_argument(arguments)
    if isinstance(value, DictValue) and isinstance(layer, Network) and own is None:
        value = _by_input_name(run, layer, value)
    if run.tracing:
        value = constants(run, value)
        arguments = _with_first(arguments, value)
    tensors = input_tensors(value)
    if tensors is None:
        # Data, or something unknown: what comes out is not followed.
        layer.saw_data = True
        if isinstance(layer, Network):
            layer.met_data = True
        layer.met_unknown = layer.met_unknown or isinstance(value, Unknown)
        if own is not None:
            return call_own_on_data(run, own, arguments, value, site)
        shapes = data_shapes(value)
        if shapes is not None and isinstance(layer, BuiltinLayer):
            shapes = _with_further(layer, arguments, shapes)
        if shapes is not None:
            trains = arguments.value("training", None, True)
            if trains is not False and draws(layer):
                run.drawn += 1
            computed = with_numbers(layer, value, call_on_data(run, layer, shapes, site), trains is not False)
            return with_states(run, layer, arguments, computed)
        if isinstance(value, Unknown):
            return run.made_of(value, site.node)
        return run.fresh(f"{layer.cls} called on data", site.node)
    if own is not None:
        return call_custom(run, own, arguments, site)
    if isinstance(layer, BuiltinLayer):
        for name, further in further_inputs(layer, arguments):
            tensors += input_tensors(further) or [Tensor(Unknown(f"{name} is not known"))]
    outputs = apply_layer(run, layer, tensors, site)
    if (error := refused_mask(layer, arguments)) is not None:
        run.raised(error, site, layer, tensors)
    layer.calls[-1].refused = layer.calls[-1].refused or refused
    return with_states(run, layer, arguments, _handed_out(run, layer, outputs))


def _call_input(run: Run, layer: InputLayer, value: Value, site: Site) -> Value:
    """An InputLayer that a loop over all layers calls: before Keras 3 it gave its input back, now it takes none."""
    if run.project.dialect == 3:
        message = f"{layer.title} takes no inputs; leave it out where all layers are called again"
        run.raised(KerasError(message, "input-count", only_keras_3=True), site, layer)
    return value


def _with_further(layer: BuiltinLayer, arguments: Arguments, shapes: list[Shape]) -> list[Shape] | None:
    """The shapes of the first input and of those that follow (`value` and `key` of attention); None if not known."""
    if layer.definition.further_inputs and (arguments.open_positional or arguments.open_keywords):
        return None
    for _, value in further_inputs(layer, arguments):
        further = data_shapes(value)
        if further is None:
            return None
        shapes = [*shapes, *further]
    return shapes


def further_inputs(layer: BuiltinLayer, arguments: Arguments) -> list[tuple[str, Value]]:
    """The inputs behind the first one that a call gives, with their names (`value` and `key` of attention)."""
    given = [(name, arguments.value(name, place)) for place, name in enumerate(layer.definition.further_inputs, 1)]
    return [(name, value) for name, value in given if value is not None]


def _is_ordinary(layer: Layer, arguments: Arguments) -> bool:
    """Whether it is the call that most are, about which only shapes decide: a built-in layer on one tensor."""
    return (
        type(layer) is BuiltinLayer
        and len(arguments.positional) == 1
        and not arguments.keywords
        and type(arguments.positional[0].value) is Tensor
        and not isinstance(layer.definition, MultiInput)
    )


def _handed_out(run: Run, layer: Layer, outputs: list[Tensor]) -> Value:
    """The outputs of a call as the program gets them."""
    if len(outputs) == 1:
        return outputs[0]
    if any(isinstance(tensor.shape, Unknown) for tensor in outputs):
        return run.new_list(outputs)  # how many they are may not be known either
    return KerasList(outputs, run.tick(), "outputs", layer)


def _refused(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    """What a refused call gives, so that the analysis goes on."""
    tensors = input_tensors(first_argument(arguments)) or []
    merges = isinstance(layer, BuiltinLayer) and isinstance(layer.definition, MultiInput)
    outputs = called_all_the_same(layer, tensors, site, _output_count(layer), merges)
    return outputs[0] if len(outputs) == 1 else run.new_list(outputs)


def constants(run: Run, value: Value) -> Value:
    """The value with tensors in place of arrays: inside `call` a layer runs on both alike."""
    if isinstance(value, Array):
        return Constant(value.shape, value.dtype)
    if isinstance(value, tuple):
        return tuple(constants(run, item) for item in value)
    if isinstance(value, ListValue) and any(isinstance(item, Array) for item in value.items):
        return run.new_list([constants(run, item) for item in value.items])
    if isinstance(value, DictValue) and value.unknown is None:
        return run.new_dict({key: constants(run, item) for key, item in value.items.items()})
    return value


def _with_first(arguments: Arguments, value: Value) -> Arguments:
    """The arguments with another first one."""
    if not arguments.positional or arguments.positional[0].value is value:
        return arguments
    first = Given(value, arguments.positional[0].node)
    return Arguments(
        [first, *arguments.positional[1:]],
        arguments.keywords,
        arguments.open_positional,
        arguments.open_keywords,
        arguments.call,
    )


def _by_input_name(run: Run, network: Network, value: DictValue) -> Value:
    """The entries of a dictionary in the order of the inputs of the model, which they are named after."""
    names = [tensor.node.layer.name for tensor in network.inputs if tensor.node is not None]
    if value.unknown is not None or not names or not all(name in value.items for name in names):
        return run.fresh("a dictionary of inputs that is not matched")
    return run.new_list([value.items[name] for name in names])


_MAX_NESTING = 40  # models in models


def nested_badly(layer: Layer, network: Layer) -> str | None:
    """Why the layer cannot become a part of the network: it holds the network, or layers in layers without end."""
    if layer is not network and not layer.sublayers():
        return None
    seen: set[int] = set()
    level: list[Layer] = [layer]
    for _ in range(_MAX_NESTING):
        if any(part is network for part in level):
            return "a model that holds itself"
        seen.update(map(id, level))
        parts = {id(part): part for holder in level for part in holder.sublayers()}  # each once, whoever holds it
        level = [part for name, part in parts.items() if name not in seen]
        if not level:
            return None
    return "models are nested too deeply"


def input_tensors(value: Value, without_none: bool = False) -> list[Tensor] | None:
    """The tensors in an input structure, arrays beside tensors included; None where it holds no tensor.

    `without_none`: a None in it stands for an input that is left out, as a `call` of the program may take it.
    """
    if isinstance(value, Tensor):
        return [value]
    items: list[Value] | None = None
    if isinstance(value, ListValue) and value.unknown is None:
        items = value.items
    elif isinstance(value, tuple):
        items = list(value)
    elif isinstance(value, DictValue) and value.unknown is None:
        items = [value.items[key] for key in sorted(value.items, key=str)]
    if not items or not (any(isinstance(item, Tensor) for item in items) or _begins_with_tensor(items[0])):
        return None
    found: list[Tensor] = []
    for item in items:
        if item is None and without_none:
            continue
        inner = [Constant(item.shape, item.dtype)] if isinstance(item, Array) else input_tensors(item, without_none)
        if inner is None:
            lost = Unknown("an input that is not known")
            if isinstance(item, Unknown):
                lost = Unknown(f"{lost.reason}: {item.reason}", needs=item.needs, origin=item.origin)
            inner = [Tensor(lost, Unknown("its dtype"))]
        found += inner
    return found


def _begins_with_tensor(value: Value) -> bool:
    """Whether the first thing in a structure is a tensor; a look at all of it would cost too much for lists of data."""
    for _ in range(4):
        items = value.items if isinstance(value, ListValue) else value
        if isinstance(value, DictValue):
            items = list(value.items.values())
        if not isinstance(items, (list, tuple)) or not items:
            return False
        value = items[0]
        if isinstance(value, Tensor):
            return True
    return False


def apply_layer(
    run: Run, layer: Layer, tensors: list[Tensor], site: Site | None, caller: Site | None = None
) -> list[Tensor]:
    """Call the layer on tensors, note the call, and give its output tensors.

    Where Keras would refuse, that is noted and the output is unknown, so that the analysis goes on. `caller` is the
    place whose call Keras refuses, where that is another one; within it the refusal is shown at the layer.
    """
    run.reach(site)
    known: list[Shape] = []
    reason: Unknown | None = None
    for tensor in tensors:
        shape = tensor.shape
        if not isinstance(shape, Unknown):
            known.append(shape)
        elif reason is None:
            reason = shape
    if run.catchers:
        run.doubt_refusal(layer_needs(layer).union(*(tensor_needs(tensor) for tensor in tensors)))
    dtype = layer.output_dtype(tensors[0].dtype) if tensors else "float32"
    outputs: list[Tensor]
    refused = False
    if reason is not None:
        recovered = recovered_shapes(layer, None, None) if reason.reason == REFUSED else None
        if recovered is not None:
            outputs = [Tensor(shape, dtype) for shape in recovered]
        else:
            again: list[Shape] | list[Unknown] | None = known_again(run, layer, tensors)
            outputs = [Tensor(shape, dtype) for shape in again or [reason] * _output_count(layer)]
        refused = recovered is not None  # by what comes before
    else:
        if isinstance(layer, Network) and layer.is_sequential and not layer.inputs and len(known) == 1:
            # A Sequential without an input shape is built by its first call.
            from kerascheck.machine.keras.sequential import build_sequential

            build_sequential(run, layer, known[0], site)
        try:
            if isinstance(layer, Network):
                _check_made(layer)
            # Inside `call` layers run on data, even where the model is called on symbolic tensors.
            with on_data() if run.tracing else nullcontext():
                inferred = layer.infer(known)
            outputs = [Tensor(inferred[0], dtype)] if len(inferred) == 1 else [Tensor(s, dtype) for s in inferred]
        except KerasError as error:
            refuse_call(run, error, layer, tensors, place(layer, caller) or site or layer.site)
            recovered = recovered_shapes(layer, known, error)
            if recovered is not None:
                outputs = [Tensor(shape, dtype) for shape in recovered]
            else:
                if not layer.calls and not isinstance(layer, Network):
                    layer.unknown = layer.unknown or Unknown("Keras refuses to build it")
                outputs = [Tensor(Unknown(REFUSED), dtype) for _ in range(_output_count(layer))]
            refused = True
        except Undetermined as undetermined:
            recovered = recovered_ranks(layer, known)
            if recovered is not None:
                outputs = [Tensor(shape, dtype) for shape in recovered]
            else:
                unknown = Unknown(undetermined.reason if layer.refused is None else REFUSED)
                outputs = [Tensor(unknown, dtype) for _ in range(_output_count(layer))]
            refused = recovered is not None
    node = Node(layer, tuple(tensors), tuple(outputs), site)
    node.refused = refused
    node.inside = layer.ran
    layer.calls.append(node)
    return outputs


def _check_made(network: Network) -> None:
    """Raise Undetermined for a model that Keras has refused to build: it is not refused again."""
    for tensor in network.outputs:
        if isinstance(tensor.shape, Unknown) and tensor.shape.reason == REFUSED:
            raise Undetermined(REFUSED)


def place(layer: Layer, caller: Site | None) -> Site | None:
    """Where a refusal of the layer is shown: at the layer where the refused call makes it, else at the call."""
    if caller is None or layer.site is None or layer.site.file is not caller.file:
        return caller
    waiting: list[cst.CSTNode] = [caller.node]
    while waiting:
        node = waiting.pop()
        if node is layer.site.node:
            return layer.site
        waiting.extend(node.children)
    return caller


def _output_count(layer: Layer) -> int:
    """How many outputs a layer has where its shapes are not known."""
    if isinstance(layer, Network) and layer.outputs:
        return len(layer.outputs)
    if layer.config.get("return_state") is True:
        return 3 if "LSTM" in layer.cls else 2
    return 1
