"""The model and version that a request names."""

import pytest

from baton_inference.errors import NotServed
from baton_inference.scoring.requested_version import RequestedVersion
from tests.support.fakes.live_version import make_live_version


def test_only_live_versions_are_chosen() -> None:
    """A request may name its model alone. Versions are compared as strings."""
    production, canary = make_live_version(version="7"), make_live_version(version="8")
    for version, chosen in ((None, production), ("7", production), ("8", canary)):
        assert RequestedVersion("churn_model", version).choose(production, canary) is chosen
    for requested in (
        RequestedVersion("other"),
        RequestedVersion("other", "8"),
        RequestedVersion("churn_model", "9"),
        RequestedVersion("churn_model", "07"),
    ):
        with pytest.raises(NotServed):
            requested.choose(production, canary)
    with pytest.raises(NotServed, match="version '8' is not serving; version '7' is"):
        RequestedVersion("churn_model", "8").choose(production, None)
