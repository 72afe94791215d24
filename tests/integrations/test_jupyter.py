"""`%load_ext kerascheck` in a real IPython shell."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import html

pytest.importorskip("IPython")

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output


class Shell:
    """A shell, and what its cells give."""

    def __init__(self) -> None:
        self.ip = InteractiveShell.instance()
        self.displayed: list[Any] = []
        self.text = ""

    def run(self, *cells: str, keep: bool = True, cell_id: str | None = None) -> Any:
        """Run cells; the result of the last one."""
        result = None
        for cell in cells:
            with capture_output() as captured:
                result = self.ip.run_cell(cell, store_history=keep, cell_id=cell_id)
            self.text = captured.stdout
            self.displayed = [output.data for output in captured.outputs]
        return result

    @property
    def findings(self) -> list[str]:
        """The findings that the last cell showed, without what they say."""
        [shown] = self.displayed
        return [
            line.split(" KC")[0] + " KC" + line.split(" KC")[1][:3] for line in shown["text/plain"].splitlines()[:-1]
        ]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    # Keras itself is not needed to run these cells: a stand-in takes its name.
    from unittest.mock import MagicMock

    monkeypatch.setitem(sys.modules, "keras", MagicMock())
    InteractiveShell.clear_instance()
    made = Shell()
    made.run("%load_ext kerascheck", keep=False)
    yield made
    made.ip.run_line_magic("unload_ext", "kerascheck")
    if made.ip.history_manager is not None:
        made.ip.history_manager.end_session()
    InteractiveShell.clear_instance()


FIRST = "import keras\nmodel = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, activation='relu')])"
WRONG = "model.add(keras.layers.Dense(8, input_dim=9, activation='relu'))"


def test_a_cell_is_checked_with_those_before_it_and_run(shell: Shell) -> None:
    result = shell.run(FIRST, f"%%kerascheck\n{WRONG}\n6 * 7")
    assert shell.findings == ["In [2]:2:33: KC103"]
    assert result.success and result.result == 42
    assert shell.displayed[0]["text/plain"].startswith("In [2]:2:33: KC103 warning: input_dim=9 is ignored here")


def test_findings_are_html_too(shell: Shell) -> None:
    shell.run(FIRST, f"%%kerascheck\n{WRONG}  # </pre><img src=x onerror=alert(1)>")
    [shown] = shell.displayed
    tree = html.fragment_fromstring(shown["text/html"])
    assert "KC103" in tree.text_content() and "In [2]:2:33" in tree.text_content()
    assert tree.xpath("//img | //script") == [] and "<img src=x" in tree.text_content()
    [marked] = {"".join(tree.xpath("//pre//span[contains(@style, 'border-bottom')]/text()"))}
    assert marked == "input_dim=9"


def test_only_what_the_cell_brings_is_shown(shell: Shell) -> None:
    shell.run(FIRST, WRONG, "%%kerascheck\nx = 1")
    assert shell.findings == []
    shell.run("%%kerascheck --select KC103\n" + WRONG)
    assert shell.findings == ["In [4]:2:33: KC103"]


def test_a_cell_can_bring_a_finding_to_an_earlier_one(shell: Shell) -> None:
    linear = FIRST.replace(", activation='relu'", "")
    shell.run(linear, "%%kerascheck --select KC101\nx = 1")
    assert shell.findings == []
    shell.run("%%kerascheck --select KC101\nmodel.add(keras.layers.Dense(8))")
    assert shell.findings == ["In [1]:2:46: KC101"]


def test_check_only_does_not_run(shell: Shell) -> None:
    result = shell.run(FIRST, f"%%kerascheck --check-only --select KC103\n{WRONG}\nran = True")
    assert shell.findings == ["In [2]:2:33: KC103"]
    assert result.success and "ran" not in shell.ip.user_ns


def test_stop_does_not_run_what_has_errors(shell: Shell) -> None:
    bad = "import keras\nkeras.Sequential([keras.layers.Dropout(30)])\nran = True"
    result = shell.run(f"%%kerascheck --stop\n{bad}")
    assert not result.success and "ran" not in shell.ip.user_ns
    assert "kerascheck: the cell is not run, 1 error found" in shell.text
    assert "Traceback" not in shell.text
    assert shell.run(f"%%kerascheck\n{bad}").success and shell.ip.user_ns["ran"]


@pytest.mark.parametrize("option", ["--check-only", "--stop"])
def test_what_was_never_run_is_no_part_of_the_session(shell: Shell, option: str) -> None:
    """A name that such a cell would have defined is not there, nor are its faults."""
    bad = "import keras\nfrom keras import layers\nkeras.Sequential([layers.Dropout(30)])\nsize = 3"
    shell.run(f"%%kerascheck {option}\n{bad}", "%kerascheck")
    assert shell.findings == []
    shell.run(f"x = (\n{bad}", "%kerascheck")
    assert shell.findings == []


def test_a_cell_fails_as_it_would_without_the_magic(shell: Shell) -> None:
    plain = shell.run("x = 1\n1 / 0")
    before = shell.text
    checked = shell.run("%%kerascheck\n1 / 0")
    assert isinstance(plain.error_in_exec, ZeroDivisionError) and isinstance(checked.error_in_exec, ZeroDivisionError)
    assert shell.text.count("ZeroDivisionError") == before.count("ZeroDivisionError")
    assert "----> 2" in shell.text.replace("\x1b[1;32m", "") or "line 2" in shell.text


def test_await_at_the_top_works(shell: Shell) -> None:
    shell.run("import asyncio")
    result = shell.run("%%kerascheck\nawait asyncio.sleep(0, 'slept')")
    assert result.result == "slept"


def test_below_other_cell_magics(shell: Shell) -> None:
    shell.run(FIRST)
    shell.run(f"%%time\n%%kerascheck\n{WRONG}")
    assert any("KC103" in data["text/plain"] for data in shell.displayed)
    assert "In [2]:3:33" in shell.displayed[0]["text/plain"]


def test_all_cells_so_far(shell: Shell) -> None:
    shell.run("%%bash\necho keras", "!true", FIRST, WRONG, "%kerascheck --select KC103")
    assert shell.findings == ["In [4]:1:33: KC103"]
    shell.run("%kerascheck --select KC1 --ignore redundant-input-shape,KC101")
    assert shell.findings == []


def test_without_history(shell: Shell) -> None:
    shell.run(FIRST + "\n" + WRONG)
    shell.run(f"%%kerascheck\n{WRONG}", keep=False)
    assert shell.findings == ["In [2]:2:33: KC103"]


def test_cells_that_failed_are_not_trusted(shell: Shell) -> None:
    shell.run(FIRST, "1 / 0\nmodel = None", f"%%kerascheck\n{WRONG}")
    assert shell.findings == []
    shell.run(FIRST, f"%%kerascheck\n{WRONG}")
    assert shell.findings == ["In [5]:2:33: KC103"]


def test_cells_that_were_run_again_count_as_they_stand_now(shell: Shell) -> None:
    shell.run(FIRST, cell_id="a")
    shell.run(WRONG, cell_id="b")
    shell.run(WRONG.replace("input_dim=9, ", ""), cell_id="b")
    shell.run("%kerascheck --select KC103")
    assert shell.findings == []


def test_what_there_is_to_say_when_nothing_is_found(shell: Shell) -> None:
    shell.run("x = 1", "%kerascheck")
    assert shell.displayed[0]["text/plain"] == "kerascheck: no findings."
    shell.run(FIRST, "%kerascheck --select KC103")
    assert shell.displayed[0]["text/plain"] == "kerascheck: no findings."


def test_summary(shell: Shell) -> None:
    shell.run("%kerascheck summary")
    assert shell.displayed[0]["text/plain"] == "kerascheck: no models found."
    shell.run(FIRST, "%kerascheck summary")
    [shown] = shell.displayed
    assert "(Sequential, exact)" in shown["text/plain"] and "Total params: 40" in shown["text/plain"]
    text = html.fragment_fromstring(shown["text/html"]).text_content()
    assert 'model ("sequential") Sequential, exact In [2], line 2' in text and "dense (Dense)(None, 8)40" in text


def test_graph(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fast_sugiyama")
    shell.run(FIRST, "second = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])", "%kerascheck graph")
    [shown] = shell.displayed
    assert shown["image/svg+xml"].startswith("<svg ") and "second (Sequential)" in shown["text/plain"]
    shell.run("%kerascheck graph model")
    assert "model (Sequential)" in shell.displayed[0]["text/plain"]
    monkeypatch.setitem(sys.modules, "fast_sugiyama", None)
    shell.run("%kerascheck graph")
    assert shell.displayed[0]["text/vnd.mermaid"].startswith("---\ntitle:")
    assert "pip install 'kerascheck[graph]'" in shell.displayed[0]["text/plain"]


@pytest.mark.parametrize("line", ["graph nothing", "no-such", "--select KC999", "--no-such-option"])
def test_wrong_use_is_said_in_a_line(shell: Shell, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run(FIRST)
    with capture_output() as captured:
        shell.ip.run_cell(f"%kerascheck {line}")
    said = captured.stdout + captured.stderr
    assert "UsageError" in said and "Traceback" not in said


def test_settings_are_those_of_the_folder(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / ".kerascheck.toml").write_text('select = ["KC102"]\n')
    shell.run(FIRST, f"%%kerascheck\n{WRONG}")
    assert shell.findings == []


def test_it_can_be_loaded_again_and_taken_away(shell: Shell) -> None:
    transformers = len(shell.ip.input_transformers_cleanup)
    shell.run("%reload_ext kerascheck", FIRST, f"%%kerascheck\n{WRONG}")
    assert shell.findings == ["In [3]:2:33: KC103"]
    assert len(shell.ip.input_transformers_cleanup) == transformers
    shell.run("%unload_ext kerascheck")
    with capture_output() as captured:
        shell.ip.run_cell("%kerascheck")
    assert "not found" in captured.stdout + captured.stderr
    shell.run("%load_ext kerascheck")


def test_ipython_is_not_needed_to_import_kerascheck() -> None:
    program = (
        "import sys\nsys.modules['IPython'] = None\n"
        "import kerascheck, kerascheck.integrations.jupyter\n"
        "print(kerascheck.check('x = 1').skipped)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "does not mention Keras\n"


def test_the_magic_is_python_in_a_notebook_file() -> None:
    from kerascheck import api

    cells = [{"cell_type": "code", "source": text} for text in (FIRST, f"%%kerascheck --stop\n{WRONG}")]
    report = api.check(json.dumps({"cells": cells}), "x.ipynb", settings=api.settings_for(select=["KC103"]))
    assert [(d.cell, d.span.start.row) for d in report.diagnostics] == [(2, 2)]


def test_a_summary_is_one_display_in_a_kernel_too(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """There, rich would show each line of the table by itself."""
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    shell.run(FIRST, "%kerascheck summary")
    (shown,) = shell.displayed
    assert "Total params" in shown["text/plain"]
