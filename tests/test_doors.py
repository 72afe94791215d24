"""Whatever way kerascheck is started, nothing of the folder that is checked is executed.

Each way is gone in a folder with a module for every name of the standard library and of all packages that kerascheck
uses, and with the metadata of a package that offers rules. A hook in every process that is started notes what is opened
and executed there, and what is written anywhere.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="the hook notes paths as POSIX has them")]

MODEL = """\
from keras import layers, models
from helper import SIZE

model = models.Sequential([
    layers.Dense(SIZE, activation="relu", input_dim=4),
    layers.Dense(1, activation="sigmoid", input_dim=9),
])
"""
FOUND = "KC103"

#: What kerascheck, and the programs that load it, import besides the standard library.
PACKAGES = (
    "libcst", "astroid", "typer", "click", "rich", "markdown_it", "mdurl", "pygments", "pathspec", "hyperscan", "re2",
    "platformdirs", "tomli", "yaml", "typing_extensions", "shellingham", "colorama", "_cffi_backend", "attr", "attrs",
    "cattrs", "exceptiongroup", "pygls", "lsprotocol", "fast_sugiyama", "resvg_py", "watchfiles", "sitecustomize",
    "usercustomize", "evil_rules", "wrapt", "lazy_object_proxy", "_distutils_hack", "psutil",
)  # fmt: skip
#: What lies beside programs and concerns nobody.
SECRETS = (".env", "id_rsa", "notes.txt", "weights.pkl", "data.csv", ".netrc", "secret.json", ".git/config")

HOOK = """\
import os, sys

_log = os.open({log!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

def _note(event, arguments):
    if event == "open":
        path, _, flags = arguments
        if isinstance(path, int) or path is None:
            return
        if flags & (unnamed := getattr(os, "O_TMPFILE", 0)) == unnamed != 0:
            return  # a file without a name, which os.link gives one
        kind = "write" if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC) else "read"
    elif event == "exec":
        kind, path = "run", getattr(arguments[0], "co_filename", "")
    elif event in ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"):
        kind, path = "write", arguments[1 if event in ("os.rename", "os.link") else 0]
    else:
        return
    path = os.path.abspath(os.fsdecode(path)) if not str(path).startswith("<") else str(path)
    os.write(_log, f"{{kind}} {{path}}\\n".encode("utf-8", "surrogateescape"))

sys.addaudithook(_note)
"""

#: The script that an installer makes.
SCRIPT = "import re\nimport sys\nfrom {module} import {function}\n{more}\nsys.exit({function}())\n"


@dataclass
class Trap:
    """A folder that must not be trusted, and what was done in it."""

    folder: Path
    programs: Path
    cache: Path
    log: Path

    def script(self, text: str) -> list[str]:
        """The command that starts a script that lies elsewhere."""
        path = self.programs / "script.py"
        path.write_text(text)
        return [sys.executable, str(path)]

    def start(self, command: list[str], stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command in the folder."""
        return subprocess.run(
            command, cwd=self.folder, input=stdin, capture_output=True, text=True, encoding="utf-8", timeout=120
        )

    def noted(self, kind: str) -> set[str]:
        """The paths that were read, written or run."""
        lines = self.log.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        return {path for found, _, path in (line.partition(" ") for line in lines) if found == kind}

    def inside(self, kind: str) -> set[str]:
        """Those of them in the folder, relative to it."""
        return {os.path.relpath(path, self.folder) for path in self.noted(kind) if path.startswith(f"{self.folder}/")}

    def assert_untouched(self, written: set[str] = frozenset(), of_others: tuple[str, ...] = ()) -> None:  # type: ignore[assignment]
        """Nothing was run, nothing read but programs and settings, nothing written but these files.

        Args:
            written: the files, from the folder.
            of_others: settings of the program that loads kerascheck.
        """
        assert self.inside("run") == set()
        assert not list(self.folder.rglob("*-RAN"))
        read = self.inside("read")
        assert not {path for path in read if path.endswith((*SECRETS, "METADATA", "entry_points.txt"))}
        settings = (".toml", ".gitignore", ".cfg", "requirements.txt", *of_others)
        assert not {path for path in read if not path.endswith((".py", ".ipynb", *settings))}
        elsewhere = str(self.folder.parent / "elsewhere")
        assert not {path for path in self.noted("read") if path.startswith(elsewhere)}
        own = {path for path in self.noted("write") if not path.startswith((str(self.cache), str(self.log), "/dev/"))}
        temporary = {path for path in own if os.path.basename(path).startswith(".kerascheck-")}
        assert own - temporary == {str(self.folder / name) for name in written}


@pytest.fixture
def trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trap:
    return make_trap(tmp_path, monkeypatch, frozenset())


@cache
def of_python_itself() -> frozenset[str]:
    """What `python -c` imports before the program's first line, since 3.13 from the current folder, too."""
    command = [sys.executable, "-I", "-c", "import sys; print(*sys.modules)"]
    return frozenset(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def make_trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left_out: frozenset[str]) -> Trap:
    folder, programs = tmp_path / "project", tmp_path / "programs"
    for path in (folder, programs, tmp_path / "elsewhere", tmp_path / "hook", folder / ".git"):
        path.mkdir()
    for name in {*sys.stdlib_module_names, *PACKAGES} - left_out - of_python_itself():
        (folder / f"{name}.py").write_text(f"open(__file__[:-3] + '-RAN', 'w')\nraise SystemExit('ran {name}')\n")
    info = folder / "evil_rules-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: evil-rules\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[kerascheck.rules]\nevil = evil_rules\n")
    for name in SECRETS:
        (folder / name).write_text("")
    (folder / "pyproject.toml").write_text('[tool.kerascheck.per-file-ignores]\n"old/*.py" = ["KC103"]\n')
    (folder / ".gitignore").write_text("*.log\n")
    (folder / "model.py").write_text(MODEL)
    (folder / "helper.py").write_text("SIZE = 8\n")
    (tmp_path / "elsewhere" / "secret.py").write_text("import keras\n")
    trap = Trap(folder, programs, tmp_path / "cache", tmp_path / "log.txt")
    (tmp_path / "hook" / "sitecustomize.py").write_text(HOOK.format(log=str(trap.log)))
    trap.log.write_text("")
    for name in [name for name in os.environ if name.startswith(("GIT_", "PYTHON"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "hook"), str(ROOT)]))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("KERASCHECK_CACHE_DIR", str(trap.cache))
    monkeypatch.setenv("PYLINTHOME", str(trap.cache))
    monkeypatch.setenv("IPYTHONDIR", str(trap.cache))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    return trap


def console(trap: Trap, more: str = "") -> list[str]:
    return trap.script(SCRIPT.format(module="kerascheck.cli.app", function="main", more=more))


COMMANDS: dict[str, tuple[list[str], set[str]]] = {
    "a file": (["check", "model.py"], set()),
    "a folder": (["."], set()),
    "two processes": (["check", "-j", "2", "--no-cache", "model.py", "helper.py", "queue.py"], set()),
    "what pre-commit starts": (["check", "--force-exclude", "model.py"], set()),
    "fixes": (["check", "--fix", "model.py"], {"model.py"}),
    "differences": (["check", "--diff", "model.py"], set()),
    "json": (["check", "--output-format", "sarif", "model.py"], set()),
    "summary": (["summary", "model.py"], set()),
    "graph": (["graph", "model.py", "-o", "graph.svg"], {"graph.svg"}),
    "report": (["report", ".", "-o", "report.html"], {"report.html"}),
    "settings": (["config", "model.py"], set()),
    "rules": (["rules"], set()),
    "a baseline": (["check", "--write-baseline", "baseline.json", "model.py"], {"baseline.json"}),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_the_console_script(command: str, trap: Trap) -> None:
    if command == "graph":
        pytest.importorskip("fast_sugiyama")
    arguments, written = COMMANDS[command]
    result = trap.start([*console(trap), *arguments])
    assert result.returncode in (0, 1) and "Traceback" not in result.stderr, result.stderr
    trap.assert_untouched(written)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize("own", ["fork", "fresh", None])
def test_workers_however_processes_are_started(method: str, own: str | None, trap: Trap) -> None:
    more = f"import multiprocessing\nmultiprocessing.set_start_method({method!r})\n"
    more += f"import kerascheck.runtime.processes\nkerascheck.runtime.processes.method = {own!r}\n"
    (trap.folder / "other.py").write_text(MODEL)
    result = trap.start([*console(trap, more), "check", "-j", "2", "--no-cache", "model.py", "other.py"])
    assert result.stdout.count(FOUND) == 2 and result.returncode == 1, result.stderr
    trap.assert_untouched()


def test_a_path_that_has_the_current_folder_in_it(trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `PYTHONPATH=$PYTHONPATH:` has, which is often seen; but what Python itself imports cannot be helped."""
    monkeypatch.setenv("PYTHONPATH", f"{os.environ['PYTHONPATH']}{os.pathsep}")
    for name in {*sys.stdlib_module_names, *PACKAGES} - {"platformdirs", "libcst", "astroid", "pathspec"}:
        (trap.folder / f"{name}.py").unlink(missing_ok=True)
    more = "import kerascheck.runtime.processes\nkerascheck.runtime.processes.method = 'fresh'\n"
    result = trap.start([*console(trap, more), "check", "--no-cache", "model.py"])
    assert FOUND in result.stdout
    trap.assert_untouched()


def test_as_a_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for what Python imports from the current folder before it gets to kerascheck; `python -P` does not."""
    code = "import runpy, sys; print(*sys.modules)"
    names = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True).stdout.split()
    trap = make_trap(tmp_path, monkeypatch, frozenset(name.partition(".")[0] for name in names))
    result = trap.start([sys.executable, "-m", "kerascheck", "check", "-j", "2", "model.py", "helper.py"])
    assert FOUND in result.stdout, result.stderr
    trap.assert_untouched()


@pytest.mark.skipif(sys.version_info < (3, 11), reason="-P is new in Python 3.11")
def test_as_a_module_with_a_safe_path(trap: Trap) -> None:
    result = trap.start([sys.executable, "-P", "-m", "kerascheck", "check", "model.py"])
    assert FOUND in result.stdout, result.stderr
    trap.assert_untouched()


API = """\
import kerascheck
text = open("model.py").read()
assert kerascheck.check(text, "model.py").diagnostics
assert kerascheck.analyze(text, "model.py").analysis
assert kerascheck.summarize(text, "model.py")
assert kerascheck.fix(text, "model.py").fixed
for jobs in (1, 2):
    reports = kerascheck.check_paths(["model.py", "helper.py"], jobs=jobs, use_cache=False)
    print([found.code for report in reports for found in report.diagnostics])
"""


@pytest.mark.parametrize("where", ["script", "-c", "stdin"])
def test_the_api(where: str, trap: Trap) -> None:
    command = trap.script(API) if where == "script" else [sys.executable, "-c", API] if where == "-c" else None
    result = trap.start(command or [sys.executable, "-"], None if command else API)
    assert result.stdout.count(FOUND) == 2, result.stderr
    trap.assert_untouched()


def _loaded_by(trap: Trap, module: str, function: str, *arguments: str) -> tuple[str, set[str]]:
    """What a program prints, and which files of the folder it executes."""
    trap.log.write_text("")
    command = trap.script(SCRIPT.format(module=module, function=function, more=""))
    result = trap.start([*command, *arguments, "model.py"])
    return result.stdout + result.stderr, trap.inside("run")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_flake8(jobs: str, trap: Trap) -> None:
    pytest.importorskip("flake8")
    printed, run = _loaded_by(trap, "flake8.main.cli", "main", "--jobs", jobs, "--select", "KC")
    if "KC" not in printed:
        pytest.skip("the plugin is not installed here")
    assert FOUND in printed and run == set()
    trap.assert_untouched(of_others=("tox.ini", ".flake8"))


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_pylint_runs_no_more_with_the_plugin_than_without(jobs: str, trap: Trap) -> None:
    pytest.importorskip("pylint")
    options = ["--rcfile=", "--disable=all", f"--jobs={jobs}"]
    _, without = _loaded_by(trap, "pylint", "run_pylint", *options, "--enable=unused-import")
    plugin = ["--load-plugins=kerascheck.integrations.pylint", "--enable=redundant-input-shape"]
    printed, run = _loaded_by(trap, "pylint", "run_pylint", *options, *plugin)
    assert "redundant-input-shape" in printed
    assert run <= without


MAGICS = """\
import sys
from IPython.core.interactiveshell import InteractiveShell
import IPython.core.magics, IPython.core.displayhook, IPython.display, IPython.core.payloadpage
shell = InteractiveShell.instance()
shell.run_cell("1")
shell.history_manager.input_hist_raw += [open("model.py").read()]
sys.path.insert(0, "")
shell.extension_manager.load_extension("kerascheck")
shell.run_line_magic("kerascheck", "")
shell.run_line_magic("kerascheck", "summary")
"""


def test_magics(trap: Trap) -> None:
    pytest.importorskip("IPython")
    result = trap.start(trap.script(MAGICS))
    assert "Dense" in result.stdout, result.stdout + result.stderr
    assert trap.inside("run") == set()
    assert not list(trap.folder.glob("*-RAN"))


def _message(body: dict[str, Any]) -> bytes:
    raw = json.dumps({"jsonrpc": "2.0", **body}).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(raw), raw)


def _answers(stream: Any) -> Any:
    while True:
        length = 0
        while (line := stream.readline().strip()) or not length:
            if not line and not length:
                return
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        yield json.loads(stream.read(length))


@pytest.mark.parametrize("start", ["script", "module"])
def test_the_language_server(start: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pygls")
    code = "import runpy, sys; print(*sys.modules)"
    names = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True).stdout.split()
    left_out = frozenset(name.partition(".")[0] for name in names) if start == "module" else frozenset()
    trap = make_trap(tmp_path, monkeypatch, left_out)
    command = console(trap) if start == "script" else [sys.executable, "-m", "kerascheck"]
    uri = (trap.folder / "model.py").as_uri()
    initialize = {"processId": None, "rootUri": trap.folder.as_uri(), "capabilities": {}}
    document = {"uri": uri, "languageId": "python", "version": 1, "text": MODEL}
    with subprocess.Popen(
        [*command, "lsp"], cwd=trap.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as server:
        assert server.stdin is not None and server.stdout is not None
        for body in (
            {"id": 1, "method": "initialize", "params": initialize},
            {"method": "initialized", "params": {}},
            {"method": "textDocument/didOpen", "params": {"textDocument": document}},
        ):
            server.stdin.write(_message(body))
        server.stdin.flush()
        found: list[str] = []
        for answer in _answers(server.stdout):
            if answer.get("method") == "textDocument/publishDiagnostics" and answer["params"]["diagnostics"]:
                found = [item["code"] for item in answer["params"]["diagnostics"]]
                break
        server.stdin.write(_message({"id": 2, "method": "shutdown"}) + _message({"method": "exit"}))
        server.stdin.close()
        server.wait(20)
    assert FOUND in found
    trap.assert_untouched()


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_changes_since_a_revision(trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    (trap.folder / ".git" / "config").unlink()
    (trap.folder / ".git").rmdir()
    git: Callable[..., Any] = lambda *arguments: subprocess.run(  # noqa: E731
        ["git", "-c", "user.name=n", "-c", "user.email=e", *arguments], cwd=trap.folder, check=True, capture_output=True
    )
    git("init", "-q")
    git("add", "helper.py")
    git("commit", "-q", "-m", "x")
    trap.log.write_text("")
    result = trap.start([*console(trap), "check", "--diff-base", "HEAD", "model.py"])
    assert FOUND in result.stdout, result.stderr
    trap.assert_untouched()


def test_the_trap_works(trap: Trap) -> None:
    result = trap.start([sys.executable, "-c", "import sys; sys.path.insert(0, ''); import libcst"])
    assert result.returncode and "libcst.py" in trap.inside("run") and (trap.folder / "libcst-RAN").exists()


def test_every_package_that_is_imported_is_shadowed() -> None:
    """So that the list above stays complete: what a run imports that is neither ours nor Python's is in it."""
    code = "import kerascheck, sys; kerascheck.check('import keras'); import kerascheck.cli.check; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    tops = {name.partition(".")[0] for name in run.stdout.split()}
    missing = {
        name
        for name in tops - {*sys.stdlib_module_names, *PACKAGES, "kerascheck", "__main__", "sitecustomize"}
        if (spec := importlib.util.find_spec(name)) is not None and spec.origin and not name.startswith("_")
    }
    assert not missing
