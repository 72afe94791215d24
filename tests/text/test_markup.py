"""HTML is escaped as it is made."""

from __future__ import annotations

import pytest

from kerascheck.text.escaping import visible
from kerascheck.text.markup import Markup, join, tag


def test_elements() -> None:
    assert tag("p", "a", 1, None, [tag("b", "c"), "d"]) == "<p>a1<b>c</b>d</p>"
    assert tag("input", type="search", checked=True, hidden=False, title=None) == '<input type="search" checked>'
    assert tag("a", class_="x", data_code="KC1", name="n") == '<a class="x" data-code="KC1" name="n"></a>'


@pytest.mark.parametrize("text", ["</script><img src=x onerror=alert(1)>", '" onload="x', "' x='", "&lt;"])
def test_text_and_attributes_are_escaped(text: str) -> None:
    for made in (tag("p", text), tag("p", title=text), join([text])):
        assert not any(character in made.replace("<p>", "").replace("</p>", "")[10:-2] for character in "<>'")
        assert "&" in made
    assert join(Markup(text)) == text


def test_what_cannot_be_seen_is_marked() -> None:
    assert visible("a\0b\x1b[31m\u202ec\td\ne\u200b\ud800é😀") == "a\ufffdb\ufffd[31m\ufffdc\td\ne\ufffd\ufffdé😀"
