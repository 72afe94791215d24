"""Constructing Keras's objects: layers, models, inputs, losses, optimizers."""

from __future__ import annotations

from collections.abc import Callable

from kerascheck.layers.base import Config, LayerDef
from kerascheck.layers.configuring import configure
from kerascheck.layers.names import DTYPES, check_base, unknown_name
from kerascheck.layers.recovery import Mended, mended
from kerascheck.layers.registry import REMOVED, find
from kerascheck.machine.budget import LAYER_STEPS
from kerascheck.machine.keras.axis_order import notice_order
from kerascheck.machine.keras.calling import call_layer, input_tensors
from kerascheck.machine.keras.cloning import clone_model
from kerascheck.machine.keras.freeze import as_shape, checked_shape, decide_flags, freeze, freeze_arguments, is_size
from kerascheck.machine.keras.functional import make_functional
from kerascheck.machine.keras.origins import note_object_call
from kerascheck.machine.keras.refusals import takes_a_list
from kerascheck.machine.keras.saving import load_model, save_model, unknown_network
from kerascheck.machine.keras.sequential import make_sequential
from kerascheck.machine.keras.trainable import give_trainable
from kerascheck.machine.keras.variables import keras_variable
from kerascheck.machine.needs import arguments_need
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import Shape
from kerascheck.network.events import PolicyCall
from kerascheck.network.ir import BuiltinLayer, InputLayer, Layer, Site, Tensor
from kerascheck.network.program import KerasObject
from kerascheck.symbolic.unknown import REFUSED, KerasError, Symbol, Unknown
from kerascheck.text.spelling import most_like

Handler = Callable[[Run, str, Arguments, Site], Value]

#: Functions that call a merging layer at once.
_FUNCTIONAL_MERGES = {
    "add": "Add",
    "subtract": "Subtract",
    "multiply": "Multiply",
    "average": "Average",
    "maximum": "Maximum",
    "minimum": "Minimum",
    "concatenate": "Concatenate",
    "dot": "Dot",
    "merge": "Merge",  # of Keras 1
}

#: What `keras.layers.merge` takes behind its inputs, where `Merge` has layers first.
_ARGUMENTS_OF_MERGE = ("mode", "concat_axis", "dot_axes", "output_shape", "output_mask", "arguments", "name")

#: Families whose classes are kept as they are written.
_OBJECTS = frozenset(
    {
        "losses", "metrics", "optimizers", "callbacks", "initializers", "regularizers", "constraints", "utils",
        "preprocessing",
    }
)  # fmt: skip

#: The class of policies for dtypes, by all its names.
_POLICIES = frozenset(
    {
        "keras.DTypePolicy", "keras.dtype_policies.DTypePolicy", "keras.mixed_precision.Policy",
        "keras.mixed_precision.DTypePolicy", "keras.mixed_precision.experimental.Policy",
    }
)  # fmt: skip

_SPELLED_KERAS_1 = frozenset(
    {"Convolution1D", "Convolution2D", "Convolution3D", "AtrousConvolution2D", "Deconvolution2D"}
)


def find_keras(name: str) -> Handler:
    """What runs a call of `keras.<anything>` that has no entry of its own."""
    parts = name.split(".")
    last = parts[-1]
    if len(parts) >= 3 and parts[1] == "layers":
        if last in _FUNCTIONAL_MERGES and len(parts) == 3:
            return _merge
        if last[:1].isupper():
            return _layer
    if len(parts) == 3 and parts[1] == "applications" and last[:1].isupper():
        return _application
    if name in _LOADERS:
        return _load
    if len(parts) == 4 and parts[1] == "applications" and last == "preprocess_input":
        return _preprocess
    if len(parts) >= 3 and parts[1] in _OBJECTS and last[:1].isupper():
        return _object
    if name in _POLICIES:
        return _object
    if name == "keras.mixed_precision.LossScaleOptimizer":
        return _loss_scale_optimizer
    if len(parts) == 3 and parts[1] in ("regularizers", "initializers", "optimizers"):
        return _object
    return _other


def _layer(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return make_layer(run, name.rpartition(".")[2], arguments, site)


def _loss_scale_optimizer(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """Its other name is the one among the optimizers."""
    return _object(run, "keras.optimizers.LossScaleOptimizer", arguments, site)


def _application(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.keras.applications import make_application

    run.reach(site)
    return make_application(run, name, arguments, site)


def _load(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    run.reach(site)
    return unknown_network(run, "loaded from a file", site)


def _preprocess(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.keras.applications import preprocess_input

    _note_call(run, name, arguments, site)
    return preprocess_input(run, name, arguments, site)


def _object(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return KerasObject(name, _note_call(run, name, arguments, site), site)


def _other(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    _note_call(run, name, arguments, site)
    return run.fresh(f"the result of {name}", site.node)


def _note_call(run: Run, name: str, arguments: Arguments, site: Site) -> Arguments:
    run.reach(site)
    frozen = freeze_arguments(run, arguments)
    run.program.calls.append((name, frozen, site))
    if name.startswith(("keras.losses.", "keras.metrics.")) and name.rpartition(".")[2][:1].islower():
        note_object_call(run, name, "__call__", arguments, site)
    return frozen


_LOADERS = frozenset(
    {
        "keras.models.model_from_json",
        "keras.models.model_from_yaml",
        "keras.models.model_from_config",
        "keras.Model.from_config",
        "keras.Sequential.from_config",
    }
)


# -- layers -------------------------------------------------------------------------------------------------------


def make_layer(run: Run, spelled: str, arguments: Arguments, site: Site) -> Layer:
    """`keras.layers.<spelled>(...)`."""
    run.reach(site)
    run.budget.charge(LAYER_STEPS)
    definition = find(spelled)
    if definition is not None:
        arguments = decide_flags(run, arguments)
    frozen = freeze_arguments(run, arguments)
    if spelled == "InputLayer":
        return make_input(run, "InputLayer", frozen, site)
    if definition is None:
        foreign = Layer(spelled, "", site, frozen)
        foreign.unknown = Unknown(f"the layer {spelled} is not known")
        _name(run, foreign, frozen)
        run.program.layers.append(foreign)
        return foreign
    dialect = min(run.project.dialect, REMOVED.get(spelled, 3))  # what only an older Keras has is read as its own
    layer: Layer
    found: Mended | None = None
    try:
        old_forms = not run.project.target.reads_as_written or run.project.dialect != dialect
        if run.project.dialect < 3 and not definition.old_parameters.keys().isdisjoint(frozen.keywords):
            old_forms = True  # only the package that takes these names can be meant, whatever else the program uses
        if spelled in _SPELLED_KERAS_1 and dialect < 3 and old_forms:
            dialect = 1
        config = configure(definition, frozen, spelled, dialect, old_forms)
    except KerasError as error:
        found = _mended(run, definition, frozen, spelled, dialect, old_forms, error)
        if found is None:
            refused = Layer(definition.name, "", site, frozen)
            refused.unknown = Unknown("Keras refuses these arguments")
            _name(run, refused, frozen)
            run.program.layers.append(refused)
            run.raised(error, site, refused)
            return refused
        config, frozen = found.config, found.arguments
    notice_order(run, frozen.value("input_shape"))
    whole = frozen.value("batch_input_shape")
    notice_order(run, whole[1:] if isinstance(whole, tuple) else None)
    if run.image_data_format != "channels_last" and config.get("data_format", "") is None:
        config.change("data_format", run.image_data_format)
    if definition.name == "Lambda":
        from kerascheck.machine.keras.function_layers import FunctionLayer

        layer = FunctionLayer(definition, config, "", site, frozen)
        layer.function, layer.machine = arguments.value("function", 0), run
    else:
        layer = BuiltinLayer(definition, config, "", site, frozen)
    _name(run, layer, frozen)
    give_trainable(run, layer, frozen)
    if run.catchers:
        run.doubt_refusal(arguments_need(frozen))
    run.program.layers.append(layer)
    if found is not None:
        layer.refused = Unknown("Keras refuses these arguments")
        layer.left_out = found.left_out
        for index, (fault, node) in enumerate(found.faults):
            # The first is that of the call; each other one is shown where its argument is written.
            run.raised(fault, site if index == 0 or node is None else Site(site.file, node), layer)
    return layer


def _mended(
    run: Run,
    definition: LayerDef,
    arguments: Arguments,
    spelled: str,
    dialect: int,
    old_forms: bool,
    error: KerasError,
) -> Mended | None:
    """The refused call as it is meant; not where a tensor is given to the class, which is meant to be called on it."""
    values = [given.value for given in (*arguments.positional, *arguments.keywords.values())]
    if run.guarded or any(input_tensors(value) is not None for value in values):
        return None
    if error.kind == "gone-argument":
        found = _of_old(definition, arguments, spelled, error)
        if found is not None:
            return found
    return mended(definition, arguments, spelled, dialect, old_forms, error)


def _of_old(definition: LayerDef, arguments: Arguments, spelled: str, error: KerasError) -> Mended | None:
    """A call in the form of an older Keras, with the meaning that it had there; None where it had none there either."""
    try:
        config = configure(definition, arguments, spelled, 1, True)
    except KerasError:
        return None
    return Mended(Config(config.layer_name, config.values_by_name, config.given, 3), arguments, [(error, None)], [])


def _name(run: Run, layer: Layer, arguments: Arguments) -> None:
    given = arguments.value("name")
    if isinstance(given, str):
        layer.name, layer.named_by_user = given, True
    elif isinstance(given, Unknown):
        layer.name = layer.cls  # a name that is not known
    else:
        layer.name = run.layer_name(layer.cls)


def _merge(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`keras.layers.concatenate([a, b], axis=-1)`."""
    cls = _FUNCTIONAL_MERGES[name.rpartition(".")[2]]
    inputs = arguments.value("inputs", 0)
    keywords = {key: given for key, given in arguments.keywords.items() if key != "inputs"}
    rest = arguments.positional[1:]
    if cls == "Merge":
        keywords = {**dict(zip(_ARGUMENTS_OF_MERGE, rest, strict=False)), **keywords}
        rest = []
    if isinstance(inputs, Tensor) and rest and isinstance(rest[0].value, Tensor):
        layer = make_layer(run, cls, Arguments([], {}), site)
        run.raised(takes_a_list(cls, cls.lower()), site, layer)
        return Tensor(Unknown(REFUSED))
    layer = make_layer(run, cls, Arguments(rest, keywords, open_keywords=arguments.open_keywords), site)
    return call_layer(run, layer, Arguments([Given(inputs)], {}, call=arguments.call), site)


# -- inputs ---------------------------------------------------------------------------------------------------------


def _input(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    layer = make_input(run, "Input", freeze_arguments(run, arguments), site)
    return layer.tensor


def make_input(run: Run, kind: str, arguments: Arguments, site: Site) -> InputLayer:
    """`keras.Input(...)` and `InputLayer(...)`, in the argument forms of all generations."""
    run.reach(site)
    full: Shape | Unknown
    refused: Unknown | None = None
    try:
        if run.project.dialect == 3:
            _check_input(kind, arguments)
        full = _full_shape(run, kind, arguments)
    except KerasError as error:
        run.raised(error, site)
        refused = Unknown("Keras refuses this input")
        full = _meant_shape(run, kind, arguments) or Unknown(REFUSED)
    if not isinstance(full, Unknown):
        notice_order(run, full[1:])
    dtype = arguments.value("dtype", 2)
    given = arguments.value("name")
    layer_name = (
        given if isinstance(given, str) else run.layer_name("input_layer" if run.project.dialect == 3 else "input")
    )
    layer = InputLayer(layer_name, full, _input_dtype(dtype), site)
    layer.arguments, layer.refused = arguments, refused
    layer.named_by_user = isinstance(given, str)
    run.program.layers.append(layer)
    return layer


def _meant_shape(run: Run, kind: str, arguments: Arguments) -> Shape | None:
    """The shape that a refused input is meant to have: with one size as a number, or beside what it does not take."""
    shape = arguments.value("shape", 0)
    if is_size(shape):
        arguments = Arguments([], {**arguments.keywords, "shape": Given((shape,))}, call=arguments.call)
    try:
        full = _full_shape(run, kind, arguments)
    except KerasError:
        return None
    return full if isinstance(full, tuple) else None


def _input_dtype(dtype: Value) -> str | Unknown:
    """The dtype that is asked for, as a text or as a name (`tf.string`)."""
    if isinstance(dtype, Symbol):
        dtype = dtype.name.rpartition(".")[2]
    if dtype is None or isinstance(dtype, (str, Unknown)):
        return "float32" if dtype is None else dtype
    return Unknown("the dtype of an input")


#: The parameters of `keras.Input`; `InputLayer` takes what else is given and looks at the two older names.
_INPUT_PARAMETERS = ("shape", "batch_size", "dtype", "sparse", "batch_shape", "name", "tensor", "optional", "ragged")


def _check_input(kind: str, arguments: Arguments) -> None:
    """Raise KerasError for what Keras 3 refuses of an input."""
    if kind == "Input":
        for name in arguments.keywords:
            if name not in _INPUT_PARAMETERS:
                near = most_like(name, _INPUT_PARAMETERS, 0.75)
                hint = f"; did you mean {near}?" if near else ""
                raise KerasError(f"Input has no argument {name}{hint}", "unknown-argument")
    values = {name: given.value for name, given in arguments.keywords.items()}
    check_base(kind, {"name": values.get("name")})
    dtype = arguments.value("dtype", 2)
    if isinstance(dtype, str) and dtype not in DTYPES:
        raise unknown_name(kind, "data type", dtype, DTYPES)
    shape = arguments.value("shape", 0)
    if not any(one is None or isinstance(one, Unknown) for one in (shape, values.get("batch_shape"))):
        raise KerasError(f"{kind} takes shape or batch_shape, not both", "argument")


def _full_shape(run: Run, kind: str, arguments: Arguments) -> Shape | Unknown:
    """The shape with the batch axis. Raises KerasError."""
    first = "input_shape" if kind == "InputLayer" and "input_shape" in arguments.keywords else "shape"
    shape = arguments.value(first, 0)
    batch_shape = arguments.value("batch_shape", None, arguments.value("batch_input_shape"))
    if batch_shape is not None:
        return checked_shape(run, kind, batch_shape)
    if shape is None:
        if not {"tensor", "input_tensor", "type_spec"} & arguments.keywords.keys() and not arguments.open_keywords:
            raise KerasError(f"{kind} needs a shape", "missing-argument")
        return Unknown("an input without a shape")
    inner = checked_shape(run, kind, (shape,) if is_size(shape) and run.project.dialect < 3 else shape)
    batch = checked_shape(run, kind, (arguments.value("batch_size", 1),))
    if isinstance(inner, Unknown) or isinstance(batch, Unknown):
        return inner if isinstance(inner, Unknown) else batch
    return (*batch, *inner)


def _keras_tensor(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`keras.KerasTensor(shape, dtype="float32")`: a placeholder that no layer made."""
    dtype = arguments.value("dtype", 1, "float32")
    shape = freeze(arguments.value("shape", 0))
    return Tensor(as_shape(shape), dtype if isinstance(dtype, (str, Unknown)) else Unknown("its dtype"))


def _set_policy(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`set_dtype_policy(policy)`, by a name or by an object."""
    given = _note_call(run, name, arguments, site).value("policy", 0)
    if isinstance(given, KerasObject):
        given = given.arguments.value("name", 0)
    run.note(PolicyCall(given if isinstance(given, str) else None, len(run.program.layers), site))
    return None


CONSTRUCTORS: dict[str, Handler] = {
    "keras.KerasTensor": _keras_tensor,
    "keras.Input": _input,
    "keras.Sequential": make_sequential,
    "keras.Model": make_functional,
    "keras.Variable": keras_variable,
    "keras.models.clone_model": clone_model,
    **{f"keras.{module}.load_model": load_model for module in ("models", "saving")},
    **{f"keras.{module}.save_model": save_model for module in ("models", "saving")},
    "tensorflow.saved_model.save": save_model,
    "keras.config.set_dtype_policy": _set_policy,
    "keras.mixed_precision.set_dtype_policy": _set_policy,
    "keras.mixed_precision.set_global_policy": _set_policy,
    "keras.mixed_precision.experimental.set_policy": _set_policy,
}
