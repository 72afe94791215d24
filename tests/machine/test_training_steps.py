"""Models that train in their own way: `train_step` and its kin build the parts that wait for data."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from kerascheck.network.networks import Network
from tests.machine.helpers import KERAS, cases, execute_module, raised
from tests.machine.test_oracle import counts, describe_ours, describe_theirs

PROGRAMS = cases("training_steps")


@pytest.mark.parametrize("code", PROGRAMS.values(), ids=PROGRAMS)
def test_parts_are_exact(code: str) -> None:
    _, scope = execute_module(KERAS + code)
    assert {name: network.status() for name, network in _models(scope.vars).items()} == dict.fromkeys(
        _compared(code), "exact"
    )
    assert raised(code) == []


@pytest.mark.oracle
@pytest.mark.parametrize("code", PROGRAMS.values(), ids=PROGRAMS)
def test_parts_are_as_keras_builds_them(keras: Any, code: str) -> None:
    keras.backend.clear_session()
    space: dict[str, Any] = {}
    exec(KERAS + code, space)
    _, scope = execute_module(KERAS + code)
    ours = _models(scope.vars)
    assert ours
    for name, network in ours.items():
        theirs = space[name]
        assert [(layer.cls, layer.name, sum(counts(layer))) for layer in network.layers] == [
            (type(layer).__name__, layer.name, layer.count_params()) for layer in theirs.layers
        ]
        if network.kind != "subclass":  # the layers of others keep no record of their calls
            assert describe_ours(network) == describe_theirs(theirs), name


def _compared(code: str) -> list[str]:
    """The names that the program gives to its models, but for that of one that is only a frame for its parts."""
    return sorted(name for name in ("decoder", "encoder", "model", "top") if f"\n{name} =" in code)


def _models(names: dict[str, Any]) -> dict[str, Network]:
    found = {}
    for name in ("decoder", "encoder", "model", "top"):
        value = names.get(name)
        value = getattr(value, "layer", value)
        if isinstance(value, Network):
            found[name] = value
    return found


def test_what_is_refused_in_a_step_is_not_reported() -> None:
    code = """
    import numpy as np
    class Frame(Model):
        def __init__(self):
            super().__init__()
            self.inner = Sequential([Conv2D(3, 3)])
        def train_step(self, data):
            x, y = data
            return {"loss": keras.ops.mean(self.inner(x))}
    frame = Frame()
    frame.compile("adam")
    frame.fit(np.zeros((32, 4)), np.zeros((32, 1)))
    """
    assert raised(code) == []


@pytest.mark.parametrize("method", ["fit", "make_train_function"])
def test_a_class_that_takes_training_in_hand_is_not_followed(method: str) -> None:
    code = f"""
    import numpy as np
    class Frame(Model):
        def __init__(self):
            super().__init__()
            self.inner = inner
        def {method}(self, *args, **kwargs):
            return None
        def train_step(self, data):
            return {{"loss": keras.ops.mean(self.inner(data[0]))}}
    inner = Sequential([Dense(3)])
    frame = Frame()
    frame.compile("adam")
    frame.fit(np.zeros((32, 4)), np.zeros((32, 1)))
    """
    _, scope = execute_module(KERAS + textwrap.dedent(code))
    assert scope.vars["inner"].status() == "unknown"
