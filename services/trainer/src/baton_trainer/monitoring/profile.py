"""`profile.json`: the distribution of a version's columns in training, and of its answers.

The file is beside MLmodel, and the manifest lists it. Later rows are compared with it, so that
needs no training rows:

    {"format": 1, "rows": 5616, "columns": {
       "tenure": {"type": "number", "missing": 0, "private": false, "edges": [1.5, …],
                  "counts": [610, …], "min": 1.0, "max": 72.0},
       "Contract": {"type": "category", "missing": 0, "private": false,
                    "categories": {"Month-to-month": 3100, …}, "other": 0},
       "income": {"type": "number", "missing": 12, "private": true}},
     "outputs": {"label": {"categories": {"No": 1080, "Yes": 300}},
                 "probability_Yes": {"edges": […], "counts": […]}}}

`columns` are of the training rows, by their names in the schema; `outputs` of the held-out rows, by
their names in `baton score`. A boolean is a category, `False` or `True`. A private column has no
values. Unknown members are ignored.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, model_validator

from baton_common.texts import truncate
from baton_registry.errors import InvalidModel
from baton_registry.versions.strict_json import parse_object

PROFILE_FILE = "profile.json"
MAX_PROFILE_BYTES = 2**26
"""Of 80,000 columns, the most that a version's MLmodel file can name: 38 MB."""
FORMAT: Literal[1] = 1
"""The file format. Other numbers are rejected."""
MAX_EDGES = 9
MAX_CATEGORIES = 100

Kind = Literal["number", "category"]
Count = Annotated[int, Field(ge=0)]
Edges = Annotated[tuple[FiniteFloat, ...], Field(max_length=MAX_EDGES)]
Categories = Annotated[Mapping[str, Count], Field(max_length=MAX_CATEGORIES)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)


class Distribution(_Part):
    """How often values occurred: numbers by bins, or texts by categories.

    Attributes:
        edges: the increasing inner edges of the bins; None for categories. Bin i begins at edge
            i - 1 and ends before edge i.
        counts: the number of values in each bin, one more than edges; None for categories.
        categories: the number of rows by text, the most frequent first; None for numbers.
    """

    edges: Edges | None = None
    counts: tuple[Count, ...] | None = None
    categories: Categories | None = None

    @model_validator(mode="after")
    def _check_bins(self) -> Self:
        if (self.edges is None) != (self.counts is None):
            raise ValueError("edges and counts need each other")
        if self.edges is None or self.counts is None:
            return self
        if any(low >= high for low, high in zip(self.edges, self.edges[1:], strict=False)):
            raise ValueError("the edges do not increase")
        if len(self.counts) != len(self.edges) + 1:
            raise ValueError("the counts are not one more than the edges")
        return self


class ColumnProfile(Distribution):
    """A column in the training rows; a private one has type and missing values only.

    Attributes:
        type: the kind of its values.
        missing: the number of rows without a value.
        private: whether its values must not be shown.
        min: the least number; None without one.
        max: the greatest number; None without one.
        other: the number of rows with a text that is not in `categories`; None for numbers.
    """

    type: Kind
    missing: Count
    private: bool = False
    min: FiniteFloat | None = None
    max: FiniteFloat | None = None
    other: Count | None = None

    @model_validator(mode="after")
    def _check_type(self) -> Self:
        values = (self.edges, self.categories, self.min, self.max, self.other)
        if self.private:
            if any(each is not None for each in values):
                raise ValueError("a private column has values")
        elif self.type == "category":
            if self.categories is None or self.other is None:
                raise ValueError("a category needs categories and other")
        elif self.edges is None:
            raise ValueError("a number needs edges and counts")
        return self


class OutputProfile(Distribution):
    """An output for the held-out rows: numbers by bins, or labels by categories."""

    @model_validator(mode="after")
    def _check_values(self) -> Self:
        if (self.edges is None) == (self.categories is None):
            raise ValueError("an output needs either edges or categories")
        return self


class Profile(_Part):
    """The content of the file.

    Attributes:
        rows: the number of training rows.
        columns: by name.
        outputs: by name.
    """

    format: Literal[1] = FORMAT
    rows: Count
    columns: Mapping[str, ColumnProfile]
    outputs: Mapping[str, OutputProfile]

    def to_json(self) -> bytes:
        """Formats the file's content."""
        return self.model_dump_json(exclude_none=True).encode() + b"\n"


def parse_profile(content: bytes) -> Profile:
    """Parses the file's content.

    Raises:
        InvalidModel: it is too large, not strict JSON, or has another form; the message says why.
    """
    try:
        document = parse_object(content, MAX_PROFILE_BYTES)
    except ValueError as error:
        raise _create_error(str(error)) from error
    if document.get("format") != FORMAT:
        raise _create_error(f"does not have format {FORMAT}; a newer Baton may have written it")
    try:
        return Profile.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = " of ".join(truncate(repr(each), 80) for each in reversed(first["loc"]))
        raise _create_error(f"has an invalid {place}: {first['msg']}") from error


def _create_error(reason: str) -> InvalidModel:
    return InvalidModel(f"the file {PROFILE_FILE!r} {reason}; train the version again")


def count_bins(edges: Sequence[float], values: NDArray[np.floating]) -> NDArray[np.intp]:
    """Counts how many values, none of them NaN, are in each bin; shape `[len(edges) + 1]`."""
    bins = np.searchsorted(np.asarray(edges, np.float64), values, side="right")
    return np.bincount(bins, minlength=len(edges) + 1)
