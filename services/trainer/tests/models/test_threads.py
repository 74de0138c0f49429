import sklearn.ensemble  # noqa: F401 - brings OpenMP in
from threadpoolctl import threadpool_info

from baton_trainer.models import threads


def counts() -> list[int]:
    return [each["num_threads"] for each in threadpool_info()]


def test_a_small_table_is_fitted_by_one_thread() -> None:
    """Threads that wait for each other cost more than they bring; afterwards all is as before."""
    before = counts()
    with threads.limit(threads.WORTH_ROWS - 1):
        assert set(counts()) == {1}
    assert counts() == before


def test_a_large_table_is_fitted_by_all() -> None:
    """Nothing is limited where cores are worth having."""
    before = counts()
    with threads.limit(threads.WORTH_ROWS):
        assert counts() == before
