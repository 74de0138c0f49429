"""How the document describes errors."""

from baton_inference.openapi_problems import scoring_problems
from baton_inference.problems import KINDS, MEDIA_TYPE


def test_every_kind_is_described() -> None:
    """Each kind of problem is under its status, once; kinds may be left out."""
    every = scoring_problems(without=())
    for kind in KINDS.values():
        assert kind.title in every[str(kind.status)]["description"]
    assert [*every] == sorted(every)
    assert "404" in every
    assert "404" not in scoring_problems()
    assert all([*response["content"]] == [MEDIA_TYPE] for response in every.values())
