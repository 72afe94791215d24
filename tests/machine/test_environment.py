"""Constants of installed packages: what has one value for sure is known, and nothing is run to find it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kerascheck.machine import analyze
from kerascheck.machine.environment import UNKNOWN, installed_constant
from kerascheck.network.program import Program
from tests.machine.helpers import source

CONFIG = """
import os
raise SystemExit("this module is never run")
IMAGE_SIZE = 32
CHANNELS: int = 3
SHAPE = (IMAGE_SIZE, IMAGE_SIZE, CHANNELS)
TWICE = 1
TWICE = 2
if os.name == "nt":
    CONDITIONAL = 1
CHANGED = 1
def change():
    global CHANGED
    CHANGED = 2
LIST = [1, 2]
READ = os.environ.get("X", 1)
COUNT = 1
COUNT += 1
lower = 5
"""


@pytest.fixture(autouse=True)
def site_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = tmp_path / "installed" / "acme_models"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(
        "from .config import IMAGE_SIZE as SIZE\nfrom acme_models.config import SHAPE\n"
    )
    (package / "config.py").write_text(CONFIG)
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "installed")])
    return package


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        ("acme_models.config", "IMAGE_SIZE", 32),
        ("acme_models.config", "CHANNELS", 3),
        ("acme_models.config", "SHAPE", (32, 32, 3)),
        ("acme_models", "SIZE", 32),
        ("acme_models", "SHAPE", (32, 32, 3)),
    ],
)
def test_what_has_one_value(module: str, name: str, value: object) -> None:
    assert installed_constant(module, name) == value


@pytest.mark.parametrize("name", ["TWICE", "CONDITIONAL", "CHANGED", "LIST", "READ", "COUNT", "ABSENT"])
def test_what_may_have_another_value_is_not_known(name: str) -> None:
    assert installed_constant("acme_models.config", name) is UNKNOWN


@pytest.mark.parametrize(
    "module", ["acme_models.absent", "absent.config", "signal", "libcst.native", "acme_models..config"]
)
def test_modules_that_are_not_read(module: str) -> None:
    assert installed_constant(module, "IMAGE_SIZE") is UNKNOWN


def first_path(code: str) -> Program:
    return analyze(source("from keras import Sequential, Input\nfrom keras.layers import Dense\n" + code)).paths[0]


@pytest.mark.parametrize(
    "code",
    [
        "from acme_models.config import IMAGE_SIZE\nm = Sequential([Input((IMAGE_SIZE,)), Dense(2)])",
        "import acme_models.config as c\nm = Sequential([Input((c.IMAGE_SIZE,)), Dense(2)])",
        "import acme_models.config\nm = Sequential([Input((acme_models.config.IMAGE_SIZE,)), Dense(2)])",
        "from acme_models import SIZE\nm = Sequential([Input((SIZE,)), Dense(2)])",
    ],
)
def test_models_of_such_sizes_are_exact(code: str) -> None:
    (network,) = first_path(code).networks
    assert (network.status(), network.params()) == ("exact", 66)
    assert "acme_models" not in sys.modules


def test_what_the_program_sets_itself_holds() -> None:
    code = "import acme_models.config as c\nc.IMAGE_SIZE = 64\nm = Sequential([Input((4,)), Dense(c.IMAGE_SIZE)])"
    (network,) = first_path(code).networks
    assert network.outputs[0].shape == (None, 64)


def test_astroid_is_imported_only_when_it_is_needed() -> None:
    import subprocess

    code = (
        "import sys\nfrom kerascheck.machine import analyze\nfrom kerascheck.project.source import Source\n"
        "analyze(Source(b'import keras\\nfrom nowhere.config import SIZE\\nkeras.layers.Dense(SIZE)', 'x.py'))\n"
        "print('astroid' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_imports_in_a_circle_end(site_packages: Path) -> None:
    (site_packages / "one.py").write_text("from .two import SIZE\n")
    (site_packages / "two.py").write_text("from .one import SIZE\n")
    assert installed_constant("acme_models.one", "SIZE") is UNKNOWN
