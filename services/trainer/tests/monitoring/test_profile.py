import json
from typing import Any

import numpy as np
import pytest

from baton_registry.errors import InvalidModel
from baton_trainer.monitoring import profile
from baton_trainer.monitoring.profile import (
    ColumnProfile,
    OutputProfile,
    Profile,
    count_bins,
    parse_profile,
)

NUMBER = {"type": "number", "missing": 1, "edges": [1.5], "counts": [3, 4], "min": 1.0, "max": 2.0}
CATEGORY = {"type": "category", "missing": 0, "categories": {"a": 8}, "other": 0}
LABELS = {"categories": {"no": 2}}


def build(**changes: Any) -> bytes:
    document = {"format": 1, "rows": 8, "columns": {"n": NUMBER}, "outputs": {"label": LABELS}}
    return json.dumps({**document, **changes}).encode()


def test_file_is_read_as_it_was_written() -> None:
    written = Profile(
        rows=8,
        columns={
            "n": ColumnProfile(
                type="number", missing=1, edges=(1.5,), counts=(3, 4), min=1.0, max=2.0
            ),
            "t": ColumnProfile(type="category", missing=0, categories={"a": 8}, other=0),
            "secret": ColumnProfile(type="number", missing=2, private=True),
            "empty": ColumnProfile(type="number", missing=8, edges=(), counts=(0,)),
        },
        outputs={
            "label": OutputProfile(categories={"no": 2}),
            "value": OutputProfile(edges=(0.5,), counts=(1, 1)),
        },
    )
    assert parse_profile(written.to_json()) == written
    document = json.loads(written.to_json())
    assert document["format"] == 1
    assert document["columns"]["secret"] == {"type": "number", "missing": 2, "private": True}
    assert document["columns"]["n"] == {**NUMBER, "private": False}


def test_members_of_newer_releases_are_ignored() -> None:
    content = build(more=1, columns={"n": {**NUMBER, "mean": 1.0}})
    assert parse_profile(content) == parse_profile(build())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not strict JSON"),
        (b"[]", "not a JSON object"),
        (build().replace(b"1.5", b"NaN"), "NaN is not JSON"),
        (b'{"format": 1, "format": 1}', "key twice"),
        (build(format=2), "does not have format 1; a newer Baton"),
        (build(rows=-1), "invalid 'rows'"),
        (build(columns=[]), "invalid 'columns'"),
        (build(columns={"n": {**NUMBER, "type": "text"}}), "invalid 'type' of 'n' of 'columns'"),
        (build(columns={"n": {**NUMBER, "edges": [2, 1]}}), "edges do not increase"),
        (build(columns={"n": {**NUMBER, "counts": [1]}}), "not one more than the edges"),
        (build(columns={"n": {**NUMBER, "edges": None}}), "need each other"),
        (build(columns={"n": {"type": "number", "missing": 0}}), "needs edges and counts"),
        (build(columns={"n": {**CATEGORY, "other": None}}), "needs categories and other"),
        (build(columns={"n": {**CATEGORY, "private": True}}), "private column has values"),
        (build(columns={"n": {**NUMBER, "counts": ["3", 4]}}), "counts"),
        (build(columns={"n": {**NUMBER, "edges": [*range(10)]}}), "edges"),
        (build(outputs={"label": {}}), "either edges or categories"),
    ],
)
def test_other_content_is_rejected_with_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(InvalidModel, match=reason) as caught:
        parse_profile(content)
    assert "'profile.json'" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_size_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile, "MAX_PROFILE_BYTES", 10)
    with pytest.raises(InvalidModel, match="is over 10 bytes"):
        parse_profile(build())


def test_number_on_an_edge_belongs_to_the_bin_above() -> None:
    assert count_bins((1.0, 2.0), np.array([0.0, 1.0, 1.5, 2.0, 9.0])).tolist() == [1, 2, 2]
    assert count_bins((), np.array([0.0, 1.0])).tolist() == [2]
