"""The documentation says what the program does."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

import kerascheck
from kerascheck.configuration.config import Settings
from kerascheck.engine import check_file
from kerascheck.rules.base import Thresholds
from kerascheck.rules.registry import find_rule, own_rules

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "_generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_in_the_readme_is_of_today(generate: ModuleType) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert generate.readme_with_table(text) == text, "run: python docs/_generate.py"


def test_every_rule_has_a_page_at_the_address_of_its_findings(generate: ModuleType) -> None:
    from kerascheck.diagnostics import DOCS_URL

    site = re.search(r"^site_url: (\S+)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert site is not None and f"{site.group(1)}rules/" == DOCS_URL
    for rule in own_rules():
        page = generate.full_page(rule)
        assert page.startswith(f"# {rule.name} ({rule.code})")
        assert f"]({rule.name}.md)" in generate.index_page()


def test_messages_stand_on_the_pages_as_they_are(generate: ModuleType) -> None:
    """Underscores and stars in them are no Markdown."""
    from kerascheck.rules.registry import find_rule

    rule = find_rule("KC421")
    assert rule is not None
    [line] = [line for line in generate.full_page(rule).splitlines() if line.startswith("- ") and "super" in line]
    assert "__init__" not in line and "init" in line


def test_the_readme_has_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- \.ci/run executes these two lines -->\n```console\n(.*?)```", text, re.DOTALL)
    assert block is not None
    assert [line[:2] for line in block.group(1).splitlines()] == ["$ ", "$ "]


def test_the_findings_in_the_readme_are_real() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    quoted = re.findall(r"^fixtures/bad/eleven_layers\.py:(.*)$", text, re.MULTILINE)
    report = check_file(str(ROOT / "fixtures" / "bad" / "eleven_layers.py"), Settings())
    real = [
        f"{d.span.start.row}:{d.span.start.column}: {d.code} {d.severity.value}: {d.message}"
        for d in report.diagnostics
    ]
    assert quoted and set(quoted) <= set(real)


def test_the_picture_shows_the_findings_of_today() -> None:
    picture = (ROOT / "docs" / "assets" / "terminal.svg").read_text(encoding="utf-8")
    shown = re.findall(r"KC\d{3}", re.sub(r"<[^>]*>", " ", picture))
    report = check_file(str(ROOT / "fixtures" / "bad" / "house_prices.py"), Settings())
    assert shown == [d.code for d in report.diagnostics], "run: python docs/make_picture.py"


def test_the_thresholds_are_documented() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    for name, value in vars(Thresholds()).items():
        assert f"| `{name.replace('_', '-')}` | {value} |" in text


def test_links_inside_the_documentation_lead_somewhere() -> None:
    generated = {f"rules/{rule.name}.md" for rule in own_rules()} | {"rules/index.md", "messages.md"}
    for page in [*(ROOT / "docs").glob("*.md"), ROOT / "README.md"]:
        for target in re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists() or target in generated, (page.name, target)


def test_the_page_of_costs_shows_what_is_printed(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from kerascheck.cli.app import app

    program = tmp_path / "train.py"
    program.write_text(
        "import keras\nfrom keras import layers\ninputs = keras.Input((28, 28, 1))\n"
        "x = layers.Flatten()(layers.MaxPooling2D()(layers.Conv2D(32, 3)(inputs)))\n"
        "model = keras.Model(inputs, layers.Dense(10)(layers.Dense(64)(x)))\nmodel.compile('Adam', 'mse')\n"
    )
    text = (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")
    shown = re.search(r"```text\n(.*?)```", text, re.DOTALL)
    assert shown is not None
    printed = CliRunner().invoke(app, ["summary", "--cost", str(program)]).stdout
    assert shown.group(1) in printed


def test_pages_of_rules_on_shapes_show_a_network(generate: ModuleType) -> None:
    rule = find_rule("KC204")
    assert rule is not None
    found = generate.picture(rule)
    assert found is not None
    case, drawn = found
    assert "KC204" in drawn and "(None, 9, 4)" in drawn and drawn.startswith("<svg")
    assert f"(../assets/rules/{rule.name}-light.svg#only-light)" in generate.full_page(rule, case)


#: Rules on architecture and shapes whose examples have no network in which a shape would be seen.
WITHOUT_PICTURE = {"dropout-rate-out-of-range", "unknown-argument", "impossible-array-operation", "callback-signature"}


def test_rules_on_shapes_have_a_picture(generate: ModuleType) -> None:
    drawn = {rule.name: generate.picture(rule) for rule in own_rules() if rule.code[2] in "12"}
    assert {name for name, found in drawn.items() if found is None} == WITHOUT_PICTURE
    case, light = drawn["layer-reuse"]
    assert light.count("KC208") >= 1 and "<style>" not in light
    dark = generate.in_the_dark(light)
    assert "color-scheme: dark" in dark and ".architecture .box.error" in dark and dark.count("<svg") == 1
    assert "#only-dark)" in generate.full_page(find_rule("KC208"), case)


@pytest.mark.parametrize("code", ["KC007", "KC101", "KC210"])
def test_pages_count_rows_as_their_examples_do(generate: ModuleType, code: str) -> None:
    rule = find_rule(code)
    assert rule is not None
    for case in rule.INVALID:
        shown, _ = generate.shown_code(case.code)
        rows = [
            found.span.start.row
            for found in kerascheck.check(shown, settings=kerascheck.settings_for(select=[code])).diagnostics
        ]
        assert [f"- row {row}: " for row in rows] == re.findall(r"(?m)^- row \d+: ", generate._invalid(case))
