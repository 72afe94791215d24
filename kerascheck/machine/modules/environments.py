"""`gymnasium` and `gym`: the spaces of well-known environments, and of those that the program puts together itself.

Sources: https://gymnasium.farama.org/environments/ and https://ale.farama.org/environments/ (checked with gymnasium
1.4 and ale-py 0.12); for names that only older gym has, https://www.gymlibrary.dev. To add one: a row in a table.
"""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias

import libcst as cst

from kerascheck.data.content import Content
from kerascheck.data.values import dtype_of, new_array, shape_argument
from kerascheck.machine.methods import METHODS
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import NativeObject, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Shape
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown

ENVIRONMENT = "gymnasium.Env"
SPACE = "gymnasium.Space"


class _Box(NamedTuple):
    """Numbers in an array of a shape."""

    shape: tuple[int, ...]
    dtype: str = "float32"


#: A Box, the number of values of a Discrete, or several.
_Space: TypeAlias = "_Box | int | tuple[int, ...]"

_IMAGE = _Box((96, 96, 3), "uint8")


def _robot(size: int, actions: int) -> tuple[_Space, _Space]:
    return _Box((size,), "float64"), _Box((actions,))


#: The space of observations and that of actions, by the names of environments and their versions.
_SPACES: dict[str, tuple[_Space, _Space]] = {
    **{f"CartPole-v{n}": (_Box((4,)), 2) for n in (0, 1)},
    "Acrobot-v1": (_Box((6,)), 3),
    "MountainCar-v0": (_Box((2,)), 3),
    "MountainCarContinuous-v0": (_Box((2,)), _Box((1,))),
    **{f"Pendulum-v{n}": (_Box((3,)), _Box((1,))) for n in (0, 1)},
    **{f"LunarLander-v{n}": (_Box((8,)), 4) for n in (2, 3)},
    **{f"LunarLanderContinuous-v{n}": (_Box((8,)), _Box((2,))) for n in (2, 3)},
    **{f"BipedalWalker{kind}-v{n}": (_Box((24,)), _Box((4,))) for kind in ("", "Hardcore") for n in (2, 3)},
    **{f"CarRacing-v{n}": (_IMAGE, _Box((3,))) for n in range(4)},
    **{f"FrozenLake-v{n}": (16, 4) for n in (0, 1)},
    **{f"FrozenLake8x8-v{n}": (64, 4) for n in (0, 1)},
    **{f"Taxi-v{n}": (500, 6) for n in (2, 3)},
    **{f"CliffWalking-v{n}": (48, 4) for n in (0, 1)},
    **{f"Blackjack-v{n}": ((32, 11, 2), 2) for n in (0, 1)},
    **{f"HalfCheetah-v{n}": _robot(17, 6) for n in (2, 3, 4, 5)},
    **{f"Hopper-v{n}": _robot(11, 3) for n in (2, 3, 4, 5)},
    **{f"Swimmer-v{n}": _robot(8, 2) for n in (2, 3, 4, 5)},
    **{f"Walker2d-v{n}": _robot(17, 6) for n in (2, 3, 4, 5)},
    **{f"InvertedPendulum-v{n}": _robot(4, 1) for n in (2, 4, 5)},
    **{f"InvertedDoublePendulum-v{n}": _robot(11, 1) for n in (2, 4)},
    "InvertedDoublePendulum-v5": _robot(9, 1),
    **{f"Ant-v{n}": _robot(111, 8) for n in (2, 3)},
    "Ant-v4": _robot(27, 8),
    "Ant-v5": _robot(105, 8),
    **{f"Humanoid-v{n}": _robot(376, 17) for n in (2, 3, 4)},
    "Humanoid-v5": _robot(348, 17),
    **{f"HumanoidStandup-v{n}": _robot(376, 17) for n in (2, 4)},
    "HumanoidStandup-v5": _robot(348, 17),
    **{f"Reacher-v{n}": _robot(11, 2) for n in (2, 4)},
    "Reacher-v5": _robot(10, 2),
    **{f"Pusher-v{n}": _robot(23, 7) for n in (2, 4, 5)},
}

#: Games of the Atari 2600, by the number of actions and the height of the picture (210 where none is given).
_GAMES = {
    (3, 210): "Freeway Skiing",
    (4, 210): "Atlantis Breakout",
    (6, 210): "Bowling DemonAttack NameThisGame Pong Qbert SpaceInvaders UpNDown",
    (6, 214): "Carnival",
    (6, 220): "Pooyan",
    (6, 250): "AirRaid",
    (7, 210): "Assault",
    (8, 210): "Gopher Phoenix Tutankham",
    (9, 210): "Asterix BeamRider CrazyClimber Enduro MsPacman VideoPinball",
    (10, 210): "Amidar TimePilot WizardOfWor",
    (14, 210): "Asteroids KungFuMaster",
    (16, 230): "JourneyEscape",
    (18, 210): "Alien BankHeist BattleZone Berzerk Boxing Centipede ChopperCommand Defender DoubleDunk ElevatorAction "
    "FishingDerby Frostbite Gravitar Hero IceHockey Jamesbond Kangaroo Krull MontezumaRevenge Pitfall PrivateEye "
    "Riverraid RoadRunner Robotank Seaquest Solaris StarGunner Tennis Venture YarsRevenge Zaxxon",
    (18, 250): "Adventure",
}
_ATARI = {game: facts for facts, games in _GAMES.items() for game in games.split()}
_GAME = re.compile(r"(?:ALE/)?([A-Za-z]+?)(-ram)?(?:Deterministic|NoFrameskip)?-v[045]")

#: Arguments of `make` that leave the spaces as they are.
_HARMLESS = frozenset(
    {
        "render_mode", "max_episode_steps", "autoreset", "disable_env_checker", "apply_api_compatibility",
        "is_slippery", "frameskip", "repeat_action_probability", "render", "sutton_barto_reward", "g", "new_step_api",
        "width", "height",
    }
)  # fmt: skip


def spaces_of(name: str) -> tuple[_Space, _Space] | None:
    """The spaces of observations and of actions of an environment; None where they are not known."""
    if name in _SPACES:
        return _SPACES[name]
    match = _GAME.fullmatch(name)
    facts = _ATARI.get(match.group(1)) if match is not None else None
    if match is None or facts is None:
        return None
    actions, height = facts
    return _Box((128,) if match.group(2) else (height, 160, 3), "uint8"), actions


# -- values -----------------------------------------------------------------------------------------------------------


class SpaceValue(NativeObject):
    """A space: `what` is "Box", "Discrete", "Tuple" ...; its parts are its attributes."""

    __slots__ = ("what",)

    def __init__(self, what: str, birth: int, parts: dict[str, Value]) -> None:
        super().__init__(SPACE, birth, parts)
        self.what = what


class EnvironmentValue(NativeObject):
    """An environment; its parts are its attributes. `modern`: whether `reset` and `step` give what gymnasium gives."""

    __slots__ = ("modern",)

    def __init__(self, birth: int, parts: dict[str, Value], modern: bool) -> None:
        super().__init__(ENVIRONMENT, birth, parts)
        self.modern = modern

    def forget(self) -> None:
        """Code that is not analysed may have set attributes, but the spaces are what they are."""


def _box(run: Run, shape: Shape | Unknown, dtype: str | Unknown) -> SpaceValue:
    plain: Value = shape
    return SpaceValue("Box", run.tick(), {"shape": plain, "dtype": dtype})


def _discrete(run: Run, n: Value) -> SpaceValue:
    return SpaceValue("Discrete", run.tick(), {"n": n, "shape": (), "dtype": "int64", "start": 0})


def _space(run: Run, space: _Space) -> SpaceValue:
    if isinstance(space, _Box):
        return _box(run, space.shape, space.dtype)
    if isinstance(space, int):
        return _discrete(run, space)
    return SpaceValue("Tuple", run.tick(), {"spaces": tuple(_discrete(run, size) for size in space)})


def native_attribute(run: Run, value: NativeObject, name: str, node: cst.CSTNode) -> Value | None:
    """An attribute of a space or environment; None where that is not known here."""
    if isinstance(value, SpaceValue):
        if name in value.parts:
            return value.parts[name]
        shape = value.parts.get("shape")
        if name in ("low", "high", "_low", "_high") and value.what == "Box" and shape is not None:
            return new_array(run, shape, value.parts["dtype"])
        return None
    if isinstance(value, EnvironmentValue):
        if name in ("unwrapped", "env"):
            return value
        return value.parts.get(name)
    return None


def space_item(value: SpaceValue, index: Value) -> Value | None:
    """`space[0]` of a Tuple, `space["camera"]` of a Dict; None where that is not known."""
    spaces = value.parts.get("spaces")
    if isinstance(spaces, tuple) and isinstance(index, int) and -len(spaces) <= index < len(spaces):
        return spaces[index]
    entries = value.parts.get("entries")
    return entries.get(index) if isinstance(entries, dict) and isinstance(index, str) else None


def is_space(value: SpaceValue, name: str) -> bool | None:
    """`isinstance(space, gymnasium.spaces.Box)`; None where that is not known."""
    package, _, short = name.rpartition(".")
    if package.partition(".")[0] not in ("gym", "gymnasium"):
        return None
    return short in ("Space", value.what) if short in _KINDS or short == "Space" else None


_KINDS = ("Box", "Discrete", "MultiDiscrete", "MultiBinary", "Tuple", "Dict")


# -- functions --------------------------------------------------------------------------------------------------------


def _make(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`gymnasium.make("CartPole-v1")`."""
    which = arguments.value("id", 0)
    facts = spaces_of(which) if isinstance(which, str) else None
    plain = not arguments.open_keywords and len(arguments.positional) <= 1 and arguments.keywords.keys() <= _HARMLESS
    if facts is None or not plain or which in _registered(run):
        return run.fresh("an environment that is not known", site.node)
    parts: dict[str, Value] = {"observation_space": _space(run, facts[0]), "action_space": _space(run, facts[1])}
    return EnvironmentValue(run.tick(), parts, name.startswith("gymnasium."))


def _registered(run: Run) -> set[str]:
    """The names under which the program registers environments of its own."""
    marker = "gym register"
    return {key[1] for key in run.remembered if isinstance(key, tuple) and key[:1] == (marker,)}


def _register(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`gymnasium.register(id="Own-v0", entry_point=...)`."""
    which = arguments.value("id", 0)
    if isinstance(which, str):
        run.remembered["gym register", which] = None
    return None


def _wrapped(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """A wrapper that leaves the spaces as they are."""
    env = arguments.value("env", 0)
    return env if isinstance(env, EnvironmentValue) else run.fresh("a wrapped environment", site.node)


def _make_box(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`spaces.Box(low, high, shape, dtype)`."""
    from kerascheck.data.values import array_argument

    wanted = arguments.value("shape", 2)
    shape: Shape | Unknown
    if wanted is None:
        bound = array_argument(run, arguments, 0, "low")
        shape = bound.shape if bound is not None else Unknown("the shape of a Box")
        if shape == ():
            high = array_argument(run, arguments, 1, "high")
            shape = high.shape if high is not None else Unknown("the shape of a Box")
        if shape == ():
            shape = (1,)
    else:
        shape = shape_argument(run, wanted, site)
    dtype = dtype_of(arguments.value("dtype", 3, "float32"))
    return _box(run, shape, Unknown("a dtype") if dtype is None else dtype)


def _make_discrete(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`spaces.Discrete(n)`."""
    return _discrete(run, arguments.value("n", 0))


def _make_many(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`spaces.Tuple`, `spaces.Dict`, `spaces.MultiDiscrete`, `spaces.MultiBinary`."""
    what = name.rpartition(".")[2]
    first = arguments.positional[0].value if arguments.positional else None
    parts: dict[str, Value] = {}
    if what == "Tuple":
        items = items_of(run, arguments.value("spaces", 0))
        if not isinstance(items, Unknown):
            parts["spaces"] = tuple(items)
    elif what == "MultiBinary" and isinstance(first, int):
        parts.update(shape=(first,), n=first, dtype="int8")
    elif what == "MultiDiscrete":
        items = items_of(run, arguments.value("nvec", 0))
        if not isinstance(items, Unknown):
            parts.update(shape=(len(items),), nvec=arguments.value("nvec", 0), dtype="int64")
    elif what == "Dict":
        parts["entries"] = {key: given.value for key, given in arguments.keywords.items()}
        given = getattr(first, "items", None)
        if isinstance(given, dict):
            parts["entries"].update(given)
    return SpaceValue(what, run.tick(), parts)


def _sample(run: Run, space: NativeObject, arguments: Arguments, site: Site) -> Value:
    """`space.sample()`."""
    return _element(run, space, site)


def _element(run: Run, space: Value, site: Site) -> Value:
    if not isinstance(space, SpaceValue):
        return run.fresh("an observation", site.node)
    shape = space.parts.get("shape")
    if space.what == "Discrete" or shape is None:
        return run.fresh("an element of a space", site.node)
    content = Content(0, 255) if space.parts["dtype"] == "uint8" else None
    return new_array(run, shape, space.parts["dtype"], content=content)


def _reset(run: Run, env: NativeObject, arguments: Arguments, site: Site) -> Value:
    """`env.reset()`: the observation and a dictionary; before gym 0.26 the observation alone."""
    if not isinstance(env, EnvironmentValue) or not env.modern:
        return run.fresh("what a reset gives", site.node)
    return (_element(run, env.parts.get("observation_space"), site), run.fresh("information", site.node))


def _step(run: Run, env: NativeObject, arguments: Arguments, site: Site) -> Value:
    """`env.step(action)`: five things; before gym 0.26 four."""
    if not isinstance(env, EnvironmentValue) or not env.modern:
        return run.fresh("what a step gives", site.node)
    rest = [run.fresh(what, site.node) for what in ("a reward", "the end", "a cut", "information")]
    return (_element(run, env.parts.get("observation_space"), site), *rest)


def _nothing(run: Run, receiver: NativeObject, arguments: Arguments, site: Site) -> Value:
    return None


def _unknown_result(run: Run, receiver: NativeObject, arguments: Arguments, site: Site) -> Value:
    return run.fresh("the result of a method of an environment", site.node)


METHODS[SPACE] = {"sample": _sample, "contains": _unknown_result, "seed": _unknown_result}
METHODS[ENVIRONMENT] = {
    "reset": _reset,
    "step": _step,
    "close": _nothing,
    **dict.fromkeys(("render", "seed", "get_wrapper_attr", "has_wrapper_attr", "get_action_meanings"), _unknown_result),
}

_PACKAGES = ("gym", "gymnasium")
_PLAIN_WRAPPERS = (
    *("RecordVideo", "RecordEpisodeStatistics", "Monitor", "TimeLimit", "OrderEnforcing", "AutoResetWrapper"),
    *("HumanRendering", "NormalizeReward", "TransformReward", "ClipAction", "monitoring.Monitor", "Autoreset"),
)

FUNCTIONS = {
    **{f"{package}.{name}": _make for package in _PACKAGES for name in ("make", "envs.make", "envs.registration.make")},
    **{
        f"{package}.{name}": _register
        for package in _PACKAGES
        for name in ("register", "envs.register", "envs.registration.register")
    },
    **{f"{package}.wrappers.{name}": _wrapped for package in _PACKAGES for name in _PLAIN_WRAPPERS},
    **{f"{package}.spaces.{module}Box": _make_box for package in _PACKAGES for module in ("", "box.")},
    **{f"{package}.spaces.{module}Discrete": _make_discrete for package in _PACKAGES for module in ("", "discrete.")},
    **{f"{package}.spaces.{name}": _make_many for package in _PACKAGES for name in _KINDS[2:]},
}
