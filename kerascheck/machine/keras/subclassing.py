"""Classes of the program that derive from `keras.layers.Layer`, `keras.Model` or `keras.Sequential`.

Their `build` and `call` are interpreted on the shapes that they are called with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter

from kerascheck.layers.configuring import configure
from kerascheck.layers.recurrent_cells import OwnCell
from kerascheck.layers.registry import find
from kerascheck.machine.attributes import find_member, find_method, get_attribute
from kerascheck.machine.conditions import truth
from kerascheck.machine.functions import SymbolicArguments
from kerascheck.machine.keras.calling import constants, further_inputs, input_tensors
from kerascheck.machine.keras.class_refusals import (
    BASE_ARGUMENTS,
    is_plain_subclass,
    refused_base,
    refused_binding,
    refused_class,
    refused_training,
    refused_weight,
)
from kerascheck.machine.keras.freeze import as_shape, as_size, freeze, freeze_arguments
from kerascheck.machine.keras.functional import fill_functional, is_functional, may_be_functional, trace_graph
from kerascheck.machine.keras.sequential import fill_sequential, new_sequential
from kerascheck.machine.keras.shape_arguments import parameters, shape_arguments
from kerascheck.machine.keras.trainable import give_trainable
from kerascheck.machine.keras.variables import Variable, variables_on
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import DictValue, Instance, ListValue, UserRaise, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import Int, Shape, SymDim
from kerascheck.network.events import ShapeClaim
from kerascheck.network.ir import (
    NOT_CALLED,
    BuiltinLayer,
    InputLayer,
    Layer,
    Network,
    Node,
    Site,
    Status,
    Tensor,
    Weight,
)
from kerascheck.symbolic.unknown import REFUSED, KerasError, Symbol, Undetermined, Unknown

#: Methods of models by which a class of the program trains in its own way.
_TRAINING = (
    *("fit", "evaluate", "predict", "train_step", "test_step", "predict_step", "train_on_batch", "compile"),
    *("compute_loss", "compute_metrics", "make_train_function", "make_test_function", "__call__"),
)


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


def built_by_hand(layer: Layer) -> None:
    """The program has called the `build` of a layer of its own: Keras does not call it again."""
    if isinstance(layer, SubclassedModel):
        layer.built = True
    if isinstance(layer, CustomLayer):
        layer.built = True
        layer.understood = layer.understood or not layer.called


def attach_layer(run: Run, instance: Instance, base: Symbol, arguments: Arguments, site: Site) -> None:
    """Give a new object of such a class what it is to Keras."""
    name = instance.cls.name
    if base.name == "keras.Sequential":
        run.reach(site)
        instance.layer = new_sequential(run, name, Arguments([], {}), site)
        instance.layer.instance = instance
    elif base.name == "keras.Model":
        run.reach(site)
        network = SubclassedModel(name, "", site, freeze_arguments(run, arguments))
        network.instance, network.machine = instance, run
        network.name = run.layer_name(name)
        network.kind = "subclass"
        network.birth = instance.birth
        network.open = Unknown(NOT_CALLED)
        run.add_network(network)
        instance.layer = network
    elif base.name == "keras.Layer" or base.name.startswith("keras.layers."):
        run.reach(site)
        layer = CustomLayer(run, instance, run.layer_name(name), site, freeze_arguments(run, arguments))
        run.program.layers.append(layer)
        instance.layer = layer
    if isinstance(instance.layer, Network):
        instance.layer.own_methods = frozenset(name for name in _TRAINING if find_method(instance, name) is not None)
    if instance.layer is None:
        return
    if any(isinstance(cls, Unknown) for cls in instance.cls.mro()):
        instance.layer.unknown = Unknown("one of its base classes is not known")
    init = find_method(instance, "__init__")
    if init is not None:
        _refuse(run, instance.layer, refused_binding(init, arguments, f"{name}.__init__"), site)


def _called_again(run: Run, before: Arguments | None, shapes: list[Shape]) -> Arguments:
    """The arguments of a call, with tensors of these shapes in place of its own; else all of them as one input.

    Raises:
        Undetermined: the call had another number of tensors.
    """
    tensors = [Tensor(shape) for shape in shapes]
    if before is None:
        return Arguments([Given(tensors[0] if len(tensors) == 1 else run.new_list(tensors))], {})
    old = _all_tensors(before)
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


def base_init(run: Run, receiver: Value, arguments: Arguments, site: Site) -> Value:
    """`super().__init__(...)` of a Keras class."""
    layer = receiver.layer
    given = arguments.value("name")
    if isinstance(given, str):
        layer.name, layer.named_by_user = given, True
    is_sequential = isinstance(layer, Network) and layer.kind == "sequential"
    give_trainable(run, layer, arguments, 1 if is_sequential else None)
    if isinstance(layer, Network) and arguments.value("trainable") is False and run.project.dialect == 3:
        # Its own list of what trains is empty, and yet a model around it trains its layers.
        layer.unknown = layer.unknown or Unknown("trainable=False does not reach the layers of a model")
    if isinstance(layer, Network):
        if layer.kind == "sequential":
            fill_sequential(run, layer, arguments, site)
        elif is_functional(arguments) or input_tensors(arguments.value("inputs", 0)) is not None:
            layer.kind = "functional"
            layer.open = None
            fill_functional(run, layer, arguments, site)
        elif may_be_functional(arguments):
            layer.kind = "functional"
            layer.open = Unknown("its inputs or outputs are not known tensors")
        else:
            _refuse(run, layer, refused_base(receiver.cls, arguments), _written_at(layer, arguments, site))
    elif isinstance(layer, CustomLayer):
        _configure_base(run, layer, arguments, site)
    return None


def _written_at(layer: Layer, arguments: Arguments, site: Site) -> Site:
    """Where what the base class refuses is written: where the object is made, if `**kwargs` only hands it on."""
    name = next((name for name in arguments.keywords if name not in BASE_ARGUMENTS), None)
    handed_on = name is not None and not arguments.positional and arguments.keywords[name].node is None
    return layer.site if handed_on and layer.site is not None else site


def _refuse(run: Run, layer: Layer, error: KerasError | None, site: Site) -> None:
    """Note an error of Keras 3 about the layer, which then is not known."""
    if error is not None and run.project.dialect == 3 and layer.unknown is None:
        if not _may_be_of_subclass(run, layer):
            run.raised(error, site, layer)
        layer.unknown = Unknown("Keras refuses its arguments")


def _may_be_of_subclass(run: Run, layer: Layer) -> bool:
    """Whether a class method that nobody calls makes it with `cls(...)`: a subclass may take other arguments."""
    if run.program.start is None or not run.call_stack or not isinstance(layer, (CustomLayer, SubclassedModel)):
        return False
    entry = run.call_stack[0]
    return "classmethod" in entry.decorated and entry.owner is layer.instance.cls


def _configure_base(run: Run, layer: CustomLayer, arguments: Arguments, site: Site) -> None:
    """The built-in base class reads the arguments that `super().__init__` hands on."""
    from kerascheck.machine.attributes import keras_base

    layer.base_arguments = freeze_arguments(run, arguments)
    base = keras_base(layer.instance.cls)
    if base is None or base.name == "keras.Layer":
        _refuse(run, layer, refused_base(layer.instance.cls, arguments), _written_at(layer, arguments, site))
        return
    definition = find(base.name.rsplit(".", 1)[1])
    if definition is None:
        layer.unknown = Unknown(f"its base class {base.name} is not known")
        return
    if isinstance(arguments, SymbolicArguments):  # nobody makes such an object in this file
        layer.unknown = Unknown(f"the arguments of its base class {definition.name}")
        return
    frozen = layer.base_arguments
    try:
        config = configure(
            definition, frozen, definition.name, run.project.dialect, not run.project.target.reads_as_written
        )
    except KerasError as error:
        if is_plain_subclass(layer.instance.cls):
            _refuse(run, layer, error, site)
        layer.unknown = layer.unknown or Unknown(f"the arguments of its base class {definition.name}")
        return
    layer.base = BuiltinLayer(definition, config, layer.name, site, frozen)


def initialised(run: Run, instance: Instance, base: Symbol, arguments: Arguments, site: Site) -> None:
    """Called when `__init__` has run: what it put on the object are parts of the layer."""
    layer = instance.layer
    if isinstance(layer, Network) and layer.kind == "subclass":
        layer.layers = layers_on(instance)
    if layer is not None and find_method(instance, "__init__") is None:
        base_init(run, instance, arguments, site)


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


# -- calling ------------------------------------------------------------------------------------------------------
def call_custom(run: Run, layer: CustomLayer | SubclassedModel, arguments: Arguments, site: Site) -> Value:
    """`layer(inputs, ...)`: interpret `call`; what comes out belongs to the outer graph."""
    run.reach(site)
    value = arguments.positional[0].value if arguments.positional else None
    tensors = _all_tensors(arguments)
    method = find_method(layer.instance, "call")
    error = refused_class(layer.instance, isinstance(layer, CustomLayer) and layer.base is not None)
    if error is None and method is not None:
        error = refused_binding(method, arguments, f"{layer.cls}.call")
        if error is None and not run.tracing and isinstance(layer, CustomLayer):
            error = refused_training(method, arguments, f"{layer.cls}.call")
    _refuse(run, layer, error, site)
    layer.hand_on("made_inside", None)
    if layer.unknown is not None:
        result: Value = layer.unknown
    else:
        result = run_call(run, layer, arguments, site, value)
    outputs: list[Tensor] = []

    def outer(tensor: Tensor) -> Tensor:
        made = Tensor(tensor.shape, tensor.dtype)
        outputs.append(made)
        return made

    mapped = map_tensors(run, result, outer)
    if not outputs:
        lost = result if isinstance(result, Unknown) else Unknown(f"what {layer.cls} returns is not known")
        mapped = Tensor(Unknown(lost.reason, needs=lost.needs))
        outputs.append(mapped)
    layer.calls.append(Node(layer, tuple(tensors), tuple(outputs), site))
    made = layer.made_inside
    if made and len(made) == len(outputs):
        layer.calls[-1].inside = (tuple(tensors), made)
        layer.hand_on("made_inside", None)
    layer.latest = arguments
    return mapped


def _all_tensors(arguments: Arguments) -> list[Tensor]:
    found: list[Tensor] = []
    for given in (*arguments.positional, *arguments.keywords.values()):
        found += input_tensors(given.value, True) or []
    return found


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
    declared = None if run.tracing else _declared_output(run, layer, arguments, value, site)
    before = _built_parts(layer) if declared is not None and find_method(instance, "build") is not None else None
    entered, reads = len(run.program.raised), run.reads
    if isinstance(layer, CustomLayer) and layer.base is not None and find_method(instance, "build") is None:
        refused = _build_base(run, layer.base, _all_inputs(layer.base, arguments, value), site)
        if refused is not None:
            return refused
    if method is None:
        if isinstance(layer, CustomLayer) and layer.base is not None:
            result: Value = _call_base(run, layer, _all_inputs(layer.base, arguments, value), site)
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
        _compare_with_declared(run, layer, declared, result, site)
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
            if layer.open is None and _same_shapes(inputs, layer.inputs) and _same_shapes(outputs, layer.outputs):
                return result  # nothing is new to it
            layer.open = instance.unknown
            layer.inputs = inputs
            layer.outputs = outputs
            layer.takes, layer.gives = freeze(value), freeze(result)
            nodes = trace_graph(layer.inputs, outputs).nodes
            layer.nodes = [node for node in nodes if not isinstance(node.layer, InputLayer)]
    return result


def _compare_with_declared(
    run: Run, layer: CustomLayer | SubclassedModel, declared: Value, result: Value, site: Site
) -> None:
    """Note what the class declares its output to be beside what its `call` gives, where both are known."""
    method = find_method(layer.instance, "compute_output_shape")
    claims, facts = input_tensors(declared), input_tensors(result)
    if method is None or claims is None or facts is None or len(claims) != len(facts):
        return
    for claim, fact in zip(claims, facts, strict=True):
        if not isinstance(claim.shape, Unknown) and not isinstance(fact.shape, Unknown):
            run.note(ShapeClaim(layer, claim.shape, fact.shape, method.function.site, site), layer)


def _same_shapes(tensors: Sequence[Tensor], others: Sequence[Tensor]) -> bool:
    """Whether these are as many tensors of the same known shapes."""
    return len(tensors) == len(others) and all(
        not isinstance(one.shape, Unknown) and one.shape == other.shape
        for one, other in zip(tensors, others, strict=True)
    )


def _declared_output(
    run: Run, layer: CustomLayer | SubclassedModel, arguments: Arguments, value: Value, site: Site
) -> Value | None:
    """What Keras 3 takes for the output of a placeholder: the class may say it, then `call` is not asked.

    Source: `Layer.compute_output_spec` in keras/src/layers/layer.py of Keras 3.15. All layers of Keras itself say it,
    also to the classes that derive from them.
    """
    instance = layer.instance
    call = find_method(instance, "call")
    if run.project.dialect < 3 or call is None:
        return None
    specified = find_method(instance, "compute_output_spec")
    if specified is not None:
        try:
            return run.call(specified, arguments, site)
        except UserRaise:
            return Tensor(Unknown(f"the compute_output_spec of {layer.cls} raises"))
    method = find_method(instance, "compute_output_shape")
    base = layer.base if isinstance(layer, CustomLayer) else None
    if method is None and base is None:
        return None
    shape = _shape_structure(run, value)
    handed: Arguments | Unknown = Arguments([Given(shape)], {})
    if len(_all_tensors(arguments)) != len(input_tensors(value, True) or []):
        handed = (
            shape_arguments(run, method, call, arguments)
            if method is not None
            else Unknown(f"{layer.cls} is called on several tensors and declares its output shape")
        )
    if isinstance(handed, Unknown):
        return Tensor(handed)
    if method is not None:
        try:
            return _tensors_of_shapes(run, run.call(method, handed, site))
        except UserRaise:
            return Tensor(Unknown(f"the compute_output_shape of {layer.cls} raises"))
    assert base is not None
    shapes = [tensor.shape for tensor in input_tensors(value, True) or []]
    known = [one for one in shapes if not isinstance(one, Unknown)]
    if not known or len(known) < len(shapes):
        return None
    try:
        base.definition.check_inputs(base.config, known)
        outputs = [Tensor(one) for one in base.definition.outputs_for(base.config, known)]
    except (KerasError, Undetermined):
        return None
    return outputs[0] if len(outputs) == 1 else run.new_list(outputs)


def _tensors_of_shapes(run: Run, value: Value) -> Value:
    """Tensors for a shape, or for a structure of shapes."""
    items = value.items if isinstance(value, ListValue) and value.unknown is None else value
    if isinstance(items, (list, tuple)) and items and isinstance(items[0], (list, tuple, ListValue)):
        return run.new_list([_tensors_of_shapes(run, item) for item in items])
    if isinstance(value, DictValue) and value.unknown is None:
        return run.new_dict({key: _tensors_of_shapes(run, item) for key, item in value.items.items()})
    return Tensor(as_shape(value))


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
    shape = _shape_structure(run, value)
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


def _shape_structure(run: Run, value: Value) -> Value:
    """The shapes of the inputs, in the structure of the inputs."""
    if isinstance(value, Tensor):
        return value.shape
    if isinstance(value, (ListValue, tuple)):
        items = value.items if isinstance(value, ListValue) else list(value)
        return run.new_list([_shape_structure(run, item) for item in items])
    if isinstance(value, DictValue):
        return run.new_dict({key: _shape_structure(run, item) for key, item in value.items.items()})
    return None


def map_tensors(run: Run, value: Value, change: Callable[[Tensor], Tensor]) -> Value:
    """The same structure with every tensor replaced."""
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, ListValue) and value.unknown is None:
        return run.new_list([map_tensors(run, item, change) for item in value.items])
    if isinstance(value, tuple):
        return tuple(map_tensors(run, item, change) for item in value)
    if isinstance(value, DictValue) and value.unknown is None:
        return run.new_dict({key: map_tensors(run, item, change) for key, item in value.items.items()})
    return value


def known_shapes(result: Value, cls: str) -> list[Shape]:
    tensors = input_tensors(result)
    if tensors is None:
        raise Undetermined(result.reason if isinstance(result, Unknown) else f"what {cls} returns is not known")
    shapes: list[Shape] = []
    for tensor in tensors:
        if isinstance(tensor.shape, Unknown):
            raise Undetermined(tensor.shape.reason)
        shapes.append(tensor.shape)
    return shapes


def build_subclass(run: Run, layer: SubclassedModel, shape: Value, site: Site) -> None:
    """`model.build(input_shape)` of a subclassed model.

    Keras 1 and 2 run its `call` on that shape. Keras 3 runs the `build` of the class alone, and where it has none
    leaves the layers unbuilt until the model meets data (`Layer.build` of keras/src/layers/layer.py, Keras 3.15).
    """
    known = as_shape(shape)
    layer.built = layer.built or run.project.dialect == 3
    if isinstance(known, Unknown):
        return
    if run.project.dialect == 3:
        if layer.open is not None:
            layer.open = Unknown("build() leaves its layers unbuilt in Keras 3; it is built by its first data")
        return
    tensor = Tensor(known)
    result = run_call(run, layer, Arguments([Given(tensor)], {}), site, tensor)
    outputs = input_tensors(result) or []
    layer.calls.append(Node(layer, (tensor,), tuple(Tensor(t.shape, t.dtype) for t in outputs), site))


# -- what the base classes provide -------------------------------------------------------------------------------
def add_weight(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    """`self.add_weight(...)`: a variable of the layer."""
    first = arguments.positional[0].value if arguments.positional else None
    legacy = isinstance(first, str)  # Keras 2: add_weight(name, shape, ...)
    shape = as_shape(freeze(arguments.value("shape", 1 if legacy else 0, ())))
    if run.project.dialect == 3:
        error = refused_weight(layer.cls, arguments, shape, bool(run.program.entry))
        if error is not None:
            run.raised(error, site, layer)
            shape = Unknown("Keras refuses this weight")
        elif isinstance(shape, tuple) and None in shape:
            shape = Unknown("the shape of a weight that nobody makes")
    trains = truth(run, arguments.value("trainable", None, True), node=site.node)
    variable = Variable(shape, first if legacy else arguments.value("name"), trains)
    if not isinstance(layer, (CustomLayer, SubclassedModel)):
        layer.weights = Unknown("variables of its own")
    elif variable.weight is None:
        layer.weights = shape if isinstance(shape, Unknown) else Unknown("variables of its own")
    else:
        layer.own = [*layer.own, variable.weight]
    return variable


def call_super_build(run: Run, instance: Instance, arguments: Arguments, site: Site) -> Value:
    """`super().build(input_shape)`."""
    layer = instance.layer
    if isinstance(layer, CustomLayer) and layer.base is not None:
        shape = as_shape(freeze(arguments.value("input_shape", 0)))
        if not isinstance(shape, Unknown):
            _infer_base(run, layer.base, [shape], site)
    return None


def call_super_call(run: Run, instance: Instance, arguments: Arguments, site: Site) -> Value:
    """`super().call(inputs)`."""
    layer = instance.layer
    if isinstance(layer, CustomLayer) and layer.base is not None:
        return _call_base(run, layer, arguments.positional[0].value if arguments.positional else None, site)
    if isinstance(layer, Network) and layer.kind != "subclass":
        from kerascheck.machine.keras.calling import call_layer

        return call_layer(run, layer, arguments, site)
    return run.fresh("super().call", site.node)


def _call_base(run: Run, layer: CustomLayer, value: Value, site: Site) -> Value:
    assert layer.base is not None
    tensors = input_tensors(value)
    if tensors is None or any(isinstance(t.shape, Unknown) for t in tensors):
        return run.fresh(f"{layer.base.cls} on something unknown", site.node)
    shapes = _infer_base(run, layer.base, [t.shape for t in tensors if not isinstance(t.shape, Unknown)], site)
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


def _infer_base(run: Run, base: BuiltinLayer, shapes: list[Shape], site: Site) -> list[Shape] | Unknown:
    try:
        return base.infer(shapes)
    except KerasError as error:
        run.raised(error, site, base)
        return Unknown(REFUSED)
    except Undetermined as undetermined:
        return Unknown(undetermined.reason)
