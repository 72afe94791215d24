"""When units are analysed anew."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("lsprotocol")

from lsprotocol import types

from kerascheck.integrations.lsp.facts import Findings, Structure
from kerascheck.integrations.lsp.session import Session
from kerascheck.integrations.lsp.units import Unit


class Silent:
    """Listens to nothing."""

    def found(self, unit: Unit) -> None: ...
    def changed_by_itself(self, unit: Unit) -> None: ...
    def warn(self, message: str) -> None: ...
    def note(self, message: str) -> None: ...


class Analyst:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.asked = 0
        self.forgotten = 0
        self.may_answer = asyncio.Event()

    async def ask(self, name: str, *_: Any, early: Callable[[Any], None] | None = None, priority: int = 0) -> Any:
        if name != "examine":
            return {}
        self.asked += 1
        await self.may_answer.wait()
        if early is not None:
            early(Findings(modules=("/project/rates.json",)))
        return Structure()

    def set_buffer(self, filename: str, text: str | None) -> None: ...

    def forget(self) -> None:
        self.forgotten += 1

    def close(self) -> None: ...


@pytest.mark.asyncio
@pytest.mark.parametrize(("changed", "times"), [("/project/rates.json", 2), ("/project/other.json", 1)])
async def test_what_was_read_may_change_before_the_answer_comes(changed: str, times: int) -> None:
    session = Session(Silent())
    session.analyst.close()
    session.analyst = analyst = Analyst()  # type: ignore[assignment]
    session.open(types.TextDocumentItem("file:///project/a.py", "python", 1, "import keras\n"))
    await asyncio.sleep(0.05)
    assert analyst.asked == 1
    session.files_changed({changed})
    analyst.may_answer.set()
    await asyncio.sleep(0.5)
    assert (analyst.asked, analyst.forgotten) == (times, times - 1)
    session.close_all()
