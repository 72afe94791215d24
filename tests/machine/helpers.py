"""One-liners for tests of the interpreter: analyse a text, look at a model or at the value of a name."""

from __future__ import annotations

import contextlib
import re
import textwrap
from pathlib import Path
from typing import Any

from kerascheck.machine import Analysis, analyze
from kerascheck.machine.budget import STEPS_PER_SECOND, Budget
from kerascheck.machine.project import Project, prepare_module
from kerascheck.machine.run import Run
from kerascheck.machine.values import DictValue, ListValue, Scope, UserRaise
from kerascheck.network.networks import Network
from kerascheck.project.source import Source
from kerascheck.symbolic.journal import noted_in
from kerascheck.symbolic.unknown import Unknown

KERAS = "import keras\nfrom keras import layers, models, Input, Model, Sequential\nfrom keras.layers import *\n"


_CASES = Path(__file__).parent / "cases"


def cases(name: str) -> dict[str, str]:
    """The programs of a file of cases, by the titles that stand above them as `# -- title`."""
    _, *parts = re.split(r"^# -- (.+)\n", (_CASES / f"{name}.py").read_text(), flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def marked_cases(name: str, default: str = "") -> dict[str, tuple[str, str]]:
    """Programs and what stands behind the colon of their titles."""
    found = {}
    for title, code in cases(name).items():
        title, _, mark = title.partition(": ")
        found[title] = (code, mark or default)
    return found


class _UnknownValue:
    """What `plain` puts where the interpreter does not know."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = _UnknownValue()


def source(code: str, filename: str = "example.py") -> Source:
    """A source made from an indented text."""
    return Source(textwrap.dedent(code).encode(), filename)


def build(code: str, filename: str = "example.py", seconds: float = 20.0) -> Analysis:
    """The analysis of a text, with Keras's usual names imported."""
    return analyze(source(KERAS + textwrap.dedent(code), filename), seconds)


def models(code: str, filename: str = "example.py") -> list[Network]:
    """The networks of the first path."""
    return build(code, filename).paths[0].networks


def model(code: str, name: str = "model") -> Network:
    """The network that the first path gives to a variable."""
    found = value_of(KERAS + textwrap.dedent(code), name)
    network = getattr(found, "layer", found)
    assert isinstance(network, Network), found
    return network


def raised(code: str) -> list[str]:
    """The kinds of the errors that Keras raises on any path."""
    return [one.error.kind for path in build(code).paths for one in path.raised]


def execute_module(code: str, filename: str = "example.py", steps: int = 2_000_000) -> tuple[Run, Scope]:
    """Run a module with all conditions joined, and keep its names."""
    text = source(code, filename)
    project = Project(text)
    run = Run(project, Budget(steps / STEPS_PER_SECOND))
    with noted_in(run.journal), contextlib.suppress(UserRaise):
        scope = Scope("module", None, text)
        prepare_module(scope, "__main__")
        run.execute(text.tree.body, scope)
    return run, scope


def value_of(code: str, name: str) -> Any:
    """The interpreter's value of a name at the end of the module; an Unknown where it has none."""
    _, scope = execute_module(code)
    return scope.vars.get(name, Unknown(f"{name} is not set"))


def plain(value: Any) -> Any:
    """A value as Python has it, with UNKNOWN where the interpreter does not know."""
    if isinstance(value, ListValue):
        if value.unknown is not None:
            return UNKNOWN
        items = [plain(item) for item in value.items]
        if value.kind == "set":
            return UNKNOWN if any(item is UNKNOWN for item in items) else set(items)
        return items
    if isinstance(value, DictValue):
        return UNKNOWN if value.unknown is not None else {key: plain(item) for key, item in value.items.items()}
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes, range, slice)):
        return value
    return UNKNOWN


def known(code: str, name: str = "x") -> Any:
    """The value of a name as Python has it, UNKNOWN where (or in the parts that) the interpreter does not know."""
    return plain(value_of(textwrap.dedent(code), name))


def summary(network: Network) -> list[tuple[str, str, Any, Any]]:
    """Class, name, output shape and parameters of each layer."""
    rows: list[tuple[str, str, Any, Any]] = []
    for layer in network.layers:
        shapes, params = layer.output_shapes(), layer.params()
        shape = UNKNOWN if isinstance(shapes, Unknown) else shapes[0] if len(shapes) == 1 else shapes
        rows.append((layer.cls, layer.name, shape, UNKNOWN if isinstance(params, Unknown) else params))
    return rows
