"""`keras.applications`: ready-made architectures and what prepares images for them.

The architectures are recorded data (see `kerascheck/applications`), built here for the input shape and the options
of the call; nothing in this module knows a model by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kerascheck.data.array import Array
from kerascheck.data.preprocess_input import preprocessed
from kerascheck.keras.naming import snake_case
from kerascheck.machine.keras.calling import apply_layer
from kerascheck.machine.keras.freeze import as_shape, freeze_arguments
from kerascheck.machine.keras.functional import fill_functional
from kerascheck.machine.keras.sequential import add_layer
from kerascheck.machine.keras.tensors import Operation, index_tensor, note_call, operate
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network import tensor_shapes
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import Shape
from kerascheck.network.ir import BuiltinLayer, InputLayer, Layer, Node, Site, Tensor
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kerascheck.layers.applications.records import Entry, Record

_PRE_TRAINED_ACTIVATIONS = ("softmax", "linear", None)


def make_application(run: Run, name: str, arguments: Arguments, site: Site) -> Network:
    """A call of `keras.applications.<name>`."""
    from kerascheck.layers.applications.records import load

    cls = name.rsplit(".", 1)[1]
    run.reach(site)
    frozen = freeze_arguments(run, arguments)
    network = Network("Functional", "", site, frozen)
    network.qualname = name
    network.birth = run.tick()
    run.add_network(network)
    record = load(cls)
    reason: str | None
    if record is None:
        reason = f"the architecture of {cls} is not recorded"
    elif run.image_data_format != "channels_last":
        reason = f"{cls} with another image data format"
    else:
        try:
            _fill(run, network, cls, record, _options(record, frozen, cls), site)
            reason = None
        except KerasError as error:
            run.raised(error, site, network)
            reason = "Keras refuses these arguments"
        except Undetermined as undetermined:
            reason = undetermined.reason
    if reason is not None:
        network.open = Unknown(reason)
        network.name = network.name or run.layer_name("Functional")
    return network


def _options(record: Record, frozen: Arguments, cls: str) -> dict[str, Any]:
    """Each parameter's value. Raises KerasError and Undetermined."""
    parameters = list(record.parameters)
    if len(frozen.positional) > len(parameters):
        raise KerasError(f"{cls} takes at most {len(parameters)} arguments", "argument")
    options = {}
    for position, name in enumerate(parameters):
        options[name] = frozen.value(name, position, record.parameters[name])
    for name in frozen.keywords:
        if name not in parameters:
            raise KerasError(f"{cls} has no argument {name}", "unknown-argument")
    return options


def _known(options: dict[str, Any], name: str) -> Any:
    value = options.get(name)
    if isinstance(value, Unknown):
        raise Undetermined(f"{name} is not known: {value.reason}")
    return value


def _fill(run: Run, network: Network, cls: str, record: Record, options: dict[str, Any], site: Site) -> None:
    """Build the graph that the options ask for. Raises KerasError and Undetermined."""
    given_tensor = options["input_tensor"]
    inputs: Tensor | tuple[Tensor, ...]
    if given_tensor is not None and not isinstance(given_tensor, Tensor):
        raise Undetermined("its input_tensor is not a known tensor")
    top = bool(_known(options, "include_top"))
    shape = _input_shape(record, options, top, given_tensor is not None)
    _check_options(cls, options, top)
    if given_tensor is None:
        base = "input_layer" if run.project.dialect == 3 else "input"
        entry = InputLayer(run.layer_name(base), (None, *shape), "float32", None)
        run.program.layers.append(entry)
        start, inputs = entry.tensor, entry.tensor
    else:
        sources = _sources(given_tensor)
        start, inputs = given_tensor, sources[0] if cls in _TAKING_ONE else tuple(sources)
    pooling = _known(options, "pooling")
    tail = "top" if top else pooling if pooling in ("avg", "max") else "none"
    if isinstance(start.shape, Unknown):
        raise Undetermined(start.shape.reason)
    if len(start.shape) != 4:
        raise Undetermined(f"{cls} on a tensor that is not a batch of images")
    labels = [_label(axis, record, options, shape, start.shape) for axis in record.axes]
    entries = record.entries(labels, tail)
    if entries is None:
        chosen = ", ".join(f"{axis}={label}" for axis, label in zip(record.axes, labels, strict=True))
        raise Undetermined(f"{cls} with {chosen} is not recorded")
    given_name = options.get("name")
    name = given_name if isinstance(given_name, str) else _default_name(record, options, shape)
    network.name, network.named_by_user = name, given_name is not None
    output = _Replay(run, name, _values(options), site).run_entries(entries, start)
    fill_functional(run, network, Arguments([Given(inputs), Given(output)], {}), site)


#: Those that are made on the first source of their `input_tensor`, the others on the list of all.
_TAKING_ONE = frozenset({"ConvNeXtTiny", "ConvNeXtSmall", "ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtXLarge"})


def _default_name(record: Record, options: dict[str, Any], shape: Shape) -> str:
    alpha = options.get("alpha")
    return record.name.format(alpha=alpha if isinstance(alpha, (int, float)) else 0.0, rows=shape[0])


def _values(options: dict[str, Any]) -> dict[str, Any]:
    """The arguments that recorded configurations refer to."""
    return {
        "classes": options.get("classes"),
        "classifier_activation": options.get("classifier_activation"),
        "rate": options.get("dropout", options.get("dropout_rate")),
    }


def _label(axis: str, record: Record, options: dict[str, Any], shape: Shape, actual: Shape) -> str:
    """How the records call the value of an argument. Raises Undetermined."""
    if axis == "size":
        return "none" if None in actual[1:3] else "known"
    if axis == "channels":
        if shape[-1] is not None and not isinstance(shape[-1], int):
            raise Undetermined("the number of channels is not known")
        return "3" if shape[-1] == 3 else "other"
    value = _known(options, axis)
    if axis in ("dropout", "dropout_rate"):
        return "given" if isinstance(value, (int, float)) and value > 0 else "zero"
    if axis == "weights":
        return "imagenet" if value == "imagenet" else "None"
    if axis == "name":
        return "default" if value == record.parameters["name"] else "other"
    default = record.parameters[axis]
    if isinstance(default, bool):
        return str(bool(value))
    return str(float(value)) if isinstance(default, float) and isinstance(value, int) else str(value)


def _input_shape(record: Record, options: dict[str, Any], top: bool, has_tensor: bool) -> Shape:
    """The input shape without the batch axis, checked as Keras does. Raises KerasError and Undetermined."""
    given = _known(options, "input_shape")
    weights = options["weights"]
    pretrained = weights == "imagenet"
    if given is None or given == ():
        if top and not pretrained:
            return record.default_shape
        return record.default_shape if top else record.bare_shape
    shape = as_shape(given)
    if isinstance(shape, Unknown):
        raise Undetermined(shape.reason)
    default = record.default_shape
    if pretrained and top and record.imagenet_sizes is not None:
        fits = any(shape == (size, size, default[-1]) for size in record.imagenet_sizes)
        if not fits and all(dim is None or isinstance(dim, int) for dim in shape):
            raise KerasError(
                f"with include_top=True and weights='imagenet', input_shape should be {default}, got {shape}; "
                "pass include_top=False and add a head, or weights=None",
                "argument",
            )
    if len(shape) != 3:
        raise KerasError(f"input_shape must be a tuple of three integers, got {shape}", "argument")
    if pretrained and record.imagenet_channels and isinstance(shape[-1], int) and shape[-1] != 3:
        raise KerasError(f"weights='imagenet' needs an input of 3 channels, got input_shape={shape}", "argument")
    if not has_tensor and any(isinstance(dim, int) and dim < record.min_size for dim in shape[:2]):
        raise KerasError(
            f"the input must be at least {record.min_size}x{record.min_size}, got input_shape={shape}", "argument"
        )
    if top and record.static_top and None in shape:
        raise KerasError(f"with include_top=True the input_shape must be known, got {shape}", "argument")
    return shape


def _check_options(cls: str, options: dict[str, Any], top: bool) -> None:
    """Raise KerasError for a head that does not fit the pre-trained weights."""
    if not top or options["weights"] != "imagenet":
        return
    classes, activation = options.get("classes"), options.get("classifier_activation")
    if isinstance(classes, int) and classes != 1000:
        raise KerasError(
            f"{cls} with weights='imagenet' and include_top=True has 1000 classes, got classes={classes}; "
            "pass include_top=False and add a head, or weights=None",
            "argument",
        )
    if isinstance(activation, str) and activation not in _PRE_TRAINED_ACTIVATIONS:
        raise KerasError(
            f"{cls} with pre-trained weights allows classifier_activation None or 'softmax', got {activation!r}",
            "argument",
        )


def _sources(tensor: Tensor) -> list[Tensor]:
    """The model inputs that a tensor comes from. Raises Undetermined."""
    found: list[Tensor] = []
    seen: set[int] = set()
    waiting = [tensor]
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        if current.node is None:
            raise Undetermined("its input_tensor comes from something that is not known")
        if isinstance(current.node.layer, InputLayer):
            found.append(current)
        else:
            waiting.extend(reversed(current.node.inputs))
    return found


class _Replay:
    """Builds recorded layers one after the other."""

    def __init__(self, run: Run, name: str, given: dict[str, Any], site: Site) -> None:
        self.run = run
        self.name = name
        self.given = given
        self.site = site
        self.before = dict(run.name_counters)

    def run_entries(self, entries: Sequence[Entry], start: Tensor) -> Tensor:
        """Call all of them; the output of the last."""
        tensors = [start]
        for entry in entries:
            self.run.budget.spend()
            tensors.append(self._call(entry, [tensors[index] for index in entry.inputs]))
        return tensors[-1]

    def _call(self, entry: Entry, inputs: list[Tensor]) -> Tensor:
        if entry.definition is None and entry.parts is None:
            operation = Operation(entry.cls, self._named(entry), None, _first_shape)
            output = Tensor(inputs[0].shape, inputs[0].dtype)
            operation.calls.append(Node(operation, tuple(inputs), (output,), None))
            return output
        return apply_layer(self.run, self._layer(entry, inputs[0].shape), inputs, None)[0]

    def _layer(self, entry: Entry, shape: Shape | Unknown | None) -> Layer:
        if entry.definition is None:
            network = Network("Sequential", self._named(entry), None)
            network.kind = "sequential"
            network.birth = self.run.tick()
            for part in entry.parts or ():
                add_layer(self.run, network, self._layer(part, None), None, self.site)
            return network
        sizes = shape[1:3] if isinstance(shape, tuple) else ()
        layer = BuiltinLayer(entry.definition, entry.config(self.given, sizes), self._named(entry), None)
        layer.named_by_user = isinstance(entry.name, str)
        return layer

    def _named(self, entry: Entry) -> str:
        """The recorded name; a number counts on from the names that the program has used up."""
        if isinstance(entry.name, str):
            return entry.name.replace("{name}", self.name)
        base = snake_case(entry.cls)
        number = self.before.get(base, 0) + entry.name
        self.run.name_counters[base] = max(self.run.name_counters.get(base, 0), number + 1)
        return f"{base}_{number}" if number else base


def _first_shape(shapes: Sequence[Shape]) -> list[Shape]:
    return [shapes[0]]


# -- preparing images -----------------------------------------------------------------------------------------------

#: What `preprocess_input` of each module does to a tensor, as operations of the graph; modules not here do nothing.
_MODES = {
    "caffe": ("imagenet_utils", "resnet", "resnet50", "vgg16", "vgg19"),
    "tf": (*("inception_resnet_v2", "inception_v3", "mobilenet", "mobilenet_v2", "nasnet", "resnet_v2", "xception"),),
    "torch": ("densenet",),
}
_MODE_OF = {module: mode for mode, modules in _MODES.items() for module in modules}


def preprocess_input(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`keras.applications.<module>.preprocess_input(x)`: the same shape, floats."""
    tensor = arguments.value("x", 0)
    module = name.split(".")[-2]
    mode = _MODE_OF.get(module)
    if module == "imagenet_utils":
        mode = arguments.value("mode", 2, mode)
        if not isinstance(mode, str):
            return run.fresh(f"the result of {name}", site.node)
    if isinstance(tensor, Array):
        return preprocessed(run, module, mode, tensor)
    if not isinstance(tensor, Tensor):
        return tensor if isinstance(tensor, Unknown) else run.fresh(f"the result of {name}", site.node)

    def step(cls: str, tensors: list[Tensor]) -> Value:
        return operate(run, cls, tensors, _first_shape, site)[0]

    if mode == "tf":
        return step("Subtract", [step("TrueDivide", [tensor])])
    if mode == "torch":
        return step("TrueDivide", [step("Add", [step("TrueDivide", [tensor])])])
    if mode == "caffe":
        # The channels are swapped one by one.
        swapped = [index_tensor(run, tensor, (..., channel), site) for channel in (2, 1, 0)]
        stacked = operate(run, "Stack", swapped, lambda shapes: [tensor_shapes.stack(shapes, -1)], site)[0]
        note_call(run, "keras.ops.stack", Arguments([Given(None)], {"axis": Given(-1)}), stacked)
        return step("Add", [stacked])
    return tensor
