"""The tags of a registered model with its live quality and its drift, as JSON.

`baton quality --log` and `baton drift --log` write them; the operations page shows them. Any client
that may set tags may write anything, so a reader checks all of it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from baton_common.texts import to_one_line
from baton_common.utc import format_utc
from baton_registry.versions.strict_json import parse_object

QUALITY_TAG = "baton.quality"
DRIFT_TAG = "baton.drift"
MAX_TAG_CHARACTERS = 4_000
"""The value of a model's tag is a VARCHAR(5000) in MLflow's tables."""

_MAX_UTF8 = 4
MAX_NAME = 250
"""The characters of a column's name that the tag keeps."""


def _normalize_time(text: str) -> str:
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return format_utc(at)
    except (ValueError, OverflowError):
        pass
    raise ValueError("is not a time with a zone, such as 2026-11-23T10:00:00.000Z")


Time = Annotated[str, AfterValidator(_normalize_time)]
"""A time in UTC, as `format_utc` writes it."""
DriftLevel = Literal["moderate", "large"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", allow_inf_nan=False)


class _Tag(_Part):
    """The value of a tag."""

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Parses the value of the tag.

        Raises:
            ValueError: the text is too long, not strict JSON, or has another form.
        """
        if len(text) > MAX_TAG_CHARACTERS:
            raise ValueError(f"is over {MAX_TAG_CHARACTERS:,} characters")
        document = parse_object(text.encode(errors="replace"), _MAX_UTF8 * MAX_TAG_CHARACTERS)
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise ValueError(to_one_line(f"{where}: {first['msg']}")) from error

    def to_text(self) -> str:
        """Formats the value of the tag.

        Raises:
            ValueError: it is too long.
        """
        text = self.model_dump_json()
        if len(text) > MAX_TAG_CHARACTERS:
            raise ValueError(f"is over {MAX_TAG_CHARACTERS:,} characters")
        return text


class VersionQuality(_Part):
    """The live quality of one version.

    Attributes:
        rows: the number of rows in the log.
        labelled: how many of them have a label that counts.
        metric: the name of the metric, e.g. `roc_auc`.
        value: the metric on these rows; None if there are too few.
        low: the lower end of its 95 % interval.
        high: the upper end.
        training: the metric on the held-out rows of the training; None if it is not known.
    """

    rows: int
    labelled: int
    metric: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    training: float | None = None


class QualityTag(_Tag):
    """The value of `baton.quality`.

    Attributes:
        at: when it was measured, in UTC.
        versions: the figures by version number.
        message: one sentence; may be empty.
    """

    at: Time
    versions: Mapping[str, VersionQuality]
    message: str = ""


class WorstColumn(_Part):
    """The column or output that has drifted most.

    Attributes:
        column: its name, at most `MAX_NAME` characters.
        psi: its population stability index.
        level: how much that is.
    """

    column: str
    psi: float
    level: DriftLevel


class DriftTag(_Tag):
    """The value of `baton.drift`.

    Attributes:
        at: when it was measured, in UTC.
        version: the version's number.
        rows: the number of rows in the log.
        drifted: the number of columns and outputs that have drifted.
        columns: the number of those that were tested.
        worst: the worst of them; None if none has drifted.
        message: one sentence; may be empty.
    """

    at: Time
    version: str
    rows: int
    drifted: int
    columns: int
    worst: WorstColumn | None = None
    message: str = ""
