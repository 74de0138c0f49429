"""`baton rollout start --wait`: this process is the controller until the rollout ends."""

from baton_cli import terminal
from baton_cli.rollouts.control.observation import Observation
from baton_cli.rollouts.control.session import RolloutSession
from baton_cli.rollouts.display.exits import PAUSED, choose_exit_code
from baton_cli.rollouts.display.texts import describe_future, describe_progress
from baton_cli.rollouts.display.watching import Watch, watch
from baton_cli.settings import RolloutSettings
from baton_common.texts import to_one_line
from baton_registry.errors import RegistryError
from baton_rollout.progress.record import Record


def wait_for_end(
    session: RolloutSession, settings: RolloutSettings, started: Record, limit_s: float
) -> int:
    """Follows the rollout until it ends or pauses. Returns the exit code."""

    def is_done(seen: Observation | None) -> bool:
        record = seen.record if seen else None
        is_own = record is not None and record.plan.token == started.plan.token
        return not is_own or record is None or record.phase in ("paused", "promoted", "aborted")

    interval_s = settings.poll_interval_s
    how = Watch(settings.model_name, interval_s, is_done, limit_s, is_controller=True)
    seen = watch(session.controller.tick, how, terminal.print_progress, err=True)
    if seen is None or not is_done(seen):  # what the last tick did is not in what it saw
        try:
            seen = session.controller.observe()
        except RegistryError as error:
            end = f"baton: time is over, and the state is unknown: {to_one_line(error)}"
            terminal.print_progress(f"{end}; {describe_future(started)}")
            return PAUSED
    return _report_end(seen, started)


def _report_end(seen: Observation | None, started: Record) -> int:
    """Prints how the wait ended. Returns the exit code."""
    if seen is None or seen.record.plan.token != started.plan.token:
        terminal.print_progress("baton: another rollout has replaced this one")
        return PAUSED
    progress = describe_progress(seen.record)
    if seen.record.is_under_way and seen.record.phase != "paused":
        terminal.print_progress(f"baton: time is over; {progress}; {describe_future(seen.record)}")
        return PAUSED
    if seen.record.phase == "promoted":
        terminal.show(progress)
    else:
        terminal.print_progress(f"baton: {progress}")
    return choose_exit_code(seen)
