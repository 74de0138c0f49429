"""The tags of a rollout."""

import pytest

from baton_registry.versions.rollout_tags import (
    find_abort,
    find_weight_problem,
    format_abort,
    get_past_prefix,
    get_record_tag,
    is_aborted,
    read_weight,
)

TAG = "baton.weight.canary"


@pytest.mark.parametrize(
    ("text", "weight"),
    [("0", 0), ("10", 10), (" 12.5 ", 12.5), ("0.01", 0.01), ("100", 100), ("100.00", 100)],
)
def test_a_weight_is_a_number_up_to_100(text: str, weight: float) -> None:
    assert read_weight({TAG: text}, "canary") == weight
    assert find_weight_problem({TAG: text}, "canary") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "ten",
        "10%",
        "-1",
        "100.01",
        "101",
        "1e2",
        "nan",
        "inf",
        "1.234",
        "+5",
        "٣",
        "9" * 99,
    ],
)
def test_an_unreadable_weight_is_0_and_a_problem(text: str) -> None:
    """A tag that anyone can set never gives a share of the requests by mistake."""
    assert read_weight({TAG: text}, "canary") == 0
    problem = find_weight_problem({TAG: text}, "canary")
    assert problem is not None
    assert TAG in problem
    assert len(problem) < 250


def test_an_absent_weight_is_0_and_no_problem() -> None:
    """So is the weight of another alias."""
    tags = {"baton.weight.other": "50"}
    assert read_weight(tags, "canary") == 0
    assert find_weight_problem(tags, "canary") is None


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        ("aborted: slower", True),
        ("aborted", True),
        (" Aborted: x", True),
        ("passed", False),
        ("", False),
    ],
)
def test_an_aborted_version_is_recognized(verdict: str, *, expected: bool) -> None:
    assert is_aborted({"baton.rollout": verdict}) is expected


def test_a_version_without_a_verdict_is_not_aborted() -> None:
    assert not is_aborted({"baton.rollout.canary": "aborted"})
    assert get_record_tag("canary") == "baton.rollout.canary"


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        (format_abort("2 % of its rows fail"), "2 % of its rows fail"),
        ("aborted", "by hand"),
        ("Aborted: ", "by hand"),
        ("passed", None),
        ("forced", None),
        ("", None),
    ],
)
def test_verdict_of_an_abort_has_its_reason(verdict: str, reason: str | None) -> None:
    assert find_abort({"baton.rollout": verdict}) == reason
    assert find_abort({}) is None


def test_past_rollouts_are_no_record() -> None:
    assert not get_record_tag("canary").startswith(get_past_prefix("canary"))


def test_verdict_is_one_short_line() -> None:
    """A process reports its reason, and a person types one."""
    verdict = format_abort("a\nb\x1b[2J " + "x" * 90_000)
    assert verdict.startswith("aborted: a b [2J xxx")
    assert len(verdict) < 320
