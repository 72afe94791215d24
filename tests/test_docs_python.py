"""The Python code in the documentation runs, and has the types that it should."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import kerascheck

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


def blocks(page: str) -> list[str]:
    """The Python code of a page, block by block."""
    return re.findall(r"^```python\n(.*?)^```$", (ROOT / "docs" / page).read_text("utf-8"), re.DOTALL | re.MULTILINE)


def type_check(code: str, folder: Path) -> str:
    """What `mypy --strict` says of a program that uses the package."""
    pytest.importorskip("mypy")
    (folder / "program.py").write_text(code, encoding="utf-8")
    # Without our own settings, which a user does not have; the package itself is checked elsewhere.
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--follow-imports=silent", "program.py"]
    environment = {"MYPYPATH": str(ROOT), "PATH": "", "MYPY_CACHE_DIR": str(folder / "cache")}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=280).stdout


def test_the_api_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    code = blocks("api.md")
    assert len(code) > 5
    for block in code:
        exec(compile(block, "api.md", "exec"), names)


def test_the_api_page_has_types(tmp_path: Path) -> None:
    assert type_check("\n".join(blocks("api.md")), tmp_path) == "Success: no issues found in 1 source file\n"


def test_the_api_page_names_everything() -> None:
    page = (ROOT / "docs" / "api.md").read_text("utf-8")
    for name in kerascheck.__all__:
        assert name == "__version__" or f"`{name}" in page, name


PROGRAM = """\
from collections.abc import Sequence

import kerascheck
from kerascheck import Diagnostic, LayerRow, ModelSummary, Report, Settings, Severity, SourceError


def errors(report: Report) -> list[Diagnostic]:
    return [found for found in report.diagnostics if found.severity is Severity.ERROR]


def fixed(text: str, settings: Settings | None = None) -> str:
    source = kerascheck.fix(text, "model.py", settings=settings).source
    assert isinstance(source, str)
    return source


def models(text: bytes) -> Sequence[ModelSummary]:
    try:
        return kerascheck.summarize(text)
    except SourceError as error:
        print(error.position.row, error.message)
        return []


def rows(model: ModelSummary) -> list[LayerRow]:
    return [row for row in model.layers if row is not None]


def check(*paths: str) -> int:
    try:
        reports = kerascheck.check_paths(paths, settings=kerascheck.Resolver(), jobs=1, use_cache=False)
    except (kerascheck.NoSuchPath, kerascheck.ConfigError) as error:
        print(error)
        return 2
    return sum(len(errors(report)) for report in reports)


examination: kerascheck.Examination = kerascheck.analyze("import keras")
if examination.analysis is not None:
    print(len(examination.analysis.paths))
"""


def test_a_program_of_a_user_has_types(tmp_path: Path) -> None:
    assert type_check(PROGRAM, tmp_path) == "Success: no issues found in 1 source file\n"


def test_a_wrong_program_of_a_user_is_found(tmp_path: Path) -> None:
    wrong = "import kerascheck\n\nkerascheck.check(3).diagnostics[0].span.start.line\n"
    found = type_check(wrong, tmp_path)
    assert 'has incompatible type "int"' in found and 'has no attribute "line"' in found


def test_the_page_on_rules_of_other_packages_runs(tmp_path: Path) -> None:
    names: dict[str, object] = {"__name__": "rules_of_the_page"}
    code = blocks("plugins.md")
    for block in code:
        exec(compile(block, "plugins.md", "exec"), names)
    rule = names["HundredLayers"]
    assert isinstance(rule, type)
    names["test_examples"](rule)  # type: ignore[operator]
    assert type_check(code[0], tmp_path) == "Success: no issues found in 1 source file\n"


def test_the_rule_on_the_page_finds_what_it_says() -> None:
    from kerascheck.configuration.config import Settings
    from kerascheck.engine import check_source

    names: dict[str, object] = {"__name__": "rules_of_the_page"}
    exec(blocks("plugins.md")[0], names)
    code = "import keras\nmodel = keras.Sequential([keras.layers.Dense(2) for _ in range(101)])\n"
    report = check_source(code.encode(), "x.py", Settings(), [names["HundredLayers"]()])  # type: ignore[operator]
    assert [d.message for d in report.diagnostics] == ["101 layers; Acme allows 100"]
    assert report.diagnostics[0].url == "https://acme.example/keras/hundred-layers"
