"""The media type of the answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_inference.protocols.invocations.accept import choose_media_type

JSON, ARROW, PARQUET = b"application/json", b"application/x-arrow", b"application/x-parquet"
OFFERED = (JSON, ARROW, PARQUET)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (b"", JSON),
        (b"*/*", JSON),
        (b"application/*", JSON),
        (b"application/x-arrow", ARROW),
        (b"Application/X-Arrow; version=1", ARROW),
        (b"application/x-parquet, */*", PARQUET),
        (b"application/x-parquet, application/json", JSON),
        (b"application/x-parquet;q=0.9, application/json;q=0.8", PARQUET),
        (b"application/x-parquet;q=0.1, */*;q=0.5", JSON),
        (b"*/*, application/json;q=0", ARROW),
        (b"application/*;q=0.5, application/x-parquet ; Q=0.6", PARQUET),
        (b"application/x-arrow,application/x-parquet;q=0.5", ARROW),
        (b"application/x-arrow;q=0, application/x-parquet;q=0.001", PARQUET),
        (b"text/*, application/x-arrow;q=0.2", ARROW),
    ],
)
def test_the_preferred_type_is_chosen(accept: bytes, expected: bytes) -> None:
    """The greatest quality wins, then the most specific match, then the order of the offers."""
    assert choose_media_type(accept, OFFERED) == expected


@pytest.mark.parametrize(
    "accept",
    [
        b"text/html",
        b"application/x-arrow;q=0",
        b"*/*;q=0",
        b"application/x-arrow;q=much",
        b"application/x-arrow;q=2",
        b"application/x-arrow;q=nan",
        b",;,/",
    ],
)
def test_the_default_is_chosen_if_no_offer_is_acceptable(accept: bytes) -> None:
    assert choose_media_type(accept, OFFERED) == JSON


@given(st.binary(max_size=30) | st.text("aplicton/*;q=.01,x-rw ", max_size=40).map(str.encode))
def test_any_header_chooses_an_offered_type(accept: bytes) -> None:
    assert choose_media_type(accept, OFFERED) in OFFERED
