"""The hooks for pre-commit, run by pre-commit itself, which installs the package from a repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pre_commit", reason="pip install '.[test]'")
yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).parent.parent
MANIFEST = ROOT / ".pre-commit-hooks.yaml"

#: What pip says where it cannot reach an index.
_OFFLINE = re.compile(
    r"No matching distribution|Temporary failure|Failed to establish|Connection|Network is unreachable"
)

SCRIPT = """\
from keras.layers import Dense
from keras.models import Sequential

model = Sequential()
model.add(Dense(8, input_dim=4, activation="relu"))
model.add(Dense(8, input_dim=9, activation="relu"))
model.add(Dense(1, activation="sigmoid"))
"""


def test_the_manifest_is_valid() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(MANIFEST)]
    assert subprocess.run(command, check=False).returncode == 0


def test_notebooks_are_checked_too() -> None:
    for hook in yaml.safe_load(MANIFEST.read_text(encoding="utf-8")):
        assert hook["types_or"] == ["python", "jupyter"] and hook["require_serial"]


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Without the user's git and pre-commit, and without what a hook around the tests may have set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    return {
        **kept,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "PRE_COMMIT_HOME": str(tmp_path / "home"),
        "KERASCHECK_CACHE_DIR": str(tmp_path / "cache"),
        "PRE_COMMIT_COLOR": "never",
    }


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_pre_commit_installs_and_runs_the_hooks(tmp_path: Path, environment: dict[str, str]) -> None:
    def run(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=folder,
            env=environment,
            check=False,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def commit(folder: Path) -> str:
        run("git", "init", "-q", folder=folder)
        run("git", "add", "-A", folder=folder)
        run("git", "-c", "user.name=n", "-c", "user.email=e", "commit", "-q", "-m", "x", folder=folder)
        return run("git", "rev-parse", "HEAD", folder=folder).stdout.strip()

    package, user = tmp_path / "package", tmp_path / "user"
    shutil.copytree(ROOT / "kerascheck", package / "kerascheck", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", MANIFEST.name):
        shutil.copy(ROOT / name, package)
    hooks = [{"id": hook["id"]} for hook in yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))]
    config = {"repos": [{"repo": str(package), "rev": commit(package), "hooks": hooks}]}

    user.mkdir()
    (user / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    (user / ".kerascheck.toml").write_text("extend-exclude = ['old']\n")
    (user / "x.py").write_text(SCRIPT)
    (user / "clean.py").write_text("import keras\n")
    (user / "old").mkdir()
    (user / "old" / "y.py").write_text(SCRIPT)
    commit(user)

    def hook(name: str, *files: str) -> subprocess.CompletedProcess[str]:
        return run(sys.executable, "-m", "pre_commit", "run", name, "--files", *files, folder=user)

    found = hook("kerascheck", "x.py", "old/y.py", "clean.py")
    if found.returncode != 1 and _OFFLINE.search(found.stdout):
        pytest.skip("pre-commit cannot install the package: no package index")
    assert found.returncode == 1, found.stdout
    assert "x.py:6:20: KC103" in found.stdout and "old/y.py" not in found.stdout

    assert hook("kerascheck", "clean.py").returncode == 0
    fixed = hook("kerascheck-fix", "x.py", "old/y.py")
    assert fixed.returncode == 1 and "files were modified by this hook" in fixed.stdout
    assert (user / "x.py").read_text() == SCRIPT.replace("input_dim=9, ", "")
    assert (user / "old" / "y.py").read_text() == SCRIPT
    assert hook("kerascheck-fix", "x.py").returncode == 0
