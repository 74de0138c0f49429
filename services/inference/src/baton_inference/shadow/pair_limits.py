"""What a canary may do, as far as this process knows."""

from baton_inference.lifecycle.live_versions import LiveVersion
from baton_rollout.limits import Limits
from baton_rollout.progress.record import Record


def find_limits(production: LiveVersion, canary: LiveVersion, record: Record | None) -> Limits:
    """Returns the limits of the rollout of these two versions, or else those around the gate's.

    There is no rollout if the alias was moved by hand. Its record is unknown until it was read
    once, or while the registry cannot be reached.

    Args:
        production: the version in production.
        canary: the canary.
        record: the record of the last rollout; None if it is not known.
    """
    versions = (production.model.version, canary.model.version)
    if record and record.is_under_way and (record.against, record.plan.version) == versions:
        return record.plan.limits
    return Limits.from_gate_figures(canary.gate_figures, production.model.version)
