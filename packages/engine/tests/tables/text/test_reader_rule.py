"""The rule for reading cells."""

from typing import Any

import pytest

from baton_engine.tables.text.reader_rule import (
    KEEP_WHITE_SPACE,
    TRIM_WHITE_SPACE,
    ReaderRule,
    UnknownRule,
)


@pytest.mark.parametrize("rule", [KEEP_WHITE_SPACE, TRIM_WHITE_SPACE])
def test_rule_round_trip(rule: ReaderRule) -> None:
    assert ReaderRule.from_json(rule.to_json()) == rule


def test_without_a_record_white_space_is_kept() -> None:
    """So the answers of older versions do not change."""
    assert ReaderRule.from_json({}) == KEEP_WHITE_SPACE


@pytest.mark.parametrize(
    "record",
    [
        {"white_space": "folded"},
        {"white_space": ["kept"]},
        {"white_space": "kept", "quotes": "single"},
        {"quotes": "single"},
    ],
)
def test_unknown_rule_is_rejected(record: dict[str, Any]) -> None:
    with pytest.raises(UnknownRule, match="upgrade") as caught:
        ReaderRule.from_json(record)
    assert "\n" not in str(caught.value)
