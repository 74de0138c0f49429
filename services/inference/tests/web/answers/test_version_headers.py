"""The headers that name the version."""

import pytest

from baton_inference.web.answers.version_headers import build_version_headers


@pytest.mark.parametrize(
    ("name", "header"),
    [("churn model/1", b"churn model/1"), ("Zürich", b"Z%C3%BCrich"), ("50%\n", b"50%25%0A")],
)
def test_headers_are_ascii(name: str, header: bytes) -> None:
    """The header of any name is ASCII and lossless."""
    headers = build_version_headers(name, "1")
    assert headers == ((b"x-model-name", header), (b"x-model-version", b"1"))


def test_the_alias_is_named_if_it_chose_the_version() -> None:
    assert (b"x-model-alias", b"canary") in build_version_headers("m", "1", "canary")
