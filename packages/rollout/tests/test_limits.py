"""Limits come from what the gate saw, and from JSON that anybody may have written."""

import json
from typing import Any

import pytest

from baton_rollout.gate_figures import has_compared, read_score_scales
from baton_rollout.limits import DEFAULT_SHIFT, Limits

FIGURES = {
    "against_version": 3.0,
    "other_label_share": 0.034,
    "score_shift.Yes": 0.002,
    "score_shift.No": None,
    "roc_auc": 0.84,
}


def test_limits_are_what_the_gate_saw_plus_a_margin() -> None:
    """A class without a figure has the default range."""
    limits = Limits.from_gate_figures(FIGURES, "3", expects_change=True)

    assert limits.other_label == pytest.approx(0.084)
    assert limits.get_score_range("Yes") == pytest.approx((-0.048, 0.052))
    assert limits.get_score_range("No") == DEFAULT_SHIFT
    assert limits.expects_change
    assert limits.failures == 0.001


@pytest.mark.parametrize("against", [4.0, None, 3.4])
def test_figures_about_another_version_do_not_count(against: float | None) -> None:
    """Production was moved after training: the defaults hold."""
    figures = {**FIGURES, "against_version": against}

    assert not has_compared(figures, "3")
    assert Limits.from_gate_figures(figures, "3") == Limits()


def test_a_version_without_figures_has_default_limits() -> None:
    """Plain MLflow versions have no manifest."""
    assert Limits.from_gate_figures({}, "3") == Limits()


def test_a_regression_far_from_production_keeps_limits_that_can_be_judged() -> None:
    """The mean of scaled differences is clipped, as those of live pairs are."""
    limits = Limits.from_gate_figures({**FIGURES, "score_shift.y": -7.0, "score_shift.z": 9.0}, "3")

    assert limits.get_score_range("y") == pytest.approx((-1.05, -0.95))
    assert limits.get_score_range("z") == pytest.approx((0.95, 1.05))


def test_scales_must_be_positive() -> None:
    """Nothing is divided by 0: production's answers are all the same."""
    figures = {"score_scale.a": 2.5, "score_scale.b": 0.0, "score_scale.c": None}

    assert read_score_scales(figures) == {"a": 2.5}


@pytest.mark.parametrize("figure", [float("nan"), float("inf"), 10**400])
def test_figures_that_are_no_finite_numbers_do_not_count(figure: float) -> None:
    """An older version has them in a tag, which any client may have written."""
    names = ("score_scale.y", "score_shift.y", "other_label_share")
    figures = {"against_version": 3.0, **dict.fromkeys(names, figure)}

    assert read_score_scales(figures) == {}
    assert Limits.from_gate_figures(figures, "3").other_label == Limits().other_label


@pytest.mark.parametrize(
    "limits",
    [Limits(), Limits.from_gate_figures(FIGURES, "3"), Limits(0.01, 0.9, 1.0, (0, 0.2), -0.01)],
)
def test_limits_survive_json(limits: Limits) -> None:
    """As the record of a rollout carries them."""
    assert Limits.from_json(json.loads(json.dumps(limits.to_json()))) == limits


def change(**fields: Any) -> dict[str, Any]:
    """Returns the default limits as a document with other fields."""
    return {**Limits().to_json(), **fields}


@pytest.mark.parametrize(
    "document",
    [
        None,
        {},
        change(unknown=1),
        change(failures=0),
        change(failures=-0.1),
        change(failures="0.1"),
        change(failures=True),
        change(failures=float("nan")),
        change(failures=10**400),
        change(slower=0),
        change(other_label=0),
        change(quality=-1),
        change(expects_change=1),
        change(score=0.05),
        change(score=[0.05]),
        change(score=[0.05, -0.05]),
        change(score=[-2, -1]),
        change(score=[1, 2]),
        change(score=[None, 0.1]),
        change(score={"Yes": [0, "1"]}),
        change(score={str(number): [-0.1, 0.1] for number in range(11)}),
    ],
)
def test_other_documents_are_refused(document: object) -> None:
    """A limit of 0 would allow nothing, and no evidence could be computed."""
    with pytest.raises(ValueError, match=r"limit|failures|slower|other|quality|expects|object"):
        Limits.from_json(document)
