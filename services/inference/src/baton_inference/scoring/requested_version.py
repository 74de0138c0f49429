"""The model and version that a request names, checked against the serving version."""

from dataclasses import dataclass

from baton_common.texts import truncate
from baton_inference.errors import NotServed
from baton_inference.lifecycle.live_versions import LiveVersion


@dataclass(frozen=True)
class RequestedVersion:
    """The model and version that a request names.

    Attributes:
        name: the model.
        version: None if the request names no version.
    """

    name: str
    version: str | None = None

    def check(self, serving: LiveVersion) -> None:
        """Raises `NotServed` if another model or version serves."""
        model = serving.model
        if self.name != model.name:
            raise NotServed(
                f"the model {truncate(self.name)!r} is not served; this service serves"
                f" {model.name!r}"
            )
        if self.version not in (None, model.version):
            raise NotServed(
                f"version {truncate(self.version or '')!r} is not serving;"
                f" version {model.version!r} is"
            )
