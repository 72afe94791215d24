"""What a program's names and comments say changes no finding: only what they stand for does.

The examples of all rules are checked with their variables renamed, and with comments full of words that mean something
elsewhere.
"""

from __future__ import annotations

import ast
import re

import pytest

from kerascheck.rules.base import Invalid
from kerascheck.rules.registry import own_rules
from tests.rules.test_rules import check

RULES = [rule for rule in own_rules() if not rule.code.startswith("KC0")]
EXAMPLES = [
    pytest.param(case.code, case.options, id=f"{rule.code}-{number}")
    for rule in RULES
    for number, case in enumerate([*(Invalid(code, ()) for code in rule.VALID), *rule.INVALID])
]

#: Words by which rules tell that a program takes care of something itself, or means another Keras.
COMMENT = "\n".join(
    (
        "# K.set_session, tf.keras 1.2, nb_epoch=3, border_mode, .compile(, nothing, log, plt, keras==1.0, backend",
        "# clear_session, multiprocessing, set_random_seed(1), set_seed(1), np.random.seed(3), default_rng(0), theano",
        "# run_eagerly=True, run_functions_eagerly, make_train_function, register_keras_serializable, custom_objects",
        "# clone_model, load_model, from_config, initializer, v.assign(1), reset_state(), learning_phase, compat.v1",
        "# KERAS_BACKEND = 'jax', 'val_accuracy' in history, history.keys(), 'val_loss' in h, optimizer.learning_rate",
        "# for epoch in range(3): while True: enable_unsafe_deserialization(), wandb.sweep, wandb.agent, import keras",
    )
)

#: Names that a program might have for anything.
OTHERS = ("log", "plt", "os", "keras", "K", "backend", "np", "nb_epoch", "cache", "tf", "layers", "model", "x_test")


def variables(code: str) -> list[str]:
    """Names that statements give values to, and that are nothing else in the program."""
    tree = ast.parse(code)
    given: set[str] = set()
    other: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store):
                given.add(node.id)
        elif isinstance(node, ast.ClassDef | ast.FunctionDef):
            other.add(node.name)
        elif isinstance(node, ast.alias):
            other.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.arg):
            other.add(node.arg)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            other.update(node.names)
        if isinstance(node, ast.ClassDef):
            other.update(name.id for item in node.body for name in ast.walk(item) if isinstance(name, ast.Name))
    return sorted(given - other)


def imported(code: str) -> list[str]:
    """Names that imports bind, and nothing else in the program."""
    tree = ast.parse(code)
    bound = [
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", "") != "__future__"
        for alias in node.names
        if alias.name != "*" and "." not in (alias.asname or alias.name)
    ]
    other = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    other |= {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    other |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    other |= {  # `import keras` binds what `import keras.layers` binds, too
        alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if "." in alias.name and alias.asname is None
    }
    return sorted({name for name in bound if bound.count(name) == 1} - other)


def with_aliases(code: str, names: dict[str, str]) -> str:
    """The program with what it imports bound to other names."""
    lines = code.encode().splitlines(keepends=True)
    aliases = [
        alias
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    ]
    for alias in sorted(aliases, key=lambda alias: (alias.lineno, alias.col_offset), reverse=True):
        new = names.get(alias.asname or alias.name)
        if new is not None:
            assert alias.lineno == alias.end_lineno
            line = lines[alias.lineno - 1]
            written = f"{alias.name} as {new}".encode()
            lines[alias.lineno - 1] = line[: alias.col_offset] + written + line[alias.end_col_offset :]
    return renamed(b"".join(lines).decode(), names)


def renamed(code: str, names: dict[str, str]) -> str:
    lines = code.encode().splitlines(keepends=True)
    for node in sorted(
        (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name) and node.id in names),
        key=lambda node: (node.lineno, node.col_offset),
        reverse=True,
    ):
        line = lines[node.lineno - 1]
        end = node.col_offset + len(node.id.encode())
        lines[node.lineno - 1] = line[: node.col_offset] + names[node.id].encode() + line[end:]
    return b"".join(lines).decode()


def of(names: dict[str, str], chosen: list[str]) -> dict[str, str]:
    return {name: names[name] for name in chosen}


def found(code: str, options: dict[str, object]) -> list[tuple[int, str]]:
    return sorted((finding.span.start.row, finding.code) for finding in check(code, options).diagnostics)


def is_in_strings(code: str, names: list[str]) -> bool:
    """Whether a text of the program is one of the names: an f-string, or a key that is looked up."""
    return any(re.search(rf"(['\"]){re.escape(name)}\1|\{{{re.escape(name)}\b", code) for name in names)


def called_otherwise(code: str) -> str:
    """The program with its variables and imports named after what means something elsewhere, between such comments."""
    mine, bound = (
        [] if is_in_strings(code, names) else names  # its names are texts, too
        for names in (variables(code), imported(code))
    )
    used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    used |= set(re.findall(r"\w+", "\n".join(line for line in code.splitlines() if "import" in line)))
    free = [name for name in OTHERS if name not in used]
    names = {name: f"name_{number}" for number, name in enumerate([*mine, *bound])}
    names |= dict(zip([*mine, *bound], free, strict=False))
    new = renamed(with_aliases(code, of(names, bound)), of(names, mine))
    return f"{COMMENT}\n{new}\n{COMMENT}\n"


@pytest.mark.parametrize(("code", "options"), EXAMPLES)
def test_variables_and_imports_may_be_called_anything_and_comments_say_nothing(
    code: str, options: dict[str, object]
) -> None:
    rows = COMMENT.count("\n") + 1
    expected = [(row + rows, name) for row, name in found(code, options)]
    assert found(called_otherwise(code), options) == expected


def test_names_and_comments_are_changed() -> None:
    """The test above would pass if nothing were renamed."""
    changed = [called_otherwise(case.values[0]) for case in EXAMPLES]
    bodies = [text.removeprefix(f"{COMMENT}\n").removesuffix(f"\n{COMMENT}\n") for text in changed]
    others = sum(body != case.values[0] for body, case in zip(bodies, EXAMPLES, strict=True))
    assert others > 0.9 * len(EXAMPLES)
