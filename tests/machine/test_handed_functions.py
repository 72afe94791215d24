"""Functions that are handed to code that is not seen: it may call them, and they write what their text shows."""

from __future__ import annotations

import pytest

from tests.machine.helpers import build

HANDED = {
    "a list that a function fills": """
        data = [1, 2]
        def note(item):
            data.append(item)
        helper.run(note)
        size = len(data)
    """,
    "a list that a lambda fills": """
        data = [1, 2]
        helper.run(lambda item: data.append(item))
        size = len(data)
    """,
    "a global name": """
        size = 3
        def change(n):
            global size
            size = n
        helper.run(key=change)
    """,
    "a name of the function around it": """
        def outer():
            size = 3
            def change(n):
                nonlocal size
                size = n
            helper.run(change)
            return size
        size = outer()
    """,
    "an attribute": """
        class Holder:
            size = 3
            def __init__(self):
                self.size = 3
            def change(self, n):
                self.size = n
        holder = Holder()
        helper.run(holder.change)
        size = holder.size
    """,
    "behind functools.partial": """
        import functools
        data = {"a": 1, "b": 2}
        def note(key, value):
            data[key] = value
        helper.run(functools.partial(note, "c"))
        size = len(data)
    """,
}


@pytest.mark.parametrize("code", HANDED.values(), ids=HANDED)
def test_what_it_writes_is_not_known(code: str) -> None:
    import textwrap

    program = "import helper\n" + textwrap.dedent(code) + "model = Sequential([Input((4,)), Dense(size)])\n"
    assert {str(network.status()) for path in build(program).paths for network in path.networks} == {"symbolic"}


@pytest.mark.parametrize(
    "code",
    [
        "size = 3\ndef read(n):\n    return size + n\nhelper.run(read)\n",
        "size = 3\ndef own(n):\n    size = n\n    return size\nhelper.run(own)\n",
        "data = [1]\ndef own(n):\n    data = []\n    data.append(n)\nhelper.run(own)\nsize = len(data)\n",
    ],
)
def test_what_it_only_reads_is_known(code: str) -> None:
    program = f"import helper\n{code}model = Sequential([Input((4,)), Dense(size)])\n"
    assert {str(network.status()) for path in build(program).paths for network in path.networks} == {"exact"}
