"""Data beside a program: what is read of it, and what is not."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any

import pytest

from kerascheck.machine.files import data_reading
from tests.machine.helpers import UNKNOWN, execute_module, plain

_CSV = "a,b,label\n1,2.5,x\n2,,y\n3,1.5,x\n4,2,z\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "table.csv").write_text(_CSV)
    (tmp_path / "numbers.txt").write_text("1,2,3\n4,5,6\n")
    (tmp_path / "settings.json").write_text('{"units": 17, "sizes": [3, 4]}')
    (tmp_path / "settings.yaml").write_text("net:\n  units: 21\n")
    (tmp_path / "settings.ini").write_text("[net]\nunits = 5\n")
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (10, 5), }\n"
    (tmp_path / "x.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + b"\0" * 200)
    for name in ("cat", "dog", ".hidden"):
        (tmp_path / "images" / name).mkdir(parents=True)
    (tmp_path / "images" / "cat" / "one.png").write_bytes(b"")
    return tmp_path


def value(folder: Path, code: str) -> Any:
    """What `x` is at the end of a program in the folder."""
    _, scope = execute_module(code, str(folder / "program.py"))
    return plain(scope.vars.get("x"))


_PANDAS = "import pandas as pd\ndf = pd.read_csv('table.csv')\n"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (_PANDAS + "x = df.shape", (4, 3)),
        (_PANDAS + "x = df['label'].nunique()", 3),
        (_PANDAS + "x = len(df['label'].unique())", 3),
        (_PANDAS + "x = len(set(df['label']))", 3),
        (_PANDAS + "x = df.drop('label', axis=1).shape[1]", 2),
        (_PANDAS + "x = pd.get_dummies(df['label']).shape[1]", 3),
        (_PANDAS + "x = int(df['a'].max())", 4),
        ("import pandas as pd\nx = pd.read_csv('table.csv', header=None, names=['a', 'b', 'c']).shape", (5, 3)),
        ("import pandas as pd\nx = pd.read_csv('table.csv', usecols=['a', 'b']).shape", (4, 2)),
        ("import pandas as pd\nx = pd.read_csv('table.csv', index_col=0).shape", (4, 2)),
        ("import numpy as np\nx = np.loadtxt('numbers.txt', delimiter=',').shape", (2, 3)),
        ("import numpy as np\nx = np.load('x.npy').shape", (10, 5)),
        ("import json\nwith open('settings.json') as f:\n    x = json.load(f)['units']", 17),
        ("import json\nx = json.load(open('settings.json'))['sizes']", [3, 4]),
        ("import yaml\nx = yaml.safe_load(open('settings.yaml'))['net']['units']", 21),
        ("from omegaconf import OmegaConf\nx = OmegaConf.load('settings.yaml').net.units", 21),
        ("import configparser\nc = configparser.ConfigParser()\nc.read('settings.ini')\nx = c.getint('net', 'units')", 5),
        ("x = len(open('numbers.txt').readlines())", 2),
        ("x = len(open('numbers.txt').read().split(','))", 5),
        ("from pathlib import Path\nx = Path(__file__).parent.joinpath('numbers.txt').read_text()[0]", "1"),
        ("import os\nhere = os.path.dirname(os.path.abspath(__file__))\nx = open(os.path.join(here, 'numbers.txt')).read()[:3]", "1,2"),
        ("import os\nx = sorted(os.listdir('images'))", [".hidden", "cat", "dog"]),
        ("import glob\nx = len(glob.glob('images/*'))", 2),
        ("import glob\nx = sorted(glob.glob('images/*/*.png'))", ["images/cat/one.png"]),
        ("import keras\nx = keras.utils.image_dataset_from_directory('images').class_names", ["cat", "dog"]),
        ("from keras.preprocessing.image import ImageDataGenerator as G\n"
         "x = G().flow_from_directory('images').num_classes", 3),
    ],
)  # fmt: skip
def test_is_read(folder: Path, code: str, expected: Any) -> None:
    assert value(folder, code) == expected


@pytest.mark.parametrize(
    "code",
    [
        "import json\nx = json.load(open('missing.json'))",
        "import json\njson.dump({}, open('settings.json', 'w'))\nx = json.load(open('settings.json'))",
        "import pandas as pd\nfrom lib import fetch\nfetch('table.csv')\nx = pd.read_csv('table.csv').shape[0]",
        "import pandas as pd\npd.DataFrame({'a': [1]}).to_csv('table.csv')\nx = pd.read_csv('table.csv').shape[0]",
        "import pandas as pd\nx = pd.read_csv('table.csv', skiprows=1).shape[0]",
        "import pandas as pd\nx = pd.read_csv('table.csv', sep=';').shape[0] if False else pd.read_csv('no').shape[0]",
        "f = open('numbers.txt')\nf.readline()\nx = f.read()",
        "x = open('/etc/hostname').read()",
        "x = open('../outside.txt').read()",
        "import glob\nx = len(glob.glob('images/*.jpg'))",  # the data are not here
        "import os\nos.makedirs('empty', exist_ok=True)\nx = len(os.listdir('empty'))",
        "from pathlib import Path\nx = len(list(Path('images').glob('*.jpg')))",
    ],
)
def test_is_not_known(folder: Path, code: str) -> None:
    (folder.parent / "outside.txt").write_text("1")
    assert value(folder, code) is UNKNOWN


def test_nothing_is_read_where_that_is_turned_off(folder: Path) -> None:
    with data_reading(False):
        assert value(folder, "x = open('numbers.txt').read()") is UNKNOWN
        assert value(folder, _PANDAS + "x = df.shape[0]") is UNKNOWN


def test_only_regular_files_within_the_project(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other") / "secret.txt"
    other.write_text("1")
    os.symlink(other, folder / "link.txt")
    assert value(folder, "x = open('link.txt').read()") is UNKNOWN
    os.mkfifo(folder / "pipe")
    assert value(folder, "x = open('pipe').read()") is UNKNOWN  # and it does not wait for a writer


def test_a_file_too_large_to_read_gives_its_header(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kerascheck.data.csv_files.MAX_BYTES", 10)
    assert value(folder, _PANDAS + "x = df.shape[1]") == 3
    assert value(folder, _PANDAS + "x = df.shape[0]") is UNKNOWN


def test_where_two_files_may_be_meant_neither_is_read(folder: Path) -> None:
    (folder / "setup.py").write_text("")
    inner = folder / "scripts"
    inner.mkdir()
    assert value(inner, "x = open('numbers.txt').read()[0]") == "1"
    (inner / "numbers.txt").write_text("7")
    assert value(inner, "x = open('numbers.txt').read()[0]") is UNKNOWN


def test_yaml_that_grows_without_end(folder: Path) -> None:
    lines = ["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    for one, other in zip("abcdefg", "bcdefgh", strict=True):
        lines.append(f"{other}: &{other} [*{one}, *{one}, *{one}, *{one}, *{one}, *{one}, *{one}, *{one}, *{one}]")
    (folder / "bomb.yaml").write_text("\n".join(lines))
    assert value(folder, "import yaml\nx = yaml.safe_load(open('bomb.yaml'))") is UNKNOWN
