"""Typed values."""

import numpy as np

from baton_engine.tables.values import Texts, Unsupported, join_values


def build_texts(*distinct: str | None, codes: list[int]) -> Texts:
    """Texts by their places."""
    return Texts(distinct, np.array(codes, np.int32))


def test_each_row_has_its_text() -> None:
    assert build_texts("a", None, codes=[0, 1, 0]).to_list() == ["a", None, "a"]


def test_chunks_are_joined() -> None:
    """The codes of texts are shifted."""
    numbers = join_values([np.array([1, 2]), np.array([0.5, np.nan])])
    assert isinstance(numbers, np.ndarray)
    assert numbers[:3].tolist() == [1, 2, 0.5]
    joined = join_values(
        [build_texts("a", "b", codes=[1, 0]), build_texts("b", None, codes=[0, 1])]
    )
    assert isinstance(joined, Texts)
    assert joined.to_list() == ["b", "a", "b", None]
    assert join_values([Unsupported("List"), Unsupported("List")]) == Unsupported("List")
