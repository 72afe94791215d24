"""What a client may set, and in which forms."""

from __future__ import annotations

from typing import Any

import pytest

from kerascheck.integrations.lsp.settings import ClientSettings


@pytest.mark.parametrize(
    ("given", "name", "value"),
    [
        ({"select": ["KC1"]}, "select", ("KC1",)),
        ({"select": "KC1, KC2"}, "select", ("KC1", "KC2")),
        ({"select": []}, "select", None),
        ({"extendSelect": ["ALL"]}, "extend_select", ("ALL",)),
        ({"kerascheck": {"run": "onSave"}}, "run", "onSave"),
        ({"settings": {"inlayHints": False}}, "inlay_hints", False),
        ({"budget": None}, "budget", None),
        ({"debounce": 0}, "debounce", 0.0),
    ],
)
def test_settings_are_understood(given: Any, name: str, value: object) -> None:
    assert getattr(ClientSettings().updated(given), name) == value


@pytest.mark.parametrize("given", [{"run": "sometimes"}, {"select": 3}, {"budget": 0}, {"inlayHints": "yes"}])
def test_what_is_wrong_is_said_and_does_not_count(given: Any) -> None:
    settings = ClientSettings().updated(given)
    assert settings == ClientSettings()
    assert len(settings.problems) == 1


@pytest.mark.parametrize("given", [None, [], "x", {"unknown": 1}])
def test_anything_else_is_ignored(given: Any) -> None:
    assert ClientSettings().updated(given) == ClientSettings()
