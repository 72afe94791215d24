"""Streams of batches: `tf.data` pipelines, Keras sequences, generators of images and of the program."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Hashable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from kerascheck.data.array import Array, PartKey, title_sizes
from kerascheck.network.dims import Dim, SymDim
from kerascheck.network.ir import Site
from kerascheck.symbolic.journal import Versioned
from kerascheck.symbolic.unknown import NOTHING, Unknown

if TYPE_CHECKING:
    import libcst as cst

    from kerascheck.machine.run import Run
    from kerascheck.machine.values import Value
    from kerascheck.network.arguments import Arguments

    Method = Callable[[Run, Any, Arguments, Site], Value]
    Function = Callable[[Run, str, Arguments, Site], Value]


class Step(NamedTuple):
    """One of the calls that lead to a stream: `batch(32)`, `flow_from_directory("train")`."""

    name: str  # of the method or function, without its module
    site: Site
    arguments: Arguments
    before: Pipeline | None  # the stream that it goes on from; None for a source


class Pipeline(Versioned):
    """What a stream yields and how. It does not change: the methods of a stream give another one.

    `element` is one element: an `Array`, or a tuple, list or dictionary of them, batch axis included where the stream
    is batched; `Unknown` where it is not known.
    """

    __slots__ = (
        "attributes", "batch", "batched", "birth", "count", "element", "infinite", "kind", "name", "needs",
        "parts", "samples", "shuffled", "steps", "tags",
    )  # fmt: skip

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
        attributes: dict[str, Any] | None = None,
        birth: int = 0,
        steps: tuple[Step, ...] = (),
    ) -> None:
        self.element = element
        self.kind = kind  # "tf.data", "sequence", "generator", "iterator"
        self.batched = batched
        self.batch = batch  # elements in a batch, None where that varies or is not known
        self.count = count  # how many elements there are, None where not known
        self.infinite = infinite
        self.shuffled = shuffled  # None where not known
        self.tags = tags  # "augmented", "validation", ...
        self.attributes = attributes if attributes is not None else {}  # what the program may read of it
        self.birth = birth
        self.steps = steps  # the calls that led to it, the first one its source, where they are known
        self.needs: frozenset[Hashable] = NOTHING  # the conditions that it hangs on, where they are not decided
        self.samples: Dim = None  # how many samples a generator of the program walks over, where it shows that
        self.parts: tuple[Any, ...] = ()  # what it goes through side by side, of a `zip` or `enumerate`
        self.name: str | None = None  # the first variable that it is bound to

    def derive(self, **changes: Any) -> Pipeline:
        """Another pipeline that differs in the named attributes."""
        names = ("element", "kind", "batched", "batch", "count", "infinite", "shuffled", "tags", "birth", "steps")
        values = {name: getattr(self, name) for name in names}
        values.update(changes)
        made = Pipeline(values.pop("element"), values.pop("kind"), **values)
        made.parts = self.parts
        return made

    def after(self, name: str, site: Site, arguments: Arguments, before: Pipeline | None = None) -> Pipeline:
        """Note the call that has made it; gives the stream itself."""
        self.steps = (*(before.steps if before is not None else ()), Step(name, site, arguments, before))
        return self

    def title(self, name: str) -> None:
        """Sizes that have no name yet are called after the first variable that the stream is bound to."""
        if self.name is None:
            self.name = name
            _title(self.element, name)
            for value in self.attributes.values():
                if isinstance(value, Unknown) and isinstance(value.key, PartKey):
                    title_sizes((value.key.size,), name)
                elif isinstance(value, SymDim):
                    title_sizes((value,), name)

    def length(self, run: Run) -> Value:
        """`len(stream)`."""
        if self.count is not None:
            return self.count
        return SymDim.named(f"len({self.name or 'stream'})", ("length", self.identity))

    @property
    def identity(self) -> Hashable:
        """Equal for one and the same stream."""
        return ("stream", self.birth)

    def __repr__(self) -> str:
        return f"Pipeline({self.element!r}, {self.kind})"


def _title(element: Any, name: str) -> None:
    if isinstance(element, Array):
        element.title(name)
    elif isinstance(element, (tuple, list)):
        for part in element:
            _title(part, name)
    elif isinstance(element, dict):
        _title(list(element.values()), name)


@cache
def noted(name: str, method: Method) -> Method:
    """The method; the stream that it gives knows how it came about."""

    def call(run: Run, owner: Value, arguments: Arguments, site: Site) -> Value:
        made = method(run, owner, arguments, site)
        before = owner if isinstance(owner, Pipeline) else None
        if isinstance(made, Pipeline) and made is not before and made.steps in ((), before.steps if before else ()):
            made.after(name, site, arguments, before)
        return made

    return call


def sourced(function: Function | None) -> Function | None:
    """The function; the stream that it gives knows that it comes from there."""
    if function is None:
        return None
    inner = function

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        from kerascheck.machine.values import ListValue

        made = inner(run, name, arguments, site)
        parts = made.items if isinstance(made, ListValue) else made if isinstance(made, tuple) else (made,)
        for part in parts:
            if isinstance(part, Pipeline) and not part.steps:
                part.after(name.rpartition(".")[2], site, arguments)
        return made

    return call


#: The modules whose `METHODS` a kind of stream has.
_MODULES = {"tf.data": "tf_data"}


def pipeline_attribute(run: Run, pipeline: Pipeline, name: str, node: cst.CSTNode) -> Value:
    """`pipeline.name`: a method, or something that is not known."""
    from kerascheck.machine.values import NativeMethod

    if name in pipeline.attributes:
        return pipeline.attributes[name]
    for module in (_MODULES.get(pipeline.kind), "stream_methods"):
        if module is not None:
            method = importlib.import_module(f"kerascheck.data.{module}").METHODS.get(name)
            if method is not None:
                return NativeMethod(name, pipeline, noted(name, method))
    if pipeline.kind == "tf.data" and _is_left_behind(pipeline, name):
        from kerascheck.data.refusals import refuses

        message = f"a data set has no {name} after .{pipeline.steps[-1].name}(); read it from the one before"
        return refuses(run, "AttributeError", message, Site(run.file, node))
    return run.fresh(f"{name} of a stream of data", node)


def _is_left_behind(pipeline: Pipeline, name: str) -> bool:
    """Whether a stream that it was made of has the attribute: `map` and its kin give one without."""
    return any(step.before is not None and name in step.before.attributes for step in pipeline.steps)


#: Sources and steps after which TensorFlow does not know how many elements there are.
_UNCOUNTED = frozenset(
    {"from_generator", "filter", "take_while", "flat_map", "interleave", "TextLineDataset", "TFRecordDataset"}
)


def length_of(run: Run, pipeline: Pipeline, site: Site) -> Value:
    """`len(stream)`, which TensorFlow refuses where it does not know the number."""
    from kerascheck.data.refusals import refuses

    names = [step.name for step in pipeline.steps]
    if pipeline.kind == "tf.data" and pipeline.count is None and not pipeline.parts and "apply" not in names:
        unknown = next((name for name in reversed(names) if name in _UNCOUNTED), None)
        if unknown is not None and not pipeline.infinite:
            message = f"after {unknown} the length of a data set is not known: len() raises TypeError"
            return refuses(run, "TypeError", message, site)
    return pipeline.length(run)
