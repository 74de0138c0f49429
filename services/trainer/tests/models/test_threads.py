import sklearn.ensemble  # noqa: F401 - brings OpenMP in
from threadpoolctl import threadpool_info

from baton_trainer.models import threads


def counts() -> list[int]:
    return [each["num_threads"] for each in threadpool_info()]


def test_a_small_table_uses_one_thread() -> None:
    """Afterwards the limit is gone."""
    before = counts()
    with threads.limit(threads.PARALLEL_ROWS - 1):
        assert set(counts()) == {1}
    assert counts() == before


def test_a_large_table_uses_all_threads() -> None:
    """There is no limit."""
    before = counts()
    with threads.limit(threads.PARALLEL_ROWS):
        assert counts() == before
