"""Reads the tags with live quality and drift. Any client may write them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from baton_common.texts import shorten_to_line
from baton_registry.versions.monitoring_tags import DRIFT_TAG, QUALITY_TAG, DriftTag, QualityTag

T = TypeVar("T")


@dataclass(frozen=True)
class Monitoring:
    """What was last measured.

    Attributes:
        quality: None if it was not logged, or cannot be read.
        drift: as above.
        problems: a line for each tag that cannot be read.
    """

    quality: QualityTag | None = None
    drift: DriftTag | None = None
    problems: tuple[str, ...] = ()


def read_monitoring(tags: Mapping[str, str]) -> Monitoring:
    """Reads the tags of a registered model."""
    problems: list[str] = []
    quality = _read(tags, QUALITY_TAG, QualityTag.from_text, problems)
    drift = _read(tags, DRIFT_TAG, DriftTag.from_text, problems)
    return Monitoring(quality, drift, tuple(problems))


def _read(
    tags: Mapping[str, str], name: str, parse: Callable[[str], T], problems: list[str]
) -> T | None:
    text = tags.get(name, "")
    if not text:
        return None
    try:
        return parse(text)
    except ValueError as error:
        problems.append(shorten_to_line(f"the tag {name} {error}"))
        return None
