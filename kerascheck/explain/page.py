"""The page "I have this message", from the table that `kerascheck explain` uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kerascheck.explain.messages import subjects
from kerascheck.explain.messages.base import Message, filled
from kerascheck.explain.traces import exceptions
from kerascheck.text.escaping import markdown_prose

_INTRODUCTION = """# I have this message

Copy a part of the message into the search field above, or pass all of it to kerascheck, which also finds the
row, the shapes there and the fix:

```console
$ python train.py 2>&1 | kerascheck explain
$ kerascheck explain error.txt train.py
$ kerascheck explain "logits and labels must have the same shape ((None, 10) vs (None, 1))" train.py
```

Messages of Keras 2 and 3, of TensorFlow, JAX and PyTorch beneath it, and of what stands before a model: NumPy and
scikit-learn. Names and numbers are examples. [How `explain` works](usage.md#explain-a-message)
"""


def page(link: Callable[[str], str | None]) -> str:
    """The page as Markdown.

    Args:
        link: the Markdown of a link to the page of a rule, by its code; None where there is no such rule.
    """
    parts = [_INTRODUCTION]
    for subject, messages in subjects().items():
        parts.append(f"## {subject}\n")
        parts += ["\n".join(_entry(message, link)) for message in messages]
    return "\n".join(parts)


def _entry(message: Message, link: Callable[[str], str | None]) -> Iterator[str]:
    groups = _groups(message)
    title = message.page or filled(message.title, groups)
    yield f"### {markdown_prose(title)} {{#{message.id}}}\n"
    yield "```text"
    for example in message.examples:
        yield from (_shortened(line) for line in example.split("\n") if line.strip())
    yield "```\n"
    yield f"{markdown_prose(filled(message.why, groups))}\n"
    for advice in message.todo:
        yield f"- {markdown_prose(filled(advice, groups))}"
    links = [found for code in message.rules if (found := link(code)) is not None]
    if links:
        yield f"\nFound before the run by {', '.join(links)}."
    yield ""


def _shortened(line: str) -> str:
    line = line.replace("`" * 3, "")
    return line if len(line) <= 220 else f"{line[:220]} ..."


def _groups(message: Message) -> dict[str, str]:
    """What the first example fills the fields with."""
    raised = exceptions(message.examples[0])[-1]
    return message.found_in(raised.message, raised.kind) or {}
