"""What a run keeps so that its training can be repeated: one document, and a requirements.txt."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from baton_trainer.errors import RecordMissing
from baton_trainer.request import TrainRequest
from baton_trainer.tables.table import Table
from baton_trainer.tracking import environment
from baton_trainer.tracking.masking import masked

FILE = "record.json"
REQUIREMENTS_FILE = "environment/requirements.txt"


class Record(BaseModel):
    """What a training was asked for and rested on.

    Attributes:
        request: the whole request, so that a new option is recorded without a word here; of the
            table's path only the name.
        data_sha256: of the table's file.
        found: the arguments that a search found; the trials are not repeated, only what they found.
        command: the command line as it may be shown.
        code: see `environment.code_version`.
        python: with its version.
        platform: operating system and processor.
        requirements: the installed version of each distribution.
    """

    model_config = ConfigDict(frozen=True)

    request: TrainRequest
    data_sha256: str
    found: Mapping[str, Any] = {}
    command: tuple[str, ...] = ()
    code: str
    python: str
    platform: str
    requirements: Mapping[str, str]

    @classmethod
    def of(
        cls, request: TrainRequest, table: Table, found: Mapping[str, Any], command: Sequence[str]
    ) -> "Record":
        """The record of a training that happens here and now."""
        return cls(
            request=with_file(request, Path(request.data.file.name) if request.data.file else None),
            data_sha256=table.sha256,
            found=found,
            command=tuple(masked(command)),
            code=environment.code_version(),
            python=environment.python_version(),
            platform=environment.platform_name(),
            requirements=environment.requirements(),
        )

    def files(self) -> dict[str, str]:
        """The record's files, by their path in the run."""
        return {
            FILE: self.model_dump_json(indent=2),
            REQUIREMENTS_FILE: environment.requirements_text(dict(self.requirements)),
        }


def parse(text: str) -> Record:
    """Reads a record.

    Raises:
        RecordMissing: it is of another Baton, or no record at all.
    """
    try:
        return Record.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "document"
        raise RecordMissing(
            f"its record ({FILE}) cannot be read ({place}: {first['msg']}); use the Baton that "
            "trained it"
        ) from error


def with_file(request: TrainRequest, file: Path | None) -> TrainRequest:
    """The same request of another file."""
    data = request.data.model_copy(update={"file": file})
    return request.model_copy(update={"data": data})
