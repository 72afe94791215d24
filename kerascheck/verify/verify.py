"""`kerascheck verify`: the exact networks of a source against the real Keras."""

from __future__ import annotations

import contextlib
import importlib.util
import math
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, TextIO, TypeAlias

from kerascheck.machine.keras.tensors import Operation
from kerascheck.network.ir import InputLayer, Layer
from kerascheck.network.networks import Network
from kerascheck.network.reasons import why_inexact
from kerascheck.symbolic.unknown import Undetermined, Unknown
from kerascheck.text.escaping import as_json, one_line
from kerascheck.verify.rebuild import CannotRebuild, Rebuilt, rebuild
from kerascheck.views.summary import nameless_summary, summarize_network
from kerascheck.views.tables import listed

if TYPE_CHECKING:
    from kerascheck.machine import Analysis
    from kerascheck.project.source import Source
    from kerascheck.views.summary import ModelSummary

Result: TypeAlias = Literal["agrees", "agrees in part", "differs", "not rebuilt", "not exact"]

#: Larger networks would need more memory than it is worth.
MAX_PARAMS = 400_000_000
INSTALL = "pip install 'kerascheck[tensorflow]', or pip install keras jax"
_BACKENDS = ("tensorflow", "jax", "torch")


class NoKeras(Exception):
    """There is no Keras to compare with."""


@dataclass(frozen=True)
class Difference:
    """Where the analysis and Keras disagree first."""

    layer: str | None  # None: the whole model
    what: str
    kerascheck: Any
    keras: Any


@dataclass(frozen=True)
class Verdict:
    """One network compared."""

    filename: str
    row: int
    cell: int | None
    name: str | None
    cls: str
    result: Result
    reason: str | None = None
    layers: int = 0  # compared
    difference: Difference | None = None
    assumed: tuple[str, ...] = ()  # parts taken as they were inferred

    def as_dict(self) -> dict[str, Any]:
        """The verdict under the names that JSON uses."""
        return {"class" if key == "cls" else key: value for key, value in asdict(self).items()}


def import_keras() -> Any:
    """The installed Keras 3, on whatever backend it is configured for.

    Raises:
        NoKeras: none is installed, or it cannot be used.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if not os.environ.get("KERAS_BACKEND"):
        _choose_backend()
    before = list(sys.path)
    # A file keras.py of the analysed program must not be taken for Keras.
    here = os.getcwd()
    sys.path[:] = [entry for entry in before if entry and os.path.abspath(entry) != here]
    try:
        with _silence():
            import keras
    except ImportError as error:
        raise NoKeras(f"verify compares with the real Keras, which cannot be imported ({error}); {INSTALL}") from None
    finally:
        sys.path[:] = before
    if int(keras.__version__.split(".")[0]) < 3:
        raise NoKeras(f"verify needs Keras 3, this is Keras {keras.__version__}; {INSTALL}")
    return keras


def _choose_backend() -> None:
    """Take another backend where Keras would take TensorFlow, but that is not installed."""
    installed = [name for name in _BACKENDS if importlib.util.find_spec(name) is not None]
    if installed and "tensorflow" not in installed:
        os.environ["KERAS_BACKEND"] = installed[0]


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keep what a backend logs while it starts from standard error, which it writes to by file descriptor."""
    try:
        saved = os.dup(2)
    except OSError:
        yield
        return
    with open(os.devnull, "wb") as nothing:
        os.dup2(nothing.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)


def verify(source: Source, analysis: Analysis, keras: Any) -> Iterator[Verdict]:
    """A verdict for each network that the file itself builds; equal ones of several paths are compared once."""
    seen: dict[tuple[int, int], list[ModelSummary]] = {}
    for program in analysis.paths:
        for network in program.networks:
            if network.site is None or network.site.file is not source:
                continue
            model = summarize_network(network, source)
            same = seen.setdefault(network.site.key, [])
            nameless = nameless_summary(model)
            if nameless not in same:
                same.append(nameless)
                yield _verdict(network, model, keras)


def _verdict(network: Network, model: ModelSummary, keras: Any) -> Verdict:
    def verdict(result: Result, reason: str | None = None, **more: Any) -> Verdict:
        return Verdict(model.filename, model.row, model.cell, model.name, model.cls, result, reason, **more)

    if model.status != "exact":
        return verdict("not exact", why_inexact(network))
    if isinstance(model.total_params, int) and model.total_params > MAX_PARAMS:
        return verdict("not rebuilt", f"it has {model.total_params:,} parameters, more than {MAX_PARAMS:,}")
    keras.backend.clear_session()
    try:
        rebuilt = rebuild(network, keras)
    except CannotRebuild as reason:
        return verdict("not rebuilt", str(reason))
    except Exception as error:
        # Whatever it is: the analysis says that this network can be built.
        message = " ".join(str(error).split())
        return verdict(
            "differs", difference=Difference(None, "building it", "exact", f"{type(error).__name__}: {message}")
        )
    assumed = tuple(dict.fromkeys(rebuilt.assumed))
    count, difference = compare(network, rebuilt)
    if difference is not None:
        return verdict("differs", layers=count, difference=difference, assumed=assumed)
    return verdict("agrees in part" if assumed else "agrees", layers=count, assumed=assumed)


def compare(network: Network, rebuilt: Rebuilt) -> tuple[int, Difference | None]:
    """How many layers were compared, and the first difference in output shapes or parameters."""
    count = 0
    for layer in listed(network):
        if id(layer) not in rebuilt.shapes:
            continue
        count += not isinstance(layer, Operation)
        ours: Any = layer.output_shapes()
        theirs: Any = rebuilt.shapes[id(layer)]
        if isinstance(ours, Unknown) or list(ours) != list(theirs):
            return count, Difference(layer.name, "output shape", _plain(ours), _plain(theirs))
        if isinstance(layer, (InputLayer, Operation)):
            continue
        difference = _parameters(layer, rebuilt.layers[id(layer)], layer.name)
        if difference is not None:
            return count, difference
    theirs = [tuple(tensor.shape) for tensor in rebuilt.model.outputs]
    ours = network.output_shapes()
    if isinstance(ours, Unknown) or list(ours) != theirs:
        return count, Difference(None, "output shape", _plain(ours), _plain(theirs))
    if rebuilt.assumed:
        return count, None  # the parameters of a stand-in are missing from the sum
    return count, _parameters(network, rebuilt.model, None)


def _parameters(layer: Layer, real: Any, name: str | None) -> Difference | None:
    """The first difference in the parameters, trainable ones apart from the others."""
    theirs = (_count(real.trainable_weights), _count(real.non_trainable_weights))
    try:
        ours = layer.count_params()
    except Undetermined as undetermined:
        return Difference(name, "parameters", undetermined.reason, sum(theirs))
    for what, mine, real_count in (
        ("parameters", sum(ours), sum(theirs)),
        ("trainable parameters", ours[0], theirs[0]),
    ):
        if mine != real_count:
            return Difference(name, what, _plain(mine), real_count)
    return None


def _count(weights: Any) -> int:
    """The number of scalars in all of them."""
    return sum(math.prod(weight.shape) for weight in weights)


def _plain(value: Any) -> Any:
    """A value that JSON can show."""
    if isinstance(value, Unknown):
        return value.reason
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, (int, str)) else str(value)


def write_json(verdicts: list[Verdict], stream: TextIO) -> None:
    """All verdicts as a JSON array."""
    stream.write(as_json([verdict.as_dict() for verdict in verdicts], stream) + "\n")


def write_text(verdicts: list[Verdict], stream: TextIO) -> None:
    """A line for each network, then the sums."""
    for verdict in verdicts:
        for line in _lines(verdict):
            stream.write(one_line(line) + "\n")
    results = [verdict.result for verdict in verdicts]
    counts = {result: results.count(result) for result in _SUMS}
    sums = [f"{count} {result if count == 1 else _SUMS[result]}" for result, count in counts.items() if count]
    stream.write((", ".join(sums) if sums else "No models found") + ".\n")


def _lines(verdict: Verdict) -> Iterator[str]:
    cell = f"cell {verdict.cell}:" if verdict.cell is not None else ""
    yield f"{verdict.filename}:{cell}{verdict.row} {verdict.name or '?'} ({verdict.cls}): {_text(verdict)}"
    if verdict.difference is not None:
        layer = f"layer {verdict.difference.layer}: " if verdict.difference.layer is not None else ""
        yield f"  {layer}{verdict.difference.what}"
        yield f"    kerascheck: {verdict.difference.kerascheck}"
        yield f"    keras:      {verdict.difference.keras}"
    for part in verdict.assumed:
        yield f"  taken as inferred: {part}"


_SUMS: dict[Result, str] = {
    "agrees": "agree",
    "agrees in part": "agree in part",
    "differs": "differ",
    "not rebuilt": "not rebuilt",
    "not exact": "not exact",
}


def _text(verdict: Verdict) -> str:
    if verdict.result == "agrees":
        return f"agrees in all of {verdict.layers} layer{'s' * (verdict.layers != 1)}"
    if verdict.result == "agrees in part":
        return f"agrees in {verdict.layers} layer{'s' * (verdict.layers != 1)}; the rest cannot be rebuilt"
    return f"{verdict.result}: {verdict.reason}" if verdict.reason else verdict.result
