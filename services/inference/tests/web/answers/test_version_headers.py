"""The headers that name the version."""

import pytest

from baton_inference.web.answers.version_headers import build_version_headers


@pytest.mark.parametrize(
    ("name", "header"),
    [("churn model/1", b"churn model/1"), ("Zürich", b"Z%C3%BCrich"), ("50%\n", b"50%25%0A")],
)
def test_headers_are_ascii(name: str, header: bytes) -> None:
    """Whatever a model is called, its header is ASCII, and says the name without loss."""
    named = build_version_headers(name, "1")
    assert named == ((b"x-model-name", header), (b"x-model-version", b"1"))
