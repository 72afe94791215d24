"""One run of the interpreter: what it assumes and decides, its budget and what it has built."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.keras.naming import snake_case
from kerascheck.machine.asking import is_outside, root_of
from kerascheck.machine.decisions import Decisions
from kerascheck.machine.directives import finish, prepare
from kerascheck.machine.dispatch import CALLS, EXPRESSIONS, LEAVES, STATEMENTS
from kerascheck.machine.doubts import COMMON, Doubt
from kerascheck.machine.escapes import escape
from kerascheck.machine.limits import MAX_EXPRESSION_DEPTH
from kerascheck.machine.paths import Catcher, Outcome, Signal, Split, WaysOut, note_raise
from kerascheck.machine.values import (
    DictValue,
    IteratorValue,
    ListValue,
    Scope,
    UserRaise,
    Value,
    not_known,
)
from kerascheck.network.arguments import Arguments
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

#: Rounds of a loop of which it is noted what they do with models and losses.
_MOST_EVENTS = 3


#: What Python itself may raise where it computes with values of the program.
RAISED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


#: What a program may change in place.
Changeable: TypeAlias = ListValue | DictValue | Network | Array


class Run(Decisions):
    """The state of one run through the program.

    Conditions that are not known are joined after both arms (see `paths`), but for the `relevant` ones, which are
    decided (see `decisions`).
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
        super().__init__(entry, relevant, plan)
        self.begun: Mark | None = None  # where what is a part of the result begins, if that is not the beginning
        self.catchers: list[Catcher] = []  # the `try` bodies that are running
        self.reads = NOTHING  # the conditions that parts of the present expression hang on
        self.doubts: list[Doubt] = []  # the steps of the running `try` bodies that may fail without being seen to
        self.made_before_doubt = 0  # how many models there were at the latest of them
        self.pinned: dict[Hashable, Value] = Cells()  # unknown values that a condition has made known
        self.grown: dict[Hashable, Value] = Cells()  # unknown lists that the program has put something in, or taken out
        self.program.source = project.source
        self.in_arms: list[tuple[Network, frozenset[Hashable]]] = []  # models made in arms, with their conditions
        self.loop_births: list[int] = []  # for each unknown loop we are in: when it began
        self.loops: list[Loop] = []  # all loops and comprehensions that we are in
        self.layer_changes = 0  # how often an attribute of a layer or model was set
        self.changed: set[tuple[int, str, Hashable]] = set()  # what was set of which: what is set again counts once
        self.undecided = 0  # grows with each condition that is not known
        self.weights_taken: tuple[Layer, Site] | None = None  # the latest `get_weights`: of what, and where
        #: What training calls gave, by the identity of that: unknown numbers.
        self.results: dict[Hashable, TrainCall] = {}
        self.drawn = 0  # grows with each call that draws random numbers of TensorFlow
        self.writes = 0  # grows with each call that may write files
        self.calls = 0  # calls of functions of the program so far
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
        self.is_unseen = False  # whether it runs a function that nobody is seen to call
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

    def unknown_dict(self, reason: str) -> DictValue:
        """A dictionary of unknown content."""
        made = self.new_dict()
        made.unknown = Unknown(reason)
        return made

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

    def _hold(self, key: Hashable, choice: bool) -> None:
        """It holds from here on, or does not: where it does, that may make an unknown value known."""
        super()._hold(key, choice)
        if choice:
            from kerascheck.machine.conditions import pin

            pin(self, key)

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

    def escape(self, value: Value, reason: str, node: cst.CSTNode | None = None) -> None:
        """The value is handed at a node to code we cannot see, which may change it and all that it leads to."""
        escape(self, value, reason, node)


#: Containers that are a run's own.
_PLAIN = frozenset({dict, list, set})
