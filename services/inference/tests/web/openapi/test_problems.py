"""How the document describes errors."""

from baton_inference.errors import Forged, NotAdmitted, NotAllowed
from baton_inference.web.answers.problems import KINDS, MEDIA_TYPE
from baton_inference.web.openapi.problems import scoring_problems


def test_every_kind_is_described() -> None:
    """Each kind of problem that scoring can end in is under its status, once."""
    every = scoring_problems(names_a_model=True)
    for error, kind in KINDS.items():
        if error not in (Forged, NotAdmitted, NotAllowed):
            assert kind.title in every[str(kind.status)]["description"]
    assert [*every] == sorted(every)
    assert not {"401", "403"} & every.keys()
    assert "404" in every
    assert "404" not in scoring_problems()
    assert all([*response["content"]] == [MEDIA_TYPE] for response in every.values())
