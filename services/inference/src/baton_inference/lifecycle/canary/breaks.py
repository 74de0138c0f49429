"""Finds why a canary would break the callers of production."""

from baton_inference.lifecycle.live_versions import LiveVersion
from baton_registry.versions.output_schema import OutputSchema
from baton_registry.versions.schema_breaks import find_breaks


def find_canary_breaks(production: LiveVersion, canary: LiveVersion) -> list[str]:
    """Lists why the canary's answers or columns break callers; empty if they do not.

    `promote` compares what the versions record. Here both are loaded, so the outputs that the
    engines found count, too.
    """
    breaks = find_breaks(production.schema, canary.schema)
    before, now = production.engine.output_schema, canary.engine.output_schema
    if not breaks and before != now:
        breaks.append(f"the answers were {_describe(before)} and are {_describe(now)}")
    return breaks


def _describe(outputs: OutputSchema) -> str:
    members = ", ".join(map(str, outputs.classes or outputs.names))
    return f"{outputs.task} [{members}]" if members else outputs.task
