import os
from pathlib import Path

import pytest

from baton_registry.settings import load_settings
from baton_trainer import settings
from baton_trainer.settings import TrainerSettings


@pytest.fixture
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))


@pytest.mark.parametrize(("value", "experiment"), [("", "m"), ("mine", "mine")])
def test_experiment_has_the_name_of_the_model_by_default(
    monkeypatch: pytest.MonkeyPatch, value: str, experiment: str
) -> None:
    """MLFLOW_EXPERIMENT_NAME overrides it."""
    monkeypatch.setenv("BATON_MODEL_NAME", "m")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", value)
    assert load_settings(TrainerSettings).experiment_name == experiment


@pytest.mark.usefixtures("_own_environment")
def test_mlflow_variables_of_the_user_win() -> None:
    """Baton sets only variables that are unset."""
    os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] = "99"
    os.environ.pop("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", None)
    settings.set_mlflow_defaults()
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "99"
    assert os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] == "true"


@pytest.mark.usefixtures("_own_environment")
def test_password_from_a_file_reaches_mlflow(tmp_path: Path) -> None:
    """MLflow's own client reads only the environment."""
    (tmp_path / "password").write_text("secret\n")
    os.environ["MLFLOW_TRACKING_USERNAME"] = "trainer"
    os.environ["MLFLOW_TRACKING_PASSWORD_FILE"] = str(tmp_path / "password")
    settings.set_credentials(load_settings(TrainerSettings))
    assert os.environ["MLFLOW_TRACKING_PASSWORD"] == "secret"


@pytest.mark.usefixtures("_own_environment")
def test_threads_sleep_while_they_wait_unless_the_user_decides_otherwise() -> None:
    """OpenMP reads only the environment."""
    os.environ.pop("OMP_WAIT_POLICY", None)
    settings.make_threads_sleep()
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"
    os.environ["OMP_WAIT_POLICY"] = "ACTIVE"
    settings.make_threads_sleep()
    assert os.environ["OMP_WAIT_POLICY"] == "ACTIVE"


@pytest.mark.usefixtures("_own_environment")
@pytest.mark.parametrize(
    ("given", "folder"),
    [
        ({}, "/xdg/baton/matplotlib"),
        ({"BATON_CACHE_DIR": "~/mine"}, "/home/someone/mine/matplotlib"),
        ({"MPLCONFIGDIR": "/theirs"}, "/theirs"),
    ],
)
def test_font_list_is_in_batons_cache(given: dict[str, str], folder: str) -> None:
    """Matplotlib's default is a folder in the user's home."""
    for name in ("BATON_CACHE_DIR", "MPLCONFIGDIR"):
        os.environ.pop(name, None)
    os.environ.update({"HOME": "/home/someone", "XDG_CACHE_HOME": "/xdg", **given})
    settings.move_font_cache()
    assert os.environ["MPLCONFIGDIR"] == folder
