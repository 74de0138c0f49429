"""The run record: what a run keeps so that its training can be reproduced.

It is one document, and a requirements.txt.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from baton_common.locations import Location
from baton_trainer.errors import RecordMissing
from baton_trainer.request import TrainRequest
from baton_trainer.tables.table import Table
from baton_trainer.tracking import environment
from baton_trainer.tracking.masking import mask_arguments

RECORD_FILE = "record.json"
REQUIREMENTS_FILE = "environment/requirements.txt"


class RunRecord(BaseModel):
    """The request and the environment of a training run.

    Attributes:
        request: the whole request, so every new option is recorded; of the table's path only the
            name, of its URL all: it holds no password.
        data_sha256: the checksum of the table's file.
        search_params: the result of a search; a reproduction uses it and repeats no trials.
        search_place: where the trials of the search ran; empty for the trainer's process. The
            result does not depend on it.
        command: the command line, masked.
        code: see `environment.describe_code`.
        python: the interpreter and its version.
        platform: operating system and processor.
        requirements: the installed version of each distribution.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    request: TrainRequest
    data_sha256: str
    search_params: Mapping[str, Any] = Field(
        default={}, validation_alias="found", serialization_alias="found"
    )
    search_place: str = ""
    command: tuple[str, ...] = ()
    code: str
    python: str
    platform: str
    requirements: Mapping[str, str]

    @classmethod
    def from_training(
        cls,
        request: TrainRequest,
        table: Table,
        search_params: Mapping[str, Any],
        command: Sequence[str],
        search_place: str = "",
    ) -> "RunRecord":
        """Records a training run in the environment of this process."""
        file = request.data.file
        return cls(
            request=replace_file(
                request, Path(file.name) if isinstance(file, Path) else file, request.data.query
            ),
            data_sha256=table.sha256,
            search_params=search_params,
            search_place=search_place,
            command=tuple(mask_arguments(command)),
            code=environment.describe_code(),
            python=environment.describe_python(),
            platform=environment.describe_platform(),
            requirements=environment.list_requirements(),
        )

    def to_files(self) -> dict[str, str]:
        """Returns the record's files, by their path in the run."""
        return {
            RECORD_FILE: self.model_dump_json(indent=2, by_alias=True),
            REQUIREMENTS_FILE: environment.format_requirements(dict(self.requirements)),
        }


def parse_record(text: str) -> RunRecord:
    """Parses a run record.

    Raises:
        RecordMissing: this version of Baton cannot read it.
    """
    try:
        return _set_task(RunRecord.model_validate_json(text))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"])) or "document"
        raise RecordMissing(
            f"its run record ({RECORD_FILE}) cannot be read ({key}: {first['msg']}); use the "
            "version of Baton that trained it"
        ) from error


def _set_task(record: RunRecord) -> RunRecord:
    """Sets the task of a record without one: it is of a classifier, also of an older Baton."""
    if record.request.train.task is not None:
        return record
    train = record.request.train.model_copy(update={"task": "classification"})
    request = record.request.model_copy(update={"train": train})
    return record.model_copy(update={"request": request})


def replace_file(
    request: TrainRequest, file: Location | None, query: str | None = None
) -> TrainRequest:
    """Returns the same request for another file, or for a query on another database."""
    data = request.data.model_copy(update={"file": file, "query": query})
    return request.model_copy(update={"data": data})
