"""What streams of all kinds can do."""

from __future__ import annotations

from kerascheck.data.elements import one_element
from kerascheck.data.pipeline import Pipeline
from kerascheck.data.tf_data import Method
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site


def _next(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    return one_element(run, stream)


def _length(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    return stream.length(run)


def _iterator(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    return stream.derive(kind="iterator")


def _nothing(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    return None


METHODS: dict[str, Method] = {
    "next": _next,
    "__next__": _next,
    "get_next": _next,
    "__len__": _length,
    "__iter__": _iterator,
    "reset": _nothing,
    "on_epoch_end": _nothing,
}
