"""Further constructs of random programs: idioms in which Python programs ask for flags and go on with the answers.

Comprehensions over the names of flags, keys that may be missing, patterns for dictionaries and types, names that are
bound in conditions, guards that leave a round early, functions that share a variable, blocks that always end with
something, arguments that are only given by name. Written and picked like those of `flag_constructs.py`.
"""

from __future__ import annotations

from dataclasses import replace

from flag_writer import WIDTHS, Definition, Pool, Statement, Where, Writer


class Idioms(Writer):
    """Writes idioms."""

    def idiomatic_statements(self) -> tuple[Statement, ...]:
        """Statements with blocks, and those with conditions in them."""
        return (
            self.over_flags, self.lookups, self.mappings, self.types, self.bound_in_tests, self.skipped_rounds,
            self.ends, self.maybe_unbound, self.retries,
        )  # fmt: skip

    def idiomatic_helpers(self) -> tuple[Definition, ...]:
        """Definitions."""
        return self.counters, self.named_only, self.cleans_up, self.tables, self.nested_functions

    def idiomatic_models(self) -> tuple[Definition, ...]:
        """Models."""
        return self.folded, self.matched_head, self.made_by_name, self.parts_by_name, self.cleaned_up

    # -- what they are written with -----------------------------------------------------------------------------

    def _flag_names(self) -> list[str]:
        """The flags that each question of `_question` makes sense for."""
        return [flag for flag in self.flags if flag.startswith("FLAG_")][:3]

    def _question(self) -> str:
        """A question about the variable that `name` names."""
        return self.pick(
            ("os.environ.get(name)", "name in os.environ", 'os.environ.get(name, "0") == "1"', "not os.getenv(name)")
        )

    # -- statements ---------------------------------------------------------------------------------------------

    def over_flags(self, pool: Pool, where: Where) -> None:
        """A comprehension, or a loop, over the names of flags."""
        touched, names = self.concerned(pool), self._flag_names()
        if not names:
            self.put("log.append(10)")
            return
        target, asked = self.pick(touched.ints), self._question()
        changes = [
            f"{target} = 2 + sum(1 for name in {names} if {asked})",
            f"{target} = len([name for name in {names} if {asked}]) + 3",
            f"{target} = max((len(name) for name in {names} if {asked}), default=4)",
            f"{target} = 4 if any({asked} for name in {names}) else 5",
            f"{target} = 6 if all({asked} for name in {names}) else 3",
            f"{target} = len({{name: 1 for name in {names} if {asked}}}) + 2",
        ]
        if touched.lists:
            ws = self.pick(touched.lists)
            changes += [
                f"{ws} = [len(name) + {self.pick((1, 2))} for name in {names} if {asked}] or [3]",
                f"{ws} = [5 if {asked} else 2 for name in {names}]",
                f"{ws} = [w for w, on in zip({ws}, [bool({asked}) for name in {names}]) if on or w > 4]",
            ]
        if self.chance(70):
            self.put(self.pick(changes))
            return
        chosen = self.name("chosen")
        self.put(f"{chosen} = {{name: os.environ.get(name) for name in {names}}}")
        with self.under(f"for name, value in {chosen}.items():"):
            with self.under(self.pick(("if value is None:", "if not value:", 'if value == "1":'))):
                self.put("continue")
            self.put(self.pick((f"{target} = {self.pick(WIDTHS)}", f"{target} += 1")))

    def lookups(self, pool: Pool, where: Where) -> None:
        """A dictionary of which a key may be missing, and what is done then."""
        touched, given = self.concerned(pool), self.name("given")
        target, a, b = self.pick(touched.ints), self.pick(WIDTHS), self.pick(WIDTHS)
        self.put(
            self.pick(
                (
                    f"{given} = {{'units': {a}}} | ({{'extra': {b}}} if {self.condition(pool)} else {{}})",
                    f"{given} = {{key: {a} for key in ('units', 'extra') if key == 'units' or {self.condition(pool)}}}",
                    f"{given} = dict(units={a}, **({{'extra': {b}}} if {self.condition(pool)} else {{}}))",
                    f"{given} = {{'units': {{'extra': {b}}} if {self.condition(pool)} else {{}}}}.get('units')",
                )
            )
        )
        if self.chance(40):
            with self.under("try:"):
                self.put(f"{target} = {given}['extra']")
                if self.chance(50):
                    self.block(touched, replace(where, depth=where.depth + 1), 1)
            with self.under(f"except {self.pick(('KeyError', 'LookupError'))}:"):
                self.put(f"{target} {self.pick(('=', '+='))} {self.pick(WIDTHS)}")
        elif self.chance(50):
            with self.under(f"if (extra := {given}.get('extra')) is not None and ({self.condition(pool)}):"):
                self.put(f"{target} = extra + 1")
        else:
            self.put(f"{target} = {given}.{self.pick(('get', 'pop', 'setdefault'))}('extra', {self.pick(WIDTHS)})")
            self.put(f"{self.pick(touched.ints)} = len({given}) + 2")

    def mappings(self, pool: Pool, where: Where) -> None:
        """`match` on a dictionary."""
        touched, given = self.concerned(pool), self.name("given")
        target, a = self.pick(touched.ints), self.pick(WIDTHS)
        self.put(f"{given} = {{'kind': 'wide' if {self.condition(pool)} else 'slim', 'units': {a}}}")
        if self.chance(60):
            with self.under(f"if {self.condition(pool)}:"):
                self.put(f"{given}['extra'] = {self.pick(WIDTHS)}")
        cases = (
            (("{'extra': n}", f"{target} = n"), ("{'kind': 'wide'}", f"{target} = 3"), ("_", f"{target} += 1")),
            (("{'kind': 'slim', 'units': n}", f"{target} = n + 1"), ("{'kind': kind}", f"{target} = len(kind)")),
            (("{'units': n, **rest}", f"{target} = n + len(rest)"),),
            ((f"{{'units': n}} if n > 4 or {self.condition(pool)}", f"{target} = n"), ("{}", f"{target} = 2")),
        )
        with self.under(f"match {given}:"):
            for case, change in self.pick(cases):
                with self.under(f"case {case}:"):
                    self.put(change)

    def types(self, pool: Pool, where: Where) -> None:
        """`match` on the value of a variable, by its type, its text, a guard."""
        names = [flag for flag in self.flags if flag.partition("_")[0] in ("FLAG", "MODE", "D")]
        if not names:
            self.put("log.append(11)")
            return
        touched, deeper, flag = self.concerned(pool), replace(where, depth=where.depth + 1), self.pick(names)
        one = repr({"FLAG": "1", "MODE": "big", "D": "7"}[flag.partition("_")[0]])
        may_be_empty = flag.startswith("FLAG_")
        guard, missing = (" if value", "None | ''") if may_be_empty else ("", "None")
        cases = (
            (f"str() as value{guard}", "_"),
            (missing, one, "_"),
            (f"str(value) if {self.condition(pool)}", "None"),
            ("value if value is None", f"value if value in ({one}, 3)", "_"),
        )
        with self.under(f'match os.environ.get("{flag}"):'):
            for case in self.pick(cases):
                with self.under(f"case {case}:"):
                    self.block(touched, deeper, 2)

    def bound_in_tests(self, pool: Pool, where: Where) -> None:
        """Names that conditions bind, and that are used behind them."""
        touched, value = self.concerned(pool), self.name("value")
        target, flag = self.pick(touched.ints), self.pick(self.flags)
        deeper = replace(where, depth=where.depth + 1)
        roll = self.rng.randrange(4)
        if roll == 0:
            self.put(f"{target} = {self.pick(WIDTHS)} if ({value} := bool({self.test(flag)})) else 4")
            with self.under(f"if {value} and {self.condition(pool)}:"):
                self.block(touched, deeper, 2)
        elif roll == 1:
            self.put(f"{value} = {self.pick((3, 5, 9))}")
            with self.under(f"while ({value} := {value} - 2) > 0 and ({self.condition(pool)}):"):
                self.put(f"{target} = {value} + 1")
        elif roll == 2 and touched.lists:
            ws = self.pick(touched.lists)
            self.put(f"{value} = 2")
            self.put(f"{ws} = [{value} for w in {ws} if ({value} := w + 1) > 4 or {self.test(flag)}] or [3]")
            self.put(f"{target} = {value}")
        else:
            self.put(f"{value} = 0")
            with self.under(f"if {self.condition(pool)} and ({value} := {self.pick(WIDTHS)}) > 4:"):
                self.block(touched, deeper, 1)
            with self.under(f"elif ({value} := {value} + 3) > 5 or {self.test(flag)}:"):
                self.block(touched, deeper, 1)
            self.put(f"{target} = {value} + 2")

    def skipped_rounds(self, pool: Pool, where: Where) -> None:
        """Guards at the beginning of each."""
        if where.rounds > 1:
            self.put("log.append(12)")
            return
        touched, step = self.concerned(pool), self.name("k")
        target, last = self.pick(touched.ints), self.name("last")
        over = self.pick(("range(3)", "(2, 5, 9)", "enumerate('ab', 1)", *touched.lists))
        self.put(f"{last} = 0")
        with self.under(f"for {f'{step}, letter' if over[:2] == 'en' else step} in {over}:"):
            with self.under(f"if {step} {self.pick(('== 1', '> 4', '% 2'))} and {self.condition(pool)}:"):
                self.put("continue")
            if self.chance(60):
                with self.under(f"if {self.condition(pool)}:"):
                    self.put(self.pick(("continue", f"{target} += 1", f"{last} = {step}")))
                    if self.chance(50):
                        self.put("continue")
            self.put(f"{last} {self.pick(('=', '+='))} {step}")
            if self.chance(30):
                with self.under(f"if {last} > {self.pick((2, 5))}:"):
                    self.put("break")
        self.put(f"{target} = {last} + 2")

    def ends(self, pool: Pool, where: Where) -> None:
        """Blocks that always end with something, in a loop that they may leave."""
        if where.rounds > 1:
            self.put("log.append(13)")
            return
        touched, step = self.concerned(pool), self.name("k")
        one, other = self.pick(touched.ints), self.pick(touched.ints)
        with self.under(f"for {step} in {self.pick(('(1, 2)', '(3, 1, 2)'))}:"):
            with self.under("try:"):
                with self.under(f"if {step} > 1 and {self.condition(pool)}:"):
                    self.put(self.pick(("break", "continue", "raise KeyError(3)")))
                self.put(f"{one} += {step}")
                if self.chance(40):
                    with self.under(f"if {self.condition(pool)}:"):
                        self.put(self.pick(("continue", "raise KeyError", f"{other} = 3")))
            with self.under("except KeyError:"):
                self.put(self.pick(("break", f"{one} = {self.pick(WIDTHS)}", "pass")))
            if self.chance(40):
                with self.under("else:"):
                    self.put(f"{one} += 1")
            with self.under("finally:"):
                self.put(self.pick((f"{other} += 2", f"{other} = {step}", f"{one} += 1")))

    def maybe_unbound(self, pool: Pool, where: Where) -> None:
        """A name that is bound in some of the cases."""
        touched, value = self.concerned(pool), self.name("value")
        target = self.pick(touched.ints)
        with self.under(f"if {self.condition(pool)}:"):
            self.put(f"{value} = {self.pick(WIDTHS)}")
        if self.chance(40):
            with self.under(f"if {self.condition(pool)}:"):
                self.put(f"{value} = {self.pick(WIDTHS)}")
        with self.under("try:"):
            self.put(self.pick((f"{target} = {value}", f"{target} += {value}", f"del {value}")))
        with self.under("except NameError:"):
            self.put(f"{target} = {self.pick(WIDTHS)}")

    def retries(self, pool: Pool, where: Where) -> None:
        """A number of attempts, of which the last one ends otherwise."""
        digits = [flag for flag in self.flags if flag.startswith("D_")]
        if not digits or where.rounds:
            self.put("log.append(14)")
            return
        touched, tries = self.concerned(pool), self.name("tries")
        target = self.pick(touched.ints)
        with self.under(f"for {tries} in range({self.pick((2, 3))}):"):
            with self.under("try:"):
                self.put(f'number = int(os.environ["{digits[0]}"])')
                with self.under(f"if number > 3 and {self.condition(pool)}:"):
                    self.put("raise ValueError(number)")
            with self.under("except (KeyError, ValueError):"):
                with self.under(f"if {tries} > 0:"):
                    self.put(f"{target} = {self.pick(WIDTHS)}")
                    self.put(self.pick(("break", "continue", "pass")))
                self.put(f"{target} += 1")
            with self.under("else:"):
                self.put(self.pick((f"{target} = 5", "break")))

    # -- helpers ------------------------------------------------------------------------------------------------

    def counters(self, pool: Pool) -> None:
        """Two functions that share a variable."""
        name, bump, read = self.name("counter"), self.name("bump"), self.name("read")
        touched = self.touched_pool(pool)
        with self.under(f"def {name}(start):"):
            self.put("count = start")
            with self.under("def bump(by=1):"):
                self.put("nonlocal count")
                with self.under(f"if {self.condition(Pool(['count', 'by']))}:"):
                    self.put(self.pick(("count += by", "return count", "count = by")))
                self.put("count += 1")
                self.put("return count")
            with self.under("def read():"):
                self.put("return count")
            self.put("return bump, read")
        self.put(f"{bump}, {read} = {name}({self.pick(WIDTHS)})")
        touched.changers += [f"{bump}()", f"{bump}(by=2)", f"{self.pick(touched.ints)} = {bump}()"]
        touched.read.append(f"{read}()")
        touched.tests.append(f"{read}() > {self.pick((4, 8))}")

    def named_only(self, pool: Pool) -> None:
        """A function whose arguments are given by name, with defaults that are set where it is defined."""
        name, touched = self.name("sized"), self.touched_pool(pool)
        default = f"{self.pick(WIDTHS)} if {self.condition(Pool(['4']))} else {self.pick(WIDTHS)}"
        deep = f"bool({self.test(self.pick(self.flags))})"
        with self.under(f"def {name}(n=2, *, units={default}, deep={self.pick(('False', deep))}, widths=(3, 5)):"):
            with self.under(f"if {self.condition(Pool(['units', 'n'], tests=['deep', 'not deep']))}:"):
                self.put(self.pick(("units += n", "return units", "deep = not deep", "widths = (2,)")))
            self.put(self.pick(("return units + len(widths)", "return units + n * deep + 1", "return sum(widths, n)")))
        test = self.test(self.pick(self.flags))
        touched.read += [f"{name}()", f"{name}(units={self.pick(WIDTHS)})", f"{name}(3, deep=bool({test}))"]
        touched.changers.append(f"{self.pick(touched.ints)} = {name}(deep=True)")

    def cleans_up(self, pool: Pool) -> None:
        """A function that leaves through `finally`."""
        name, done = self.name("tidy"), self.name("done")
        touched = self.touched_pool(pool)
        self.put(f"{done} = []")
        test = self.condition(Pool(["n"]))
        with self.under(f"def {name}(n):"):
            with self.under("try:"):
                with self.under(f"if {test}:"):
                    self.put(self.pick(("return n", "n += 2", "raise ValueError(n)")))
                self.put(self.pick(("n += 1", "return n + 3")))
            if self.chance(60):
                with self.under("except ValueError:"):
                    self.put(self.pick(("n = 4", "return 6")))
            else:
                with self.under("except ValueError as error:"):
                    self.put("n = error.args[0] if error.args else 3")
            with self.under("finally:"):
                self.put(f"{done}.append(n)")
                if self.chance(20):
                    with self.under(f"if {self.condition(Pool(['n']))}:"):
                        self.put("return n + 5")
            self.put("return n")
        touched.read.append(f"len({done}) + 2")
        touched.tests.append(f"len({done}) > 1")
        touched.changers += [f"{name}(3)", f"{self.pick(touched.ints)} = {name}({self.pick(WIDTHS)})"]

    def tables(self, pool: Pool) -> None:
        """A dictionary that a comprehension makes of flags."""
        name, touched, names = self.name("switched"), self.touched_pool(pool), self._flag_names()
        if not names:
            return
        self.put(f"{name} = {{name: bool({self._question()}) for name in {names}}}")
        touched.read += [f"sum({name}.values()) + 2", f"len([key for key in {name} if {name}[key]]) + 1"]
        touched.tests += [f"any({name}.values())", f"all({name}.values())", f"{name}['{names[-1]}']"]
        touched.changers.append(f"{name}['{names[0]}'] = True")

    def nested_functions(self, pool: Pool) -> None:
        """A function that defines one in an arm, and one that changes what both see."""
        name, touched = self.name("outer"), self.touched_pool(pool)
        with self.under(f"def {name}(n):"):
            self.put("sizes = [n]")
            self.put("best = n")
            with self.under("def note(w):"):
                self.put("nonlocal best")
                with self.under(f"if w > best {self.pick(('and', 'or'))} {self.test(self.pick(self.flags))}:"):
                    self.put(self.pick(("best = w", "best += 1", "return")))
                self.put("sizes.append(w)")
            with self.under(f"for w in {self.pick(('(3, 6)', '(9, 2, 4)'))}:"):
                if self.chance(50):
                    with self.under(f"if {self.condition(Pool(['w', 'best'], ['sizes']))}:"):
                        self.put(self.pick(("continue", "break", "note(2)")))
                self.put("note(w)")
            self.put(f"return {self.pick(('best', 'best + len(sizes)', 'sizes[-1] + 1', 'sum(sizes)'))}")
        touched.read.append(f"{name}({self.pick((2, 4))})")
        touched.changers.append(f"{self.pick(touched.ints)} = {name}({self.pick(WIDTHS)})")

    # -- models -------------------------------------------------------------------------------------------------

    def folded(self, pool: Pool) -> None:
        """A graph of layers that a comprehension or a fold makes."""
        name, given = self.name("model"), self.name("given")
        ws = self.pick(pool.lists) if pool.lists else "(4, 3)"
        kept = f" if w > 3 or {self.condition(pool)}" if self.matters() else ""
        self.put(f"{given} = keras.Input(({self.pick(WIDTHS)},))")
        if self.chance(50):
            self.put(f"x = functools.reduce(lambda x, w: layers.Dense(w)(x), [w for w in {ws}{kept}], {given})")
        else:
            self.put(f"x = {given}")
            with self.under(f"for dense in [layers.Dense(w + 1) for w in {ws}{kept}]:"):
                self.put("x = dense(x)")
        self.put(f"{name} = keras.Model({given}, layers.Dense({self.number(pool)})(x))")

    def matched_head(self, pool: Pool) -> None:
        """A head that a pattern chooses."""
        name, head = self.name("model"), self.name("head")
        self.put(f"{name} = keras.Sequential([keras.Input((4,)), layers.Dense({self.number(pool)})])")
        deep = f"bool({self.condition(pool)})" if self.matters() else self.pick(("True", "False"))
        wide = f"bool({self.condition(pool)})" if self.matters() else "False"
        self.put(f"{head} = {{'deep': {deep}, 'wide': {wide}, 'units': {self.number(pool)}}}")
        with self.under(f"match {head}:"):
            with self.under("case {'deep': True, 'wide': True}:"):
                self.put(f"{name}.add(layers.Dense(9))")
            with self.under("case {'deep': True, 'units': n} | {'wide': True, 'units': n}:"):
                self.put(f"{name}.add(layers.Dense(n))")
            if self.chance(60):
                with self.under("case _:"):
                    self.put(f"{name}.add(layers.Dropout(0.2))")
        self.after(name, pool)

    def made_by_name(self, pool: Pool) -> None:
        """A function that builds, whose arguments are given by name."""
        build, name = self.name("build"), self.name("model")
        with self.under(f"def {build}(*, units={self.number(pool)}, widths=(4,), drop=None):"):
            self.put("net = keras.Sequential([keras.Input((6,)), layers.Dense(units)])")
            with self.under("def more(w):"):
                self.put("nonlocal units")
                self.put("units += w")
                self.put("net.add(layers.Dense(units))")
            with self.under("for w in widths:"):
                if self.matters():
                    with self.under(f"if {self.condition(Pool(['w', 'units']))}:"):
                        self.put("continue")
                self.put("more(w)")
            with self.under("if drop:"):
                self.put("net.add(layers.Dropout(drop))")
            self.put("return net")
        given = ["", f"units={self.number(pool)}", f"widths=({self.number(pool)}, 2)"]
        if self.matters():
            given += [f"drop=0.3 if {self.condition(pool)} else None"] * 2
            given.append(f"**({{'units': 4}} if {self.condition(pool)} else {{}})")
        self.put(f"{name} = {build}({self.pick(given)})")
        self.after(name, pool)

    def parts_by_name(self, pool: Pool) -> None:
        """Layers in a dictionary, of which some may be missing."""
        name, parts = self.name("model"), self.name("parts")
        kept = f" if w != 3 or {self.condition(pool)}" if self.matters() else ""
        self.put(f"{parts} = {{f'dense{{w}}': layers.Dense(w + 1) for w in (2, 3){kept}}}")
        if self.matters():
            with self.under(f"if {self.condition(pool)}:"):
                changes = (f"{parts}['last'] = layers.Dropout(0.2)", f"del {parts}['dense2']", f"{parts}.clear()")
                self.put(self.pick(changes))
        self.put(
            f"{name} = keras.Sequential([keras.Input((4,)), *{parts}.values(), layers.Dense({self.number(pool)})])"
        )
        with self.under(f"if 'dense3' in {parts}:"):
            self.put(self.pick((f"{name}.add(layers.Dense(3))", f"{parts}['dense3'].trainable = False")))
        self.after(name, pool)

    def cleaned_up(self, pool: Pool) -> None:
        """A model that is added to whatever happens."""
        name = self.name("model")
        self.put(f"{name} = keras.Sequential([keras.Input((4,))])")
        with self.under("try:"):
            self.put(f"{name}.add(layers.Dense({self.number(pool)}))")
            if self.matters():
                with self.under(f"if {self.condition(pool)}:"):
                    self.put('raise KeyError("no")')
            self.put(f"{name}.add(layers.Dense({self.number(pool)}))")
        with self.under("except KeyError:"):
            self.put(self.pick(("pass", f"{name}.add(layers.Dropout(0.2))")))
        with self.under("finally:"):
            self.put(f"{name}.add(layers.Dense({self.number(pool)}))")
        self.after(name, pool)
