"""Classes in all their forms, and what programs use of Python's library."""

from __future__ import annotations

from typing import Any

import pytest

from tests.machine.helpers import cases, known, model, value_of

PROGRAMS = {f"{file}: {title}": code for file in ("classes", "library") for title, code in cases(file).items()}


@pytest.mark.parametrize("code", PROGRAMS.values(), ids=PROGRAMS)
def test_as_python_does(code: str) -> None:
    if "import attr\n" in code:
        pytest.importorskip("attr")
    space: dict[str, Any] = {}
    exec(compile(code, "program", "exec", dont_inherit=True), space)
    assert known(code) == space["x"]


def test_models_of_configurations() -> None:
    network = model(
        """
        from dataclasses import dataclass, field
        from enum import Enum
        from typing import NamedTuple

        class Act(str, Enum):
            RELU = "relu"

        class Block(NamedTuple):
            units: int
            act: Act = Act.RELU

        @dataclass
        class Config:
            inputs: int = 4
            blocks: list = field(default_factory=lambda: [Block(8), Block(2)])

        REGISTRY = {}

        def register(cls):
            REGISTRY[cls.__name__] = cls
            return cls

        @register
        class Mlp:
            def __init__(self, config):
                self.config = config

            def build(self):
                inputs = Input((self.config.inputs,))
                x = inputs
                for units, act in self.config.blocks:
                    x = Dense(units, activation=act)(x)
                return Model(inputs, x)

        model = REGISTRY["Mlp"](Config()).build()
        """
    )
    assert network.status() == "exact"
    assert network.params() == 40 + 18
    assert [layer.config["activation"] for layer in network.layers[1:]] == ["relu", "relu"]


def test_layers_of_a_function_that_remembers_are_shared() -> None:
    network = model(
        """
        from functools import lru_cache
        @lru_cache
        def dense(units):
            return Dense(units)
        inputs = Input((4,))
        model = Model(inputs, dense(4)(dense(4)(inputs)))
        """
    )
    assert [layer.name for layer in network.layers[1:]] == ["dense"]
    assert network.params() == 20


def test_layers_as_keys() -> None:
    network = model(
        """
        sizes = {Dense: 8, LSTM: 4}
        kinds = {"dense": Dense, "dropout": Dropout}
        first = kinds["dense"](sizes[Dense])
        after = {first: Dropout(0.5)}
        model = Sequential([Input((4,)), first, after[first], getattr(layers, "Dense")(1)])
        """
    )
    assert network.status() == "exact"
    assert network.params() == 40 + 9


@pytest.mark.parametrize("write", ["d[r.a].append(r.b)", "d[r.a]", "d[r.a][r.b] = 1", "d[r.a] += [1]", "d[r.a].x = 2"])
def test_asking_a_defaultdict_for_a_key_that_is_not_known_makes_an_entry(write: str) -> None:
    head = "import collections\nimport rows\nd = collections.defaultdict(list)\n"
    assert value_of(f"{head}n = len(d)", "n") == 0
    for code in (f"r = rows.one()\n{write}\n", f"for r in rows.all():\n    {write}\n"):
        assert not isinstance(value_of(f"{head}{code}n = len(d)", "n"), int)
        assert not isinstance(value_of(f"{head}{code}n = len([k for k in d.keys()])", "n"), int)
