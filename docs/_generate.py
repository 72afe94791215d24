"""Writes the pages and tables that follow from the rules. A hook of mkdocs (see mkdocs.yml), and a script:

python docs/_generate.py          writes the table of rules into README.md
python docs/_generate.py --check  says whether it is up to date
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))  # mkdocs loads this file by its path

from _pictures import in_the_dark, picture, shown_code

from kerascheck.explain.page import page as messages_page
from kerascheck.rules.base import Invalid, Rule
from kerascheck.rules.registry import find_rule, own_rules
from kerascheck.text.escaping import markdown
from kerascheck.views.rule_page import rule_page

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- rules: begin (docs/_generate.py) -->", "<!-- rules: end -->"
FAMILIES = {
    "0": "The tool itself",
    "1": "Architecture",
    "2": "Shapes and arguments",
    "3": "Compile: last activation, loss, metrics",
    "4": "Training and data",
    "5": "API versions",
    "6": "Speed and reproducibility",
    "7": "Saving, loading and security",
    "8": "Custom layers, models and training loops",
}


def summary(rule: Rule) -> str:
    """The first line of the rule's documentation."""
    return (rule.__doc__ or "").strip().split("\n")[0]


def table(rules: list[Rule], link: str) -> str:
    """A Markdown table of rules; `link` makes the address of a rule's page from its name."""
    lines = ["| code | name | severity | fix | |", "| --- | --- | --- | --- | --- |"]
    for rule in rules:
        fix = rule.fixable if rule.fixable != "none" else ""
        name = f"[{rule.name}]({link.format(name=rule.name)})"
        lines.append(f"| {rule.code} | {name} | {rule.severity.value} | {fix} | {summary(rule)} |")
    return "\n".join(lines) + "\n"


def by_family() -> dict[str, list[Rule]]:
    """The rules of each family that has any, in the order of the codes."""
    families: dict[str, list[Rule]] = {}
    for rule in own_rules():
        families.setdefault(FAMILIES[rule.code[2]], []).append(rule)
    return families


def index_page() -> str:
    """The page that lists all rules."""
    parts = ["# Rules\n"]
    for title, rules in by_family().items():
        parts.append(f"## {title}\n\n{table(rules, '{name}.md')}")
    return "\n".join(parts)


def link_to_rule(code: str) -> str | None:
    """A link to the page of a rule, from a page at the top."""
    rule = find_rule(code)
    return f"[{rule.code} {rule.name}](rules/{rule.name}.md)" if rule is not None else None


def full_page(rule: Rule, pictured: Invalid | None = None) -> str:
    """The page of one rule: its documentation, then its tests as examples, one of them with a picture."""
    parts = [rule_page(rule)]
    if rule.INVALID:
        parts.append("## Reported\n\nEach of these is a test of the rule.\n")
        for case in rule.INVALID:
            parts.append(_invalid(case))
            if case is pictured:
                for ground in ("light", "dark"):  # Material shows the one for the ground that the reader has chosen
                    address = f"../{_picture_path(rule, ground)}#only-{ground}"
                    parts.append(f"![The network of this example, with {rule.code} marked]({address})\n")
    if rule.VALID:
        parts.append("## Not reported\n\nThe rule stays silent on each of these.\n")
        parts += [f"```python\n{code.strip()}\n```\n" for code in rule.VALID]
    parts.append(f"## Silence it\n\n```python\n...  # noqa: {rule.code}\n...  # kerascheck: ignore[{rule.name}]\n```\n")
    return "\n".join(parts)


def _picture_path(rule: Rule, ground: str) -> str:
    return f"assets/rules/{rule.name}-{ground}.svg"


def _invalid(case: Invalid) -> str:
    code, before = shown_code(case.code)
    told = "".join(f"- row {row - before}: {markdown(message)}\n" for row, message in case.findings)
    text = f"```python\n{code}\n```\n\n{told}"
    if case.fixed is not None:
        text += f"\nAfter the fix:\n\n```python\n{case.fixed.strip()}\n```\n"
    return text


def readme_with_table(text: str) -> str:
    """The text of the README with the table of today between its marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    url = "https://kerascheck.github.io/kerascheck/rules/{name}/"
    return f"{before}{BEGIN}\n{table(list(own_rules()), url)}{END}{after}"


def on_config(config: Any) -> Any:
    """mkdocs: list the pages of the rules in the navigation."""
    pages: list[Any] = [{"All rules": "rules/index.md"}]
    for title, rules in by_family().items():
        pages.append({title: [{f"{rule.code} {rule.name}": f"rules/{rule.name}.md"} for rule in rules]})
    for entry in config.nav or []:
        if isinstance(entry, dict) and "Rules" in entry:
            entry["Rules"] = pages
    return config


def on_files(files: Any, config: Any) -> Any:
    """mkdocs: add the generated pages."""
    from mkdocs.structure.files import File

    files.append(File.generated(config, "rules/index.md", content=index_page()))
    files.append(File.generated(config, "messages.md", content=messages_page(link_to_rule)))
    for rule in own_rules():
        drawn = picture(rule)
        pictured = None
        if drawn is not None:
            pictured, content = drawn
            for ground, colours in (("light", content), ("dark", in_the_dark(content))):
                files.append(File.generated(config, _picture_path(rule, ground), content=colours))
        files.append(File.generated(config, f"rules/{rule.name}.md", content=full_page(rule, pictured)))
    return files


def main() -> int:
    """Write or check the README's table."""
    old = README.read_text(encoding="utf-8")
    new = readme_with_table(old)
    if "--check" in sys.argv:
        return int(old != new)
    README.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
