"""Random small numpy programs, written while they run: each statement is one that the real numpy executes."""

from __future__ import annotations

import ast
import contextlib
import random
import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

N = 3  # what `n` is

_HEAD = "import numpy as np\nn = int(input())\n"
_DTYPES = ("float32", "float64", "uint8", "int32", "int64", "bool", "float16", "int8")


def _slices_fit(line: str, names: dict[str, Any]) -> bool:
    """Whether all slices lie within their arrays: kerascheck takes a slice to be as wide as it says."""
    for node in ast.walk(ast.parse(line)):
        if not isinstance(node, ast.Subscript):
            continue
        try:
            shape = list(np.shape(_evaluate(node.value, names)))
        except Exception:
            continue
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for part in parts:
            if isinstance(part, ast.Constant) and part.value is None:
                continue
            if isinstance(part, ast.Constant) and part.value is ...:
                shape = shape[len(shape) - (len(parts) - parts.index(part) - 1) :]
                continue
            size = shape.pop(0) if shape else 0
            if isinstance(part, ast.Slice):
                ends = [_evaluate(end, names) for end in (part.lower, part.upper) if end is not None]
                if any(not -size <= end <= size for end in ends):
                    return False
                start, stop, step = slice(*(_evaluate(e, names) for e in (part.lower, part.upper, part.step))).indices(
                    size
                )
                if step > 0 and stop < start:
                    return False
    return True


def _evaluate(node: ast.expr | None, names: dict[str, Any]) -> Any:
    return None if node is None else eval(ast.unparse(node), dict(names))


class Writer:
    """A program and the values of its names; every choice comes from `rng`."""

    head = _HEAD

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.lines: list[str] = []
        self.names: dict[str, Any] = {"np": np, "n": N, "input": lambda: str(N)}
        self.count = 0

    @property
    def code(self) -> str:
        """The program."""
        return self.head + "\n".join(self.lines) + "\n"

    def statement(self) -> str | None:
        """A statement that may raise."""
        return self.rng.choice(STATEMENTS)(self)

    def write(self, statements: int) -> None:
        """Add so many statements that do not raise."""
        for _ in range(statements):
            for _ in range(8):
                line = self.statement()
                if line is not None and self.run(line):
                    break

    def run(self, line: str) -> bool:
        """Execute a statement and keep it; False where it raises or makes something large."""
        before = dict(self.names)
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                if not _slices_fit(line, self.names):
                    return False
                exec(line, self.names)
                if max([np.size(v) for v in self.names.values() if isinstance(v, np.ndarray)], default=0) > 3_000:
                    raise MemoryError
        except Exception:
            self.names = before
            if " = " not in line or "\n" in line or "]" in line.partition(" = ")[0]:
                self.start_over()  # it may have changed something before it raised
            return False
        self.lines.append(line)
        return True

    def start_over(self) -> None:
        """Execute all that was kept once more."""
        lines, self.lines = self.lines, []
        self.names = {name: value for name, value in self.names.items() if not name.startswith("v")}
        with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.suppress(Exception):
            warnings.simplefilter("ignore")
            for line in lines:
                exec(line, self.names)  # random numbers are others this time: it may raise
                self.lines.append(line)

    # -- parts ------------------------------------------------------------------------------------------------

    def new(self) -> str:
        """A new name."""
        self.count += 1
        return f"v{self.count}"

    def arrays(self, test: Callable[[Any], bool] = lambda value: True) -> list[str]:
        """The names of arrays of some finite numbers."""
        arrays = {k: v for k, v in self.names.items() if isinstance(v, np.ndarray) and v.dtype.kind in "biuf"}
        return [k for k, v in arrays.items() if v.size and np.isfinite(v).all() and test(v)]

    def array(self, test: Callable[[Any], bool] = lambda value: True) -> str:
        """The name of an array, or a literal."""
        found = self.arrays(test)
        return self.rng.choice(found[-6:]) if found and self.rng.random() < 0.95 else self.literal()

    def literal(self) -> str:
        """`np.array(...)` of numbers."""
        rows, columns = self.rng.randint(1, 3), self.rng.randint(1, 3)
        pool: list[Any] = self.rng.choice(
            ([0, 1], [0, 1, 2], [-1, 5, 300], [0.0, 0.5, 1.0], [-2.5, 3.25], [True, False])
        )
        if self.rng.random() < 0.5:
            data: Any = [self.rng.choice(pool) for _ in range(rows * columns)]
        else:
            data = [[self.rng.choice(pool) for _ in range(columns)] for _ in range(rows)]
        return f"np.array({data!r})"

    def number(self) -> str:
        """A number."""
        return self.rng.choice(
            ("2", "3", "0.5", "255", "255.0", "127.5", "-1", "1", "0", "np.float32(2)", "np.sqrt(4)", "1e-7")
        )

    def size(self) -> str:
        """A size."""
        return self.rng.choice(("n", "2", "3", "4", "1", "n + 1", "2 * n"))

    def axis(self) -> str:
        """An axis."""
        return self.rng.choice(("0", "1", "-1", "None", "(0, 1)"))

    def slice(self) -> str:
        """One part of an index."""
        return self.rng.choice(
            (
                ":",
                "1:",
                ":-1",
                ":2",
                "0",
                "-1",
                "::2",
                "1:3",
                "::-1",
                "None",
                "...",
                "[0, 1]",
                ":n",
                "n:",
                "n - 1",
                "-n:",
                "-2:",
                "[0]",
            )
        )

    def dtype(self) -> str:
        """A dtype."""
        name = self.rng.choice(_DTYPES)
        return self.rng.choice((f"'{name}'", f"np.{name}" if name != "bool" else "bool", "int", "float"))

    def places(self) -> dict[str, Callable[[], str]]:
        """What fills the places of templates."""
        return {
            "A": self.array,
            "N": self.number,
            "S": self.size,
            "X": self.axis,
            "I": self.slice,
            "D": self.dtype,
            "V": lambda: self.array(lambda v: v.ndim == 1),
            "M": lambda: self.array(lambda v: v.ndim == 2),
            "L": self.literal,
        }

    def pick(self, *texts: str) -> str:
        """One of the texts, with its places filled: A array, N number, S size, X axis, I index part, D dtype."""
        text = self.rng.choice(texts)
        places = self.places()
        return re.sub(r"\{([A-Z])\}", lambda match: places[match[1]](), text)


def value(*texts: str) -> Callable[[Writer], str]:
    def statement(writer: Writer) -> str:
        return f"{writer.new()} = {writer.pick(*texts)}"

    return statement


def action(*texts: str) -> Callable[[Writer], str]:
    return lambda writer: writer.pick(*texts)


_MAKING = value(
    "{L}", "{L}", "{L}", "np.zeros(({S}, {S}))", "np.ones({S})", "np.zeros(({S}, {S}, {S}), dtype={D})",
    "np.full(({S}, {S}), {N})", "np.eye({S})", "np.identity(3)", "np.eye(2, 4)", "np.arange({S})", "np.arange(1, 7, 2)",
    "np.arange(0, 1, 0.25)", "np.linspace(0, 1, 5)", "np.linspace(0, 1, {S}, endpoint=False)", "np.random.rand({S}, {S})",
    "np.random.randn({S}, {S})", "np.random.randint(0, 5, ({S}, {S}))", "np.random.randint(2, size=100)",
    "np.random.random(({S}, {S}))", "np.random.uniform(-1, 1, size=({S},))", "np.random.permutation({S})",
    "np.random.choice([3, 5, 7], {S})", "np.random.choice(5, size=({S}, 2))", "np.ones_like({A})", "np.zeros_like({A}, dtype={D})",
    "np.full_like({A}, {N})", "np.array({A})", "np.asarray({A}, dtype={D})", "np.array([{A}, {A}])", "np.array([{N}, {N}])",
    "np.array([[{N}, {S}], [{N}, 1]])", "np.random.default_rng(0).random(({S}, 2))",
    "np.random.default_rng(0).integers(0, 3, size={S})", "np.random.RandomState(0).rand({S})", "np.eye(4)[{A}]",
    "np.random.rand(40, 30)", "np.random.binomial(3, 0.5, {S})", "np.empty(({S}, 2))", "np.array([])",
    "np.array([i * 2 for i in range(5)])", "np.array(range(4))", "np.diag({V})", "np.diag({M})", "np.logspace(0, 2, 4)", "np.geomspace(1, 8, 4)",
    "np.linspace(0, 5, 6, dtype=int)", "np.arange(n, 2 * n + 1)", "np.arange(5.0)", "np.random.default_rng(1).normal(size=({S}, 2))",
    "np.random.default_rng(1).permutation({A})", "np.random.default_rng(1).choice({V}, 3)", "np.random.choice({V}, ({S}, 2))",
    "np.random.multivariate_normal([0, 1], np.eye(2), {S})", "np.random.normal({V}, 1)", "np.random.exponential(1.0, {S})",
    "np.random.permutation({A})", "np.random.RandomState(1).randint(0, 3, ({S},))", "np.random.default_rng(2).uniform(0, 2, (30, 50))",
    "np.ascontiguousarray({A})", "np.zeros({A}.shape)", "np.ones({A}.shape[0])", "np.full({S}, True)", "np.random.poisson(2, {S})",
    "np.random.default_rng(0).integers(1, 4, size=(20, 20), endpoint=True)", "np.fromfunction(lambda i, j: i + j, (2, 3))",
)  # fmt: skip
_ARITHMETIC = value(
    "{A} + {N}", "{A} - {N}", "{A} * {N}", "{A} / {N}", "{N} - {A}", "{N} / {A}", "{A} ** 2", "{A} // 2", "{A} % 3",
    "{A} + {A}", "{A} - {A}", "{A} * {A}", "{A} / {A}", "-{A}", "~{A}", "{A} > {N}", "{A} == {N}", "{A} < {A}", "{A} @ {A}",
    "{A} != 0", "({A} > 0) & ({A} < 2)", "{A} / 255.0", "{A} / 127.5 - 1", "{A} ** 0.5", "{A} + np.float32(1)",
    "{A} * np.float64(2)", "np.sqrt(2) * 3", "np.float32(1) / 3", "{A} ** {N}", "{A} // {N}", "{A} % {N}", "{A}[0] * 2",
)  # fmt: skip
_ELEMENTS = value(
    "np.abs({A})", "np.exp({A})", "np.log({A})", "np.sqrt({A})", "np.clip({A}, 0, 1)", "{A}.clip(-1, 2)", "np.round({A})",
    "{A}.round(1)", "np.maximum({A}, {N})", "np.minimum({A}, {A})", "np.sin({A})", "np.tanh({A})", "np.sign({A})",
    "np.floor({A})", "np.ceil({A})", "np.square({A})", "np.isnan({A})", "np.logical_not({A})", "np.where({A} > 0, 1, 0)",
    "np.where({A} > 0, {A}, 0.0)", "np.where({A})", "{A}.astype({D})", "np.log1p({A})", "np.nan_to_num({A})", "np.add({A}, {N})",
    "np.multiply({A}, {A})", "np.divide({A}, 2)", "np.power({A}, 2)", "np.float32({A})", "np.rint({A})", "np.maximum(0, {A})",
    "np.greater({A}, 0)", "np.logical_and({A}, {A})", "np.cos({A})", "np.clip({A}, None, 1)", "np.isin({A}, [1, 2])", "np.hypot({A}, {A})",
    "np.arctan2({A}, {A})", "np.fmax({A}, 0)", "np.isclose({A}, 1)", "np.exp2({A})", "np.expm1({A})", "np.reciprocal({A})", "np.negative({A})",
    "np.deg2rad({A})", "np.arcsin({A})", "np.arccos({A})", "np.tan({A})", "np.cosh({A})", "np.sinh({A})", "np.log2({A})", "np.cbrt({A})", "np.trunc({A})",
    "np.fabs({A})", "np.logical_xor({A}, {A})", "np.signbit({A})", "np.interp({V}, [0, 1], [0, 2])", "np.digitize({V}, [0, 1, 2])",
    "np.searchsorted([0, 1, 2], {V})", "np.isfinite({A})", "np.remainder({A}, 2)", "np.floor_divide({A}, 2)", "np.not_equal({A}, 1)",
)  # fmt: skip
_REDUCING = value(
    "{A}.sum()", "{A}.sum(axis={X})", "{A}.mean(axis={X})", "{A}.std(axis={X})", "{A}.max()", "{A}.max(axis={X})",
    "{A}.min(axis={X})", "np.mean({A}, axis={X})", "np.argmax({A}, axis=-1)", "{A}.argmax(axis=1)", "np.sum({A}, axis=1, keepdims=True)",
    "np.any({A})", "{A}.all(axis={X})", "np.median({A}, axis={X})", "np.prod({A}, axis={X})", "np.var({A})", "np.ptp({A}, axis={X})",
    "np.percentile({A}, 50)", "np.cumsum({A})", "{A}.cumsum(axis=0)", "np.max({A}) + 1", "np.unique({A})", "len(np.unique({A}))",
    "np.unique({A}, return_counts=True)", "np.average({A}, axis={X})", "np.max({A}) - np.min({A})", "np.argsort({A})",
    "np.nanmean({A}, axis={X})", "np.nanmax({A})", "np.quantile({A}, [0.1, 0.9])", "np.quantile({A}, 0.5, axis=0)", "np.cumprod({A})", "np.trace({M})",
    "np.diagonal({M})", "{A}.var(axis={X})", "np.std({A}, ddof=1)", "np.sum({A}, axis=(0, 1))", "{A}.ptp()", "np.sum({A}, dtype='float32')",
    "np.unique({A}, return_inverse=True)", "np.unique({M}, axis=0)", "np.flatnonzero({A})", "np.nonzero({A})", "{A}.argsort(axis=0)",
    "np.sort({A}, axis=0)", "np.sort({A}, axis=None)", "{A}.prod(axis=0)", "np.diff({A}, axis=0)", "{A}.repeat(2)", "np.tril({M})",
    "np.sort({A})", "np.argmin({A})", "np.amax({A}, 0)", "np.count_nonzero({A})", "np.bincount({V})", "np.diff({A})",
)  # fmt: skip
_SHAPING = value(
    "{A}.reshape(-1)", "{A}.reshape(-1, 1)", "{A}.reshape({A}.shape[0], -1)", "{A}.reshape(({S}, {S}))", "np.reshape({A}, (-1, 2))",
    "{A}.T", "np.transpose({A})", "{A}.transpose(1, 0)", "{A}.transpose(0, 2, 1)", "{A}.ravel()", "{A}.flatten()", "np.expand_dims({A}, -1)",
    "np.expand_dims({A}, {X})", "{A}.squeeze(-1)", "{A}.swapaxes(0, 1)", "np.moveaxis({A}, 0, -1)",
    "np.rollaxis({A}, 1)", "{A}[:, np.newaxis]", "{A}[None]", "np.atleast_2d({A})", "np.flip({A})", "np.flip({A}, axis=0)",
    "np.fliplr({A})", "np.roll({A}, 1)", "np.roll({A}, 1, axis=0)", "np.rot90({A})", "np.broadcast_to({A}, ({S}, 3))", "{A}.copy()",
    "np.tile({A}, 2)", "np.tile({A}, (2, 1))", "np.repeat({A}, 2)", "np.repeat({A}, 2, axis=0)", "np.repeat({A}, {S}, axis=-1)",
    "np.pad({A}, 1)", "np.pad({A}, ((0, 1), (2, 0)))", "np.pad({A}, 1, mode='edge')", "np.pad({A}, 2, constant_values=5)", "np.atleast_1d({A})", "np.atleast_3d({A})",
    "np.flipud({A})", "np.flip({A}, (0, 1))", "{A}.T.reshape(-1)", "np.moveaxis({A}, -1, 0)", "np.expand_dims({A}, (0, 1))", "np.swapaxes({A}, 0, -1)",
    "np.tile({A}, ({S}, 1, 2))", "np.tile({A}, {S})", "np.repeat({A}, [1, 2], axis=0)", "{A}.reshape(1, *{A}.shape)", "{A}.reshape({A}.shape + (1,))",
    "{A}.reshape(len({A}), -1)", "{A}.reshape(-1, {A}.shape[-1])", "np.squeeze({A}, axis=0)", "np.copy({A})", "np.roll({A}, -1, axis=1)", "np.vsplit({A}, 1)",
    "{A}.view()", "{A}.reshape(-1, 2, order='F')", "np.resize({A}, (2, 3))", "np.triu({M})",
)  # fmt: skip
_JOINING = value(
    "np.concatenate([{A}, {A}])", "np.concatenate(({A}, {A}), axis=1)", "np.concatenate([{A}, {A}], axis=-1)", "np.stack([{A}, {A}])",
    "np.stack(({A}, {A}), axis=-1)", "np.vstack([{A}, {A}])", "np.hstack(({A}, {A}))", "np.column_stack([{A}, {A}])", "np.dstack([{A}, {A}])",
    "np.append({A}, {A})", "np.append({A}, {N})", "np.append({A}, {A}, axis=0)", "np.split({A}, 2)", "np.split({A}, [1])[0]",
    "np.array_split({A}, 2)", "np.array_split({A}, 3, axis=-1)[1]", "np.delete({A}, 0, axis=0)", "np.delete({A}, [0, 1])", "np.insert({A}, 0, 1)",
    "np.meshgrid({V}, {V})", "np.outer({V}, {V})", "np.dot({A}, {A})", "np.einsum('ij,jk->ik', {M}, {M})", "np.concatenate({A})",
    "np.insert({A}, 1, {N}, axis=0)", "np.split({A}, 2, axis=1)", "np.vstack({A})", "np.concatenate([{A}, {A}], axis=None)",
    "np.tensordot({A}, {A}, axes=1)", "np.delete({A}, -1, 1)",
)  # fmt: skip
_INDEXING = value(
    "{A}[{I}]", "{A}[{I}]", "{A}[{I}, {I}]", "{A}[{I}, {I}]", "{A}[{I}, {I}, {I}]", "{A}[{A} > 0]", "{A}[{A} == 1]", "{A}[{A}]", "{A}[{A}, 0]",
    "{A}[np.random.permutation(len({A}))]", "{A}[:, {A}]", "{A}[np.where({A} > 0)]", "np.take({A}, [0, 1], axis=0)", "{A}[np.argsort({V})]",
    "{A}[{A}[:, 0] > 0]", "{A}[{I}, {A}]", "{A}[0][0]", "{A}[np.argmax({A})]", "np.take({A}, 0)", "{A}[n - 2:n]", "{A}[1:n + 1]",
    "{A}[[True, False]]", "{A}[..., 0]", "{A}[:len({A}) - 1]",
)  # fmt: skip
_FACTS = value(
    "{A}.shape", "{A}.shape[0]", "{A}.shape[-1]", "{A}.size", "{A}.ndim", "len({A})", "np.shape({A})", "{A}.shape[0] * 2", "np.prod({A}.shape)",
    "np.prod({A}.shape[1:])", "np.size({A})", "np.size({A}, 0)", "np.ndim({A})", "round(float({A}.max()), 1)", "{A}.mean().item()", "{A}.dtype == 'float64'",
    "[a.shape for a in {A}]", "np.sum({A}.shape)", "np.max({A}.shape)", "tuple({A}.shape)", "{A}.shape[1:]", "{A}.nbytes", "len({A}[0])", "{A}.tolist()", "{V}[0]", "int({A}.max())", "{A}.item()", "float({A}.mean())", "[x for x in {A}]",
    "int(np.max({A})) + 1", "np.max([2, 5])", "np.ceil(2.5)", "np.int32(7) // 2", "list({A})", "max({V})", "min({V})", "sum({V})", "abs({A})",
    "{A}.shape[0] // 2",
)  # fmt: skip
_SCALING = value(
    "({A} - {A}.min()) / ({A}.max() - {A}.min())", "{A} / {A}.max()", "({A} - {A}.mean(axis=0)) / {A}.std(axis=0)", "{A} - {A}.mean()",
    "({A} - {A}.min(axis=0)) / np.ptp({A}, axis=0)", "{A}.astype('float32') / 255", "{A} / np.max({A})",
)  # fmt: skip
_CHANGES = action(
    "{A}[{I}] = {N}", "{A}[{I}, {I}] = {N}", "{A}[:] = {A}", "{A}[{A} > 0] = {N}", "{A} += {N}", "{A} /= {N}", "{A} *= {A}", "{A} -= {A}.mean(axis=0)",
    "{A}.sort()", "np.random.shuffle({A})", "{A}.fill({N})", "{A}[...] = 0", "{A}[0] += 1", "{A}[np.arange(2), [0, 1]] = 1", "np.fill_diagonal({A}, 5)",
    "{A} //= 2", "{A}[:, 0] = {A}[:, 0] * 2", "{A} **= 2", "np.random.seed(1)", "{A} -= {A}.min()", "np.random.default_rng(0).shuffle({A})", "{A}.resize((2, 2))", "{A}[:, 0] += 1", "{A}[-1] = {A}[0]", "{A}.T[0] = 3",
    "{A}.reshape(-1)[0] = 9", "{A}.ravel()[:] = 2", "{A}[{A} == 1] *= 3", "np.put({A}, [0], 7)", "np.copyto({A}, 4)", "{A}.shape = (-1,)",
)  # fmt: skip


def _in_place(writer: Writer) -> str | None:
    line = _CHANGES(writer)
    return None if line.startswith("np.array(") else line


def _loop(writer: Writer) -> str | None:
    body = _in_place(writer)
    kind = writer.rng.choice(("range(n)", "range(2)", "[0, 1]"))
    body = body and body.replace("[0]", "[i]")
    return body and f"for i in {kind}:\n    {body}"


STATEMENTS: tuple[Callable[[Writer], str | None], ...] = (
    _MAKING, _MAKING, _ARITHMETIC, _ARITHMETIC, _ELEMENTS, _REDUCING, _SHAPING, _SHAPING, _JOINING, _INDEXING, _INDEXING, _FACTS,
    _SCALING, _in_place, _in_place, _loop,
)  # fmt: skip


def program(rng: random.Random, statements: int = 8) -> Writer:
    """A program and what its names are in the end."""
    np.random.seed(rng.randint(0, 10_000))
    writer = Writer(rng)
    writer.run(f"{writer.new()} = {writer.literal()}")
    writer.run(
        f"{writer.new()} = {writer.pick('np.random.rand({S}, {S})', 'np.arange(6).reshape(2, 3)', '{L}', 'np.ones((n, 2))')}"
    )
    writer.write(statements)
    return writer
