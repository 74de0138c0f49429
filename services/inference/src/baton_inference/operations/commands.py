"""Builds the commands that the operations page shows. Baton runs none of them."""

import shlex
from dataclasses import dataclass

from baton_inference.settings import InferenceSettings


@dataclass(frozen=True)
class Commands:
    """Builds `baton` commands for one alias, safe to paste into a shell.

    Attributes:
        model_name: the registered model.
        alias: the alias.
    """

    model_name: str
    alias: str

    def build_rollback(self) -> str:
        """Builds the rollback to the previously promoted version."""
        return self._build("rollback", "--wait")

    def build_promote(self, version: str) -> str:
        """Builds the promotion of a version number or of `challenger`."""
        return self._build("promote", version, "--wait")

    def build_rollout(self, *arguments: str) -> str:
        """Builds a command about the rollout."""
        return self._build("rollout", *arguments)

    def _build(self, *arguments: str) -> str:
        """Prefixes the variables that differ from their defaults."""
        values = (("BATON_MODEL_NAME", self.model_name), ("BATON_ALIAS", self.alias))
        defaults = {
            field.validation_alias: field.default
            for field in InferenceSettings.model_fields.values()
        }
        variables = [f"{k}={shlex.quote(v)}" for k, v in values if v != defaults[k]]
        return " ".join([*variables, "baton", *map(shlex.quote, arguments)])
