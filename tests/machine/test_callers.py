"""Builders that other files of the project call are built as they call them; findings stand in their own files."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.engine import check_file
from kerascheck.machine import analyze
from kerascheck.project.source import read_source
from kerascheck.views.summary import summarize
from kerascheck.workers.cache import Cache
from kerascheck.workers.parallel import Job, check_files

MODELS = """
from keras import Input, Sequential
from keras.layers import Dense, LSTM

def build(n, units=32):
    model = Sequential([Input((20,)), Dense(units, activation="relu"), Dense(n, activation="softmax")])
    model.compile("adam", "{loss}")
    return model
"""
GOOD = MODELS.format(loss="sparse_categorical_crossentropy")


def _project(folder: Path, files: dict[str, str]) -> Path:
    (folder / "pyproject.toml").write_text("")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def _models(file: Path) -> list[tuple[str, object]]:
    source = read_source(str(file))
    return sorted((one.status, one.total_params) for one in summarize(source, analyze(source, 20.0)))


def _findings(folder: Path, cache: Cache | None = None, processes: int = 1) -> list[tuple[str, int, str]]:
    jobs = [Job(str(file), Settings()) for file in sorted(folder.rglob("*.py"))]
    reports = check_files(jobs, processes, cache)
    assert not any(report.crashed for report in reports)
    return [(Path(d.filename).name, d.span.start.row, d.code) for report in reports for d in report.diagnostics]


def test_nobody_calls_it(tmp_path: Path) -> None:
    folder = _project(tmp_path, {"models.py": GOOD, "train.py": "import models\n"})
    assert _models(folder / "models.py") == [("symbolic", "21*units + n*units + n")]


@pytest.mark.parametrize(
    "caller",
    [
        "from models import build\nbuild(10)\n",
        "import models as m\n\nif __name__ == '__main__':\n    m.build(10)\n",
        "from models import build\n\ndef main():\n    return build(10)\n",
        "from models import build\n\nclass Job:\n    def run(self):\n        return build(n=10)\n",
    ],
)
def test_one_call(tmp_path: Path, caller: str) -> None:
    folder = _project(tmp_path, {"models.py": GOOD, "train.py": caller})
    assert _models(folder / "models.py") == [("exact", 21 * 32 + 33 * 10)]


def test_each_call_counts(tmp_path: Path) -> None:
    callers = {
        "one.py": "from models import build\nbuild(10)\nbuild(3, units=4)\n",
        "two.py": "import models\nmodels.build(2)\n",
    }
    folder = _project(tmp_path, {"models.py": GOOD, **callers})
    sizes = [21 * 32 + 33 * 10, 21 * 4 + 5 * 3, 21 * 32 + 33 * 2]
    assert _models(folder / "models.py") == sorted(("exact", size) for size in sizes)


def test_a_call_through_the_package(tmp_path: Path) -> None:
    folder = _project(
        tmp_path,
        {
            "nets/__init__.py": "from .models import build\n",
            "nets/models.py": GOOD,
            "scripts/train.py": "from nets import build\nbuild(10)\n",
        },
    )
    assert _models(folder / "nets/models.py") == [("exact", 1002)]


def test_methods_have_the_objects_that_others_make(tmp_path: Path) -> None:
    code = """
from keras import Input, Sequential
from keras.layers import Dense

class Trainer:
    def __init__(self, units=5):
        self.units = units

    def make(self):
        return Sequential([Input((4,)), Dense(self.units)])
"""
    folder = _project(tmp_path, {"models.py": code, "train.py": "from models import Trainer\ntrainer = Trainer(7)\n"})
    assert _models(folder / "models.py") == [("exact", 35)]


def test_an_object_that_another_file_has_built_up_is_older_than_a_method_that_nobody_calls(tmp_path: Path) -> None:
    nets = """
from keras import Sequential
from keras.layers import Conv2D, Flatten, Input

class Nets:
    def __init__(self, shape):
        self.shape = shape
        self.model = Sequential()

    def small(self):
        self.model.add(Sequential([Input(self.shape), Conv2D(3, 3)]))
        self.model.add(Flatten())

    def large(self):
        self.model.add(Sequential([Input(self.shape), Conv2D(5, 3)]))
        self.model.add(Flatten())
"""
    folder = _project(tmp_path, {"nets.py": nets, "train.py": "import nets\nnets.Nets((8, 8, 3)).small()\n"})
    assert _findings(folder) == []


def test_what_nobody_calls_is_analysed_beside_what_others_call(tmp_path: Path) -> None:
    more = GOOD + "\ndef other(n=3):\n    return Sequential([Input((20,)), LSTM(n)])\n"
    folder = _project(tmp_path, {"models.py": more, "train.py": "from models import build\nbuild(10)\n"})
    assert _findings(folder) == [("models.py", 11, "KC201")]


def test_a_file_without_keras_is_checked(tmp_path: Path) -> None:
    train = "import numpy as np\nfrom models import build\n\nmodel = build(10)\nmodel.fit(np.zeros((50, 21)), np.zeros(50))\n"
    folder = _project(tmp_path, {"models.py": GOOD, "train.py": train})
    assert _findings(folder) == [("train.py", 5, "KC210")]


def test_a_finding_stands_in_its_own_file_once(tmp_path: Path) -> None:
    calls = {f"train{i}.py": "from models import build\nbuild(10)\n" for i in range(3)}
    folder = _project(tmp_path, {"models.py": MODELS.format(loss="binary_crossentropy"), **calls})
    assert _findings(folder) == [("models.py", 7, "KC305")]
    assert _findings(folder, processes=2) == [("models.py", 7, "KC305")]


def test_a_model_is_counted_in_its_own_file(tmp_path: Path) -> None:
    train = "import keras\nfrom models import build\nbuild(10)\nkeras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])\n"
    folder = _project(tmp_path, {"models.py": GOOD, "train.py": train})
    assert check_file(str(folder / "models.py"), Settings()).models_exact == 1


def test_a_caller_that_fails_or_does_not_end_is_no_harm(tmp_path: Path) -> None:
    callers = {
        "a.py": "from models import build\nbuild(10\n",
        "b.py": "from models import build\nraise SystemExit\nbuild(10)\n",
    }
    folder = _project(tmp_path, {"models.py": GOOD, **callers})
    assert [status for status, _ in _models(folder / "models.py")] == ["symbolic"]
    (folder / "c.py").write_text("from models import build\nn = 2\nwhile True:\n    n += 1\n    build(n)\n")
    assert _findings(folder) == [("a.py", 2, "KC001")]


def test_the_cache_knows_the_callers(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    folder = _project(tmp_path / "project", {"models.py": GOOD})
    cache = Cache(tmp_path / "cache")
    assert _findings(folder, cache) == []
    (folder / "train.py").write_text("from models import build\nbuild(1)\n")  # softmax over one unit
    assert _findings(folder, Cache(tmp_path / "cache")) == [("models.py", 6, "KC301")]
    (folder / "train.py").write_text("from models import build\nbuild(5)\n")
    assert _findings(folder, Cache(tmp_path / "cache")) == []
    (folder / "train.py").write_text("from models import build\nbuild(1)\n")
    assert _findings(folder, Cache(tmp_path / "cache")) == [("models.py", 6, "KC301")]


IMAGES = """
from keras import Input, Model
from keras.layers import Concatenate, Conv2D, MaxPooling2D

def build(shape):
    image = Input(shape)
    left = Conv2D(8, 3, strides=2, padding="same")(image)
    right = MaxPooling2D(2)(Conv2D(4, 1)(image))
    return Model(image, Concatenate(axis=1)([left, right]))
"""


@pytest.mark.parametrize("setter", ["backend.set_image_data_format", "config.set_image_data_format"])
def test_the_order_of_axes_that_an_importer_sets_is_not_taken_for_the_usual_one(tmp_path: Path, setter: str) -> None:
    # The importer does not get as far as to build something, so only functions that nobody calls are analysed.
    train = f"import keras\nkeras.{setter}('channels_first')\nraise SystemExit\nimport models\n"
    folder = _project(tmp_path, {"models.py": IMAGES, "train.py": train})
    assert _findings(folder) == []
    assert [status for status, _ in _models(folder / "models.py")] == ["unknown"]


def test_the_order_of_axes_that_other_files_set_for_themselves_is_theirs(tmp_path: Path) -> None:
    other = "import keras\nkeras.config.set_image_data_format('channels_first')\n"
    folder = _project(tmp_path, {"models.py": IMAGES, "other.py": other})
    assert _findings(folder) == [("models.py", 9, "KC204")]
