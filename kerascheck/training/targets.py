"""Targets, weights and metrics of a training call against what the model gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from kerascheck.data.array import Array, is_text
from kerascheck.data.training import argument, raw_data
from kerascheck.network.dims import Shape, definitely_different
from kerascheck.network.ir import Layer, Tensor
from kerascheck.network.networks import Network
from kerascheck.network.program import KerasObject
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown
from kerascheck.training import explain
from kerascheck.training.compiled import Match, matched_losses, matched_metrics, refused_names
from kerascheck.training.compiled_losses import output_name, passes_over_a_class, read_loss
from kerascheck.training.content import class_problem
from kerascheck.training.features import Features, Out, read
from kerascheck.training.losses import loss_values
from kerascheck.training.metrics import Metric, check_metric, read_metric, resolve
from kerascheck.training.shapes import BATCH, Pair
from kerascheck.training.structures import is_nested, leaves, packed
from kerascheck.training.weights import check_class_weight, check_sample_weight, check_weight_structure


class Arrays(Features):
    """One set of features, targets and weights in a session: what is trained on, or the validation data."""

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
        loss = argument(self.call.compiled.arguments, "loss")
        if isinstance(loss, Unknown):
            return
        if loss is None or (is_nested(loss) and not any(item is not None for item in leaves(loss))):
            # Before Keras 3 metrics could be evaluated without a loss.
            learns = self.call.method in ("fit", "train_on_batch")
            if _has_no_losses(self.call.network) and (learns or self.call.dialect == 3):
                self.session.report("missing", explain.no_loss(self.call), self.call.site)
            return
        if self._refuse_names(loss, outputs):
            return
        if self.y is None:
            if not isinstance(self.x, Unknown) and not self._may_feed_itself():
                self.session.report("missing", explain.no_targets(self._label("y"), self.call), self.x_site)
            return
        if isinstance(outputs, Unknown) or isinstance(self.y, Unknown):
            return
        try:
            matches = matched_losses(loss, self.y, outputs, self._names(), self.call.dialect)
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

    def _may_feed_itself(self) -> bool:
        """Whether the model may have its data in its graph, as it could before Keras 3: `target_tensors` of compile."""
        assert self.call.compiled is not None
        targets = argument(self.call.compiled.arguments, "target_tensors")
        return self.call.dialect < 3 and (targets is not None or self.x is None)

    def _refuse_names(self, loss: Any, outputs: Any) -> bool:
        """Report losses for outputs that there are not, which needs no data; only where the program names them all."""
        ends = [tensor.node.layer for tensor in self.call.outputs if tensor.node is not None]
        if isinstance(outputs, Unknown) or not all(layer.named_by_user for layer in ends):
            return False
        error = refused_names(loss, outputs, self._names(), self.call.dialect)
        if error is not None:
            self.session.report("target-structure", error.message, self.y_site)
        return error is not None

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

    # -- weights ------------------------------------------------------------------------------------------------

    def _check_weights(self, matches: Sequence[Match], outputs: Any) -> None:
        session, arguments = self.session, self.call.arguments
        class_weight = None if self.is_validation else argument(arguments, "class_weight")
        if class_weight is not None and self.call.method in ("fit", "train_on_batch"):
            message = check_class_weight(class_weight, self.y, self.weights, self.stream, self.call.dialect)
            if message is not None:
                session.report("weights", message, session.site_of("class_weight"))
                return
        if self.weights is None:
            return
        site = self.x_site if self.is_validation else session.site_of("sample_weight")
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
            metrics = argument(self.call.compiled.arguments, name)
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
        raw = raw_data(self.session.first.arguments)
        target = read(raw.y)
        if not isinstance(target, Array) or not isinstance(target.shape, tuple):
            raise Undetermined("the targets that the metrics see first")
        return Pair(target.shape, pair.outputs)


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
