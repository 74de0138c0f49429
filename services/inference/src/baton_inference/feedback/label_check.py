"""Checks a label: whether the serving version could have answered this class or number."""

from baton_common.label_texts import list_spellings, parse_number
from baton_common.texts import truncate
from baton_registry.versions.output_schema import OutputSchema

MAX_NAMED_CLASSES = 10
MAX_CLASS_CHARACTERS = 40
ANOMALY_LABELS = (-1, 1)


class LabelCheck:
    """Checks labels for one version. Thousands of classes are looked up, not searched."""

    def __init__(self, outputs: OutputSchema) -> None:
        """Takes the outputs of the version."""
        self._task = outputs.task
        classes = ANOMALY_LABELS if outputs.task == "anomaly" else outputs.classes
        self._names = frozenset(map(str, classes))
        self._first_names = [*map(str, classes[:MAX_NAMED_CLASSES])]
        self._has_texts = bool(classes) and isinstance(classes[0], str)

    def format(self, value: str | float) -> str:
        """Formats a label as the text of what the version answers.

        The rule is that of `baton quality`, which reads the text later. A JSON number or boolean
        is also the class of a text: 1 and 1.0 are `1`, true is `True` or `true`.

        Args:
            value: a text, number or boolean of the caller.

        Raises:
            ValueError: the version never answers this label. The message begins with `must be`.
        """
        if self._task in ("regression", "quantiles"):
            return _format_number(value)
        if self._task == "multilabel":
            raise ValueError("must be one label, but a row of this model has several")
        are_texts = isinstance(value, str) and self._has_texts
        for text in list_spellings(str(value), are_texts=are_texts):
            if text in self._names:
                return text
        raise ValueError(f"must be {self._describe_classes()}")

    def _describe_classes(self) -> str:
        named = [repr(truncate(each, MAX_CLASS_CHARACTERS)) for each in self._first_names]
        more = len(self._names) - len(named)
        return " or ".join(named) + (f" or one of {more} other classes" if more else "")


def _format_number(value: str | float) -> str:
    number = parse_number(str(value))
    if number is None:
        raise ValueError("must be a finite number")
    return repr(number)
