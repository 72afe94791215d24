"""Inputs for `fuzz.py`: programs that people and generators wrote, broken in every way that comes to mind.

What is mutated are the fixtures, the examples of the rules, the cases of the tests, and programs of four generators. An
input is a function of its seed alone, so a failure can be made again from its number.
"""

from __future__ import annotations

import ast
import importlib
import io
import json
import random
import re
import sys
import tokenize
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import fit_programs  # noqa: E402
import flag_generator  # noqa: E402

from tests.machine.programs import Generator as PlainGenerator  # noqa: E402
from tests.machine.wider_programs import WiderGenerator  # noqa: E402

#: Longer programs are cut: an input should cost milliseconds.
MAX_LINES = 50

KERAS = """\
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
import sklearn, random, math, itertools, collections, functools
from keras import layers, models, Input, Model, Sequential
from keras.layers import *
"""


@dataclass(frozen=True)
class Input:
    """One input: a file of this name and these bytes, and what made it."""

    name: str
    raw: bytes
    origin: str


# -- what is mutated ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def programs() -> tuple[str, ...]:
    """The programs that are written down somewhere."""
    from kerascheck.rules.registry import all_rules

    found = [path.read_text() for path in sorted((ROOT / "fixtures").rglob("*.py"))]
    for path in sorted((ROOT / "tests" / "interp" / "cases").rglob("*.py")):
        _, *parts = re.split(r"^# -- .+\n", path.read_text(), flags=re.MULTILINE)
        found += [KERAS + part for part in parts]
    for path in sorted((ROOT / "tests" / "programs").glob("*.py")):
        found.append(path.read_text())
    for rule in all_rules():
        found += rule.VALID
        found += [case.code for case in rule.INVALID]
    return tuple(found)


@lru_cache(maxsize=1)
def notebooks() -> tuple[str, ...]:
    """The notebooks of the fixtures."""
    return tuple(path.read_text() for path in sorted((ROOT / "fixtures").rglob("*.ipynb")))


def generated(rng: random.Random) -> str:
    """A program of one of the generators."""
    kind, seed = rng.randrange(16), rng.randrange(10**6)
    if kind == 0:
        return fit_programs.program(seed)
    if kind == 1:
        return flag_generator.program(seed)[0]
    if kind in (2, 3):
        return KERAS + PlainGenerator(random.Random(seed)).program()
    if kind in (4, 5):
        return KERAS + WiderGenerator(random.Random(seed)).program()
    statements = (Grammar(rng).statement() for _ in range(rng.randrange(1, 12)))
    return KERAS + "\n".join(text for text in statements if _is_program(text)) + "\n"


# -- a grammar of odd programs ----------------------------------------------------------------------------------------


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


NUMBERS = _words("""
    0 1 2 3 -1 -3 10 32 0.5 -0.0 1e300 -1e400 1e-400 2**31 -2**63 2**64 10**9 -10**9 10**30 10**400 float('nan')
    float('inf') -float('inf') 1j True False None ... 0x10 1_000 1114112 255 n k len(x) x.shape[1] X.shape[0]
    np.int64(3)
""")
TEXTS = (
    *("'a'", "''", "'relu'", "'adam'", "'mse'", "'same'", "'categorical_crossentropy'", "b'a'", "'a' * 3", "'\\ud800'"),
    *("'\\x00'", "'%c'", "'%s %d'", "'{}'", "'{:>9}'", "'{0.real}'", "'{x!r}'", "'hex'", "'utf-8'", "'nope'"),
    *("'%(a)s'", "f'{n!r:>{k}}'", "'é😀'", "r'\\1'", "'['", "'(?P<a'", "'a' 'b'", "'-1'", "'1e9'", "'<script>'", "'`'"),
)
NAMES = _words("""
    x X y n k m i d f g C df data model layers keras np _ self
""")
LAYERS = _words("""
    Dense Conv2D Conv1D Flatten Reshape LSTM GRU Embedding Dropout BatchNormalization MaxPooling2D
    GlobalAveragePooling2D Concatenate Add Dot Permute RepeatVector Activation TimeDistributed Bidirectional
    Lambda Input UpSampling2D ZeroPadding2D Cropping2D Masking SeparableConv2D Conv2DTranspose
    MultiHeadAttention Softmax Normalization Rescaling Resizing Discretization CategoryEncoding StringLookup
    TextVectorization RandomFlip Attention RNN LayerNormalization GroupNormalization SpectralNormalization
    DepthwiseConv2D EinsumDense PReLU
""")
ARGUMENTS = _words("""
    units filters kernel_size activation input_shape shape axis strides padding name dtype size low high
    target_shape dims rate batch_size epochs validation_data metrics loss optimizer callbacks sample_weight
    class_weight steps_per_epoch return_sequences input_dim
""")
FUNCTIONS = _words("""
    np.zeros np.ones np.full np.eye np.arange np.linspace np.array np.reshape np.concatenate np.stack
    np.random.rand np.random.randint np.random.normal np.expand_dims np.transpose np.tile np.repeat np.pad
    np.split np.where np.argmax np.mean np.dot np.matmul np.einsum np.roll np.moveaxis np.swapaxes
    np.broadcast_to np.unique np.clip np.load np.diag np.meshgrid pd.DataFrame pd.read_csv pd.Series pd.concat
    pd.get_dummies tf.constant tf.zeros tf.reshape tf.data.Dataset.from_tensor_slices tf.range tf.one_hot
    tf.concat tf.expand_dims keras.ops.reshape keras.ops.concatenate keras.ops.matmul keras.ops.mean
    keras.utils.to_categorical keras.utils.pad_sequences len range list tuple dict set str repr int float bool
    bytes bytearray chr ord hex bin abs min max sum sorted reversed enumerate zip map filter iter next type
    isinstance getattr setattr hasattr round pow divmod slice frozenset any format print open eval vars dir id
    hash super object property complex all keras.datasets.mnist.load_data keras.optimizers.Adam
    keras.losses.MeanSquaredError keras.layers.deserialize
""")
METHODS = _words("""
    shape reshape T astype fit compile evaluate predict add append extend pop insert remove sort reverse index
    count items keys values get update setdefault join split encode decode format replace strip upper zfill
    center ljust translate partition splitlines expandtabs startswith send throw close sum mean max argmax
    flatten ravel squeeze transpose iloc loc drop dropna head sample batch map shuffle repeat take skip build
    summary get_layer layers count_params set_weights get_weights output_shape input_shape output input call
    get_config from_config trainable to_bytes from_bytes bit_length is_integer real fromkeys copy clear tolist
    item save
""")
OPERATORS = (*_words("+ - * / // % ** @ << >> & | ^ == < in is and or"), "not in")


_SHORT = {"numpy": "np", "pandas": "pd", "tensorflow": "tf"}


@lru_cache(maxsize=1)
def known_calls() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """All functions that kerascheck knows anything of, as programs call them; and all names of methods."""
    functions: set[str] = set()
    methods: set[str] = set()
    for package in ("data", "machine", "machine.modules", "machine.keras"):
        folder = ROOT / "kerascheck" / package.replace(".", "/")
        for path in sorted(folder.glob("*.py")):
            module = importlib.import_module(f"kerascheck.{package}.{path.stem}".removesuffix(".__init__"))
            for name in ("FUNCTIONS", "LIBRARIES", "BUILTINS", "CONSTRUCTORS"):
                functions |= {str(key) for key in getattr(module, name, ())}
            for table in (getattr(module, "METHODS", {}), *getattr(module, "OBJECTS", {}).values()):
                for key, value in table.items():
                    methods |= {key} if callable(value) else set(value)
    written = []
    for name in functions:
        head, dot, rest = name.removeprefix("builtins.").partition(".")
        written.append(_SHORT.get(head, head) + dot + rest)
    return (
        tuple(sorted(name for name in written if all(part.isidentifier() for part in name.split(".")))),
        tuple(sorted(name for name in methods if isinstance(name, str) and name.isidentifier())),
    )


class Grammar:
    """Expressions and statements of Python that make little sense but may all be executed."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def expression(self, depth: int = 3) -> str:
        """An expression."""
        rng = self.rng
        if depth <= 0 or rng.random() < 0.2:
            return rng.choice(rng.choice((NUMBERS, NUMBERS, TEXTS, NAMES)))
        return rng.choice(_EXPRESSIONS)(self, depth - 1)

    def function(self) -> str:
        """The name of a function."""
        return self.rng.choice(FUNCTIONS if self.rng.random() < 0.4 else known_calls()[0])

    def method(self) -> str:
        """The name of a method or an attribute."""
        return self.rng.choice(METHODS if self.rng.random() < 0.4 else known_calls()[1])

    def arguments(self, depth: int) -> str:
        """What stands between the parentheses of a call."""
        rng = self.rng
        given = [self.expression(depth) for _ in range(rng.choice((0, 1, 1, 2, 2, 3)))]
        if rng.random() < 0.3:
            given += [f"{name}={self.expression(depth)}" for name in rng.sample(ARGUMENTS, rng.choice((1, 1, 2)))]
        if rng.random() < 0.05:
            given.append(rng.choice(("*x", "**d", "*[1, 2]", "**{'units': 3}", "*range(3)")))
        if rng.random() < 0.9:
            given.sort(key=lambda text: (text.startswith("**"), bool(re.match(r"\w+=", text))))
        return ", ".join(given)

    def shape(self) -> str:
        """A tuple of sizes."""
        return f"({', '.join(self.rng.choice(NUMBERS) for _ in range(self.rng.randrange(1, 4)))},)"

    def block(self, *statements: str) -> str:
        """Indented statements."""
        return "\n".join("    " + line for text in statements for line in text.split("\n"))

    def statement(self, depth: int = 2) -> str:
        """A statement, of one or more lines."""
        rng = self.rng
        kind = rng.randrange(30 if depth > 0 else 14)
        a, b, name = self.expression(), self.expression(2), rng.choice(NAMES)
        simple = (
            f"{name} = {a}", f"{name} = {a}", f"{name} = {a}", a, f"{name} {rng.choice(OPERATORS[:10])}= {b}",
            f"{name}[{b}] = {a}", f"{name}.{rng.choice(METHODS)} = {a}", f"{name}, {rng.choice(NAMES)} = {a}",
            f"del {name}", f"{name}[{self.slices()}] = {a}", f"{name}: {b} = {a}", f"assert {a}, {b}", f"raise {a}",
            f"{name}, *{rng.choice(NAMES)} = {a}",
        )  # fmt: skip
        if kind < len(simple):
            return simple[kind]
        inner = self.statement(depth - 1)
        caught = rng.choice(("Exception", "ValueError", b))
        special = rng.choice(("getitem", "add", "eq", "len", "iter", "hash", "call"))
        if kind < 20:
            return self.model()
        return (
            f"for {name} in {a}:\n{self.block(inner, rng.choice(('pass', 'break', 'continue', inner)))}",
            f"while {a}:\n{self.block(inner, 'break')}",
            f"if {a}:\n{self.block(inner)}\nelse:\n{self.block(self.statement(depth - 1))}",
            f"try:\n{self.block(inner)}\nexcept {caught} as e:\n{self.block('raise')}",
            f"with {a} as {name}:\n{self.block(inner)}",
            f"def {name}(x, n={b}, *args, **kw):\n{self.block(inner, f'return {a}')}\n{name}({self.arguments(1)})",
            f"def g(x=1):\n{self.block(f'k = yield {a}', f'yield from {b}', inner)}\ni = g()\ni.send({b})\nlist(i)",
            f"class C({rng.choice(('', 'Model', 'Layer', 'dict', 'keras.Model', 'object'))}):\n"
            + self.block(
                f"f = {b}",
                f"def __init__(self, n=2):\n    super().__init__()\n    self.d = {a}",
                f"def call(self, x):\n    return {b}",
                f"def __{special}__(self, *a):\n    return {a}",
            )
            + "\nm = C()\nm(x)",
            f"match {a}:\n    case [x, *y]:\n{self.block(self.block(inner))}\n    case {{'a': k, **d}}:\n        pass\n"
            f"    case {rng.choice(('1 | 2', 'int(n)', '_', 'str() as k', '(x, y)'))}:\n        pass",
            f"{name} = lambda x, *a: {a}\n{name}({b})",
        )[kind - 20]  # fmt: skip

    def slices(self) -> str:
        """What stands between brackets."""
        rng = self.rng
        parts = [
            rng.choice((
                rng.choice(NUMBERS), ":", f"{rng.choice(NUMBERS)}:", f":{rng.choice(NUMBERS)}", "...", "None",
                f"{rng.choice(NUMBERS)}:{rng.choice(NUMBERS)}", f"::{rng.choice(NUMBERS)}", self.expression(1),
            ))
            for _ in range(rng.choice((1, 1, 2, 3)))
        ]  # fmt: skip
        return ", ".join(parts)

    def layer(self) -> str:
        """The call of a class of layers."""
        return f"{self.rng.choice(LAYERS)}({self.arguments(1)})"

    def model(self) -> str:
        """A model, perhaps compiled and trained."""
        rng = self.rng
        size = rng.choice(("4", "8", "(28, 28, 1)", "(10, 3)", "n", "None"))
        first = f"Input(({size},))" if not size.startswith("(") else f"Input({size})"
        layers = [
            self.layer() if rng.random() < 0.5 else f"Dense({rng.choice(NUMBERS)})" for _ in range(rng.randrange(5))
        ]
        if rng.random() < 0.5:
            lines = [f"m = Sequential([{', '.join([first, *layers])}])"]
        else:
            lines = [
                f"i = {first}",
                "x = i",
                *(f"x = {layer}({rng.choice(('x', 'x', 'x', 'i', '[x, i]'))})" for layer in layers),
            ]
            lines += rng.choice((["d = Dense(4)", "x = d(d(x))"], ["x = m(m(i))"], [], []))
            lines.append(
                f"m = Model({rng.choice(('i', 'i', '[i]', 'x', '[i, i]'))}, {rng.choice(('x', 'x', '[x]', '[x, i]'))})"
            )
        lines += rng.choice((["m.add(m)"], [], [], [], []))
        if rng.random() < 0.6:
            lines.append(
                f"m.compile('adam', {rng.choice(('chr(34)', *TEXTS[3:7], self.expression(1)))}, metrics=['mae'])"
            )
            data = rng.choice(
                ("np.zeros((5, 4))", "np.random.rand(*{})", "X", "np.zeros({})", "tf.zeros({})", "[]", "{{}}")
            )
            lines.append(f"x = {data.format(self.shape())}")
            method = rng.choice(("fit", "evaluate", "predict", "train_on_batch"))
            lines.append(f"m.{method}(x, {rng.choice(('[]', '{}', 'x', self.expression(1)))}, {self.arguments(1)})")
        return "\n".join(lines)


def _container(grammar: Grammar, depth: int) -> str:
    items = [grammar.expression(depth) for _ in range(grammar.rng.randrange(4))]
    left, right = grammar.rng.choice(("[]", "()", "{}"))
    return f"{left}{', '.join(items)}{',' if len(items) == 1 and left == '(' else ''}{right}"


def _comprehension(grammar: Grammar, depth: int) -> str:
    left, right = grammar.rng.choice(("[]", "()", "{}"))
    key = f"{grammar.expression(0)}: " if left == "{" and grammar.rng.random() < 0.5 else ""
    test = f" if {grammar.expression(depth)}" if grammar.rng.random() < 0.3 else ""
    return f"{left}{key}{grammar.expression(depth)} for x in {grammar.expression(depth)}{test}{right}"


_EXPRESSIONS: tuple[Callable[[Grammar, int], str], ...] = (
    _container,
    _container,
    _comprehension,
    lambda g, depth: f"({g.expression(depth)} {g.rng.choice(OPERATORS)} {g.expression(depth)})",
    lambda g, depth: f"({g.expression(depth)} {g.rng.choice(OPERATORS)} {g.expression(depth)})",
    lambda g, depth: f"{g.rng.choice('-+~')}{g.expression(depth)}",
    lambda g, depth: f"{g.function()}({g.arguments(depth)})",
    lambda g, depth: f"{g.function()}({g.arguments(depth)})",
    lambda g, depth: f"{g.function()}({g.shape()})",
    lambda g, depth: f"{g.function()}({g.arguments(depth)})[{g.slices()}]",
    lambda g, depth: f"({g.expression(depth)}).{g.method()}({g.arguments(depth)})",
    lambda g, depth: f"({g.expression(depth)}).{g.method()}",
    lambda g, depth: f"({g.expression(depth)})[{g.slices()}]",
    lambda g, depth: f"{g.layer()}({g.expression(depth)})",
    lambda g, depth: g.layer(),
    lambda g, depth: f"({g.expression(depth)} if {g.expression(depth)} else {g.expression(depth)})",
    lambda g, depth: f"({g.rng.choice(NAMES)} := {g.expression(depth)})",
    lambda g, depth: f"(lambda x=1, *a: {g.expression(depth)})({g.arguments(depth)})",
    lambda g, depth: "{" + f"{g.expression(0)}: {g.expression(depth)}, **{g.expression(0)}" + "}",
    lambda g, depth: f"f'{{{g.rng.choice(NAMES)}!r:{g.rng.choice(('', '>9', '{n}', '.3f', 'c', 'x'))}}}'",
)

# -- mutations ------------------------------------------------------------------------------------------------------


def _lines_changed(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    for _ in range(rng.choice((1, 1, 2, 4))):
        at, to = rng.randrange(len(lines)), rng.randrange(len(lines))
        kind = rng.randrange(6)
        if kind == 0 and len(lines) > 1:
            del lines[at]
        elif kind == 1:
            lines.insert(to, lines[at])
        elif kind == 2:
            lines[at], lines[to] = lines[to], lines[at]
        elif kind == 3:
            lines[at] = "    " + lines[at]
        elif kind == 4:
            lines[at] = lines[at].removeprefix("    ")
        else:
            indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
            lines.insert(at, "\n".join(indent + line for line in Grammar(rng).statement().split("\n")))
    return "\n".join(lines)


def _tokens_of(text: str) -> list[tokenize.TokenInfo]:
    try:
        return list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return []


def _tokens_changed(rng: random.Random, text: str) -> str:
    """One to four tokens replaced by others, so that it is mostly still a program."""
    tokens = [t for t in _tokens_of(text) if t.type in (tokenize.NAME, tokenize.NUMBER, tokenize.STRING, tokenize.OP)]
    if not tokens:
        return _bytes_changed(rng, text.encode("utf-8", "replace")).decode("utf-8", "replace")
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    chosen = sorted(rng.sample(tokens, min(len(tokens), rng.choice((1, 1, 2, 4)))), key=lambda t: t.start, reverse=True)
    for token in chosen:
        start, end = starts[token.start[0] - 1] + token.start[1], starts[token.end[0] - 1] + token.end[1]
        text = text[:start] + _other_token(rng, token, tokens) + text[end:]
    return text


def _other_token(rng: random.Random, token: tokenize.TokenInfo, tokens: list[tokenize.TokenInfo]) -> str:
    kind = rng.randrange(10)
    if kind == 0:
        return ""
    if kind == 1:
        return f"{token.string} {token.string}"
    if token.type == tokenize.OP:
        if token.string in "()[]{},:.=":
            return token.string if kind < 8 else rng.choice(("(", ")", "[", "]", "{", "}", ",", ":", ".", "=", "*"))
        return rng.choice(("+", "-", "*", "/", "//", "%", "**", "@", "<", "==", "and", "in"))
    if kind < 5:
        return rng.choice([other for other in tokens if other.type == token.type]).string
    if token.type == tokenize.NUMBER:
        return rng.choice(NUMBERS)
    if token.type == tokenize.STRING:
        return rng.choice(TEXTS) if kind < 9 else rng.choice(NUMBERS)
    return rng.choice((*NAMES, *LAYERS, *METHODS)) if kind < 8 else f"({Grammar(rng).expression(2)})"


def _spliced(rng: random.Random, text: str) -> str:
    """The beginning of one program and the end of another."""
    other = rng.choice(programs()).split("\n")
    lines = text.split("\n")
    return "\n".join(lines[: rng.randrange(len(lines) + 1)] + other[rng.randrange(len(other)) :])


_ODD_BYTES = (
    b"\x00", b"\x1a", b"\x0c", b"\r", b"\r\n", b"\n", b"\t", b"\\\n", b"\xff", b"\xc3", b"\xed\xa0\x80", b"}",
    b"\xef\xbb\xbf", b"\x1b[31m", b"\xe2\x80\xae", b"'''", b'"""', b"#", b"\\", b"(", b")", b"f'{", b"\xf0\x9f\x98\x80",
    b"# noqa", b"# kerascheck: ignore[KC101]", b"# kerascheck: skip-file", b"# type:", b"%timeit\n", b"!ls\n",
)  # fmt: skip
_COOKIES = (
    b"# coding: idna\n", b"# coding: punycode\n", b"# coding: utf-7\n", b"# coding: latin-1\n", b"# coding: hex\n",
    b"# coding: utf-16\n", b"# coding: cp037\n", b"# coding: undefined\n", b"# -*- coding: ascii -*-\n", b"# coding:\n",
    b"# coding: unicode_escape\n", b"# coding: raw_unicode_escape\n", b"# coding: mbcs\n", b"# coding: shift_jis\n",
    b"# coding: utf-8-sig\n", b"# coding: utf_32\n", b"# coding: a\x00b\n", b"# coding: iso2022_jp\n",
)  # fmt: skip


def _bytes_changed(rng: random.Random, raw: bytes) -> bytes:
    made = bytearray(raw)
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.randrange(len(made) + 1)
        kind = rng.randrange(6)
        if kind == 0 and made:
            made[at % len(made)] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del made[at : at + rng.choice((1, 1, 5, 50))]
        elif kind in (2, 3):
            made[at:at] = rng.choice(_ODD_BYTES)
        elif kind == 4:
            part = bytes(made[at : at + rng.randrange(40)])
            made[at:at] = part * rng.choice((1, 2, 30))
        elif rng.random() < 0.2:
            del made[at:]
    if rng.random() < 0.1:
        made[0:0] = rng.choice(_COOKIES)
    return bytes(made)


def _notebook(rng: random.Random) -> bytes:
    """A notebook, its cells or its JSON changed."""
    if rng.random() < 0.5:
        data = json.loads(rng.choice(notebooks()))
        for cell in data["cells"]:
            if cell["cell_type"] == "code" and rng.random() < 0.5:
                text = "".join(cell["source"])
                changed = _tokens_changed(rng, text) if rng.random() < 0.6 else rng.choice(programs())
                cell["source"] = changed if rng.random() < 0.3 else changed.splitlines(keepends=True)
    else:
        text = generated(rng).split("\n")
        at = rng.randrange(len(text))
        data = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        for part in (text[:at], text[at:]):
            data["cells"].append({"cell_type": "code", "metadata": {}, "outputs": [], "source": "\n".join(part)})
    for _ in range(rng.choice((0, 0, 1, 2))):
        _change_json(rng, data)
    raw = json.dumps(data, indent=rng.choice((None, 1)), ensure_ascii=rng.random() < 0.5).encode(
        "utf-8", "surrogatepass"
    )
    return _bytes_changed(rng, raw) if rng.random() < 0.2 else raw


def _change_json(rng: random.Random, value: object) -> None:
    """Another value somewhere within."""
    odd = (None, True, -1, 10**30, 1.5, "", "keras", "\ud800", [], {}, [None], {"source": 1}, ["a", 1])
    while True:
        if isinstance(value, dict) and value:
            key: object = rng.choice(sorted(value))
        elif isinstance(value, list) and value:
            key = rng.randrange(len(value))
        else:
            return
        inner = value[key]  # type: ignore[index,call-overload]
        if rng.random() < 0.4 or not isinstance(inner, (dict, list)) or not inner:
            if rng.random() < 0.3:
                del value[key]  # type: ignore[arg-type]
            else:
                value[key] = rng.choice(odd)  # type: ignore[index,call-overload]
            return
        value = inner


def _is_program(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _mutated(rng: random.Random, text: str) -> str:
    """The program changed in one way: mostly so that it is one still, since what is none says little."""
    mutations = (_tokens_changed, _tokens_changed, _tokens_changed, _lines_changed, _lines_changed, _spliced)
    made = text
    for _ in range(rng.choice((1, 6, 6, 6, 6))):
        made = rng.choice(mutations)(rng, text)
        if _is_program(made):
            break
    return made


def make(seed: int, number: int) -> Input:
    """The input of this number."""
    rng = random.Random(f"{seed}:{number}")
    kind = rng.random()
    if kind < 0.04:
        return Input("input.ipynb", _notebook(rng), "notebook")
    if kind < 0.45:
        text, origin = rng.choice(programs()), "written"
    else:
        text, origin = generated(rng), "generated"
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        at = rng.randrange(len(lines) - MAX_LINES)
        text = "\n".join(lines[:20] + lines[20 + at :][: MAX_LINES - 20])
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3)) if origin == "generated" else rng.choice((1, 1, 2, 3))):
        text = _mutated(rng, text)
    if "keras" not in text and rng.random() < 0.95:
        text = "import keras\n" + text
    raw = text.encode("utf-8", "surrogatepass" if rng.random() < 0.5 else "replace")
    if rng.random() < 0.08:
        raw, origin = _bytes_changed(rng, raw), f"{origin}, bytes"
    return Input("input.py", raw, origin)


# -- what stands beside a file ----------------------------------------------------------------------------------------

_PATTERNS = (
    "[a-Z]*", "!", "**", "[", "]", "[!", "a[z-a]", "\\", "/", "//", "{a,b}", "***/x", "[[:alpha:]]", "?",
    "\x00", "é*", "other.py", "(", "a{99999}", "[a-\\d]", "!*.py", "#", " ", "[]]", "[^]", "*[", "\ud800", "x" * 5000,
)  # fmt: skip
_TOML = (
    "select = {}", "ignore = {}", "budget = {}", "per-file-ignores = {}", "exclude = {}", "extend-exclude = {}",
    "target = {}", "baseline = {}", "read-data = {}", "{} = 1", "max-decimals = {}",
)  # fmt: skip
_VALUES = (
    "[]", "{}", "1", "-1", "1e999", '""', '"KC"', '["KC1"]', '["[a-Z]*"]', '["!"]', '{"[a-Z]*" = ["KC1"]}', "true",
    '{"!" = ["KC1"]}', "1979-05-27", '{"a" = 1}', '["ALL"]', "[" * 2000 + "]" * 2000, "0x10", "'''\n'''", '["KC999"]',
    '{"" = []}', '["\\u0000"]', '["/etc/*"]', "[1]", "[[]]", "99999999999999999999999", '{"**" = ["ALL"]}',
)  # fmt: skip


def odd_settings(rng: random.Random) -> dict[str, bytes]:
    """Files for the folder of an input, by name: often none."""
    found: dict[str, bytes] = {}
    if rng.random() < 0.3:
        lines = [rng.choice(_PATTERNS) for _ in range(rng.randrange(1, 4))]
        found[".gitignore"] = "\n".join(lines).encode("utf-8", "surrogatepass")
    if rng.random() < 0.3:
        rows = [rng.choice(_TOML).replace("{}", rng.choice(_VALUES)) for _ in range(rng.randrange(1, 3))]
        text = "\n".join(rows)
        name = rng.choice((".kerascheck.toml", "pyproject.toml"))
        found[name] = (f"[tool.kerascheck]\n{text}" if name == "pyproject.toml" else text).encode()
        if rng.random() < 0.1:
            found[name] = _bytes_changed(rng, found[name])
    return found
