"""A label as text: a class or a number that the serving version could have answered."""

import math
from collections.abc import Sequence

from baton_common.texts import truncate
from baton_engine.tables.text.number_texts import format_plain
from baton_registry.versions.output_schema import OutputSchema

MAX_NAMED_CLASSES = 10
MAX_CLASS_CHARACTERS = 40
ANOMALY_LABELS = ("-1", "1")


def format_label(value: object, outputs: OutputSchema) -> str:
    """Formats a label for what a version answers.

    A number or a boolean is the class with that text: 1 and 1.0 are `1`, true is `True`.

    Args:
        value: a text, number or boolean of the caller.
        outputs: of the serving version.

    Raises:
        ValueError: the version never answers this label. The message begins with `must be`.
    """
    if outputs.task in ("regression", "quantiles"):
        return _format_number(value)
    if outputs.task == "multilabel":
        raise ValueError("must be one label, but a row of this model has several")
    classes = ANOMALY_LABELS if outputs.task == "anomaly" else [*map(str, outputs.classes)]
    text = _find_class(value, classes)
    if text is None:
        raise ValueError(f"must be {_list_classes(classes)}")
    return text


def _format_number(value: object) -> str:
    number = math.nan
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            number = math.nan if "_" in str(value) else float(value)
        except (ValueError, OverflowError):
            number = math.nan
    if not math.isfinite(number):
        raise ValueError("must be a finite number")
    return repr(number)


def _find_class(value: object, classes: Sequence[str]) -> str | None:
    """Finds the class that a value means; None if there is none."""
    if isinstance(value, str):
        candidates = [value, *_list_number_texts(_parse_number(value))]
    elif isinstance(value, bool):
        candidates = [str(value), str(value).lower()]
    elif isinstance(value, int | float):
        candidates = _list_number_texts(value)
    else:
        candidates = []
    return next((text for text in candidates if text in classes), None)


def _parse_number(text: str) -> float:
    """Parses a number; NaN for another text."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def _list_number_texts(value: float) -> list[str]:
    """Lists the texts that training may have given a number: `1` and `1.0`."""
    plain = format_plain(value)
    return [] if plain is None else [plain, repr(float(plain))]


def _list_classes(classes: Sequence[str]) -> str:
    named = [repr(truncate(each, MAX_CLASS_CHARACTERS)) for each in classes[:MAX_NAMED_CLASSES]]
    more = len(classes) - len(named)
    return " or ".join(named) + (f" or one of {more} other classes" if more else "")
