"""Checks a label: whether the serving version could have answered this class or number."""

from collections.abc import Sequence

from baton_common.label_texts import find_class, parse_number
from baton_common.texts import truncate
from baton_registry.versions.output_schema import OutputSchema

MAX_NAMED_CLASSES = 10
MAX_CLASS_CHARACTERS = 40
ANOMALY_LABELS = (-1, 1)


def format_label(value: str | float, outputs: OutputSchema) -> str:
    """Formats a label as the text of what a version answers.

    The rule is that of `baton quality`, which reads the text later. A JSON number or boolean is
    also the class of a text: 1 and 1.0 are `1`, true is `True` or `true`.

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
    classes = ANOMALY_LABELS if outputs.task == "anomaly" else outputs.classes
    names = [*map(str, classes)]
    are_texts = isinstance(value, str) and isinstance(classes[0], str)
    index = find_class(str(value), names, are_texts=are_texts)
    if index is None:
        raise ValueError(f"must be {_list_classes(names)}")
    return names[index]


def _format_number(value: str | float) -> str:
    number = parse_number(str(value))
    if number is None:
        raise ValueError("must be a finite number")
    return repr(number)


def _list_classes(classes: Sequence[str]) -> str:
    named = [repr(truncate(each, MAX_CLASS_CHARACTERS)) for each in classes[:MAX_NAMED_CLASSES]]
    more = len(classes) - len(named)
    return " or ".join(named) + (f" or one of {more} other classes" if more else "")
