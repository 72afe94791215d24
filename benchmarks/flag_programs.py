"""Compares kerascheck with all that programs can build whose models hang on flags of the environment.

    python benchmarks/flag_programs.py [--count 1000] [--seed 0] [--show SEED]
        [--minimize 5 --kinds missing "not exact: one" ...]

Each random program (see `flag_generator.py`) is run on a stand-in for Keras (`flag_keras.py`) with every combination
of the values that its flags may have: that is the truth. Its summary is read per construction. Where all models that
kerascheck lists there are exact, these must be the models of the runs: the claim is wrong if one is

- missing: a run builds another model there, or
- impossible: no run builds it, though some build others there.

Counted besides: the share of constructions with one answer over all flags that are exact, and of those with 2 to 4
answers that are listed with exactly these; errors at a place where no run raises (false), or not every run that gets
there (sometimes true), and faults of every run that gets there without an error (missed). What a run that ends with an
exception has built may be listed, but need not be, with what the program does to it further on; what stands where no
run gets (behind a fault, or in an arm that excludes itself: "never built") is not judged. Exits with 1 if an exact
claim is wrong or an error false.
"""

from __future__ import annotations

import argparse
import ast
import io
import itertools
import re
import sys
import tempfile
import time
import types
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import flag_generator
import flag_keras
from flag_keras import MODULE, PROGRAM, Answer, Row

from kerascheck.configuration.config import Settings
from kerascheck.diagnostics import Severity
from kerascheck.engine import examine
from kerascheck.runtime.recursion import deep_recursion
from kerascheck.views.summary import ModelSummary, summarize

#: What a flag may be, by the first part of its name: the value of a variable, a number of files, whether it exists.
#: Whatever the questions of the programs can tell apart is among the values.
DOMAINS = flag_generator.DOMAINS
_FLAG = re.compile(rf"\b({'|'.join(DOMAINS)})_[A-Z]\b")
#: A loop that counts up to a flag: each round asks another question.
_COUNTED_TO = re.compile(r"while \w+ < int\(os\.environ\.get\(\"(N_[A-Z])\"")
_MANY_ROUNDS = tuple(map(str, range(7, 18)))
#: A number that the program goes on with: what it may be compared with later is larger than the usual values.
_GONE_ON_WITH = re.compile(r"\w+ = int\(os\.environ\[\"(D_[A-Z])\"\]")
_LARGE = ("9", "30")
#: How long a mode is, which a program also asks for its first letter.
_LENGTH_OF = re.compile(r"len\(os\.environ\.get\(\"(MODE_[A-Z])\"")
_LONG = ("black",)
#: More answers than this are not asked for.
FEW = 4
#: Rounds of all loops of a run.
MAX_ROUNDS = 10_000

Modules = dict[str, str]


# -- the truth ------------------------------------------------------------------------------------------------------


class _Array:
    """Data: nothing but its shape."""

    def __init__(self, shape: Any) -> None:
        self.shape = shape

    def __len__(self) -> int:
        return int(self.shape[0])


_NUMPY = types.ModuleType("numpy")
_NUMPY.__dict__.update(zeros=_Array, ones=_Array)


class _Parser:
    """Options of the command line, in a run that is given none."""

    def __init__(self) -> None:
        self._values = types.SimpleNamespace()

    def add_argument(self, name: str, action: str = "", default: Any = None, **kwargs: Any) -> None:
        setattr(self._values, name[2:], False if action else default)

    def parse_args(self) -> types.SimpleNamespace:
        return self._values


_ARGPARSE = types.ModuleType("argparse")
_ARGPARSE.__dict__.update(ArgumentParser=_Parser)


@dataclass
class Outcome:
    """One run."""

    answers: list[tuple[int, Answer]]  # with the rows of the constructions
    error: BaseException | None
    refused: list[flag_keras.Refused]
    touched: set[int]
    broken: list[tuple[int, Answer]] = field(default_factory=list)  # models that were refused on the way


@dataclass
class Truth:
    """All runs."""

    outcomes: list[Outcome] = field(default_factory=list)

    def answers(self, finished: bool = True) -> dict[int, set[Answer]]:
        """What is built at each row, by the runs that finish or by all."""
        found: dict[int, set[Answer]] = {}
        for outcome in self.outcomes:
            if outcome.error is None or not finished:
                for row, answer in outcome.answers if finished else outcome.answers + outcome.broken:
                    found.setdefault(row, set()).add(answer)
        return found

    def begun(self) -> dict[int, set[Answer]]:
        """What runs have built at each row before an exception ended them."""
        found: dict[int, set[Answer]] = {}
        for outcome in self.outcomes:
            if outcome.error is not None:
                for row, answer in outcome.answers:
                    found.setdefault(row, set()).add(answer)
        return found


def assignments(text: str) -> Iterator[dict[str, Any]]:
    """Every combination of the values of the flags that a text mentions."""
    names = sorted({found.group() for found in _FLAG.finditer(text)})
    further = dict.fromkeys(_GONE_ON_WITH.findall(text), _LARGE)
    further.update(dict.fromkeys(_COUNTED_TO.findall(text), _MANY_ROUNDS))
    further.update(dict.fromkeys(_LENGTH_OF.findall(text), _LONG))
    domains = [(*DOMAINS[name.partition("_")[0]], *further.get(name, ())) for name in names]
    for values in itertools.product(*domains):
        yield dict(zip(names, values, strict=True))


def truth(code: str, modules: Modules, run: Callable[..., Outcome] | None = None) -> Truth:
    """Run the program for all flags, on the stand-in unless another way to run it is given."""
    everything = "\n".join([code, *modules.values()])
    compiled = _compiled(code, PROGRAM)
    others = {name: _compiled(text, MODULE) for name, text in modules.items()}
    return Truth([(run or run_once)(compiled, others, flags) for flags in assignments(everything)])


class Endless(BaseException):
    """A loop that does not end, as a program may have from which lines were deleted."""


class _Counted(ast.NodeTransformer):
    """Counts the rounds of loops."""

    def visit_While(self, node: ast.While) -> ast.While:
        return self._counted(node)

    def visit_For(self, node: ast.For) -> ast.For:
        return self._counted(node)

    def _counted(self, node: Any) -> Any:
        self.generic_visit(node)
        count = ast.Expr(ast.Call(ast.Name("__round__", ast.Load()), [], []))
        node.body.insert(0, ast.fix_missing_locations(ast.copy_location(count, node)))
        return node


def _compiled(text: str, filename: str) -> types.CodeType:
    return compile(_Counted().visit(ast.parse(text)), filename, "exec")


def surroundings(flags: dict[str, Any], others: dict[str, types.CodeType]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The modules and the global names of a run with these flags."""

    def globbed(pattern: str) -> list[str]:
        return [f"{number}.csv" for number in range(flags.get(pattern.partition("/")[0], 0))]

    def exists(path: str) -> bool:
        return bool(flags.get(path.partition(".")[0], False))

    def opened(path: str, *args: Any) -> io.StringIO:
        if not exists(path):
            raise FileNotFoundError(path)
        return io.StringIO("text")

    environ = {name: value for name, value in flags.items() if isinstance(value, str)}
    system = types.ModuleType("os")
    system.__dict__.update(environ=environ, getenv=environ.get, path=types.SimpleNamespace(exists=exists))
    files = types.ModuleType("glob")
    files.__dict__.update(glob=globbed)
    put: dict[str, Any] = {"os": system, "glob": files, "numpy": _NUMPY, "argparse": _ARGPARSE}
    for name, value in flags.items():
        if name.startswith("extra_"):
            put[name] = types.ModuleType(name) if value else None
    rounds = itertools.count()

    def another_round() -> None:
        if next(rounds) > MAX_ROUNDS:
            raise Endless

    space = {
        "__name__": "__main__",
        "__round__": another_round,
        "open": opened,
        "print": lambda *args, **kwargs: None,
    }
    for name, compiled in others.items():
        put[name] = _Lazily(name, compiled, dict(space))
    return put, space


class _Lazily(types.ModuleType):
    """A module of the project, run when something of it is asked for."""

    def __init__(self, name: str, compiled: types.CodeType, space: dict[str, Any]) -> None:
        super().__init__(name)
        self._code, self._space = compiled, space

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if self._code is not None:
            code, self._code = self._code, None  # type: ignore[assignment]
            exec(code, self._space)
        return self._space[name]


def run_once(compiled: types.CodeType, others: dict[str, types.CodeType], flags: dict[str, Any]) -> Outcome:
    """Run the program with these flags on the stand-in."""
    recorder = flag_keras.start()
    put, space = surroundings(flags, others)
    error: BaseException | None = None
    with flag_keras.in_place(put):
        try:
            exec(compiled, space)
        except (Exception, SystemExit, Endless) as raised:
            error = raised
    outcome = Outcome([], error, recorder.refusals, recorder.touched)
    for model in recorder.models:
        if model.row is not None:
            (outcome.broken if model.broken else outcome.answers).append((model.row, flag_keras.answer_of(model)))
    return outcome


# -- what kerascheck says -------------------------------------------------------------------------------------------


@dataclass
class Claims:
    """The models by the row of their construction, with their status, and the errors by their rows."""

    models: dict[int, list[tuple[str, Answer]]] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)
    crashed: bool = False


class Checker:
    """Reads programs with kerascheck, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._count = folder, 0
        self.seconds = 0.0

    def claims(self, code: str, modules: Modules) -> Claims:
        """What kerascheck says of the program."""
        folder = self._folder
        if modules:
            self._count += 1
            folder = self._folder / str(self._count)
            folder.mkdir()
            for name, text in modules.items():
                (folder / f"{name}.py").write_text(text, encoding="utf-8")
        begun = time.process_time()
        found = examine(code.encode(), str(folder / "program.py"), Settings())
        claims = Claims(crashed=found.report.crashed)
        if found.source is not None and found.analysis is not None:
            with deep_recursion():
                for model in summarize(found.source, found.analysis):
                    claims.models.setdefault(model.row, []).append((model.status, _answer(model)))
        self.seconds += time.process_time() - begun
        for diagnostic in found.report.diagnostics:
            if diagnostic.severity is Severity.ERROR:
                text = f"{diagnostic.code} {diagnostic.message}"
                claims.errors.setdefault(diagnostic.span.start.row, text)
        return claims


def _answer(model: ModelSummary) -> Answer:
    layers = [
        Row(layer.cls, layer.row, _tuples(layer.output_shape), layer.params, layer.trainable)
        if layer is not None
        else Row("?", None, None, None, None)
        for layer in model.layers
    ]
    shapes = _tuples(model.input_shape), _tuples(model.output_shape)
    return flag_keras.answer(model.cls, *shapes, model.total_params, model.trainable_params, layers)


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


# -- comparing ------------------------------------------------------------------------------------------------------

WRONG = ("missing", "impossible", "missing and impossible")
VERDICTS = ("exact", *WRONG, "partly exact", "not exact", "not listed", "never built")
FAULTS = ("false error", "error of some runs", "missed")


@dataclass
class Comparison:
    """One program: the verdict on each construction with the number of its answers, and on each finding."""

    models: list[tuple[int, int, str]] = field(default_factory=list)  # row, answers, verdict
    findings: list[tuple[int, str, str]] = field(default_factory=list)  # row, verdict, message
    found: int = 0  # errors that are true
    crashed: bool = False

    def kinds(self) -> set[str]:
        """The verdicts that this program has: "missing", and with the number of answers, "missing: few"."""
        grouped = {f"{kind}: {_group(answers)}" for _, answers, kind in self.models}
        return {kind for _, _, kind in self.models} | {kind for _, kind, _ in self.findings} | grouped


def compare(real: Truth, claims: Claims) -> Comparison:
    """Judge the claims."""
    result = Comparison(crashed=claims.crashed)
    required, allowed = real.answers(), real.answers(finished=False)
    begun = real.begun()
    raising = any(outcome.error is not None for outcome in real.outcomes)
    reached = {row for outcome in real.outcomes for row in outcome.touched}
    for row in sorted({*required, *claims.models}):
        if row not in required and (row in allowed or raising):
            continue  # every run that gets here ends with an exception, or ends before
        verdict = _verdict(required, allowed, begun, claims, row)
        if verdict not in WRONG and any(answer.output_shape is None for answer in allowed.get(row, ())):
            continue  # a model without inputs, or one that is refused on the way, has no exact summary
        result.models.append((row, len(required.get(row, ())), verdict))
    refused = {row for outcome in real.outcomes for one in outcome.refused for row in one.rows}
    passed = {
        row for outcome in real.outcomes for row in outcome.touched - {r for one in outcome.refused for r in one.rows}
    }
    for row, message in sorted(claims.errors.items()):
        if row not in refused and row not in reached and raising:
            continue  # behind another fault
        if row not in refused:
            result.findings.append((row, "false error", message))
        elif row in passed:
            result.findings.append((row, "error of some runs", message))
        else:
            result.found += 1
    # A layer that is refused where it is called was made: what refuses it in other runs where it is made is no fault
    # of every run.
    gone_on = {row for outcome in real.outcomes for row in outcome.touched - {r for o in outcome.refused for r in o.at}}
    missed: dict[int, str] = {}
    for outcome in real.outcomes:
        for one in outcome.refused:
            if (
                one is outcome.error
                and one.row is not None
                and one.row not in gone_on
                and not one.rows & claims.errors.keys()
            ):
                missed[one.row] = str(one)
    result.findings += [(row, "missed", message) for row, message in sorted(missed.items())]
    return result


def _verdict(
    required: dict[int, set[Answer]],
    allowed: dict[int, set[Answer]],
    begun: dict[int, set[Answer]],
    claims: Claims,
    row: int,
) -> str:
    if row not in allowed:
        return "never built"
    listed = claims.models.get(row)
    if not listed:
        return "not listed"
    exact = {answer for status, answer in listed if status == "exact"}
    impossible = {one for one in exact - allowed[row] if not any(map(partial(_goes_on, one), begun.get(row, ())))}
    whole = all(status == "exact" for status, _ in listed)
    missing = required.get(row, set()) - exact if whole else set()
    if impossible:
        return "missing and impossible" if missing else "impossible"
    if missing:
        return "missing"
    if whole:
        return "exact"
    return "partly exact" if exact else "not exact"


def _goes_on(claimed: Answer, begun: Answer) -> bool:
    """Whether a model has all that an exception let a run build of it: the program does more to it behind the fault."""

    def built(answer: Answer) -> Counter[Row]:
        return Counter(replace(row, trainable=None) for row in answer.layers)

    return claimed.cls == begun.cls and built(begun) <= built(claimed)


def judge(code: str, modules: Modules, checker: Checker) -> Comparison:
    """Run and read one program."""
    return compare(truth(code, modules), checker.claims(code, modules))


# -- making failures small ------------------------------------------------------------------------------------------


def minimize(code: str, modules: Modules, kind: str, checker: Checker, seconds: float = 30.0) -> tuple[str, Modules]:
    """Delete lines, and headers of blocks, while the program still has this verdict and no run fails in a new way."""
    until = time.monotonic() + seconds
    usual = _errors(truth(code, modules))

    def fails(text: str, others: Modules) -> bool:
        try:
            real = truth(text, others)
        except SyntaxError:
            return False
        answers = [answer for models in real.answers().values() for answer in models]
        if not _errors(real) <= usual or not answers or any(answer.output_shape is None for answer in answers):
            return False
        return kind in compare(real, checker.claims(text, others)).kinds()

    if modules and fails(code, {}):
        modules = {}
    before = None
    while before != (code, modules) and time.monotonic() < until:
        before = code, modules
        for name in tuple(modules):
            modules = {**modules, name: _less(modules[name], _with_module(fails, code, modules, name), until)}
        code = _less(code, _with_modules(fails, modules), until)
    return code, modules


def _with_modules(fails: Callable[[str, Modules], bool], modules: Modules) -> Callable[[str], bool]:
    return lambda text: fails(text, modules)


def _with_module(
    fails: Callable[[str, Modules], bool], code: str, modules: Modules, name: str
) -> Callable[[str], bool]:
    return lambda text: fails(code, {**modules, name: text})


def _errors(real: Truth) -> set[str]:
    return {type(outcome.error).__name__ for outcome in real.outcomes if outcome.error is not None}


def _less(text: str, fails: Callable[[str], bool], until: float) -> str:
    lines = text.splitlines(keepends=True)
    size = max(1, len(lines) // 2)
    while time.monotonic() < until:
        start = len(lines)
        while start > 0 and time.monotonic() < until:
            start = max(0, start - size)
            shorter = lines[:start] + lines[start + size :]
            if fails("".join(shorter)):
                lines = shorter
        if size == 1:
            break
        size //= 2
    for start in range(len(lines) - 1, -1, -1):  # a header with its block, or alone, the block moved to the left
        if start >= len(lines) or time.monotonic() > until:
            continue
        indent = len(lines[start]) - len(lines[start].lstrip())
        stop = start + 1
        while stop < len(lines) and len(lines[stop]) - len(lines[stop].lstrip()) > indent:
            stop += 1
        if stop > start + 1:
            moved = [inner[4:] for inner in lines[start + 1 : stop]]
            for block in ([], moved):
                shorter = lines[:start] + block + lines[stop:]
                if fails("".join(shorter)):
                    lines = shorter
                    break
    return "".join(lines)


# -- the table ------------------------------------------------------------------------------------------------------


@dataclass
class Totals:
    """What many programs give."""

    models: Counter[tuple[str, str]] = field(default_factory=Counter)  # (how many answers, verdict)
    findings: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[int, str]] = field(default_factory=list)  # seed, kind
    kinds: list[tuple[int, str]] = field(default_factory=list)  # the same for all verdicts
    programs: int = 0
    runs: int = 0
    crashed: int = 0
    raising: int = 0

    def add(self, seed: int, real: Truth, comparison: Comparison) -> None:
        """Count one program."""
        self.programs += 1
        self.runs += len(real.outcomes)
        self.crashed += comparison.crashed
        self.raising += any(outcome.error is not None for outcome in real.outcomes)
        self.findings["true errors"] += comparison.found
        for _, answers, verdict in comparison.models:
            self.models[_group(answers), verdict] += 1
        for _, kind, _ in comparison.findings:
            self.findings[kind] += 1
        self.kinds += [(seed, kind) for kind in sorted(comparison.kinds())]
        self.failures += [(seed, kind) for kind in sorted(comparison.kinds()) if kind in (*WRONG, *FAULTS)]

    def wrong(self) -> int:
        """Exact claims that are wrong."""
        return sum(count for (_, verdict), count in self.models.items() if verdict in WRONG)

    def claimed(self) -> int:
        """All exact claims."""
        return self.wrong() + sum(count for (_, verdict), count in self.models.items() if verdict == "exact")

    def share(self, group: str) -> float:
        """Of the constructions with so many answers, those that are exact with just these."""
        whole = sum(count for (name, _), count in self.models.items() if name == group)
        return self.models[group, "exact"] / whole if whole else 1.0

    def __str__(self) -> str:
        groups = ("no", "one", "few", "many")
        lines = [f"{'answers':24}" + "".join(f"{name:>8}" for name in groups)]
        lines += [
            f"{verdict:24}" + "".join(f"{self.models[name, verdict]:8}" for name in groups) for verdict in VERDICTS
        ]
        lines.append(f"wrong: {self.wrong()} of {self.claimed()} exact claims")
        lines.append(f"one answer, exact: {self.share('one'):.1%}; 2 to {FEW} answers, listed: {self.share('few'):.1%}")
        lines.append("findings: " + ", ".join(f"{self.findings[kind]} {kind}" for kind in ("true errors", *FAULTS)))
        lines.append(
            f"{self.programs} programs, {self.runs} runs, {self.raising} that may raise, {self.crashed} crashed"
        )
        return "\n".join(lines)


def _group(answers: int) -> str:
    return ("no", "one")[answers] if answers < 2 else "few" if answers <= FEW else "many"


def survey(seeds: range, checker: Checker) -> Totals:
    """Compare the programs of these seeds."""
    totals = Totals()
    for seed in seeds:
        code, modules = flag_generator.program(seed)
        real = truth(code, modules)
        totals.add(seed, real, compare(real, checker.claims(code, modules)))
    return totals


def show(seed: int, checker: Checker) -> None:
    """Print a program and what is said of it."""
    code, modules = flag_generator.program(seed)
    explain(code, modules, checker)


def explain(code: str, modules: Modules, checker: Checker) -> None:
    """Print a program, the truth and the claims."""
    for name, text in modules.items():
        print(f"# {name}.py\n{text}")
    for number, line in enumerate(code.splitlines(), 1):
        print(f"{number:3} {line}")
    real, claims = truth(code, modules), checker.claims(code, modules)
    comparison = compare(real, claims)
    for row, answers, verdict in comparison.models:
        print(f"row {row}: {answers} answers, {verdict}")
        for answer in sorted(real.answers().get(row, ()), key=repr):
            print("   built  ", _brief(answer))
        for status, answer in claims.models.get(row, ()):
            print(f"   {status:7}", _brief(answer))
    for finding in comparison.findings:
        print("row {}: {}: {}".format(*finding))


def _brief(answer: Answer) -> str:
    layers = ", ".join(
        f"{row.cls}:{row.row} {row.shape} {row.params}{'' if row.trainable else ' frozen'}" for row in answer.layers
    )
    return f"{answer.cls} {answer.input_shape} -> {answer.output_shape} {answer.total} ({answer.trainable}): {layers}"


def main() -> int:
    """Compare, print the table, and the failures in small."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000, help="programs")
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first one")
    parser.add_argument("--minimize", type=int, default=0, help="programs of each of --kinds to print in small")
    parser.add_argument("--kinds", nargs="*", default=[*WRONG, *FAULTS[:2]], help='such as "not exact: one"')
    parser.add_argument("--show", type=int, help="print the program of this seed, and what is said of it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        checker = Checker(Path(folder))
        if options.show is not None:
            show(options.show, checker)
            return 0
        begun = time.process_time()
        totals = survey(range(options.seed, options.seed + options.count), checker)
        print(totals)
        print(f"{time.process_time() - begun:.1f} s, of which kerascheck {checker.seconds:.1f} s")
        shown: Counter[str] = Counter()
        for seed, kind in totals.kinds:
            if kind in options.kinds and shown[kind] < options.minimize:
                shown[kind] += 1
                code, modules = minimize(*flag_generator.program(seed), kind, checker)
                print(f"\n==== seed {seed}: {kind}", flush=True)
                explain(code, modules, checker)
        return int(totals.wrong() > 0 or totals.findings["false error"] > 0)


if __name__ == "__main__":
    sys.exit(main())
