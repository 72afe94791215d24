"""Spaces of gymnasium and gym."""

from __future__ import annotations

from typing import Any

import pytest

from kerascheck.symbolic.unknown import Unknown
from tests.machine.helpers import known, model, value_of

_MAKE = "import gymnasium as gym\nfrom gymnasium import spaces\n"


def size(expression: str, head: str = _MAKE) -> Any:
    return known(f"{head}x = {expression}")


@pytest.mark.parametrize(
    ("name", "shape", "actions"),
    [
        ("CartPole-v1", (4,), 2),
        ("Acrobot-v1", (6,), 3),
        ("LunarLander-v3", (8,), 4),
        ("Taxi-v3", (), 6),
        ("FrozenLake8x8-v1", (), 4),
        ("ALE/Pong-v5", (210, 160, 3), 6),
        ("BreakoutNoFrameskip-v4", (210, 160, 3), 4),
        ("Breakout-ram-v4", (128,), 4),
    ],
)
def test_well_known_environments(name: str, shape: tuple[int, ...], actions: int) -> None:
    assert size(f"gym.make('{name}').observation_space.shape") == shape
    assert size(f"gym.make('{name}').action_space.n") == actions


def test_actions_in_a_box() -> None:
    assert size("gym.make('Pendulum-v1').action_space.shape[0]") == 1
    assert size("gym.make('HalfCheetah-v5').action_space.sample().shape") == (6,)
    assert size("len(gym.make('CartPole-v1').observation_space.high)") == 4


def test_observations() -> None:
    assert size("gym.make('CartPole-v1').reset()[0].shape") == (4,)
    assert size("gym.make('CartPole-v1').step(0)[0].shape") == (4,)
    assert isinstance(value_of("import gym\nx = gym.make('CartPole-v1').reset()", "x"), Unknown)  # it depends on gym


@pytest.mark.parametrize(
    "made",
    [
        "gym.make('Mine-v0')",
        "gym.make('LunarLander-v3', continuous=True)",
        "gym.make(name)",
        "gym.wrappers.FrameStackObservation(gym.make('CartPole-v1'), 4)",
    ],
)
def test_other_spaces_are_named_sizes(made: str) -> None:
    network = model(
        f"import gymnasium as gym\nfrom somewhere import name\nenv = {made}\n"
        "model = Sequential([Input((env.observation_space.shape[0],)), Dense(env.action_space.n)])"
    )
    assert network.status() == "symbolic"
    assert str(network.outputs[0].shape[1]) == "env.action_space.n"  # type: ignore[index]


def test_a_name_that_the_program_registers_itself() -> None:
    code = "gym.register(id='CartPole-v1', entry_point='mine:Env')\nx = gym.make('CartPole-v1')"
    assert isinstance(value_of(_MAKE + code, "x"), Unknown)


def test_wrappers_that_change_no_space() -> None:
    code = "gym.wrappers.RecordVideo(gym.make('CartPole-v1'), 'videos').unwrapped.action_space.n"
    assert size(code) == 2


def test_spaces_of_the_program() -> None:
    assert size("spaces.Box(low=0, high=1, shape=(3, 2)).shape") == (3, 2)
    assert size("spaces.Box(np.zeros(5), np.ones(5)).shape", _MAKE + "import numpy as np\n") == (5,)
    assert size("spaces.Discrete(7).n") == 7
    assert size("spaces.Dict({'a': spaces.Discrete(3)})['a'].n") == 3
    assert size("spaces.Tuple([spaces.Discrete(3), spaces.Discrete(5)])[1].n") == 5
    code = _MAKE + (
        "class Own(gym.Env):\n    def __init__(self):\n        self.action_space = spaces.Discrete(3)\n"
        "x = Own().action_space.n"
    )
    assert known(code) == 3


def test_which_kind_of_space() -> None:
    assert size("isinstance(gym.make('CartPole-v1').action_space, gym.spaces.Discrete)") is True
    assert size("isinstance(gym.make('CartPole-v1').action_space, spaces.Box)") is False
    assert size("isinstance(gym.make('CartPole-v1').observation_space, spaces.Box)") is True
