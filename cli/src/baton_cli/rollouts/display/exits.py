"""Exit codes of the verbs of a rollout."""

from baton_cli.rollouts.control.observation import Observation

DONE, UNDER_WAY, PAUSED, ABORTED = 0, 3, 4, 5


def choose_exit_code(seen: Observation | None) -> int:
    """Returns the exit code of `baton rollout status`."""
    if seen is None or seen.record.phase == "promoted":
        return DONE
    if seen.record.phase == "aborted" or seen.facts.abort is not None:
        return ABORTED
    return PAUSED if seen.record.phase == "paused" else UNDER_WAY
