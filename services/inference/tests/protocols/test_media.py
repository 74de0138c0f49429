"""The headers that say what a body is."""

import pytest

from baton_inference.errors import UnsupportedMedia
from baton_inference.protocols.media import MediaHeaders

ALLOWED = frozenset({b"application/json"})


def media(**headers: str) -> MediaHeaders:
    """The headers, by their names with underscores."""
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
def test_spoken(headers: dict[str, str]) -> None:
    """The content type counts without its parameters and its case; gzip is understood."""
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
def test_not_spoken(headers: dict[str, str]) -> None:
    """Any other content type, none at all, and any other coding are refused."""
    with pytest.raises(UnsupportedMedia):
        media(**headers).check(ALLOWED)


def test_a_content_type_may_be_left_to_the_protocol() -> None:
    """Where a protocol allows it, none at all is understood."""
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
def test_columnar(headers: dict[str, str]) -> None:
    """What is Arrow or Parquet, or may be answered so, is told apart: it takes a thread."""
    assert media(**headers).is_columnar
    assert not media(content_type="application/json", accept="*/*").is_columnar


def test_accept_may_be_sent_twice() -> None:
    """Several headers of that name are one list."""
    sent = MediaHeaders([(b"accept", b"text/html"), (b"accept", b"application/json;q=0.5")])
    assert sent.accept == b"text/html,application/json;q=0.5"
    assert media().accept == b""


def test_json_length() -> None:
    """The length of the JSON before binary data is what is declared."""
    assert media().json_length is None
    assert media(inference_header_content_length="12").json_length == 12


def test_length() -> None:
    """The length is what is declared; one that no machine could hold is very long."""
    assert media().length is None
    assert media(content_length="12").length == 12
    for odd in ("9" * 5000, "-1", "1e3", "٣"):
        length = media(content_length=odd).length
        assert length is not None
        assert length > 2**40
