"""Random small pandas programs, written while they run: each statement is one that the real pandas executes."""

from __future__ import annotations

import random
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.data.numpy_programs import N, Writer, action, value

FILE = "a,b,c,y,label\n1,0.5,3,0,x\n2,1.5,4,1,y\n3,0.25,,0,x\n4,2.5,6,1,z\n5,3.0,7,0,y\n6,0.0,8,1,x\n"


class FrameWriter(Writer):
    """A program about frames."""

    head = "import numpy as np\nimport pandas as pd\nn = int(input())\n"

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.names["pd"] = pd

    def statement(self) -> str | None:
        return self.rng.choice(STATEMENTS)(self)

    def run(self, line: str) -> bool:
        # Columns of the same name are not followed. A column of a file is taken to be without gaps where the program makes indicators of its values.
        mentioned = [
            v
            for k, v in self.names.items()
            if re.search(rf"\b{k}\b", line) and isinstance(v, (pd.DataFrame, pd.Series))
        ]
        if "get_dummies" in line and any(bool(v.isna().to_numpy().any()) for v in mentioned):
            return False
        before = dict(self.names)
        if not super().run(line):
            return False
        try:
            frames = [v for v in self.names.values() if isinstance(v, pd.DataFrame)]
            sound = all(v.columns.is_unique and v.shape[1] and v.values.shape == v.shape for v in frames)
        except Exception:  # a statement that raised has left a broken frame
            sound = False
        if not sound:
            self.lines.pop()
            self.names = before
            self.start_over()
        return sound

    def some(self, kind: type, otherwise: str) -> str:
        """The name of a frame or series of some rows."""
        found = [k for k, v in self.names.items() if isinstance(v, kind) and len(v) > 1 and v.shape[-1]]
        return self.rng.choice(found[-6:]) if found else otherwise

    def label(self) -> str:
        """A label of a column."""
        labels = {c for v in self.names.values() if isinstance(v, pd.DataFrame) for c in v.columns}
        return repr(self.rng.choice(sorted(labels, key=str))) if labels and self.rng.random() < 0.9 else "'new'"

    def dictionary(self) -> str:
        """A dictionary of columns."""
        rows = self.rng.randint(2, 4)
        pools: list[list[Any]] = [[0, 1, 2], [0.5, 1.5, -1.0], ["x", "y"], [True, False], [10, 255]]
        labels = self.rng.sample(["a", "b", "c", "d", "y"], self.rng.randint(1, 4))
        columns = {}
        for label in labels:
            pool = self.rng.choice(pools)
            columns[label] = [self.rng.choice(pool) for _ in range(rows)]
        return repr(columns)

    def places(self) -> dict[str, Callable[[], str]]:
        return {
            **super().places(),
            "F": lambda: self.some(pd.DataFrame, "pd.DataFrame({'a': [1, 2]})"),
            "R": lambda: self.some(pd.Series, "pd.Series([1, 2, 3])"),
            "C": self.label,
            "K": self.dictionary,
        }


_MAKING = value(
    "pd.read_csv('data.csv')", "pd.read_csv('data.csv')", "pd.DataFrame({K})", "pd.DataFrame({K})", "pd.DataFrame({K}, columns=[{C}, {C}])",
    "pd.DataFrame({A})", "pd.DataFrame({A}, columns=['p', 'q'])", "pd.Series([1, 2, 3])", "pd.Series([0.5, 1.5], name='s')", "pd.Series({A})",
    "pd.DataFrame([[1, 2.5], [3, 4.0]], columns=['a', 'b'])", "pd.read_csv('data.csv', usecols=['a', 'y'])", "pd.read_csv('data.csv', usecols=[0, 1, 2])",
    "pd.read_csv('data.csv', header=None, names=['p', 'q', 'r', 's', 't'])", "pd.read_csv('data.csv', index_col=0)", "pd.Series({'a': 1, 'b': 2})",
    "pd.DataFrame({'a': {R}, 'b': {R}})", "pd.DataFrame({F})", "pd.DataFrame({'a': {A}})", "pd.DataFrame(columns=['a', 'b'])",
    "pd.Series(['x', 'y', 'x'])", "pd.DataFrame(np.eye(3))", "pd.read_csv('data.csv', usecols=['a', 'b', 'y'], index_col='a')",
)  # fmt: skip
_COLUMNS = value(
    "{F}[{C}]", "{F}[{C}]", "{F}[[{C}, {C}]]", "{F}.a", "{F}.y", "{F}.drop({C}, axis=1)", "{F}.drop(columns=[{C}])", "{F}.drop([{C}, {C}], axis=1)",
    "{F}.iloc[:, 0]", "{F}.iloc[:, -1]", "{F}.iloc[:, :-1]", "{F}.iloc[:, 1:]", "{F}.iloc[:, 0:2]", "{F}.iloc[:, [0, 1]]", "{F}.loc[:, {C}]",
    "{F}.loc[:, [{C}, {C}]]", "{F}.loc[:, {C}:]", "{F}.pop({C})", "{F}.columns", "{F}.columns[:-1]", "{F}[{F}.columns[:-1]]", "{F}.select_dtypes('number')",
    "{F}.rename(columns={'a': 'z'})", "{F}.assign(new=1)", "{F}[[c for c in {F}.columns if c != 'y']]", "{F}.filter(items=[{C}])",
    "{F}.drop({C}, axis='columns', errors='ignore')", "{F}[list({F}.columns)]", "{F}.drop('y', axis=1).values", "{F}[{F}.columns[0]]",
    "{F}.columns.drop({C})", "{F}[{F}.columns.drop({C})]", "{F}.columns.tolist()",
)  # fmt: skip
_ROWS = value(
    "{F}.head(2)", "{F}.tail(2)", "{F}[:2]", "{F}[1:]", "{R}[:2]", "{F}.iloc[0]", "{F}.iloc[:2]", "{F}.iloc[1:, :2]", "{F}.iloc[[0, 1]]", "{F}.dropna()",
    "{F}[{F}[{C}] > 1]", "{F}[{R} > 0]", "{R}[{R} > 1]", "{F}.loc[{F}[{C}] > 1, {C}]", "{F}.sample(frac=1)", "{F}.sample(frac=0.5)", "{F}.sample(n=2)",
    "{F}.sort_values({C})", "{F}.reset_index()", "{F}.reset_index(drop=True)", "{F}.set_index({C})", "{F}.drop_duplicates()", "{F}.query('a > 1')", "{F}.copy()",
    "{F}.drop([0])", "{F}.drop({F}.index[:1])", "{R}.dropna()", "{R}.sort_values()", "{R}.reset_index(drop=True)", "{F}.loc[0:1]", "{F}.loc[[0, 1]]",
    "pd.concat([{F}, {F}])", "pd.concat([{F}, {F}], axis=1)", "pd.concat([{R}, {R}])", "pd.concat([{R}, {R}], axis=1)", "pd.concat([{F}, {R}], axis=1)",
    "{F}.iloc[np.random.permutation(len({F}))]", "{R}.iloc[:2]", "{R}.iloc[0]", "{R}.sample(2)", "{F}.nlargest(2, {C})", "{F}[{F}[{C}].isin([1, 'x'])]",
    "{F}[{F}[{C}] == 'x']", "{F}[({R} > 0) & ({R} < 2)]", "{F}.iloc[:, :2].iloc[:2]", "{F}[~({R} > 1)]",
)  # fmt: skip
_NUMBERS = value(
    "{R} * 2", "{R} + {R}", "{R} / 255.0", "{R} == 1", "{R} == 'x'", "{F} * 2", "{F} + {F}", "{F} - {F}.mean()", "({F} - {F}.mean()) / {F}.std()", "{F} / {N}",
    "{F} > 0", "{R}.map({'x': 1, 'y': 0, 'z': 2})", "{R}.map({0: 1, 1: 0})", "{R}.astype('float32')", "{F}.astype('float32')", "{R}.astype(int)", "{R}.fillna(0)",
    "{F}.fillna(0)", "{R}.apply(lambda v: v)", "{R}.replace(0, 1)", "{R}.isna()", "{R}.clip(0, 1)", "{R}.abs()", "{R}.isin([1, 2])", "{R}.round()", "{R}.shift(1)",
    "{R}.sub(1)", "{F}.mul(2)", "np.log1p({R})", "np.where({R} > 1, 1, 0)", "{R} - {R}.mean()", "({R} - {R}.min()) / ({R}.max() - {R}.min())", "-{R}", "~({R} > 0)",
    "{R}.str.upper()", "{R}.astype(str)", "pd.to_numeric({R})", "{R}.cumsum()", "{R}.notnull()", "{R}.eq(1)", "np.sqrt({F})", "{F}.abs()", "{R} ** 2",
    "{R}.astype('category').cat.codes", "{R} * {F}[{C}]", "{F}[{C}] + {F}[{C}]", "{F}.isnull()", "{F}.apply(np.sqrt)", "np.maximum({R}, 1)", "1 - {R}",
)  # fmt: skip
_VALUES = value(
    "{F}.values", "{R}.values", "{F}.to_numpy()", "{F}.to_numpy(dtype='float32')", "np.array({F})", "np.array({R})", "{R}.values.reshape(-1, 1)", "{F}.shape",
    "{F}.shape[1]", "len({F})", "len({F}.columns)", "{R}.shape[0]", "{R}.max()", "{R}.min()", "{R}.mean()", "{R}.sum()", "{F}.mean()", "{F}.max()", "{F}.sum(axis=1)",
    "{R}.unique()", "{R}.nunique()", "len({R}.unique())", "pd.factorize({R})", "{R}.factorize()", "{R}.tolist()", "list({R})", "pd.get_dummies({R})",
    "pd.get_dummies({F})", "pd.get_dummies({R}).values", "pd.get_dummies({R}, dtype=int)", "pd.get_dummies({F}, columns=[{C}])", "{R}.to_frame()", "{F}.T", "{F}.size",
    "{F}.ndim", "{R}.value_counts()", "np.unique({R})", "{F}.values[:, 0:2]", "{F}.values[:, -1]", "{F}.std()", "{R}.std()", "np.mean({R})", "{F}.min()", "{R}.dtype",
    "np.expand_dims({R}, -1)", "np.concatenate([{F}.values, {F}.values])", "np.column_stack([{R}, {R}])", "{F}.values.astype('float32') / 255", "{R}.any()", "{F}.count()",
    "{R}.index", "np.asarray({F}.iloc[:, :2])", "{F}.index",
)  # fmt: skip
_CHANGES = action(
    "{F}[{C}] = 1", "{F}['new'] = {R}", "{F}[{C}] = {F}[{C}] * 2", "{F}['new'] = 'text'", "del {F}[{C}]", "{F}.drop({C}, axis=1, inplace=True)", "{F}.dropna(inplace=True)",
    "{F}.columns = ['k', 'l']", "{F}.loc[{R} > 1, {C}] = 0", "{F}.loc[0, {C}] = 5", "{F}.iloc[0, 0] = 9", "{F}.fillna(0, inplace=True)", "{F}.reset_index(drop=True, inplace=True)",
    "{R}[{R} > 1] = 0", "{F}.rename(columns={'a': 'z'}, inplace=True)", "{F}.insert(0, 'first', 1)", "{F}['new'] = {A}", "{F}[['a', 'b']] = 0", "{F}.sort_values({C}, inplace=True)",
    "{R} += 1", "{F} *= 2", "for c in {F}.columns:\n    {F}[c] = 1", "for c in ['a', 'b']:\n    {F}[c] = {F}[c] + 1", "{F}.a = 3", "{F}['new'] = {F}[{C}].map({0: 'p', 1: 'q'})",
    "{F}.set_index({C}, inplace=True)", "{F}.loc[len({F})] = 0", "{F}[{F} > 1] = 0", "for i in range(n):\n    {F}['f' + str(i)] = i", "{R}.iloc[0] = 7",
)  # fmt: skip

STATEMENTS = (_MAKING, _COLUMNS, _COLUMNS, _ROWS, _ROWS, _NUMBERS, _NUMBERS, _VALUES, _VALUES, _CHANGES)


def program(rng: random.Random, statements: int = 8) -> FrameWriter:
    """A program and what its names are in the end; it reads `data.csv`, which must be there (see `write_file`)."""
    np.random.seed(rng.randint(0, 10_000))
    writer = FrameWriter(rng)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for texts in (
            ("pd.read_csv('data.csv')", "pd.DataFrame({K})"),
            ("pd.DataFrame({K})", "pd.Series([1, 2, 3])", "{A}"),
        ):
            writer.run(f"{writer.new()} = {writer.pick(*texts)}")
        writer.write(statements)
    return writer


def write_file(folder: Path) -> None:
    """The file that the programs read."""
    (folder / "data.csv").write_text(FILE)


__all__ = ["N", "program", "write_file"]
