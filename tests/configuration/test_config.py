"""Where settings come from, and what is said about wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerascheck.configuration.config import Overrides, Resolver, Settings
from kerascheck.diagnostics import Severity
from kerascheck.errors import ConfigError


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def no_user_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *_, **__: str(tmp_path / "user"))


def reports(settings: Settings, code: str) -> bool:
    from kerascheck.rules.registry import find_rule

    rule = find_rule(code)
    assert rule is not None
    return settings.selection.includes(rule.code, rule.name, rule.enabled)


def test_defaults_without_any_file(tmp_path: Path) -> None:
    settings = Resolver().settings_for(tmp_path)
    assert settings.output_format == "text" and not settings.fix and reports(settings, "KC001")


def test_the_nearest_pyproject_with_our_section_wins(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.kerascheck]\noutput-format = 'full'\n")
    write(tmp_path / "a/pyproject.toml", "[tool.kerascheck]\noutput-format = 'json'\n")
    write(tmp_path / "a/b/pyproject.toml", "[tool.ruff]\n")
    resolver = Resolver()
    assert resolver.settings_for(tmp_path / "x.py").output_format == "full"
    assert resolver.settings_for(tmp_path / "a" / "b" / "x.py").output_format == "json"


def test_kerascheck_toml_wins_over_pyproject_beside_it(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.kerascheck]\noutput-format = 'full'\n")
    write(tmp_path / ".kerascheck.toml", "output-format = 'json'\n")
    assert Resolver().settings_for(tmp_path).output_format == "json"


def test_kerascheck_toml_may_be_seen(tmp_path: Path) -> None:
    write(tmp_path / "kerascheck.toml", "output-format = 'full'\n")
    assert Resolver().settings_for(tmp_path).output_format == "full"
    write(tmp_path / ".kerascheck.toml", "output-format = 'json'\n")
    assert Resolver().settings_for(tmp_path).output_format == "json"


def test_the_users_own_file_holds_where_no_project_says_otherwise(tmp_path: Path) -> None:
    write(tmp_path / "user/kerascheck.toml", "fix = true\n")
    write(tmp_path / "a/.kerascheck.toml", "")
    assert Resolver().settings_for(tmp_path).fix
    assert not Resolver().settings_for(tmp_path / "a" / "x.py").fix


def test_an_explicit_file_and_none_at_all(tmp_path: Path) -> None:
    write(tmp_path / ".kerascheck.toml", "fix = true\n")
    other = write(tmp_path / "other.toml", "unsafe-fixes = true\n")
    explicit = Resolver(config=other).settings_for(tmp_path)
    assert explicit.unsafe_fixes and not explicit.fix
    assert not Resolver(isolated=True).settings_for(tmp_path).fix


def test_the_command_line_is_on_top(tmp_path: Path) -> None:
    write(tmp_path / ".kerascheck.toml", "ignore = ['KC001']\nextend-exclude = ['a']\noutput-format = 'full'\n")
    overrides = Overrides(ignore=("KC002",), extend_exclude=("b",), output_format="json")
    resolved = Resolver(overrides).resolve(tmp_path)
    assert not reports(resolved.settings, "KC001") and not reports(resolved.settings, "KC002")
    assert resolved.settings.extend_exclude == ("a", "b")
    assert resolved.origins["output-format"] == "command line"
    assert resolved.origins["extend-exclude"].endswith("and command line")
    assert resolved.origins["select"] == "default"


def test_thresholds_are_keys_with_dashes(tmp_path: Path) -> None:
    write(tmp_path / ".kerascheck.toml", "dropout-survival = 0.5\ndeep-narrow-depth = 7\n")
    thresholds = Resolver().settings_for(tmp_path).thresholds
    assert (thresholds.dropout_survival, thresholds.deep_narrow_depth) == (0.5, 7)


def test_the_budget_of_the_command_line_is_stronger(tmp_path: Path) -> None:
    assert Resolver().settings_for(tmp_path).budget == 2.0
    write(tmp_path / ".kerascheck.toml", "budget = 5\n")
    assert Resolver().settings_for(tmp_path).budget == 5.0
    resolved = Resolver(Overrides(budget=0.5)).resolve(tmp_path)
    assert (resolved.settings.budget, resolved.origins["budget"]) == (0.5, "command line")


@pytest.mark.parametrize("budget", [0.0, -1.0, 1e9])
def test_a_budget_that_is_none(budget: float) -> None:
    with pytest.raises(ConfigError, match="--budget must be a number of seconds above 0"):
        Resolver(Overrides(budget=budget))


def test_findings_depend_on_the_budget() -> None:
    assert Settings(budget=1.0).checking != Settings(budget=2.0).checking


def test_data_is_read_unless_that_is_turned_off(tmp_path: Path) -> None:
    assert Resolver(isolated=True).settings_for(tmp_path).read_data
    assert not Resolver(Overrides(read_data=False), isolated=True).settings_for(tmp_path).read_data
    (tmp_path / ".kerascheck.toml").write_text("read-data = false\n")
    assert not Resolver().settings_for(tmp_path).read_data
    assert Settings(read_data=False).checking != Settings().checking


def test_per_file_ignores_are_kept_in_order(tmp_path: Path) -> None:
    write(tmp_path / ".kerascheck.toml", "[per-file-ignores]\n'tests/*' = ['ALL']\n'x.py' = ['KC001']\n")
    assert Resolver().settings_for(tmp_path).per_file_ignores == (("tests/*", ("ALL",)), ("x.py", ("KC001",)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selct = ['KC1']", "unknown key 'selct'; did you mean 'select'?"),
        ("dropout_survival = 0.5", "unknown key 'dropout_survival'; did you mean 'dropout-survival'?"),
        ("zzz = 1", "unknown key 'zzz'; the keys are select, ignore"),
        ("select = 'KC1'", "'select' must be a list of strings, got 'KC1'"),
        ("fix = 'yes'", "'fix' must be true or false, got 'yes'"),
        ("dropout-survival = '10%'", "'dropout-survival' must be a number, got '10%'"),
        ("dropout-survival = true", "'dropout-survival' must be a number, got True"),
        ("deep-narrow-depth = 2.5", "'deep-narrow-depth' must be a whole number, got 2.5"),
        ("budget = 0", "'budget' must be a number of seconds above 0, 3600 at most, got 0"),
        ("budget = true", "'budget' must be a number of seconds above 0, 3600 at most, got True"),
        ("budget = '2s'", "'budget' must be a number of seconds above 0, 3600 at most, got '2s'"),
        ("output-format = 'xml'", "'output-format' must be one of text, concise, full, "),
        ("per-file-ignores = ['a']", "'per-file-ignores' must be a table of file patterns and lists of codes"),
        ("select = ['KC999']", "in 'select': there is no rule 'KC999'"),
        ("ignore = ['sintax-error']", "there is no rule 'sintax-error'; did you mean syntax-error?"),
        ("select = [", "not valid TOML"),
    ],
)
def test_wrong_configuration_is_an_error_that_names_the_file_and_the_way_out(
    tmp_path: Path, text: str, message: str
) -> None:
    file = write(tmp_path / ".kerascheck.toml", text)
    with pytest.raises(ConfigError) as caught:
        Resolver().settings_for(tmp_path)
    assert str(caught.value).startswith(str(file)) and message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[tool.ruff]\nbudget = 1\n[tool.kerascheck]\n# why\nbudget = 0\n", 5),
        ("[tool.kerascheck]\nfix = true\n\n[tool.kerascheck.severity]\nKC103 = 'bad'\n", 4),
        ("[tool.kerascheck]\nfix = true\nseverity.KC103 = 'bad'\n", 3),
        ("[tool.kerascheck]\nfix = true\n'dropout-survival' = 1.5\n", 3),
    ],
)
def test_wrong_values_are_shown_with_their_row(tmp_path: Path, text: str, place: int) -> None:
    file = write(tmp_path / "pyproject.toml", text)
    with pytest.raises(ConfigError) as caught:
        Resolver().settings_for(tmp_path)
    assert str(caught.value).startswith(f"{file}:{place}: ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dropout-survival = 1.5", "must be a number from 0 to 1, got 1.5"),
        ("learning-rate = -1.0", "must be a number, 0 at least, got -1.0"),
        ("few-updates = -1", "must be a number, 0 at least, got -1"),
        ("large-feature = nan", "must be a finite number, got nan"),
        ("jobs = -1", "must be a whole number, 0 for as many as the work needs, got -1"),
        ("preset = 'all'", "must be one of default, errors, strict, teaching, got 'all'"),
        ("fail-on = 'never'", "must be one of error, warning, info, got 'never'"),
        ("color = 'yes'", "must be one of auto, always, never, got 'yes'"),
        ("severity = ['KC1']", "must be a table of codes and severities"),
        ("severity.KC999 = 'error'", "there is no rule 'KC999'"),
        ("select = []", "'select' is empty: nothing would be reported"),
        ("select = ['KC103']\nignore = ['redundant-input-shape']", "no rule is left"),
        ("extend = 'nowhere.toml'", "there is no file 'nowhere.toml' to extend"),
        ("extend = '.kerascheck.toml'", "it extends itself"),
        ("extend = 3", "'extend' must be the path of a file, got 3"),
    ],
)
def test_values_out_of_range(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path / ".kerascheck.toml", text)
    with pytest.raises(ConfigError) as caught:
        Resolver().settings_for(tmp_path)
    assert message in str(caught.value)


def test_a_file_extends_another(tmp_path: Path) -> None:
    base = "ignore = ['KC101']\nbudget = 5\nbaseline = 'known.json'\n[severity]\nKC1 = 'error'\nKC2 = 'info'\n"
    write(tmp_path / "base.toml", base)
    own = "extend = '../base.toml'\nextend-select = ['KC101']\nbudget = 3\n[severity]\nKC2 = 'warning'\n"
    file = write(tmp_path / "a/.kerascheck.toml", own)
    resolved = Resolver().resolve(tmp_path / "a")
    settings = resolved.settings
    assert settings.budget == 3 and settings.baseline == str(tmp_path / "known.json")
    assert reports(settings, "KC101")
    assert dict(settings.severity) == {"KC1": Severity.ERROR, "KC2": Severity.WARNING}
    assert resolved.origins["severity"] == f"{tmp_path / 'base.toml'} and {file}"


def test_a_folder_that_is_extended_means_its_pyproject(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.kerascheck]\nbudget = 5\n")
    write(tmp_path / "a/.kerascheck.toml", "extend = '..'\n")
    assert Resolver().settings_for(tmp_path / "a").budget == 5


def test_settings_of_the_command_line_are_stronger_than_files(tmp_path: Path) -> None:
    write(tmp_path / ".kerascheck.toml", "budget = 5\nfix = true\n")
    inline = Overrides(inline=("budget = 7", "output-format=json", "severity.KC103 = 'info'", "severity.KC1=error"))
    settings = Resolver(inline).settings_for(tmp_path)
    assert (settings.budget, settings.fix, settings.output_format) == (7.0, True, "json")
    assert settings.severity_of("KC103", "redundant-input-shape", Severity.WARNING) is Severity.INFO
    assert settings.severity_of("KC101", "linear-stack", Severity.WARNING) is Severity.ERROR
    assert settings.severity_of("KC201", "rank-mismatch", Severity.WARNING) is Severity.WARNING


@pytest.mark.parametrize("setting", ["=", "a b = 3", "fix"])
def test_what_is_no_setting(setting: str) -> None:
    with pytest.raises(ConfigError):
        Resolver(Overrides(inline=(setting,)))


def test_presets_decide_where_nothing_is_said() -> None:
    from kerascheck.rules.registry import all_rules

    def codes(preset: str) -> set[str]:
        settings = Resolver(Overrides(preset=preset), isolated=True).settings_for(Path())
        return {rule.code for rule in all_rules() if settings.runs(rule)}

    assert codes("errors") == codes("default") < codes("strict") < codes("teaching")
    assert "KC003" in codes("strict") - codes("default") and "KC115" in codes("teaching") - codes("strict")


def test_every_key_is_documented() -> None:
    from kerascheck.configuration.converting import KEYS

    text = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert [key for key in (*KEYS, "extend") if f"`{key}" not in text] == []


def test_a_section_that_is_no_table(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool]\nkerascheck = 1\n")
    with pytest.raises(ConfigError, match="must be a table"):
        Resolver().settings_for(tmp_path)


@pytest.mark.parametrize("selector", ["ALL", "KC", "KC8", "KC001", "kc0", "syntax-error"])
def test_selectors_that_exist(selector: str) -> None:
    Resolver(Overrides(select=(selector,)))


@pytest.mark.parametrize("selector", ["E501", "KC99", "KC1033", "nonsense"])
def test_selectors_that_do_not_exist(selector: str) -> None:
    with pytest.raises(ConfigError, match="there is no rule"):
        Resolver(Overrides(select=(selector,)))
