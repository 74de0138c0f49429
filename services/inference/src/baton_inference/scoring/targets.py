"""The model and version that a path of the V2 protocol names, held against what is served."""

import re
from dataclasses import dataclass

from baton_inference.errors import NotServed
from baton_inference.lifecycle.slot import Served

MAX_SHOWN_NAME = 200

# Neither a model's name nor a version holds a slash: MLflow refuses such names.
_INFER = re.compile(r"/v2/models/([^/]+)(?:/versions/([^/]+))?/infer")


@dataclass(frozen=True)
class Target:
    """What a path names.

    Attributes:
        name: the model.
        version: None where the path leaves it to the service.
    """

    name: str
    version: str | None = None

    def check(self, served: Served) -> None:
        """Raises `NotServed` where it is not what is served."""
        if self.name != served.model.name:
            raise NotServed(f"the model {self.name[:MAX_SHOWN_NAME]!r} is not served here")
        if self.version not in (None, served.model.version):
            shown = (self.version or "")[:MAX_SHOWN_NAME]
            raise NotServed(
                f"version {shown!r} is not being served; version {served.model.version!r} is"
            )


def infer_target(path: str) -> Target | None:
    """What a path of an inference request names; None where it is no such path."""
    found = _INFER.fullmatch(path)
    return Target(found[1], found[2]) if found else None
