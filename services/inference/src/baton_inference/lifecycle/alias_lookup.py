"""Looks an alias up, once a poll."""

from dataclasses import dataclass

import structlog

from baton_registry.errors import AliasNotSet, RegistryError
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.model_version import ModelVersion

log = structlog.get_logger("baton.watcher")


class LookUpFailed(Exception):
    """The registry gave no answer. The message is one line, for the status."""


@dataclass(frozen=True)
class AliasLookUp:
    """An alias of a registered model.

    Attributes:
        registry: resolves the alias.
        model_name: the registered model.
        alias: the alias.
    """

    registry: RegistryClient
    model_name: str
    alias: str

    def find_version(self) -> ModelVersion | None:
        """Returns the version that the alias points to; None if the alias is not set.

        Raises:
            LookUpFailed: the registry gave no answer.
        """
        try:
            return self.registry.resolve_alias(self.model_name, self.alias)
        except AliasNotSet:
            return None
        except RegistryError as error:
            raise LookUpFailed(str(error)) from error
        except Exception as error:
            log.exception("the alias cannot be resolved: unexpected error")
            reason = f"unexpected {type(error).__name__}; see the service's log"
            raise LookUpFailed(reason) from error
