"""Hands the answers of the other version to those who wait for them: the prediction log."""

from collections.abc import Sequence

from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.scoring.observer import OtherAnswer
from baton_inference.shadow.queue import Sample
from baton_inference.shadow.rows.cells import copy_row
from baton_inference.shadow.rows.row_scoring import RowAnswers


def fill_notes(samples: Sequence[Sample], answers: RowAnswers, version: LiveVersion) -> None:
    """Fills the notes of the rows that were answered.

    Args:
        samples: the rows.
        answers: the answers to them.
        version: the version that gave these answers.
    """
    if answers.scores is None:
        return
    for at, index in enumerate(answers.answered):
        note, number = samples[index].note, samples[index].number
        if note is not None:
            note.other = OtherAnswer(number, version, copy_row(answers.scores, at))
