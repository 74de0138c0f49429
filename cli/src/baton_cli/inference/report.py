"""What one inference process reports of itself in `GET /status`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NO_REGISTRY = "it cannot reach the registry"
SAME_SETTINGS = "set the same BATON_MODEL_NAME and BATON_ALIAS here and there"


@dataclass(frozen=True)
class Report:
    """The answer of one inference process.

    Attributes:
        url: the process.
        status: its status; None without a valid answer.
        is_refused: it refused the API key.
    """

    url: str
    status: Mapping[str, Any] | None
    is_refused: bool = False

    @property
    def missing_status_reason(self) -> str:
        """The reason why there is no status."""
        if self.is_refused:
            return (
                f"{self.url} refuses the API key; set BATON_API_KEY to a key with scope operations"
            )
        return f"no answer from {self.url}; start it, or check BATON_INFERENCE_URL"

    @property
    def serving_version(self) -> str | None:
        """The version in its slot."""
        serving = self._get_object("serving")
        return None if serving is None else serving.get("version")

    @property
    def checks_outputs(self) -> bool:
        """Whether it checked the outputs of the version that it serves. Older releases do not."""
        return (self._get_object("serving") or {}).get("outputs_checked") is True

    @property
    def load_failure(self) -> Mapping[str, Any] | None:
        """The load failure that it reports, if any."""
        return self._get_object("last_load_failure")

    @property
    def is_without_registry(self) -> bool:
        """Whether it reports that the registry cannot be reached."""
        registry = self._get_object("registry")
        return registry is not None and registry.get("reachable") is False

    def follows(self, model_name: str, alias: str) -> bool:
        """Whether it follows this alias of this model."""
        status = self.status or {}
        return (status.get("model_name"), status.get("alias")) == (model_name, alias)

    def to_json(self) -> dict[str, Any]:
        """Builds its part of `baton status --json`."""
        return {"url": self.url, "reachable": self.status is not None, "status": self.status}

    def _get_object(self, name: str) -> Mapping[str, Any] | None:
        value = (self.status or {}).get(name)
        return value if isinstance(value, Mapping) else None
