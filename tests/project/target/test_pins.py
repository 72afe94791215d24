"""What the versions that a project asks for say about its Keras."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kerascheck.project.source import Source
from kerascheck.project.target import Era, Target, surroundings

PROGRAM = "from tensorflow import keras\nmodel = keras.Sequential()\n"


def target(folder: Path, files: dict[str, str], text: str = PROGRAM, name: str = "program.py") -> Target:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return Source(text.encode(), str(folder / name)).target


@pytest.mark.parametrize(
    ("requirement", "era"),
    [
        ("tensorflow==1.15", Era.TF_KERAS),
        ("tensorflow == 2.15.1", Era.TF_KERAS),
        ("tensorflow<2.16", Era.TF_KERAS),
        ("tensorflow>=2.0,<2.11", Era.TF_KERAS),
        ("tensorflow[and-cuda]~=2.15.0", Era.TF_KERAS),
        ("tensorflow-gpu", Era.TF_KERAS),
        ("tensorflow_gpu>=2.0", Era.TF_KERAS),
        ("tensorflow-addons", Era.TF_KERAS),
        ("keras==2.4.3", Era.TF_KERAS),
        ("keras<3", Era.TF_KERAS),
        ("keras==1.2.2", Era.KERAS_1),
        ("Keras>=2.0,<2.3", Era.TF_KERAS),
        ("tensorflow>=2.16", Era.KERAS_3),
        ("tensorflow==2.17.*", Era.KERAS_3),
        ("keras>=3", Era.KERAS_3),
        ("keras~=3.3", Era.KERAS_3),
        # open
        ("tensorflow", Era.UNKNOWN),
        ("tensorflow>=2.0", Era.UNKNOWN),
        ("tensorflow<=2.16", Era.UNKNOWN),
        ("tensorflow>2.15", Era.UNKNOWN),  # 2.15.1 is one of them
        ("tensorflow~=2.10", Era.UNKNOWN),
        ("tensorflow!=2.16", Era.UNKNOWN),
        ("keras", Era.UNKNOWN),
        ("tensorflow==1.15; python_version < '3.8'", Era.UNKNOWN),
        ("tensorflow-datasets==1.3", Era.UNKNOWN),
        ("keras-tuner==1.0.2", Era.UNKNOWN),
        ("# tensorflow==1.15", Era.UNKNOWN),
        ("tensorflow>=2.16\ntf-keras", Era.UNKNOWN),
        ("tensorflow==1.15\nkeras>=3", Era.UNKNOWN),
    ],
)
def test_versions_in_requirements(tmp_path: Path, requirement: str, era: Era) -> None:
    assert target(tmp_path, {"requirements.txt": f"numpy\n{requirement}\n"}).era is era


@pytest.mark.parametrize(
    ("name", "content", "era"),
    [
        ("requirements-dev.txt", "tensorflow==2.3\n", Era.TF_KERAS),
        ("setup.py", "setup(install_requires=['numpy', 'tensorflow>=1.14,<2'])\n", Era.TF_KERAS),
        ("setup.py", "setup(python_requires='>=3.5, <3.8')\n", Era.TF_KERAS),
        ("setup.py", "setup(python_requires='>=3.5')\n", Era.UNKNOWN),
        ("setup.py", "setup(description='tensorflow==1.15 and others')\n", Era.UNKNOWN),
        ("setup.cfg", "[options]\ninstall_requires =\n    tensorflow==2.4\n", Era.TF_KERAS),
        ("pyproject.toml", '[project]\ndependencies = ["tensorflow==2.4"]\n', Era.TF_KERAS),
        ("pyproject.toml", '[project.optional-dependencies]\ntf = ["tensorflow>=2.16"]\n', Era.KERAS_3),
        ("pyproject.toml", '[tool.poetry.dependencies]\ntensorflow = "~2.10"\n', Era.TF_KERAS),
        ("pyproject.toml", '[tool.poetry.dependencies]\ntensorflow = "^2.10"\n', Era.UNKNOWN),
        ("pyproject.toml", '[tool.poetry.dependencies]\ntensorflow = {version = "2.3.0"}\n', Era.TF_KERAS),
        ("pyproject.toml", "not = [toml", Era.UNKNOWN),
        ("poetry.lock", '[[package]]\nname = "tensorflow"\nversion = "2.10.0"\n', Era.TF_KERAS),
        ("Pipfile", '[packages]\ntensorflow = "==1.14"\n', Era.TF_KERAS),
        ("Pipfile", '[requires]\npython_version = "3.7"\n', Era.TF_KERAS),
        ("Pipfile.lock", '{"default": {"tensorflow": {"version": "==2.17.0"}}}', Era.KERAS_3),
        ("Pipfile.lock", "[]", Era.UNKNOWN),
        ("environment.yml", "dependencies:\n  - python=3.6.9=h265db76_0\n", Era.TF_KERAS),
        ("environment.yml", "dependencies:\n  - tensorflow-gpu=1.15.0=gpu_py37\n", Era.TF_KERAS),
        ("environment.yml", "dependencies:\n  - python=3.11\n  - pip:\n    - tensorflow==2.17\n", Era.KERAS_3),
        ("Dockerfile", "FROM tensorflow/tensorflow:1.15.0-gpu-py3\n", Era.TF_KERAS),
        (
            "Dockerfile",
            "FROM ubuntu\nRUN apt-get update && \\\n    pip3 install numpy tensorflow==1.15\n",
            Era.TF_KERAS,
        ),
        ("Dockerfile", "# pip install tensorflow==1.15\n", Era.UNKNOWN),
        ("README.md", "pip install tensorflow==1.15\n", Era.UNKNOWN),
    ],
)
def test_files_that_name_versions(tmp_path: Path, name: str, content: str, era: Era) -> None:
    assert target(tmp_path, {name: content}).era is era


def test_an_old_version_means_the_keras_that_the_program_imports(tmp_path: Path) -> None:
    found = target(tmp_path, {"requirements.txt": "tensorflow==2.3\n"}, "import keras\nkeras.Sequential()\n")
    assert found.era is Era.KERAS_2
    assert str(found.evidence[0]) == f"tensorflow==2.3 ({tmp_path / 'requirements.txt'}:1)"


def test_the_nearest_folder_of_the_project_counts(tmp_path: Path) -> None:
    files = {".git/HEAD": "", "requirements.txt": "tensorflow==1.15\n", "new/requirements.txt": "tensorflow==2.17\n"}
    assert target(tmp_path, files, name="old/deep/program.py").era is Era.TF_KERAS
    assert target(tmp_path, files, name="new/program.py").era is Era.KERAS_3


def test_what_was_locked_counts_more_than_what_was_asked_for(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": '[tool.poetry.dependencies]\ntensorflow = "^2.0"\n',
        "poetry.lock": '[[package]]\nname = "tensorflow"\nversion = "2.4.1"\n',
    }
    assert target(tmp_path, files).era is Era.TF_KERAS


def test_signs_in_the_program_count_more_than_versions(tmp_path: Path) -> None:
    files = {"requirements.txt": "tensorflow==2.3\n"}
    assert target(tmp_path, files, "from keras import ops\n").era is Era.KERAS_3
    assert target(tmp_path, {"requirements.txt": "keras>=3\n"}, "import tf_keras\n").era is Era.TF_KERAS


def test_a_change_of_the_versions_is_seen(tmp_path: Path) -> None:
    assert target(tmp_path, {"requirements.txt": "tensorflow==2.3\n"}).era is Era.TF_KERAS
    before = surroundings(str(tmp_path))
    assert target(tmp_path, {"requirements.txt": "tensorflow==2.17.0\n"}).era is Era.KERAS_3
    assert surroundings(str(tmp_path)) != before


def notebook(*cells: str, language: str | None = None) -> str:
    metadata = {} if language is None else {"language_info": {"name": "python", "version": language}}
    code = [
        {"cell_type": "code", "source": cell, "metadata": {}, "outputs": [], "execution_count": None} for cell in cells
    ]
    return json.dumps({"cells": code, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


@pytest.mark.parametrize(
    ("cell", "era"),
    [
        ('!pip install "tensorflow<2.16"', Era.TF_KERAS),
        ("%pip install -q tensorflow==2.3.1 pandas", Era.TF_KERAS),
        ("!python -m pip install keras==2.2.4", Era.TF_KERAS),
        ("%tensorflow_version 1.x", Era.TF_KERAS),
        ("!pip install -U keras>=3", Era.KERAS_3),
        ("%tensorflow_version 2.x", Era.UNKNOWN),
        ("!pip install tensorflow", Era.UNKNOWN),
        ("# !pip install tensorflow==1.15", Era.UNKNOWN),
        ("print('pip install tensorflow==1.15')", Era.UNKNOWN),
        ("!pip install keras-tuner==1.0.1", Era.UNKNOWN),
    ],
)
def test_a_notebook_installs_what_it_needs(tmp_path: Path, cell: str, era: Era) -> None:
    assert target(tmp_path, {}, notebook(cell, PROGRAM), "program.ipynb").era is era


@pytest.mark.parametrize(
    ("version", "era"), [("3.6.9", Era.TF_KERAS), ("2.7.15", Era.TF_KERAS), ("3.11.4", Era.UNKNOWN)]
)
def test_the_python_that_ran_a_notebook(tmp_path: Path, version: str, era: Era) -> None:
    assert target(tmp_path, {}, notebook(PROGRAM, language=version), "program.ipynb").era is era


def printed(output: str, language: str | None = None, **metadata: str) -> str:
    """A notebook whose cell has this output."""
    cells = [
        {
            "cell_type": "code",
            "source": PROGRAM,
            "metadata": metadata,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": [output]}],
            "execution_count": 1,
        }
    ]
    of_notebook = {} if language is None else {"language_info": {"name": "python", "version": language}}
    return json.dumps({"cells": cells, "metadata": of_notebook, "nbformat": 4, "nbformat_minor": 5})


@pytest.mark.parametrize(
    ("output", "era"),
    [
        ("Using TensorFlow backend.\n", Era.TF_KERAS),
        ("Epoch 1/2\n100/100 [==============================] - 1s 9ms/step - loss: 0.5\n", Era.TF_KERAS),
        ("Layer (type)                 Output Shape              Param #   \n=========\n", Era.TF_KERAS),
        ("\u2503 Layer (type)          \u2503 Output Shape \u2503    Param # \u2503\n", Era.KERAS_3),
        ("\x1b[1m313/313\x1b[0m \x1b[32m\u2501\u2501\u2501\u2501\x1b[0m 1s 2ms/step - loss: 0.5\n", Era.KERAS_3),
        ("[==] a bar of somebody else\n", Era.UNKNOWN),
        ("5 [====]", Era.UNKNOWN),
    ],
)
def test_what_keras_printed_when_a_notebook_ran(tmp_path: Path, output: str, era: Era) -> None:
    assert target(tmp_path, {}, printed(output), "program.ipynb").era is era


def test_outputs_of_two_kinds_say_nothing(tmp_path: Path) -> None:
    both = "Using TensorFlow backend.\n1/1 \u2501\u2501\u2501\u2501 0s 1ms/step\n"
    assert target(tmp_path, {}, printed(both), "program.ipynb").era is Era.UNKNOWN


def test_what_is_pinned_goes_before_what_was_printed(tmp_path: Path) -> None:
    pins = {"requirements.txt": "keras==3.5.0\n"}
    assert target(tmp_path, pins, printed("Using TensorFlow backend.\n"), "program.ipynb").era is Era.KERAS_3


def test_an_old_colab(tmp_path: Path) -> None:
    assert target(tmp_path, {}, printed("", colab_type="code"), "program.ipynb").era is Era.TF_KERAS
    # Another program has saved it since, and left that in.
    assert target(tmp_path, {}, printed("", "3.11.4", colab_type="code"), "program.ipynb").era is Era.UNKNOWN
