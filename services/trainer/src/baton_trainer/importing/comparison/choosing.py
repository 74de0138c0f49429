"""Chooses the ONNX form that answers as the original model does."""

from collections.abc import Sequence
from dataclasses import dataclass

from baton_common.texts import get_first_line
from baton_engine.engine import EngineError
from baton_engine.onnx.engine import OnnxEngine
from baton_registry.versions.schema import Schema
from baton_trainer.errors import ImportFailed
from baton_trainer.importing.comparison.agreement import Agreement, compare_answers
from baton_trainer.importing.comparison.answers import Answers
from baton_trainer.importing.comparison.differences import DifferenceReport
from baton_trainer.importing.comparison.engine_answers import score_all, score_each
from baton_trainer.importing.isolation.job import ConvertedModel
from baton_trainer.importing.rows.rows import Rows
from baton_trainer.progress import Progress


@dataclass(frozen=True)
class Original:
    """The rows, and the answers of the original model.

    Attributes:
        rows: the rows of the file, then generated rows.
        file_rows: the number of rows of the file.
        answers: for all rows.
    """

    rows: Rows
    file_rows: int
    answers: Answers


@dataclass(frozen=True)
class ComparedModel:
    """An ONNX form, compared with the original.

    Attributes:
        form: the ONNX form.
        schema: the columns, the task and the classes.
        engine: the whole graph in ONNX Runtime. Inference encodes columns outside of it where that
            answers the same (`open_engine`).
        answers: its answers for the rows.
        agreement: with the original.
    """

    form: ConvertedModel
    schema: Schema
    engine: OnnxEngine
    answers: Answers
    agreement: Agreement


def choose_form(
    forms: Sequence[ConvertedModel], original: Original, schema: Schema, progress: Progress
) -> ComparedModel:
    """Returns the first form that is the same model; shows the differences if none is.

    Args:
        forms: the ONNX forms, the preferred first.
        original: the original's answers.
        schema: the columns, the task and the classes.
        progress: gets the table of the worst rows.

    Raises:
        ImportFailed: no form can be served, or none is the same model.
    """
    compared: list[ComparedModel] = []
    reasons: list[str] = []
    for form in forms:
        try:
            compared.append(_compare(form, original, schema))
        except (EngineError, ValueError) as error:
            reasons.append(get_first_line(error))
            continue
        if compared[-1].agreement.holds:
            return compared[-1]
    if not compared:
        raise ImportFailed(f"the model's ONNX form cannot be served: {reasons[0]}")
    nearest = min(compared, key=lambda each: len(each.agreement.different))
    report = DifferenceReport(original.rows, original.answers, nearest.answers, nearest.agreement)
    progress.show(report.to_table(nearest.engine.output_schema))
    raise ImportFailed(
        f"the ONNX form is another model than the original: of {len(original.rows):,} rows, "
        f"{report.summarize()}; nothing was registered; docs/models.md lists what converts exactly"
    )


def _compare(form: ConvertedModel, original: Original, schema: Schema) -> ComparedModel:
    """Compares all rows at once; where they agree, also the first ones as lone requests.

    Raises:
        EngineError: inference could not load the form, or it does not end.
        ValueError: it has other outputs than the original.
    """
    engine = OnnxEngine(form.onnx, schema)
    answers = score_all(engine, original.rows)
    agreement = compare_answers(original.answers, answers, original.file_rows)
    if agreement.holds:
        answers = answers.replace_head(score_each(engine, original.rows))
        agreement = compare_answers(original.answers, answers, original.file_rows)
    return ComparedModel(form, schema, engine, answers, agreement)
