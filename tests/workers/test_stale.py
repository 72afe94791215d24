"""A report of the cache is only used while nothing has changed on which it depends: each way in which something can.

Every way is a folder, a change to it, and nothing else: with the cache, the findings before and after the change must
be those of a run without it, the change must make a difference, and a run without a change must use the cache.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kerascheck import api
from kerascheck.configuration.config import Resolver
from kerascheck.diagnostics import Report
from kerascheck.engine import check_source

MODEL = "model = Sequential([Input((4,)), layers.Dropout(RATE), layers.Dense(1)])\n"
KERAS = "from keras import Input, Sequential, layers\n"
PROJECT = '[project]\nname = "acme"\n'
OLD = "import tensorflow as tf\nx = tf.placeholder(tf.float32)\n"
#: An error where nothing shows an older Keras, a note where others seem to be written for one.
OLD_FORM = (
    "import keras\nm = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])\n"
    "m.export('folder')\nmodel = keras.models.load_model('folder')\n"
)

Change = Callable[[Path], None]


def model(*imports: str) -> str:
    return "\n".join([KERAS.strip(), *imports, MODEL])


def write(name: str, text: str) -> Change:
    def change(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return change


def remove(name: str) -> Change:
    def change(folder: Path) -> None:
        path = folder / name
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()

    return change


def rename(old: str, new: str) -> Change:
    return lambda folder: (folder / old).rename(folder / new) and None


def link(name: str, target: str) -> Change:
    def change(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(target)

    return change


def quietly(name: str, text: str) -> Change:
    """The same size, and the same time of the last change."""

    def change(folder: Path) -> None:
        path = folder / name
        before = path.stat()
        assert len(text) == before.st_size
        path.write_text(text)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    return change


def together(*changes: Change) -> Change:
    return lambda folder: [change(folder) for change in changes] and None


@dataclass(frozen=True)
class Way:
    """Files, which of them is checked, and what changes."""

    files: dict[str, str]
    change: Change
    main: str = "main.py"
    before: Change | None = None
    settings: dict[str, Any] = field(default_factory=dict)


RATE = "RATE = 1.5\n"
FINE = "RATE = 0.5\n"
FROM_SETTINGS = model("from settings import RATE")
IN_SCRIPTS = {"top/scripts/main.py": FROM_SETTINGS}
DEEP = "top/scripts/main.py"
INSTALLED = {"main.py": model("from acme_models.config import RATE"), "installed/acme_models/__init__.py": ""}
NARROW, WIDE = "a,b,c,d\n1,2,3,4\n", "a,b,c,d,e,f,g,h\n1,2,3,4,5,6,7,8\n"
READS_CSV = KERAS + ("import pandas as pd\nframe = pd.read_csv('rows.csv')\nRATE = frame.shape[1] / 4 - 0.5\n" + MODEL)
JSON = "import json\nwith open('settings.json') as file:\n    RATE = json.load(file)['rate']\n"
YAML = "import yaml\nwith open('settings.yaml') as file:\n    RATE = yaml.safe_load(file)['rate']\n"
CLASSES = "import os\nRATE = len(os.listdir('classes')) / 2\n"
BUILDER = KERAS + "def build(rate):\n    return Sequential([Input((4,)), layers.Dropout(rate), layers.Dense(1)])\n"

WAYS: dict[str, Way] = {
    # -- a module appears where none was -------------------------------------------------------------------------
    "a module beside the script": Way({"main.py": FROM_SETTINGS}, write("settings.py", RATE)),
    "a module in a package": Way(
        {"main.py": model("from acme.settings import RATE"), "acme/__init__.py": ""}, write("acme/settings.py", RATE)
    ),
    "a module in a folder that is no package": Way(
        {"main.py": model("from acme.settings import RATE"), "acme/other.py": ""}, write("acme/settings.py", RATE)
    ),
    "a package": Way({"main.py": model("from acme import RATE")}, write("acme/__init__.py", RATE)),
    "a package within a package": Way(
        {"main.py": model("from acme.settings import RATE"), "acme/__init__.py": ""},
        write("acme/settings/__init__.py", RATE),
    ),
    "a submodule that is reached as a name": Way(
        {"main.py": model("from acme import settings", "RATE = settings.RATE"), "acme/__init__.py": ""},
        write("acme/settings.py", RATE),
    ),
    "a module in the top folder": Way(
        {**IN_SCRIPTS, "top/pyproject.toml": PROJECT}, write("top/settings.py", RATE), DEEP
    ),
    "a module in src": Way({**IN_SCRIPTS, "top/setup.py": ""}, write("top/src/settings.py", RATE), DEEP),
    "a module in src that was there": Way(
        {**IN_SCRIPTS, "top/setup.py": "", "top/src/other.py": ""}, write("top/src/settings.py", RATE), DEEP
    ),
    "a nearer module": Way(
        {**IN_SCRIPTS, "top/setup.py": "", "top/settings.py": FINE}, write("top/scripts/settings.py", RATE), DEEP
    ),
    "a module that another module imports": Way(
        {"main.py": FROM_SETTINGS, "settings.py": "from acme.rates import RATE\n", "acme/__init__.py": ""},
        write("acme/rates.py", RATE),
    ),
    "a module in a folder that the script adds to the path": Way(
        {"run/main.py": model("import sys", "sys.path.append('../lib')", "from settings import RATE"), "lib/x.py": ""},
        write("lib/settings.py", RATE),
        "run/main.py",
    ),
    "a parent module that a relative import reaches": Way(
        {
            "acme/__init__.py": "",
            "acme/models/__init__.py": "",
            "acme/models/main.py": model("from ..rates import RATE"),
        },
        write("acme/rates.py", RATE),
        "acme/models/main.py",
    ),
    "a module three packages up": Way(
        {
            **{f"{name}/__init__.py": "" for name in ("a", "a/b", "a/b/c")},
            "a/b/c/main.py": model("from ...rates import RATE"),
        },
        write("a/rates.py", RATE),
        "a/b/c/main.py",
    ),
    # -- the project appears -------------------------------------------------------------------------------------
    **{
        f"{marker} appears above": Way({**IN_SCRIPTS, "top/settings.py": RATE}, write(f"top/{marker}", text), DEEP)
        for marker, text in {
            "pyproject.toml": PROJECT,
            ".git/HEAD": "ref: x\n",
            "setup.py": "",
            "setup.cfg": "",
            "requirements.txt": "numpy\n",
        }.items()
    },
    "__init__.py makes the folder a package": Way(
        {"top/acme/main.py": FROM_SETTINGS, "top/settings.py": RATE},
        write("top/acme/__init__.py", ""),
        "top/acme/main.py",
    ),
    "a nearer project": Way(
        {**IN_SCRIPTS, "setup.py": "", "settings.py": FINE, "top/settings.py": RATE},
        write("top/setup.py", ""),
        DEEP,
    ),
    # -- modules change, move and go -----------------------------------------------------------------------------
    "a module changes": Way({"main.py": FROM_SETTINGS, "settings.py": FINE}, write("settings.py", RATE)),
    "a module changes without a trace in its size and time": Way(
        {"main.py": FROM_SETTINGS, "settings.py": FINE}, quietly("settings.py", RATE)
    ),
    "a module goes": Way({"main.py": FROM_SETTINGS, "settings.py": RATE}, remove("settings.py")),
    "a module goes and another comes in": Way(
        {**IN_SCRIPTS, "top/setup.py": "", "top/scripts/settings.py": FINE, "top/settings.py": RATE},
        remove("top/scripts/settings.py"),
        DEEP,
    ),
    "a package goes": Way({"main.py": model("from acme import RATE"), "acme/__init__.py": RATE}, remove("acme")),
    "a module of a module changes": Way(
        {"main.py": FROM_SETTINGS, "settings.py": "from rates import RATE\n", "rates.py": FINE}, write("rates.py", RATE)
    ),
    "a parent module changes": Way(
        {
            "acme/__init__.py": "",
            "acme/models/__init__.py": "",
            "acme/rates.py": FINE,
            "acme/models/main.py": model("from .. import rates", "RATE = rates.RATE"),
        },
        write("acme/rates.py", RATE),
        "acme/models/main.py",
    ),
    "a module becomes small enough to be read": Way(
        {"main.py": FROM_SETTINGS, "settings.py": RATE + "#" * 500_000}, write("settings.py", RATE)
    ),
    "a module begins to define flags": Way(
        {
            "main.py": model("import options", "from absl import flags", "RATE = flags.FLAGS.rate"),
            "options.py": "from absl import flags\n",
        },
        write("options.py", "from absl import flags\nflags.DEFINE_float('rate', 1.5, '')\n"),
    ),
    "a link to a module points elsewhere": Way(
        {"main.py": FROM_SETTINGS, "one.txt": FINE, "two.txt": RATE},
        link("settings.py", "two.txt"),
        before=link("settings.py", "one.txt"),
    ),
    "a link to a folder points elsewhere": Way(
        {"main.py": model("from acme.settings import RATE"), "one/settings.py": FINE, "two/settings.py": RATE},
        link("acme", "two"),
        before=link("acme", "one"),
    ),
    # -- who calls what the file defines -------------------------------------------------------------------------
    "a caller appears": Way({"main.py": BUILDER}, write("train.py", "from main import build\nbuild(1.5)\n")),
    "a caller changes": Way(
        {"main.py": BUILDER, "train.py": "from main import build\nbuild(0.5)\n"},
        write("train.py", "from main import build\nbuild(1.5)\n"),
    ),
    "a caller goes": Way({"main.py": BUILDER, "train.py": "from main import build\nbuild(1.5)\n"}, remove("train.py")),
    "what a caller imports appears": Way(
        {"main.py": BUILDER, "train.py": "from main import build\nfrom settings import RATE\nbuild(RATE)\n"},
        write("settings.py", RATE),
    ),
    # -- installed packages --------------------------------------------------------------------------------------
    "a constant of an installed package": Way(
        {**INSTALLED, "installed/acme_models/config.py": FINE}, write("installed/acme_models/config.py", RATE)
    ),
    "a constant without a trace in size and time": Way(
        {**INSTALLED, "installed/acme_models/config.py": FINE}, quietly("installed/acme_models/config.py", RATE)
    ),
    "a constant that an installed package imports": Way(
        {
            **INSTALLED,
            "installed/acme_models/config.py": "from .base import RATE\n",
            "installed/acme_models/base.py": FINE,
        },
        write("installed/acme_models/base.py", RATE),
    ),
    "a constant that is worked out from another package's": Way(
        {
            **INSTALLED,
            "installed/acme_models/config.py": "import acme_base\nRATE = acme_base.HALF * 2\n",
            "installed/acme_base.py": "HALF = 0.25\n",
        },
        write("installed/acme_base.py", "HALF = 0.75\n"),
    ),
    "another package that a constant is worked out from appears": Way(
        {**INSTALLED, "installed/acme_models/config.py": "import acme_base\nRATE = acme_base.HALF * 2\n"},
        write("installed/acme_base.py", "HALF = 0.75\n"),
    ),
    "a package is installed": Way({"main.py": INSTALLED["main.py"]}, write("installed/acme_models/config.py", RATE)),
    "a package is removed": Way(
        {**INSTALLED, "installed/acme_models/config.py": RATE}, remove("installed/acme_models")
    ),
    "a package is installed where it is found first": Way(
        {**INSTALLED, "installed/acme_models/config.py": FINE},
        together(write("first/acme_models/__init__.py", ""), write("first/acme_models/config.py", RATE)),
    ),
    "a module of an installed package becomes a package": Way(
        {**INSTALLED, "installed/acme_models/config.py": FINE},
        write("installed/acme_models/config/__init__.py", RATE),
    ),
    # -- data beside the script ----------------------------------------------------------------------------------
    "a table appears": Way({"main.py": READS_CSV}, write("rows.csv", WIDE)),
    "a table changes": Way({"main.py": READS_CSV, "rows.csv": NARROW}, write("rows.csv", WIDE)),
    "a table goes": Way({"main.py": READS_CSV, "rows.csv": WIDE}, remove("rows.csv")),
    "a JSON file appears": Way({"main.py": model(JSON)}, write("settings.json", '{"rate": 1.5}')),
    "a JSON file changes": Way(
        {"main.py": model(JSON), "settings.json": '{"rate": 0.5}'}, write("settings.json", '{"rate": 1.5}')
    ),
    "a YAML file appears": Way({"main.py": model(YAML)}, write("settings.yaml", "rate: 1.5\n")),
    "a YAML file changes": Way(
        {"main.py": model(YAML), "settings.yaml": "rate: 0.5\n"}, write("settings.yaml", "rate: 1.5\n")
    ),
    "a second file makes it doubtful which is read": Way(
        {"top/scripts/main.py": model(JSON), "top/setup.py": "", "top/settings.json": '{"rate": 1.5}'},
        write("top/scripts/settings.json", '{"rate": 0.5}'),
        DEEP,
    ),
    "the project of a script appears, and its data with it": Way(
        {"top/scripts/main.py": model(JSON), "top/settings.json": '{"rate": 1.5}'}, write("top/setup.py", ""), DEEP
    ),
    "a link to data points elsewhere": Way(
        {"main.py": model(JSON), "one.json": '{"rate": 0.5}', "two.json": '{"rate": 1.5}'},
        link("settings.json", "two.json"),
        before=link("settings.json", "one.json"),
    ),
    "a folder of data grows": Way(
        {"main.py": model(CLASSES), "classes/one": ""}, together(write("classes/two", ""), write("classes/three", ""))
    ),
    "a folder of data appears": Way(
        {"main.py": model(CLASSES)}, together(*(write(f"classes/{name}", "") for name in "abc"))
    ),
    # -- for which Keras it is written ---------------------------------------------------------------------------
    "a version appears": Way({"main.py": OLD_FORM}, write("requirements.txt", "tensorflow==2.3\n")),
    "a version changes": Way(
        {"main.py": OLD_FORM, "requirements.txt": "tensorflow==2.18\n"}, write("requirements.txt", "tensorflow==2.3\n")
    ),
    "a version above appears": Way(
        {"top/scripts/main.py": OLD_FORM, "top/setup.py": ""}, write("top/requirements.txt", "tensorflow==2.3\n"), DEEP
    ),
    "an imported module turns out to be old": Way(
        {"main.py": f"import helper\n{OLD_FORM}", "helper.py": ""}, write("helper.py", OLD)
    ),
    "an imported module that is old appears": Way({"main.py": f"import helper\n{OLD_FORM}"}, write("helper.py", OLD)),
    "modules of the folder begin to belong together": Way(
        {
            "main.py": OLD_FORM,
            "old.py": OLD,
            "other.py": "",
            "run.py": "import main\nimport other\n",
        },
        write("other.py", "import old\n"),
    ),
    "old programs of the folder appear": Way(
        {"main.py": OLD_FORM}, together(*(write(f"old{number}.py", OLD) for number in range(4)))
    ),
    "old programs of the project appear": Way(
        {"top/week2/main.py": OLD_FORM, "top/week1/x.py": "", "top/.git/HEAD": ""},
        together(*(write(f"top/week1/old{number}.py", OLD + OLD_FORM) for number in range(10))),
        "top/week2/main.py",
    ),
    # -- configuration -------------------------------------------------------------------------------------------
    "a configuration appears": Way(
        {"main.py": FROM_SETTINGS, "settings.py": RATE}, write(".kerascheck.toml", 'ignore = ["KC1", "KC3", "KC4"]\n')
    ),
    "a configuration changes": Way(
        {"main.py": FROM_SETTINGS, "settings.py": RATE, ".kerascheck.toml": ""},
        write(".kerascheck.toml", '[per-file-ignores]\n"main.py" = ["ALL"]\n'),
    ),
    "a configuration forbids to read data": Way(
        {"main.py": model(JSON), "settings.json": '{"rate": 1.5}'}, write(".kerascheck.toml", "read-data = false\n")
    ),
    "a configuration names the target": Way({"main.py": OLD_FORM}, write(".kerascheck.toml", 'target = "keras2"\n')),
    "the file itself changes": Way({"main.py": model(FINE)}, write("main.py", model(RATE))),
    "two folders change places": Way(
        {
            f"{name}/{file}.py": text
            for name, rate in (("one", FINE), ("two", RATE))
            for file, text in (("main", FROM_SETTINGS), ("settings", rate))
        },
        together(rename("one", "three"), rename("two", "one")),
        "one/main.py",
    ),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERASCHECK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *_, **__: str(tmp_path / "none"))
    for name in ("installed", "first"):
        monkeypatch.syspath_prepend(str(place / name))
    return place


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The files that were analysed, and not taken from the cache."""
    names: list[str] = []

    def check(raw: bytes, filename: str, *arguments: Any) -> Report:
        names.append(filename)
        return check_source(raw, filename, *arguments)

    monkeypatch.setattr("kerascheck.workers.parallel.check_source", check)
    yield names


def findings(file: Path, use_cache: bool) -> list[tuple[int, str, str, str]]:
    if not file.exists():
        return []
    (report,) = api.check_paths([file], settings=Resolver(), jobs=1, use_cache=use_cache)
    assert not report.crashed, report.diagnostics
    return [(one.span.start.row, one.code, one.severity.value, one.message) for one in report.diagnostics]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_no_report_is_stale(way: Way, folder: Path, analysed: list[str]) -> None:
    for name, text in way.files.items():
        write(name, text)(folder)
    if way.before is not None:
        way.before(folder)
    file = folder / way.main
    before = findings(file, use_cache=True)
    assert before == findings(file, use_cache=False)
    analysed.clear()
    assert findings(file, use_cache=True) == before
    assert not analysed, "a run without a change analyses again"
    way.change(folder)
    after = findings(file, use_cache=True)
    assert after == findings(file, use_cache=False)
    assert after != before, "the change makes no difference"


def test_there_are_many_ways() -> None:
    assert len(WAYS) >= 25
