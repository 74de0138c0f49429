"""Finds the version in production, and the one that a rollback goes to."""

from baton_registry.errors import AliasNotSet, NothingToRollBackTo
from baton_registry.promotion.history import find_moves
from baton_registry.promotion.rollback_stack import find_rollback_target
from baton_registry.rest.client import RegistryClient
from baton_trainer.monitoring.quality.request import QualityRequest
from baton_trainer.settings import TrainerSettings


def find_production(
    registry: RegistryClient, settings: TrainerSettings, request: QualityRequest
) -> tuple[str | None, str | None]:
    """Finds the version in production, and the one that a rollback goes to; None if there is none.

    Raises:
        RegistryError: the registry refused, or did not answer.
    """
    name, alias = settings.model_name, settings.alias
    try:
        production = registry.resolve_alias(name, alias).version
    except AliasNotSet:
        return None, None
    tags = registry.get_model_tags(name)
    moves = find_moves(tags, alias=alias, current_number=production, seen_at=request.now)
    try:
        return production, find_rollback_target(moves, production)
    except NothingToRollBackTo:
        return production, None
