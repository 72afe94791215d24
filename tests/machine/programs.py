"""Random plain Python programs that always end, for comparing the interpreter with Python itself."""

from __future__ import annotations

import random
from collections.abc import Callable

#: What the programs import: its functions exist for Python only, the interpreter cannot see into them.
OUTSIDE = """
class outside:
    @staticmethod
    def rounds(n):
        return range(n)
"""


class Names:
    """The names that code at one place may read and may assign, by type."""

    def __init__(self, read: dict[str, list[str]], write: dict[str, list[str]]) -> None:
        self.read = read
        self.write = write


TYPES = ("int", "str", "list", "dict", "tuple", "nested")


class Generator:
    """Writes one program; every choice comes from `rng`, so that hypothesis can shrink it."""

    def __init__(self, rng: random.Random, unknown_loops: bool = True) -> None:
        self.rng = rng
        self.counter = 0
        self.functions: list[tuple[str, int, int]] = []  # int functions: name, required and all parameters
        self.objects: list[str] = []
        self.unknown_loops = unknown_loops
        self.in_loop = 0
        self.in_function = 0

    # -- choices --------------------------------------------------------------------------------------------

    def pick(self, options: list[str]) -> str:
        return options[self.rng.randrange(len(options))]

    def chance(self, percent: int) -> bool:
        return self.rng.randrange(100) < percent

    def fresh(self, prefix: str) -> str:
        self.counter += 1
        return f"{prefix}{self.counter}"

    # -- the program --------------------------------------------------------------------------------------------

    def program(self) -> str:
        lines: list[str] = []
        pools: dict[str, list[str]] = {kind: [] for kind in TYPES}
        names = Names(pools, pools)
        for kind in TYPES:
            for index in range(3):
                name = f"{kind[0]}{index}"
                lines.append(f"{name} = {self.constant(kind)}")
                pools[kind].append(name)
        lines.append(self.pick(["l1 = l0", "l2 = l1", "n1 = [l0, l1]", "d1 = d0", "n0.append(l2)", "pass"]))
        for _ in range(self.rng.randrange(3)):
            lines += self.function(names, 0)
        if self.chance(40):
            lines += self.klass(names)
        for _ in range(4 + self.rng.randrange(10)):
            lines += self.statement(names, 0)
        return "\n".join(lines) + "\n"

    def constant(self, kind: str) -> str:
        number = str(self.rng.randrange(-3, 10))
        text = repr(self.pick(["a", "b", "ab", "", "conv", "x_1"]))
        if kind == "int":
            return number
        if kind == "str":
            return text
        if kind == "list":
            return "[" + ", ".join(str(self.rng.randrange(6)) for _ in range(self.rng.randrange(4))) + "]"
        if kind == "dict":
            return (
                "{"
                + ", ".join(f"{k!r}: {self.rng.randrange(6)}" for k in ("a", "b", "ab")[: self.rng.randrange(4)])
                + "}"
            )
        if kind == "tuple":
            return self.pick(["(1, 2)", "(0, 3)", "(4, 4)"])
        return self.pick(["[[1], [2, 3]]", "[]", "[[]]", "[[0, 1, 2]]"])

    # -- expressions ------------------------------------------------------------------------------------------------

    def expression(self, kind: str, names: Names, depth: int = 0) -> str:
        if depth > 2 or self.chance(35):
            return self.pick(names.read[kind]) if names.read[kind] and self.chance(75) else self.constant(kind)
        return getattr(self, f"_{kind}")(names, depth + 1)  # type: ignore[no-any-return]

    def _int(self, names: Names, depth: int) -> str:
        def e(kind: str = "int") -> str:
            return self.expression(kind, names, depth)

        options: list[Callable[[], str]] = [
            lambda: f"({e()} {self.pick(['+', '-', '|', '&', '^'])} {e()})",
            lambda: f"({e()} * {e()} % 101)",
            lambda: f"({e()} {self.pick(['//', '%'])} {self.pick(['2', '3', '-2', '5'])})",
            lambda: f"len({e(self.pick(['str', 'list', 'dict', 'tuple', 'nested']))})",
            lambda: f"sum({e('list')})",
            lambda: f"({e()} if {self.condition(names, depth)} else {e()})",
            lambda: f"({e()} {self.pick(['and', 'or'])} {e()})",
            lambda: f"{e('dict')}.get({e('str')}, {e()})",
            lambda: f"{self.pick(['max', 'min'])}({e()}, {e()})",
            lambda: f"{self.pick(['max', 'min'])}([{e()}, *{e('list')}])",
            lambda: f"sum(v for v in {e('list')} if v {self.pick(['>', '!=', '<='])} {e()})",
            lambda: f"sum(x for q in {e('nested')} for x in q)",
            lambda: f"{e('list')}.count({e()})",
            lambda: f"{e('tuple')}[{self.pick(['0', '1', '-1'])}]",
            lambda: f"int({self.condition(names, depth)})",
            lambda: f"({e()} << {self.pick(['0', '1', '2'])})",
            lambda: f"-{e()}",
            lambda: f"abs({e()})",
            lambda: f"(lambda v, w={e()}: v + w)({e()})",
            lambda: f"({self.pick(['w1', 'w2'])} := {e()})" if not self.in_function and depth == 1 else e(),
            lambda: f"len(set({e('list')}))",
            lambda: f"sum(1 for k, v in {e('dict')}.items() if v)",
            lambda: f"[{e()}, {e()}][{self.pick(['0', '1', '-1'])}]",
            lambda: f"{e('str')}.find({e('str')})",
            lambda: f"int(str({e()}))",
            lambda: f"next(iter([{e()}, {e()}]))",
        ]
        if self.functions:
            options += [lambda: self.call(names, depth)] * 4
        if self.objects and not self.in_function:
            options += [
                lambda: (
                    f"{self.pick(self.objects)}.{self.pick(['n', 'k', 'double', 'inc()', 'inc(2)', 'of(3)', 'make(4).n'])}"
                )
            ] * 3
        return options[self.rng.randrange(len(options))]()

    def call(self, names: Names, depth: int) -> str:
        name, required, total = self.functions[self.rng.randrange(len(self.functions))]
        count = required + self.rng.randrange(total - required + 1)
        arguments = [self.expression("int", names, depth) for _ in range(count)]
        if total == 99:  # *args
            arguments = arguments[: required + 2]
        if arguments and self.chance(15) and len(arguments) == required == 2:
            return f"{name}(*{self.expression('tuple', names, depth)})"
        if arguments and self.chance(15):
            return (
                f"{name}(**{{'a': {arguments[0]}}}"
                + "".join(f", {p}={v}" for p, v in zip("bc", arguments[1:], strict=False))
                + ")"
                if total != 99 and len(arguments) <= 3
                else f"{name}({', '.join(arguments)})"
            )
        return f"{name}({', '.join(arguments)})"

    def _str(self, names: Names, depth: int) -> str:
        def e(kind: str = "str") -> str:
            return self.expression(kind, names, depth)

        options: list[Callable[[], str]] = [
            lambda: f"({e()} + {e()})[:9]",
            lambda: f"({e()} * {self.pick(['2', '0', '3'])})[:9]",
            lambda: f"str({e('int')})",
            lambda: (
                f"f'{{{self.pick(names.read['int'])}}}_{{{self.pick(names.read['str'])}}}'"
                if names.read["int"] and names.read["str"]
                else e()
            ),
            lambda: f"'%d-%s' % ({e('int')}, {e()})",
            lambda: f"'{{}}:{{}}'.format({e('int')}, {e()})",
            lambda: f"{e()}.{self.pick(['upper', 'lower', 'strip', 'title', 'capitalize'])}()",
            lambda: f"'-'.join([{e()}, {e()}])",
            lambda: f"{e()}[{self.pick(['1:', ':1', '::-1', '-1:', ':0'])}]",
            lambda: f"({e()} or 'z')[0]",
            lambda: f"{e()}.replace('a', {e()})[:9]",
            lambda: f"({e()} if {self.condition(names, depth)} else {e()})",
            lambda: f"f'{{{self.pick(names.read['int'])}:03d}}'" if names.read["int"] else e(),
            lambda: f"''.join(sorted({e()}))",
            lambda: f"repr({e()})[:9]",
            lambda: f"f'{{{self.pick(names.read['str'])}!r}}{{{{}}}}'[:9]" if names.read["str"] else e(),
        ]
        return options[self.rng.randrange(len(options))]()

    def _list(self, names: Names, depth: int) -> str:
        def e(kind: str = "list") -> str:
            return self.expression(kind, names, depth)

        options: list[Callable[[], str]] = [
            lambda: f"({e()} + {e()})[:7]",
            lambda: f"[{e('int')}, *{e()}][:7]",
            lambda: f"({e()} * 2)[:7]",
            lambda: f"{e()}[{self.pick(['1:', ':2', '::-1', ':', '-1:', '::2'])}]",
            lambda: f"[v {self.pick(['+', '*', '-'])} {self.pick(['1', '2', '3'])} for v in {e()}]",
            lambda: f"[v for v in {e()} if v {self.pick(['>', '<', '=='])} {e('int')}]",
            lambda: f"sorted({e()}{self.pick(['', ', reverse=True', ', key=lambda v: -v'])})",
            lambda: f"list({self.pick(['reversed', 'tuple', 'list'])}({e()}))",
            lambda: f"list(range({self.pick(['0', '2', '3'])}))",
            lambda: f"list({e('dict')}.values())",
            lambda: f"list(map(lambda v: v + {e('int')}, {e()}))",
            lambda: f"list(filter(None, {e()}))",
            lambda: f"[a - b for a, b in zip({e()}, {e()})]",
            lambda: f"[i * v for i, v in enumerate({e()})]",
            lambda: f"{e()}.copy()",
            lambda: f"list({e('tuple')})",
            lambda: f"[x for q in {e('nested')} for x in q][:7]",
            lambda: f"({e()} or [{e('int')}])",
            lambda: f"sorted({{v % 3 for v in {e()}}})",
            lambda: f"sorted(set({e()}) {self.pick(['|', '&', '-', '^'])} set({e()}))",
            lambda: f"(lambda *a: list(a))(*{e()})",
            lambda: f"[(w3 := v) for v in {e()}]" if not self.in_function and depth == 1 else e(),
        ]
        return options[self.rng.randrange(len(options))]()

    def _dict(self, names: Names, depth: int) -> str:
        def e(kind: str = "dict") -> str:
            return self.expression(kind, names, depth)

        options: list[Callable[[], str]] = [
            lambda: f"{{**{e()}, {e('str')}: {e('int')}}}",
            lambda: f"dict({e()}, a={e('int')})",
            lambda: f"{{k: v + 1 for k, v in {e()}.items()}}",
            lambda: f"({e()} | {e()})",
            lambda: f"{e()}.copy()",
            lambda: f"dict(zip({e('str')}, {e('list')}))",
            lambda: f"{{k: {e('int')} for k in sorted({e()})}}",
            lambda: f"dict([({e('str')}, {e('int')})])",
            lambda: f"(lambda **k: k)(b={e('int')}, **{{'z': {e('int')}}})",
        ]
        return options[self.rng.randrange(len(options))]()

    def _tuple(self, names: Names, depth: int) -> str:
        def e(kind: str = "int") -> str:
            return self.expression(kind, names, depth)

        options: list[Callable[[], str]] = [
            lambda: f"({e()}, {e()})",
            lambda: f"{e('tuple')}[::-1]",
            lambda: f"({e('tuple')} + {e('tuple')})[1:3]",
            lambda: f"tuple([{e()}, {e()}])",
            lambda: f"divmod({e()}, 3)",
        ]
        return options[self.rng.randrange(len(options))]()

    def _nested(self, names: Names, depth: int) -> str:
        def e(kind: str = "list") -> str:
            return self.expression(kind, names, depth)

        options: list[Callable[[], str]] = [
            lambda: f"[{e()}, {e()}]",
            lambda: f"[[v, v + 1] for v in {e()}][:4]",
            lambda: f"[{e()}] * 2",
            lambda: f"({e('nested')} + [{e()}])[:4]",
            lambda: f"[[x for x in range(v % 3)] for v in {e()}][:4]",
            lambda: f"[list(q) for q in {e('nested')}]",
        ]
        return options[self.rng.randrange(len(options))]()

    def condition(self, names: Names, depth: int = 0) -> str:
        def e(kind: str = "int") -> str:
            return self.expression(kind, names, depth + 1)

        options: list[Callable[[], str]] = [
            lambda: f"{e()} {self.pick(['<', '>', '<=', '>=', '==', '!='])} {e()}",
            lambda: f"{e()} < {e()} {self.pick(['<', '<=', '!='])} {e()}",
            lambda: f"{e()} {self.pick(['in', 'not in'])} {e('list')}",
            lambda: f"{e('str')} {self.pick(['in', 'not in'])} {e(self.pick(['dict', 'str']))}",
            lambda: f"not {e(self.pick(list(TYPES)))}",
            lambda: f"{e('list')} {self.pick(['==', '!='])} {e('list')}",
            lambda: f"{e('str')} {self.pick(['==', '!=', '<'])} {e('str')}",
            lambda: (
                f"isinstance({e(self.pick(['int', 'str', 'list']))}, {self.pick(['int', 'str', 'list', '(int, str)', 'bool'])})"
            ),
            lambda: (
                f"({self.condition(names, depth + 1)} {self.pick(['and', 'or'])} {self.condition(names, depth + 1)})"
                if depth < 2
                else "True"
            ),
            lambda: f"{self.pick(['any', 'all'])}(v > {e()} for v in {e('list')})",
            lambda: f"{e(self.pick(list(TYPES)))}",
            lambda: f"{e('dict')}.get('zz') is {self.pick(['', 'not '])}None",
            lambda: (
                f"{self.pick(names.read['list'])} is {self.pick(names.read['list'])}" if names.read["list"] else "False"
            ),
            lambda: f"{e('tuple')} {self.pick(['==', '<', '!='])} {e('tuple')}",
            lambda: f"{e('dict')} == {e('dict')}",
        ]
        return options[self.rng.randrange(len(options))]()

    # -- statements -----------------------------------------------------------------------------------------------------

    def block(self, names: Names, depth: int, most: int = 3) -> list[str]:
        lines: list[str] = []
        for _ in range(1 + self.rng.randrange(most)):
            lines += self.statement(names, depth)
        return ["    " + line for line in lines]

    def statement(self, names: Names, depth: int) -> list[str]:
        simple = [
            self.assignment, self.assignment, self.augmented, self.mutation, self.mutation, self.unpacking,
            self.dict_change, self.deletion,
        ]  # fmt: skip
        compound = [self.if_, self.for_, self.while_, self.try_, self.for_, self.while_true, self.match]
        if depth < 3 and self.chance(40):
            return self.rng.choice(compound)(names, depth + 1)
        if depth == 0 and self.chance(12):
            return self.function(names, 0)
        if self.in_loop and self.chance(12):
            return [f"if {self.condition(names)}:", f"    {self.pick(['break', 'continue'])}"]
        return self.rng.choice(simple)(names)

    def target(self, kind: str, names: Names) -> str | None:
        return self.pick(names.write[kind]) if names.write[kind] else None

    def assignment(self, names: Names) -> list[str]:
        kind = self.pick(list(TYPES))
        target = self.target(kind, names)
        if target is None:
            return ["pass"]
        second = self.target(kind, names) if self.chance(20) else None
        chain = f"{target} = {second} = " if second else f"{target} = "
        return [chain + self.expression(kind, names)]

    def augmented(self, names: Names) -> list[str]:
        kind = self.pick(["int", "list", "str", "int", "dict", "list"])
        target = self.target(kind, names)
        if target is None:
            return ["pass"]
        if kind == "int":
            return [f"{target} {self.pick(['+=', '-=', '^=', '|='])} {self.expression('int', names)}"]
        if kind == "dict":
            return [f"{target} |= {self.expression('dict', names)}"]
        if kind == "str":
            return [f"{target} += {self.expression('str', names)}", f"{target} = {target}[:9]"]
        return [f"{target} += {self.expression(self.pick(['list', 'tuple']), names)}", f"del {target}[7:]"]

    def mutation(self, names: Names) -> list[str]:
        if self.objects and not self.in_function and self.chance(20):
            thing = self.pick(self.objects)
            return [self.pick([f"{thing}.n = {self.expression('int', names)}", f"{thing}.inc()", f"{thing}.n += 1"])]
        target = self.pick(names.read["list"])
        number = self.expression("int", names, 1)
        nested = self.pick(names.read["nested"])
        return [
            *self.rng.choice(
                [
                    [f"{target}.append({number})", f"del {target}[7:]"],
                    [f"{target}.insert({self.pick(['0', '1', '-1'])}, {number})", f"del {target}[7:]"],
                    [f"{target}.extend({self.expression('list', names, 1)})", f"del {target}[7:]"],
                    [f"if {target}:", f"    {target}.pop({self.pick(['', '0', '-1'])})"],
                    [f"{target}.reverse()"],
                    [f"{target}.sort()"],
                    [f"if {target}:", f"    {target}[{self.pick(['0', '-1'])}] = {number}"],
                    [
                        f"{target}[{self.pick(['1:', ':1', ':'])}] = {self.expression('list', names, 1)}",
                        f"del {target}[7:]",
                    ],
                    [f"if {number} in {target}:", f"    {target}.remove({target}[0])"],
                    [f"{target}.clear()"],
                    [f"{nested}.append({target})", f"del {nested}[4:]"],
                    [f"if {nested}:", f"    {nested}[0].append({number})", f"    del {nested}[0][7:]"],
                    [f"if {nested}:", f"    {nested}[-1] = {target}"],
                    [
                        f"for {self.fresh('e')} in {nested}:",
                        f"    e{self.counter}.append({number})",
                        f"    del e{self.counter}[7:]",
                    ],
                    [f"if {target}:", f"    {target}[0] += {number}"],
                ]
            )
        ]

    def dict_change(self, names: Names) -> list[str]:
        target = self.pick(names.read["dict"])
        key, number = self.expression("str", names, 1), self.expression("int", names, 1)
        return self.rng.choice(
            [
                [f"{target}[{key}] = {number}"],
                [f"{target}.update({self.expression('dict', names, 1)})"],
                [f"{target}.pop({key}, None)"],
                [f"{target}.setdefault({key}, {number})"],
                [f"if {key} in {target}:", f"    del {target}[{key}]"],
                [f"{target}.update(a={number})"],
                [f"if 'a' in {target}:", f"    {target}['a'] += {number}"],
            ]
        )

    def deletion(self, names: Names) -> list[str]:
        target = self.pick(names.read["list"])
        return [f"del {target}[{self.pick(['1:', ':1', '::2'])}]"]

    def unpacking(self, names: Names) -> list[str]:
        a, b, c = self.target("int", names), self.target("int", names), self.target("list", names)
        if a is None or b is None:
            return ["pass"]
        options = [f"{a}, {b} = {b}, {a}", f"{a}, {b} = {self.expression('tuple', names)}", f"({a}), [{b}] = 1, [2]"]
        if c is not None:
            options += [
                f"{a}, *{c} = [{self.expression('int', names)}, *{self.expression('list', names)}]",
                f"*{c}, {a} = 1, {self.expression('int', names)}",
                f"{a}, *{c}, {b} = {self.expression('int', names)}, 2, {self.expression('int', names)}",
            ]
        return [self.pick(options)]

    def if_(self, names: Names, depth: int) -> list[str]:
        lines = [f"if {self.condition(names)}:", *self.block(names, depth)]
        if self.chance(30):
            lines += [f"elif {self.condition(names)}:", *self.block(names, depth)]
        if self.chance(50):
            lines += ["else:", *self.block(names, depth)]
        return lines

    def for_(self, names: Names, depth: int) -> list[str]:
        variable = self.fresh("v")
        kind = self.rng.randrange(7)
        iterable = [
            lambda: f"range({self.pick(['2', '3', '1, 4', '3, 0, -1', '0'])})",
            lambda: f"{self.expression('list', names)}",
            lambda: f"{self.expression('tuple', names)}",
            lambda: f"enumerate([*{self.expression('list', names)}])",
            lambda: f"outside.rounds({self.pick(['1', '2', '3'])})" if self.unknown_loops else "range(3)",
            lambda: f"list({self.expression('dict', names)}.items())",
            lambda: "range(80)" if depth == 1 and not self.in_function else "range(2)",
        ][kind]()
        inner = self._with(names, "int", variable)
        target = variable
        if kind in (3, 5):
            target = f"{self.fresh('k')}, {variable}"
        if kind == 4 and self.unknown_loops:
            lines = [f"for {variable} in {iterable}:"]
        else:
            lines = [f"for {target} in {iterable}:"]
        self.in_loop += 1
        lines += self.block(inner, depth)
        self.in_loop -= 1
        if self.chance(25):
            lines += ["else:", *self.block(names, depth, 2)]
        return lines

    def _with(self, names: Names, kind: str, name: str) -> Names:
        return Names({**names.read, kind: [*names.read[kind], name]}, names.write)

    def while_(self, names: Names, depth: int) -> list[str]:
        fuel = self.fresh("u")
        self.in_loop += 1
        body = self.block(names, depth)
        self.in_loop -= 1
        lines = [
            f"{fuel} = 0",
            f"while {fuel} < {self.pick(['1', '2', '4'])} and {self.condition(names)}:",
            f"    {fuel} += 1",
            *body,
        ]
        if self.chance(25):
            lines += ["else:", *self.block(names, depth, 2)]
        return lines

    def while_true(self, names: Names, depth: int) -> list[str]:
        fuel = self.fresh("u")
        self.in_loop += 1
        body = self.block(names, depth)
        self.in_loop -= 1
        return [
            f"{fuel} = 0",
            "while True:",
            f"    {fuel} += 1",
            f"    if {fuel} >= {self.pick(['2', '3'])}:",
            "        break",
            *body,
        ]

    def try_(self, names: Names, depth: int) -> list[str]:
        in_loop, self.in_loop = self.in_loop, 0  # break in finally is another language
        target = self.target("int", names)
        risky = [
            f"{target or self.fresh('r')} = {self.expression('int', names)} // {self.pick(names.read['int'] or ['0'])}",
            f"{target or self.fresh('r')} = {self.pick(names.read['list'])}[{self.pick(['0', '3', '-2'])}]",
            f"{target or self.fresh('r')} = {self.pick(names.read['dict'])}[{self.expression('str', names, 1)}]",
            f"raise {self.pick(['ValueError', 'KeyError', 'IndexError'])}('x')",
            f"{self.pick(names.read['list'])}.pop()",
            f"{target or self.fresh('r')} = int({self.expression('str', names, 1)})",
            f"assert {self.condition(names)}",
            f"{self.pick(names.read['list'])}.remove({self.expression('int', names, 1)})",
            f"{target or self.fresh('r')} = {self.pick(names.read['list'])}.index({self.expression('int', names, 1)})",
            f"{target or self.fresh('r')}, {self.fresh('r')} = {self.pick(names.read['list'])}",
        ]
        lines = ["try:", *(self.block(names, depth, 2) if self.chance(50) else []), "    " + self.pick(risky)]
        if self.chance(40):
            lines += self.block(names, depth, 1)
        kind = self.rng.randrange(4)
        if kind == 0:
            lines += ["except (ZeroDivisionError, ValueError, AssertionError):", *self.block(names, depth, 2)]
            lines += ["except LookupError as error:", *self.block(names, depth, 2)]
        elif kind == 1:
            lines += ["except Exception:", *self.block(names, depth, 2)]
        elif kind == 2:
            lines += ["except KeyError:", *self.block(names, depth, 2), "except:", *self.block(names, depth, 2)]
        else:
            lines += ["except (ArithmeticError, LookupError, ValueError, AssertionError):", "    pass"]
        if self.chance(30):
            lines += ["else:", *self.block(names, depth, 1)]
        if self.chance(40):
            lines += ["finally:", *self.block(names, depth, 1)]
        self.in_loop = in_loop
        return lines

    def match(self, names: Names, depth: int) -> list[str]:
        subject = self.expression(self.pick(["int", "tuple", "str", "list"]), names)
        lines = [f"match {subject}:"]
        variable = self.fresh("m")
        patterns = [
            "0 | 1",
            "(1, 2)",
            "'a'",
            "[]",
            f"[{variable}]",
            f"({variable}, 4)",
            "2",
            "[0, *_]",
            "'ab' | 'b'",
            f"int({variable})",
            "str()",
        ]
        for _ in range(1 + self.rng.randrange(3)):
            lines += [f"    case {self.pick(patterns)}:", *("    " + line for line in self.block(names, depth, 1))]
        if self.chance(60):
            lines += ["    case _:", *("    " + line for line in self.block(names, depth, 1))]
        return lines

    # -- functions ----------------------------------------------------------------------------------------------------------

    def function(self, names: Names, depth: int) -> list[str]:
        name = self.fresh("f")
        kind = self.rng.randrange(7)
        self.in_function += 1
        in_loop, self.in_loop = self.in_loop, 0
        functions = self.functions
        objects, self.objects = self.objects, []
        inside: dict[str, list[str]] = {key: [] for key in TYPES}
        local = Names({key: list(value) for key, value in names.read.items()}, inside)
        lines: list[str] = []
        required, total = 1, 1
        head = "a"
        if kind == 0:
            head, total = f"a, b={self.expression('int', names, 2)}, c={self.constant('int')}", 3
        elif kind == 1:
            head, required, total = "a, *args", 1, 99
        elif kind == 2:
            head, required, total = "a, b", 2, 2
        elif kind == 3:
            head, total = "a, *, b=2", 1
        parameters = [
            p.split("=")[0] for p in head.replace("*args", "").replace("*,", "").replace(" ", "").split(",") if p
        ]
        if kind == 4:  # recursion
            lines = [
                f"def {name}(a, b=0):",
                f"    if a {self.pick(['<=', '<'])} 0 or a > 12:",
                f"        return {self.expression('int', self._with(names, 'int', 'b'), 1)}",
                f"    return {name}(a - {self.pick(['1', '2'])}, b + a) {self.pick(['+', '-'])} {self.pick(['1', 'a', 'b'])}",
            ]
            required, total = 1, 2
        elif kind == 5:  # a counter: state in a closure
            lines = [
                f"def make_{name}(start):",
                "    count = start",
                "    seen = []",
                "    def step(a):",
                "        nonlocal count",
                f"        count {self.pick(['+=', '-='])} a",
                "        seen.append(a)",
                f"        return count + len(seen) {self.pick(['+', '-'])} {self.pick(names.read['int'])}",
                "    return step",
                f"{name} = make_{name}({self.constant('int')})",
            ]
        elif kind == 6:  # a mutable default
            lines = [
                f"def {name}(a, memo=[]):",
                "    memo.append(a)",
                "    del memo[9:]",
                "    return len(memo) + sum(memo) % 7",
            ]
        else:
            lines = [f"def {name}({head}):"]
            for parameter in parameters:
                local.read["int"] = [*local.read["int"], parameter]
                inside["int"].append(parameter)
            if kind == 1:
                local.read["tuple"] = list(local.read["tuple"])
                lines.append("    a += sum(args) + len(args)")
            declared = [self.pick(names.write["int"])] if names.write["int"] and self.chance(30) else []
            if declared:
                lines.insert(1, f"    global {declared[0]}")
                inside["int"].append(declared[0])
            for key in ("int", "list", "str"):
                variable = self.fresh("y")
                lines.append(f"    {variable} = {self.expression(key, local, 1)}")
                inside[key].append(variable)
                local.read[key] = [*local.read[key], variable]
            self.functions = functions[:]
            for _ in range(1 + self.rng.randrange(3)):
                lines += self.block(local, 1, 1)
            if self.chance(30):
                lines += [f"    if {self.condition(local)}:", f"        return {self.expression('int', local)}"]
            lines.append(f"    return {self.expression('int', local)}")
        self.in_function -= 1
        self.in_loop = in_loop
        self.objects = objects
        self.functions = [*functions, (name, required, total)]
        if kind in (0, 2, 3) and self.chance(15):
            lines = [
                f"def deco_{name}(g):", "    def inner(*a, **k):", f"        return g(*a, **k) + {self.constant('int')}",
                "    return inner", f"@deco_{name}", *lines,
            ]  # fmt: skip
        return lines

    def klass(self, names: Names) -> list[str]:
        n = self.counter = self.counter + 1
        lines = [
            f"class B{n}:",
            f"    k = {self.constant('int')}",
            "    def __init__(self, n=1):",
            f"        self.n = n + {self.pick(['0', '1', 'self.k'])}",
            "    def inc(self, by=1):",
            f"        self.n += by {self.pick(['', '+ self.k', '* 2'])}",
            "        return self.n % 100",
            "    @property",
            "    def double(self):",
            "        return self.n * 2 % 100",
            "    @staticmethod",
            "    def of(v):",
            f"        return v + {self.constant('int')}",
            "    @classmethod",
            "    def make(cls, v):",
            "        return cls(v)",
            f"class C{n}(B{n}):",
            *([f"    k = {self.constant('int')}"] if self.chance(50) else []),
            "    def __init__(self, n=2):",
            f"        super().__init__(n {self.pick(['+ 1', '* 2', ''])})",
            f"        self.n = self.n + {self.constant('int')}",
            "    def inc(self, by=2):",
            f"        return {self.pick(['super().inc(by) + 1', 'super().inc()', 'B' + str(n) + '.inc(self, by)'])}",
            f"ob1 = B{n}({self.constant('int')})",
            f"ob2 = C{n}()",
            f"ob3 = {self.pick(['ob1', 'ob2', f'C{n}.make(3)'])}",
        ]
        self.objects = ["ob1", "ob2", "ob3"]
        return lines
