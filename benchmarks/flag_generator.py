"""Random programs whose Keras models hang on flags of the environment.

A program builds models of a few layers with widths, lists and helpers that are changed under conditions. How many of
the changes touch what the models are made of differs from program to program: in some, none does.
"""

from __future__ import annotations

import random
from dataclasses import replace

from flag_constructs import Constructs
from flag_idioms import Idioms
from flag_writer import DOMAINS, WIDTHS, Pool, Statement, Where

__all__ = ["DOMAINS", "Generator", "program"]


class Generator(Constructs, Idioms):
    """Writes one program."""

    # -- statements ---------------------------------------------------------------------------------------------

    def block(self, pool: Pool, where: Where, most: int = 3) -> None:
        inner = pool.copy()
        for _ in range(self.rng.randrange(1, most + 1)):
            self.statement(inner, where)
        if where.depth and where.loop and self.chance(12):
            with self.under(f"if {self.condition(pool)}:"):
                self.put("break" if where.loop == "while" or self.chance(60) else "continue")
        if where.depth and where.function and self.chance(20):
            with self.under(f"if {self.condition(pool)}:"):
                self.put(f"return {self.number(inner)}")

    def statement(self, pool: Pool, where: Where) -> None:
        plain = (self.assign, self.assign, self.change_list, self.change_model, self.change_elsewhere)
        forks = (
            self.branch, self.branch, self.branch, self.choose, self.attempt, self.attempt, self.files, self.rounds,
            self.whiles, self.matches, self.guarded, self.two_names, self.filtered, self.lambdas, self.walrus,
            self.leaves, *self.further_statements(), *self.idiomatic_statements(),
        )  # fmt: skip
        kinds: tuple[Statement, ...]
        if where.depth >= 3 or len(self.lines) > (140 if self.busy else 70):
            kinds = plain
        else:
            kinds = plain if self.chance(45) else forks
        self.pick(kinds)(pool, where)

    def assign(self, pool: Pool, where: Where) -> None:
        target = self.pick(pool.ints)
        if where.rounds == 0 and self.chance(15):
            self.put(f"{target} *= 2")
        elif self.chance(50):
            self.put(f"{target} += {self.pick((1, 2, 4))}")
        elif where.rounds:
            self.put(f"{target} = {self.pick(WIDTHS)}")
        else:
            self.put(f"{target} = {self.number(pool)}")

    def change_list(self, pool: Pool, where: Where) -> None:
        if not pool.lists:
            self.assign(pool, where)
            return
        ws, value = self.pick(pool.lists), self.number(pool) if where.rounds == 0 else str(self.pick(WIDTHS))
        change = self.pick(
            (
                f"{ws}.append({value})",
                f"{ws}.append({value})",
                f"{ws}.insert(0, {value})",
                f"{ws}[0:1] = [{value}]",
                f"{ws} = {ws} + [{value}]",
                f"{ws} += [{value}]",
                f"{ws}.extend([{value}, 3])",
                f"{ws}.reverse()",
                f"{ws} = list({ws})",
                f"{ws} = {ws}[:2]",
                f"del {ws}[1:]",
            )
        )
        self.put(change)

    def change_model(self, pool: Pool, where: Where) -> None:
        if not pool.models or where.rounds > 1:
            self.change_list(pool, where)
            return
        model = self.pick(pool.models)
        self.put(
            self.pick(
                (
                    f"{model}.add(layers.Dense({self.number(pool)}))",
                    f"{model}.add(layers.Dense({self.number(pool)}))",
                    f"{model}.add(layers.Dropout(0.5))",
                    f"{model}.trainable = False",
                    f"{model}.layers[-1].trainable = False",
                    f"{model}.pop() if len({model}.layers) > 1 else None",
                    f"for layer in {model}.layers[:-1]: layer.trainable = False",
                )
            )
        )

    def change_elsewhere(self, pool: Pool, where: Where) -> None:
        if pool.changers:
            self.put(self.pick(pool.changers))
        else:
            self.put(
                self.pick(('print("step")', 'folder = "runs/" + "a"', "table = np.zeros((20, 4))", "log.append(1)"))
            )

    def branch(self, pool: Pool, where: Where) -> None:
        deeper, touched = replace(where, depth=where.depth + 1), self.concerned(pool)
        with self.under(f"if {self.condition(pool)}:"):
            self.block(touched, deeper)
        while self.chance(20):
            with self.under(f"elif {self.condition(pool)}:"):
                self.block(self.concerned(pool), deeper, 2)
        if self.chance(40):
            with self.under("else:"):
                self.block(self.concerned(pool), deeper, 2)

    def choose(self, pool: Pool, where: Where) -> None:
        touched = self.concerned(pool)
        self.put(f"{self.pick(touched.ints)} = {self.choice(touched)}")

    def attempt(self, pool: Pool, where: Where) -> None:
        deeper, touched = replace(where, depth=where.depth + 1), self.concerned(pool)
        digits = [flag for flag in self.flags if flag.startswith("D_")]
        extras = [flag for flag in self.flags if flag.startswith("extra_")]
        files = [flag for flag in self.flags if flag.startswith("file_")]
        steps: list[tuple[str, str]] = []
        if digits:
            number = f'int(os.environ["{digits[0]}"])'
            steps += [(f"cap = {number}", "(KeyError, ValueError)"), (f"{number}", "Exception")]
            steps += [(f"{self.pick(touched.ints)} = {number}", "(KeyError, ValueError)")]
        if extras:
            steps += [(f"import {extras[0]}", "ImportError")]
        if files:
            steps += [
                (f'text = open("{files[0]}.txt").read()', "OSError"),
                (f'open("{files[0]}.txt")', "FileNotFoundError"),
            ]
        flags = [flag for flag in self.flags if flag.startswith("FLAG_")]
        if flags:
            steps += [(f'os.environ["{flags[0]}"]', "KeyError")]
        steps += [(f"{self.pick(touched.ints)} = {call}", raised) for call, raised in touched.raising]
        if not steps or self.chance(10):
            with self.under("try:"):
                self.block(touched, deeper)
            with self.under("finally:"):
                self.block(self.concerned(pool), replace(deeper, loop="", function=False), 1)
            return
        step, error = self.pick(steps)
        with self.under("try:"):
            if self.chance(50):
                self.block(touched, deeper, 2)
            self.put(step)
            if self.chance(60):
                self.block(touched, deeper, 2)
        with self.under(f"except {error}:"):
            if self.chance(40):
                self.put("pass")
            else:
                self.block(self.concerned(pool), deeper, 2)
        if self.chance(20):
            with self.under("else:"):
                self.block(self.concerned(pool), deeper, 1)
        if self.chance(15):
            with self.under("finally:"):
                self.block(self.concerned(pool), replace(deeper, loop="", function=False), 1)

    def files(self, pool: Pool, where: Where) -> None:
        data = [flag for flag in self.flags if flag.startswith("data_")]
        if not data:
            self.branch(pool, where)
            return
        deeper = replace(where, depth=where.depth + 1, loop="for", rounds=where.rounds + 1)
        with self.under(f'for path in glob.glob("{data[0]}/*.csv"):'):
            self.block(self.concerned(pool), deeper, 2)
        if self.chance(20):
            with self.under("else:"):
                self.block(self.concerned(pool), replace(where, depth=where.depth + 1), 1)

    def rounds(self, pool: Pool, where: Where) -> None:
        if where.rounds > 1:
            self.branch(pool, where)
            return
        touched = self.concerned(pool).copy()
        step = self.name("k")
        touched.read.append(step)
        deeper = replace(where, depth=where.depth + 1, loop="for", rounds=where.rounds + 1)
        walked = self.pick(("range(2)", "range(1, 4)", "(2, 4, 6)", "[3, 5]"))
        with self.under(f"for {step} in {walked}:"):
            if self.chance(60):
                with self.under(f"if {self.condition(pool)}:"):
                    if self.chance(30):
                        self.put(self.pick(("continue", "break")))
                    else:
                        self.block(touched, replace(deeper, depth=deeper.depth + 1), 2)
            self.block(touched, deeper, 2)
        if self.chance(15):
            with self.under("else:"):
                self.block(touched, replace(where, depth=where.depth + 1), 1)

    def whiles(self, pool: Pool, where: Where) -> None:
        if where.rounds > 1:
            self.branch(pool, where)
            return
        count = self.name("count")
        deeper = replace(where, depth=where.depth + 1, loop="while", rounds=where.rounds + 1)
        numbers = [flag for flag in self.flags if flag.startswith("N_")]
        self.put(f"{count} = 0")
        if numbers and self.chance(60):
            header = f'while {count} < int(os.environ.get("{numbers[0]}", "3")):'
        elif self.chance(50):
            header = f"while {count} < 2 and {self.test(self.pick(self.flags))}:"
        else:
            header = "while True:"
        with self.under(header):
            self.put(f"{count} += 1")
            if header == "while True:":
                with self.under(f"if {count} > 2 or {self.test(self.pick(self.flags))}:"):
                    self.put("break")
            self.block(self.concerned(pool), deeper, 2)

    def matches(self, pool: Pool, where: Where) -> None:
        mode = next((flag for flag in self.flags if flag.startswith("MODE")), None)
        if mode is None:
            self.branch(pool, where)
            return
        deeper = replace(where, depth=where.depth + 1)
        self.indent += 0
        with self.under(f'match os.environ.get("{mode}"):'):
            for case in self.pick(
                (('"big"',), ('"big"', '"small"'), ('"big"', "_"), ("None", "_"), ('"big" | "small"',))
            ):
                with self.under(f"case {case}:"):
                    self.block(self.concerned(pool), deeper, 2)

    def guarded(self, pool: Pool, where: Where) -> None:
        deeper, touched = replace(where, depth=where.depth + 1), self.concerned(pool)
        digits = [flag for flag in self.flags if flag[0] in "DF" and flag[1] in "_L"]
        if not digits:
            self.branch(pool, where)
            return
        with self.under("with contextlib.suppress(KeyError, ValueError):"):
            if self.chance(50):
                self.block(touched, deeper, 1)
            self.put(f'int(os.environ["{digits[0]}"])')
            self.block(touched, deeper, 2)
        if self.chance(20):
            with self.under("with contextlib.nullcontext():"):
                self.block(touched, deeper, 1)

    def two_names(self, pool: Pool, where: Where) -> None:
        """Another name for a list, changed in an arm."""
        touched = self.concerned(pool)
        if not touched.lists:
            self.branch(pool, where)
            return
        other = self.name("also")
        first = self.pick(touched.lists)
        if self.chance(50):
            self.put(f"{other} = {first}")
        else:
            self.put(f"{other} = {first} if {self.condition(pool)} else {self.pick((f'list({first})', '[7]'))}")
        touched = touched.copy()
        touched.lists.append(other)
        with self.under(f"if {self.condition(pool)}:"):
            self.put(f"{other}.append({self.pick(WIDTHS)})")
            self.block(touched, replace(where, depth=where.depth + 1), 1)
        self.put(f"{self.pick(touched.lists)}.append({self.pick(WIDTHS)})")

    def filtered(self, pool: Pool, where: Where) -> None:
        touched = self.concerned(pool)
        if not touched.lists:
            self.branch(pool, where)
            return
        ws = self.pick(touched.lists)
        self.put(f"{ws} = [w for w in {ws} if w > {self.pick(WIDTHS)} or {self.test(self.pick(self.flags))}]")

    def lambdas(self, pool: Pool, where: Where) -> None:
        """A function that a condition chooses."""
        touched, name = self.concerned(pool), self.name("scale")
        if self.chance(50):
            self.put(f"{name} = (lambda n: n * 2) if {self.condition(pool)} else (lambda n: n + 1)")
        else:
            with self.under(f"if {self.condition(pool)}:"), self.under(f"def {name}(n):"):
                self.put("return n + 2")
            with self.under("else:"), self.under(f"def {name}(n):"):
                self.put(f"return {self.pick(('n + 2', 'n + 3', '4'))}")
        self.put(f"{self.pick(touched.ints)} = {name}({self.pick(WIDTHS)})")

    def walrus(self, pool: Pool, where: Where) -> None:
        numbers = [flag for flag in self.flags if flag.startswith("N_")]
        if not numbers or where.rounds:
            self.branch(pool, where)
            return
        touched, name = self.concerned(pool), self.name("n")
        with self.under(f'if ({name} := int(os.environ.get("{numbers[0]}", "3"))) > 2 and {self.condition(pool)}:'):
            self.block(touched, replace(where, depth=where.depth + 1), 2)

    def leaves(self, pool: Pool, where: Where) -> None:
        """The end of the program, under a condition."""
        if not self.chance(15):
            self.branch(pool, where)
        elif self.chance(50):
            self.put(f"assert {self.condition(pool)}")
        else:
            with self.under(f"if {self.condition(pool)}:"):
                self.put(self.pick(("raise SystemExit", 'raise ValueError("no")')))

    # -- functions and classes ----------------------------------------------------------------------------------

    def helpers(self, pool: Pool) -> None:
        """Some definitions, and what they offer to the statements."""
        kinds = (
            self.size, self.size, self.closure, self.generator, self.collects, self.bumps, self.state,
            self.module, self.grows, self.recursion, self.arguments, *self.further_helpers(),
            *self.idiomatic_helpers(),
        )  # fmt: skip
        for _ in range(self.pick((0, 1, 1, 2, 3, 4))):
            self.pick(kinds)(pool)

    def size(self, pool: Pool) -> None:
        name = self.name("size")
        touched = self.touched_pool(pool)
        with self.under(f"def {name}(n, more=4):"):
            self.local = True
            self.put("k = 2")
            self.block(Pool(["n", "k"], [], []), Where(1, function=True), 3)
            self.put(self.pick(("return n + k", "return n", "return 15 * k + more")))
            self.local = False
        target = self.pick(touched.ints)
        touched.changers.append(f"{target} = {name}({self.pick(WIDTHS)})")
        touched.read.append(f"{name}({self.pick(WIDTHS)})")

    def closure(self, pool: Pool) -> None:
        name, touched = self.name("closed"), self.touched_pool(pool)
        with self.under(f"def {name}(n):"):
            self.put(f"total = {self.pick(WIDTHS)}")
            with self.under("def inside(k):"):
                self.put("nonlocal total")
                self.local = True
                self.block(Pool(["total"], [], [], read=["k", "n"]), Where(1), 2)
                self.local = False
            self.put("inside(2)")
            with self.under(f"if {self.condition(Pool(['n']))}:"):
                self.put("inside(3)")
            self.put("return total")
        touched.changers.append(f"{self.pick(touched.ints)} = {name}({self.pick(WIDTHS)})")

    def generator(self, pool: Pool) -> None:
        name, touched = self.name("widths"), self.touched_pool(pool)
        with self.under(f"def {name}(n):"):
            self.put(f"yield {self.pick(WIDTHS)}")
            with self.under(f"if {self.condition(Pool(['n']))}:"):
                self.put(self.pick(("yield n + 1", "return", "n += 2")))
            with self.under("for k in range(2):"):
                with self.under(f"if {self.condition(Pool(['n', 'k']))}:"):
                    self.put(self.pick(("continue", "break", "n += 1", "yield 3")))
                self.put("yield n + k")
        if touched.lists:
            touched.changers.append(f"{self.pick(touched.lists)}[:] = {name}({self.pick(WIDTHS)})")
        touched.changers.append(f"{self.pick(touched.ints)} = sum({name}({self.pick(WIDTHS)}))")

    def collects(self, pool: Pool) -> None:
        name, touched = self.name("collect"), self.touched_pool(pool)
        with self.under(f"def {name}(n, seen=[]):"):
            with self.under(f"if {self.condition(Pool(['n']))}:"):
                self.put("seen.append(n)")
                if self.chance(40):
                    self.put("return len(seen)")
            self.put("seen.append(1)")
            self.put("return sum(seen) + 1")
        touched.changers.append(f"{self.pick(touched.ints)} = {name}({self.pick(WIDTHS)})")

    def bumps(self, pool: Pool) -> None:
        name, touched = self.name("bump"), self.touched_pool(pool)
        plain = [one for one in touched.ints if one.isidentifier()]
        if not plain:
            return
        target = self.pick(plain)
        with self.under(f"def {name}():"):
            self.put(f"global {target}")
            self.local = True
            with self.under(f"if {self.condition(Pool([target]))}:"):
                self.put(self.pick((f"{target} += 3", "return", f"{target} = 6")))
            self.local = False
            self.put(f"{target} += 1")
        touched.changers.append(f"{name}()")

    def recursion(self, pool: Pool) -> None:
        name, touched = self.name("deeper"), self.touched_pool(pool)
        with self.under(f"def {name}(n):"):
            with self.under(f"if n > {self.pick((4, 6, 9))} or {self.test(self.pick(self.flags))}:"):
                self.put("return n")
            self.put(f"return {name}(n + 2)")
        touched.changers.append(f"{self.pick(touched.ints)} = {name}({self.pick((1, 2, 3))})")

    def arguments(self, pool: Pool) -> None:
        """Options of the command line, which are not given."""
        if "args.units" in pool.read:
            return
        self.put("parser = argparse.ArgumentParser()")
        self.put(f'parser.add_argument("--units", type=int, default={self.pick(WIDTHS)})')
        self.put('parser.add_argument("--deep", action="store_true")')
        self.put("args = parser.parse_args()")
        pool.read.append("args.units")

    def grows(self, pool: Pool) -> None:
        """A function that changes the list it is given."""
        name, touched = self.name("grow"), self.touched_pool(pool)
        with self.under(f"def {name}(items):"):
            with self.under(f"if {self.condition(Pool(['len(items)']))}:"):
                self.put(self.pick(("return items", "items.append(5)", "items.insert(0, 4)", "return items")))
            self.put("items.append(9)")
            self.put("return items")
        if touched.lists:
            ws = self.pick(touched.lists)
            touched.changers += [f"{name}({ws})", f"{ws} = {name}({ws})"]

    def state(self, pool: Pool) -> None:
        """An object or a dictionary that holds sizes."""
        touched = self.touched_pool(pool)
        if self.chance(35):
            name = self.name("config")
            self.put(f'{name} = {{"units": {self.pick(WIDTHS)}, "depth": 2}}')
            touched.ints.append(f'{name}["units"]')
            return
        base, derived, name = self.name("Base"), self.name("Derived"), self.name("state")
        with self.under(f"class {base}:"):
            self.put("extra = 2")
            with self.under("def __init__(self, units=8):"):
                self.put("self.units = units")
                self.put("self.widths = [units]")
                with self.under(f"if {self.condition(Pool(['units']))}:"):
                    self.put(
                        self.pick(("self.units = 4", "self.widths.append(3)", "return", "self.units += self.extra"))
                    )
                self.put("self.units += 1")
            with self.under("def grow(self):"):
                with self.under(f"if {self.condition(Pool(['self.units']))}:"):
                    self.put(self.pick(("self.units += 2", "return self", "self.widths.append(self.units)")))
                self.put("self.widths.append(2)")
                self.put("return self")
        with self.under(f"class {derived}({base}):"):
            with self.under("def __init__(self):"):
                self.put(f"super().__init__({self.pick(WIDTHS)})")
                self.put("self.units += self.extra")
            if self.chance(40):
                self.put(f"extra = 5 if {self.condition(Pool(['6']))} else 3")
        self.put(f"{name} = {self.pick((base, derived))}()")
        touched.ints.append(f"{name}.units")
        touched.lists.append(f"{name}.widths")
        touched.changers.append(f"{name}.grow()")

    def module(self, pool: Pool) -> None:
        """Another module of the project, with a flag of its own."""
        if self.modules:
            return
        touched = self.touched_pool(pool)
        lines, self.lines, indent, self.indent = self.lines, [], self.indent, 0
        named, self.named = self.named, []
        self.put("import glob")
        self.put("import os")
        self._extras()
        self.put(f"UNITS = {self.pick(WIDTHS)}")
        with self.under(f"if {self.condition(Pool(['UNITS']))}:"):
            self.put(self.pick(("UNITS = 7", "UNITS += 2", 'print("set up")')))
        with self.under("def width(n):"):
            with self.under(f"if {self.condition(Pool(['n', 'UNITS']))}:"):
                self.put("return n + 1")
            self.put("return n + UNITS")
        self.modules["sizes"] = "\n".join(self.lines) + "\n"
        self.lines, self.indent, self.named = lines, indent, named
        self.put("import sizes")
        touched.read += ["sizes.UNITS", "sizes.width(3)"]
        if not self.chance(self.relevance):
            touched.changers.append(f"{self.pick(self.aside.ints)} = sizes.width({self.pick(WIDTHS)})")

    def _extras(self) -> None:
        for flag in self.flags:
            if flag.startswith("extra_"):
                with self.under("try:"):
                    self.put(f"import {flag}")
                    self.put(f"have_{flag} = True")
                with self.under("except ImportError:"):
                    self.put(f"have_{flag} = False")

    # -- models -------------------------------------------------------------------------------------------------

    def model(self, pool: Pool) -> None:
        kinds = (
            self.stack, self.stack, self.listed, self.listed, self.functional, self.functional, self.images, self.words,
            self.shared, self.built, self.built, self.many, self.method, self.blocks, self.starred, self.tried,
            *self.further_models(), *self.idiomatic_models(),
        )  # fmt: skip
        self.pick(kinds)(pool)

    def slip(self, right: str, wrong: str) -> str:
        return wrong if self.chance(self.clumsy) else right

    def stack(self, pool: Pool, name: str = "") -> str:
        """`add` after `add`."""
        name = name or self.name("model")
        self.put(f"{name} = keras.Sequential()")
        self.put(f"{name}.add(keras.Input(({self.pick(WIDTHS)},)))")
        self.put(f"{name}.add(layers.Dense({self.number(pool)}, activation='relu'))")
        for _ in range(self.pick((1, 2, 3))):
            self.piece(name, pool)
        self.put(self.slip(f"{name}.add(layers.Dense(1))", f"{name}.add(layers.LSTM(3))"))
        return name

    def piece(self, name: str, pool: Pool) -> None:
        if self.matters():
            with self.under(f"if {self.condition(pool)}:"):
                added = self.pick((f"Dense({self.number(pool)})", "Dropout(0.2)", "BatchNormalization()"))
                self.put(f"{name}.add(layers.{added})")
            if self.chance(40):
                with self.under("else:"):
                    self.put(f"{name}.add(layers.Dense({self.number(pool)}))")
        elif pool.lists and self.chance(50):
            with self.under(f"for width in {self.pick(pool.lists)}:"):
                if self.matters():
                    with self.under(f"if {self.condition(pool)}:"):
                        self.put(self.pick(("continue", "break", f"{name}.add(layers.Dropout(0.1))")))
                self.put(f"{name}.add(layers.Dense(width + {self.pick((1, 2))}))")
        else:
            self.put(f"{name}.add(layers.Dense({self.number(pool)}))")

    def listed(self, pool: Pool) -> None:
        """A list of layers, changed before and after it is a model."""
        name = self.name("model")
        parts = [f"layers.Dense({self.number(pool)})" for _ in range(self.pick((1, 2, 3)))]
        head = f"keras.Input(({self.pick(WIDTHS)},))"
        if self.chance(40):
            self.put(f"{name} = keras.Sequential([{', '.join([head, *parts, 'layers.Dense(1)'])}])")
        else:
            parts_name = self.name("parts")
            self.put(f"{parts_name} = [{', '.join([head, *parts])}]")
            if self.chance(30):
                self.put(f"more = {parts_name}")
                with self.under(f"if {self.condition(pool)}:"):
                    change = f"more.append(layers.Dense({self.number(pool)}))" if self.matters() else "more = []"
                    self.put(change)
            if self.matters():
                with self.under(f"if {self.condition(pool)}:"):
                    self.put(
                        f"{parts_name}.append(layers.{self.pick(('Dropout(0.3)', f'Dense({self.number(pool)})'))})"
                    )
            self.put(f"{name} = keras.Sequential({self.pick((parts_name, f'{parts_name} + [layers.Dense(2)]'))})")
        self.after(name, pool)

    def after(self, name: str, pool: Pool) -> None:
        """What befalls a model later on."""
        pool.models.append(name)
        if self.matters() and self.chance(50):
            other = self.name("last")
            self.put(f"{other} = {name}")
            with self.under(f"if {self.condition(pool)}:"):
                self.put(
                    self.pick(
                        (
                            f"{other}.add(layers.Dense(3))",
                            f"{other}.trainable = False",
                            f"{other}.layers[0].trainable = False",
                        )
                    )
                )

    def functional(self, pool: Pool) -> None:
        name, given = self.name("model"), self.name("given")
        self.put(f"{given} = keras.Input(({self.pick(WIDTHS)},))")
        self.put(f"x = layers.Dense({self.number(pool)})({given})")
        for _ in range(self.pick((1, 2))):
            if self.matters():
                with self.under(f"if {self.condition(pool)}:"):
                    self.put(
                        self.pick(
                            (
                                f"x = layers.Dense({self.number(pool)})(x)",
                                "x = layers.Dropout(0.2)(x)",
                                f"x = layers.Concatenate()([x, {given}])",
                                "x = layers.Add()([x, layers.BatchNormalization()(x)])",
                            )
                        )
                    )
                if self.chance(40):
                    with self.under("else:"):
                        self.put(f"x = layers.Dense({self.number(pool)})(x)")
            elif pool.lists and self.chance(40):
                with self.under(f"for width in {self.pick(pool.lists)}:"):
                    self.put("x = layers.Dense(width)(x)")
            else:
                self.put(f"x = layers.Dense({self.number(pool)})(x)")
        self.put(
            self.slip(
                f"{name} = keras.Model({given}, layers.Dense(1)(x))",
                f"{name} = keras.Model({given}, layers.Conv2D(2, 3)(x))",
            )
        )

    def images(self, pool: Pool) -> None:
        name, side = self.name("model"), self.pick((8, 12, 28))
        self.put(f"{name} = keras.Sequential([keras.Input(({side}, {side}, {self.pick((1, 3))}))])")
        padding = self.pick(("", ", padding='same'"))
        self.put(f"{name}.add(layers.Conv2D({self.number(pool)}, {self.slip('3', '30')}{padding}))")
        if self.matters():
            with self.under(f"if {self.condition(pool)}:"):
                added = self.pick(("MaxPooling2D()", "BatchNormalization()", f"Conv2D({self.number(pool)}, 3)"))
                self.put(f"{name}.add(layers.{added})")
        self.put(f"{name}.add(layers.{self.pick(('Flatten()', 'GlobalAveragePooling2D()'))})")
        self.put(f"{name}.add(layers.Dense({self.number(pool)}))")
        self.after(name, pool)

    def words(self, pool: Pool) -> None:
        name, steps = self.name("model"), self.pick((6, 10))
        self.put(f"{name} = keras.Sequential([keras.Input(({steps},)), layers.Embedding(50, {self.number(pool)})])")
        if self.matters():
            with self.under(f"if {self.condition(pool)}:"):
                self.put(f"{name}.add(layers.LSTM({self.number(pool)}, return_sequences={self.slip('True', 'False')}))")
        self.put(
            f"{name}.add(layers.{self.pick((f'LSTM({self.number(pool)})', 'GlobalAveragePooling1D()', 'Flatten()'))})"
        )
        self.put(f"{name}.add(layers.Dense(2))")
        self.after(name, pool)

    def shared(self, pool: Pool) -> None:
        name, width = self.name("model"), self.pick(WIDTHS)
        left, right, dense = self.name("left"), self.name("right"), self.name("dense")
        self.put(f"{left} = keras.Input(({width},))")
        self.put(f"{right} = keras.Input(({self.slip(str(width), str(width + 1))},))")
        self.put(f"{dense} = layers.Dense({self.number(pool)})")
        if self.matters():
            with self.under(f"if {self.condition(pool)}:"):
                self.put(self.pick((f"{dense}.trainable = False", f"{dense} = layers.Dense({self.number(pool)})")))
        join = self.pick(("Add", "Concatenate"))
        self.put(f"both = layers.{join}()([{dense}({left}), {dense}({right})])")
        self.put(f"{name} = keras.Model([{left}, {right}], layers.Dense(1)(both))")

    def built(self, pool: Pool) -> None:
        """A function that builds, in one arm or in both."""
        build, name = self.name("build"), self.name("model")
        with self.under(f"def {build}(width, widths=(4, 6), deep=False):"):
            inner = Pool(["width"], ["widths"], [])
            local = inner if self.matters() else None
            if local is not None:
                self.local = True
                with self.under(f"if {self.condition(inner)}:"):
                    self.block(Pool(["width"], [], []), Where(1), 2)
                self.local = False
            roll = self.rng.randrange(4) if local is not None else 3
            if roll == 0:
                with self.under(f"if {self.condition(inner)}:"):
                    self.put("return keras.Sequential([keras.Input((4,)), layers.Dense(width)])")
                self.stack(inner, "net")
            elif roll == 1:
                with self.under(f"if {self.condition(inner)}:"):
                    self.put("net = keras.Sequential([keras.Input((4,)), layers.Dense(width)])")
                with self.under("else:"):
                    self.put("net = keras.Sequential([keras.Input((4,)), layers.Dense(width), layers.Dense(3)])")
                self.put("net.add(layers.Dense(1))")
            else:
                self.stack(inner, "net")
            if self.matters():
                with self.under(f"if {self.condition(inner)}:"):
                    self.put(self.pick(("return net", "net.add(layers.Dense(2))", "net.trainable = False")))
            with self.under("if deep:"):
                self.put("net.add(layers.Dropout(0.5))")
            self.put("return net")
        arguments = self.pick(("", f", [{self.pick(WIDTHS)}]", ", deep=True"))
        if self.matters() and self.chance(40):
            with self.under(f"if {self.condition(pool)}:"):
                self.put(f"{name} = {build}({self.number(pool)}{arguments})")
            with self.under("else:"):
                self.put(f"{name} = {build}({self.number(pool)})")
        else:
            self.put(f"{name} = {build}({self.number(pool)}{arguments})")
        self.after(name, pool)

    def many(self, pool: Pool) -> None:
        """Models in a list or a dictionary, built by a loop."""
        nets, build = self.name("nets"), self.name("build")
        with self.under(f"def {build}(n):"):
            if self.matters():
                with self.under(f"if {self.condition(Pool(['n']))}:"):
                    self.put(self.pick(("n += 1", "return keras.Sequential([keras.Input((3,)), layers.Dense(n)])")))
            self.put(
                f"return keras.Sequential([keras.Input((5,)), layers.Dense(n), layers.Dense({self.pick(WIDTHS)})])"
            )
        if self.chance(50):
            self.put(f"{nets} = []")
            with self.under(f"for size in {self.pick(('(2, 4)', 'range(1, 4)', *pool.lists))}:"):
                if self.matters():
                    with self.under(f"if {self.condition(pool)}:"):
                        self.put(self.pick(("continue", "break", "size += 1")))
                self.put(f"{nets}.append({build}(size))")
            if self.matters():
                with self.under(f"if {nets} and {self.condition(pool)}:"):
                    self.put(f"{nets}[-1].add(layers.Dense(2))")
        else:
            self.put(f'{nets} = {{"a": {build}({self.number(pool)}), "b": {build}(4)}}')
            if self.matters():
                with self.under(f"if {self.condition(pool)}:"):
                    self.put(f'{nets}["{self.pick("ab")}"].trainable = False')

    def method(self, pool: Pool) -> None:
        """A class that builds, and one that inherits from it."""
        base, derived, name = self.name("Builder"), self.name("Wider"), self.name("model")
        with self.under(f"class {base}:"):
            with self.under("def __init__(self, units):"):
                self.put("self.units = units")
                if self.matters():
                    with self.under(f"if {self.condition(Pool(['units']))}:"):
                        self.put(self.pick(("self.units = 4", "return", "self.units += 2")))
                self.put("self.units += 1")
            with self.under("def head(self):"):
                self.put("return layers.Dense(self.units)")
            with self.under("def build(self):"):
                self.put("net = keras.Sequential([keras.Input((6,)), layers.Dense(self.units), self.head()])")
                if self.matters():
                    with self.under(f"if {self.condition(Pool(['self.units']))}:"):
                        self.put(self.pick(("return net", "net.add(layers.Dropout(0.4))")))
                self.put("net.add(layers.Dense(1))")
                self.put("return net")
        with self.under(f"class {derived}({base}):"), self.under("def head(self):"):
            if self.matters():
                with self.under(f"if {self.condition(Pool(['self.units']))}:"):
                    self.put("return super().head()")
            self.put("return layers.Dense(self.units + 3)")
        made = self.pick((base, derived))
        if self.matters() and self.chance(50):
            made = f"({base} if {self.condition(pool)} else {derived})"
        self.put(f"{name} = {made}({self.number(pool)}).build()")
        self.after(name, pool)

    def blocks(self, pool: Pool) -> None:
        """A function on tensors, called again and again."""
        block, name, given = self.name("block"), self.name("model"), self.name("given")
        with self.under(f"def {block}(x, n, last=False):"):
            self.put("x = layers.Dense(n)(x)")
            if self.matters():
                with self.under(f"if last or {self.condition(Pool(['n']))}:"):
                    self.put(self.pick(("return x", "x = layers.Dropout(0.1)(x)", "n += 1")))
            self.put(self.pick(("x = layers.BatchNormalization()(x)", "x = layers.Add()([x, layers.Dense(n)(x)])")))
            self.put("return x")
        self.put(f"{given} = x = keras.Input(({self.pick(WIDTHS)},))")
        with self.under(f"for place, size in enumerate({self.pick(('(4, 3)', *pool.lists))}):"):
            self.put(f"x = {block}(x, size + place, {self.pick(('False', 'place > 0', 'last=True'))})")
        self.put(f"{name} = keras.Model({given}, {block}(x, {self.number(pool)}))")

    def starred(self, pool: Pool) -> None:
        name, ws = self.name("model"), self.pick(pool.lists)
        keep = f" if {self.condition(pool)}" if self.matters() else self.pick(("", " if w > 2"))
        hidden = f"*[layers.Dense(w + 1) for w in {ws}{keep}]"
        self.put(f"{name} = keras.Sequential([keras.Input((4,)), {hidden}, layers.Dense({self.number(pool)})])")
        self.after(name, pool)

    def tried(self, pool: Pool) -> None:
        """A model that may be refused."""
        name = self.name("model")
        with self.under("try:"):
            window = f"3 if {self.condition(pool)} else 30" if self.matters() else self.pick(("3", "30"))
            self.put(
                f"{name} = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D({self.number(pool)}, {window})])"
            )
            self.put(f"{name}.add(layers.Flatten())")
        with self.under("except ValueError:"):
            self.put(f"{name} = keras.Sequential([keras.Input((6,)), layers.Dense({self.number(pool)})])")
        self.put(f"{name}.add(layers.Dense(1))")
        self.after(name, pool)

    # -- the whole ----------------------------------------------------------------------------------------------

    def program(self) -> str:
        """The source text."""
        for line in (
            "import argparse",
            "import contextlib",
            "import dataclasses",
            "import enum",
            "import functools",
            "import glob",
            "import os",
            "import typing",
            "import numpy as np",
            "import keras",
            "from keras import layers",
        ):
            self.put(line)
        self._extras()
        self.put("log = []")
        pool = Pool(["first", "second"], ["units"])
        for name in (*pool.ints, *self.aside.ints):
            self.put(f"{name} = {self.pick(WIDTHS)}")
        self.put(f"units = [{self.pick(WIDTHS)}, {self.pick(WIDTHS)}]")
        self.put("paths = [1, 2]")
        for flag in self.flags:
            if self.chance(40):
                name = self.name("use")
                self.put(f"{name} = {self.test(flag)}")
                self.named.append(name)
        self.helpers(pool)
        for _ in range(self.pick((1, 1, 2, 3))):
            for _ in range(self.pick((1, 2, 2, 3)) * (3 if self.busy else 1)):
                self.statement(pool, Where())
            self.model(pool)
        for _ in range(self.pick((0, 1, 2))):
            self.statement(pool, Where())
        return "\n".join(self.lines) + "\n"


def program(seed: int) -> tuple[str, dict[str, str]]:
    """The text of the program of a seed, and those of the other modules of its project."""
    generator = Generator(random.Random(seed))
    text = generator.program()
    return text, generator.modules
