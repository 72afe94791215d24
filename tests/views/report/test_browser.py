"""The report in a real browser: the script runs under the policy, filters work, and nothing hostile does."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html
from typer.testing import CliRunner

from kerascheck.cli.app import app
from tests.browser import chromium, find_chromium, screenshot
from tests.views.report.dom import select

pytestmark = [pytest.mark.slow, pytest.mark.skipif(find_chromium() is None, reason="needs Chromium")]

FIXTURES = Path(__file__).parents[3] / "fixtures" / "bad"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    title = "</script><img src=x onerror=\"document.title='broken'\">"
    arguments = ["report", str(FIXTURES), "-o", str(path), "--isolated", "--title", title]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    return path


def opened(page: Path, fragment: str = "") -> html.HtmlElement:
    return html.document_fromstring(chromium(page, "--dump-dom", fragment=fragment))


def visible(tree: html.HtmlElement, selector: str) -> list[html.HtmlElement]:
    return [
        element
        for element in select(tree, selector)
        if element.get("hidden") is None and all(above.get("hidden") is None for above in element.iterancestors())
    ]


def test_all_findings_are_shown_at_first(page: Path) -> None:
    tree = opened(page)
    findings = select(tree, ".finding")
    assert tree.getroottree().getroot().get("class") == "js"
    assert len(visible(tree, ".finding")) == len(findings) > 20
    assert tree.get_element_by_id("shown").text_content() == f"{len(findings)} findings"
    assert "broken" not in tree.findtext("head/title").replace("title='broken'", "")
    assert select(tree, "img") == []


@pytest.mark.parametrize(
    ("fragment", "selector"),
    [
        ("severity=error", ".finding.error"),
        ("severity=warning,info", ".finding.warning, .finding.info"),
        ("code=KC103", ".finding[data-code=KC103]"),
        ("code=KC103&severity=warning&q=eleven_layers", ".file[data-name$='eleven_layers.py'] [data-code=KC103]"),
        ("code=KC000", ".finding"),
        ("q=no+such+words", ".finding.nothing"),
        ("severity=", ".finding.nothing"),
    ],
)
def test_filters_in_the_address(page: Path, fragment: str, selector: str) -> None:
    tree = opened(page, fragment)
    shown = visible(tree, ".finding")
    assert [element.get("id") for element in shown] == [element.get("id") for element in select(tree, selector)]
    assert len(visible(tree, ".places li")) == len(shown)
    assert {element.get("data-code") for element in visible(tree, ".rule")} == {e.get("data-code") for e in shown}
    assert all(visible(file, ".finding") for file in visible(tree, ".file"))
    assert bool(visible(tree, "#nothing")) == (not shown)


def test_the_theme_can_be_in_the_address(page: Path) -> None:
    assert opened(page, "theme=dark").getroottree().getroot().get("data-theme") == "dark"


def test_an_address_of_a_rule_opens_it(page: Path) -> None:
    assert [rule.get("data-code") for rule in select(opened(page, "rule-KC102"), ".rule[open]")] == ["KC102"]


def test_the_themes_differ(page: Path, tmp_path: Path) -> None:
    pictures = []
    for theme in ("light", "dark"):
        picture = tmp_path / f"{theme}.png"
        screenshot(page, picture, 600, 400, f"theme={theme}")
        pictures.append(picture.read_bytes())
    assert all(picture.startswith(b"\x89PNG") for picture in pictures) and pictures[0] != pictures[1]
