"""Classes of the program that derive from `keras.layers.Layer`, `keras.Model` or `keras.Sequential`.

Their `build` and `call` are interpreted on the shapes that they are called with.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from kerascheck.layers.recurrent_cells import OwnCell
from kerascheck.machine.attributes import get_attribute
from kerascheck.machine.keras.calling import constants, further_inputs, input_tensors
from kerascheck.machine.keras.declared_shapes import compare_with_declared, declared_output
from kerascheck.machine.keras.freeze import as_size, freeze
from kerascheck.machine.keras.functional import trace_graph
from kerascheck.machine.keras.shape_arguments import parameters, shape_arguments
from kerascheck.machine.keras.tensor_structures import (
    all_tensors,
    known_shapes,
    map_tensors,
    same_shapes,
    shape_structure,
)
from kerascheck.machine.keras.variables import variables_on
from kerascheck.machine.members import find_member, find_method
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import DictValue, Instance, ListValue, UserRaise, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import Int, Shape, SymDim
from kerascheck.network.ir import NOT_CALLED, BuiltinLayer, InputLayer, Layer, Site, Status, Tensor, Weight
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import REFUSED, KerasError, Undetermined, Unknown

#: How deep custom layers may call custom layers.
_MAX_NESTING = 12


class CustomLayer(Layer):
    """A layer of a class of the program; `instance` is the object that its methods see as `self`."""

    runs_program = True

    def __init__(self, run: Run, instance: Instance, name: str, site: Site, arguments: Arguments) -> None:
        super().__init__(instance.cls.name, name, site, arguments, instance.cls.name)
        self.instance = instance
        self.machine = run
        self.own: list[Weight] = []  # from add_weight
        self.base_arguments: Arguments | None = None  # of `super().__init__`, where that is called
        self.base: BuiltinLayer | None = None  # what a built-in base class makes of the arguments of its __init__
        self.understood = False  # whether a call gave known shapes, or none was made and `build` was called by hand
        self.called = False
        self.built = False
        self.building = False  # whether `build` is running
        self.latest: Arguments | None = None  # of the latest call
        self.made_inside: Sequence[Tensor] | None = None  # what its code gave in the latest call

    def infer(self, shapes: list[Shape]) -> list[Shape]:
        if self.unknown is not None:
            raise Undetermined(self.unknown.reason)
        result = run_call(self.machine, self, _called_again(self.machine, self.latest, shapes), self.site)
        return known_shapes(result, self.cls)

    def as_cell(self) -> OwnCell:
        """What it is as the cell of an RNN layer.

        Raises:
            Undetermined: its sizes are not known, or come from a base class.
        """
        if self.unknown is not None or self.instance.unknown is not None:
            raise Undetermined(f"cell {self.cls} is not known")
        states = self._size_of_cell("state_size")
        if states is None or self.base is not None:
            raise Undetermined(f"cell {self.cls} is not built in")
        sizes = states if isinstance(states, list) else [states]
        output = self._size_of_cell("output_size")
        width = sizes[0] if output is None and sizes else output
        if isinstance(width, list) or width is None:
            raise Undetermined(f"the output size of {self.cls}")
        return OwnCell(sizes, width)

    def _size_of_cell(self, name: str) -> Int | list[Int] | None:
        """A size, or a list of them, that the object tells; None where it has no such attribute."""
        instance = self.instance
        if name not in instance.attributes and find_member(instance.cls, name) is None:
            return None
        assert self.site is not None
        told = get_attribute(self.machine, instance, name, self.site.node)
        items = items_of(self.machine, told) if isinstance(told, (ListValue, tuple)) else [told]
        if isinstance(items, Unknown):
            raise Undetermined(items.reason)
        sizes: list[Int] = []
        for item in items:
            size = as_size(item)
            if size is None or isinstance(size, Unknown):
                raise Undetermined(f"{name} of {self.cls}")
            sizes.append(size)
        return sizes if isinstance(told, (ListValue, tuple)) else sizes[0]

    def build_as_cell(self, shape: Shape) -> None:
        """Run `build` as RNN does. Layers that only its `call` builds are built when Keras runs that, on data.

        Raises:
            Undetermined: it has such layers, or its `build` is not understood.
        """
        assert self.site is not None
        step = Tensor(shape)
        _build(self.machine, self, step, Arguments([Given(step)], {}), self.site)
        if self.unknown is not None:
            raise Undetermined(self.unknown.reason)
        if any(not _is_built(part) for part in self.sublayers()):
            raise Undetermined(f"{self.cls} builds parts in its call, which Keras first runs on data")
        self.understood = True
        self.weights = self.own

    def sublayers(self) -> list[Layer]:
        return layers_on(self.instance)

    def all_weights(self) -> list[tuple[Weight, bool]]:
        if isinstance(self.weights, Unknown):
            raise Undetermined(self.weights.reason)
        if not self.understood:
            raise Undetermined(f"{self.name} is not called on a known input")
        own = [*self.own, *variables_on(self.instance)]
        seen: dict[int, tuple[Weight, bool]] = {id(w): (w, w.trainable and self.trainable) for w in own}
        holders: list[Layer] = self.sublayers()
        if self.base is not None and self.base.weights is not None:
            holders = [self.base, *holders]
        # In Keras 3 each variable knows whether it trains; `trainable=False` reaches those of the layer itself alone.
        gates = self.machine.project.dialect < 3
        for layer in holders:
            if _is_built(layer):
                for weight, trains in layer.all_weights():
                    seen.setdefault(id(weight), (weight, trains and (self.trainable or not gates)))
        return list(seen.values())


def _is_built(part: Layer) -> bool:
    """Whether a part of a layer or model may have variables: one that is never called has none."""
    if isinstance(part, CustomLayer):
        return part.built or part.called
    if isinstance(part, Network):
        return bool(part.calls or part.inputs) or part.kind == "functional"
    return bool(part.calls) or part.weights is not None


def _is_idle(part: Layer) -> bool:
    """Whether a part of a model is surely never called, nor built."""
    if part.calls or part.unknown is not None or part.refused is not None or part.met_unknown or _is_built(part):
        return False
    if not isinstance(part, Network):
        return True
    return not part.met_data and (part.open is None or part.open.reason == NOT_CALLED)


def _called_again(run: Run, before: Arguments | None, shapes: list[Shape]) -> Arguments:
    """The arguments of a call, with tensors of these shapes in place of its own; else all of them as one input.

    Raises:
        Undetermined: the call had another number of tensors.
    """
    tensors = [Tensor(shape) for shape in shapes]
    if before is None:
        return Arguments([Given(tensors[0] if len(tensors) == 1 else run.new_list(tensors))], {})
    old = all_tensors(before)
    if len(old) != len(tensors) or len({id(tensor) for tensor in old}) != len(old):
        raise Undetermined("a call on another number of tensors")
    by_old = {id(tensor): new for tensor, new in zip(old, tensors, strict=True)}

    def again(given: Given) -> Given:
        return Given(map_tensors(run, given.value, lambda tensor: by_old[id(tensor)]))

    return Arguments(
        [again(given) for given in before.positional], {name: again(given) for name, given in before.keywords.items()}
    )


class SubclassedModel(Network):
    """A model whose `call` is the program's own."""

    runs_program = True
    latest: Arguments | None = None  # of the latest call
    made_inside: Sequence[Tensor] | None = None  # what its code gave in the latest call
    own: Sequence[Weight] = ()  # from add_weight

    instance: Instance
    machine: Run

    def infer(self, shapes: list[Shape]) -> list[Shape]:
        if self.kind != "subclass":
            return super().infer(shapes)
        result = run_call(self.machine, self, _called_again(self.machine, self.latest, shapes), self.site)
        return known_shapes(result, self.cls)

    def all_weights(self) -> list[tuple[Weight, bool]]:
        if isinstance(self.weights, Unknown):
            raise Undetermined(self.weights.reason)
        own = [*self.own, *variables_on(self.instance)]
        seen: dict[int, tuple[Weight, bool]] = {id(w): (w, w.trainable and self.trainable) for w in own}
        if self.kind != "subclass":
            return [*seen.values(), *super().all_weights()]
        if self.open is not None:
            raise Undetermined(self.open.reason)
        for layer in self.layers:
            if _is_built(layer):
                for weight, trains in layer.all_weights():
                    seen.setdefault(id(weight), (weight, trains and self.trainable))
        return list(seen.values())

    def running_layers(self) -> Sequence[Layer]:
        return self.layers if self.kind != "subclass" else [part for part in self.layers if not _is_idle(part)]

    def status(self) -> Status:
        status = super().status()
        if status == "unknown":
            return status
        params = self.params()
        if isinstance(params, Unknown):
            return "unknown"
        return "symbolic" if isinstance(params, SymDim) else status


def layers_on(instance: Instance) -> list[Layer]:
    """Layers among the attributes, also in lists and dictionaries, in the order in which Keras meets them.

    That is when the attribute is set, or when the layer is made and put into a list that is there.
    """
    found: dict[int, tuple[int, Layer]] = {}
    placed = instance.layer.placed if instance.layer is not None else {}

    def visit(value: Value, depth: int, since: int) -> None:
        layer = value.layer if isinstance(value, Instance) else value
        if isinstance(layer, Layer):
            if id(layer) not in found and layer is not instance.layer:
                found[id(layer)] = max(since, layer.nth), layer
        elif depth < 4:
            items: list[Value] = []
            if isinstance(value, ListValue):
                items = value.items
            elif isinstance(value, tuple):
                items = list(value)
            elif isinstance(value, DictValue):
                items = list(value.items.values())
            for item in items[:1000]:
                visit(item, depth + 1, since)

    for name, value in instance.attributes.items():
        visit(value, 0, placed.get(name, 0))
    return [layer for _, layer in sorted(found.values(), key=itemgetter(0))]


def run_call(
    run: Run, layer: CustomLayer | SubclassedModel, arguments: Arguments, site: Site | None, value: Value = None
) -> Value:
    """Build the layer if it is not built, then interpret its `call`."""
    instance = layer.instance
    site = site or layer.site
    assert site is not None
    if value is None and arguments.positional:
        value = arguments.positional[0].value
    nesting = sum(function.name == "call" for function in run.call_stack)
    if nesting > _MAX_NESTING:
        return Unknown("custom layers nested too deeply")
    _build(run, layer, value, arguments, site)
    method = find_method(instance, "call")
    base = layer.base if isinstance(layer, CustomLayer) else None
    declared = None if run.tracing else declared_output(run, layer, base, arguments, value, site)
    before = _built_parts(layer) if declared is not None and find_method(instance, "build") is not None else None
    entered, reads = len(run.program.raised), run.reads
    if isinstance(layer, CustomLayer) and layer.base is not None and find_method(instance, "build") is None:
        refused = _build_base(run, layer.base, _all_inputs(layer.base, arguments, value), site)
        if refused is not None:
            return refused
    if method is None:
        if isinstance(layer, CustomLayer) and layer.base is not None:
            result: Value = call_base(run, layer, _all_inputs(layer.base, arguments, value), site)
        else:
            return Unknown(f"{layer.cls} has no call method")
    else:
        run.tracing += 1
        run.measured += declared is not None  # Keras runs it on data alone
        try:
            result = constants(run, run.call(method, arguments, site))
        except UserRaise:
            result = Unknown(f"the call of {layer.cls} raises")
        finally:
            run.tracing -= 1
            run.measured -= declared is not None
    layer.hand_on("made_inside", None if method is None else tuple(input_tensors(result) or ()))
    if declared is not None:
        compare_with_declared(run, layer, declared, result, site)
        result = declared
        run.reads = reads  # what only its `call` asks, the output does not hang on
    outputs = input_tensors(result)
    known = outputs is not None and not any(isinstance(t.shape, Unknown) for t in outputs)
    if isinstance(layer, CustomLayer):
        layer.understood = known or (layer.called and layer.understood)
        layer.called = True
        layer.weights = layer.own if known else layer.weights
        if before is not None and _built_parts(layer) - before:
            layer.weights = Unknown(f"{layer.cls} builds parts in its call, which Keras first runs on data")
        if instance.unknown is not None:
            layer.weights = instance.unknown
    elif layer.kind == "subclass":
        layer.layers = layers_on(instance)
        if known and outputs is not None and entered == len(run.program.raised):
            inputs = input_tensors(value, True) or []
            if layer.open is None and same_shapes(inputs, layer.inputs) and same_shapes(outputs, layer.outputs):
                return result  # nothing is new to it
            layer.open = instance.unknown
            layer.inputs = inputs
            layer.outputs = outputs
            layer.takes, layer.gives = freeze(value), freeze(result)
            nodes = trace_graph(layer.inputs, outputs).nodes
            layer.nodes = [node for node in nodes if not isinstance(node.layer, InputLayer)]
    return result


def _built_parts(layer: Layer) -> set[int]:
    """The layers inside that have their variables, at any depth."""
    found: set[int] = set()
    waiting = list(layer.sublayers())
    while waiting:
        part = waiting.pop()
        if id(part) not in found and _is_built(part):
            found.add(id(part))
            waiting.extend(part.sublayers())
    return found


def _build(run: Run, layer: CustomLayer | SubclassedModel, value: Value, arguments: Arguments, site: Site) -> None:
    """Interpret `build(input_shape)` before the first call."""
    if layer.built:
        return
    method = find_method(layer.instance, "build")
    shape = shape_structure(run, value)
    layer.built = True
    if isinstance(layer, CustomLayer) and layer.base is not None and method is None:
        return
    if method is None or (shape is None and run.project.dialect < 3):
        return
    handed: Arguments | Unknown = Arguments([Given(shape)], {})
    call = find_method(layer.instance, "call")
    if run.project.dialect == 3 and call is not None and (shape is None or len(parameters(method) or ()) > 1):
        handed = shape_arguments(run, method, call, arguments)
    if isinstance(handed, Unknown):
        layer.unknown = layer.unknown or Unknown(f"the build of {layer.cls}: {handed.reason}")
        return
    if isinstance(layer, CustomLayer):
        layer.building = True
    try:
        run.call(method, handed, site)
    except UserRaise:
        layer.unknown = Unknown(f"the build of {layer.cls} raises")
    finally:
        if isinstance(layer, CustomLayer):
            layer.building = False


def call_base(run: Run, layer: CustomLayer, value: Value, site: Site) -> Value:
    assert layer.base is not None
    tensors = input_tensors(value)
    if tensors is None or any(isinstance(t.shape, Unknown) for t in tensors):
        return run.fresh(f"{layer.base.cls} on something unknown", site.node)
    shapes = infer_base(run, layer.base, [t.shape for t in tensors if not isinstance(t.shape, Unknown)], site)
    if isinstance(shapes, Unknown):
        return Tensor(shapes)
    outputs = [Tensor(shape) for shape in shapes]
    return outputs[0] if len(outputs) == 1 else run.new_list(outputs)


def _all_inputs(base: BuiltinLayer, arguments: Arguments, value: Value) -> Value:
    """The first input and those that follow it."""
    others = [one for _, one in further_inputs(base, arguments)]
    return (value, *others) if others else value


def _build_base(run: Run, base: BuiltinLayer, value: Value, site: Site) -> Unknown | None:
    """Keras looks at the inputs and builds the layer before its `call`, whatever that does; why it does not."""
    shapes = [tensor.shape for tensor in input_tensors(value, True) or []]
    known = [shape for shape in shapes if not isinstance(shape, Unknown)]
    if not known or len(known) < len(shapes):
        return None
    try:
        base.definition.check_inputs(base.config, known)
        weights: list[Weight] | Unknown = base.definition.weights_for(base.config, known)
    except KerasError as error:
        run.raised(error, site, base)
        return Unknown(REFUSED)
    except Undetermined as undetermined:
        weights = Unknown(undetermined.reason)
    if base.weights is None:
        base.weights = weights
    return None


def infer_base(run: Run, base: BuiltinLayer, shapes: list[Shape], site: Site) -> list[Shape] | Unknown:
    try:
        return base.infer(shapes)
    except KerasError as error:
        run.raised(error, site, base)
        return Unknown(REFUSED)
    except Undetermined as undetermined:
        return Unknown(undetermined.reason)
