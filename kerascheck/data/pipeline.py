"""Streams of batches: `tf.data` pipelines, Keras sequences, generators of images and of the program."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from kerascheck.network.dims import Dim

if TYPE_CHECKING:
    import libcst as cst

    from kerascheck.interp.run import Run
    from kerascheck.interp.values import Value


class Pipeline:
    """What a stream yields and how.

    `element` is one element: an `Array`, or a tuple, list or dictionary of them, batch axis included where the stream
    is batched; `Unknown` where it is not known.
    """

    __slots__ = ("batch", "batched", "birth", "count", "element", "infinite", "kind", "shuffled", "tags")

    def __init__(
        self,
        element: Any,
        kind: str = "tf.data",
        *,
        batched: bool | None = None,
        batch: Dim = None,
        count: Dim = None,
        infinite: bool = False,
        shuffled: bool | None = None,
        tags: frozenset[str] = frozenset(),
        birth: int = 0,
    ) -> None:
        self.element = element
        self.kind = kind  # "tf.data", "sequence", "generator", "iterator"
        self.batched = batched
        self.batch = batch  # elements in a batch, None where that varies or is not known
        self.count = count  # how many elements there are, None where not known
        self.infinite = infinite
        self.shuffled = shuffled  # None where not known
        self.tags = tags  # "augmented", "validation", ...
        self.birth = birth

    def derive(self, **changes: Any) -> Pipeline:
        """Another pipeline that differs in the named attributes."""
        names = ("element", "kind", "batched", "batch", "count", "infinite", "shuffled", "tags", "birth")
        values = {name: getattr(self, name) for name in names}
        values.update(changes)
        return Pipeline(values.pop("element"), values.pop("kind"), **values)

    def __repr__(self) -> str:
        return f"Pipeline({self.element!r}, {self.kind})"


def pipeline_attribute(run: Run, pipeline: Pipeline, name: str, node: cst.CSTNode) -> Value:
    """`pipeline.name`: a method, or something that is not known."""
    from kerascheck.interp.values import NativeMethod

    method = importlib.import_module("kerascheck.data.tf_data").METHODS.get(name)
    if method is not None:
        return NativeMethod(name, pipeline, method)
    return run.fresh(f"{name} of a stream of data", node)
