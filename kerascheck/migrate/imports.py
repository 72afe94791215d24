"""Imports in line with what the rest of a file became: moved, merged, added, and removed where nothing uses them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import libcst as cst

from kerascheck.fixes.changes import AddItem, Change, InsertRows, RemoveItem, RemoveStatement, Rewrite
from kerascheck.migrate.codemods.names import gone_message, page_of, target_of
from kerascheck.migrate.context import Context, Need, Rewritten, Step
from kerascheck.migrate.facts import exists, is_module, only_in_tensorflow, package_of, row_of, successor, under_keras
from kerascheck.migrate.names import Binding

#: The longest row that names are added to.
_MAX_LENGTH = 88


class Imports:
    """The imports of one file, after the other steps."""

    def __init__(self, context: Context, gone: Rewritten, steps: Sequence[Step]) -> None:
        self._context = context
        self._names = context.names
        self._gone = gone
        self._needs = list(dict.fromkeys(need for step in steps for need in step.needs))
        self._listed = {id(step.node) for step in steps if not step.is_done}
        self._rewritten_modules: dict[int, str] = {}  # what statements import from after this
        self._removed: set[int] = set()  # statements
        self._grown: dict[int, int] = {}  # by how much statements get longer

    def steps(self) -> Iterator[Step]:
        """A step for each statement that changes, and one for the names that are imported besides."""
        statements: dict[int, list[Binding]] = {}
        for binding in self._names.bindings:
            statements.setdefault(id(binding.statement), []).append(binding)
        for bindings in statements.values():
            if any(binding.is_tried for binding in bindings):
                continue
            yield from self._statement(bindings)
        yield from self._added()

    # -- one statement ------------------------------------------------------------------------------------------------

    def _statement(self, bindings: list[Binding]) -> Iterator[Step]:
        statement = bindings[0].statement
        if bindings[0].local == "*":
            yield from self._star(bindings[0])
            return
        changes: list[Change] = []
        messages: list[str] = []
        notes: list[str] = []
        removed: list[Binding] = []
        moved: list[tuple[Binding, Need]] = []
        for binding in bindings:
            if self._is_unused(binding):
                removed.append(binding)
                continue
            need = self._moved(binding, changes, messages, notes)
            if need is not None:
                moved.append((binding, need))
            elif self._is_lost(binding) and not (self._rewritten_by_others(binding) or self._is_listed(binding)):
                yield Step("names", binding.statement, gone_message(binding.dotted), page=page_of(binding.dotted))
        if not removed and not moved:
            if changes:
                yield Step("imports", statement, "; ".join(messages), tuple(changes))
            return
        changes += self._without(statement, bindings, removed, moved)
        messages += [f"{binding.dotted} is not used any more" for binding in removed]
        yield Step(
            "imports", statement, "; ".join(dict.fromkeys(messages)), tuple(changes), note="; ".join(notes) or None
        )

    def _star(self, binding: Binding) -> Iterator[Step]:
        """`from keras.layers.core import *`."""
        new = successor(binding.module)
        if new is None:
            if row_of(binding.module) is not None:
                yield Step("names", binding.statement, gone_message(binding.module), page=page_of(binding.module))
            return
        module = getattr(binding.statement, "module", None)
        if module is not None:
            change = Rewrite(module, (self._rooted(binding.module, new),))
            yield Step("imports", binding.statement, f"{binding.module} is now {new}", (change,))

    def _is_unused(self, binding: Binding) -> bool:
        """Whether nothing uses an import any more, or it fails and nothing has ever used it."""
        if self._is_exported(binding) or self._is_needed(binding):
            return False
        if binding.uses:
            is_ours = under_keras(binding.dotted) is not None or binding.dotted == "tensorflow"
            return is_ours and all(use in self._gone for use in binding.uses)
        new = target_of(self._context, binding.dotted)
        if new is not None and is_module(new) and binding.is_from:
            return binding.local == binding.dotted.rpartition(".")[2] != new.rpartition(".")[2]
        return self._is_lost(binding)

    def _is_needed(self, binding: Binding) -> bool:
        """Whether what other steps write uses it."""
        dotted = [
            f"{need.module}.{need.name}" if need.module else need.name
            for need in self._needs
            if need.local == binding.local
        ]
        return binding.dotted in dotted

    def _is_exported(self, binding: Binding) -> bool:
        """Whether `__all__` names it."""
        return f'"{binding.local}"' in self._exports or f"'{binding.local}'" in self._exports

    @cached_property
    def _exports(self) -> str:
        """What is assigned to `__all__`, as it is written."""
        line = self._names.tree.body
        assigned = [one for row in line if isinstance(row, cst.SimpleStatementLine) for one in row.body]
        return "".join(
            self._context.source.code_for(one)
            for one in assigned
            if isinstance(one, (cst.Assign, cst.AugAssign, cst.AnnAssign))
            and any(isinstance(target, cst.Name) and target.value == "__all__" for target in _targets(one))
        )

    def _is_lost(self, binding: Binding) -> bool:
        """Whether an import fails in Keras 3, and nothing takes the place of what it imports."""
        dotted = binding.dotted if binding.is_from else binding.module
        return row_of(dotted) is not None and successor(dotted) is None and not only_in_tensorflow(dotted)

    def _has_lost_use(self, binding: Binding) -> bool:
        """Whether something of a module is used that nothing takes the place of, and that stays as it is."""
        left = [self._names.dotted(use) for use in binding.uses if use not in self._gone]
        return any(one is not None and row_of(one) is not None and successor(one) is None for one in left)

    def _is_listed(self, binding: Binding) -> bool:
        """Whether all uses of an import are among what is left to do by hand anyway."""
        paths = [[use, *self._names.ancestors(use)] for use in binding.uses]
        return bool(paths) and all(any(id(node) in self._listed for node in path) for path in paths)

    def _moved(self, binding: Binding, changes: list[Change], messages: list[str], notes: list[str]) -> Need | None:
        """What takes the place of an import; None where it stays as it is."""
        if not binding.is_from:
            return self._moved_module(binding, changes, messages)
        if self._rewritten_by_others(binding):
            return None
        new = target_of(self._context, binding.dotted)
        bare = any(isinstance(use, cst.Name) and use not in self._gone for use in binding.uses)
        if new is not None and is_module(new) and (bare or self._has_lost_use(binding)):
            return None  # it is used as something else than a module, which `merge` was, too
        if new is None:
            if not only_in_tensorflow(binding.dotted):
                return None
            name = binding.dotted.rpartition(".")[2]
            messages.append(f"{binding.dotted} is gone from keras")
            notes.append(f"only tensorflow.keras has {name} still")
            return Need(f"tensorflow.{binding.module}", name, binding.local)
        messages.append(f"{binding.dotted} is now {new}")
        if new == "keras":
            return Need("", "keras", binding.local)
        parent, _, name = new.rpartition(".")
        local = binding.local
        old = binding.dotted.rpartition(".")[2]
        if local == old and name != old and self._can_be_called(name, new):
            local = name
            left = [use for use in dict.fromkeys(binding.uses) if use not in self._gone]
            changes += [Rewrite(_base(use), (name,)) for use in left]
        return Need(self._rooted(binding.dotted, parent), name, local)

    def _moved_module(self, binding: Binding, changes: list[Change], messages: list[str]) -> Need | None:
        """`import keras.layers.core`, with or without another name."""
        new = target_of(self._context, binding.module)
        assert binding.alias is not None
        if binding.alias.asname is None:
            if new is None or not binding.module.startswith("keras"):
                return None
            messages.append(f"{binding.module} is now {new}")
            changes.append(Rewrite(binding.alias.name, (new,)))
            return None
        if new is None:
            return None
        messages.append(f"{binding.module} is now {new}")
        if new == "keras" and binding.local == "keras":
            return Need("", "keras", "keras")
        changes.append(Rewrite(binding.alias.name, (self._rooted(binding.module, new),)))
        return None

    def _rewritten_by_others(self, binding: Binding) -> bool:
        module = getattr(binding.statement, "module", None)
        return module is not None and module in self._gone

    def _can_be_called(self, name: str, new: str) -> bool:
        """Whether the file has room for a name: it is free, or it is this very thing already."""
        if self._names.is_free(name):
            return True
        other = self._names.binding_of(name)
        return other is not None and (successor(other.dotted) or under_keras(other.dotted)) == new

    def _rooted(self, dotted: str, new: str) -> str:
        """A name under `keras` by the root that the old one was reached by."""
        through_tensorflow = package_of(dotted) == "tf.keras" and not self._context.options.to_keras
        if through_tensorflow and (exists(new, "tf.keras")):
            return f"tensorflow.{new}"
        return new

    def _without(
        self, statement: cst.Import | cst.ImportFrom, bindings: list[Binding], removed: list[Binding],
        moved: list[tuple[Binding, Need]],
    ) -> list[Change]:  # fmt: skip
        """The changes of a statement from which some names go elsewhere."""
        whole = len(removed) + len(moved) == len(bindings)
        modules = {need.module for _, need in moved}
        is_global = self._names.is_global(bindings[0])
        changes: list[Change] = []
        if whole and len(modules) == 1 and isinstance(statement, cst.ImportFrom) and statement.module is not None:
            [module] = modules
            text = ", ".join(need.text for _, need in moved)
            merges = is_global and not self._is_commented(statement)
            if module and not (merges and self._holder(module, text, statement) is not None):
                changes.append(Rewrite(statement.module, (module,)))
                changes += [
                    Rewrite(binding.alias, (need.text,))
                    for binding, need in moved
                    if binding.alias is not None and need.text != self._written(binding)
                ]
                changes += [RemoveItem(list(statement.names), binding.alias) for binding in removed if binding.alias]  # type: ignore[arg-type]
                self._rewritten_modules[id(statement)] = module
                return changes
        if is_global:
            self._needs += [need for _, need in moved]
        else:
            changes.append(
                InsertRows(statement, tuple(_rows([need for _, need in moved])))
                if moved
                else RemoveStatement(statement)
            )
        if whole:
            self._removed.add(id(statement))
            if RemoveStatement(statement) not in changes and not any(
                isinstance(one, RemoveStatement) for one in changes
            ):
                changes.append(RemoveStatement(statement))
            return changes
        items: Sequence[cst.ImportAlias] = statement.names  # type: ignore[assignment]
        gone = [*removed, *(binding for binding, _ in moved)]
        changes = [one for one in changes if not isinstance(one, RemoveStatement)]
        return [*changes, *(RemoveItem(items, binding.alias) for binding in gone if binding.alias is not None)]

    def _is_commented(self, statement: cst.CSTNode) -> bool:
        """Whether there are comments among its names, or on its row: they would go with the statement."""
        line = self._names.parent(statement)
        behind = line.trailing_whitespace.comment if isinstance(line, cst.SimpleStatementLine) else None
        return behind is not None or "#" in self._context.source.code_for(statement)

    def _written(self, binding: Binding) -> str:
        old = binding.dotted.rpartition(".")[2]
        return old if old == binding.local else f"{old} as {binding.local}"

    # -- what comes besides -------------------------------------------------------------------------------------------

    def _holder(self, module: str, text: str, apart_from: cst.CSTNode | None = None) -> cst.ImportFrom | None:
        """A statement at the level of the module that imports from this one, stays, and has room for more names."""
        for binding in self._names.bindings:
            statement = binding.statement
            if (
                isinstance(statement, cst.ImportFrom)
                and statement is not apart_from
                and id(statement) not in self._removed
                and not isinstance(statement.names, cst.ImportStar)
                and not statement.relative
                and self._names.is_global(binding)
                and self._module_of(binding) == module
                and self._has_room(statement, text)
            ):
                return statement
        return None

    def _has_room(self, statement: cst.ImportFrom, text: str) -> bool:
        """Whether a row does not get longer than any row should be, with what it gets anyway."""
        if statement.lpar is not None:
            return True
        length = len(self._context.source.code_for(statement)) + self._grown.get(id(statement), 0) + len(text) + 2
        return length <= _MAX_LENGTH

    def _module_of(self, binding: Binding) -> str | None:
        """From which module a statement imports after this; None where it goes away."""
        known = self._rewritten_modules.get(id(binding.statement))
        if known is not None:
            return known
        own = [one for one in self._names.bindings if one.statement is binding.statement]
        stays = any(not self._is_unused(one) and self._moves_to(one) is None for one in own)
        return binding.module if stays else None

    def _moves_to(self, binding: Binding) -> str | None:
        return target_of(self._context, binding.dotted) or (
            binding.dotted if only_in_tensorflow(binding.dotted) else None
        )

    def _added(self) -> Iterator[Step]:
        wanted = [need for need in dict.fromkeys(self._needs) if not self._is_there(need)]
        if not wanted:
            return
        changes: list[Change] = []
        left: list[Need] = []
        for need in wanted:
            holder = self._holder(need.module, need.text) if need.module else None
            if holder is None:
                left.append(need)
            else:
                self._grown[id(holder)] = self._grown.get(id(holder), 0) + len(need.text) + 2
                changes.append(AddItem(holder.names, need.text))  # type: ignore[arg-type]
        anchor = self._anchor()
        if left:
            if anchor is not None:
                changes.append(InsertRows(anchor, tuple(_rows(left)), behind=id(anchor) not in self._removed))
            else:
                first = next(iter(self._names.tree.body), None)
                if first is None:
                    return
                changes.append(
                    InsertRows(
                        first.body[0] if isinstance(first, cst.SimpleStatementLine) else first, tuple(_rows(left))
                    )
                )
        names = ", ".join(need.local for need in wanted)
        where = anchor if anchor is not None else self._names.tree.body[0]
        yield Step("imports", where, f"imported: {names}", tuple(changes))

    def _is_there(self, need: Need) -> bool:
        """Whether an import that stays gives the name already."""
        dotted = f"{need.module}.{need.name}" if need.module else need.name
        return any(
            binding.local == need.local and binding.dotted == dotted and self._names.is_global(binding)
            and not self._is_unused(binding)
            for binding in self._names.bindings
        )  # fmt: skip

    def _anchor(self) -> cst.CSTNode | None:
        """The last import of Keras at the level of the module, else the last import."""
        found = [one for one in self._names.bindings if self._names.is_global(one)]
        ours = [one for one in found if under_keras(one.dotted) is not None or one.dotted.startswith("tensorflow")]
        last = (ours or found)[-1:] if found else []
        return last[0].statement if last else None


def _rows(needs: Sequence[Need]) -> list[str]:
    """Import statements for some names."""
    rows = [f"import {need.text}" for need in needs if not need.module]
    modules = dict.fromkeys(need.module for need in needs if need.module)
    return rows + [
        f"from {module} import {', '.join(need.text for need in needs if need.module == module)}" for module in modules
    ]


def _targets(node: cst.Assign | cst.AugAssign | cst.AnnAssign) -> list[cst.BaseExpression]:
    return [one.target for one in node.targets] if isinstance(node, cst.Assign) else [node.target]


def _base(use: cst.BaseExpression) -> cst.BaseExpression:
    while isinstance(use, cst.Attribute):
        use = use.value
    return use


__all__ = ["Imports", "successor"]
