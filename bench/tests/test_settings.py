from bench.settings import environment_of


def test_telemetry_of_peers_is_off() -> None:
    """Traffic of a measurement stays on this machine."""
    environment = environment_of()

    assert environment["ORT_DISABLE_TELEMETRY"] == "1"
    assert environment["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert environment["BENTOML_DO_NOT_TRACK"] == "True"
