"""An import request: the arguments and options of `baton import`."""

from dataclasses import dataclass, field
from pathlib import Path

from baton_trainer.request import GateLimits


@dataclass(frozen=True)
class ImportRequest:
    """The version to import, and the rows to compare on.

    Attributes:
        model: the name of the registered model.
        data: a CSV or Parquet file with the columns that the model takes.
        version: the version's number; empty if it is not named by its number.
        alias: an alias of the model; empty if the version is not named by an alias.
        target: the column of the data with the truth; empty if there is none.
        source_uri: the address of the registry to import from; empty: the configured one.
        name: the registered model that gets the new version; empty: `model`.
        private: the columns whose values must not be shown or logged.
        trust_model: open the pickle also on a machine without a sandbox.
        sign: sign the new version with the trainer's key.
        gate: the limits of the gate.
    """

    model: str
    data: Path
    version: str = ""
    alias: str = ""
    target: str = ""
    source_uri: str = ""
    name: str = ""
    private: tuple[str, ...] = ()
    trust_model: bool = False
    sign: bool = False
    gate: GateLimits = field(default_factory=GateLimits)

    @property
    def target_name(self) -> str:
        """The registered model that gets the new version."""
        return self.name or self.model
