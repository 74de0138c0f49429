"""The tags of a rollout: a version's weight as a canary, its verdict, and the record.

MLflow answers an alias look-up with the whole version, so its weight and verdict arrive in the same
answer, at no cost. The record is a tag of the registered model.
"""

import re
from collections.abc import Mapping

from baton_common.texts import shorten_to_line

WEIGHT_TAG_PREFIX = "baton.weight."
"""A version's weight for the alias that follows."""
ROLLOUT_TAG = "baton.rollout"
"""A version's verdict: `passed`, or `aborted: why`. It holds whatever alias and weight say."""
ROLLOUT_PASSED = "passed"
ROLLOUT_FORCED = "forced"
"""The verdict of a version whose abort does not count any more: --force."""
ROLLOUT_ABORTED = "aborted"
"""The beginning of the verdict of an aborted version."""
RECORD_TAG_PREFIX = "baton.rollout."
"""A registered model's record of the rollout of the alias that follows, as JSON."""
PAST_TAG_PREFIX = "baton.rolled."
"""A registered model's records of past rollouts: of the alias that follows, one tag each."""
MAX_WEIGHT = 100.0
MAX_REASON = 300
"""The number of characters of the reason in a verdict."""

_is_weight = re.compile(r"\d{1,3}(\.\d{1,2})?", re.ASCII).fullmatch


def get_weight_tag(alias: str) -> str:
    """Returns the name of the tag with a version's weight for this alias."""
    return WEIGHT_TAG_PREFIX + alias


def get_record_tag(alias: str) -> str:
    """Returns the name of the registered model's tag with the record of this alias's rollout."""
    return RECORD_TAG_PREFIX + alias


def get_past_prefix(alias: str) -> str:
    """Returns how the names of the tags with past rollouts of this alias begin."""
    return f"{PAST_TAG_PREFIX}{alias}."


def read_weight(tags: Mapping[str, str], alias: str) -> float:
    """Reads a version's weight in percent, from 0 to 100; 0 if there is none that can be read."""
    text = _get_weight_text(tags, alias)
    weight = float(text) if _is_weight(text) else 0.0
    return weight if weight <= MAX_WEIGHT else 0.0


def find_weight_problem(tags: Mapping[str, str], alias: str) -> str | None:
    """Describes a weight that cannot be read, which counts as 0; None if it is absent or valid."""
    text = _get_weight_text(tags, alias)
    if get_weight_tag(alias) not in tags or (_is_weight(text) and float(text) <= MAX_WEIGHT):
        return None
    shown = repr(text[:50]) if text else "empty"
    return (
        f"the tag {get_weight_tag(alias)} is {shown} and counts as 0; set it to a number from 0 to"
        " 100 with at most two decimals"
    )


def is_aborted(tags: Mapping[str, str]) -> bool:
    """Whether the version's rollout was aborted. Such a version answers no request."""
    return tags.get(ROLLOUT_TAG, "").strip().lower().startswith(ROLLOUT_ABORTED)


def format_abort(reason: str) -> str:
    """Formats the verdict of an aborted version, as one short line."""
    return f"{ROLLOUT_ABORTED}: {shorten_to_line(reason, MAX_REASON)}"


def find_abort(tags: Mapping[str, str]) -> str | None:
    """Returns why the version's rollout was aborted; None if it was not."""
    if not is_aborted(tags):
        return None
    verdict = tags[ROLLOUT_TAG].strip()
    return verdict[len(ROLLOUT_ABORTED) :].removeprefix(":").strip() or "by hand"


def _get_weight_text(tags: Mapping[str, str], alias: str) -> str:
    return tags.get(get_weight_tag(alias), "").strip()
