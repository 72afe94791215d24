"""Calling a layer or a model on tensors."""

from __future__ import annotations

from kerascheck.data.array import Array
from kerascheck.interp.keras.eager import call_on_data, data_shapes
from kerascheck.interp.keras.tensors import Constant
from kerascheck.data.layer_numbers import with_numbers
from kerascheck.interp.run import Run
from kerascheck.interp.values import DictValue, ListValue, Value
from kerascheck.layers.base import MultiInput
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import BuiltinLayer, Layer, Network, Node, Site, Tensor
from kerascheck.symbolic import KerasError, Undetermined, Unknown


def call_layer(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    """`layer(inputs, ...)`."""
    from kerascheck.interp.keras.subclassing import CustomLayer, SubclassedModel, call_custom

    value = arguments.positional[0].value if arguments.positional else arguments.value("inputs")
    if isinstance(value, DictValue) and isinstance(layer, Network):
        value = _by_input_name(run, layer, value)
    if run.tracing:
        value = constants(run, value)
        arguments = _with_first(arguments, value)
    tensors = input_tensors(value)
    if tensors is None:
        # Data, or something unknown: what comes out is not followed.
        if isinstance(layer, Network):
            layer.met_data = True
        shapes = data_shapes(value)
        if shapes is not None:
            return with_numbers(layer, value, call_on_data(run, layer, shapes, site))
        if isinstance(value, Unknown):
            return run.fresh(f"{layer.cls} on something unknown", site.node)
        return run.fresh(f"{layer.cls} called on data", site.node)
    if isinstance(layer, CustomLayer) or (isinstance(layer, SubclassedModel) and layer.kind == "subclass"):
        return call_custom(run, layer, arguments, site)
    if isinstance(value, Tensor) and isinstance(layer, BuiltinLayer) and isinstance(layer.definition, MultiInput):
        run.raised(
            KerasError(f"{layer.cls} takes a list of inputs, it is called on a single tensor", "input-count"),
            site,
            layer,
        )
        return Tensor(Unknown("Keras raises before this"))
    for name in ("initial_state", "value", "key"):
        extra = input_tensors(arguments.value(name))
        if extra:
            tensors += extra
    if len(arguments.positional) > 1:
        tensors += input_tensors(arguments.positional[1].value) or []
        if len(arguments.positional) > 2:
            tensors += input_tensors(arguments.positional[2].value) or []
    outputs = apply_layer(run, layer, tensors, site)
    return outputs[0] if len(outputs) == 1 else run.new_list(outputs)


def constants(run: Run, value: Value) -> Value:
    """Inside `call` a layer is traced on constants as it is on other tensors."""
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
    seen: set[int] = set()
    level: list[Layer] = [layer]
    for _ in range(_MAX_NESTING):
        if any(part is network for part in level):
            return "a model that holds itself"
        seen.update(map(id, level))
        level = [part for holder in level for part in holder.sublayers() if id(part) not in seen]
        if not level:
            return None
    return "models are nested too deeply"


def input_tensors(value: Value) -> list[Tensor] | None:
    """The tensors in an input structure, arrays beside tensors included; None where it holds no tensor."""
    if isinstance(value, Tensor):
        return [value]
    items: list[Value] | None = None
    if isinstance(value, ListValue) and value.unknown is None:
        items = value.items
    elif isinstance(value, tuple):
        items = list(value)
    elif isinstance(value, DictValue) and value.unknown is None:
        items = [value.items[key] for key in sorted(value.items, key=str)]
    if not items or not any(isinstance(item, Tensor) for item in items):
        return None
    found: list[Tensor] = []
    for item in items:
        inner = [Constant(item.shape, item.dtype)] if isinstance(item, Array) else input_tensors(item)
        found += inner if inner is not None else [Tensor(Unknown("an input that is not known"), Unknown("its dtype"))]
    return found


def apply_layer(
    run: Run, layer: Layer, tensors: list[Tensor], site: Site | None, is_list: bool = False
) -> list[Tensor]:
    """Call the layer on tensors, note the call, and give its output tensors.

    Where Keras would refuse, that is noted and the output is unknown, so that the analysis goes on.
    """
    run.reach(site)
    shapes = [tensor.shape for tensor in tensors]
    dtype = layer.output_dtype(tensors[0].dtype) if tensors else "float32"
    known = [shape for shape in shapes if not isinstance(shape, Unknown)]
    outputs: list[Tensor]
    if len(known) < len(shapes):
        reason = next(shape for shape in shapes if isinstance(shape, Unknown))
        outputs = [Tensor(reason, dtype) for _ in range(_output_count(layer))]
    else:
        if isinstance(layer, Network) and layer.is_sequential and not layer.inputs and len(known) == 1:
            # A Sequential without an input shape is built by its first call.
            from kerascheck.interp.keras.sequential import build_sequential

            build_sequential(run, layer, known[0], site)
        try:
            inferred = layer.infer(known)
            outputs = [Tensor(shape, dtype) for shape in inferred]
        except KerasError as error:
            run.raised(error, site if layer.site is None else _crash_site(layer, site), layer)
            layer.unknown = layer.unknown or Unknown("Keras refuses to build it")
            outputs = [Tensor(Unknown("Keras raises before this"), dtype) for _ in range(_output_count(layer))]
        except Undetermined as undetermined:
            outputs = [Tensor(Unknown(undetermined.reason), dtype) for _ in range(_output_count(layer))]
    node = Node(layer, tuple(tensors), tuple(outputs), site)
    layer.calls.append(node)
    return outputs


def _output_count(layer: Layer) -> int:
    """How many outputs a layer has where its shapes are not known."""
    if isinstance(layer, Network) and layer.outputs:
        return len(layer.outputs)
    if layer.config.get("return_state") is True:
        return 3 if "LSTM" in layer.cls else 2
    return 1


def _crash_site(layer: Layer, site: Site | None) -> Site | None:
    """Where a refused call is reported: the call itself where there is one, else the construction."""
    return site if site is not None else layer.site
