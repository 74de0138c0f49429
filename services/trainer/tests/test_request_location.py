from pathlib import Path

import pytest

from baton_trainer.errors import OptionError, RequestError
from baton_trainer.request import TrainRequest
from baton_trainer.request_loading import load_request


def test_a_url_stays_as_it_is(tmp_path: Path) -> None:
    """In baton.toml as well, where a path is relative to the file."""
    config = tmp_path / "baton.toml"
    for text, expected in (
        ("s3://bucket/t.csv", "s3://bucket/t.csv"),
        ("t.csv", tmp_path / "t.csv"),
    ):
        config.write_text(f'[data]\nfile = "{text}"\n')
        request = load_request(config, {})
        assert request.data.file == expected
        assert TrainRequest.model_validate_json(request.model_dump_json()) == request


def test_a_password_in_a_url_is_refused_and_not_shown(tmp_path: Path) -> None:
    url = "postgresql://me:secret@host/db"
    config = tmp_path / "baton.toml"
    config.write_text(f'[data]\nfile = "{url}"\n')
    with pytest.raises(OptionError, match="without a password") as option:
        load_request(None, {"data": {"file": url}})
    with pytest.raises(RequestError, match="without a password") as key:
        load_request(config, {})
    assert "secret" not in f"{option.value} {key.value}"
