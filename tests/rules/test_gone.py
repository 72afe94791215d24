"""What is said of forms that Keras 3 does not have, by what shows for which Keras a program is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.diagnostics import Diagnostic, Severity
from kerascheck.engine import check_source, examine

OLD = """
from keras.layers import Convolution2D, Dense
from keras.models import Sequential
from keras.optimizers import SGD
from keras.utils.np_utils import to_categorical

model = Sequential()
model.add(Convolution2D(8, 3, 3, border_mode="same", input_shape=(28, 28, 1)))
model.compile(SGD(lr=0.1), "mse")
model.reset_states()
model.save("model")
"""


def found(folder: Path, code: str = OLD, target: str = "auto") -> list[Diagnostic]:
    """The findings of this family in a program of the folder."""
    report = check_source(code.encode(), str(folder / "program.py"), Settings(target=target))
    assert not report.crashed, [one.message for one in report.diagnostics]
    return [one for one in report.diagnostics if one.code.startswith("KC5")]


def severities(findings: list[Diagnostic]) -> set[Severity]:
    return {one.severity for one in findings}


def test_where_only_old_names_show_an_older_keras_it_is_a_note(tmp_path: Path) -> None:
    findings = found(tmp_path)
    assert {one.code for one in findings} == {"KC502", "KC503", "KC504", "KC508"}
    assert severities(findings) == {Severity.INFO}


def test_where_keras_3_is_configured_it_is_an_error(tmp_path: Path) -> None:
    findings = found(tmp_path, target="keras3")
    assert {one.code for one in findings} == {"KC502", "KC503", "KC504", "KC508"}
    assert Severity.ERROR in severities(findings) and Severity.INFO not in severities(findings)


def test_where_the_project_asks_for_keras_3_it_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("keras>=3.4\n")
    assert Severity.ERROR in severities(found(tmp_path))


@pytest.mark.parametrize("pin", ["keras==2.3.1", "tensorflow==1.15", "keras<3"])
def test_where_the_project_asks_for_an_older_keras_nothing_is_said(tmp_path: Path, pin: str) -> None:
    (tmp_path / "requirements.txt").write_text(f"{pin}\n")
    assert found(tmp_path) == []


@pytest.mark.parametrize("target", ["keras1", "keras2", "tf-keras"])
def test_where_an_older_keras_is_configured_nothing_is_said(tmp_path: Path, target: str) -> None:
    assert found(tmp_path, target=target) == []


@pytest.mark.parametrize(
    "line",
    [
        "import tf_keras",
        "import os; os.environ['TF_USE_LEGACY_KERAS'] = '1'",
        "import tensorflow.compat.v1 as tf",
        "from sklearn.cross_validation import train_test_split",
        "from scipy.misc import imread",
    ],
)
def test_where_the_program_shows_an_older_installation_nothing_is_said(tmp_path: Path, line: str) -> None:
    assert found(tmp_path, f"{line}\n{OLD}") == []


def test_where_the_program_demands_a_version_nothing_is_said_of_its_names(tmp_path: Path) -> None:
    code = """
import keras
assert keras.__version__.startswith("2.")
from keras.utils.np_utils import to_categorical
K = keras.backend
print(K.mean)
"""
    assert found(tmp_path, code) == []


def test_what_is_defined_by_the_program_is_its_own(tmp_path: Path) -> None:
    code = """
from keras import backend as K
def use(K):
    return K.mean([1])
class Tools:
    def mean(self, values):
        return values
def other():
    K = Tools()
    return K.mean([1])
"""
    assert found(tmp_path, code) == []


def test_one_list_of_metrics_for_several_outputs(tmp_path: Path) -> None:
    code = """
from keras import Input, Model, layers
from keras.utils.np_utils import to_categorical
inputs = Input((4,))
model = Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)])
model.compile("adam", "mse", metrics=["mae"])
"""
    (one,) = [one for one in found(tmp_path, code) if one.code == "KC509"]
    assert (one.span.start.row, one.severity) == (6, Severity.INFO)


def test_names_of_constraints(tmp_path: Path) -> None:
    code = """
from keras.layers import Dense
from keras.utils.np_utils import to_categorical
layer = Dense(3, kernel_constraint="maxnorm")
"""
    (one,) = [one for one in found(tmp_path, code) if one.code == "KC510"]
    assert one.message == 'Keras 3 has no constraint "maxnorm"; use "max_norm"'


def test_a_refused_form_is_read_as_it_is_meant(tmp_path: Path) -> None:
    examined = examine(OLD.encode(), str(tmp_path / "program.py"), Settings(target="keras3"))
    assert examined.analysis is not None
    (model,) = examined.analysis.paths[0].networks
    assert model.output_shapes() == [(None, 28, 28, 8)]
    assert model.status() == "unknown"  # Keras 3 does not build it


def test_what_stands_behind_a_refused_form_is_judged_by_its_meaning(tmp_path: Path) -> None:
    code = """
from keras.layers import Conv3D, Convolution3D
from keras.models import Sequential
model = Sequential()
model.add(Convolution3D(8, 3, 3, 3, border_mode="same", input_shape=(9, 9, 9, 1)))
"""
    report = check_source(code.encode(), str(tmp_path / "program.py"), Settings(target="keras3"))
    assert {one.code for one in report.diagnostics} == {"KC503"}


def test_a_package_of_the_project_hides_keras(tmp_path: Path) -> None:
    text = b"from keras.layers import scalings, Dense\n"

    def codes(name: str) -> list[str]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
        return [one.code for one in check_source(text, str(path), Settings()).diagnostics]

    (tmp_path / "own" / "keras").mkdir(parents=True)
    (tmp_path / "own" / "keras" / "__init__.py").touch()
    (tmp_path / "own" / "setup.py").touch()
    assert codes("other/run.py") == ["KC511"]
    assert codes("own/keras/local.py") == codes("own/tests/test_local.py") == []
