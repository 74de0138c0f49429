"""What the tests of the watcher read from a core."""

from baton_inference.core import Core


def get_version(core: Core) -> str | None:
    """Returns the version in the slot."""
    return core.live.production.model.version if core.live.production else None


def get_state(core: Core) -> str:
    """Returns the state in the status."""
    return core.watcher_state.status.state
