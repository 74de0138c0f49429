"""Services of docker-compose.yml fit each other; no Docker is needed."""

import yaml

from tests.support.documents.blocks import ROOT

SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
FOLDER = "/var/lib/baton/predictions"


def test_controller_reads_the_log_that_inference_writes() -> None:
    """One line of `.env` turns the log on for both, and labels count in a rollout."""
    inference, controller = SERVICES["inference"], SERVICES["controller"]
    assert f"predictions:{FOLDER}" in inference["volumes"]
    assert f"predictions:{FOLDER}:ro" in controller["volumes"]
    variable = inference["environment"]["BATON_PREDICTIONS_DIR"]
    assert controller["environment"]["BATON_PREDICTIONS_DIR"] == variable
