"""Clients that send rubbish, or vanish; and a machine without the extra."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
SERVER = [sys.executable, "-m", "kerascheck", "lsp"]
REDUNDANT = """\
import keras
from keras import layers
m = keras.Sequential([layers.Dense(3, input_dim=2), layers.Dense(3, input_dim=3)])
"""


class Client:
    """A client without manners."""

    def __init__(self, tmp: Path, command: list[str] = SERVER) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(tmp)}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.stdin, self.stdout = self.process.stdin, self.process.stdout

    def write(self, raw: bytes) -> None:
        self.stdin.write(raw)
        self.stdin.flush()

    def send(self, method: str, params: Any = None, **more: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()
        self.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def receive(self) -> dict[str, Any]:
        """The next message; nothing else may stand between them."""
        header = self.stdout.readline()
        assert header.startswith(b"Content-Length: "), header
        length = int(header.split(b":")[1])
        while self.stdout.readline().strip():
            pass
        message: dict[str, Any] = json.loads(self.stdout.read(length))
        return message

    def answer(self, number: int) -> dict[str, Any]:
        """The answer to a request."""
        while True:
            message = self.receive()
            if message.get("id") == number and "method" not in message:
                return message

    def start(self, process: int | None = None) -> None:
        self.send("initialize", {"processId": process, "rootUri": None, "capabilities": {}}, id=1)
        assert "capabilities" in self.answer(1)["result"]
        self.send("initialized", {})

    def open(self, text: str, uri: str = "file:///nowhere/a.py") -> list[str]:
        """The codes of the findings."""
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.send("textDocument/didOpen", {"textDocument": item})
        while True:
            message = self.receive()
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                return sorted(found["code"] for found in message["params"]["diagnostics"])


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    """A client whose server ends with the test."""
    pytest.importorskip("pygls", reason="needs the extra lsp")
    client = Client(tmp_path)
    yield client
    client.process.kill()
    client.process.wait()
    client.stdin.close()
    client.stdout.close()


def test_rubbish_is_passed_over(client: Client) -> None:
    client.write(b"rubbish\r\n\r\nContent-Length: 7\r\n\r\nrubbish")
    client.write(b'Content-Length: 14\r\n\r\n{"jsonrpc": 1}')
    client.start()
    client.write(b"Content-Length: 2\r\nX-Header: 1\r\n\r\n[]")
    client.send("textDocument/didChange", {"textDocument": 7})
    client.send("no/such/notification", {})
    client.send("textDocument/hover", {"textDocument": "wrong"}, id=2)
    assert "error" in client.answer(2)
    client.send("no/such/request", {}, id=3)
    assert client.answer(3)["error"]["code"] == -32601
    client.send("workspace/executeCommand", {"command": "no.such"}, id=4)
    assert "error" in client.answer(4)
    client.send("workspace/executeCommand", {"command": "kerascheck.showSummary", "arguments": [None, {}, []]}, id=5)
    assert client.answer(5)["result"]["title"] == "No model here"
    client.send("$/cancelRequest", {"id": 999})
    assert client.open(REDUNDANT) == ["KC101", "KC103"]


def test_a_text_that_cannot_be_encoded_is_no_end(client: Client) -> None:
    client.start()
    assert client.open("import keras\nx = '\ud800'\n" + REDUNDANT) == ["KC101", "KC103"]


def test_it_says_goodbye(client: Client) -> None:
    client.start()
    client.send("shutdown", id=2)
    assert client.answer(2)["result"] is None
    client.send("exit")
    assert client.process.wait(30) == 0


def test_it_ends_with_its_input(client: Client) -> None:
    client.start()
    assert client.open(REDUNDANT) == ["KC101", "KC103"]
    workers = _children(client.process.pid)
    client.stdin.close()
    assert client.process.wait(30) == 1
    _gone(workers)


@pytest.mark.skipif(sys.platform == "win32", reason="a process that is gone is found by its pipes there")
def test_it_ends_with_its_client(client: Client) -> None:
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    client.start(other.pid)
    workers = _children(client.process.pid)
    other.communicate(b"\n")
    assert client.process.wait(30) == 1
    _gone(workers)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_it_goes_on_when_its_worker_dies(client: Client) -> None:
    client.start()
    assert client.open(REDUNDANT) == ["KC101", "KC103"]
    for number in _children(client.process.pid):
        os.kill(number, 9)
    assert client.open(REDUNDANT, "file:///nowhere/b.py") == ["KC101", "KC103"]


def test_without_the_extra_it_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "pygls.py").write_text("raise ImportError('not installed')\n")
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    result = subprocess.run(
        SERVER, env=environment, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
    )
    assert result.returncode == 2
    assert "pip install 'kerascheck[lsp]'" in result.stderr
    assert result.stdout == ""


def _children(number: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{number}/task/{number}/children").read_text().split()]
    except OSError:
        return []


def _gone(processes: list[int]) -> None:
    end = time.monotonic() + 20
    while any(Path(f"/proc/{number}").exists() for number in processes):
        assert time.monotonic() < end, "a process is left over"
        time.sleep(0.05)
