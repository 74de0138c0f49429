"""Errors in the OpenAPI document."""

from baton_inference.web.answers.problems import KINDS, MEDIA_TYPE
from baton_inference.web.openapi.problems import NOT_OF_SCORING, describe_problems


def test_every_kind_is_described() -> None:
    """Each kind of scoring problem is described under its status."""
    every = describe_problems(names_a_model=True)
    for error, kind in KINDS.items():
        if error not in NOT_OF_SCORING:
            assert kind.title in every[str(kind.status)]["description"]
    assert [*every] == sorted(every)
    assert not {"401", "403", "507"} & every.keys()
    assert "label" not in str(every)
    assert "404" in every
    assert "404" not in describe_problems()
    assert all([*response["content"]] == [MEDIA_TYPE] for response in every.values())
