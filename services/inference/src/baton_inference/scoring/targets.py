"""The model and version that a request asks for, held against what is served."""

from dataclasses import dataclass

from baton_common.texts import truncate
from baton_inference.errors import NotServed
from baton_inference.lifecycle.live_versions import LiveVersion


@dataclass(frozen=True)
class Target:
    """What a request asks for.

    Attributes:
        name: the model.
        version: None if it leaves that to the service.
    """

    name: str
    version: str | None = None

    def check(self, served: LiveVersion) -> None:
        """Raises `NotServed` where it is not what is served."""
        if self.name != served.model.name:
            raise NotServed(f"the model {truncate(self.name)!r} is not served here")
        if self.version not in (None, served.model.version):
            shown = truncate(self.version or "")
            raise NotServed(
                f"version {shown!r} is not being served; version {served.model.version!r} is"
            )
