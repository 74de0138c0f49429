"""The id of each request."""

import pytest

from baton_inference.web.request_ids import RequestIds

WELL_FORMED = ["a", "A-Za.z_0-9", "x" * 128]
MALFORMED = ["", "x" * 129, "a b", "a/b", "é", "a\n", "<script>"]


@pytest.mark.parametrize("given", WELL_FORMED)
def test_well_formed_id_is_kept(given: str) -> None:
    """The caller's id stays if it is well-formed."""
    assert RequestIds().choose([(b"x-request-id", given.encode())]) == given


@pytest.mark.parametrize("given", MALFORMED)
def test_malformed_id_is_replaced(given: str) -> None:
    """The new id is unique and well-formed."""
    ids = RequestIds()
    created = [ids.choose([(b"x-request-id", given.encode())]), ids.create(), RequestIds().create()]
    assert len({*created, given}) == 4
    assert all(ids.choose([(b"x-request-id", each.encode())]) == each for each in created)
