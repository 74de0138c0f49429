"""The commands that the page shows. It runs none of them."""

import shlex
from dataclasses import dataclass

from baton_inference.settings import InferenceSettings


@dataclass(frozen=True)
class Commands:
    """The command line's verbs for one alias, safe to paste into a shell.

    Attributes:
        model_name: the registered model.
        alias: the alias.
    """

    model_name: str
    alias: str

    def rollback(self) -> str:
        """Back to the version promoted before."""
        return self._command("rollback", "--wait")

    def promote(self, version: str) -> str:
        """To a version, or to `challenger`."""
        return self._command("promote", version, "--wait")

    def _command(self, *arguments: str) -> str:
        """With the variables that do not have their default."""
        set_here = (("BATON_MODEL_NAME", self.model_name), ("BATON_ALIAS", self.alias))
        defaults = {
            field.validation_alias: field.default
            for field in InferenceSettings.model_fields.values()
        }
        variables = [f"{k}={shlex.quote(v)}" for k, v in set_here if v != defaults[k]]
        return " ".join([*variables, "baton", *map(shlex.quote, arguments)])
