"""The slot: the one place that says which version answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import quote

from baton_engine.engine import Engine
from baton_inference.lifecycle.policy import Identity
from baton_inference.protocols.compiled import Codecs
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.signature import Signature

Source = Literal["registry", "cache"]

# A header is ASCII: anything else in a model's name is percent-encoded, and so is the percent sign.
_SAFE_IN_HEADER = "".join(map(chr, range(0x20, 0x7F))).replace("%", "")


@dataclass(frozen=True)
class Served:
    """A version that can answer. Immutable; swapped whole.

    Attributes:
        model: what the registry says of the version.
        signature: its columns and classes.
        engine: the loaded model.
        codecs: protocol name to the codec compiled for this version.
        example: one instance that can be scored, for the documentation.
        inline_rows: up to so many rows are scored quickly enough for the event loop; 0 means none.
        source: `cache` while nothing has been confirmed by the registry since the start.
        since: when it began to serve, UTC with milliseconds.
        headers: the headers that name the version in an answer.
    """

    model: ModelVersion
    signature: Signature
    engine: Engine
    codecs: Codecs
    example: Mapping[str, Any]
    inline_rows: int
    source: Source
    since: str
    headers: tuple[tuple[bytes, bytes], ...] = field(init=False)

    def __post_init__(self) -> None:
        name = quote(self.model.name, safe=_SAFE_IN_HEADER).encode()
        version = quote(self.model.version, safe=_SAFE_IN_HEADER).encode()
        # The dataclass way to fill a derived field of a frozen instance.
        object.__setattr__(
            self, "headers", ((b"x-model-name", name), (b"x-model-version", version))
        )

    @property
    def identity(self) -> Identity:
        """What tells this version from others."""
        return Identity.of(self.model)


class Slot:
    """Holds what serves. Once filled, it is never empty again.

    One thread writes (the watcher's); any thread may read `served`, which is one reference: a
    request reads it once and keeps what it got, and the old version is freed when the last
    request that holds it has ended.
    """

    def __init__(self) -> None:
        self.served: Served | None = None

    def swap(self, served: Served) -> bool:
        """Puts a version in; True where it replaced another."""
        replaced = self.served is not None
        self.served = served
        return replaced

    def confirm(self) -> None:
        """The registry has named what serves: it no longer stands on the cache alone."""
        if self.served is not None and self.served.source != "registry":
            self.served = replace(self.served, source="registry")
