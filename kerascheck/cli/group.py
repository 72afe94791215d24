"""The group of all commands, of which `check` need not be named."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from kerascheck.text.escaping import say
from kerascheck.text.spelling import most_like


class CheckByDefault(TyperGroup):
    """`kerascheck PATH...` is `kerascheck check PATH...`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        own = {option for parameter in self.get_params(ctx) for option in parameter.opts}
        if args and args[0] not in self.commands and args[0] not in own:
            self._refuse_mistyped(args[0])
            args = ["check", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """What the shell offers for the first word: commands, and the options of `check`, which need not be named."""
        found: list[Any] = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-"):
            check = self.commands["check"]
            offered = {item.value for item in found}
            context = check.context_class(check, parent=ctx, info_name="check")
            found += [item for item in check.shell_complete(context, incomplete) if item.value not in offered]
        return found

    def _refuse_mistyped(self, word: str) -> None:
        """Exits where a word is no path, but nearly a command."""
        import os

        if not word.isalpha() or os.path.lexists(word):
            return
        near = most_like(word, self.commands, 0.6)
        if near:
            say("kerascheck: error", f"{word}: no such file, folder or command; did you mean {near}?")
            raise typer.Exit(2)
