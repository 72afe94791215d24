"""Rules are asked about programs that have something of what they look at first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kerascheck.machine import analyze
from kerascheck.network.program import Program
from kerascheck.project.source import Source
from kerascheck.rules.asking import asks_first, held
from kerascheck.rules.base import Finding, Rule, Thresholds
from kerascheck.rules.registry import own_rules

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures").rglob("*.py"))


def _finding(program: Program) -> Finding:
    return Finding(program.layers[0].site, "found")


class _OfLayers(Rule):
    code, name = "XX001", "of-layers"

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        if not program.layers and not program.trainings:
            return
        yield Finding(program.networks[0].site, "found")


class _OfFiles(Rule):
    code, name = "XX002", "of-files"

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        if program.source is not None and program.layers:
            yield _finding(program)


class _OfAll(Rule):
    code, name = "XX003", "of-all"

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        yield _finding(program)


class _OfSome(Rule):
    code, name = "XX004", "of-some"

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        things = program.layers if thresholds.few_updates > 5 else program.networks
        yield from (Finding(one.site, "found") for one in things if one.site is not None)


def test_a_rule_asks_for_what_it_reads_of_an_empty_program() -> None:
    assert asks_first(_OfLayers(), Thresholds()) == {"layers", "trainings"}


def test_one_that_reads_what_is_never_empty_is_always_asked() -> None:
    assert asks_first(_OfFiles(), Thresholds()) is None


def test_so_is_one_that_takes_more_than_an_empty_program_has() -> None:
    assert asks_first(_OfAll(), Thresholds()) is None


def test_what_it_asks_for_may_hang_on_the_settings() -> None:
    rule = _OfSome()
    assert asks_first(rule, Thresholds()) == {"layers"}
    assert asks_first(rule, Thresholds(few_updates=1)) == {"networks"}


@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: file.stem)
def test_no_rule_finds_anything_in_a_program_that_it_is_not_asked_about(file: Path) -> None:
    source = Source(file.read_bytes(), str(file))
    _ = source.tree
    for program in analyze(source).paths:
        there = held(program)
        for rule in own_rules():
            asked = asks_first(rule, Thresholds())
            if asked is not None and asked.isdisjoint(there):
                assert not list(rule.check(program, Thresholds())), rule.code


def test_most_rules_name_what_they_look_at() -> None:
    rules = list(own_rules())
    assert sum(asks_first(rule, Thresholds()) is None for rule in rules) < len(rules) / 10
