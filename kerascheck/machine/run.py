"""One run of the interpreter: what it assumes and decides, its budget and what it has built."""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.machine.asking import is_outside, root_of
from kerascheck.machine.directives import finish, prepare
from kerascheck.machine.doubts import COMMON, Doubt
from kerascheck.machine.feasibility import Facts, implied
from kerascheck.machine.paths import Catcher, Outcome, Signal, Split, WaysOut, note_raise
from kerascheck.machine.values import (
    DictValue,
    FunctionValue,
    Instance,
    IteratorValue,
    ListValue,
    Scope,
    UserRaise,
    Value,
    not_known,
)
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import SymDim
from kerascheck.network.events import Event
from kerascheck.network.ir import Layer, Site, Tensor
from kerascheck.network.networks import Network
from kerascheck.network.program import CompileCall, GivenWeights, Loop, Preparation, Program, Raised, TrainCall
from kerascheck.symbolic.journal import Cells, Journal, Mark
from kerascheck.symbolic.unknown import NOTHING, Guarded, KerasError, Symbol, Unknown, forgotten

if TYPE_CHECKING:
    from kerascheck.machine.allowance import ActiveCall
    from kerascheck.machine.budget import Budget
    from kerascheck.machine.project import Project
    from kerascheck.machine.undecidable import Undecidable

#: Limits, each generous for code that people write and small enough to stay quick on hostile code.
MAX_CALL_DEPTH = 40
MAX_EXPRESSION_DEPTH = 150
MAX_LOOP_ROUNDS = 2_000
MAX_COMPREHENSION = 1_000
MAX_ITEMS = 100_000
#: Rounds of a loop of which it is noted what they do with models and losses.
_MOST_EVENTS = 3
#: Conditions made of others that are looked at for what they say of one value.
_MAX_CASES = 6
#: Where nothing follows from a condition.
_NOTHING_FOLLOWS: Mapping[Hashable, bool] = MappingProxyType({})


#: What Python itself may raise where it computes with values of the program.
RAISED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


#: What evaluates each class of expression, executes each class of statement and calls each class of value; filled by
#: the modules that say what these do. The entry of `object` is for all other values.
EXPRESSIONS: dict[type[cst.CSTNode], Callable[..., Value]] = {}
STATEMENTS: dict[type[cst.CSTNode], Callable[..., Any]] = {}
CALLS: dict[type, Callable[..., Value]] = {}

#: Expressions without parts, of those in EXPRESSIONS: they cost next to nothing and cannot nest.
LEAVES: dict[type[cst.CSTNode], Callable[..., Value]] = {}

#: What a program may change in place.
Changeable: TypeAlias = ListValue | DictValue | Network | Array


class Run:
    """The state of one run through the program.

    Conditions that are not known are joined behind both arms (see `paths`), but for the `relevant` ones: `plan` says
    how they are decided, by their keys, and `taken` what became of them in order. The same key means the same condition
    in every run, and it is decided the same way throughout a run.
    """

    def __init__(
        self,
        project: Project,
        budget: Budget,
        relevant: Collection[Hashable] = (),
        plan: Mapping[Hashable, bool] = MappingProxyType({}),
        entry: int = 0,
    ) -> None:
        self.project = project
        self.budget = budget
        self.marks = project.marks  # what comments ask or tell, by the ids of the statements that they stand beside
        self.watch = project.watch  # where what they ask is told
        self.given_tensors: dict[int, list[Tensor]] = {}  # what the calls in statements beside directives are given
        self.relevant = frozenset(relevant)
        self.relevant_in_order = relevant
        self.plan = plan
        self.taken: dict[Hashable, bool] = {}
        self.decided_at: dict[Hashable, int] = {}  # when each of them was decided
        #: The relevant conditions that ask about a value of the surroundings, by that value.
        self.relevant_about: dict[Hashable, list[Hashable]] = {}
        for key in relevant:
            root = root_of(key)
            if root is not None and is_outside(root):
                self.relevant_about.setdefault(root, []).append(key)
        self.questions: set[Hashable] | None = None  # the conditions that have come up, where somebody wants to know
        #: Conditions that all that follows hangs on, since arms could not be joined: the moment, and how many errors
        #: there were before.
        self.needed: dict[Hashable, tuple[int, int]] = {}
        self.condition_needs: dict[Hashable, frozenset[Hashable]] = {}  # of conditions made of others
        #: What such a one is made of: the cases in which it holds, and those in which it does not.
        self.cases: dict[Hashable, dict[bool, list[dict[Hashable, bool]]]] = {}
        self.asking: dict[Hashable, list[Hashable]] = {}  # the latest of them that ask about a value
        self.places: dict[Hashable, cst.CSTNode | None] = {}  # where conditions stand
        self.within: dict[Hashable, frozenset[Hashable]] = {}  # the conditions that were known where one came up
        self.aliases: dict[Hashable, Hashable] = {}  # of values without a key that is the same in every run
        self.journal = Journal()
        self.begun: Mark | None = None  # where what is a part of the result begins, if that is not the beginning
        self.forks: list[tuple[int, frozenset[Hashable]]] = []  # those whose arms are running: moment, conditions
        self.catchers: list[Catcher] = []  # the `try` bodies that are running
        self.reads = NOTHING  # the conditions that parts of the present expression hang on
        self.doubts: list[Doubt] = []  # the steps of the running `try` bodies that may fail without being seen to
        self.made_before_doubt = 0  # how many models there were at the latest of them
        self.frame = 0  # which call this is, and which round of its loops: see `Project.frame`
        self.facts = Facts()  # what is assumed or decided here
        #: What else holds where a condition does, or does not, as arms have shown that others have left.
        self.following: dict[tuple[Hashable, bool], Mapping[Hashable, bool]] = Cells()
        self.pinned: dict[Hashable, Value] = Cells()  # unknown values that a condition has made known
        self.grown: dict[Hashable, Value] = Cells()  # unknown lists that the program has put something in, or taken out
        self.program = Program(entry)
        self.program.source = project.source
        self.in_arms: list[tuple[Network, frozenset[Hashable]]] = []  # models made in arms, with their conditions
        self.serial = 0  # moments of creation
        self.loop_births: list[int] = []  # for each unknown loop we are in: when it began
        self.loops: list[Loop] = []  # all loops and comprehensions that we are in
        self.layer_changes = 0  # how often an attribute of a layer or model was set
        self.changed: set[tuple[int, str, Hashable]] = set()  # what was set of which: what is set again counts once
        self.undecided = 0  # grows with each condition that is not known
        self.decided = 0  # grows with each that is decided: another run decides it otherwise
        self.weights_taken: tuple[Layer, Site] | None = None  # the latest `get_weights`: of what, and where
        #: What training calls gave, by the identity of that: unknown numbers.
        self.results: dict[Hashable, TrainCall] = {}
        self.drawn = 0  # grows with each call that draws random numbers of TensorFlow
        self.writes = 0  # grows with each call that may write files
        self.calls = 0  # calls of functions of the program so far
        self.occurrences: dict[Hashable, int] = {}  # how often something has happened in one frame, by frame and node
        self.call_stack: list[FunctionValue] = []
        self.active_calls: list[ActiveCall] = []  # the same, with what they may cost: see `allowance`
        self.cut_calls: dict[int, int] = {}  # how often calls of a function were cut, by the id of its node
        self.reaches_keras: dict[int, bool] = {}  # whether functions have to do with models, by the ids of their nodes
        self.leads_to_keras: dict[int, bool] = {}  # the same as far as names were looked up
        #: Of values that hold much: how many items they had, and how much hangs on them, by their ids (see `weights`).
        self.weights: dict[int, tuple[Value, int, int]] = {}
        #: How often functions were entered within calls of themselves with unknown arguments, by their nodes' ids.
        self.unclear_entries: dict[int, int] = {}
        self.reaches: dict[int, Any] = {}  # what functions get at by names, by their ids: see `allowance`
        self.forked = 0  # how often both arms of a condition were run
        self.expression_depth = 0
        self.shape_read: Value = None  # the shape that was read last, if it is that of a placeholder
        self.tracing = 0  # depth of `call` methods that are traced: sizes known only at run time are tensors in there
        self.measured = 0  # depth of those that are traced on data: no size is open in there
        self.entered: set[int] = set()  # ids of function nodes that were executed
        self.name_counters: dict[str, int] = Cells()
        self.handling: list[Value] = []  # the exceptions whose handlers are running
        self.guarded = 0  # depth of `try` bodies and `raises` blocks: what Keras raises in there is caught
        #: What the bodies call whose handlers are running: these may do the same in another way.
        self.tried_before: list[frozenset[str]] = []
        self.stepping = 0  # depth of calls that may end an iteration by what they raise
        self.tried: dict[int, Value] = {}  # an item of each generator function whose items are not followed
        self.elements_of: dict[
            int, tuple[Value, Value]
        ] = {}  # arrays by their id, and the stream that each is an element of
        self.yielded: dict[int, Value] = {}  # what was sent to the `yield` of this id, until it is evaluated
        self.remembered: dict[Hashable, Value] = Cells()  # results of functions under `lru_cache`
        self.settings: dict[str, Value] = Cells({"image_data_format": "channels_last", "is_order_set": False})
        self._main: Scope | None = None
        self.modules: dict[str, Scope] = {}  # those of the project that were executed, by their paths
        self.arguments_given = False  # whether this run explores what arguments on the command line change
        self.reads_arguments = False  # whether the program has read them
        self.flags: dict[str, Value] = Cells(project.flags)  # of absl, by name
        #: What the program has saved, by path (see `keras.saving`).
        self.saved = DictValue()
        #: What it has set on objects that are not its own, by who they are (see `foreign`).
        self.foreign = DictValue()
        self.origins: dict[Hashable, tuple[Value, Network, str]] = {}  # the models that values come from
        self.tapes: list[Value] = []  # the gradient tapes that are open
        self.noted: dict[Hashable, int] = {}  # how often events of one kind were noted at one place
        self.assigned: cst.BaseExpression | None = None  # the right side of the assignment that is being made
        self.allowed: int | None = None  # steps, counted as in `allowance`, that this run may take
        self.taken_before = 0  # those that were taken when it began
        self.frozen_before = 0  # networks older than this are not changed (analysis of functions nobody calls)
        #: Where this run follows a call that nobody wrote: what other such calls have shown, the functions that
        #: conditions stand in, and the parameters that their first calls leave unknown.
        self.undecidable: Undecidable | None = None
        self.asking_functions: dict[Hashable, FunctionValue] = {}
        self.not_given: dict[int, frozenset[str]] = {}

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
            return forgotten(self.fresh("nested too deeply", node))  # only the analysis does not know it
        self.expression_depth = depth + 1
        outer, self.reads = self.reads, NOTHING
        try:
            value = handler(self, node, scope)
        except BaseException:
            self.reads = outer
            raise
        finally:
            self.expression_depth = depth
        # What is unknown for what it is made of hangs on the same conditions.
        kind = type(value)
        reads = self.reads
        if kind is Unknown:
            if reads and not reads <= value.needs:
                value = value.needing(reads)
            reads = value.needs
        elif kind is Guarded:
            reads = value.needs
        elif kind is Array and reads:
            value.needs = value.needs | reads
        elif (kind is ListValue or kind is DictValue) and reads and value.unknown is not None:
            value.unknown = value.unknown.needing(reads)
        self.reads = outer if not reads or reads is outer else reads if not outer else outer | reads
        return value

    def execute(self, statements: Sequence[cst.CSTNode], scope: Scope) -> Signal | None:
        """Run statements in order until one ends the block early. May raise UserRaise and BudgetExceeded."""
        budget = self.budget
        ways: WaysOut | None = None
        marks = self.marks
        for statement in statements:
            handler = STATEMENTS.get(type(statement))
            if handler is None:
                continue
            beside = marks.get(id(statement)) if marks else None
            if beside is not None:
                prepare(self, beside, scope, statement)
            budget.steps -= 1
            if not budget.steps & 255:
                budget.check()
            if ways is None:
                signal = handler(self, statement, scope)
            else:
                try:
                    signal = handler(self, statement, scope)
                except UserRaise as raised:
                    note_raise(self, raised)
                    return ways.finish(None, ended=True)
            if beside is not None and type(signal) is not Split:
                finish(self, beside, scope, statement)
            if signal is None:
                continue
            if type(signal) is not Split:
                return signal if ways is None else ways.finish(signal)
            ways = ways or WaysOut(self)
            if not ways.go_on(signal, "on"):
                return ways.finish(None, ended=True)
        return None if ways is None else ways.finish(None)

    def call(self, function: Value, arguments: Arguments, site: Site) -> Value:
        """The result of `function(...)`. May raise UserRaise and BudgetExceeded."""
        handler = CALLS.get(type(function)) or CALLS[object]
        return handler(self, function, arguments, site)

    @property
    def main(self) -> Scope | None:
        """The names of the file itself, where the run begins with it."""
        return self._main

    @main.setter
    def main(self, scope: Scope | None) -> None:
        self._main = self.program.main = scope

    @property
    def file(self) -> Any:
        """The source file that is being executed."""
        return self.call_stack[-1].site.file if self.call_stack else self.project.source

    def branch(self) -> Run:
        """A run that goes on from here, beside others: what it changes is noted in a journal of its own.

        It has built nothing yet.
        """
        other = copy.copy(self)
        for name, value in vars(self).items():
            if type(value) in _PLAIN:
                setattr(other, name, value.copy())
        other.asking = {about: cases.copy() for about, cases in self.asking.items()}
        other.journal = Journal()
        other.leave_out_so_far()
        return other

    def leave_out_so_far(self) -> None:
        """What was built so far is seen elsewhere: only what comes now is a part of the result."""
        program = Program(self.program.entry)
        program.source = self.program.source
        program.start, program.doubts, program.fault = self.program.start, self.program.doubts, self.program.fault
        self.program = program
        self.needed = {key: (moment, 0) for key, (moment, _) in self.needed.items()}
        self.begun = self.journal.mark()

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

    def unknown_list(self, reason: str, kind: str = "list", source: Unknown | None = None) -> ListValue:
        """A list of unknown content; `source`: why that is not known that it is made of."""
        made = self.new_list((), kind)
        made.unknown = not_known(reason, source)
        return made

    def fresh(self, reason: str, node: cst.CSTNode | None = None, text: str | None = None) -> Unknown:
        """A new unknown value; the same node in the same round of the same call gives the same key in every run."""
        if node is None:
            return Unknown(reason, ("fresh", self.tick()), text)
        return Unknown(reason, ("node", id(node), self.frame, self.count(node)), text)

    def count(self, node: cst.CSTNode, what: str = "") -> int:
        """How often this has happened at the node before, in the present frame."""
        key = (self.frame, id(node), what)
        count = self.occurrences.get(key, 0)
        self.occurrences[key] = count + 1
        return count

    @contextmanager
    def in_frame(self, node: cst.CSTNode, index: int | None = None) -> Iterator[None]:
        """Run what is inside as a call made at the node, or as a round of the loop that it is.

        Frames make keys the same in every run: what other arms have done before does not count in them.
        """
        before = self.frame
        count = self.count(node, "frame") if index is None else index
        self.frame = self.project.frame(before, node, count)
        try:
            yield
        finally:
            self.frame = before

    def asked(self, reason: str, what: str, path: object, node: cst.CSTNode) -> Unknown:
        """What the file system answers: the same as long as nothing may have been written."""
        if not isinstance(path, str):
            return self.fresh(reason, node)
        return Unknown(reason, ("asked", what, path, self.writes, len(self.saved.items)))

    def fails(self, error: str, reason: str, node: cst.CSTNode | None = None) -> Unknown:
        """Python surely raises `error` here: that ends a `try` body; elsewhere the analysis goes on with an unknown."""
        if self.guarded or (self.stepping and error in ("StopIteration", "IndexError")):
            raise UserRaise(Symbol(f"builtins.{error}"))
        self._note_fault()
        return self.fresh(reason, node)

    def _note_fault(self) -> None:
        """The program surely ends here, unless that hangs on conditions that are not decided."""
        if self.program.fault is None and not self.forks:
            self.program.fault = self.tick()

    def doubt(self, doubt: Doubt) -> None:
        """A step may fail here for reasons that are not seen. Where it is decided that it does, that ends the body.

        Raises:
            UserRaise: it fails.
        """
        if not self.catchers:
            if doubt.error is not None and is_outside(root_of(doubt.key)):
                known = self.facts.get(doubt.key)
                if (self.taken.get(doubt.key) if known is None else known) is doubt.failing:
                    raise UserRaise(doubt.raised)  # a handler elsewhere goes on in this case; here the program ends
                self.facts[doubt.key] = not doubt.failing  # it goes on only where the step does not fail
            return
        if doubt.key is not None and doubt.error not in COMMON and self.known(doubt.key) is doubt.failing:
            raise UserRaise(doubt.raised)
        self.doubts.append(doubt)
        self.made_before_doubt = len(self.program.networks)

    def doubt_refusal(self, needs: frozenset[Hashable]) -> None:
        """Keras may refuse something here in one of the cases that these conditions tell apart."""
        if needs and self.catchers:
            key = ("refused", needs)
            self.condition_needs[key] = needs
            self.doubt(Doubt(key, True, "ValueError"))

    def layer_name(self, cls: str) -> str:
        """The name Keras gives the next layer of this class: `dense`, `dense_1`."""
        base = snake_case(cls)
        count = self.name_counters.get(base, 0)
        self.name_counters[base] = count + 1
        return base if count == 0 else f"{base}_{count}"

    def add_network(self, network: Network) -> None:
        """A model is made here."""
        self.program.networks.append(network)
        if self.forks:
            self.in_arms.append((network, NOTHING.union(*(needs for _, needs in self.forks))))

    # -- changing things ----------------------------------------------------------------------------------

    def may_change(self, thing: Changeable) -> bool:
        """Called before a change. False where the change must not be made."""
        if isinstance(thing, Network):
            if thing.birth < self.frozen_before:
                return False
            thing.changed = self.tick()
        return True

    def may_build(self, network: Network) -> bool:
        """Called before a model is built by its first data."""
        return self.may_change(network)

    @contextmanager
    def in_loop(self, node: cst.CSTNode, over: Value) -> Iterator[None]:
        """Run what is inside as rounds of a loop."""
        self.loops.append(Loop(Site(self.file, node), self.serial, over))
        depth = len(self.loops)
        try:
            yield
        finally:
            del self.loops[depth - 1 :]

    def timed(self, event: CompileCall | TrainCall | Preparation | GivenWeights) -> None:
        """Note when something happens, and in which loops."""
        event.moment, event.loops = self.tick(), tuple(self.loops)

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
    def unknown_rounds(self) -> Iterator[None]:
        """Run what is inside as one round of none, one or many: what it changes is forgotten."""
        from kerascheck.machine.joins import widen

        mark = self.journal.mark()
        self.loop_births.append(self.tick())
        try:
            yield
        finally:
            self.loop_births.pop()
            after = Outcome("on", None, self.journal.changes(mark), {}, NOTHING)
            self.journal.undo(mark)
            none = Outcome("on", None, {}, {}, NOTHING)
            widen(self, mark, [none, after], "changed an unknown number of times", True)

    @property
    def image_data_format(self) -> Value:
        """The order of axes that the program has set."""
        return self.settings["image_data_format"]

    @image_data_format.setter
    def image_data_format(self, value: Value) -> None:
        self.settings["image_data_format"] = value

    @property
    def is_order_set(self) -> bool:
        """Whether the program has set an order of axes, be it the usual one."""
        return self.settings["is_order_set"] is not False

    @is_order_set.setter
    def is_order_set(self, value: bool) -> None:
        self.settings["is_order_set"] = value

    # -- decisions ------------------------------------------------------------------------------------------

    def known(self, key: Hashable) -> bool | None:
        """How the condition is decided here; None where both arms are run."""
        if self.questions is not None:
            self.questions.add(key)
        if key in self.relevant:
            self.decided += 1
        known: bool | None = self.facts.get(key)
        if known is not None:
            return known
        if self.relevant_about:
            self._recall(key)
        known = implied(self.facts, key)
        if known is None and self.relevant_about and key not in self.relevant:
            known = self._by_relevant(key)
        if known is None and (self.following or self.cases):
            known = self._only_choice(key)
        if known is not None:
            return known
        if key in self.relevant:
            known = self.taken.get(key)
            if known is None:
                known = self.taken[key] = self.plan.get(key, True)
                self.decided_at[key] = self.serial
        if known is not None:
            self._hold(key, known)
        return known

    def _hold(self, key: Hashable, choice: bool) -> None:
        """It holds from here on, or does not."""
        self.facts[key] = choice
        if choice:
            from kerascheck.machine.conditions import pin

            pin(self, key)

    def _recall(self, key: Hashable) -> None:
        """Note again what was decided about the same value, be it in an arm that is over."""
        for other in self.relevant_about.get(root_of(key), ()):
            if other != key and other in self.taken and other not in self.facts:
                self._hold(other, self.taken[other])

    def _by_relevant(self, key: Hashable) -> bool | None:
        """How the condition is decided by those that are decided anyway and ask about the same value."""
        others = [other for other in self.relevant_about.get(root_of(key), ()) if other not in self.facts]
        for other in others:
            self.known(other)
        return implied(self.facts, key) if others else None

    def _only_choice(self, key: Hashable) -> bool | None:
        """How the condition is decided since something follows from the contrary that does not hold here."""
        for choice in (True, False) if self.following else ():
            for other, wanted in self.following.get((key, choice), _NOTHING_FOLLOWS).items():
                known = self.facts.get(other)
                if known is None:
                    known = implied(self.facts, other, (key, choice))
                if known is (not wanted):
                    return not choice
        for case in self.asking.get(root_of(key), ()):
            holds = self.facts.get(case)
            if holds is None:
                continue
            sides = self.cases[case][holds]
            possible = [choice for choice in (True, False) if any(self._may_hold(s, key, choice) for s in sides)]
            if len(possible) == 1:
                return possible[0]
        return None

    def learn_cases(self, case: Hashable, cases: dict[bool, list[dict[Hashable, bool]]]) -> None:
        """Note what a condition is made of."""
        keys = {key for sides in cases.values() for side in sides for key in side}
        roots = {root for key in keys if (root := root_of(key)) is not None and is_outside(root)}
        if roots:
            self.cases[case] = cases
        for root in roots:
            asking = self.asking.setdefault(root, [])
            asking.append(case)
            del asking[:-_MAX_CASES]

    def _may_hold(self, side: Mapping[Hashable, bool], key: Hashable, choice: bool) -> bool:
        """Whether all of the case may hold where the condition is decided like that."""
        for other, wanted in side.items():
            known = choice if other == key else self.facts.get(other)
            if known is None:
                known = implied(self.facts, other, (key, choice))
            if known is (not wanted):
                return False
        return True

    def meet(self, key: Hashable, node: cst.CSTNode | None) -> None:
        """A condition comes up that is not known. Whether it does may hang on what is assumed here."""
        self.places.setdefault(key, node)
        if key not in self.within:
            self.within[key] = frozenset(self.facts)
            if self.undecidable is not None and self.call_stack:
                self.asking_functions[key] = self.call_stack[-1]

    def decide(self, key: Hashable, needs: frozenset[Hashable], default: bool) -> bool:
        """Decide a condition where its arms cannot be joined: by default, and in the other runs otherwise."""
        known = self.known(key)
        if known is not None:
            return known
        self.need(needs)
        self.facts[key] = default
        return default

    def need(self, needs: Iterable[Hashable]) -> None:
        """What follows hangs on these conditions in a way that cannot be joined."""
        for key in needs:
            self.needed.setdefault(key, (self.serial, len(self.program.raised)))

    def need_forks(self, birth: int) -> None:
        """Something older is done in the arms that are running, which cannot be taken back: they are to be decided."""
        for moment, needs in self.forks:
            if moment > birth:
                self.need(needs)

    def needs_of(self, key: Hashable) -> frozenset[Hashable]:
        """The conditions to be decided for this one to be known."""
        found = self.condition_needs.get(key)
        return frozenset((key,)) if found is None else found

    def facts_at(self, mark: Mark) -> Mapping[Hashable, bool]:
        """What was assumed or decided at the mark."""
        return self.journal.before(self.facts, mark)  # type: ignore[no-any-return]

    def stable(self, key: Hashable, node: cst.CSTNode | None) -> Hashable:
        """The same key in every run: plans name conditions by them."""
        if isinstance(key, SymDim):
            terms = [(tuple((a.text, self.stable(a.key, None)) for a in t), n) for t, n in key.terms.items()]
            return ("size", frozenset(terms))
        if not isinstance(key, tuple):
            return key
        if key[:1] == ("unnamed",):
            if key not in self.aliases:
                fresh = ("alias", len(self.aliases)) if node is None else self.fresh("a condition", node).key
                self.aliases[key] = fresh
            return self.aliases[key]
        return tuple([self.stable(part, node) for part in key])

    # -- what Keras says ------------------------------------------------------------------------------------

    def reach(self, site: Site | None) -> None:
        """Note that this run executes the place."""
        if site is not None:
            self.program.reached.add((id(site.file), id(site.node)))  # `Site.key`

    def note(self, event: Event, about: object = None) -> None:
        """Note what the program does (see `network.events`); what a loop repeats is noted a few times."""
        event.guarded = bool(self.guarded) or self._is_second_try(event.site)
        key = (type(event), event.site.key, id(about))
        count = self.noted[key] = self.noted.get(key, 0) + 1
        if count <= _MOST_EVENTS:
            self.program.events.append(event)

    def _is_second_try(self, site: Site) -> bool:
        """Whether a handler does what its body has tried, for objects that fail there: they are not told apart here."""
        function = site.node.func if isinstance(site.node, cst.Call) else None
        return isinstance(function, cst.Attribute) and any(function.attr.value in names for names in self.tried_before)

    def raised(
        self, error: KerasError, site: Site | None, layer: Layer | None = None, inputs: Sequence[Tensor] = ()
    ) -> None:
        """Note that Keras raises here, unless the program is ready to catch it: then its handlers go on."""
        if self.guarded:
            raise UserRaise(Unknown(f"Keras raises: {error.message}"))
        if site is None:
            return
        self.reach(site)
        self.need_forks(0)  # the fault may be one of arms that do not go together: see with them decided
        self._note_fault()
        self.program.raised.append(Raised(error, site, layer, inputs))

    def escape(self, value: Value, reason: str) -> None:
        """The value is handed to code we cannot see, which may change it and all that it leads to."""
        waiting: list[Value] = [value]
        seen: set[int] = set()
        while waiting:
            one = waiting.pop()
            if type(one) in _UNCHANGING or id(one) in seen:
                continue
            seen.add(id(one))
            self._change(one, reason, waiting)

    def _change(self, value: Value, reason: str, waiting: list[Value]) -> None:
        """Something may be done to the value itself; what it leads to is put to what waits."""
        if isinstance(value, Network):
            value.met_data = True
            if value.birth >= self.frozen_before:
                value.open = value.open or Unknown(reason)
        elif isinstance(value, Layer):
            value.met_unknown = True
        elif isinstance(value, IteratorValue):
            self.lose(value, reason)
        elif isinstance(value, (ListValue, DictValue)):
            waiting += value.items if isinstance(value, ListValue) else value.items.values()
            value.blur(reason)
        elif isinstance(value, tuple):
            waiting += value
        elif isinstance(value, Instance):
            waiting += value.attributes.values()
            value.blur(reason)
        elif isinstance(value, Array):
            value.blur(reason)
        elif isinstance(value, Guarded):
            waiting += [alternative for _, alternative in value.alternatives]
        elif isinstance(value, Unknown):
            waiting += value.holds
        elif hasattr(value, "forget"):
            value.forget()


#: Containers that are a run's own.
_PLAIN = frozenset({dict, list, set})

#: Classes of values that nothing can change.
_UNCHANGING = frozenset({str, int, float, bool, type(None), Symbol, SymDim, range})


@lru_cache(maxsize=1024)
def snake_case(name: str) -> str:
    """`BatchNormalization` to `batch_normalization`, as `keras.src.utils.naming.to_snake_case` does."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
