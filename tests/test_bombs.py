"""Programs made to cost more than anybody has: each is dealt with in 5 seconds of processor time and 300 MB."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="measures with fork and wait4"),
]

#: Of a core that does `a_measure` in so many seconds: slower ones, and those that do other things too, get more.
MAX_SECONDS = 5.0
SECONDS_OF_MEASURE = 0.14
MAX_MEGABYTES = 300


def a_measure() -> float:
    """The processor time that a piece of work takes here which is always the same."""
    begun = time.process_time()
    for _ in range(120):
        sorted({str(number): [number, (number,)] for number in range(3000)}, key=len)
    return time.process_time() - begun


def max_seconds() -> float:
    """What a bomb may take now, on this machine."""
    return MAX_SECONDS * max(1.0, min(a_measure() for _ in range(3)) / SECONDS_OF_MEASURE)


HEAD = """\
import os
import numpy as np
import keras
from keras import Input, Model, Sequential, layers
from keras.layers import *
"""
#: What is done with a value that holds itself twice, which holds itself twice, sixty times.
PAIRS = {
    "compared": "same = s == t",
    "ordered": "less = s < t",
    "looked for": "found = s in [t]",
    "a key": "d = {s: 1}",
    "hashed": "h = hash(s)",
    "in a set": "two = {s, t}",
    "as text": "text = f'{s} %s' % (s,) + str(s) + repr(t)",
    "a list": "same = list(s) == list(t)",
    "summed": "x = sum(s, ())",
    "sorted": "x = sorted(s)",
    "zeros": "x = np.zeros(s)",
    "an array": "x = np.array(s)",
    "concatenated": "x = np.concatenate(s)",
    "a shape": "i = Input(s)",
    "units": "m = Sequential([Input((1,)), Dense(s)])",
    "a target shape": "m = Sequential([Input((1,)), Reshape(s)])",
    "layers": "m = Sequential(s)",
    "outputs": "m = Model(s, t)",
    "merged": "o = Add()(s)",
    "a tensor": "x = keras.ops.convert_to_tensor(s)",
    "data": "m = Sequential([Input((1,)), Dense(1)])\nm.compile('sgd', 'mse', metrics=s)\nm.fit(s, t, callbacks=s, validation_data=s)",
}
MODEL = "i = Input((4,))\nm = Model(i, Dense(4)(i))\n"


def _pairs(opening: str, closing: str, use: str) -> str:
    first = f"s = t = {opening}1,{closing}\n"
    return first + f"s = {opening}s, s{closing}\nt = {opening}t, t{closing}\n" * 60 + use + "\n"


BOMBS: dict[str, str] = {
    **{f"tuples, {name}": _pairs("(", ")", use) for name, use in PAIRS.items()},
    **{f"lists, {name}": _pairs("[", "]", use) for name, use in PAIRS.items()},
    "tuples by addition": "s = (1,)\n" + "s = (s,) + (s,)\n" * 60 + "same = s == s\n",
    "tuples by repetition": "s = (1,)\n" + "s = (s,) * 2\n" * 60 + "h = hash(s)\n",
    "tuples of a list": "s = (1,)\n" + "s = tuple([s, s])\n" * 60 + "h = hash(s)\n",
    "a deep tuple": "s = (1,)\nfor _ in range(1500):\n    s = (s,)\nh = hash(s)\nx = np.array(s)\n",
    "a large array": "x = np.array([[1]*900]*50000)\n",
    "an array of rows": "row = [0.5] * 1000\nx = np.array([row for _ in range(900)])\n",
    "models in models": MODEL + "m = Model(i, m(m(i)))\n" * 100,
    "models in two models": MODEL + "m = Model(i, Add()([Model(i, m(i))(i), Model(i, m(i))(i)]))\n" * 60,
    "a list of many lists": f"x = [{','.join(['[[1, 2], [3]]'] * 53_000)}]\n",
    "a deep list": f"x = {'[' * 400_000}{']' * 400_000}\n",
    "a large dictionary": "d = {" + ", ".join(f"'key{i}': {i}" for i in range(170_000)) + "}\n",
    "many lines": "x = 1\n" * 2_200_000,
    "independent conditions": "m = Sequential([Input((4,))])\n"
    + "".join(f"if os.environ.get('A{n}'):\n    m.add(Dense({n + 2}))\n" for n in range(40))
    + "m.compile('sgd', 'mse')\n",
    "conditions in a graph": "i = x = Input((4,))\n"
    + "".join(f"if os.environ.get('A{n}'):\n    x = Dense({n + 2})(x)\n" for n in range(40))
    + "m = Model(i, x)\n",
    "functions that call each other": "".join(
        f"def f{n}(x):\n    y = f{(n * 7 + 1) % 3000}(x)\n    return Dense({n % 7 + 1})(f{(n * 13 + 5) % 3000}(y))\n"
        for n in range(3000)
    ),
    "repetition": "a = 'a' * 10**9\nb = [0] * 10**9\nc = (1, 2) * 10**8\nd = b'x' * 10**10\ne = 'a'.ljust(10**9)\n"
    "f = '%099999999d' % 3\ng = f'{3:0999999999}'\nh = 'a'.zfill(10**9)\n",
    "doubling": "s = 'ab'\nl = [1]\n" + "s = s + s\nl = l + l\n" * 60 + "t = s.replace('a', s)\nu = ''.join([s] * 1000)\n",
    "large numbers": "n = 2\n" + "n = n * n\n" * 60 + "x = str(n)\ny = 10**10**8\nz = 1 << 10**10\n",
    "long ranges": "a = list(range(10**9))\nb = sum(range(10**12))\nc = np.arange(10**12)\nd = set(range(10**8))\n"
    "e = max(range(10**10))\nf = sorted(range(10**9))\ng = [i for i in range(10**9)]\n",
}  # fmt: skip
#: Those that are not a program behind the usual head.
FILES: dict[str, bytes] = {
    "a codec of host names": b"# coding: punycode\n" + HEAD.encode() + b"# \n-" + b"abc" * 200_000,
    "a codec of host names, 2": b"# coding: idna\n" + HEAD.encode() + b"x = 1\n" * 100_000,
}

DRIVER = """\
import json, os, sys, time
from kerascheck.configuration.config import Settings
from kerascheck.engine import check_file, check_source
import kerascheck.rules.registry
check_source(b"import keras\\nm = keras.Sequential([keras.layers.Dense(1)])\\n", "x.py", Settings())
def measured(name):
    pid = os.fork()
    if not pid:
        try:
            report = check_file(name, Settings())
            os._exit(0 if not report.crashed else 3)
        except BaseException:
            os._exit(4)
    deadline = time.monotonic() + 90
    while not (ended := os.wait4(pid, os.WNOHANG))[0]:
        time.sleep(0.01)
        if time.monotonic() > deadline:
            os.kill(pid, 9)
    used = ended[2]
    return ended[1], used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
for name in sys.argv[2:]:
    status, seconds, megabytes = measured(name)
    for _ in range(2):  # what else the machine does makes it slower, never faster
        if status == 0 and seconds > float(sys.argv[1]):
            status, again, megabytes = measured(name)
            seconds = min(seconds, again)
    print(json.dumps([status, seconds, megabytes]), flush=True)
"""


@pytest.fixture(scope="module")
def allowed() -> float:
    return max_seconds()


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory, allowed: float) -> dict[str, tuple[int, float, float]]:
    """How each of them ended, the processor time and the memory that it took."""
    folder = tmp_path_factory.mktemp("bombs")
    files = {**{name: (HEAD + text).encode() for name, text in BOMBS.items()}, **FILES}
    for number, raw in enumerate(files.values()):
        (folder / f"{number}.py").write_bytes(raw)
    names = [f"{number}.py" for number in range(len(files))]
    run = subprocess.run(
        [sys.executable, "-c", DRIVER, str(allowed), *names], cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=280,
    )  # fmt: skip
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    return dict(zip(files, lines, strict=True))


@pytest.mark.parametrize("name", [*BOMBS, *FILES])
def test_it_is_dealt_with(name: str, measured: dict[str, tuple[int, float, float]], allowed: float) -> None:
    status, seconds, megabytes = measured[name]
    assert status == 0
    assert seconds <= allowed
    assert megabytes <= MAX_MEGABYTES


#: The same inside of other linters: what they do with such a file themselves is not ours.
IN_PLUGINS = """\
import json, os, resource, sys
from types import SimpleNamespace
if sys.argv[1] == "flake8":
    from kerascheck.integrations.flake8 import Plugin
    def check(name):
        with open(name, encoding="utf-8", errors="replace", newline="") as file:
            list(Plugin(None, name, file.readlines()).run())
else:
    from pylint.lint import PyLinter
    from kerascheck.integrations import pylint
    from kerascheck.rules.registry import all_rules
    linter = PyLinter()
    linter.config.enable = []
    messages = pylint._messages(all_rules(), linter)
    def check(name):
        pylint._Findings(linter, messages).of(SimpleNamespace(file=name, file_bytes=None))
check("first.py")
for name in sys.argv[3:]:
    for attempt in range(3):  # what else the machine does makes it slower, never faster
        if os.fork():
            status = os.wait()[1]
            if status != 256:
                break
        else:
            try:
                check(name)
            except BaseException as error:
                print(json.dumps([3, repr(error)[:200], 0, 0]), flush=True)
                os._exit(3)
            used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
            seconds = sum(one.ru_utime + one.ru_stime for one in used)
            if seconds > float(sys.argv[2]) and attempt < 2:
                os._exit(1)
            megabytes = max(one.ru_maxrss for one in used) / 1024
            print(json.dumps([0, "", seconds, megabytes]), flush=True)
            os._exit(0)
"""
#: One of each kind: all of them are checked above.
SOME = [
    "tuples, compared", "lists, data", "models in models", "a large array", "a list of many lists", "a deep list",
    "a large dictionary", "many lines", "independent conditions", "functions that call each other", "repetition",
    "a codec of host names",
]  # fmt: skip


@pytest.mark.parametrize("linter", ["flake8", "pylint"])
def test_it_is_dealt_with_inside_of_other_linters(linter: str, tmp_path: Path, allowed: float) -> None:
    pytest.importorskip(linter)
    files = {**{name: (HEAD + text).encode() for name, text in BOMBS.items()}, **FILES}
    (tmp_path / "first.py").write_text("import keras\nm = keras.Sequential([keras.layers.Dense(1)])\n")
    for number, name in enumerate(SOME):
        (tmp_path / f"{number}.py").write_bytes(files[name])
    names = [f"{number}.py" for number in range(len(SOME))]
    run = subprocess.run(
        [sys.executable, "-c", IN_PLUGINS, linter, str(allowed), *names],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=280,
    )  # fmt: skip
    found = dict(zip(SOME, map(json.loads, run.stdout.splitlines()), strict=True))
    assert {name: error for name, (status, error, _, _) in found.items() if status} == {}
    assert {name: seconds for name, (_, _, seconds, _) in found.items() if seconds > allowed} == {}
    assert {name: size for name, (_, _, _, size) in found.items() if size > MAX_MEGABYTES} == {}
