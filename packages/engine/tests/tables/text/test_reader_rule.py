"""The rule by which cells are read, as a version records it."""

from typing import Any

import pytest

from baton_engine.tables.text.reader_rule import KEPT, TRIMMED, ReaderRule, UnknownRule


@pytest.mark.parametrize("rule", [KEPT, TRIMMED])
def test_a_record_gives_its_rule_back(rule: ReaderRule) -> None:
    """What training records, scoring reads."""
    assert ReaderRule.from_json(rule.to_json()) == rule


def test_without_a_record_white_space_is_data() -> None:
    """As it was when versions recorded no rule: their answers do not change."""
    assert ReaderRule.from_json({}) == KEPT


@pytest.mark.parametrize(
    "record",
    [
        {"white_space": "folded"},
        {"white_space": ["kept"]},
        {"white_space": "kept", "quotes": "single"},
        {"quotes": "single"},
    ],
)
def test_an_unknown_rule_is_refused(record: dict[str, Any]) -> None:
    """A newer Baton may read cells otherwise; to guess would be wrong answers."""
    with pytest.raises(UnknownRule, match="upgrade") as caught:
        ReaderRule.from_json(record)
    assert "\n" not in str(caught.value)
