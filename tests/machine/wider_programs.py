"""Random programs with generators, records, enumerations, operators of objects and what the library has for iterating."""

from __future__ import annotations

from tests.machine.programs import Generator, Names

#: What every such program begins with.
PREAMBLE = """\
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from enum import Enum, IntEnum
from functools import lru_cache, partial, reduce
from itertools import accumulate, chain, count, cycle, islice, takewhile, zip_longest
from typing import NamedTuple
import copy, operator
log = []
def gen(n, m=2):
    log.append(n)
    for i in range(n % 4):
        if i == m:
            log.append('return')
            return i
        got = yield i * m
        if got is not None:
            log.append(got)
    log.append('end')
def endless(n):
    while True:
        yield n
        n += 1
        log.append('more')
def walk(items):
    # No `finally`: when a generator that is left in the middle runs its own is not followed.
    for item in items:
        yield item
        yield from gen(item % 3)
    log.append('walked')
@contextmanager
def context(n):
    log.append('in')
    try:
        yield n + 1
    except ZeroDivisionError:
        log.append('swallowed')
    log.append('out')
@dataclass
class Data:
    a: int
    b: list = field(default_factory=list)
    c: int = 3
    @property
    def total(self):
        return self.a + sum(self.b) + self.c
@dataclass(order=True)
class More(Data):
    d: int = 4
class Pair(NamedTuple):
    a: int
    b: int = 5
    def swapped(self):
        return Pair(self.b, self.a)
class Kind(Enum):
    X = 1
    Y = 2
    Z = 1
class Level(IntEnum):
    LOW = 2
    HIGH = 5
class Vector:
    made = 0
    def __init__(self, *n):
        self.n = list(n)
        Vector.made += 1
    def __add__(self, other):
        return Vector(*[a + b for a, b in zip(self.n, other.n)])
    def __rmul__(self, k):
        return Vector(*[k * a for a in self.n])
    def __iadd__(self, other):
        self.n += other.n[:2]
        del self.n[5:]
        return self
    def __len__(self):
        return len(self.n)
    def __getitem__(self, i):
        return self.n[i]
    def __setitem__(self, i, v):
        self.n[i] = v
    def __iter__(self):
        return iter(self.n)
    def __contains__(self, v):
        return v in self.n or v == 99
    def __eq__(self, other):
        return isinstance(other, Vector) and self.n == other.n
    def __lt__(self, other):
        return sum(self.n) < sum(other.n)
    def __call__(self, k=1):
        return sum(self.n) * k
class Settings(dict):
    def __getattr__(self, name):
        return self[name] if name in self else 7
@lru_cache(maxsize=None)
def remembered(n, k=2):
    log.append('computed')
    return n * k
def first(items):
    for item in items:
        return item
    return -1
d_1 = Data(2)
m_1 = More(1, [2])
p_1 = Pair(3)
k_1 = Kind.X
v_1 = Vector(1, 2)
v_2 = Vector(3)
s_1 = Settings(a=1)
q_1 = deque([1, 2])
c_1 = Counter('abca')
f_1 = defaultdict(list)
i_1 = endless(3)
i_2 = gen(3)
"""


class WiderGenerator(Generator):
    """Programs that begin with PREAMBLE and go on with what it defines, among all the rest."""

    def program(self) -> str:
        return PREAMBLE + super().program()

    def _int(self, names: Names, depth: int) -> str:
        if self.chance(65):
            return super()._int(names, depth)
        e = self.expression("int", names, depth)
        items = self.expression("list", names, depth)
        return self.pick(
            [
                f"sum(gen({e}))", f"sum(islice(endless({e}), 3))", "next(i_1)", f"next(i_2, {e})", f"first(gen({e}))",
                f"first(v * 2 for v in {items})", f"sum(v * {e} for v in {items})", f"len(list(walk({items})))",
                "d_1.total", "m_1.total + m_1.d", "d_1.a", "p_1.a", "p_1.swapped().b", "p_1[1]", "k_1.value",
                f"Level.LOW + {e}", "int(Level.HIGH)", "v_1(2)", "len(v_1)", "sum(v_2)", "v_1[0]", "Vector.made",
                "s_1.a", "s_1.zz", "c_1['a']", "c_1['zz']", f"len(f_1[{e} % 3])", f"remembered({e})", f"remembered({e}, 3)",
                f"reduce(operator.add, {items}, {e})", f"reduce(lambda a, b: a + b, [{e}, *{items}])",
                f"max({items}, default={e})", f"min([Pair({e}, 1), Pair(2, 3)]).a", "max([v_1, v_2]).n[0]",
                f"partial(max, {e})(3)", "q_1[0] if q_1 else 0", "len(log)", f"sum([Data({e}), d_1], Data(0)).a if 0 else 1",
                f"operator.itemgetter(0)([{e}])", f"next(takewhile(lambda v: v > 0, {items}), 0)",
                f"int({e} in v_1)", f"int(v_1 == Vector(*{items}))", f"int(Data({e}) == Data(2))", "int(v_1 < v_2)",
                f"int(More({e}) < m_1)", "int(k_1 is Kind.X)", "int(k_1 == Kind.Y)", f"int(Kind({e} % 2 + 1) is Kind.Z)",
                "copy.deepcopy(d_1).a", f"list(accumulate([1, {e}]))[-1]",
            ]
        )  # fmt: skip

    def _list(self, names: Names, depth: int) -> str:
        if self.chance(65):
            return super()._list(names, depth)
        e = self.expression("int", names, depth)
        items = self.expression("list", names, depth)
        return self.pick(
            [
                f"list(gen({e}, {e}))", "list(islice(i_1, 2))", "[*i_2]", f"list(walk({items}))[:7]",
                f"list(map(operator.neg, {items}))", f"[a + b for a, b in zip({items}, i_1)][:7]",
                f"[a + b for a, b in zip(count({e}), {items})]", f"list(chain({items}, gen({e})))[:7]",
                f"[v for v in (w * 2 for w in {items}) if v != {e}]", "list(v_1)", "d_1.b[:3]", "list(q_1)[:4]",
                "[k.value for k in Kind]", "[k.value for k in Level if k > 2]", "list(c_1.values())", "list(s_1.values())[:4]",
                f"list(accumulate({items}))", f"[a * b for a, b in zip({items}, cycle([1, 2]))]",
                f"[a + b for a, b in zip_longest({items}, [1], fillvalue={e})]", f"sorted(gen({e}), reverse=True)",
                f"[v.n[0] for v in sorted([Vector({e}), v_1], key=len) if v.n]", f"list(Pair({e}))", "list(asdict(m_1).values())[0:1]",
                f"list(filter(lambda v: v > {e}, gen(3)))", f"[len(g) for g in [list(gen(v)) for v in {items}]]",
                f"[i * v for i, v in enumerate(gen({e}), 1)]", f"list(dict.fromkeys({items}))", f"copy.copy({items})",
                "f_1[0][:3]", f"list(reversed(list(gen({e}))))", f"[min(p) for p in [Pair({e}, 2), Pair(*p_1)]]",
            ]
        )  # fmt: skip

    def statement(self, names: Names, depth: int) -> list[str]:
        if depth < 3 and self.chance(25):
            return self.wide_block(names, depth + 1)
        if self.chance(30):
            return self.wide(names)
        return super().statement(names, depth)

    def wide(self, names: Names) -> list[str]:
        e, items = self.expression("int", names, 1), self.expression("list", names, 1)
        return self.rng.choice(
            [
                [f"i_1 = endless({e})"] if not self.in_function else ["pass"],
                [f"i_2 = gen({e})"] if not self.in_function else ["pass"],
                [f"i_2 = (v + 1 for v in {items})"] if not self.in_function else ["pass"],
                [f"i_2 = map(lambda v: v * 2, {items})"] if not self.in_function else ["pass"],
                [f"d_1.a = {e}"], [f"d_1.b.append({e})", "del d_1.b[4:]"], [f"m_1.d += {e}"], [f"v_1[0] = {e}"],
                ["v_1 += v_2"] if not self.in_function else ["pass"],
                ["v_2 = 2 * v_2"] if not self.in_function else ["pass"],
                [f"v_2 = v_1 + Vector({e}, 1)"] if not self.in_function else ["pass"],
                [f"p_1 = p_1._replace(a={e})"] if not self.in_function else ["pass"],
                ["d_1 = replace(d_1, c=1)"] if not self.in_function else ["pass"],
                [f"k_1 = Kind({e} % 2 + 1)"] if not self.in_function else ["pass"],
                [f"s_1['a'] = {e}"], [f"s_1.update(b={e})"], [f"q_1.append({e})", "q_1.popleft()"], ["q_1.rotate(1)"],
                [f"c_1['a'] += {e}"], ["c_1.update('ab')"], [f"f_1[{e} % 3].append({e})", "del f_1[0][3:]"],
                [f"with context({e}) as {self.fresh('w')}:", f"    log.append(w{self.counter})"],
                [f"with context({e}):", f"    log.append(1 // ({e} % 2))", "    log.append('after')"],
                ["del log[8:]"],
                ["try:", "    i_2.send(None)", "except (StopIteration, AttributeError):", "    log.append('stop')"],
            ]
        )  # fmt: skip

    def wide_block(self, names: Names, depth: int) -> list[str]:
        variable = self.fresh("v")
        e, items = self.expression("int", names, 1), self.expression("list", names, 1)
        inner = self._with(names, "int", variable)
        kind = self.rng.randrange(3)
        if kind == 0:
            subject = self.pick(["p_1", "d_1", "m_1", "k_1", "{'a': 1, 'b': 2}", "s_1", f"Pair({e})", "v_1", e])
            lines = [f"match {subject}:"]
            patterns = [
                f"Pair(a=3, b={variable})", f"Pair({variable}, 5)", f"More(d={variable})", f"Data(2, b=[*_], c={variable})",
                f"{{'a': {variable}, **rest}}", "Kind.X", "Level.LOW", "{'zz': 1}", f"int({variable})", "Vector(n=[1, 2])",
            ]  # fmt: skip
            for _ in range(3):
                pattern = self.pick(patterns)
                lines.append(f"    case {pattern}:")
                lines += ["    " + line for line in self.block(inner if variable in pattern else names, depth, 2)]
            return lines
        source = self.pick(
            [
                f"gen({e})", f"walk({items})", f"islice(endless({e}), 3)", "v_1", f"zip({items}, i_1)", "i_2", "q_1.copy()",
                f"(v + 1 for v in {items})", f"map(abs, {items})", "list(f_1)", f"chain({items}, [1])",
            ]
        )  # fmt: skip
        target = f"{variable}, {self.fresh('z')}" if source.startswith("zip") else variable
        self.in_loop += 1
        body = self.block(inner, depth)
        self.in_loop -= 1
        return [f"for {target} in {source}:", *body]
