"""The predictions of `/predict`: one object for each row, with a key for each output."""

from collections.abc import Callable, Sequence
from typing import Any

from baton_engine.engine import Scores
from baton_registry.versions.output_schema import LABEL, VALUE, Output, OutputSchema

BuildPredictions = Callable[[Scores], list[dict[str, Any]]]
"""Builds one object for each row."""

_PLURALS = {VALUE: "values", LABEL: "labels"}


def get_key(output: Output) -> str:
    """Returns the key of an output. An output with members is an object, and its key is plural."""
    return _PLURALS.get(output.name, output.name) if output.members else output.name


def compile_predictions(output_schema: OutputSchema) -> BuildPredictions:
    """Compiles the function that builds the predictions of a model with one or two outputs."""
    if output_schema.is_classifier:
        return _compile_classifier(output_schema)
    keys = [get_key(output) for output in output_schema.outputs]
    readers = [_compile_reader(output) for output in output_schema.outputs]
    if len(readers) == 1:
        (key,), (read,) = keys, readers
        return lambda scores: [{key: value} for value in read(scores)]
    (first, second), (read_first, read_second) = keys, readers

    def build(scores: Scores) -> list[dict[str, Any]]:
        pairs = zip(read_first(scores), read_second(scores), strict=True)
        return [{first: one, second: other} for one, other in pairs]

    return build


def _compile_classifier(output_schema: OutputSchema) -> BuildPredictions:
    """Compiles the function for classifiers: without a call per output, which a lone row pays."""
    keys = [str(label) for label in output_schema.classes]

    def build(scores: Scores) -> list[dict[str, Any]]:
        return [
            {"label": label, "probabilities": dict(zip(keys, row, strict=True))}
            for label, row in zip(
                scores["label"].tolist(), scores["probabilities"].tolist(), strict=True
            )
        ]

    return build


def _compile_reader(output: Output) -> Callable[[Scores], Sequence[Any]]:
    """Compiles the function that returns each row's value, or its object of members."""
    name, members = output.name, output.members
    if not members:
        return lambda scores: scores[name].tolist()
    return lambda scores: [dict(zip(members, row, strict=True)) for row in scores[name].tolist()]
