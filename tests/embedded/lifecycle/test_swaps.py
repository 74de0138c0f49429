"""Swaps under load."""

from tests.support.bodies.customer import CUSTOMER
from tests.support.rig.desk import Desk
from tests.support.rig.load import steady_load

SWAPS = 100


def test_hundred_swaps_lose_no_request(stocked_desk: Desk) -> None:
    """No request fails, and every answer is its version's own."""
    stocked_desk.baton("promote", "1")
    rows = [CUSTOMER, {**CUSTOMER, "tenure": 60, "TotalCharges": 1800.0}]
    with (
        stocked_desk.serve(BATON_POLL_INTERVAL_S="0.05") as inference,
        stocked_desk.registry as registry,
    ):
        expected = {}
        for version in ("2", "1"):
            registry.set_alias(stocked_desk.model, "production", version)
            inference.wait_until_serving(version)
            expected[version] = inference.predict(rows)["predictions"]
        assert expected["1"] != expected["2"]
        before = inference.status()["swaps"]

        with steady_load(inference.url, {"instances": rows}, expected) as load:
            for swap in range(SWAPS):
                version = "21"[swap % 2]
                registry.set_alias(stocked_desk.model, "production", version)
                inference.wait_until_serving(version)

        assert load.errors == []
        assert inference.status()["swaps"] - before == SWAPS
        assert min(load.answers["1"], load.answers["2"]) > SWAPS
