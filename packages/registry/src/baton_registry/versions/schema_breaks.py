"""Finds why a schema breaks the callers of another."""

from collections.abc import Iterable, Iterator, Sequence

from baton_registry.versions.output_schema import Label
from baton_registry.versions.schema import AnswerForm, Column, Schema

MAX_LISTED = 10
"""The number of reasons in a message. MLflow's tags do not hold thousands."""


def find_breaks(old: Schema, new: Schema) -> list[str]:
    """Lists why `new` breaks callers of `old`; empty if it does not."""
    before = {column.name: column for column in old.columns}
    now = {column.name: column for column in new.columns}
    reasons = [f"column {name!r} is gone" for name in before if name not in now]
    for name, column in now.items():
        reasons += _find_column_breaks(before.get(name), column)
    if (before_form := _describe_inputs(old)) != (now_form := _describe_inputs(new)):
        reasons.append(f"the input was {before_form} and is {now_form}")
    return [*reasons, *_find_output_breaks(old, new)]


def format_breaks(reasons: Sequence[str], separator: str) -> str:
    """Joins the first reasons and the number of the others."""
    more = len(reasons) - MAX_LISTED
    return separator.join([*reasons[:MAX_LISTED], *([f"and {more:,} more"] if more > 0 else [])])


def _find_column_breaks(before: Column | None, now: Column) -> list[str]:
    if before is None:
        return [f"column {now.name!r} is new and required"] if now.required else []
    reasons = []
    if before.type != now.type:
        reasons.append(f"column {now.name!r} was {before.type} and is {now.type}")
    if now.required and not before.required:
        reasons.append(f"column {now.name!r} was optional and is required")
    return reasons


def _describe_inputs(schema: Schema) -> str:
    if not schema.is_matrix:
        return "named columns"
    if not schema.is_tensor:
        return "columns without names"
    return f"the tensor {schema.tensor_name!r}" if schema.tensor_name else "a tensor without a name"


def _find_output_breaks(old: Schema, new: Schema) -> Iterator[str]:
    if old.classes and new.classes:
        if old.classes != new.classes:
            yield f"classes {_format(old.classes)} became {_format(new.classes)}"
    elif old.known_task and new.known_task:
        if old.known_task != new.known_task:
            yield f"the task {old.known_task} became {new.known_task}"
        elif old.known_task in ("quantiles", "multilabel") and _have_other_names(old, new):
            yield f"outputs {_format(old.output_names)} became {_format(new.output_names)}"
    elif old.answer_form and new.answer_form and not _fit(old.answer_form, new.answer_form):
        yield (
            f"the answers were {_describe_answers(old)} and are {_describe_answers(new)} by its"
            " MLmodel file"
        )
    if old.predicts_probabilities != new.predicts_probabilities:
        forms = ["labels", "probabilities"]
        before, now = reversed(forms) if old.predicts_probabilities else forms
        yield f"/invocations answered {before} and answers {now}"


def _have_other_names(old: Schema, new: Schema) -> bool:
    names = (old.output_names, new.output_names)
    return all(names) and old.output_names != new.output_names


def _fit(old: AnswerForm, new: AnswerForm) -> bool:
    return old.kind == new.kind and (None in (old.width, new.width) or old.width == new.width)


def _describe_answers(schema: Schema) -> str:
    form = schema.answer_form
    if schema.known_task or form is None:
        return f"those of the task {schema.known_task}"
    several = f"{form.width} " if form.width and form.kind == "numbers" else ""
    return f"{several}{form.kind}"


def _format(values: Iterable[Label]) -> str:
    return "[" + ", ".join(map(str, values)) + "]"
