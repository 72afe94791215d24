"""What only IPython understands is blanked, in place."""

from __future__ import annotations

import ast

import pytest

from kerascheck.text.magics import blank_magics


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("!pip install keras", "pass"),
        ("!!ls", "pass"),
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("%load_ext tensorboard\n%tensorboard --logdir logs", "pass\npass"),
        ("if a:\n    !ls\nb", "if a:\n    pass\nb"),
        ("for x in y:\n\t%cd $x\nb", "for x in y:\n\tpass\nb"),
        ("pip install -q keras\nx = 1", "pass\nx = 1"),
        ("ls *.csv", "ls *.csv"),
        ("ls -la data/", "pass"),
        ("cd ..", "pass"),
        ("/model.summary", "pass"),
        (";print a b", "pass"),
    ],
)
def test_line_magics_and_shell_lines(before: str, after: str) -> None:
    assert blank_magics(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("!pip install \\\n    keras \\\n    numpy\nx = 1", "pass\n\n\nx = 1"),
        ("%run -i \\\n  train.py", "pass\n"),
        ("!ls \\", "pass"),
        ("if a:\n    !ls \\\n        -l\nb", "if a:\n    pass\n\nb"),
        ("files = !ls \\\n  *.csv\nx", "files = get_ipython()\n\nx"),
    ],
)
def test_commands_over_several_rows(before: str, after: str) -> None:
    assert blank_magics(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("model.fit?", "pass"),
        ("model.fit??", "pass"),
        ("?model", "pass"),
        ("??model", "pass"),
        ("%time?", "pass"),
        ("*Dense*?", "pass"),
        ("models[0].fit?", "pass"),
        ("x = model.fit?", "pass"),
        ("x = 1 # why?", "x = 1 # why?"),
        ("print('really?')", "print('really?')"),
        ("x = '''why?\nno'''", "x = '''why?\nno'''"),
        ("x = '''\nwhy?\n'''\nx?", "x = '''\nwhy?\n'''\npass"),
    ],
)
def test_help(before: str, after: str) -> None:
    assert blank_magics(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("files = !ls *.csv", "files = get_ipython()"),
        ("x = %env HOME", "x = get_ipython()"),
        ("a, b = %who_ls", "a, b = get_ipython()"),
        ("%time model.fit(x)", "0;    model.fit(x)"),
        ("%time model = f(x)", "0;    model = f(x)"),
        ("    %timeit f(x)", "    0;      f(x)"),
        ("%timeit -n 10 f(x)", "0;            f(x)"),
        ("%timeit -n1 -r1 -o f(x)", "0;                 f(x)"),
        ("%prun -l 7 -s cumulative f(x)", "0;                       f(x)"),
        ("%time --no-raise-error f(x)", "0;                     f(x)"),
        ("%timeit -n 10", "pass"),
        ("%timeit --help", "pass"),
        ("%time for x in y: f(x)", "pass"),
        ("%time", "pass"),
    ],
)
def test_values_of_magics(before: str, after: str) -> None:
    assert blank_magics(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("%%bash\nls (\nx", "\n\n"),
        ("%%writefile model.py\nimport keras", "\n"),
        ("%%html\n<b>", "\n"),
        ("%%python2\nprint 1", "\n"),
        ("%%time\nf(x)", "\nf(x)"),
        ("\n\n%%time\nf(x)", "\n\n\nf(x)"),
        ("%%timeit -n 3\nf(x)", "\nf(x)"),
        ("%%capture out\n%load_ext a\nf(x)", "\npass\nf(x)"),
        ("%%time\n%%capture\nf(x)", "\n\nf(x)"),
        ("%%kerascheck --check-only\nf(x)", "\nf(x)"),
        ("%%time", ""),
    ],
)
def test_cell_magics(before: str, after: str) -> None:
    assert blank_magics(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "x = (5\n% y)",
        "x = 5 \\\n% y",
        "x = (a\n/ b)",
        "f(\n*args)",
        "x = '''\n!no\n%no\n?no\n'''",
        "if x != y: z",
        "x = y % z",
        "get_ipython().system('ls')",
        "get_ipython().run_line_magic('matplotlib', 'inline')",
        "plt.plot(x);",
        "await x",
        "pip = 1\npip + 1",
        "man in x",
        "run -= 1",
        "",
    ],
)
def test_python_stays(text: str) -> None:
    assert blank_magics(text) == text


@pytest.mark.parametrize("text", ["%%time\n!ls \\\n -l\nx = 1\nfit?\n\ny = !a", "?\n!\n%\n\n%%\n"])
def test_rows_stay(text: str) -> None:
    blanked = blank_magics(text)
    assert blanked.count("\n") == text.count("\n")
    ast.parse(blanked)


@pytest.mark.parametrize(
    "cell",
    [
        "%bash\npip install keras\ncd data && ls",
        "%sh ls -la /dbfs\ncat notes.txt",
        "%sql\nSELECT *\nFROM samples",
        "# the data\n%md\n## A title, and text",
        "# with a comment first\n%%bash\nls -la\necho done",
    ],
)
def test_a_cell_of_another_language(cell: str) -> None:
    left = blank_magics(cell)
    assert left.count("\n") == cell.count("\n")
    assert all(isinstance(statement, ast.Pass) for statement in ast.parse(left).body)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("%sql SELECT * FROM samples\nx = 1", "pass\nx = 1"),  # a row of its own in IPython
        ("%matplotlib inline\nx = = 1", "pass\nx = = 1"),  # a fault stays one
        ("# timed\n%%time\nx = 1", "\n\nx = 1"),
    ],
)
def test_a_cell_of_python_that_begins_with_a_magic(before: str, after: str) -> None:
    assert blank_magics(before) == after
