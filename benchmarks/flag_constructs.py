"""Further constructs of random programs: what Python offers to hold, pass on and tell apart sizes and switches.

The statements, helpers and models in here are picked like those of `flag_generator.py`. A helper is a definition at the
beginning of the program; what it offers is put into the pool that it concerns: integers, lists, conditions, statements
that change something, contexts for `with`, calls that may raise.
"""

from __future__ import annotations

from dataclasses import replace

from flag_writer import WIDTHS, Definition, Pool, Statement, Where, Writer


class Constructs(Writer):
    """Writes constructs beside those that every program has."""

    def further_statements(self) -> tuple[Statement, ...]:
        """Statements with blocks, and those with conditions in them."""
        return (
            self.pairs, self.patterns, self.shapes_of_lists, self.searches, self.drains, self.climbs, self.nests,
            self.withs, self.sorts, self.sorts, self.flag_of_loop,
        )  # fmt: skip

    def further_helpers(self) -> tuple[Definition, ...]:
        """Definitions."""
        return (
            self.options, self.options, self.settings, self.tuples, self.managers, self.partials, self.text,
            self.optional, self.marks, self.switches, self.checks, self.registry, self.star, self.enumeration,
            self.decorated, self.finds,
        )  # fmt: skip

    def further_models(self) -> tuple[Definition, ...]:
        """Models."""
        return (
            self.own_layer, self.own_layer, self.own_model, self.partial_layers, self.branches, self.keywords,
            self.chosen_builder, self.specification, self.nested, self.rebuilt,
        )  # fmt: skip

    # -- statements ---------------------------------------------------------------------------------------------

    def pairs(self, pool: Pool, where: Where) -> None:
        """Several names at once."""
        touched = self.concerned(pool)
        plain = [name for name in touched.ints if name.isidentifier()]
        if len(plain) < 2:
            self.put("log.append(2)")
            return
        one, other = plain[0], plain[1]
        a, b, c, d = (self.pick(WIDTHS) for _ in range(4))
        chosen = f"{one}, {other} = ({a}, {b}) if {self.condition(pool)} else ({c}, {d})"
        kinds = [chosen, f"{one}, {other} = {other}, {one}"]
        if touched.lists and where.rounds == 0:
            ws = self.pick(touched.lists)
            kinds += [f"{one}, *{ws} = {ws} + [{a}]", f"{one}, {other}, *log = [*{ws}, {a}, {b}]"]
        self.put(self.pick(kinds))

    def patterns(self, pool: Pool, where: Where) -> None:
        """`match` with guards, tuples and names."""
        deeper = replace(where, depth=where.depth + 1)
        one, other = (f"bool({self.test(self.pick(self.flags))})" for _ in range(2))
        subject, cases = self.pick(
            (
                (f"({one}, {other})", ("(True, True)", "(True, _) | (_, True)", "_")),
                (f"({one}, {other})", ("(True, side) if not side", "(False, False)")),
                (one, ("True", "False")),
                (f'"on" if {self.condition(pool)} else "off"', ('"on"', "other if other.startswith('o')")),
                (f"{self.pick(pool.ints)}", ("2 | 3 | 4", "n if n > 8", "int()")),
            )
        )
        with self.under(f"match {subject}:"):
            for case in cases:
                with self.under(f"case {case}:"):
                    self.block(self.concerned(pool), deeper, 2)

    def shapes_of_lists(self, pool: Pool, where: Where) -> None:
        """`match` on a list."""
        touched = self.concerned(pool)
        if not touched.lists:
            self.put("log.append(3)")
            return
        ws, target = self.pick(touched.lists), self.pick(touched.ints)
        with self.under(f"match {ws}:"):
            for case, change in self.pick(
                (
                    (("[]", f"{target} = 3"), ("[only]", f"{target} = only"), ("[start, *_]", f"{target} = start + 1")),
                    (("[start, end]", f"{target} = end"), ("[start, *rest]", f"{target} = len(rest) + 1")),
                    (("[*_, 3]", f"{target} += 1"), ("_", f"{target} = 5")),
                )
            ):
                with self.under(f"case {case}:"):
                    self.put(change)

    def searches(self, pool: Pool, where: Where) -> None:
        """A loop that ends when it has found something."""
        if where.rounds > 1:
            self.put("log.append(4)")
            return
        touched, found = self.concerned(pool), self.name("found")
        over = self.pick(("(2, 5, 9)", "range(3, 6)", *touched.lists))
        deeper = replace(where, depth=where.depth + 1)
        self.put(f"{found} = {self.pick(('None', '0', '4'))}")
        test = f"item > {self.pick((2, 4, 8))} and {self.condition(pool)}"
        with self.under(f"for item in {over}:"), self.under(f"if {test}:"):
            self.put(f"{found} = item")
            self.put("break")
        if self.chance(40):
            with self.under("else:"):
                self.block(touched, deeper, 1)
        with self.under(f"if {self.pick((f'{found} is not None', found, f'not {found}'))}:"):
            self.block(touched, deeper, 2)
        if self.chance(50):
            self.put(f"{self.pick(touched.ints)} = {found} or {self.pick(WIDTHS)}")

    def drains(self, pool: Pool, where: Where) -> None:
        """A loop that takes items out of a list."""
        touched = self.concerned(pool)
        if not touched.lists or where.rounds > 1:
            self.put("log.append(5)")
            return
        ws = self.pick(touched.lists)
        with self.under(f"while {self.pick((f'len({ws}) > 1', ws, f'{ws} and {ws}[-1] > 3'))}:"):
            if self.chance(60):
                with self.under(f"if {self.condition(pool)}:"):
                    self.put("break")
            if self.chance(50):
                self.put(f"{self.pick(touched.ints)} = {ws}.pop()")
            else:
                self.put(f"{ws}.pop({self.pick(('', '0'))})")
        if self.chance(60):
            self.put(f"{ws}.append({self.pick(WIDTHS)})")

    def climbs(self, pool: Pool, where: Where) -> None:
        """A loop that counts up to something."""
        touched = self.concerned(pool)
        plain = [name for name in touched.ints if name.isidentifier()]
        if not plain or where.rounds > 1:
            self.put("log.append(6)")
            return
        one = self.pick(plain)
        with self.under(f"while {one} < {self.pick((9, 14, 20))}:"):
            self.put(f"{one} += {self.pick((3, 4, 5))}")
            if self.chance(70):
                with self.under(f"if {self.condition(pool)}:"):
                    self.put(self.pick(("break", f"{one} += 2", f"{one} = 30")))
        if self.chance(25):
            with self.under("else:"):
                self.put(f"{self.pick(touched.ints)} = {self.pick(WIDTHS)}")

    def nests(self, pool: Pool, where: Where) -> None:
        """A loop in a loop that leaves both."""
        if where.rounds:
            self.put("log.append(7)")
            return
        touched = self.concerned(pool)
        target = self.pick(touched.ints)
        with self.under("for row in (1, 2):"):
            with self.under("for column in (1, 3):"):
                with self.under(f"if column > row and {self.condition(pool)}:"):
                    self.put(self.pick(("break", "continue")))
                self.put(f"{target} += {self.pick(('1', 'row', 'column'))}")
            if self.chance(60):
                with self.under("else:"):
                    self.put(self.pick(("continue", f"{target} += 2")))
                self.put(self.pick(("break", f"{target} += 4")))

    def withs(self, pool: Pool, where: Where) -> None:
        """A block in a context of the program's own."""
        touched = self.concerned(pool)
        if not touched.contexts:
            chosen = f"contextlib.nullcontext() if {self.condition(pool)} else contextlib.suppress(KeyError)"
            context = self.pick((f"({chosen})", "contextlib.nullcontext(4) as given", "contextlib.ExitStack()"))
        else:
            context = self.pick(touched.contexts)
        with self.under(f"with {context}:"):
            self.block(touched, replace(where, depth=where.depth + 1), 2)

    def sorts(self, pool: Pool, where: Where) -> None:
        """Built-in functions that make lists of lists."""
        touched = self.concerned(pool)
        if not touched.lists:
            self.put("log.append(8)")
            return
        ws, test = self.pick(touched.lists), self.test(self.pick(self.flags))
        changes = [
            f"{ws}.sort(reverse=bool({test}))",
            f"{ws} = sorted({ws})",
            f"{ws} = sorted({ws}, key=lambda w: -w if {test} else w)",
            f"{ws} = list(reversed({ws}))",
            f"{ws} = [*{ws}, 4] if {test} else {ws}",
            f"{ws} = list(filter(lambda w: w > 3, {ws}))",
            f"{ws} = list(dict.fromkeys({ws}))",
            f"{ws} = {ws}[::-1] if {test} else {ws}[:]",
            f"{ws} = [n for k in (1, 2) for n in (k + 1, k + 3) if n > 3 or {test}]",
            f"{ws} = list({{w: 1 for w in {ws} if w > 2 and not ({test})}}) or [5]",
            f"{ws} = [w if {test} else w + 1 for w in {ws}]",
        ]
        if where.rounds == 0:
            changes += [
                f"{ws} = [a + b for a, b in zip({ws}, {ws}[1:])] or [4]",
                f"{ws} = list(map(lambda w: w + 1, {ws}))",
                f"{ws} = [place + w for place, w in enumerate({ws}) if place or {test}]",
                f"{ws}[:1] = [w for w in (2, 3) if {test}]",
            ]
        self.put(self.pick(changes))

    def flag_of_loop(self, pool: Pool, where: Where) -> None:
        """A loop that a name ends."""
        if where.rounds:
            self.put("log.append(9)")
            return
        touched, done = self.concerned(pool), self.name("done")
        target = self.pick(touched.ints)
        self.put(f"{done} = {self.pick(('False', 'False', f'bool({self.test(self.pick(self.flags))})'))}")
        with self.under(f"while not {done}:"):
            self.put(f"{target} += {self.pick((1, 2))}")
            with self.under(f"if {self.condition(pool)} or {target} > {self.pick((8, 12))}:"):
                self.put(f"{done} = True")
                if self.chance(40):
                    self.put("continue")
            if self.chance(40):
                self.put(f"{target} += {self.pick((1, 3))}")

    # -- helpers ------------------------------------------------------------------------------------------------

    def options(self, pool: Pool) -> None:
        """A dictionary of which some keys are there under conditions."""
        name, touched = self.name("options"), self.touched_pool(pool)
        a, b = self.pick(WIDTHS), self.pick(WIDTHS)
        if self.chance(50):
            self.put(f'{name} = {{"units": {a}, "depth": {b}}}')
            with self.under(f"if {self.condition(Pool(['5']))}:"):
                changes = (f'{name}["extra"] = {b}', f"{name}.update(extra={a}, units=3)", f'del {name}["depth"]')
                self.put(self.pick(changes))
        else:
            extra = f'**({{"extra": {b}}} if {self.condition(Pool(["5"]))} else {{}})'
            self.put(f'{name} = {{"units": {a}, {extra}, "last": 2}}')
        touched.ints.append(f'{name}["units"]')
        touched.read += [f'{name}.get("extra", {self.pick(WIDTHS)})', f"sum({name}.values()) + 1", f"len({name}) + 1"]
        touched.tests += [f'"extra" in {name}', f'{name}.get("extra") is not None', f"len({name}) > 2"]
        touched.changers += [
            f'{name}["extra"] = {self.pick(WIDTHS)}',
            f'{name}.pop("extra", None)',
            f'{name}.setdefault("extra", {self.pick(WIDTHS)})',
            f'{name} |= {{"extra": {self.pick(WIDTHS)}}}',
            f"{name} = {{key: value for key, value in {name}.items() if key != 'extra'}}",
        ]

    def settings(self, pool: Pool) -> None:
        """A data class."""
        cls, name, touched = self.name("Config"), self.name("config"), self.touched_pool(pool)
        with_size = self.chance(50)
        self.put("@dataclasses.dataclass")
        with self.under(f"class {cls}:"):
            self.put(f"units: int = {self.pick(WIDTHS)}")
            self.put("deep: bool = False")
            self.put("widths: list = dataclasses.field(default_factory=lambda: [4, 6])")
            if self.chance(50):
                test = self.condition(Pool(["self.units"], ["self.widths"], tests=["self.deep"]))
                with self.under("def __post_init__(self):"), self.under(f"if {test}:"):
                    self.put(self.pick(("self.units += 2", "self.widths.append(3)", "self.deep = True")))
            if with_size:
                self.put("@property")
                with self.under("def size(self):"):
                    with self.under(f"if {self.condition(Pool(['self.units'], tests=['self.deep']))}:"):
                        self.put("return self.units + 1")
                    self.put("return self.units")
            self.put("@classmethod")
            with self.under("def usual(cls):"):
                self.put(f"return cls({self.pick(WIDTHS)}, bool({self.test(self.pick(self.flags))}))")
        made = self.pick(
            (
                f"{cls}()",
                f"{cls}.usual()",
                f"{cls}({self.pick(WIDTHS)}, deep=bool({self.test(self.pick(self.flags))}))",
                f"{cls}(widths=[3], units=7 if {self.condition(Pool(['4']))} else 5)",
            )
        )
        self.put(f"{name} = {made}")
        touched.ints.append(f"{name}.units")
        touched.lists.append(f"{name}.widths")
        touched.tests.append(f"{name}.deep")
        if with_size:
            touched.read.append(f"{name}.size")
        touched.changers += [
            f"{name} = dataclasses.replace({name}, units={self.pick(WIDTHS)})",
            f"{name}.deep = not {name}.deep",
        ]

    def tuples(self, pool: Pool) -> None:
        """A tuple whose places have names."""
        cls, name, touched = self.name("Sizes"), self.name("sizes"), self.touched_pool(pool)
        with self.under(f"class {cls}(typing.NamedTuple):"):
            self.put("wide: int")
            self.put(f"slim: int = {self.pick(WIDTHS)}")
        self.put(
            f"{name} = {cls}({self.pick(WIDTHS)}, {self.pick(WIDTHS)}) if {self.condition(Pool(['5']))} "
            f"else {cls}(slim={self.pick(WIDTHS)}, wide=2)"
        )
        touched.read += [f"{name}.wide", f"{name}.slim", f"{name}[0]", f"sum({name})", f"max(*{name})"]
        touched.tests += [f"{name}.wide > 2", f"{name} == (2, 3)"]
        touched.changers.append(f"{name} = {name}._replace(wide={self.pick(WIDTHS)})")

    def managers(self, pool: Pool) -> None:
        """A context manager that changes something for a while, or for good."""
        name, touched = self.name("wider"), self.touched_pool(pool)
        plain = [one for one in touched.ints if one.isidentifier()]
        if not plain:
            return
        target = self.pick(plain)
        if self.chance(50):
            self.put("@contextlib.contextmanager")
            with self.under(f"def {name}(n):"):
                self.put(f"global {target}")
                self.put(f"before = {target}")
                with self.under(f"if {self.condition(Pool(['n', target]))}:"):
                    self.put(f"{target} += n")
                if self.chance(50):
                    with self.under("try:"):
                        self.put(f"yield {target}")
                    with self.under("finally:"):
                        self.put(self.pick((f"{target} = before", f"{target} = before + 1")))
                else:
                    self.put("yield n")
                    self.put(self.pick((f"{target} = before", f"{target} += 1")))
        else:
            with self.under(f"class {name}:"):
                with self.under("def __init__(self, n):"):
                    self.put("self.n = n")
                with self.under("def __enter__(self):"):
                    self.put(f"global {target}")
                    with self.under(f"if {self.condition(Pool(['self.n']))}:"):
                        self.put(self.pick(("self.n += 1", f"{target} += self.n", "return self.n")))
                    self.put("return self.n")
                with self.under("def __exit__(self, *error):"):
                    self.put(f"global {target}")
                    self.put(f"{target} += self.n")
                    self.put(f"return {self.pick(('False', 'None', 'True'))}")
        touched.contexts += [f"{name}(2)", f"{name}(3) as now", f"{name}(1), contextlib.nullcontext()"]

    def partials(self, pool: Pool) -> None:
        """A function of which some arguments are given beforehand."""
        scale, name, touched = self.name("scaled"), self.name("part"), self.touched_pool(pool)
        with self.under(f"def {scale}(n, by=2, *, more=0):"):
            with self.under(f"if {self.condition(Pool(['n', 'more'], tests=['more', 'by > 2']))}:"):
                self.put(self.pick(("return n + by", "n += more", "by = 1")))
            self.put("return n * by + more")
        first = f"functools.partial({scale}, by={self.pick((1, 3))})"
        chosen = f"{first} if {self.condition(Pool(['3']))} else functools.partial({scale}, more=2)"
        self.put(f"{name} = {self.pick((first, chosen, chosen))}")
        touched.read += [f"{name}({self.pick(WIDTHS)})", f"{name}(3, more=1)"]
        touched.changers.append(f"{name} = functools.partial({name}, more=4)")

    def text(self, pool: Pool) -> None:
        """A text that says which of several things is wanted."""
        name, touched = self.name("kind"), self.touched_pool(pool)
        self.put(f'{name} = "wide" if {self.condition(Pool(["6"]))} else "slim"')
        if self.chance(30):
            self.put(f'{name} = {name} + ("-2" if {self.test(self.pick(self.flags))} else "-3")')
            self.put(f'{name} = f"{{{name}}}{{len({name}) > 9}}"' if self.chance(20) else f"{name} = {name}.strip()")
            touched.read.append(f'int({name}.split("-")[1][0]) + 1')
            touched.tests += [f'{name} == "wide-2"', f'{name}.endswith("3")', f'"wide" in {name}']
            return
        table = f'{{"wide": {self.pick(WIDTHS)}, "slim": {self.pick(WIDTHS)}}}'
        touched.read += [f"{table}[{name}]", f"{table}.get({name}, 5)", f"len({name})"]
        touched.tests += [f'{name} == "wide"', f'{name}.startswith("s")', f'{name} in ("slim", "other")']
        touched.changers.append(f'{name} = "slim"')

    def optional(self, pool: Pool) -> None:
        """A size that may not be given."""
        name, touched = self.name("limit"), self.touched_pool(pool)
        self.put(f"{name} = None")
        with self.under(f"if {self.condition(Pool(['4']))}:"):
            self.put(f"{name} = {self.pick(WIDTHS)}")
        touched.read += [f"({name} or {self.pick(WIDTHS)})", f"({self.pick(WIDTHS)} if {name} is None else {name} + 1)"]
        touched.tests += [f"{name} is None", f"{name}", f"not {name}", f"{name} is not None and {name} > 4"]
        touched.changers += [f"{name} = None", f"{name} = {self.pick(WIDTHS)}", f"{name} = {name} or 3"]

    def marks(self, pool: Pool) -> None:
        """A set."""
        name, touched = self.name("marks"), self.touched_pool(pool)
        self.put(f'{name} = {{"a"}}')
        with self.under(f"if {self.condition(Pool(['4']))}:"):
            self.put(self.pick((f'{name}.add("b")', f'{name} |= {{"b", "c"}}', f"{name}.clear()")))
        touched.read.append(f"len({name}) + 1")
        touched.tests += [f'"b" in {name}', f"len({name}) > 1", f'bool({name} & {{"b"}})', f'{name} >= {{"a", "b"}}']
        touched.changers += [f'{name}.add("b")', f'{name}.discard("b")', f'{name} = {name} | {{"c"}}']

    def switches(self, pool: Pool) -> None:
        """Answers in a list."""
        name, touched = self.name("switches"), self.touched_pool(pool)
        one, other = (self.test(self.pick(self.flags)) for _ in range(2))
        self.put(f"{name} = [bool({one}), bool({other})]")
        touched.read += [f"sum({name}) + 1", f"(3, 5)[{name}[0]]"]
        touched.tests += [
            f"any({name})",
            f"all({name})",
            f"sum({name}) > 1",
            f"{name}[0]",
            f"not any({name})",
            f"{name}.count(True) == 1",
            f"sorted({name})[0]",
            f"max({name})",
            f"True in {name}",
        ]
        touched.changers += [f"{name}.append(bool({self.test(self.pick(self.flags))}))", f"{name}[0] = False"]

    def checks(self, pool: Pool) -> None:
        """A function that raises an exception of the program's own."""
        error, name, touched = self.name("Skip"), self.name("check"), self.touched_pool(pool)
        with self.under(f"class {error}({self.pick(('Exception', 'ValueError'))}):"):
            self.put("pass")
        with self.under(f"def {name}(n):"):
            with self.under(f"if {self.condition(Pool(['n']))}:"):
                self.put(self.pick((f"raise {error}", f'raise {error}("no")', "return n + 1")))
            with self.under(f"if n > {self.pick((4, 10))}:"):
                self.put(f"raise {error}(n)")
            self.put("return n + 2")
        touched.raising += [(f"{name}({self.pick(WIDTHS)})", error), (f"{name}(3)", "Exception")]

    def registry(self, pool: Pool) -> None:
        """Functions that are entered into a table when they are defined."""
        table, register, touched = self.name("table"), self.name("register"), self.touched_pool(pool)
        first, second = self.name("plain"), self.name("other")
        self.put(f"{table} = {{}}")
        with self.under(f"def {register}(name):"):
            with self.under("def put(function):"):
                self.put(f"{table}[name] = function")
                self.put("return function")
            self.put("return put")
        self.put(f'@{register}("plain")')
        with self.under(f"def {first}(n):"):
            self.put("return n + 1")
        with self.under(f"if {self.condition(Pool(['4']))}:"):
            self.put(f'@{register}("{self.pick(("plain", "other"))}")')
            with self.under(f"def {second}(n):"):
                self.put(self.pick(("return n * 2", "return 4")))
        touched.read += [f'{table}["plain"](3)', f'{table}.get("other", {first})({self.pick(WIDTHS)})', f"len({table})"]
        touched.tests += [f'"other" in {table}', f"len({table}) > 1"]

    def star(self, pool: Pool) -> None:
        """A function of any arguments."""
        name, touched = self.name("total"), self.touched_pool(pool)
        with self.under(f"def {name}(*sizes, **options):"):
            self.put("n = sum(sizes)")
            with self.under(f"if options.get('deep') or {self.condition(Pool(['n'], tests=['options']))}:"):
                self.put(self.pick(("n += 2", "return n + len(sizes)", "options['more'] = 1")))
            with self.under("for key, value in options.items():"):
                self.put(self.pick(("n += 1", "n += int(value) + 1", "n += len(key)")))
            self.put("return n + len(options)")
        test = self.test(self.pick(self.flags))
        touched.read += [
            f"{name}({self.pick(WIDTHS)}, deep=bool({test}))",
            f"{name}(2, *((3,) if {test} else ()))",
            f"{name}(2, **({{'deep': True}} if {test} else {{}}))",
        ]

    def enumeration(self, pool: Pool) -> None:
        """A member of an enumeration."""
        cls, name, touched = self.name("Size"), self.name("chosen"), self.touched_pool(pool)
        with self.under(f"class {cls}(enum.Enum):"):
            self.put(f"SMALL = {self.pick((2, 3, 4))}")
            self.put(f"LARGE = {self.pick((8, 10))}")
        self.put(f"{name} = {cls}.LARGE if {self.condition(Pool(['4']))} else {cls}.SMALL")
        touched.read += [f"{name}.value", f"{name}.value + 1"]
        touched.tests += [f"{name} is {cls}.LARGE", f"{name} == {cls}.SMALL", f'{name}.name == "LARGE"']
        touched.changers.append(f"{name} = {cls}.SMALL")

    def decorated(self, pool: Pool) -> None:
        """A function that a decorator wraps, in some cases."""
        wrap, name, touched = self.name("wrap"), self.name("wrapped"), self.touched_pool(pool)
        with self.under(f"def {wrap}(function):"):
            with self.under(f"if {self.condition(Pool(['4']))}:"):
                self.put("return function")
            self.put("@functools.wraps(function)")
            with self.under("def inner(*args, **kwargs):"):
                self.put(f"return function(*args, **kwargs) + {self.pick((1, 2))}")
            self.put("return inner")
        self.put(self.pick((f"@{wrap}", f"@{wrap}", "@functools.lru_cache(None)")))
        with self.under(f"def {name}(n, by=1):"):
            with self.under(f"if {self.condition(Pool(['n']))}:"):
                self.put("return n + by")
            self.put("return n")
        touched.read += [f"{name}({self.pick(WIDTHS)})", f"{name}(2, by=3)"]

    def finds(self, pool: Pool) -> None:
        """A function with several returns in loops and handlers."""
        name, touched = self.name("find"), self.touched_pool(pool)
        test = self.condition(Pool(["n", "k"]))
        with self.under(f"def {name}(n):"):
            if self.chance(50):
                with self.under("for k in (2, 5, 9):"):
                    with self.under(f"if k > n or {test}:"):
                        self.put(self.pick(("return k", "break", "n += 1")))
                    with self.under("if k == 5:"):
                        self.put(self.pick(("return n + 5", "continue", "n += 2")))
                with self.under("else:"):
                    self.put(self.pick(("return 7", "n += 1")))
                self.put("return n + 1")
            else:
                self.put("k = 3")
                with self.under("try:"):
                    with self.under(f"if {test}:"):
                        self.put(self.pick(("return n", "raise KeyError(n)")))
                    self.put("k += 1")
                with self.under("except KeyError:"):
                    self.put(self.pick(("return 9", "n += 3")))
                with self.under("finally:"):
                    self.put(self.pick(("n += 1", "k += n", "log.append(n)")))
                self.put("return n + k")
        touched.read.append(f"{name}({self.pick((1, 3, 6))})")
        touched.changers.append(f"{self.pick(touched.ints)} = {name}({self.pick((1, 3, 6))})")

    # -- models -------------------------------------------------------------------------------------------------

    def own_layer(self, pool: Pool) -> None:
        """A layer of the program's own, with a switch."""
        cls, name = self.name("Block"), self.name("model")
        with self.under(f"class {cls}(layers.Layer):"):
            with self.under("def __init__(self, units, deep=False):"):
                self.put("super().__init__()")
                if self.matters():
                    with self.under(f"if {self.condition(Pool(['units'], tests=['deep']))}:"):
                        self.put(self.pick(("units += 1", "deep = not deep", "units = 4")))
                self.put("self.first = layers.Dense(units)")
                if self.chance(50):
                    self.put("self.last = layers.Dense(3) if deep else None")
                    asked = "self.last is not None"
                else:
                    self.put("self.deep = deep")
                    with self.under("if deep:"):
                        self.put("self.last = layers.Dense(units + 2)")
                    asked = "self.deep"
            with self.under("def call(self, x):"):
                self.put("x = self.first(x)")
                with self.under(f"if {asked}:"):
                    self.put("x = self.last(x)")
                self.put("return x")
        deep = f", {self.switch(pool)}" if self.matters() else self.pick(("", ", True"))
        made = f"{cls}({self.number(pool)}{deep})"
        if self.chance(50):
            self.put(f"{name} = keras.Sequential([keras.Input((4,)), {made}, layers.Dense({self.number(pool)})])")
            self.after(name, pool)
        else:
            given = self.name("given")
            self.put(f"{given} = keras.Input((5,))")
            self.put(f"x = {made}({given})")
            if self.matters():
                with self.under(f"if {self.condition(pool)}:"):
                    self.put(self.pick((f"x = {cls}(3)(x)", f"x = layers.Concatenate()([x, {given}])")))
            self.put(f"{name} = keras.Model({given}, layers.Dense(2)(x))")

    def switch(self, pool: Pool) -> str:
        """A truth value that a condition decides."""
        test = self.condition(pool)
        return self.pick((f"bool({test})", f"True if {test} else False", f"not ({test})"))

    def own_model(self, pool: Pool) -> None:
        """A model class of the program's own, with a switch."""
        cls, name = self.name("Net"), self.name("model")
        with self.under(f"class {cls}(keras.Model):"):
            with self.under("def __init__(self, units, deep=False):"):
                self.put("super().__init__()")
                self.put("self.deep = deep")
                if self.matters():
                    with self.under(f"if {self.condition(Pool(['units'], tests=['deep']))}:"):
                        self.put(self.pick(("units += 2", "self.deep = True", "units = 6")))
                self.put("self.first = layers.Dense(units, activation='relu')")
                with self.under("if self.deep:"):
                    self.put("self.more = layers.Dense(units + 1)")
                self.put("self.head = layers.Dense(1)")
            with self.under("def call(self, x):"):
                self.put("x = self.first(x)")
                with self.under("if self.deep:"):
                    self.put(self.pick(("x = self.more(x)", "x = self.more(self.more(x)) if False else self.more(x)")))
                self.put("return self.head(x)")
        deep = f", {self.switch(pool)}" if self.matters() else self.pick(("", ", deep=True"))
        self.put(f"{name} = {cls}({self.number(pool)}{deep})")
        self.put(f"{name}(keras.Input(({self.pick(WIDTHS)},)))")
        if self.matters():
            with self.under(f"if {self.condition(pool)}:"):
                self.put(self.pick((f"{name}.trainable = False", f"{name}.first.trainable = False")))

    def partial_layers(self, pool: Pool) -> None:
        """Layers made by a function of which some arguments are given."""
        make, name = self.name("make"), self.name("model")
        if self.matters():
            first = f"functools.partial(layers.Dense, use_bias={self.switch(pool)})"
            other = "functools.partial(layers.Dense, activation='relu')"
            self.put(f"{make} = {self.pick((first, f'{other} if {self.condition(pool)} else {first}'))}")
        else:
            self.put(f"{make} = functools.partial(layers.Dense, activation='relu')")
        self.put(f"{name} = keras.Sequential([keras.Input((4,)), {make}({self.number(pool)}), {make}(units=2)])")
        self.after(name, pool)

    def branches(self, pool: Pool) -> None:
        """A graph whose branches hang on conditions."""
        name, given = self.name("model"), self.name("given")
        self.put(f"{given} = keras.Input((6,))")
        self.put(f"x = layers.Dense({self.number(pool)})({given})")
        matters = self.matters()
        test = self.condition(pool) if matters else self.pick(("True", "False"))
        if self.chance(50):
            self.put(f"skip = x if {test} else None")
            self.put("x = layers.Dropout(0.2)(x)")
            with self.under("if skip is not None:"):
                self.put(self.pick(("x = layers.Add()([x, skip])", "x = layers.Concatenate()([skip, x])")))
        else:
            self.put(f"parts = [x, *([layers.Dense({self.number(pool)})(x)] if {test} else [])]")
            if matters and self.chance(40):
                with self.under(f"if {self.condition(pool)}:"):
                    self.put(f"parts.append({given})")
            self.put("x = layers.Concatenate()(parts) if len(parts) > 1 else parts[0]")
        if matters and self.chance(50):
            with self.under(f"for n in [w for w in (3, 5) if w > 4 or {self.condition(pool)}]:"):
                self.put("x = layers.Dense(n)(x)")
        self.put(f"{name} = keras.Model({given}, layers.Dense(1)(x))")

    def keywords(self, pool: Pool) -> None:
        """Arguments of a layer in a dictionary."""
        name, given = self.name("model"), self.name("given")
        if self.matters():
            extra = f"**({{'use_bias': False}} if {self.condition(pool)} else {{}})"
            units = self.number(pool)
            self.put(self.pick((f"{given} = {{'units': {units}, {extra}}}", f"{given} = dict(units={units})")))
            changes = (f"{given}['use_bias'] = False", f"{given}['units'] = 3", f"{given}.update(use_bias=True)")
            with self.under(f"if {self.condition(pool)}:"):
                self.put(self.pick(changes))
        else:
            self.put(f"{given} = {{'units': {self.number(pool)}, 'activation': 'relu'}}")
        self.put(f"{name} = keras.Sequential([keras.Input((4,)), layers.Dense(**{given}), layers.Dense(2)])")
        self.after(name, pool)

    def chosen_builder(self, pool: Pool) -> None:
        """Builders in a table."""
        wide, slim, name = self.name("build"), self.name("build"), self.name("model")
        for build, last in ((wide, "layers.Dense(n + 2), layers.Dense(1)"), (slim, "layers.Dropout(0.2)")):
            with self.under(f"def {build}(n, classes=3):"):
                made = f"[keras.Input((4,)), layers.Dense(n), {last}, layers.Dense(classes)]"
                self.put(f"return keras.Sequential({made})")
        key = f'"wide" if {self.condition(pool)} else "slim"' if self.matters() else self.pick(('"wide"', '"slim"'))
        self.put(f'{name} = {{"wide": {wide}, "slim": {slim}}}[{key}]({self.number(pool)})')
        self.after(name, pool)

    def specification(self, pool: Pool) -> None:
        """A model written down as a list, and built by a loop."""
        name, spec = self.name("model"), self.name("spec")
        self.put(f'{spec} = [("dense", {self.number(pool)}), ("drop", 0.5), ("dense", {self.number(pool)})]')
        if self.matters():
            with self.under(f"if {self.condition(pool)}:"):
                changes = (f'{spec}.append(("dense", 3))', f"{spec}.pop(1)", f'{spec}.insert(0, ("norm", None))')
                self.put(self.pick(changes))
        self.put(f"{name} = keras.Sequential([keras.Input((5,))])")
        with self.under(f"for kind, value in {spec}:"):
            if self.chance(50):
                with self.under("match kind:"):
                    with self.under('case "dense":'):
                        self.put(f"{name}.add(layers.Dense(value))")
                    with self.under('case "drop":'):
                        self.put(f"{name}.add(layers.Dropout(value))")
                    with self.under("case _:"):
                        self.put(f"{name}.add(layers.BatchNormalization())")
            else:
                with self.under('if kind == "dense":'):
                    self.put(f"{name}.add(layers.Dense(value))")
                with self.under(f"elif kind == 'drop'{f' and ({self.condition(pool)})' if self.matters() else ''}:"):
                    self.put(f"{name}.add(layers.Dropout(value))")
                with self.under("elif value is None:"):
                    self.put(f"{name}.add(layers.BatchNormalization())")
        self.after(name, pool)

    def nested(self, pool: Pool) -> None:
        """A model in a model."""
        base, name = self.name("base"), self.name("model")
        self.put(f"{base} = keras.Sequential([keras.Input((4,)), layers.Dense({self.number(pool)}), layers.Dense(3)])")
        if self.matters():
            self.put(f"{base}.trainable = {self.switch(pool)}")
        head = f"layers.Dense({self.number(pool)})"
        if self.chance(50):
            self.put(f"{name} = keras.Sequential([keras.Input((4,)), {base}, {head}])")
        else:
            given = self.name("given")
            self.put(f"{given} = keras.Input((4,))")
            self.put(f"{name} = keras.Model({given}, {head}({base}({given})))")
        if self.matters():
            test = f"isinstance(layer, layers.Dense) and {self.condition(pool)}"
            with self.under(f"for layer in {base}.layers:"), self.under(f"if {test}:"):
                self.put("layer.trainable = False")

    def rebuilt(self, pool: Pool) -> None:
        """A model that is made where there is none yet."""
        name = self.name("model")
        first = f"keras.Sequential([keras.Input((4,)), layers.Dense({self.number(pool)})])"
        self.put(f"{name} = {first} if {self.condition(pool)} else None" if self.matters() else f"{name} = None")
        with self.under(f"if {self.pick((f'{name} is None', f'not {name}'))}:"):
            self.put(f"{name} = keras.Sequential([keras.Input((3,)), layers.Dense({self.number(pool)})])")
        self.put(f"{name}.add(layers.Dense(1))")
        self.after(name, pool)
