"""`tf.distribute`: a strategy runs functions of the program on each replica, with its part of every batch.

Source: https://www.tensorflow.org/api_docs/python/tf/distribute/Strategy (2.21).
"""

from __future__ import annotations

from typing import Any

from kerascheck.data.array import Array
from kerascheck.data.pipeline import Pipeline
from kerascheck.machine.contexts import GIVING
from kerascheck.machine.methods import METHODS
from kerascheck.machine.run import Run
from kerascheck.machine.values import DictValue, ListValue, NativeObject, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Site

_KIND = "tensorflow.distribute.Strategy"


def _make(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tf.distribute.MirroredStrategy(...)`."""
    return NativeObject(_KIND, run.tick(), {})


def _scope(run: Run, strategy: NativeObject, arguments: Arguments, site: Site) -> Value:
    """`with strategy.scope():`."""
    return NativeObject(GIVING, run.tick(), {"result": strategy})


def _run(run: Run, strategy: NativeObject, arguments: Arguments, site: Site) -> Value:
    """`strategy.run(function, args=(batch,), kwargs={})`: what each replica gives, of which there may be several."""
    function = arguments.value("fn", 0)
    given, named = arguments.value("args", 1, ()), arguments.value("kwargs", 2)
    positional = given.items if isinstance(given, ListValue) and given.unknown is None else given
    known = isinstance(positional, (tuple, list)) and (
        named is None or (isinstance(named, DictValue) and named.unknown is None)
    )
    if not known or function is None:
        run.escape(function, "run on each replica")
        return run.fresh("what the replicas give", site.node)
    keywords = {} if named is None else {str(key): Given(value) for key, value in named.items.items()}
    run.call(function, Arguments([Given(value) for value in positional], keywords), site)
    return run.fresh("what the replicas give", site.node)


def _distributed(run: Run, strategy: NativeObject, arguments: Arguments, site: Site) -> Value:
    """`strategy.experimental_distribute_dataset(dataset)`: each replica gets a part of each batch."""
    value = arguments.value("dataset", 0)
    if not isinstance(value, Pipeline):
        return run.fresh("a stream that is not known", site.node)
    return value.derive(element=_part_of(value.element), batch=None, birth=run.tick())


def _part_of(element: Any) -> Any:
    """A batch as one replica sees it."""
    if isinstance(element, tuple):
        return tuple(_part_of(part) for part in element)
    if isinstance(element, list):
        return [_part_of(part) for part in element]
    if isinstance(element, dict):
        return {key: _part_of(part) for key, part in element.items()}
    if isinstance(element, Array) and isinstance(element.shape, tuple) and element.shape:
        return Array((None, *element.shape[1:]), element.dtype, element.content, kind="tensor")
    return element


METHODS[_KIND] = {
    "scope": _scope,
    "run": _run,
    "experimental_run_v2": _run,
    "experimental_distribute_dataset": _distributed,
}

_CLASSES = (
    "MirroredStrategy", "MultiWorkerMirroredStrategy", "OneDeviceStrategy", "TPUStrategy", "ParameterServerStrategy",
    "get_strategy", "experimental.CentralStorageStrategy", "experimental.MultiWorkerMirroredStrategy",
    "experimental.ParameterServerStrategy", "experimental.TPUStrategy",
)  # fmt: skip

FUNCTIONS = {f"tensorflow.distribute.{name}": _make for name in _CLASSES}
