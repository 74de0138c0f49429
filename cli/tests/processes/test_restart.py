from baton_cli.processes.restart import LONGEST_DELAY_S, STEADY_S, Backoff


def test_each_pause_is_twice_the_one_before_up_to_a_bound() -> None:
    """A program that dies at once is not started without end."""
    backoff = Backoff()
    delays = [backoff.delay_s(ran_s=0) for _ in range(10)]
    assert delays[:4] == [0.5, 1, 2, 4]
    assert delays[-1] == LONGEST_DELAY_S


def test_a_steady_run_makes_the_pause_short_again() -> None:
    """An accident once a day is answered as quickly as the first."""
    backoff = Backoff()
    for _ in range(10):
        backoff.delay_s(ran_s=0)
    assert backoff.delay_s(ran_s=STEADY_S) == 0.5
    assert backoff.delay_s(ran_s=0) == 1
