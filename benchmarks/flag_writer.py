"""What random programs are written with: lines, conditions on flags of the environment, integers.

What a condition asks for shows in the name of its flag (see `DOMAINS`).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

T = TypeVar("T")

KINDS = ("FLAG", "FLAG", "FLAG", "MODE", "N", "D", "data", "file", "extra")
DOMAINS: dict[str, tuple[Any, ...]] = {
    "FLAG": (None, "1", "2", "", "x"),
    "MODE": (None, "big", "small", "bad", "other"),
    "N": (None, "-3", "-2", "-1", "0", "1", "2", "4", "5", "6", "7", "x"),
    "D": (None, "7", "8", "x", "-7", "+7", "0"),
    "data": (0, 1, 2),
    "file": (False, True),
    "extra": (False, True),
}
#: Combinations of the values of all flags of a program.
MOST_RUNS = 150
WIDTHS = (2, 3, 4, 5, 6, 8, 10, 12, 16)


@dataclass
class Pool:
    """What statements may use and change."""

    ints: list[str]
    lists: list[str] = field(default_factory=list)
    models: list[str] = field(default_factory=list)  # to which a Dense can be added
    changers: list[str] = field(default_factory=list)  # statements that change something else
    read: list[str] = field(default_factory=list)  # further integers, not to be assigned
    tests: list[str] = field(default_factory=list)  # further conditions
    contexts: list[str] = field(default_factory=list)  # what a `with` may be written for
    raising: list[tuple[str, str]] = field(default_factory=list)  # expressions that may raise, and what

    def copy(self) -> Pool:
        return replace(
            self,
            ints=self.ints[:],
            lists=self.lists[:],
            models=self.models[:],
            changers=self.changers[:],
            read=self.read[:],
            tests=self.tests[:],
            contexts=self.contexts[:],
            raising=self.raising[:],
        )


@dataclass(frozen=True)
class Where:
    """Where a statement stands."""

    depth: int = 0
    loop: str = ""  # "for" or "while": what `break` and `continue` belong to
    function: bool = False
    rounds: int = 0  # how many loops are around


#: What writes a statement, and what writes a definition or a model.
Statement = Callable[[Pool, Where], None]
Definition = Callable[[Pool], None]


class Writer:
    """Writes the lines of one program."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.lines: list[str] = []
        self.indent = 0
        self.names = 0
        #: How many of the changes under a condition concern the models, in percent.
        self.relevance = self.pick((0, 0, 10, 25, 50, 90))
        self.clumsy = self.pick((0, 0, 0, 4, 12))
        self.busy = self.chance(15)
        self.modules: dict[str, str] = {}
        self.named: list[str] = []  # conditions that have a name
        self.aside = Pool(["epochs", "batch"], ["paths"])  # what models are not made of
        self.local = False  # whether what is changed is of the function that is being written
        self.nesting = 0  # how many choices are around
        self.flags: list[str] = []
        letters = iter("ABCDE")
        for _ in range(self.pick((1, 1, 2, 2, 3, 3, 4))):
            kind = self.pick(KINDS)
            if math.prod(len(DOMAINS[flag.partition("_")[0]]) for flag in (*self.flags, kind)) <= MOST_RUNS:
                self.flags.append(f"{kind}_{next(letters)}")

    # -- choices and lines --------------------------------------------------------------------------------------

    def pick(self, options: Sequence[T]) -> T:
        return options[self.rng.randrange(len(options))]

    def chance(self, percent: int) -> bool:
        return self.rng.randrange(100) < percent

    def put(self, line: str) -> None:
        self.lines.append("    " * self.indent + line)

    @contextmanager
    def under(self, header: str) -> Iterator[None]:
        self.put(header)
        self.indent += 1
        yield
        self.indent -= 1

    def name(self, stem: str) -> str:
        self.names += 1
        return f"{stem}{self.names}"

    # -- conditions ---------------------------------------------------------------------------------------------

    def test(self, flag: str) -> str:
        """A question about one flag."""
        kind = flag.partition("_")[0]
        if kind == "FLAG":
            return self.pick(
                (
                    f'os.environ.get("{flag}")',
                    f'os.environ.get("{flag}")',
                    f'os.getenv("{flag}")',
                    f'"{flag}" in os.environ',
                    f'os.environ.get("{flag}") is not None',
                    f'os.environ.get("{flag}", "0") == "1"',
                    f'os.environ.get("{flag}") != "1"',
                    f'bool(os.environ.get("{flag}", ""))',
                    f'len(os.environ.get("{flag}", "")) > 0',
                )
            )
        if kind == "MODE":
            return self.pick(
                (
                    f'os.environ.get("{flag}") == "big"',
                    f'os.environ.get("{flag}", "big") == "big"',
                    f'os.environ.get("{flag}") in ("big", "small")',
                    f'os.environ.get("{flag}") != "small"',
                    f'os.environ.get("{flag}", "").startswith("b")',
                    f'os.environ.get("{flag}", "")[:1] == "b"',
                    f'len(os.environ.get("{flag}", "")) > 3',
                )
            )
        if kind == "N":
            number = f'int(os.environ.get("{flag}", "3"))'
            return self.pick(
                (
                    f"{number} > 2",
                    f"{number} < 5",
                    f"1 < {number} <= 4",
                    f"{number} % 2",
                    f"{number} == 3",
                    f"{number} >= 4",
                    f"abs({number}) == 1",
                    f"{number} // 2 == 2",
                    f"max({number}, 3) > 3",
                )
            )
        if kind == "D":
            return self.pick((f'os.environ.get("{flag}", "").isdigit()', f'os.environ.get("{flag}") == "7"'))
        if kind == "data":
            files = f'glob.glob("{flag}/*.csv")'
            return self.pick((files, f"len({files}) > 1", f"len(sorted({files})) == 1", f"not len({files})"))
        if kind == "file":
            return f'os.path.exists("{flag}.txt")'
        return f"have_{flag}"

    def condition(self, pool: Pool) -> str:
        simple = self.test(self.pick(self.flags))
        roll = self.rng.randrange(100)
        if roll < 58:
            return simple
        if roll < 68:
            return f"not {simple}" if " " not in simple else f"not ({simple})"
        other = self.test(self.pick(self.flags))
        if roll < 78:
            return f"{simple} and {other}"
        if roll < 88:
            return f"{simple} or {other}"
        if roll < 91 and self.named:
            return self.pick(self.named)
        if roll < 94:
            return self.several(simple, other)
        if roll < 97 and pool.tests:
            return self.pick(pool.tests)
        if pool.lists and self.chance(40):
            return f"len({self.pick(pool.lists)}) > {self.pick((1, 2))}"
        return f"{self.pick(pool.ints)} > {self.pick(WIDTHS)}"

    def several(self, one: str, other: str) -> str:
        """Built-in functions of two answers."""
        return self.pick(
            (
                f"any([{one}, {other}])",
                f"all(({one}, {other}))",
                f"sum([bool({one}), bool({other})]) > 1",
                f"sum([bool({one}), bool({other})]) == 1",
                f"min(bool({one}), bool({other}))",
                f"bool({one}) == bool({other})",
                f"bool({one}) != bool({other})",
                f"any(flag for flag in ({one}, {other}))",
                f"(({other}) if {one} else not ({other}))",
            )
        )

    # -- integers -----------------------------------------------------------------------------------------------

    def number(self, pool: Pool) -> str:
        roll = self.rng.randrange(100)
        one = self.pick(pool.ints + pool.read)
        if self.nesting == 0 and not self.local and self.matters() and self.chance(10):
            return f"({self.choice(pool)})"
        if roll < 35:
            return str(self.pick(WIDTHS))
        if roll < 55:
            return one
        if roll < 70:
            return self.pick((f"{one} + 4", f"{one} * 2", f"{one} // 2 + 1", f"max({one}, 5)", f"15 * {one} + 4"))
        if roll < 80 and pool.lists:
            ws = self.pick(pool.lists)
            return self.pick(
                (
                    f"len({ws}) + 1",
                    f"sum({ws}) + 1",
                    f"({ws}[-1] if {ws} else 7)",
                    f"max({ws}, default=3)",
                    f"sorted([*{ws}, 4])[0]",
                    f"sum(w for w in {ws} if w > 4) + 2",
                    f"next((w for w in {ws} if w > 4), 3)",
                    f"len(set({ws})) + 1",
                )
            )
        if roll < 84:
            two = self.pick(pool.ints + pool.read)
            return self.pick((f"min({one}, {two})", f"max({one}, {two})", f"abs({one} - {two}) + 1", f"({one} or 3)"))
        if roll < 88:
            return f"{one} + {self.pick(pool.ints + pool.read)}"
        return str(self.pick(WIDTHS))

    def choice(self, pool: Pool) -> str:
        """An integer that a condition chooses."""
        self.nesting += 1
        a, b, test = self.number(pool), self.number(pool), self.condition(pool)
        self.nesting -= 1
        mode = next((flag for flag in self.flags if flag.startswith("MODE")), None)
        if mode is not None and self.chance(30):
            return f'{{"big": {a}, "small": {b}}}.get(os.environ.get("{mode}"), {self.pick(WIDTHS)})'
        return self.pick(
            (
                f"{a} if {test} else {b}",
                f"{a} if {test} else {b}",
                f"({test}) and {a} or {b}",
                f"{a} + 4 * bool({test})",
                f"({a}, {b})[bool({test})]",
                f"len([{a}] * 3 if {test} else [{b}])",
            )
        )

    # -- what changes concern -----------------------------------------------------------------------------------

    def concerned(self, pool: Pool) -> Pool:
        """What a change under a condition concerns."""
        return pool if pool is self.aside or self.chance(self.relevance) or self.local else self.aside

    def touched_pool(self, pool: Pool) -> Pool:
        return pool if self.chance(self.relevance) else self.aside

    def matters(self) -> bool:
        return self.chance(self.relevance)

    # -- what others write --------------------------------------------------------------------------------------

    def block(self, pool: Pool, where: Where, most: int = 3) -> None:
        """Some statements; the names that they bind are not to be used behind them."""
        raise NotImplementedError

    def after(self, name: str, pool: Pool) -> None:
        """What befalls a model later on."""
        raise NotImplementedError
