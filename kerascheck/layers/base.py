"""The form of a layer definition, and how the arguments of a call become a layer's configuration.

To add a layer, write a subclass of `LayerDef` (usually `SingleInput` or `MultiInput`) in the module of its family:
its Keras signature as text, its weights, its output shape. It is found by its class attribute `name`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, Literal, TypeAlias

from kerascheck.layers.values import describe_wrong
from kerascheck.network.dims import (
    MAX_SIZE,
    Dim,
    Int,
    Shape,
    SymDim,
    definitely_different,
    format_shape,
    is_number,
    size_of,
)
from kerascheck.network.ir import Layer, Weight
from kerascheck.symbolic.journal import Cells
from kerascheck.symbolic.unknown import KerasError, Symbol, Undetermined, Unknown

#: The weights and the output shapes that a layer has for some input shapes.
Inferred: TypeAlias = tuple[list[Weight], list[Shape]]


def _is_parameter(value: Unknown) -> bool:
    """Whether it is a parameter of a function that nobody calls: one size or one for each axis, called by its name."""
    return isinstance(value.key, tuple) and value.key[:1] == ("param",)


class Config(Mapping[str, Any]):
    """The configuration of one layer: Keras 3 parameter names to values, defaults filled in.

    The readers below convert and check as Keras does: they raise `KerasError` for what Keras refuses and
    `Undetermined` for what is not known.
    """

    __slots__ = ("dialect", "given", "layer_name", "plain", "values_by_name")

    def __init__(self, layer_name: str, values: dict[str, Any], given: frozenset[str], dialect: int = 3) -> None:
        self.layer_name = layer_name
        self.values_by_name: dict[str, Any] = Cells(values)
        self.given = given  # the names that the source gives
        self.dialect = dialect  # the Keras generation the file is written for: 1, 2 or 3
        #: What layers with this same configuration of plain values gave, by input shapes; None where it holds others.
        self.plain: dict[tuple[Shape, ...], Inferred] | None = None

    def __getitem__(self, name: str) -> Any:
        return self.values_by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_name)

    def __len__(self) -> int:
        return len(self.values_by_name)

    # The base class would raise and catch a KeyError for these two.

    def __contains__(self, name: object) -> bool:
        return name in self.values_by_name

    def get(self, name: str, default: Any = None) -> Any:
        """The raw value, or the default where there is none."""
        return self.values_by_name.get(name, default)

    def change(self, name: str, value: Any) -> None:
        """Give a parameter another value than the source does."""
        self.values_by_name[name] = value
        self.plain = None

    def known(self, name: str) -> Any:
        """The raw value. Raises Undetermined where it is Unknown."""
        value = self.values_by_name.get(name)
        if isinstance(value, Unknown):
            raise Undetermined(value.reason)
        return value

    def dim(self, name: str) -> Int:
        """A size: an int or a symbolic one. An Unknown with a text becomes the symbolic size of that text."""
        return self.as_dim(name, self.values_by_name.get(name))

    def as_dim(self, name: str, value: Any) -> Int:
        """Convert one value as `dim` does; `name` is for the message."""
        if isinstance(value, int):
            if abs(value) >= MAX_SIZE:
                raise Undetermined(f"{name} is larger than any tensor")
            return int(value)  # one of numpy would compute as numpy does
        if isinstance(value, SymDim):
            return value
        is_size = isinstance(value, float) and abs(value) < MAX_SIZE
        was_size = is_size and (value.is_integer() or self.layer_name == "Dense")  # before Keras 3
        if was_size and self.dialect < 3:
            return int(value)
        if isinstance(value, Unknown):
            size = size_of(value)
            if size is not None:
                return size
            raise Undetermined(value.reason)
        raise self._refusal("an integer", name, value, only_keras_3=was_size)

    def _refusal(self, expected: str, name: str, value: Any, only_keras_3: bool = False) -> KerasError | Undetermined:
        """What to raise for a value of a wrong type: only what surely is no such value is wrong."""
        found = describe_wrong(self.layer_name, value)
        if found is None:
            return Undetermined(f"{name} of {self.layer_name}")
        message = f"{self.layer_name} expects {expected} for {name}, got {found}"
        return KerasError(message, "argument", only_keras_3)

    def dims(self, name: str, rank: int) -> tuple[Int, ...]:
        """A size per axis; one number stands for all axes. An Unknown with a text may be either: sizes of that text."""
        value = self.values_by_name.get(name)
        if isinstance(value, Unknown) and not (is_number(value) or _is_parameter(value)):
            raise Undetermined(value.reason)  # it may be a tuple
        if isinstance(value, Unknown):
            size = self.as_dim(name, value)
            if isinstance(size, SymDim):
                return tuple(SymDim.named(str(size), ("axis", size, axis)) for axis in range(rank))
            return (size,) * rank
        if isinstance(value, (tuple, list)):
            if len(value) != rank:
                raise KerasError(
                    f"{self.layer_name} expects {name} to be an integer or {rank} integers, got {tuple(value)!r}",
                    "argument",
                )
            return tuple(self.as_dim(name, v) for v in value)
        return (self.as_dim(name, value),) * rank

    def integer(self, name: str) -> int:
        """An integer that is known (an axis, a rank)."""
        value = self.known(name)
        if isinstance(value, SymDim):
            raise Undetermined(f"{name} of {self.layer_name}")
        if isinstance(value, int):
            return int(value)
        raise self._refusal("an integer", name, value)

    def integers(self, name: str) -> tuple[int, ...]:
        """Integers that are known; one number stands for a tuple of one."""
        value = self.known(name)
        if not isinstance(value, (tuple, list)):
            return (self.integer(name),)
        found: list[int] = []
        for item in value:
            if isinstance(item, Unknown):
                raise Undetermined(item.reason)
            if isinstance(item, SymDim):
                raise Undetermined(f"{name} of {self.layer_name}")
            if not isinstance(item, int):
                raise self._refusal("integers", name, item)
            found.append(int(item))
        return tuple(found)

    def text(self, name: str) -> str:
        """A string option. Raises Undetermined where it is not known, KerasError where it is no string."""
        value = self.known(name)
        if not isinstance(value, str):
            raise self._refusal("a string", name, value)
        return value

    def flag(self, name: str) -> bool:
        """A truth value."""
        value = self.known(name)
        if value is None or isinstance(value, (bool, int, str, float, tuple, list, dict)):
            return bool(value)
        raise Undetermined(f"{name} of {self.layer_name}")

    def number(self, name: str) -> float:
        """A float or an int that is known."""
        value = self.known(name)
        if isinstance(value, (int, float)):
            return value
        raise self._refusal("a number", name, value)

    def layer(self, name: str) -> Layer:
        """A layer given as an argument."""
        value = self.known(name)
        if isinstance(value, Layer):
            return value
        raise self._refusal("a layer", name, value)


class LayerDef:
    """One built-in layer class."""

    #: The class name in Keras 3.
    name: ClassVar[str] = ""
    #: Its parameters with defaults, as in the signature of its `__init__` without self and **kwargs.
    signature: ClassVar[str] = ""
    #: Names Keras 1 and 2 used for the class (`Convolution2D`).
    old_names: ClassVar[tuple[str, ...]] = ()
    #: Names Keras 1 and 2 used for the parameters, with the Keras 3 name.
    old_parameters: ClassVar[Mapping[str, str]] = {}
    #: Those of the old names that Keras 3 still takes.
    kept_parameters: ClassVar[frozenset[str]] = frozenset()
    #: Parameters that Keras 1 or 2 had and that no longer mean anything; ignored in programs of those generations.
    removed_parameters: ClassVar[frozenset[str]] = frozenset()
    #: The defaults that required parameters had before Keras 3.
    old_defaults: ClassVar[Mapping[str, Any]] = {}
    #: Keyword arguments every layer takes (the base class of Keras's layers reads them).
    base_parameters: ClassVar[frozenset[str]] = frozenset(
        {
            "name", "dtype", "trainable", "autocast", "activity_regularizer", "input_shape", "input_dim",
        }
    )  # fmt: skip
    #: Keyword arguments every layer took before Keras 3, and what to write now.
    old_base_parameters: ClassVar[Mapping[str, str]] = {
        "batch_input_shape": "begin the model with keras.Input(batch_shape=...)",
        "batch_shape": "pass it to keras.Input",
        "batch_size": "pass it to keras.Input",
        "input_dtype": "pass it to keras.Input as dtype",
        "input_length": "the layer reads the length from its input",
        "weights": "call set_weights on the built layer",
        "dynamic": "leave it out",
    }
    #: Required rank of each input, or the least (both count the batch axis).
    ndim: ClassVar[int | None] = None
    min_ndim: ClassVar[int | None] = None
    #: Whether a built layer refuses inputs of another rank than that of its first.
    keeps_rank: ClassVar[bool] = False
    #: Whether it may be called on numbers, texts and lists of them, as a preparation of data outside a model.
    takes_values: ClassVar[bool] = False
    #: How many tensors the layer is called on one after the other (`layer(query, value, key)`).
    call_tensors: ClassVar[int] = 1
    #: What `call` names the inputs behind the first.
    further_inputs: ClassVar[tuple[str, ...]] = ()
    #: Whether it refuses them in a list.
    one_by_one: ClassVar[bool] = False
    #: Where its variables belong to layers inside that its arguments do not show: from when on there are these layers.
    inner_layers: ClassVar[Literal["made", "built"] | None] = None
    #: Whether its output is the memory of its input under another shape.
    is_view: ClassVar[bool] = False
    #: Whether Keras finds a wrong rank also where a wrapper builds the layer without calling it.
    checks_rank_at_build: ClassVar[bool] = False

    def upgrade(self, positional: list[Any], keywords: dict[str, Any], spelled: str, dialect: int) -> None:
        """Rewrite Keras 1/2 argument forms in place (`Convolution2D(32, 3, 3)`); renames are done already."""

    def validate(self, c: Config) -> None:
        """Raise KerasError for arguments that the constructor refuses."""

    def check_inputs(self, c: Config, shapes: Sequence[Shape]) -> None:
        """Raise KerasError for inputs that the layer refuses; by default checks the ranks."""
        if not shapes:
            raise KerasError(f"{self.name} needs an input", "input-count")
        for shape in shapes:
            if not shape:
                raise Undetermined(f"{self.name} on a scalar")
            if self.ndim is not None and len(shape) != self.ndim:
                raise KerasError(
                    f"{self.name} expects inputs of rank {self.ndim}, found rank {len(shape)}: {format_shape(shape)}",
                    "rank",
                )
            if self.min_ndim is not None and len(shape) < self.min_ndim:
                raise KerasError(
                    f"{self.name} expects inputs of rank {self.min_ndim} or more, "
                    f"found rank {len(shape)}: {format_shape(shape)}",
                    "rank",
                )

    @property
    def has_weights(self) -> bool:
        """Whether the layer may have variables, and so must be built."""
        return type(self).weights_for is not LayerDef.weights_for

    def weights_for(self, c: Config, shapes: Sequence[Shape]) -> list[Weight]:
        """The variables that building on these inputs creates (those of `weight_holders` not included)."""
        return []

    def outputs_for(self, c: Config, shapes: Sequence[Shape]) -> list[Shape]:
        """The output shapes for these input shapes."""
        raise Undetermined(f"what {self.name} does is not known")

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        """How many products it adds up when it is called on these inputs: those of matrices, kernels and their kin.

        What is done number by number (biases, activations, scaling, pooling) is not counted. A layer that has a kernel
        must say it. Raises Undetermined where it is not known.
        """
        for weight in self.weights_for(c, shapes):
            if len(weight.shape) > 1:
                raise Undetermined(f"the multiply-adds of {self.name} are not known")
        return 0

    def outputs_at_run_time(self, c: Config, shapes: Sequence[Shape], outputs: list[Shape]) -> list[Shape]:
        """The output shapes with sizes that Keras leaves open though the inputs tell them."""
        return outputs

    def kept_values(self, c: Config, shapes: Sequence[Shape]) -> Int:
        """How many numbers it keeps until its gradients are worked out, besides its outputs."""
        return 0

    def output_dtype(self, c: Config, dtype: str | Unknown) -> str | Unknown:
        """The dtype of the outputs for an input of this dtype."""
        return compute_dtype(c)

    def entry_dtype(self, c: Config) -> str | Unknown:
        """The dtype of the Input that a Sequential puts before this layer: `compute_dtype` in Keras."""
        return compute_dtype(c)

    def weight_holders(self, c: Config) -> Sequence[Layer]:
        """Layers in the configuration whose variables belong to this one (wrappers)."""
        return ()

    def copied(self, c: Config) -> Layer | None:
        """The layer in the configuration that it makes copies of: the variables are those of the copies."""
        return None


def compute_dtype(c: Config) -> str | Unknown:
    """The dtype that a layer computes in."""
    policy = c.get("dtype")
    if policy is None:
        return "float32"
    if not isinstance(policy, str):
        return policy if isinstance(policy, Unknown) else Unknown(f"dtype of {c.layer_name}")
    return policy.removeprefix("mixed_").rpartition("_from_")[2].removeprefix("mixed_")


def passed_dtype(c: Config, dtype: str | Unknown) -> str | Unknown:
    """The dtype of what a layer hands on as it is: floats are cast first, where the layer casts its inputs."""
    if isinstance(dtype, Unknown) or "float" not in dtype or c.get("autocast") is False:
        return dtype
    return compute_dtype(c)


class SingleInput(LayerDef):
    """A layer of one input and one output: write `weights` and `output`."""

    def check_inputs(self, c: Config, shapes: Sequence[Shape]) -> None:
        if len(shapes) != 1:
            raise KerasError(f"{self.name} takes one input, but is called on {len(shapes)}", "input-count")
        super().check_inputs(c, shapes)

    @property
    def has_weights(self) -> bool:
        return type(self).weights is not SingleInput.weights

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        """The variables that building on this input creates."""
        return []

    def output(self, c: Config, shape: Shape) -> Shape:
        """The output shape for this input shape; by default the same."""
        return shape

    def weights_for(self, c: Config, shapes: Sequence[Shape]) -> list[Weight]:
        return self.weights(c, shapes[0])

    def outputs_for(self, c: Config, shapes: Sequence[Shape]) -> list[Shape]:
        return [self.output(c, shapes[0])]


class MultiInput(LayerDef):
    """A layer of a list of inputs and one output: write `output`."""

    def output(self, c: Config, shapes: Sequence[Shape]) -> Shape:
        """The output shape for these input shapes."""
        raise Undetermined(f"what {self.name} does is not known")

    def outputs_for(self, c: Config, shapes: Sequence[Shape]) -> list[Shape]:
        return [self.output(c, shapes)]


@cache
def parse_signature(signature: str) -> tuple[tuple[str, ...], Mapping[str, Any], frozenset[str]]:
    """Parameter names in order, defaults, and all names that may be given by keyword."""
    function = ast.parse(f"def f({signature}): pass").body[0]
    assert isinstance(function, ast.FunctionDef)
    args = function.args
    names = tuple(a.arg for a in args.args)
    defaults: dict[str, Any] = {}
    for name, node in zip(names[len(names) - len(args.defaults) :], args.defaults, strict=True):
        defaults[name] = ast.literal_eval(node)
    for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        if default is not None:
            defaults[arg.arg] = ast.literal_eval(default)
    return names, defaults, frozenset((*names, *defaults))


def activation_name(value: Any) -> str | Unknown:
    """The standard name of an activation argument: `relu`, `linear` for None, Unknown for what is not known.

    A function of the program has no standard name and gives Unknown.
    """
    if value is None:
        return "linear"
    if isinstance(value, str):
        return value.lower()
    if isinstance(value, Symbol):
        parts = value.name.split(".")
        if parts[:-1] in (["keras", "activations"], ["tensorflow", "nn"], ["tensorflow", "keras", "activations"]) or (
            parts[:2] == ["keras", "ops"]
        ):
            return parts[-1]
        if value.name in ("tensorflow.tanh", "tensorflow.sigmoid"):
            return parts[-1]
    if isinstance(value, Layer):
        config = getattr(value, "config", {})
        if value.cls == "Activation" and "activation" in config:
            return activation_name(config["activation"])
        return _ACTIVATION_LAYERS.get(value.cls, Unknown(f"layer {value.cls} as activation"))
    if isinstance(value, Unknown):
        return value
    return Unknown("an activation function of the program")


_ACTIVATION_LAYERS = {
    "ReLU": "relu",
    "LeakyReLU": "leaky_relu",
    "PReLU": "prelu",
    "ELU": "elu",
    "Softmax": "softmax",
    "ThresholdedReLU": "thresholded_relu",
}


def same_or_none(a: Dim, b: Dim) -> bool:
    """Whether two sizes may be equal (Keras lets `None` match anything)."""
    return not definitely_different(a, b)
