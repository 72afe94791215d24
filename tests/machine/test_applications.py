"""The sources of `keras.applications`, interpreted, have the parameters that Keras counts in its models."""

from __future__ import annotations

import functools
import importlib.util
import inspect
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from kerascheck.machine import analyze
from kerascheck.network.networks import Network
from kerascheck.project.source import Source
from kerascheck.runtime.recursion import deep_recursion

if importlib.util.find_spec("tensorflow") is None:
    pytest.skip("TensorFlow is not installed", allow_module_level=True)

pytestmark = pytest.mark.oracle

#: As of Keras 3.15; a model that a later Keras adds is tested too.
EXPECTED = 38


def _public() -> dict[str, FunctionType]:
    import keras

    return {name: value for name, value in vars(keras.applications).items() if isinstance(value, FunctionType)}


def _file(build: FunctionType) -> str:
    return inspect.getfile(inspect.unwrap(build))


@functools.cache
def _interpreted(file: str, names: tuple[str, ...]) -> dict[str, Network]:
    """The model that each of these functions of a source builds, called as Keras's own is below."""
    calls = "".join(f"\n{name}(weights=None)\n" for name in names)
    with deep_recursion():
        analysis = analyze(Source(Path(file).read_bytes() + calls.encode(), file), 60.0)
    assert analysis.incomplete is None
    built = [network for network in analysis.paths[0].networks if network.variable == "model"]
    return dict(zip(names, built[-len(names) :], strict=True))


def test_every_public_model_has_the_parameters_of_keras() -> None:
    import keras

    wrong: dict[str, Any] = {}
    public = _public()
    assert len(public) >= EXPECTED
    names_in: dict[str, tuple[str, ...]] = {}
    for name, build in sorted(public.items()):
        names_in[_file(build)] = (*names_in.get(_file(build), ()), name)
    for name, build in sorted(public.items()):
        ours = _interpreted(_file(build), names_in[_file(build)])[name]
        with keras.StatelessScope():  # no variable gets its value: that would take minutes
            real = build(weights=None)
        # Layers without parameters are left out: some are there only for the weights that are not loaded here.
        layers = [(layer.cls, layer.params()) for layer in ours.layers if layer.params()]
        expected = [(type(layer).__name__, layer.count_params()) for layer in real.layers if layer.count_params()]
        if ours.status() != "exact" or ours.params() != real.count_params() or layers != expected:
            wrong[name] = (ours.status(), ours.params(), real.count_params())
    assert not wrong
