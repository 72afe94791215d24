"""A small stand-in for Keras: it builds models of a few layers as Keras does, and records them.

It knows shapes and counts of parameters, and refuses what Keras refuses (a `Refused`, which is a `ValueError` as in
Keras), but computes nothing; a program runs in a fraction of a millisecond. `install` puts it where programs import
`keras` from, `models_of` says what was built. `tests/benchmarks/test_flag_keras.py` compares it with the real one.
"""

from __future__ import annotations

import math
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

#: How the file of the program, and those of other modules of its project, are called in tracebacks.
PROGRAM = "<program>"
MODULE = "<module>"

Shape = tuple["int | None", ...]


class Refused(ValueError):
    """What Keras raises. `row` is where, `at` all rows that were running, `rows` those where a finding may stand."""

    def __init__(self, message: str, layers: tuple[Layer, ...] = ()) -> None:
        super().__init__(message)
        stack = rows_on_stack()
        self.row = stack[0] if stack else None
        self.at = set(stack)
        self.rows = {*stack, *(layer.row for layer in layers if layer.row is not None)}
        _recorder.refusals.append(self)


def rows_on_stack() -> list[int]:
    """The rows of the program that are being executed, innermost first."""
    rows = []
    frame: Any = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename == PROGRAM:
            rows.append(frame.f_lineno)
        frame = frame.f_back
    return rows


def row_of_caller() -> int | None:
    """The row of the program that is being executed; None in another module of its project."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename in (PROGRAM, MODULE):
            return frame.f_lineno if frame.f_code.co_filename == PROGRAM else None
        frame = frame.f_back
    return None


class Recorder:
    """What one run has built so far."""

    def __init__(self) -> None:
        self.models: list[Model] = []
        self.touched: set[int] = set()  # rows at which layers were made or called
        self.refusals: list[Refused] = []


_recorder = Recorder()


def start() -> Recorder:
    """Forget what was built, and record anew."""
    global _recorder
    _recorder = Recorder()
    return _recorder


class Tensor:
    """A symbolic tensor, and the call that it comes from."""

    def __init__(self, shape: Shape, layer: Layer, sources: list[Tensor]) -> None:
        self.shape, self.layer, self.sources = shape, layer, sources


class Layer:
    """A layer: its weights are made by the first call, later ones must fit them."""

    rank: ClassVar[int | None] = None
    min_rank: ClassVar[int | None] = None

    row: int | None

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        made = super().__new__(cls)
        made.row = row_of_caller()
        if made.row is not None:
            _recorder.touched.add(made.row)
        return made

    def __init__(self, name: str | None = None, trainable: bool = True, **kwargs: Any) -> None:
        self.name = name
        self._trainable = trainable
        self.built_for: Shape | None = None
        self.weights = (0, 0)  # numbers that can be trained, and others
        self.shape: Shape | None = None  # of the output of the first call
        self.input_shape_argument = kwargs.get("input_shape") or (
            (kwargs["input_dim"],) if "input_dim" in kwargs else None
        )

    @property
    def cls(self) -> str:
        """The name of its class."""
        return type(self).__name__

    @property
    def trainable(self) -> bool:
        """Whether training changes it."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        if self._trainable is value:
            return  # Keras hands nothing down then
        self._trainable = value
        for layer in self.inner():
            layer.trainable = value

    def inner(self) -> list[Layer]:
        """The layers that one of the program's own keeps in its attributes."""
        return [value for value in self.__dict__.values() if isinstance(value, Layer)]

    def counts(self) -> tuple[int, int]:
        """Its numbers that are trained, and the others."""
        counts = [self.weights, *(layer.counts() for layer in self.inner())]
        own, others = (sum(numbers) for numbers in zip(*counts, strict=True))
        return (own, others) if self.trainable else (0, own + others)

    def __call__(self, given: Any, **kwargs: Any) -> Tensor:
        sources = list(given) if isinstance(given, (list, tuple)) else [given]
        rows = rows_on_stack()
        if rows:
            _recorder.touched.add(rows[0])
        shape = self.apply([source.shape for source in sources])
        if self.shape is None:
            self.shape = shape
        return Tensor(shape, self, sources)

    def apply(self, shapes: list[Shape]) -> Shape:
        """The shape of the output; makes the weights."""
        (shape,) = shapes
        if (called := self.called(shape)) is not None:
            return called
        self.check(shape)
        return self.output(shape)

    def called(self, shape: Shape) -> Shape | None:
        """What the `call` of a class of the program's own gives; None where there is none."""
        call = getattr(self, "call", None)
        return None if call is None else call(Tensor(shape, self, [])).shape  # type: ignore[no-any-return]

    def check(self, shape: Shape) -> None:
        """Refuse an input that does not fit, build for the first one."""
        if self.rank is not None and len(shape) != self.rank:
            raise Refused(f"{self.cls} expects {self.rank} axes, got {shape}", (self,))
        if self.min_rank is not None and len(shape) < self.min_rank:
            raise Refused(f"{self.cls} expects at least {self.min_rank} axes, got {shape}", (self,))
        if self.built_for is None:
            self.output(shape)
            self.weights = self.build(shape)
            self.built_for = shape
        elif self.weights != (0, 0) and self.fixed_axes and shape[-1] != self.built_for[-1]:
            raise Refused(f"{self.cls} was built for {self.built_for}, got {shape}", (self,))

    fixed_axes: ClassVar[bool] = True

    def build(self, shape: Shape) -> tuple[int, int]:
        """How many numbers it makes that can be trained, and how many others."""
        return 0, 0

    def output(self, shape: Shape) -> Shape:
        """The shape of the output."""
        return shape


class InputLayer(Layer):
    def __init__(self, shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shape = (None, *shape)
        self.out = Tensor(self.shape, self, [])


def Input(shape: Any = None, **kwargs: Any) -> Tensor:
    return InputLayer(shape, **kwargs).out


def _positive(layer: Layer, name: str, value: Any) -> int:
    if not isinstance(value, int) or value <= 0:
        raise Refused(f"{layer.cls}: {name} must be positive, got {value!r}", (layer,))
    return value


class Dense(Layer):
    min_rank = 2

    def __init__(self, units: Any, activation: Any = None, use_bias: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units, self.use_bias = _positive(self, "units", units), use_bias

    def build(self, shape: Shape) -> tuple[int, int]:
        return (_size(shape[-1]) + int(self.use_bias)) * self.units, 0

    def output(self, shape: Shape) -> Shape:
        return (*shape[:-1], self.units)


def _size(dim: int | None) -> int:
    assert dim is not None
    return dim


class _Windows(Layer):
    """What a window that moves over two axes leaves of them."""

    rank = 4
    window = stride = 1
    padding = "valid"

    def moved(self, shape: Shape) -> tuple[int, int]:
        sizes = []
        for dim in map(_size, shape[1:3]):
            left = -(-dim // self.stride) if self.padding == "same" else (dim - self.window) // self.stride + 1
            if left <= 0:
                raise Refused(f"{self.cls}: no room for a window of {self.window} in {shape}", (self,))
            sizes.append(left)
        return sizes[0], sizes[1]


class Conv2D(_Windows):
    def __init__(
        self,
        filters: Any,
        kernel_size: int,
        strides: int = 1,
        padding: str = "valid",
        activation: Any = None,
        **kw: Any,
    ) -> None:
        super().__init__(**kw)
        self.filters, self.window, self.stride, self.padding = filters, kernel_size, strides, padding
        _positive(self, "filters", filters)

    def build(self, shape: Shape) -> tuple[int, int]:
        return (self.window**2 * _size(shape[-1]) + 1) * self.filters, 0

    def output(self, shape: Shape) -> Shape:
        return (shape[0], *self.moved(shape), self.filters)


class MaxPooling2D(_Windows):
    def __init__(self, pool_size: int = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.window = self.stride = pool_size

    def output(self, shape: Shape) -> Shape:
        return (shape[0], *self.moved(shape), shape[-1])


class Flatten(Layer):
    min_rank = 1

    def output(self, shape: Shape) -> Shape:
        return shape[0], math.prod(map(_size, shape[1:]))


class Dropout(Layer):
    def __init__(self, rate: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= rate <= 1:
            raise Refused(f"Dropout: rate is {rate}", (self,))


class Activation(Layer):
    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)


class BatchNormalization(Layer):
    def build(self, shape: Shape) -> tuple[int, int]:
        return 2 * _size(shape[-1]), 2 * _size(shape[-1])


class Embedding(Layer):
    fixed_axes = False

    def __init__(self, input_dim: int, output_dim: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows, self.columns = input_dim, output_dim

    def build(self, shape: Shape) -> tuple[int, int]:
        return self.rows * self.columns, 0

    def output(self, shape: Shape) -> Shape:
        return (*shape, self.columns)


class LSTM(Layer):
    rank = 3

    def __init__(self, units: Any, return_sequences: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units, self.return_sequences = _positive(self, "units", units), return_sequences

    def build(self, shape: Shape) -> tuple[int, int]:
        return 4 * self.units * (_size(shape[-1]) + self.units + 1), 0

    def output(self, shape: Shape) -> Shape:
        return (*shape[:2], self.units) if self.return_sequences else (shape[0], self.units)


class GlobalAveragePooling2D(Layer):
    rank = 4

    def output(self, shape: Shape) -> Shape:
        return shape[0], shape[-1]


class GlobalAveragePooling1D(Layer):
    rank = 3

    def output(self, shape: Shape) -> Shape:
        return shape[0], shape[-1]


class Add(Layer):
    def apply(self, shapes: list[Shape]) -> Shape:
        if len(shapes) < 2:
            raise Refused("Add expects at least two inputs", (self,))
        if any(shape != shapes[0] for shape in shapes):
            ones = [shape for shape in shapes if len(shape) == len(shapes[0])]
            if len(ones) < len(shapes):
                return self._broadcast(shapes)
            return self._broadcast(shapes)
        return shapes[0]

    def _broadcast(self, shapes: list[Shape]) -> Shape:
        rank = max(map(len, shapes))
        out: list[int | None] = []
        for axis in range(1, rank):
            sizes = {shape[axis - rank] for shape in shapes if len(shape) - 1 >= rank - axis} - {1}
            if len(sizes) > 1:
                raise Refused(f"Add: {shapes} do not fit", (self,))
            out.append(sizes.pop() if sizes else 1)
        return (None, *out)


class Concatenate(Layer):
    def apply(self, shapes: list[Shape]) -> Shape:
        if any(len(shape) != len(shapes[0]) or shape[:-1] != shapes[0][:-1] for shape in shapes):
            raise Refused(f"Concatenate: {shapes} do not fit", (self,))
        return (*shapes[0][:-1], sum(_size(shape[-1]) for shape in shapes))


class Model(Layer):
    """A functional model; `Sequential` is another kind."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return super().__new__(Functional if cls is Model else cls)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.broken = False  # whether a layer of it was refused
        _recorder.models.append(self)

    own_ends: tuple[list[Shape], list[Shape]] | None = None  # of a class of the program's own, by its first call

    def apply(self, shapes: list[Shape]) -> Shape:
        (shape,) = shapes
        try:
            called = self.called(shape)
        except Refused:
            self.broken = True
            raise
        assert called is not None
        if self.own_ends is None:
            self.own_ends = [shape], [called]
        return called

    @property
    def layers(self) -> list[Layer]:
        """As Keras lists them."""
        return self.inner()

    def parts(self) -> list[Layer]:
        """What `trainable` is passed on to."""
        return self.layers

    @property
    def trainable(self) -> bool:
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        if self._trainable is value:
            return  # Keras hands nothing down then
        self._trainable = value
        for layer in self.parts():
            layer.trainable = value

    def counts(self) -> tuple[int, int]:
        counts = [layer.counts() for layer in self.layers]
        trained, others = sum(own for own, _ in counts), sum(other for _, other in counts)
        return (trained, others) if self.trainable else (0, trained + others)

    def count_params(self) -> int:
        return sum(self.counts())

    def compile(self, *args: Any, **kwargs: Any) -> None:
        pass

    def summary(self, *args: Any, **kwargs: Any) -> None:
        pass

    def ends(self) -> tuple[list[Shape], list[Shape]] | None:
        """The shapes of its inputs and outputs; None before it has any."""
        return self.own_ends


class Functional(Model):
    def __init__(self, inputs: Any, outputs: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ins = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
        self.outs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
        if not all(isinstance(tensor, Tensor) for tensor in self.ins + self.outs):
            self.broken, self.ins, self.outs = True, [], []
            raise Refused("a model is made of tensors", (self,))
        self._layers: dict[Layer, None] = {tensor.layer: None for tensor in self.ins}
        self._walk(self.outs, set())
        self.shape = self.outs[0].shape

    def _walk(self, tensors: list[Tensor], seen: set[int]) -> None:
        for tensor in tensors:
            if id(tensor) in seen or tensor in self.ins:
                continue
            seen.add(id(tensor))
            if isinstance(tensor.layer, InputLayer):
                self.broken = True
                raise Refused("an input of the graph is not among `inputs`", (tensor.layer,))
            self._walk(tensor.sources, seen)
            self._layers[tensor.layer] = None

    @property
    def layers(self) -> list[Layer]:
        return list(self._layers) if not self.broken else []

    def ends(self) -> tuple[list[Shape], list[Shape]] | None:
        if self.broken:
            return None
        return [tensor.shape for tensor in self.ins], [tensor.shape for tensor in self.outs]

    def apply(self, shapes: list[Shape]) -> Shape:
        known: dict[int, Shape] = {id(tensor): shape for tensor, shape in zip(self.ins, shapes, strict=True)}
        for tensor, shape in zip(self.ins, shapes, strict=True):
            if len(tensor.shape) != len(shape):
                raise Refused(f"the model expects {tensor.shape}, got {shape}", (self,))

        def shape_of(tensor: Tensor) -> Shape:
            if id(tensor) not in known:
                known[id(tensor)] = tensor.layer.apply([shape_of(source) for source in tensor.sources])
            return known[id(tensor)]

        return shape_of(self.outs[0])


class Sequential(Model):
    def __init__(self, layers: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._layers: list[Layer] = []
        self._ends: tuple[list[Shape], list[Shape]] | None = None
        if layers:
            for layer in layers:
                self._append(layer)
            self._rebuild()

    def _append(self, layer: Any) -> None:
        if not self._layers and isinstance(layer, Layer) and layer.input_shape_argument is not None:
            self._layers.append(InputLayer(layer.input_shape_argument))
        if isinstance(layer, Tensor) and isinstance(layer.layer, InputLayer):
            layer = layer.layer
        if not isinstance(layer, Layer):
            raise Refused(f"{layer!r} is no layer", (self,))
        if layer in self._layers:
            raise Refused("a layer is added twice", (self, layer))
        if isinstance(layer, InputLayer) and self._layers and isinstance(self._layers[0], InputLayer):
            raise Refused("a second input", (self, layer))
        self._layers.append(layer)

    def add(self, layer: Any) -> None:
        self._append(layer)
        self._rebuild()

    def pop(self) -> Layer:
        layer = self._layers.pop()
        self._rebuild()
        return layer

    def _rebuild(self) -> None:
        self._ends = None
        first = self._layers[0]
        if len(self._layers) < 2:
            return
        if not isinstance(first, InputLayer):
            ends = first.ends() if isinstance(first, Model) else None
            if ends is None:
                return
            self._layers.insert(0, InputLayer(ends[0][0][1:]))
            first = self._layers[0]
        assert first.shape is not None
        tensor = Tensor(first.shape, first, [])
        for layer in self._layers[1:]:
            try:
                tensor = layer(tensor)
            except Refused:
                self.broken = True
                raise
        self._ends = [first.shape], [tensor.shape]
        self.shape = tensor.shape

    @property
    def layers(self) -> list[Layer]:
        return self._layers[1:] if self._layers and isinstance(self._layers[0], InputLayer) else self._layers[:]

    def parts(self) -> list[Layer]:
        return self._layers

    def ends(self) -> tuple[list[Shape], list[Shape]] | None:
        return self._ends

    def apply(self, shapes: list[Shape]) -> Shape:
        (shape,) = shapes
        if self._ends is not None and len(shape) != len(self._ends[0][0]):
            raise Refused(f"the model expects {self._ends[0][0]}, got {shape}", (self,))
        for layer in self.layers:
            shape = layer.apply([shape])
        return shape


# -- what was built -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A layer of a model."""

    cls: str
    row: int | None
    shape: Any
    params: Any
    trainable: bool | None


@dataclass(frozen=True)
class Answer:
    """A model, comparable: the layers of a functional one are in no order that counts."""

    cls: str
    input_shape: Any
    output_shape: Any
    total: Any
    trainable: Any
    layers: tuple[Row, ...]


def answer(cls: str, inputs: Any, outputs: Any, total: Any, trainable: Any, layers: list[Row]) -> Answer:
    """Bring a model into its comparable form."""
    rows = [row if row.cls != "InputLayer" else Row(row.cls, row.row, row.shape, 0, None) for row in layers]
    if cls != "Sequential":
        rows.sort(key=repr)
    return Answer(cls, inputs, outputs, total, trainable, tuple(rows))


def one_or_many(shapes: Any) -> Any:
    """A shape, or several, as tuples."""
    shapes = [tuple(shape) for shape in shapes]
    return shapes[0] if len(shapes) == 1 else tuple(shapes)


def answer_of(model: Model) -> Answer:
    """What the stand-in has built."""
    ends = model.ends()
    trained, others = model.counts()
    layers = [Row(layer.cls, layer.row, layer.shape, sum(layer.counts()), layer.trainable) for layer in model.layers]
    if ends is None:
        layers = [Row(row.cls, row.row, None, None, row.trainable) for row in layers]
        return answer(model.cls, None, None, None, None, layers)
    return answer(model.cls, one_or_many(ends[0]), one_or_many(ends[1]), trained + others, trained, layers)


# -- putting it in the place of Keras -------------------------------------------------------------------------------

_LAYERS: tuple[Callable[..., Any], ...] = (
    Dense, Conv2D, MaxPooling2D, Flatten, Dropout, Activation, BatchNormalization, Embedding, LSTM,
    GlobalAveragePooling1D, GlobalAveragePooling2D, Add, Concatenate, Input, InputLayer, Layer,
)  # fmt: skip


def _module(name: str, **contents: Any) -> types.ModuleType:
    module = types.ModuleType(name)
    module.__dict__.update(contents)
    return module


def modules() -> dict[str, types.ModuleType]:
    """The modules that stand for Keras, by their names."""
    layers = _module("keras.layers", **{one.__name__: one for one in _LAYERS})
    models = _module("keras.models", Sequential=Sequential, Model=Model)
    keras = _module("keras", layers=layers, models=models, Sequential=Sequential, Model=Model, Input=Input)
    return {"keras": keras, "keras.layers": layers, "keras.models": models}


_MODULES = modules()


@contextmanager
def in_place(others: dict[str, Any]) -> Iterator[None]:
    """Let imports find the stand-in and these other modules; None for one that is not installed."""
    put = {**_MODULES, **others}
    before = {name: sys.modules.get(name, ...) for name in put}
    sys.modules.update(put)
    try:
        yield
    finally:
        for name, module in before.items():
            if module is ...:
                del sys.modules[name]
            else:
                sys.modules[name] = module  # type: ignore[assignment]
