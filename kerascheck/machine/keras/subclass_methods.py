"""What classes of the program get from their bases: a constructor, layers as attributes, weights, `super()`."""

from __future__ import annotations

from kerascheck.layers.configuring import configure
from kerascheck.layers.registry import find
from kerascheck.machine.conditions import truth
from kerascheck.machine.functions import SymbolicArguments
from kerascheck.machine.keras.calling import input_tensors
from kerascheck.machine.keras.class_refusals import (
    BASE_ARGUMENTS,
    is_plain_subclass,
    refused_base,
    refused_binding,
    refused_class,
    refused_training,
    refused_weight,
)
from kerascheck.machine.keras.freeze import as_shape, freeze, freeze_arguments
from kerascheck.machine.keras.functional import fill_functional, is_functional, may_be_functional
from kerascheck.machine.keras.sequential import fill_sequential, new_sequential
from kerascheck.machine.keras.subclassing import (
    CustomLayer,
    SubclassedModel,
    call_base,
    infer_base,
    layers_on,
    run_call,
)
from kerascheck.machine.keras.tensor_structures import (
    all_tensors,
    map_tensors,
)
from kerascheck.machine.keras.trainable import give_trainable
from kerascheck.machine.keras.variables import Variable
from kerascheck.machine.members import find_method
from kerascheck.machine.run import Run
from kerascheck.machine.values import Instance, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import NOT_CALLED, BuiltinLayer, Layer, Node, Site, Tensor
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import KerasError, Symbol, Unknown

#: Methods of models by which a class of the program trains in its own way.
_TRAINING = (
    *("fit", "evaluate", "predict", "train_step", "test_step", "predict_step", "train_on_batch", "compile"),
    *("compute_loss", "compute_metrics", "make_train_function", "make_test_function", "__call__"),
)


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
    from kerascheck.machine.members import keras_base

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


# -- calling ------------------------------------------------------------------------------------------------------
def call_custom(run: Run, layer: CustomLayer | SubclassedModel, arguments: Arguments, site: Site) -> Value:
    """`layer(inputs, ...)`: interpret `call`; what comes out belongs to the outer graph."""
    run.reach(site)
    value = arguments.positional[0].value if arguments.positional else None
    tensors = all_tensors(arguments)
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
    written = freeze(arguments.value("shape", 1 if legacy else 0, ()))
    shape = as_shape(written)
    if run.project.dialect == 3:
        error = refused_weight(layer.cls, arguments, written, shape, bool(run.program.entry))
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
            infer_base(run, layer.base, [shape], site)
    return None


def call_super_call(run: Run, instance: Instance, arguments: Arguments, site: Site) -> Value:
    """`super().call(inputs)`."""
    layer = instance.layer
    if isinstance(layer, CustomLayer) and layer.base is not None:
        return call_base(run, layer, arguments.positional[0].value if arguments.positional else None, site)
    if isinstance(layer, Network) and layer.kind != "subclass":
        from kerascheck.machine.keras.calling import call_layer

        return call_layer(run, layer, arguments, site)
    return run.fresh("super().call", site.node)
