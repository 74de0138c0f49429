"""The model and version that a request names, and the live version that it means."""

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

    def choose(self, production: LiveVersion, canary: LiveVersion | None) -> LiveVersion:
        """Returns the live version that is named; production if none is.

        Raises:
            NotServed: another model or version is named.
        """
        model = production.model
        if self.name != model.name:
            raise NotServed(
                f"the model {truncate(self.name)!r} is not served; this service serves"
                f" {model.name!r}"
            )
        if self.version in (None, model.version):
            return production
        if canary is not None and self.version == canary.model.version:
            return canary
        others = f"versions {model.version!r} and {canary.model.version!r} are" if canary else ""
        raise NotServed(
            f"version {truncate(self.version or '')!r} is not serving;"
            f" {others or f'version {model.version!r} is'}"
        )
