"""Imports of the program's own modules are followed into their files."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

from kerascheck.interp import analyze
from kerascheck.source import read_source
from tests.interp.helpers import UNKNOWN, execute_module, plain


def run(folder: Path, files: dict[str, str], main: str = "main.py") -> dict[str, Any]:
    """Write the files and give the names that the main one ends with."""
    for name, code in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(code))
    _, scope = execute_module((folder / main).read_text(), str(folder / main))
    return {name: plain(value) for name, value in scope.vars.items()}


CASES: dict[str, dict[str, str]] = {
    "module beside": {"main.py": "import helper\nx = helper.n", "helper.py": "n = 5"},
    "from module": {"main.py": "from helper import n as x", "helper.py": "n = 5"},
    "star": {"main.py": "from helper import *\nx = n", "helper.py": "n = 5\n_m = 6"},
    "package": {"main.py": "from pkg.sub import n as x", "pkg/__init__.py": "", "pkg/sub.py": "n = 5"},
    "package attribute": {"main.py": "import pkg.sub\nx = pkg.sub.n", "pkg/__init__.py": "", "pkg/sub.py": "n = 5"},
    "package alias": {"main.py": "import pkg.sub as s\nx = s.n", "pkg/__init__.py": "", "pkg/sub.py": "n = 5"},
    "re-export": {"main.py": "from pkg import n as x", "pkg/__init__.py": "from .sub import n", "pkg/sub.py": "n = 5"},
    "re-export by star": {"main.py": "from pkg import n as x", "pkg/__init__.py": "from .sub import *", "pkg/sub.py": "n = 5"},
    "submodule not imported yet": {"main.py": "from pkg import sub\nx = sub.n", "pkg/__init__.py": "", "pkg/sub.py": "n = 5"},
    "relative": {"main.py": "from pkg.a import x", "pkg/__init__.py": "", "pkg/a.py": "from .b import n as x", "pkg/b.py": "n = 5"},
    "relative module": {"main.py": "from pkg.a import x", "pkg/__init__.py": "", "pkg/a.py": "from . import b\nx = b.n", "pkg/b.py": "n = 5"},
    "relative, two up": {"main.py": "from pkg.in_.a import x", "pkg/__init__.py": "", "pkg/b.py": "n = 5", "pkg/in_/__init__.py": "", "pkg/in_/a.py": "from ..b import n as x"},
    "absolute within a package": {"main.py": "from pkg.a import x", "pkg/__init__.py": "", "pkg/a.py": "from pkg.b import n as x", "pkg/b.py": "n = 5"},
    "function": {"main.py": "from helper import f\nx = f(3)", "helper.py": "k = 2\ndef f(n):\n    return n + k"},
    "class": {"main.py": "from helper import A\nx = A(5).n", "helper.py": "class A:\n    def __init__(self, n):\n        self.n = n"},
    "inherited": {"main.py": "from helper import A\nclass B(A):\n    pass\nx = B().f()", "helper.py": "class A:\n    def f(self):\n        return 5"},
    "a module is run once": {"main.py": "import a\nimport b\nx = a.log + b.log", "a.py": "from c import log\nlog.append(1)", "b.py": "from c import log", "c.py": "log = []"},
    "setting a name of a module": {"main.py": "import helper\nhelper.n = 7\nx = helper.f()", "helper.py": "n = 5\ndef f():\n    return n"},
    "__name__": {"main.py": "import helper\nx = [__name__, helper.x]", "helper.py": "x = __name__"},
    "cycle": {"main.py": "import a\nx = a.f()", "a.py": "import b\nn = 5\ndef f():\n    return b.g()", "b.py": "import a\ndef g():\n    return a.n"},
    "conditional import": {"main.py": "try:\n    from helper import n as x\nexcept ImportError:\n    x = 0", "helper.py": "n = 5"},
    "import in a function": {"main.py": "def f():\n    from helper import n\n    return n\nx = f()", "helper.py": "n = 5"},
}  # fmt: skip


@pytest.mark.parametrize("files", CASES.values(), ids=CASES)
def test_as_python_does(files: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    mine = run(tmp_path, files)["x"]
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    space: dict[str, Any] = {"__name__": "__main__"}
    try:
        exec((tmp_path / "main.py").read_text(), space)
    finally:
        for name in set(sys.modules) - before:
            del sys.modules[name]
    assert mine == space["x"]


UNKNOWN_IMPORTS: dict[str, dict[str, str]] = {
    "absent": {"main.py": "from nowhere import n as x"},
    "relative and absent": {"main.py": "from .nowhere import n as x"},
    "syntax error": {"main.py": "from helper import n as x", "helper.py": "n = ("},
    "not defined": {"main.py": "from helper import m as x", "helper.py": "n = 5"},
    "raises before": {"main.py": "from helper import n as x", "helper.py": "raise SystemExit\nn = 5"},
    "too far up": {"main.py": "from .................nowhere import n as x"},
}


@pytest.mark.parametrize("files", UNKNOWN_IMPORTS.values(), ids=UNKNOWN_IMPORTS)
def test_not_known(files: dict[str, str], tmp_path: Path) -> None:
    assert run(tmp_path, files).get("x", UNKNOWN) is UNKNOWN


def test_an_installed_library_is_not_entered(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("zeros = 5")
    assert run(tmp_path, {"main.py": "from numpy import zeros as x"})["x"] is UNKNOWN


def test_networks_of_other_files_belong_to_those_files(tmp_path: Path) -> None:
    (tmp_path / "nets.py").write_text(
        "import keras\ndef make(n):\n    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(n)])\n"
    )
    main = tmp_path / "main.py"
    main.write_text("from nets import make\nmodel = make(3)\nmodel.compile('adam', 'mse')\n")
    source = read_source(str(main))
    (path,) = analyze(source).paths
    (network,) = path.networks
    assert network.params() == 15
    assert network.variable in ("model", None)
    assert network.site is not None
    assert network.site.file is not source
    assert path.compiles[0].network is network
    assert path.compiles[0].site.file is source
