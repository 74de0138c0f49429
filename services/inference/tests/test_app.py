"""The wired application."""

import json
import re
from pathlib import Path

from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import call, get, post
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.models import INSTANCE

ROW = json.dumps(INSTANCE)


def test_settings_limit_the_body_size(tmp_path: Path) -> None:
    """A body over BATON_MAX_BODY_BYTES is rejected."""
    app, _ = make_app(tmp_path, make_live_version(), BATON_MAX_BODY_BYTES=1024)
    assert call(app, post("/predict", b" " * 1025)).status == 413
    assert call(app, post("/predict", b" " * 1024)).status == 400


def test_two_applications_share_nothing(tmp_path: Path) -> None:
    """Each application has its own metrics and models."""
    one, _ = make_app(tmp_path / "1", make_live_version(version="1"))
    two, _ = make_app(tmp_path / "2", make_live_version(version="2"))
    body = f'{{"instances":[{ROW}]}}'.encode()
    assert call(one, post("/predict", body)).headers["x-model-version"] == "1"
    assert call(two, post("/predict", body)).headers["x-model-version"] == "2"
    assert b'model_version="2"' not in get(one, "/metrics").body


def test_openapi_names_model_and_alias(tmp_path: Path) -> None:
    """The description names the model and the alias of the settings."""
    app, _ = make_app(tmp_path, BATON_MODEL_NAME="credit", BATON_ALIAS="blue")
    document = get(app, "/openapi.json").json()
    assert document["servers"] == [{"url": "."}]  # the folder of the document
    description = document["info"]["description"]
    assert "`credit`" in description
    assert "`blue`" in description


def test_docs_page_contacts_no_other_host(tmp_path: Path) -> None:
    """`/docs` works without internet: its script and style come from the service."""
    app, _ = make_app(tmp_path, make_live_version())
    page = get(app, "/docs").body.decode()
    assert "https://" not in page
    paths = re.findall(r"""(?:src=|href=|url: )["']([^"']+)""", page)
    assert len(paths) == 4
    for path in paths:  # relative, for a proxy with a path prefix
        assert not path.startswith("/")
        assert get(app, f"/{path}").status == 200, path
    assert "swagger-ui-bundle.js" in page
