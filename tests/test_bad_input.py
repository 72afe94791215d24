"""Whatever the files hold: a finding or silence, never a traceback or a hang, and the other files are still checked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kerascheck.cli.app import app

GOOD = """\
from keras.layers import Dense
from keras.models import Sequential

model = Sequential()
model.add(Dense(8, input_dim=4, activation="relu"))
model.add(Dense(8, input_dim=9, activation="relu"))
"""
K = "import keras\n"

#: name: (content, the codes that are reported)
BAD: dict[str, tuple[str | bytes, list[str]]] = {
    "syntax error": (K + "print 'x'\n", ["KC001"]),
    "open bracket": (K + "f(\n", ["KC001"]),
    "byte order mark": (b"\xef\xbb\xbf" + GOOD.encode(), ["KC103"]),
    "latin-1": ((K + "# é\n").encode("latin-1"), ["KC002"]),
    "latin-1 with a coding line": (("# coding: latin-1\n# é\n" + GOOD).encode("latin-1"), ["KC103"]),
    "unknown encoding": ("# coding: nonsense\n" + K, ["KC002"]),
    "no text encoding": ("# coding: rot13\n" + K, ["KC002"]),
    "utf-16": (K.encode("utf-16"), []),
    "lone surrogate": (K.encode() + b"x = '\xed\xa0\x80'\n", ["KC002"]),
    "crlf": (GOOD.replace("\n", "\r\n"), ["KC103"]),
    "cr": (GOOD.replace("\n", "\r"), ["KC103"]),
    "mixed line endings": (GOOD.replace("\n", "\r\n", 3), ["KC103"]),
    "tabs": (K + "if 1:\n\tx = 1\n\ty = 2\n", []),
    "tabs and spaces": (K + "if 1:\n\tx = 1\n        y = 2\n", ["KC001"]),
    "null byte": (K + "x = 1\0\n", ["KC001"]),
    "empty": ("", []),
    "only a comment": ("# keras", []),
    "form feed": ("\f\n" + GOOD, ["KC103"]),
    "binary": (b"\x7fELF keras \x80\x81\xfe\xff", ["KC002"]),
    "long line": (K + "x = '" + "a" * 1_000_000 + "'\n", []),
    "10,000 brackets": (K + "x = " + "[" * 10_000 + "]" * 10_000 + "\n", ["KC001"]),
    "deep method chain": (K + "x = a" + ".f()" * 5_000 + "\n", ["KC002"]),
    "deep operators": (K + "x = " + "a + " * 5_000 + "a\n", ["KC002"]),
    "operators just not too deep": (K + "x = " + "a + " * 950 + "a\n", []),
    "method chain just not too deep": (K + "x = a" + ".f()" * 480 + "\n", []),
    "100 brackets": (K + "x = " + "[" * 100 + "]" * 100 + "\n", []),
    "deep indentation": (K + "".join(" " * n + "if x:\n" for n in range(300)) + " " * 300 + "x\n", ["KC001"]),
    "90 nested blocks": (K + "".join(" " * n + "if x:\n" for n in range(90)) + " " * 90 + "x\n", []),
    "900 elif branches": (K + "if x: pass\n" + "elif x: pass\n" * 900, []),
    "5,000 elif branches": (K + "if x: pass\n" + "elif x: pass\n" * 5_000, ["KC002"]),
    "20,000 elements": (K + "x = [" + ", ".join(map(str, range(20_000))) + "]\n", []),
    "endless loop": (K + "while True:\n    x = 1\n", []),
    "endless loop that builds": (GOOD + "while True:\n    model.add(Dense(8, activation='relu'))\n", ["KC103"]),
    "endless recursion": (K + "def f(x):\n    return f(x)\nf(1)\n", []),
    "endless recursion of classes": (K + "class C:\n    def __init__(self):\n        self.c = C()\nC()\n", []),
    "endless generator": (K + "def g():\n    while True:\n        yield 1\nx = list(g())\n", []),
    "endless growth": (K + "x = [1]\nfor i in x:\n    x.append(i)\n", []),
    "huge numbers": (K + "x = 9 ** 9 ** 9\ny = 1 << 10 ** 10\n", []),
    "huge sequences": (K + "x = 'a' * 10 ** 12\ny = [0] * 10 ** 12\nz = list(range(10 ** 12))\n", []),
    "import of itself": ("from .x import *\nimport x\n" + K, []),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERASCHECK_CACHE_DIR", str(tmp_path / ".cache"))
    return tmp_path


@pytest.mark.parametrize("name", BAD)
def test_bad_content(folder: Path, name: str) -> None:
    content, codes = BAD[name]
    raw = content.encode() if isinstance(content, str) else content
    (folder / "x.py").write_bytes(raw)
    (folder / "y.py").write_text(GOOD)
    began = time.monotonic()
    result = CliRunner().invoke(app, ["--no-cache", "--select", "KC0,KC103", "--fix", "--diff", "."])
    result = CliRunner().invoke(app, ["--no-cache", "--select", "KC0,KC103", "."])
    assert result.exit_code == 1 and "Traceback" not in result.output
    assert time.monotonic() - began < 15
    found = [line.split(": ")[1].split()[0] for line in result.stdout.splitlines() if line.startswith("x.py:")]
    assert sorted(set(found)) == codes
    assert "y.py:6:20: KC103" in result.stdout
    assert (folder / "x.py").read_bytes() == raw


@pytest.mark.parametrize("name", [name for name, (_, codes) in BAD.items() if codes == ["KC103"]])
def test_fixing_keeps_encoding_and_line_endings(folder: Path, name: str) -> None:
    content, _ = BAD[name]
    raw = content.encode() if isinstance(content, str) else content
    (folder / "x.py").write_bytes(raw)
    result = CliRunner().invoke(app, ["--select", "KC103", "--fix", "x.py"])
    assert result.exit_code == 0
    assert (folder / "x.py").read_bytes() == raw.replace(b"Dense(8, input_dim=9, ", b"Dense(8, ")


def test_bad_paths(folder: Path) -> None:
    (folder / "y.py").write_text(GOOD)
    os.symlink("nowhere", folder / "broken.py")
    os.symlink(".", folder / "circle")
    (folder / "folder.py").mkdir()
    os.mkfifo(folder / "pipe.py")
    (folder / "secret.py").write_text(K)
    (folder / "secret.py").chmod(0)
    (folder / "😀 é.py").write_text(GOOD)
    result = CliRunner().invoke(app, ["--select", "KC0,KC103", "."])
    assert result.exit_code == 1 and "y.py:6:20: KC103" in result.stdout and "😀 é.py:6:20: KC103" in result.stdout
    if os.geteuid() != 0:
        assert "secret.py:1:1: KC002 error: cannot be read: Permission denied" in result.stdout


def test_a_broken_link_named_explicitly(folder: Path) -> None:
    os.symlink("nowhere", folder / "broken.py")
    result = CliRunner().invoke(app, ["broken.py"])
    assert (
        result.exit_code == 1
        and "broken.py:1:1: KC002 error: cannot be read: No such file or directory" in result.stdout
    )


def kerascheck(*arguments: str, **options: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "kerascheck", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,  # type: ignore[call-overload]
    )


def test_a_reader_that_leaves_early(folder: Path) -> None:
    for number in range(300):
        (folder / f"x{number}.py").write_text("keras = (\n" * 20)
    process = kerascheck("--output-format", "full", ".")
    assert process.stdout is not None and process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == b""
    process.wait(20)


def test_a_terminal_that_knows_only_ascii(folder: Path) -> None:
    (folder / "é.py").write_text(GOOD)
    process = kerascheck("--select", "KC103", "é.py", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (1, b"") and out.startswith(rb"\xe9.py:6:20: KC103")


def test_an_interrupt_is_quiet(folder: Path) -> None:
    (folder / "x.py").write_text(K + "z = 1\n" * 33_000)
    ended: tuple[int, bytes, bytes] = (0, b"", b"")
    for wait in (1.0, 3.0, 9.0):  # on a busy machine the program may not have begun within the first second
        process = kerascheck("--no-cache", "x.py")
        time.sleep(wait)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        ended = (process.returncode, out, err)
        if ended[0] == 130:
            break
    assert ended == (130, b"", b"")
