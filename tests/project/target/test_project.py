"""What the modules of a project say about one another."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.diagnostics import Severity
from kerascheck.engine import check_source
from kerascheck.project.source import Source
from kerascheck.project.target import Era, decide
from kerascheck.workers.cache import Cache

OLD = "import tensorflow as tf\nx = tf.placeholder(tf.float32)\n"
PLAIN = "from tensorflow import keras\nmodel = keras.Sequential()\n"


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def era(path: Path) -> Era:
    return Source(path.read_bytes(), str(path)).target.era


def test_a_module_that_the_program_imports(tmp_path: Path) -> None:
    write(tmp_path, old=OLD, between="import old\n", main=f"import between\n{PLAIN}")
    assert era(tmp_path / "main.py") is Era.TF_KERAS


def test_a_program_that_imports_the_module(tmp_path: Path) -> None:
    write(tmp_path, train=f"from model import model\n{OLD}", model=PLAIN)
    assert era(tmp_path / "model.py") is Era.TF_KERAS


def test_another_program_in_the_folder_says_nothing(tmp_path: Path) -> None:
    write(tmp_path, one=OLD, two=PLAIN)
    assert era(tmp_path / "two.py") is Era.UNKNOWN


def test_several_programs_of_the_folder_say_what_it_is_for(tmp_path: Path) -> None:
    write(tmp_path, one=OLD, two=OLD, three=OLD, four=PLAIN)
    assert era(tmp_path / "four.py") is Era.TF_KERAS
    write(tmp_path, five="from keras import ops\n")
    assert era(tmp_path / "four.py") is Era.UNKNOWN


def test_modules_of_one_package_go_together(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    for name, text in {"__init__": "", "one": OLD, "two": PLAIN}.items():
        (tmp_path / "package" / f"{name}.py").write_text(text)
    assert era(tmp_path / "package" / "two.py") is Era.TF_KERAS
    (tmp_path / "package" / "three.py").write_text("from keras import ops\n")
    assert era(tmp_path / "package" / "two.py") is Era.UNKNOWN


def test_a_module_of_python_2(tmp_path: Path) -> None:
    write(tmp_path, tools='import numpy\nprint "tools"\n', main=f"import tools\n{PLAIN}")
    assert era(tmp_path / "main.py") is Era.TF_KERAS


def test_where_versions_are_pinned_no_program_is_read_for_its_signs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, above="import keras\n", package__one=PLAIN, package__two=PLAIN)
    (tmp_path / "requirements.txt").write_text("tensorflow==2.3\n")
    read: list[str] = []
    text = decide._text
    monkeypatch.setattr(decide, "_text", lambda folder, name: read.append(name) or text(folder, name))
    assert era(tmp_path / "package/one.py") is Era.TF_KERAS
    assert read == ["requirements.txt"]


def test_a_finding_of_the_cache_hangs_on_the_evidence(tmp_path: Path) -> None:
    cache, settings = Cache(tmp_path / "cache"), Settings()
    write(tmp_path, main=PLAIN)
    path, raw = str(tmp_path / "main.py"), PLAIN.encode()
    cache.store(raw, settings, check_source(raw, path, settings))
    assert cache.load(raw, path, settings) is not None
    (tmp_path / "requirements.txt").write_text("tensorflow==2.3\n")
    assert Cache(tmp_path / "cache").load(raw, path, settings) is None


def test_the_setting_decides_before_all_evidence(tmp_path: Path) -> None:
    text = b"from keras.layers import Dense\nDense(output_dim=3, init='uniform')\n"
    path = str(tmp_path / "program.py")
    noted = check_source(text, path, Settings()).diagnostics
    assert [(one.code, one.severity) for one in noted] == [("KC503", Severity.INFO)] * 2
    found = check_source(text, path, Settings(target="keras3")).diagnostics
    assert [(one.code, one.severity) for one in found] == [("KC503", Severity.ERROR)] * 2
    assert not check_source(text, path, Settings(target="keras1")).diagnostics


def test_a_project_of_old_programs_is_old(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, **{f"week1__part__old{n}": OLD + PLAIN for n in range(10)}, week2__new=PLAIN)
    assert era(tmp_path / "week2" / "new.py") is Era.TF_KERAS


def test_what_other_packages_had_shows_when_a_project_ran(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    dated = f"from sklearn.datasets import load_boston\n{PLAIN}"
    write(tmp_path, **{f"week1__old{n}": dated for n in range(10)}, week2__new=PLAIN, week3__three="import keras\n")
    assert era(tmp_path / "week2" / "new.py") is Era.TF_KERAS
    assert era(tmp_path / "week3" / "three.py") is Era.KERAS_2


def test_a_version_of_keras_3_counts_more_than_what_other_packages_had(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("keras==3.5.0\n")
    write(tmp_path, dated=f"from sklearn.datasets import load_boston\n{PLAIN}")
    assert era(tmp_path / "dated.py") is Era.KERAS_3


def test_few_old_programs_or_one_for_keras_3_leave_it_open(tmp_path: Path) -> None:
    for name, few, other in (("few", 9, PLAIN), ("new", 10, "from keras import ops\n"), ("many", 10, PLAIN)):
        project = tmp_path / name
        (project / "week2").mkdir(parents=True)
        (project / ".git").mkdir()
        write(project, **{f"week1__old{n}": OLD + PLAIN for n in range(few)}, week2__program=PLAIN, week3__other=other)
        if name == "many":
            write(project, **{f"week4__plain{n}": PLAIN for n in range(95)})
        assert era(project / "week2" / "program.py") is Era.UNKNOWN
