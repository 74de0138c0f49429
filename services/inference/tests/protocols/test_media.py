"""The headers that describe a body."""

import pytest

from baton_inference.errors import UnsupportedMedia
from baton_inference.protocols.media import MediaHeaders

ALLOWED = frozenset({b"application/json"})


def media(**headers: str) -> MediaHeaders:
    """Makes headers from names with underscores."""
    return MediaHeaders([(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()])


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "application/json"},
        {"content_type": "Application/JSON; charset=utf-8"},
        {"content_type": "application/json ;x=y", "content_encoding": "identity"},
        {"content_type": "application/json", "content_encoding": "GZIP"},
        {"content_type": "application/json", "content_encoding": ""},
        {"content_type": 'application/json; charset="UTF-8"'},
    ],
)
def test_supported_headers_pass(headers: dict[str, str]) -> None:
    """Case and parameters of the content type do not matter; gzip is supported."""
    media(**headers).check(ALLOWED)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content_type": ""},
        {"content_type": "text/plain"},
        {"content_type": "application/jsonp"},
        {"content_type": "application/json; charset=latin-1"},
        {"content_type": "application/json", "content_encoding": "br"},
        {"content_type": "application/json", "content_encoding": "gzip, gzip"},
        {"content_type": "application/json", "content_encoding": "deflate"},
    ],
)
def test_unsupported_headers_are_refused(headers: dict[str, str]) -> None:
    """The content type is missing or another one, or the encoding is another one."""
    with pytest.raises(UnsupportedMedia):
        media(**headers).check(ALLOWED)


def test_a_missing_content_type_passes_if_the_protocol_allows_it() -> None:
    for headers in ({}, {"content_type": ""}):
        media(**headers).check(ALLOWED | {None})


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "application/vnd.apache.parquet"},
        {"content_type": "application/vnd.apache.arrow.stream"},
        {"accept": "text/html, Application/VND.apache.parquet"},
    ],
)
def test_arrow_and_parquet_are_columnar(headers: dict[str, str]) -> None:
    """This holds for the body and for the answer, because both need a thread."""
    assert media(**headers).is_columnar
    assert not media(content_type="application/json", accept="*/*").is_columnar


def test_accept_headers_are_joined() -> None:
    """Several `Accept` headers are one list."""
    headers = MediaHeaders([(b"accept", b"text/html"), (b"accept", b"application/json;q=0.5")])
    assert headers.accept == b"text/html,application/json;q=0.5"
    assert media().accept == b""


def test_json_length_is_read() -> None:
    assert media().json_length is None
    assert media(inference_header_content_length="12").json_length == 12


def test_content_length_is_read() -> None:
    """An invalid length exceeds every limit."""
    assert media().length is None
    assert media(content_length="12").length == 12
    for invalid in ("9" * 5000, "-1", "1e3", "٣"):
        length = media(content_length=invalid).length
        assert length is not None
        assert length > 2**40
