"""One training call replayed on shapes: features through the model, outputs against targets, losses and metrics.

The order is that of Keras: data adapter, inputs, layers, losses, weights, metrics (`TensorFlowTrainer.fit` in
keras/src/backend/tensorflow/trainer.py, Keras 3.15). What is not known ends a check, never the session.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from kerascheck.data.array import Array, is_integer, is_text, split_dtype
from kerascheck.data.operators import TOLIST
from kerascheck.data.training import Raw, argument, raw_data, raw_validation_data
from kerascheck.network.arguments import Given
from kerascheck.network.dims import Dim, Shape, definitely_different
from kerascheck.network.ir import KerasObject, Layer, Network, Program, Raised, Site, Tensor, TrainCall
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown
from kerascheck.training import explain
from kerascheck.training.clash import Clash
from kerascheck.training.compiled import Match, matched_losses, matched_metrics
from kerascheck.training.compiled_losses import output_name, passes_over_a_class, read_loss
from kerascheck.training.content import JUDGES, class_problem
from kerascheck.training.inputs import FLOATS_ONLY, NO_LISTS, arranged, fed_shape, forward
from kerascheck.training.losses import loss_values
from kerascheck.training.metrics import Metric, check_metric, read_metric, resolve
from kerascheck.training.shapes import BATCH, Pair
from kerascheck.training.structures import is_nested, leaves, packed, tupled
from kerascheck.training.weights import check_class_weight, check_sample_weight, check_weight_structure

_LEARNING = frozenset({"fit", "evaluate", "train_on_batch", "test_on_batch"})
_METHODS = _LEARNING | {"predict", "predict_on_batch"}

#: What models were seen to give for inputs of given shapes.
Passes = dict[tuple[tuple[int, ...], tuple[Shape, ...]], "list[Shape | Unknown] | KerasError | Undetermined"]

_found: WeakKeyDictionary[Program, list[Clash]] = WeakKeyDictionary()


def clashes(program: Program) -> list[Clash]:
    """All clashes of the training calls on one path, in order; worked out once."""
    known = _found.get(program)
    if known is None:
        known = _found[program] = []
        told: set[tuple[int, str, str, bool]] = set()
        passes: Passes = {}
        for call in program.trainings:
            for clash in _clashes_of(call, program, passes):
                key = (id(call.network), clash.kind, clash.message, clash.refused)
                if key not in told:  # a program that raises does not come to the next call
                    told.add(key)
                    known.append(clash)
    return known


def _clashes_of(call: TrainCall, program: Program, passes: Passes) -> list[Clash]:
    network = call.network
    if call.method not in _METHODS or call.guarded or network.unknown is not None or network.own_methods:
        return []
    first = _first_training(call, program)
    session = _Session(call, first, passes)
    session.run()
    return session.clashes


def _first_training(call: TrainCall, program: Program) -> TrainCall:
    """The call that builds the metrics: the first one since the model was compiled."""
    same = (c for c in program.trainings if c.compiled is call.compiled and c.method in _LEARNING)
    return next(same, call)


@dataclass(frozen=True)
class Listed:
    """Python numbers or texts in a list, which Keras takes for a structure of arrays."""

    value: Any
    is_text: bool = False


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


class _Session:
    def __init__(self, call: TrainCall, first: TrainCall, passes: Passes) -> None:
        self.call = call
        self.first = first
        self.passes = passes
        self.clashes: list[Clash] = []
        self.learns = call.method in _LEARNING
        self.on_batch = call.method.endswith("_on_batch")

    # -- reporting ----------------------------------------------------------------------------------------------

    def report(self, kind: str, message: str, site: Site, refused: bool = True, layer: Layer | None = None) -> None:
        """Note a clash; one of each kind and place is enough, the worst."""
        same = [clash for clash in self.clashes if clash.kind == kind and clash.site.key == site.key]
        if any(clash.refused for clash in same) or (same and not refused):
            return
        self.clashes = [clash for clash in self.clashes if clash not in same]
        self.clashes.append(Clash(kind, message, site, self.call, refused, layer))

    def site_of(self, name: str, position: int | None) -> Site:
        """Where an argument is written, or else the call."""
        given = self.call.arguments.get(name, position)
        if isinstance(given, Given) and given.node is not None:
            return Site(self.call.site.file, given.node.value)
        return self.call.site

    # -- the session --------------------------------------------------------------------------------------------

    def run(self) -> None:
        call = self.call
        if self.learns and call.compiled is None:
            return  # another rule's business
        raw = raw_data(call.method, call.arguments)
        at_y = 1 if self.learns else None
        size = call.arguments.value("batch_size")
        _Arrays(self, raw, "x", self.site_of("x", 0), self.site_of("y", at_y), size).run()
        if call.method == "fit":
            validation = raw_validation_data(call.method, call.arguments)
            if validation is not None:
                site = self.site_of("validation_data", 7)
                size = call.arguments.value("validation_batch_size") or size
                before = list(self.clashes)
                _Arrays(self, validation, "validation_data", site, site, size).run()
                # What is wrong with the training data is as a rule wrong with the validation data, too.
                told = {clash.kind for clash in before}
                self.clashes = before + [c for c in self.clashes if c not in before and c.kind not in told]


class _Arrays:
    """One set of features, targets and weights in a session: what is trained on, or the validation data."""

    def __init__(self, session: _Session, raw: Raw, name: str, x_site: Site, y_site: Site, batch_size: Any) -> None:
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

    def run(self) -> None:
        if not self._check_arrays():
            return
        self._check_counts()
        outputs = self._outputs()
        if not self.session.learns or self.call.compiled is None:
            return
        unbatched = self.stream is not None and self.stream.batched is not True
        if unbatched and (not self.single or any(clash.refused for clash in self.session.clashes)):
            return
        structure = self._output_structure(outputs)
        self._check_losses(structure)
        if not unbatched:
            self._check_metrics(structure)

    # -- arrays -------------------------------------------------------------------------------------------------

    def _check_arrays(self) -> bool:
        """Whether everything given may be arrays: a Python list of numbers is none to Keras 3."""
        if self.stream is not None:
            return True
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
            site = self.session.site_of("validation_split", 6)
            self.session.report("samples", explain.empty_split(count, split), site)

    def _part_site(self, label: str) -> Site:
        if label == "sample_weight" and not self.is_validation:
            return self.session.site_of("sample_weight", None)
        return self.x_site if label == "x" else self.y_site

    def _split(self) -> float | Unknown | None:
        """The share of the data that is split off to validate with; None where none is."""
        if self.call.method != "fit" or self.is_validation:
            return None
        split = argument(self.call.arguments, "validation_split", 6)
        if not split or argument(self.call.arguments, "validation_data", 7) is not None:
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
        if call.refusal is not None and isinstance(self.x, Array):
            if not self.is_validation:  # which has not run through the layers
                self._report_refusal(call.refusal, self.x)
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

    def _report_refusal(self, refusal: Raised, data: Array) -> None:
        layer = refusal.layer
        why = f"{layer.name!r}: {refusal.error.message}" if layer is not None else refusal.error.message
        message = explain.refused(self._label("x"), data.shape, data.shape, why)
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

    # -- targets ------------------------------------------------------------------------------------------------

    def _output_structure(self, shapes: Sequence[Shape | Unknown]) -> Any:
        """The outputs as the model gives them: one, or a list, tuple or dictionary of them; Unknown."""
        call = self.call
        outs = [Out(tensor, shape) for tensor, shape in zip(call.outputs, shapes, strict=True)]
        gives = call.gives
        if any(isinstance(tensor.shape, Unknown) and not _is_single(tensor) for tensor in call.outputs):
            return Unknown("what the last layer gives")
        if not is_nested(gives):
            return outs[0] if len(outs) == 1 else Unknown("the structure of the outputs")
        if call.network.kind != "subclass" and isinstance(gives, (list, tuple)) and len(gives) == 1:
            return outs[0]
        if len(leaves(gives)) != len(outs):
            return Unknown("the structure of the outputs")
        return packed(gives, outs)

    def _names(self) -> list[str] | None:
        """The names of the outputs, which only a Functional model has."""
        names = [output_name(tensor) for tensor in self.call.outputs]
        if self.call.network.kind != "functional" or any(name is None for name in names):
            return None
        return [str(name) for name in names]

    def _check_losses(self, outputs: Any) -> None:
        assert self.call.compiled is not None
        loss = argument(self.call.compiled.arguments, "loss", 1)
        if isinstance(loss, Unknown):
            return
        if loss is None or (is_nested(loss) and not any(item is not None for item in leaves(loss))):
            # Before Keras 3 metrics could be evaluated without a loss.
            learns = self.call.method in ("fit", "train_on_batch")
            if _has_no_losses(self.call.network) and (learns or self.call.dialect == 3):
                self.session.report("missing", explain.no_loss(self.call), self.call.site)
            return
        if self.y is None:
            if not isinstance(self.x, Unknown):
                self.session.report("missing", explain.no_targets(self._label("y"), self.call), self.x_site)
            return
        if isinstance(outputs, Unknown) or isinstance(self.y, Unknown):
            return
        try:
            matches = matched_losses(loss, self.y, outputs, self._names())
        except KerasError as error:
            # Before, one target did for several outputs, and a list of one array was that array.
            spread = error.kind in ("count", "loss-structure") and self.call.dialect < 3
            if self._all_known(self.y) and not spread:
                self.session.report("target-structure", error.message, self.y_site)
            return
        except Undetermined:
            return
        for match in matches:
            self._check_loss(match)
        self._check_weights(matches, outputs)

    def _check_loss(self, match: Match) -> None:
        item, target, output = match
        if is_nested(output):
            self._check_stacked(item, output)
            return
        if not isinstance(output, Out) or is_nested(target):
            return
        if target is None:
            self.session.report("missing", explain.no_targets(self._label("y"), self.call), self.y_site)
            return
        if not isinstance(target, Array):
            return
        if is_text(target.dtype):
            self.session.report("target-shape", explain.text(self._label("y"), target.dtype), self.y_site)
            return
        loss = read_loss(item)
        if loss is None or (isinstance(item, KerasObject) and "axis" in item.arguments.keywords):
            return
        problem = None if passes_over_a_class(item) else class_problem(loss.name, target, output.shape)
        try:
            spread = None
            for pair in self._pairs(target, output):
                loss_values(loss.name, pair)
                spread = spread or pair.spread
        except KerasError:
            message = explain.target_shape(loss.name, target.shape, output, self.call, self.x_is_y(target))
            self.session.report("target-shape", message, self.y_site)
            return
        except Undetermined:
            if not _is_one_hot_for_numbers(loss.name, target, output):
                return
            message = explain.target_shape(loss.name, target.shape, output, self.call, False)
            self.session.report("target-shape", message, self.y_site)
            return
        if spread:
            message = explain.spread(loss.name, target.shape, output, spread, self.call)
            self.session.report("spread", message, self.y_site, refused=False)
        elif problem is not None:
            self.session.report("classes", problem, self.y_site)

    def _check_stacked(self, loss: Any, outputs: Any) -> None:
        """One of too many losses: Keras 3 gives it all outputs, stacked to one tensor; before, it refused them."""
        shapes = [leaf.shape for leaf in leaves(outputs) if isinstance(leaf, Out)]
        known = [shape for shape in shapes if isinstance(shape, tuple)]
        if read_loss(loss) is None or len(known) < len(leaves(outputs)):
            return
        differ = any(
            len(shape) != len(known[0]) or any(map(definitely_different, shape, known[0])) for shape in known[1:]
        )
        if differ or isinstance(outputs, dict) or self.call.dialect < 3:
            self.session.report("target-structure", explain.too_many_losses(known), self.call.site)

    def x_is_y(self, target: Array) -> bool:
        """Whether the model learns to give back what it gets."""
        return any(leaf.shape == target.shape for leaf in leaves(self.x) if isinstance(leaf, Array))

    def _pairs(self, target: Array, output: Out) -> Iterator[Pair]:
        """Targets and outputs for each size that a batch has."""
        if isinstance(target.shape, Unknown) or isinstance(output.shape, Unknown):
            raise Undetermined("a shape that is not known")
        if self.single:
            yield Pair(target.shape, output.shape)
            return
        if not target.shape and not self.session.on_batch:
            raise Undetermined("targets without samples")
        for size in self._batch_sizes():
            # Of a single batch the numbers of samples are compared, where both are known.
            own = not target.shape or (self.session.on_batch and size is not BATCH)
            targets = target.shape if own else (size, *target.shape[1:])
            if self.call.fits_ranks and len(targets) == 1 and len(output.shape) == 2:
                targets = (*targets, 1)
            sizes = tuple(size if dim == BATCH else dim for dim in output.shape)
            yield Pair(targets, sizes, flattens=self.call.fits_ranks)

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
        steps = argument(self.call.arguments, "steps_per_epoch", None) or argument(self.call.arguments, "steps", None)
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

    # -- weights ------------------------------------------------------------------------------------------------

    def _check_weights(self, matches: Sequence[Match], outputs: Any) -> None:
        session, arguments = self.session, self.call.arguments
        at = 9 if self.call.method == "fit" else None
        class_weight = None if self.is_validation else argument(arguments, "class_weight", at)
        if class_weight is not None and self.call.method in ("fit", "train_on_batch"):
            message = check_class_weight(class_weight, self.y, self.weights, self.stream, self.call.dialect)
            if message is not None:
                session.report("weights", message, session.site_of("class_weight", at))
                return
        if self.weights is None:
            return
        site = self.x_site if self.is_validation else session.site_of("sample_weight", None)
        try:
            check_weight_structure(self.y, outputs, self.call.dialect)
            for item, target, output in matches:
                loss = read_loss(item)
                if loss is None or not isinstance(target, Array) or not isinstance(output, Out):
                    continue
                for pair in self._pairs(target, output):
                    check_sample_weight(self.weights, self.y, loss_values(loss.name, pair), self.call.dialect)
        except KerasError as error:
            session.report("weights", error.message, site)
        except Undetermined:
            return

    # -- metrics ------------------------------------------------------------------------------------------------

    def _check_metrics(self, outputs: Any) -> None:
        assert self.call.compiled is not None
        if self.y is None or isinstance(outputs, Unknown) or isinstance(self.y, Unknown):
            return
        for name in ("metrics", "weighted_metrics"):
            metrics = argument(self.call.compiled.arguments, name, None)
            if metrics is None or isinstance(metrics, Unknown):
                continue
            try:
                matches = matched_metrics(metrics, self.y, outputs, self._names())
            except KerasError as error:
                if (self._all_known(self.y) or error.kind == "metrics-structure") and self.call.dialect == 3:
                    self.session.report("target-structure", error.message, self.call.site)
                continue
            except Undetermined:
                continue
            for item, target, output in matches:
                metric = read_metric(item)
                if metric is not None and isinstance(target, Array) and isinstance(output, Out):
                    self._check_metric(metric, target, output)

    def _check_metric(self, metric: Metric, target: Array, output: Out) -> None:
        spread = None
        resolved = metric
        try:
            for pair in self._pairs(target, output):
                resolved = resolve(metric, self._resolving(pair))
                with suppress(Undetermined):  # batches of another size may tell
                    check_metric(resolved, pair)
                    spread = spread or pair.spread
        except KerasError:
            if self.call.dialect == 3:  # before, metrics got their targets with an axis of their own
                message = explain.metric_shape(resolved.name, target.shape, output, self.call)
                self.session.report("target-shape", message, self.y_site)
            return
        except Undetermined:
            return
        if spread and not any(clash.kind == "target-shape" for clash in self.session.clashes):
            message = explain.spread(resolved.name, target.shape, output, spread, self.call)
            self.session.report("spread", message, self.y_site, refused=False)

    def _resolving(self, pair: Pair) -> Pair:
        """The targets that decide which accuracy is meant: those that the metrics see first."""
        if self.session.first is self.call and not self.is_validation:
            return pair
        raw = raw_data(self.session.first.method, self.session.first.arguments)
        target = read(raw.y)
        if not isinstance(target, Array) or not isinstance(target.shape, tuple):
            raise Undetermined("the targets that the metrics see first")
        return Pair(target.shape, pair.outputs)


# -- helpers ----------------------------------------------------------------------------------------------------------


def _with_batch(shape: Shape | Unknown) -> Shape | Unknown:
    """A declared output shape with the batch axis named."""
    if isinstance(shape, Unknown) or not shape:
        return shape
    return (BATCH, *shape[1:])


def _is_single(tensor: Tensor) -> bool:
    """Whether the layer that makes the tensor surely gives one, even where the shape is not known."""
    layer = tensor.node.layer if tensor.node is not None else None
    return layer is not None and layer.unknown is None and layer.cls in ("Dense", "Activation", "Flatten", "Dropout")


def _is_one_hot_for_numbers(loss: str, target: Array, output: Out) -> bool:
    """Whether targets of an unknown number of classes, of which there are surely several, meet a sparse loss."""
    if loss != "sparse_categorical_crossentropy" or not target.content.one_hot:
        return False
    shapes = target.shape, output.shape
    return all(isinstance(shape, tuple) for shape in shapes) and target.ndim == len(shapes[1])  # type: ignore[arg-type]


def _has_no_losses(network: Network) -> bool:
    """Whether nothing in the model surely adds a loss of its own (regularizers, `add_loss`)."""
    if network.open is not None or network.adds_losses:
        return False
    return not any(_may_add_losses(layer) for layer in network.layers)


def _may_add_losses(layer: Layer) -> bool:
    if layer.runs_program or layer.unknown is not None or layer.cls == "ActivityRegularization":
        return True
    if any(name.endswith("_regularizer") and value is not None for name, value in layer.config.items()):
        return True
    return any(map(_may_add_losses, layer.sublayers()))
