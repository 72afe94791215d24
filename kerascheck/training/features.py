"""What is given to a training call, and what the model makes of the features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kerascheck.data.array import Array, is_integer, is_text, split_dtype
from kerascheck.data.operators import TOLIST
from kerascheck.data.training import Raw, argument
from kerascheck.machine.values import FunctionValue
from kerascheck.network.dims import Dim, Shape, definitely_different
from kerascheck.network.ir import Site, Tensor
from kerascheck.network.program import Raised
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown
from kerascheck.training import explain
from kerascheck.training.content import JUDGES
from kerascheck.training.inputs import FLOATS_ONLY, NO_LISTS, arranged, fed_shape, forward
from kerascheck.training.shapes import BATCH
from kerascheck.training.structures import leaves, tupled

if TYPE_CHECKING:
    from kerascheck.training.session import Session


@dataclass(frozen=True)
class Listed:
    """Python numbers or texts in a list, which Keras takes for a structure of arrays."""

    value: Any
    is_text: bool = False


@dataclass(frozen=True)
class Uncalled:
    """A function of the program in place of what it gives."""

    name: str


@dataclass(frozen=True)
class Out:
    """One output of the model: its tensor and its shape for this data."""

    tensor: Tensor
    shape: Shape | Unknown


def read(value: Any) -> Any:
    """Data as Keras sees it: containers of arrays, of None, of Listed and of what is not known."""
    if isinstance(value, Unknown) and isinstance(value.key, tuple) and value.key[:1] == (TOLIST,):
        return Listed(value)
    if isinstance(value, Unknown) and isinstance(value.key, tuple) and _is_of_data(value.key):
        return Array((), Unknown(value.reason))
    if isinstance(value, Array) and value.kind == "frame" and _has_text(value):
        value = value.snapshot()
        value.dtype = "object"
    if value is None or isinstance(value, (Array, Unknown)):
        return value
    if isinstance(value, Tensor):
        return Array(value.shape, value.dtype, kind="tensor")
    if isinstance(value, dict):
        return {key: read(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        if value and all(map(_is_number, value)):
            return Listed(value)
        if value and all(isinstance(item, str) for item in value):
            return Listed(value, is_text=True)
        return type(value)(map(read, value))
    if isinstance(value, FunctionValue) and value.owner is None and not getattr(value.node, "decorators", ()):
        return Uncalled(value.name)
    return Unknown("data that is not known")


def _has_text(frame: Array) -> bool:
    """Whether a column of a frame surely holds texts."""
    series = frame.labels.series if frame.labels is not None else {}
    own = series if frame.columns is None else {label: series[label] for label in frame.columns if label in series}
    return any(dtype in ("str", "object") for dtype, _ in own.values())


def _is_of_data(key: tuple[Any, ...]) -> bool:
    """Whether the identity is that of a single number of an array (`Array.number`)."""
    if key[:2] == ("call", "int") and isinstance(key[2], tuple):
        key = key[2]
    return key[:1] == ("number",)


def _is_number(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return bool(value) and all(map(_is_number, value))
    return isinstance(value, (bool, int, float))


class Features:
    """What is given to a training call, and what the model makes of the features."""

    def __init__(self, session: Session, raw: Raw, name: str, x_site: Site, y_site: Site, batch_size: Any) -> None:
        self.session = session
        self.call = session.call
        self.name = name
        self.is_validation = name == "validation_data"
        self.x_site, self.y_site = x_site, y_site
        self.stream = raw.stream
        self.x, self.y, self.weights = (self._structure(part) for part in raw[:3])
        self.batch_size = batch_size
        #: Whether Keras surely takes single samples for batches.
        self.single = raw.stream is not None and raw.stream.batched is False

    def _structure(self, value: Any) -> Any:
        found = read(value)
        return found if self.session.on_batch else tupled(found)

    # -- arrays -------------------------------------------------------------------------------------------------

    def _check_arrays(self) -> bool:
        """Whether everything given may be arrays: a Python list of numbers is none to Keras 3."""
        if self.stream is not None:
            return True
        if isinstance(self.x, Uncalled):
            self.session.report("input-structure", explain.uncalled(self._label("x"), self.x.name), self.x_site)
            return False
        fine = True
        for part, label, site in ((self.x, "x", self.x_site), (self.y, "y", self.y_site)):
            lists = [leaf for leaf in leaves(part) if isinstance(leaf, Listed)]
            if lists:
                fine = False
                if self.call.dialect == 3:
                    message = explain.plain_list(self._label(label), lists[0].is_text)
                    self.session.report("input-structure", message, site)
        return fine

    def _label(self, part: str) -> str:
        return f"'{part}' of validation_data" if self.is_validation else f"'{part}'"

    def _check_counts(self) -> None:
        """The data adapter wants as many samples in every array.

        The methods for single batches have none, but a model of one output must bring its inputs together.
        """
        if self.stream is not None or (self.session.on_batch and len(self.call.outputs) != 1):
            return
        counts: list[tuple[str, Dim]] = []
        parts = ((self.x, "x"), (self.y, "y"), (self.weights, "sample_weight"))
        for part, label in parts[:1] if self.session.on_batch else parts:
            shapes = [leaf.shape for leaf in leaves(part) if isinstance(leaf, Array)]
            counts += [(label, shape[0]) for shape in shapes if isinstance(shape, tuple) and shape]
            if () in shapes:
                self.session.report("samples", explain.no_samples(self._label(label)), self._part_site(label))
        for label, count in counts[1:]:
            if definitely_different(counts[0][1], count):
                message = explain.sample_counts(counts[0], (label, count), self.is_validation)
                # A split cuts all arrays at the length of the first: samples beyond that are lost without a word.
                difference: Any = count - counts[0][1]  # type: ignore[operator]
                refused = self._split() is None or not (isinstance(difference, int) and difference > 0)
                self.session.report("samples", message, self._part_site(label), refused)
                if refused:
                    return
        split, count = self._split(), counts[0][1] if counts else None
        if isinstance(split, float) and isinstance(count, int) and int(count * (1 - split)) in (0, count):
            site = self.session.site_of("validation_split")
            self.session.report("samples", explain.empty_split(count, split), site)

    def _part_site(self, label: str) -> Site:
        if label == "sample_weight" and not self.is_validation:
            return self.session.site_of("sample_weight")
        return self.x_site if label == "x" else self.y_site

    def _split(self) -> float | Unknown | None:
        """The share of the data that is split off to validate with; None where none is."""
        if self.call.method != "fit" or self.is_validation:
            return None
        split = argument(self.call.arguments, "validation_split")
        if not split or argument(self.call.arguments, "validation_data") is not None:
            return None
        return split if isinstance(split, float) and 0 < split < 1 else Unknown("validation_split")

    # -- features -----------------------------------------------------------------------------------------------

    def _outputs(self) -> list[Shape | Unknown]:
        """The shapes of the outputs, with the batch axis first; what the features show is reported on the way."""
        call = self.call
        declared = [_with_batch(tensor.shape) for tensor in call.outputs]
        if self.single:
            declared = [
                tensor.shape if call.network.kind == "subclass" else Unknown("a batch") for tensor in call.outputs
            ]
        self._check_emptiness()
        if call.refusal is not None and all(isinstance(leaf, Array) for leaf in leaves(self.x)):
            if not self.is_validation:  # which has not run through the layers
                self._report_refusal(call.refusal)
            return [Unknown("a layer refuses the data")] * len(declared)
        if call.network.is_sequential and isinstance(self.x, (list, tuple)):
            self._check_list(self.x)
        if not call.inputs or call.network.open is not None:
            return declared
        try:
            flat = leaves(self.x) if call.network.kind == "subclass" else arranged(call, self.x)
        except KerasError as error:
            if self._all_known(self.x):
                self.session.report("input-structure", f"{self._label('x')}: {error.message}", self.x_site)
            return declared
        except Undetermined:
            return declared
        fed = [self._feed(tensor, leaf) for tensor, leaf in zip(call.inputs, flat, strict=False)]
        shapes = [(shape[0] if self.session.on_batch or self.single else BATCH, *shape[1:]) for shape in fed if shape]
        if len(shapes) < len(call.inputs):
            return declared
        self._check_fixed_batch()
        self._check_indices(flat)
        self._check_dtypes(flat)
        try:
            return self._passed(shapes)
        except KerasError as error:
            given = flat[0].shape
            message = explain.refused(self._label("x"), given, call.inputs[0].shape, error.message)
            self.session.report("input-shape", message, self.x_site)
            return declared
        except Undetermined:
            return declared

    def _check_fixed_batch(self) -> None:
        """A stateful layer keeps a state for each sample of a batch: all batches must be as large as it was built for.

        What runs in between may tell: `reset_states` does not change the size.
        """
        declared = self.call.inputs[0].shape
        fixed = declared[0] if isinstance(declared, tuple) and declared else None
        if not isinstance(fixed, int) or not self._is_stateful():
            return
        sizes = [size for size in self._batch_sizes() if isinstance(size, int) and size != fixed]
        if sizes:
            message = explain.stateful(self._label("x"), fixed, sizes[0], self._sample_count())
            self.session.report("fixed-batch", message, self.x_site)

    def _is_stateful(self) -> bool:
        return any(
            layer.config.get("stateful") is True and layer.unknown is None
            for node in self.call.nodes
            for layer in (node.layer, *node.layer.sublayers())
        )

    def _sample_count(self) -> int | None:
        """How many samples the arrays have, where they are cut into batches."""
        first = next((leaf for leaf in leaves(self.x) if isinstance(leaf, Array)), None)
        if self.stream is not None or first is None or not isinstance(first.shape, tuple):
            return None
        return first.shape[0] if isinstance(first.shape[0], int) else None

    def _check_emptiness(self) -> None:
        """Samples without numbers: TensorFlow on a CPU even dies of a product over nothing."""
        for leaf in leaves(self.x):
            if isinstance(leaf, Array) and isinstance(leaf.shape, tuple) and 0 in leaf.shape[1:]:
                dies = any(node.layer.cls == "Dense" for node in self.call.nodes[:1])
                self.session.report("input-shape", explain.empty(self._label("x"), leaf.shape), self.x_site, dies)

    def _passed(self, shapes: list[Shape]) -> list[Shape | Unknown]:
        """What the model gives for inputs of these shapes; the same for all calls. Raises KerasError, Undetermined."""
        key = (tuple(map(id, self.call.outputs)), tuple(shapes))
        known = self.session.passes.get(key)
        if known is None:
            try:
                known = forward(self.call, shapes)
            except (KerasError, Undetermined) as error:
                known = error
            self.session.passes[key] = known
        if isinstance(known, Exception):
            raise known
        return known

    def _check_list(self, x: list[Any] | tuple[Any, ...]) -> None:
        """A Sequential takes one array: the first of a list if it knows its input, and no list else."""
        call, layers = self.call, self.call.network.layers
        if call.inputs and len(x) > 1:
            message = (
                f"{self._label('x')}: a Sequential takes one array, the other {len(x) - 1} in the list are ignored"
            )
            self.session.report("input-structure", message, self.x_site, refused=False)
        elif (
            not call.inputs and call.network.open is None and layers and layers[0].cls in NO_LISTS and call.dialect == 3
        ):
            message = (
                f"{self._label('x')} is a list, but a Sequential that does not begin with an Input takes one array"
            )
            self.session.report("input-structure", message, self.x_site)

    def _all_known(self, part: Any) -> bool:
        return not any(isinstance(leaf, Unknown) for leaf in leaves(part))

    def _feed(self, tensor: Tensor, leaf: Any) -> Shape | None:
        """The shape that reaches the layers; None where it is not known, or the data was refused."""
        if not isinstance(leaf, Array):
            return None
        if self.call.network.kind == "subclass":
            return leaf.shape if isinstance(leaf.shape, tuple) else None
        if is_text(leaf.dtype) and isinstance(tensor.dtype, str) and split_dtype(tensor.dtype)[0] in ("float", "int"):
            self.session.report("input-shape", explain.text(self._label("x"), leaf.dtype), self.x_site)
            return None
        if isinstance(leaf.shape, Unknown):
            return None
        if self._is_refused_text(leaf):
            self.session.report("input-shape", explain.text_array(self._label("x"), self.call.method), self.x_site)
            return None
        label = self._label("x")
        try:
            shape = fed_shape(self.call, tensor, leaf)
        except KerasError:
            if self.call.network.refuses(tensor):
                return None  # data of another shape may be what the layer behind the input takes
            assert isinstance(tensor.shape, tuple)
            message = explain.input_shape(label, leaf.shape, tensor.shape, self.call, self.single)
            self.session.report("input-shape", message, self.x_site)
            return None
        except Undetermined:
            return None
        assert isinstance(tensor.shape, tuple)
        if self.single and len(leaf.shape) == len(tensor.shape) - 1:
            message = explain.single_samples(label, leaf.shape)
            self.session.report("input-shape", message, self.x_site, refused=False)
        elif explain.is_one_sample(tensor.shape, leaf.shape):
            message = explain.one_sample(label, leaf.shape, self.call)
            self.session.report("input-shape", message, self.x_site, refused=False)
        return shape

    def _is_refused_text(self, leaf: Array) -> bool:
        """Whether the data adapter of Keras 3 refuses an array: one of texts, unless it holds them as objects."""
        is_array = leaf.kind == "numpy" and self.stream is None and not self.session.on_batch
        return is_array and leaf.dtype == "str" and self.call.dialect == 3

    def _report_refusal(self, refusal: Raised) -> None:
        layer, data = refusal.layer, self.x
        why = f"{layer.name!r}: {refusal.error.message}" if layer is not None else refusal.error.message
        shape = data.shape if isinstance(data, Array) else Unknown("several arrays")
        message = explain.refused(self._label("x"), shape, shape, why)
        self.session.report("input-shape", message, self.x_site, layer=layer)

    def _check_dtypes(self, flat: list[Any]) -> None:
        """A model with a `call` of the program gets whole numbers as they are; convolutions refuse them."""
        if self.call.network.kind != "subclass":
            return
        for tensor, leaf in zip(self.call.inputs, flat, strict=False):
            if not isinstance(leaf, Array) or not (is_integer(leaf.dtype) or leaf.dtype == "bool"):
                continue
            for node in self.call.nodes:
                if node.layer.cls in FLOATS_ONLY and node.inputs and node.inputs[0] is tensor:
                    message = explain.whole_numbers(self._label("x"), str(leaf.dtype), node.layer)
                    self.session.report("input-shape", message, self.x_site, layer=node.layer)

    def _check_indices(self, flat: list[Any]) -> None:
        """Word numbers of an Embedding that reads the input itself."""
        for tensor, leaf in zip(self.call.inputs, flat, strict=False):
            for node in self.call.nodes:
                judge = JUDGES.get(node.layer.cls)
                if judge is not None and any(t is tensor for t in node.inputs) and isinstance(leaf, Array):
                    problem = judge(node.layer, leaf, self._label("x"))
                    if problem is not None:
                        self.session.report("index", problem.message, self.x_site, problem.refused, node.layer)

    def _batch_sizes(self) -> list[Dim]:
        """The sizes of the batches, `BATCH` where they are not known."""
        first = next((leaf for leaf in leaves(self.x) if isinstance(leaf, Array)), None)
        count = first.shape[0] if first is not None and isinstance(first.shape, tuple) and first.shape else None
        if self.session.on_batch:
            return [count if isinstance(count, int) else BATCH]
        batch = self.stream.batch if self.stream is not None else None
        if isinstance(batch, int):
            return [batch]  # how many the last batch has is not known
        size = 32 if self.batch_size is None else self.batch_size
        steps = argument(self.call.arguments, "steps_per_epoch") or argument(self.call.arguments, "steps")
        split = self._split()
        known = isinstance(size, int) and not isinstance(size, bool) and size > 0
        if self.stream is not None or not isinstance(count, int) or not known or steps is not None:
            return [BATCH]
        parts = [count]
        if isinstance(split, Unknown):
            return [BATCH]
        if split is not None:
            parts = [int(count * (1 - split)), count - int(count * (1 - split))]
        sizes = {min(size, part) for part in parts} | {part % size for part in parts}
        return list[Dim](sorted(sizes - {0})) or [BATCH]


def _with_batch(shape: Shape | Unknown) -> Shape | Unknown:
    """A declared output shape with the batch axis named."""
    if isinstance(shape, Unknown) or not shape:
        return shape
    return (BATCH, *shape[1:])
