"""How a command is run: in a watched process, with a status and one line for what goes wrong."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Any

from kerascheck.text.escaping import say


def analyse(config: list[str] | None, isolated: bool, command: Callable[..., int], *arguments: Any) -> int:
    """The exit status of a command that analyses programs, called with what gives each its settings."""
    from kerascheck.cli.common import hold_stdin, resolver_of

    if any("-" in map(str, one if isinstance(one, list) else [one]) for one in arguments):
        status = run_command(hold_stdin)  # once, here: what follows may be begun again
        if status:
            return status
    return run_command(lambda: command(resolver_of(config, isolated), *arguments), True)


#: Whether this process is a program of its own, whose output a copy of it may write.
_is_program = False


def be_a_program() -> None:
    """This process is the command itself, and not a test or a program that calls it."""
    global _is_program
    _is_program = True


def run_command(command: Callable[[], int | None], in_copy: bool = False) -> int:
    """The exit status of a command; what goes wrong is said in one line.

    Args:
        command: what to do.
        in_copy: whether it is to be done in another process, which this one watches.
    """
    from kerascheck.cli.common import FAILED, Failure
    from kerascheck.errors import ConfigError

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # file names and messages that the terminal cannot show
    if in_copy and _is_program:
        from kerascheck.workers import supervision

        try:
            return supervision.in_copy(lambda: run_command(command))
        except KeyboardInterrupt:
            return 130
    try:
        return command() or 0
    except (Failure, ConfigError) as failure:
        say("kerascheck: error", str(failure))
        return FAILED
    except KeyboardInterrupt:
        return 130
