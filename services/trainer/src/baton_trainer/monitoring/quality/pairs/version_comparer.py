"""Compares the version in production with the one before, on the rows that both have scored."""

from dataclasses import dataclass, replace

import pandas as pd

from baton_registry.errors import VersionNotFound
from baton_registry.rest.client import RegistryClient
from baton_trainer.errors import NotComparable, VersionNotLoadable
from baton_trainer.gate.comparable_model import load_version
from baton_trainer.gate.compared_outcomes import compare_outcomes
from baton_trainer.monitoring.log_reader import LogReader
from baton_trainer.monitoring.quality.joined_rows import JoinedRows, VersionRows
from baton_trainer.monitoring.quality.pairs.losses import compute_loss_differences, judge_losses
from baton_trainer.monitoring.quality.pairs.paired_rows import (
    PairedRows,
    build_paired_rows,
    find_logged_pairs,
    score_other_rows,
)
from baton_trainer.monitoring.quality.pairs.scoring_before import LoggedVersion, ScoredRows
from baton_trainer.monitoring.quality.report import PairedQuality
from baton_trainer.monitoring.quality.request import QualityRequest
from baton_trainer.settings import TrainerSettings


@dataclass(frozen=True)
class VersionComparer:
    """Compares two versions on the rows of a log.

    Attributes:
        registry: the registry.
        settings: the trainer's settings.
        request: what is measured.
        log: the prediction log.
        joined: its rows with their labels.
    """

    registry: RegistryClient
    settings: TrainerSettings
    request: QualityRequest
    log: LogReader
    joined: JoinedRows

    def compare(self, version: str, before: str, rmse_before: float | None) -> PairedQuality:
        """Compares a version with the one before.

        Args:
            version: the version in production.
            before: the one that a rollback goes to.
            rmse_before: the held-out RMSE of the one before; None if it is not a regression.

        Raises:
            RegistryError: the registry refused, or did not answer.
        """
        result = PairedQuality(version, before)
        rows = self.joined.versions.get(version)
        if rows is None:
            return replace(result, problem=f"the log has no rows of version {version}")
        pairs = find_logged_pairs(rows, before, self.joined.versions.get(before))
        scored, problem = ScoredRows(pairs.head(0)), ""
        try:
            scored = self._score(rows, pairs, before)
        except (NotComparable, VersionNotLoadable, VersionNotFound) as error:
            problem = str(error)
        result = replace(result, rejected=scored.rejected, problem=problem)
        try:
            return _compare(result, build_paired_rows(pairs, scored.frame), rmse_before)
        except NotComparable as error:
            return replace(result, problem=problem or str(error))

    def _score(self, rows: VersionRows, pairs: pd.DataFrame, before: str) -> ScoredRows:
        name = self.settings.model_name
        registered = self.registry.get_version(name, before)
        scorer = load_version(self.registry, registered, trusted=self.settings.trusted_keys)
        logged = LoggedVersion(self.log, name, rows.version, self.request.since)
        return score_other_rows(logged, rows, pairs, scorer)


def _compare(result: PairedQuality, paired: PairedRows, rmse_before: float | None) -> PairedQuality:
    differences = compute_loss_differences(paired.outcome, paired.before, rmse_before)
    return replace(
        result,
        rows=len(differences),
        logged=paired.logged,
        losses=judge_losses(differences),
        difference=compare_outcomes(paired.outcome, paired.before),
    )
