"""The pair of versions that is compared: production, the canary, and the counts of their pairs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from baton_engine.engine import Scores
from baton_engine.tables.transpose import Rows
from baton_inference.errors import InferenceError
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.scoring.scores import join_scores, take_rows
from baton_inference.shadow.admission.admission import Admissions
from baton_inference.shadow.counts.comparison import compare_answers, find_unusable_rows
from baton_inference.shadow.counts.score_scales import ScoreScales
from baton_inference.shadow.counts.tally import PairTally
from baton_inference.shadow.notes import fill_notes
from baton_inference.shadow.queue import Sample
from baton_inference.shadow.rows.cells import read_cells
from baton_inference.shadow.rows.row_adapter import Adapt, Cells, compile_adapter
from baton_inference.shadow.rows.row_scoring import RowAnswers, score_rows
from baton_inference.shadow.rows.timing import TimedScore, is_slower
from baton_inference.shadow.rows.watchdog import Watchdog

MAX_ROWS = 64
"""The most rows of a call: the interpreter lock is held for some tenths of a millisecond."""


@dataclass(frozen=True)
class _Side:
    """One direction: rows that `answering` answered are scored by `other`."""

    answering: LiveVersion
    other: LiveVersion
    adapt: Adapt


class Pair:
    """Scores sampled rows with the other version, and counts the pairs. Used by one thread.

    Attributes:
        production: the version in production.
        canary: the canary.
        admissions: decides which rows become pairs.
        tally: the counts.
        needs_bodies: whether the versions have different columns, in any order.
    """

    def __init__(self, production: LiveVersion, canary: LiveVersion, watchdog: Watchdog) -> None:
        self.production = production
        self.canary = canary
        self.admissions = Admissions()
        self.tally = PairTally()
        self._watchdog = watchdog
        self._scales = ScoreScales(canary.gate_figures)
        self._random = np.random.default_rng()
        # A canary with other outputs is refused if both versions record theirs.
        self._has_same_outputs = production.engine.output_schema == canary.engine.output_schema
        one, other = production.schema, canary.schema
        self.needs_bodies = {each.name for each in one.columns} != {
            each.name for each in other.columns
        }
        self._sides = (
            _Side(production, canary, compile_adapter(one, other)),
            _Side(canary, production, compile_adapter(other, one)),
        )

    def holds(self, production: LiveVersion | None, canary: LiveVersion | None) -> bool:
        """Whether these are the two versions. A confirmed version is replaced, not its engine."""
        return (
            production is not None
            and canary is not None
            and production.engine is self.production.engine
            and canary.engine is self.canary.engine
        )

    def find_answering(self, sample: Sample) -> LiveVersion | None:
        """Returns which of the two versions answered; None if the row cannot be compared.

        Another version answered it, or it lacks the body that may have columns of one version
        alone: the other version would score another row than its caller sent.
        """
        if self.needs_bodies and sample.body is None:
            return None
        for side in self._sides:
            if sample.version.engine is side.answering.engine:
                return side.answering
        return None

    def get_max_rows(self, *, is_timed: bool) -> int:
        """Returns the most rows of a batch, so that scoring it takes about 2 ms at most.

        A batch that is timed has as many rows as production scores in one call: a canary may be
        slower there.
        """
        versions = (self.production,) if is_timed else (self.production, self.canary)
        return max(1, min(MAX_ROWS, *[each.inline_rows for each in versions]))

    def score(self, samples: Sequence[Sample], cells: Sequence[Cells], *, is_timed: bool) -> None:
        """Scores rows with the version that did not answer them, and counts the pairs.

        Args:
            samples: rows that one of the two versions answered.
            cells: their values, in the order of the answering version's schema.
            is_timed: whether both versions score them, for their processor time.
        """
        for side in self._sides:
            at = [
                index
                for index, sample in enumerate(samples)
                if sample.version.engine is side.answering.engine
            ]
            if at:
                group = [cells[index] for index in at]
                rows = [_convert(side, samples[index], cells[index]) for index in at]
                answers = self._score_group(side, group, rows, is_timed=is_timed)
                self._count(side, [samples[index].scores for index in at], answers)
                fill_notes([samples[index] for index in at], answers, side.other)

    def _score_group(
        self, side: _Side, cells: Sequence[Cells], rows: Sequence[Cells | None], *, is_timed: bool
    ) -> RowAnswers:
        """Scores rows.

        Args:
            side: who answered, and who scores.
            cells: the rows by the schema of the version that answered.
            rows: the same by the schema of the other; None for a row that it refuses.
            is_timed: whether both score.
        """
        score = partial(self._call, side.other)
        if not is_timed or None in rows:
            return score_rows(rows, score)
        other = TimedScore(score)
        answering = TimedScore(partial(self._call, side.answering))
        is_first = self._random.random() < 0.5  # noqa: PLR2004 - the second finds warm caches
        if is_first:
            answering.run(cells)
        answers = score_rows(rows, other)
        if not is_first:
            answering.run(cells)
        canary, production = other.first_s, answering.first_s
        if side.answering is self.canary:
            canary, production = production, canary
        self.tally.add_timed(is_slower=is_slower(canary, production))
        return answers

    def _call(self, version: LiveVersion, rows: Rows) -> Scores:
        """Scores rows within the deadline of a canary's calls. Raises whatever the model raises."""
        deadline_s = self.production.pace.compute_deadline_s(len(rows))
        with self._watchdog.limit_time(version.engine, deadline_s) as engine:
            return engine.score_rows(rows)

    def _count(self, side: _Side, answered: Sequence[Scores], answers: RowAnswers) -> None:
        """Counts pairs.

        Args:
            side: who answered, and who scored.
            answered: the answer to each row.
            answers: the other version's answers.
        """
        theirs = join_scores(answered)
        is_unusable = find_unusable_rows(theirs)
        both = [index for index, at in enumerate(answers.answered) if not is_unusable[at]]
        if side.other is self.canary:
            failures = sum(not is_unusable[at] for at in answers.failed)
        else:
            failures = len(answers.answered) - len(both)
        self.tally.add_pairs(len(answers.answered) + len(answers.failed), failures)
        if answers.scores is None or not both or not self._has_same_outputs:
            return
        one = take_rows(theirs, [answers.answered[index] for index in both])
        other = take_rows(answers.scores, both)
        production, canary = (one, other) if side.other is self.canary else (other, one)
        self.tally.add_differences(
            compare_answers(
                self.production.engine.output_schema,
                production,
                canary,
                self._scales,
                self._random,
            )
        )


def _convert(side: _Side, sample: Sample, cells: Cells) -> Cells | None:
    """Returns a row by the other version's schema; None if that version refuses it.

    Its codec decodes the body again if the versions have different columns: a body may have
    columns that the first codec ignored, and lack columns that the second one needs.
    """
    if sample.body is None:
        return side.adapt(cells)
    protocol, content, media = sample.body
    try:
        batch = side.other.codecs[protocol].decode(content, media)
        return read_cells(batch, side.other.schema, sample.number)
    except InferenceError:
        return None
