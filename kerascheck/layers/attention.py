"""Attention layers: https://keras.io/api/layers/attention_layers/."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import ClassVar

from kerascheck.layers.base import Config, LayerDef
from kerascheck.layers.geometry import known_size, positive
from kerascheck.network.dims import Dim, Int, Shape, definitely_different, format_shape, volume
from kerascheck.network.ir import Weight
from kerascheck.symbolic.unknown import KerasError, Undetermined

_HEAD = (
    "kernel_initializer='glorot_uniform', bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None, "
    "activity_regularizer=None, kernel_constraint=None, bias_constraint=None, use_gate=False, seed=None"
)


def _fits(left: Dim, right: Dim) -> bool:
    """Keras compares these sizes as they are: None fits only None."""
    return (left is None) == (right is None) and not definitely_different(left, right)


class Attention(LayerDef):
    """Dot-product attention on [query, value] or [query, value, key].

    https://keras.io/api/layers/attention_layers/attention/
    """

    name = "Attention"
    signature = "use_scale=False, score_mode='dot', dropout=0.0, seed=None"
    min_ndim = 1
    call_tensors = 2  # the second is a mask

    def validate(self, c: Config) -> None:
        c.number("dropout")
        if "score_mode" in c and c.known("score_mode") not in ("dot", "concat"):
            raise KerasError(f"{self.name} expects score_mode to be 'dot' or 'concat', got {c['score_mode']!r}")

    def check_inputs(self, c: Config, shapes: Sequence[Shape]) -> None:
        if len(shapes) not in (2, 3):
            raise KerasError(
                f"{self.name} takes a list [query, value] or [query, value, key], it is called on {len(shapes)} inputs",
                "input-count",
            )
        super().check_inputs(c, shapes)
        query, value, key = shapes[0], shapes[1], shapes[-1]
        if len(query) != len(key) or len(key) < 3 or len(value) != len(key):
            return
        if definitely_different(query[-1], key[-1]) and 1 not in (query[-1], key[-1]):
            raise KerasError(
                f"{self.name} compares the last axis of query and key, found {format_shape(query)} and "
                f"{format_shape(key)}; project one of them with Dense({query[-1]})",
                "shape",
            )
        if definitely_different(value[-2], key[-2]):
            raise KerasError(
                f"{self.name} needs a value and a key of one length, found {format_shape(value)} and "
                f"{format_shape(key)}",
                "shape",
            )

    def weights_for(self, c: Config, shapes: Sequence[Shape]) -> list[Weight]:
        weights = [Weight("scale", ())] if c.flag("use_scale") else []
        if c.known("score_mode") == "concat":
            weights.append(Weight("concat_score_weight", ()))
        return weights

    def outputs_for(self, c: Config, shapes: Sequence[Shape]) -> list[Shape]:
        return [(*shapes[0][:-1], shapes[1][-1])]

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        scores = volume((*shapes[0], shapes[-1][-2])) if c.get("score_mode", "dot") == "dot" else 0
        return scores + volume((*self.outputs_for(c, shapes)[0], shapes[1][-2]))

    def kept_values(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return volume((*shapes[0][:-1], shapes[-1][-2])) * 2  # the scores, and their softmax


class AdditiveAttention(Attention):
    """Bahdanau's attention on [query, value] or [query, value, key].

    https://keras.io/api/layers/attention_layers/additive_attention/
    """

    name = "AdditiveAttention"
    signature = "use_scale=True, dropout=0.0"
    base_parameters = LayerDef.base_parameters | {"score_mode", "seed"}

    def weights_for(self, c: Config, shapes: Sequence[Shape]) -> list[Weight]:
        if not c.flag("use_scale"):
            return []
        return [Weight("scale", (known_size(c, shapes[0], -1, "its scale"),))]

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        # The scores are sums over tanh(query + key), number by number.
        return volume((*self.outputs_for(c, shapes)[0], shapes[1][-2]))


class _Projected(LayerDef):
    """Attention on query, value and maybe key, each projected first."""

    #: Ranks whose meaning is clear; Keras takes others too, but mixes the axes up.
    usual_ranks: ClassVar[Container[int]] = range(2, 100)
    call_tensors = 3
    further_inputs = ("value", "key")
    one_by_one = True
    inner_layers = "built"  # one for each projection
    heads: ClassVar[str]  # the argument that says how many heads ask

    def check_inputs(self, c: Config, shapes: Sequence[Shape]) -> None:
        if len(shapes) not in (2, 3):
            raise KerasError(
                f"{self.name} takes a query, a value and perhaps a key, it is called on {len(shapes)} inputs",
                "input-count",
            )
        super().check_inputs(c, shapes)
        if any(len(shape) not in self.usual_ranks for shape in shapes):
            raise Undetermined(f"{self.name} on inputs of unusual rank: " + ", ".join(map(format_shape, shapes)))

    def check_keys(self, value: Shape, key: Shape) -> None:
        """Raise KerasError where value and key differ in more than their last axis."""
        if len(value) != len(key) or not all(map(_fits, value[1:-1], key[1:-1])):
            raise KerasError(
                f"{self.name} needs a value and a key that differ only in the last axis, found {format_shape(value)} "
                f"and {format_shape(key)}",
                "shape",
            )

    def project(self, c: Config, name: str, inputs: Shape, outputs: Sequence[Int]) -> list[Weight]:
        """The weights of a projection of the last axes."""
        weights = [Weight(f"{name}_kernel", (*inputs, *outputs))]
        if c.flag("use_bias"):
            weights.append(Weight(f"{name}_bias", tuple(outputs)))
        return weights

    def attended(self, c: Config, shapes: Sequence[Shape]) -> tuple[Int, Int]:
        """How many scores there are, for all heads together, and how many numbers each head's query has."""
        raise NotImplementedError

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        places = {"key": shapes[-1][:-1], "value": shapes[1][:-1]}
        scores, size = self.attended(c, shapes)
        products: Int = scores * size
        value_size: Int = size
        for weight in self.weights_for(c, shapes):
            part, _, kind = weight.name.rpartition("_")
            if kind == "kernel":
                products = products + volume(places.get(part, shapes[0][:-1])) * weight.count
                value_size = weight.shape[-1] or 0 if part == "value" else value_size
        return products + scores * value_size

    def kept_values(self, c: Config, shapes: Sequence[Shape]) -> Int:
        places = {"key": shapes[-1][:-1], "value": shapes[1][:-1]}
        kept: Int = self.attended(c, shapes)[0] * 2  # the scores, and their softmax
        for weight in self.weights_for(c, shapes):
            part, _, kind = weight.name.rpartition("_")
            if kind == "kernel" and part != "attention_output":
                kept = kept + volume((*places.get(part, shapes[0][:-1]), *weight.shape[1:]))
                if part == "value":  # what the heads make of them, for each query
                    kept = kept + volume((*shapes[0][:-1], c.dim(self.heads), weight.shape[-1]))
        return kept


class MultiHeadAttention(_Projected):
    """Several attentions side by side. https://keras.io/api/layers/attention_layers/multi_head_attention/"""

    name = "MultiHeadAttention"
    signature = (
        "num_heads, key_dim, value_dim=None, dropout=0.0, use_bias=True, output_shape=None, attention_axes=None, "
        f"sliding_window=None, flash_attention=None, {_HEAD}"
    )
    min_ndim = 1
    heads = "num_heads"

    def validate(self, c: Config) -> None:
        positive(c, "num_heads")
        positive(c, "key_dim")
        for name in ("value_dim", "sliding_window"):
            if c.known(name) is not None:
                positive(c, name)
        if c.known("output_shape") and isinstance(c["output_shape"], (str, float)):
            raise KerasError(f"{self.name} expects integers for output_shape, got {c['output_shape']!r}", "argument")
        if c.known("attention_axes"):
            c.integers("attention_axes")
        if c.flag("flash_attention") and c.number("dropout") > 0:
            raise KerasError(f"{self.name} cannot have dropout with flash_attention", "argument")

    def value_dim(self, c: Config) -> Int:
        """The size of each head's value."""
        return c.dim("value_dim" if c.known("value_dim") else "key_dim")

    def final_shape(self, c: Config) -> tuple[Int, ...] | None:
        """`output_shape`, where given."""
        value = c.known("output_shape")
        if not value:
            return None
        if isinstance(value, (tuple, list)):
            return tuple(c.as_dim("output_shape", size) for size in value)
        return (c.dim("output_shape"),)

    def weights_for(self, c: Config, shapes: Sequence[Shape]) -> list[Weight]:
        query, value, key = shapes[0], shapes[1], shapes[-1]
        self.check_keys(value, key)
        heads, key_dim, value_dim = c.dim("num_heads"), c.dim("key_dim"), self.value_dim(c)
        rank = len(value) + 1
        axes = c.integers("attention_axes") if c.known("attention_axes") is not None else ()
        for axis in axes:
            if not -rank <= (axis if axis >= 0 else rank - 1 + axis) < rank:
                raise KerasError(f"{self.name} has no axis {axis} to attend to in {format_shape(value)}", "rank")
        width = known_size(c, query, -1, "the features of the query")
        weights = self.project(c, "query", (width,), (heads, key_dim))
        weights += self.project(c, "key", (known_size(c, key, -1, "the features of the key"),), (heads, key_dim))
        if c.flag("use_gate"):
            weights += self.project(c, "gate", (width,), (heads, value_dim))
        features = known_size(c, value, -1, "the features of the value")
        weights += self.project(c, "value", (features,), (heads, value_dim))
        final = self.final_shape(c)
        weights += self.project(c, "attention_output", (heads, value_dim), (width,) if final is None else final)
        return weights

    def outputs_for(self, c: Config, shapes: Sequence[Shape]) -> list[Shape]:
        final = self.final_shape(c)
        return [shapes[0] if final is None else (*shapes[0][:-1], *final)]

    def attended(self, c: Config, shapes: Sequence[Shape]) -> tuple[Int, Int]:
        key = shapes[-1]
        given = c.known("attention_axes")
        axes = range(1, len(key) - 1) if given is None else {axis % len(key) for axis in c.integers("attention_axes")}
        seen = volume(tuple(key[axis] for axis in axes))
        return volume(shapes[0][:-1]) * c.dim("num_heads") * seen, c.dim("key_dim")


class GroupedQueryAttention(_Projected):
    """Attention whose query heads share keys. https://keras.io/api/layers/attention_layers/group_query_attention/"""

    name = "GroupedQueryAttention"
    old_names = ("GroupQueryAttention",)
    signature = (
        "head_dim, num_query_heads, num_key_value_heads, dropout=0.0, use_bias=True, sliding_window=None, "
        f"flash_attention=None, {_HEAD}"
    )
    usual_ranks = (3,)
    heads = "num_query_heads"

    def validate(self, c: Config) -> None:
        head_dim, queries, keys = (c.dim(name) for name in ("head_dim", "num_query_heads", "num_key_value_heads"))
        if isinstance(head_dim, int) and head_dim <= 0:
            raise KerasError(f"{self.name} expects a positive integer for head_dim, got {head_dim}", "argument")
        if isinstance(queries, int) and isinstance(keys, int) and (keys == 0 or queries % keys):
            raise KerasError(
                f"{self.name} expects num_query_heads to be a multiple of num_key_value_heads, got {queries}, {keys}",
                "argument",
            )
        if c.known("sliding_window") is not None:
            positive(c, "sliding_window")
        if c.flag("flash_attention") and c.number("dropout") > 0:
            raise KerasError(f"{self.name} cannot have dropout with flash_attention", "argument")

    def weights_for(self, c: Config, shapes: Sequence[Shape]) -> list[Weight]:
        query, value, key = shapes[0], shapes[1], shapes[-1]
        head_dim = c.dim("head_dim")
        queries = (positive(c, "num_query_heads"), head_dim)
        keys = (positive(c, "num_key_value_heads"), head_dim)
        width = known_size(c, query, -1, "the features of the query")
        weights = self.project(c, "query", (width,), queries)
        weights += self.project(c, "key", (known_size(c, key, -1, "the features of the key"),), keys)
        if c.flag("use_gate"):
            weights += self.project(c, "gate", (width,), queries)
        weights += self.project(c, "value", (known_size(c, value, -1, "the features of the value"),), keys)
        weights += self.project(c, "attention_output", queries, (width,))
        return weights

    def outputs_for(self, c: Config, shapes: Sequence[Shape]) -> list[Shape]:
        query, value, key = shapes[0], shapes[1], shapes[-1]
        if not _fits(query[-1], value[-1]):
            raise KerasError(
                f"{self.name} needs a query and a value of the same last axis, found {format_shape(query)} and "
                f"{format_shape(value)}",
                "shape",
            )
        self.check_keys(value, key)
        return [query]

    def attended(self, c: Config, shapes: Sequence[Shape]) -> tuple[Int, Int]:
        return volume((*shapes[0][:-1], c.dim("num_query_heads"), shapes[-1][1])), c.dim("head_dim")
