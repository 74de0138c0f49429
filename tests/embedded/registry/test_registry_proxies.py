"""A tracking server behind a proxy: both clients of the trainer reach it."""

from dataclasses import replace

from tests.support.bodies.customer import CUSTOMER
from tests.support.network.front_proxy import proxy_with_prefix, redirect_to
from tests.support.rig.desk import Desk

TOKEN = "a-token"


def test_life_cycle_behind_token_and_prefix(desk: Desk) -> None:
    """A version is trained, promoted and served; without the token, one line names the setting."""
    with proxy_with_prefix(desk.tracking_uri, "/mlflow", TOKEN) as uri:
        outside = replace(desk, tracking_uri=uri)
        shut_out = outside.try_baton("promote", "1")
        assert shut_out.returncode == 1
        assert "MLFLOW_TRACKING_TOKEN" in shut_out.stderr
        assert shut_out.stderr.count("\n") == 1

        (desk.folder / "token").write_text(f"{TOKEN}\n")
        inside = replace(
            outside, more_env={"MLFLOW_TRACKING_TOKEN_FILE": str(desk.folder / "token")}
        )
        assert inside.train("--promote") == "1"
        with inside.serve() as inference:
            inference.wait_until_serving("1")
            assert inference.predict([dict(CUSTOMER)])["model_version"] == "1"


def test_local_redirect_is_followed(stocked_desk: Desk) -> None:
    """Reads and writes reach the server."""
    with redirect_to(stocked_desk.tracking_uri) as uri:
        moved = replace(stocked_desk, tracking_uri=uri)
        moved.baton("promote", "1")
        assert moved.history() == [(None, "1", "promote")]


def test_redirect_to_another_host_is_one_line(stocked_desk: Desk) -> None:
    """The line names the address; nothing is sent there."""
    with redirect_to("http://elsewhere.invalid:5000") as uri:
        lost = replace(stocked_desk, tracking_uri=uri).try_baton("promote", "1")
    assert lost.returncode == 1
    assert "http://elsewhere.invalid:5000" in lost.stderr
    assert lost.stderr.count("\n") == 1
