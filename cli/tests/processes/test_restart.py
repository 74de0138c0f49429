from baton_cli.processes.restart import MAX_DELAY_S, STEADY_S, Backoff


def test_delay_doubles_up_to_a_maximum() -> None:
    """A program that ends at once is not restarted in a busy loop."""
    backoff = Backoff()
    delays = [backoff.compute_delay_s(ran_s=0) for _ in range(10)]
    assert delays[:4] == [0.5, 1, 2, 4]
    assert delays[-1] == MAX_DELAY_S


def test_steady_run_resets_the_delay() -> None:
    """A rare failure is followed by a quick restart."""
    backoff = Backoff()
    for _ in range(10):
        backoff.compute_delay_s(ran_s=0)
    assert backoff.compute_delay_s(ran_s=STEADY_S) == 0.5
    assert backoff.compute_delay_s(ran_s=0) == 1
