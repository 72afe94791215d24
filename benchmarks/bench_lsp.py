"""How long the language server takes from an edit to its findings, and whether its memory stays flat.

    python benchmarks/bench_lsp.py [--edits 200] [--lines 500] [--at-most 150]
    python benchmarks/bench_lsp.py --edits 10000 --burst 10

It starts `kerascheck lsp`, opens a generated Keras program of that many lines, edits it at random places (in the middle
of names and numbers too) and waits for the findings of each version. The time counts from the moment the edit is sent,
so it includes the server's debounce. With `--burst` it waits after that many edits only. Prints the median, the 95th
percentile and the memory of the server's processes before and after; exits with 1 if the percentile is above
`--at-most` milliseconds.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any, NamedTuple

URI = "file:///tmp/bench_lsp_program.py"
_FIRST = 20  # edits that warm up

HEAD = '''\
"""A program with a model in every other function."""
import keras
import numpy as np
from keras import layers

'''
FUNCTION = """\
def make_{number}(units={units}, rate=0.25):
    inputs = keras.Input(shape=(32, 32, 3), name="images_{number}")
    x = layers.Conv2D({units}, 3, padding="same", activation="relu")(inputs)
    for width in ({units}, {units} * 2):
        x = layers.Conv2D(width, 3, padding="same")(x)
        x = layers.BatchNormalization()(x)
        x = layers.Activation("relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(rate)(x)
    outputs = layers.Dense(10, activation="softmax")(x)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def prepare_{number}(path):
    images = np.load(path)
    images = images.astype("float32") / 255
    order = np.random.permutation(len(images))
    return images[order]


model_{number} = make_{number}()
stack_{number} = keras.Sequential([
    layers.Dense(64, input_shape=(20,)),
    layers.Dense(32, input_dim=64),
    layers.Dense(1),
])
stack_{number}.compile("sgd", "mse")

"""


def program(rows: int) -> str:
    """A Keras program of about this many lines."""
    parts, number = [HEAD], 0
    while "".join(parts).count("\n") < rows:
        number += 1
        parts.append(FUNCTION.format(number=number, units=8 * (1 + number % 4)))
    lines = "".join(parts).splitlines(keepends=True)
    return "".join(lines) if len(lines) <= rows else "".join(lines[: _whole(lines, rows)])


def _whole(lines: list[str], rows: int) -> int:
    """The last end of a statement up to a row."""
    return max(row for row in range(1, rows + 1) if lines[row - 1].strip() == "")


class Client:
    """The least that a client must do."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.published: Queue[tuple[float, dict[str, Any]]] = Queue()
        self.answers: Queue[dict[str, Any]] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, method: str, params: Any, number: int | None = None) -> None:
        """A request with a number, a notification without."""
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        if number is not None:
            message["id"] = number
        body = json.dumps(message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while header := stream.readline():
            length = 0
            while header.strip():
                if header.lower().startswith(b"content-length:"):
                    length = int(header.split(b":")[1])
                header = stream.readline()
            message = json.loads(stream.read(length))
            if message.get("method") == "textDocument/publishDiagnostics":
                self.published.put((time.perf_counter(), message["params"]))
            elif "id" in message and "method" not in message:
                self.answers.put(message)

    def start(self) -> None:
        """The handshake."""
        self.send("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, 1)
        self.answers.get(timeout=60)
        self.send("initialized", {})

    def wait_for(self, version: int) -> tuple[float, dict[str, Any]]:
        """The findings of a version or a later one."""
        while True:
            moment, params = self.published.get(timeout=60)
            if params.get("version") is not None and params["version"] >= version:
                return moment, params

    def stop(self) -> int:
        """Goodbye; the exit status of the server."""
        self.send("shutdown", None, 2)
        self.answers.get(timeout=60)
        self.send("exit", None)
        return self.process.wait(timeout=30)


def edits(text: str, seed: int) -> Iterator[dict[str, Any]]:
    """Changes at random places, each taken back by the next one."""
    chance = random.Random(seed)
    lines = text.split("\n")
    while True:
        row = chance.randrange(len(lines))
        column = chance.randrange(len(lines[row]) + 1)
        new = chance.choice(["1", "x", " ", "\n", "layers.Dense(3)", "# note", ""])
        at = {"line": row, "character": column}
        yield {"range": {"start": at, "end": at}, "text": new}
        end = {"line": row + 1, "character": 0} if new == "\n" else {"line": row, "character": column + len(new)}
        yield {"range": {"start": at, "end": end}, "text": ""}


class Process(NamedTuple):
    """What a process has used so far."""

    name: str
    megabytes: float
    seconds: float


def processes(number: int) -> list[Process]:
    """The process with this number and those it has started (on Linux)."""
    found: list[Process] = []
    waiting = [number]
    while waiting:
        one = waiting.pop()
        try:
            status = Path(f"/proc/{one}/status").read_text()
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            command = Path(f"/proc/{one}/cmdline").read_text()
            waiting += [int(child) for child in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
        except OSError:
            continue
        size = next((line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")), "0")
        name = "server" if one == number else "tracker" if "resource_tracker" in command else "worker"
        seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        found.append(Process(name, int(size) / 1024, seconds))
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--lines", type=int, default=500)
    parser.add_argument("--burst", type=int, default=1, help="edits after which the findings are waited for")
    parser.add_argument("--at-most", type=float, default=150.0, help="milliseconds for 95 of 100 edits")
    parser.add_argument("--pause", type=float, default=0.05, help="seconds between findings and the next edit")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    text = program(options.lines)
    client = Client([sys.executable, "-m", "kerascheck", "lsp"])
    began = time.perf_counter()
    client.start()
    client.send(
        "textDocument/didOpen", {"textDocument": {"uri": URI, "languageId": "python", "version": 0, "text": text}}
    )
    moment, params = client.wait_for(0)
    size = f"{text.count(chr(10))} lines, {len(text) / 1000:.1f} kB"
    print(f"{size}; {len(params['diagnostics'])} findings {moment - began:.2f} s after the start")

    times: list[float] = []
    before: list[Process] = []
    halfway: list[Process] = []
    for version, change in enumerate(edits(text, options.seed), 1):
        if version > options.edits + _FIRST:
            break
        if version == _FIRST:
            before = processes(client.process.pid)
        if version == _FIRST + options.edits // 2:
            halfway = processes(client.process.pid)
        sent = time.perf_counter()
        client.send(
            "textDocument/didChange", {"textDocument": {"uri": URI, "version": version}, "contentChanges": [change]}
        )
        if version % options.burst:
            continue
        moment, _ = client.wait_for(version)
        if version > _FIRST:
            times.append((moment - sent) * 1000)
        time.sleep(options.pause)
        while True:  # what is said again after a pause
            try:
                client.published.get_nowait()
            except Empty:
                break
    after = processes(client.process.pid)
    status = client.stop()
    late = statistics.quantiles(times, n=100)[94] if len(times) > 1 else times[0]
    middle = statistics.median(times)
    print(f"{len(times)} times: median {middle:.0f} ms, 95 % below {late:.0f} ms, most {max(times):.0f} ms")
    for start, half, end in zip(before, halfway, after, strict=False):
        busy = (end.seconds - start.seconds) * 1000 / options.edits
        memory = f"{start.megabytes:.0f} MB before, {half.megabytes:.0f} halfway, {end.megabytes:.0f} after"
        print(f"  {end.name}: {memory}; busy {busy:.1f} ms an edit")
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    print(f"other work on this machine: {load:.1f} processes for each core")
    if status:
        print(f"exit status {status}")
    return int(late > options.at_most or status != 0)


if __name__ == "__main__":
    sys.exit(main())
