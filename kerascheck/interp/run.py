"""One run of the interpreter: a single path through a program, with its decisions, its budget and what it built."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.interp.values import (
    BudgetExceeded,
    DictValue,
    FunctionValue,
    Instance,
    IteratorValue,
    ListValue,
    Scope,
    UserRaise,
    Value,
)
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import Layer, Network, Program, Raised, Site, Tensor
from kerascheck.symbolic import KerasError, Symbol, Unknown

if TYPE_CHECKING:
    from kerascheck.interp.project import Project

#: Limits, each generous for code that people write and small enough to stay quick on hostile code.
MAX_CALL_DEPTH = 40
MAX_EXPRESSION_DEPTH = 150
MAX_LOOP_ROUNDS = 2_000
MAX_COMPREHENSION = 1_000
MAX_ITEMS = 100_000


#: What evaluates each class of expression, executes each class of statement and calls each class of value; filled by
#: the modules that say what these do. The entry of `object` is for all other values.
EXPRESSIONS: dict[type[cst.CSTNode], Callable[..., Value]] = {}
STATEMENTS: dict[type[cst.CSTNode], Callable[..., Any]] = {}
CALLS: dict[type, Callable[..., Value]] = {}

#: Expressions without parts, of those in EXPRESSIONS: they cost next to nothing and cannot nest.
LEAVES: dict[type[cst.CSTNode], Callable[..., Value]] = {}

#: What a program may change in place.
Changeable: TypeAlias = ListValue | DictValue | Network | Array


class Signal:
    """How a block ended early: `return` (with a value), `break` or `continue`."""

    __slots__ = ("kind", "value")

    def __init__(self, kind: str, value: Value = None) -> None:
        self.kind = kind
        self.value = value


#: Steps that count as a second of work: about what a slow core does.
STEPS_PER_SECOND = 200_000
#: What a layer costs, made and called, beside the steps that lead to it.
LAYER_STEPS = 8
#: Seconds of processor time, for each second of the budget, after which the clock ends what the steps do not.
CLOCK_FACTOR = 4


#: Says whether anybody still waits for the analysis; if not, it ends as if the clock had run out.
abandoned: ContextVar[Callable[[], bool] | None] = ContextVar("abandoned", default=None)


class Budget:
    """The work that one file may cost, shared by all of its paths.

    It is counted in steps, so that an analysis is cut off at the same place each time. The clock is a net below that,
    for steps that cost far more than others; it runs only while this thread does.
    """

    __slots__ = ("by_clock", "charged", "deadline", "limit", "steps")

    def __init__(self, seconds: float) -> None:
        self.limit = self.steps = max(1, int(seconds * STEPS_PER_SECOND))
        self.deadline = time.thread_time() + seconds * CLOCK_FACTOR
        self.by_clock = False  # whether the clock has ended it
        self.charged = 0  # steps that stand for work of another kind

    @property
    def spent(self) -> int:
        """Steps of the program taken so far."""
        return self.limit - self.steps - self.charged

    def charge(self, steps: int) -> None:
        """Count work that is no step of the program as so many of them. Raises BudgetExceeded."""
        self.charged += steps
        self.spend(steps)

    def spend(self, steps: int = 1) -> None:
        """Count steps. Raises BudgetExceeded."""
        before = self.steps
        self.steps -= steps
        if before >> 8 != self.steps >> 8:
            self.check()

    def check(self) -> None:
        """Raise BudgetExceeded where the steps or the seconds are used up; called every 256 steps."""
        is_abandoned = abandoned.get()
        self.by_clock = self.steps > 0 and (
            time.thread_time() > self.deadline or (is_abandoned is not None and is_abandoned())
        )
        if self.steps <= 0 or self.by_clock:
            raise BudgetExceeded


class Run:
    """The state of one path.

    `plan` prescribes how conditions are decided, by their keys; conditions that it does not name take their default,
    and `decided` records all of them in order. The same key is always decided the same way within a run.
    """

    def __init__(self, project: Project, budget: Budget, plan: Mapping[Hashable, bool], entry: int = 0) -> None:
        self.project = project
        self.budget = budget
        self.plan = plan
        self.decided: dict[Hashable, bool] = {}
        self.decided_at: dict[Hashable, int] = {}  # the moments
        self.aliases: dict[Hashable, Hashable] = {}  # of values without a key that is the same in every run
        self.pinned: dict[Hashable, Value] = {}  # unknown values that a decision has made known
        self.program = Program(entry)
        self.serial = 0  # moments of creation
        self.loop_births: list[int] = []  # for each unknown loop we are in: when it began
        self.loop_depth = 0  # calls around the innermost of them
        self.journals: list[list[Changeable]] = []  # what each loop that is tried has changed
        self.outer_writes: list[tuple[dict[str, Value], str]] = []  # names and attributes set in unknown loops
        self.layer_changes = 0  # how often an attribute of a layer or model was set
        self.lost: list[Changeable] = []  # what unknown loops have made unknown
        self.outer_reads: set[str] = set()  # names that functions called in an unknown loop read outside of them
        self.hidden_changes = 0  # how often something outside an unknown loop was changed behind a call in it
        self.occurrences: dict[int, int] = {}  # how often a node has made a fresh unknown
        self.call_stack: list[FunctionValue] = []
        self.expression_depth = 0
        self.tracing = 0  # depth of `call` methods that are traced: sizes known only at run time are tensors in there
        self.entered: set[int] = set()  # ids of function nodes that were executed
        self.name_counters: dict[str, int] = {}
        self.handling: list[Value] = []  # the exceptions whose handlers are running
        self.guarded = 0  # depth of `try` bodies and `raises` blocks: what Keras raises in there is caught
        self.stepping = 0  # depth of calls that may end an iteration by what they raise
        self.tried: dict[int, Value] = {}  # an item of each generator function whose items are not followed
        self.yielded: dict[int, Value] = {}  # what was sent to the `yield` of this id, until it is evaluated
        self.remembered: dict[Hashable, Value] = {}  # results of functions under `lru_cache`
        self.image_data_format: Value = "channels_last"  # until the program sets another
        self.is_order_set = False  # whether it has set one, be it the usual one
        self.arguments_given = False  # whether this run explores what arguments on the command line change
        self.reads_arguments = False  # whether the program has read them
        self.flags: dict[str, Value] = dict(project.flags)  # of absl, by name
        self.assigned: cst.BaseExpression | None = None  # the right side of the assignment that is being made
        self.frozen_before = 0  # networks older than this are not changed (analysis of functions nobody calls)

    # -- the engine -----------------------------------------------------------------------------------------

    def evaluate(self, node: cst.BaseExpression, scope: Scope) -> Value:
        """The value of an expression; Unknown for what is not understood. May raise UserRaise and BudgetExceeded."""
        kind = type(node)
        leaf = LEAVES.get(kind)
        if leaf is not None:
            return leaf(self, node, scope)
        handler = EXPRESSIONS.get(kind)
        if handler is None:
            return self.fresh(f"{kind.__name__} is not interpreted", node)
        budget = self.budget
        budget.steps -= 1  # `Budget.spend`, without the call
        if not budget.steps & 255:
            budget.check()
        depth = self.expression_depth
        if depth >= MAX_EXPRESSION_DEPTH + 30 * len(self.call_stack):
            return self.fresh("nested too deeply", node)
        self.expression_depth = depth + 1
        try:
            return handler(self, node, scope)
        finally:
            self.expression_depth = depth

    def execute(self, statements: Sequence[cst.CSTNode], scope: Scope) -> Signal | None:
        """Run statements in order until one ends the block early. May raise UserRaise and BudgetExceeded."""
        budget = self.budget
        for statement in statements:
            handler = STATEMENTS.get(type(statement))
            if handler is None:
                continue
            budget.steps -= 1
            if not budget.steps & 255:
                budget.check()
            signal = handler(self, statement, scope)
            if signal is not None:
                return signal  # type: ignore[no-any-return]
        return None

    def call(self, function: Value, arguments: Arguments, site: Site) -> Value:
        """The result of `function(...)`. May raise UserRaise and BudgetExceeded."""
        handler = CALLS.get(type(function)) or CALLS[object]
        return handler(self, function, arguments, site)

    @property
    def file(self) -> Any:
        """The source file that is being executed."""
        return self.call_stack[-1].site.file if self.call_stack else self.project.source

    # -- creating things ----------------------------------------------------------------------------------

    def tick(self) -> int:
        """The next moment of creation."""
        self.serial += 1
        return self.serial

    def new_list(self, items: Sequence[Value] = (), kind: str = "list") -> ListValue:
        """A list made now."""
        return ListValue(items, self.tick(), kind)

    def new_dict(self, items: dict[Hashable, Value] | None = None) -> DictValue:
        """A dictionary made now."""
        return DictValue(items, self.tick())

    def new_iterator(self, source: Iterator[Value], is_generator: bool = False) -> IteratorValue:
        """An iterator made now."""
        made = IteratorValue(source, self.tick())
        made.is_generator = is_generator
        return made

    def unknown_list(self, reason: str, kind: str = "list") -> ListValue:
        """A list of unknown content."""
        made = self.new_list((), kind)
        made.unknown = Unknown(reason)
        return made

    def fresh(self, reason: str, node: cst.CSTNode | None = None, text: str | None = None) -> Unknown:
        """A new unknown value; the same node in the same round of the same path gives the same key in every run."""
        if node is None:
            return Unknown(reason, ("fresh", self.tick()), text)
        count = self.occurrences.get(id(node), 0)
        self.occurrences[id(node)] = count + 1
        return Unknown(reason, ("node", id(node), count), text)

    def fails(self, error: str, reason: str, node: cst.CSTNode | None = None) -> Unknown:
        """Python surely raises `error` here: that ends a `try` body; elsewhere the analysis goes on with an unknown."""
        if self.guarded or (self.stepping and error in ("StopIteration", "IndexError")):
            raise UserRaise(Symbol(f"builtins.{error}"))
        return self.fresh(reason, node)

    def layer_name(self, cls: str) -> str:
        """The name Keras gives the next layer of this class: `dense`, `dense_1`."""
        base = snake_case(cls)
        count = self.name_counters.get(base, 0)
        self.name_counters[base] = count + 1
        return base if count == 0 else f"{base}_{count}"

    # -- changing things ----------------------------------------------------------------------------------

    def may_change(self, thing: Changeable) -> bool:
        """Called before a change. False where the change must not be made because how often it happens is unknown.

        The thing then has forgotten its content.
        """
        birth = thing.birth
        if isinstance(thing, Network) and birth < self.frozen_before:
            return False
        if isinstance(thing, Network):
            thing.changed = self.tick()
        if self.journals:
            self.journals[-1].append(thing)
        if self.loop_births and birth < self.loop_births[-1]:
            self.hidden_changes += len(self.call_stack) > self.loop_depth
            self.lost.append(thing)
            self.forget(thing)
            return False
        return True

    def may_build(self, network: Network) -> bool:
        """Called before a model is built by its first data: only the first round of a loop does that."""
        if network.birth < self.frozen_before:
            return False
        network.changed = self.tick()
        return True

    def forget(self, thing: Changeable) -> None:
        """Make unknown what the rounds of a loop change."""
        reason = "changed in a loop whose number of rounds is not known"
        if isinstance(thing, Network):
            thing.open = Unknown(reason)
        elif isinstance(thing, IteratorValue):
            self.lose(thing, reason)
        elif isinstance(thing, ListValue):
            element = thing.element  # still one of the items
            thing.blur(reason)
            thing.element = element
        else:
            thing.blur(reason)

    def lose(self, iterator: IteratorValue, reason: str) -> None:
        """An unknown number of further items is taken: forget how far the iterator is, and what they change."""
        source = iterator.source
        iterator.blur(reason)
        if source is None or iterator.running:
            return
        with self.unknown_rounds(), suppress(UserRaise):
            for _ in itertools.islice(source, 2):
                pass

    @contextmanager
    def unknown_rounds(self) -> Iterator[int]:
        """Run what is inside as one round of many: older things that it changes are forgotten.

        Gives the moment at which the round begins.
        """
        if not self.loop_births:
            self.outer_writes.clear()
            self.lost.clear()
        writes, depth = len(self.outer_writes), self.loop_depth
        began = self.tick()
        self.loop_births.append(began)
        self.loop_depth = len(self.call_stack)
        try:
            yield began
        finally:
            self.loop_births.pop()
            self.loop_depth = depth
            for place, name in self.outer_writes[writes:]:
                if name in place and not isinstance(place[name], (Layer, Instance)):
                    place[name] = Unknown("changed in a loop whose number of rounds is not known", None, name)

    # -- decisions ------------------------------------------------------------------------------------------

    def decide(self, key: Hashable, default: bool = True, node: cst.CSTNode | None = None) -> bool:
        """Decide an unknown condition: as before on this path, as planned, or by default. `node` is where it stands."""
        key = self._stable(key, node)
        known = self.decided.get(key)
        if known is not None:
            return known
        choice = self.plan.get(key, default)
        self.decided[key] = choice
        self.decided_at[key] = self.serial
        return choice

    def has_decided(self, key: Hashable) -> bool:
        """Whether the condition has been decided on this path."""
        return self._stable(key, None) in self.decided

    def _stable(self, key: Hashable, node: cst.CSTNode | None) -> Hashable:
        """The same key in every run that has come as far as this one: plans name conditions by them."""
        if isinstance(key, SymDim):
            terms = [(tuple((a.text, self._stable(a.key, None)) for a in t), n) for t, n in key.terms.items()]
            return ("size", frozenset(terms))
        if not isinstance(key, tuple):
            return key
        if key[:1] == ("unnamed",):
            if key not in self.aliases:
                fresh = ("alias", len(self.aliases)) if node is None else self.fresh("a condition", node).key
                self.aliases[key] = fresh
            return self.aliases[key]
        return tuple([self._stable(part, node) for part in key])

    # -- what Keras says ------------------------------------------------------------------------------------

    def reach(self, site: Site | None) -> None:
        """Note that this path executes the place."""
        if site is not None:
            self.program.reached.add((id(site.file), id(site.node)))  # `Site.key`

    def raised(
        self, error: KerasError, site: Site | None, layer: Layer | None = None, inputs: Sequence[Tensor] = ()
    ) -> None:
        """Note that Keras raises here, unless the program is ready to catch it: then its handlers go on."""
        if self.guarded:
            raise UserRaise(Unknown(f"Keras raises: {error.message}"))
        if site is None:
            return
        self.reach(site)
        self.program.raised.append(Raised(error, site, layer, inputs))

    def escape(self, value: Value, reason: str, depth: int = 0) -> None:
        """The value is handed to code we cannot see, which may change it."""
        if depth > 3:
            return
        if isinstance(value, Network):
            value.met_data = True
            if value.birth >= self.frozen_before:
                value.open = value.open or Unknown(reason)
        elif isinstance(value, Layer):
            value.met_unknown = True
        elif isinstance(value, IteratorValue):
            self.lose(value, reason)
        elif isinstance(value, (ListValue, DictValue)):
            items = value.items if isinstance(value, ListValue) else list(value.items.values())
            for item in items[:100]:
                self.escape(item, reason, depth + 1)
            value.blur(reason)
        elif isinstance(value, tuple):
            for item in value[:100]:
                self.escape(item, reason, depth + 1)
        elif isinstance(value, Instance):
            for item in list(value.attributes.values())[:100]:
                self.escape(item, reason, depth + 1)
            value.blur(reason)
        elif isinstance(value, Array):
            value.blur(reason)
        elif hasattr(value, "forget"):
            value.forget()


@lru_cache(maxsize=1024)
def snake_case(name: str) -> str:
    """`BatchNormalization` to `batch_normalization`, as `keras.src.utils.naming.to_snake_case` does."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
