from bench.settings import build_environment


def test_telemetry_of_peers_is_off() -> None:
    """A measurement sends nothing to other hosts."""
    environment = build_environment()

    assert environment["ORT_DISABLE_TELEMETRY"] == "1"
    assert environment["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert environment["BENTOML_DO_NOT_TRACK"] == "True"
