"""The record of a scored dataset: one small file beside its partitions.

A repeated command skips the partitions that are there. The record makes sure that they are of the
same version, the same input and the same options.
"""

import hashlib
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, ValidationError

from baton_cli.bulk.csv_table import CsvFormat
from baton_cli.dataset.output_folder import OutputFolder
from baton_cli.dataset.partitions import Partition
from baton_cli.errors import CommandFailed
from baton_cli.storage_location import StorageLocation

RECORD_FILE = "_baton.json"
"""Readers of Parquet datasets ignore names that begin with an underscore."""
_OTHER = "choose another --output, or remove this one"


class DatasetRecord(BaseModel):
    """What was scored, and how.

    Attributes:
        model: the name of the model.
        version: the version's number.
        model_sha256: the checksum of its ONNX file.
        input: the folder, pattern or file, as an absolute path or a URL.
        partitions: how many parts the output has.
        input_sha256: a checksum over the names, sizes and stamps of the files, and the partitions.
        keep: the columns that are copied; None for all.
        csv_format: how CSV files are read.
        complete: whether all partitions are written.
    """

    model_config = ConfigDict(frozen=True)

    model: str
    version: str
    model_sha256: str
    input: str
    partitions: int
    input_sha256: str
    keep: tuple[str, ...] | None
    csv_format: CsvFormat
    complete: bool = False


def compute_checksum(partitions: Sequence[Partition]) -> str:
    """Computes the checksum of a dataset: its files, as the storage lists them, and its parts."""
    digest = hashlib.sha256()
    for each in partitions:
        file = each.file
        line = (each.number, str(file.location), file.size, file.stamp, each.row_groups)
        digest.update(f"{line}\n".encode())
    return digest.hexdigest()


def open_record(output: OutputFolder, record: DatasetRecord) -> None:
    """Writes the record, or checks that the folder has the same one.

    Raises:
        CommandFailed: the folder has other files, or the output of another command.
    """
    content = output.read_file(RECORD_FILE)
    if content is None:
        if names := sorted(output.list_names()):
            raise CommandFailed(f"{output.location} has other files, e.g. {names[0]}; {_OTHER}")
        write_record(output, record)
        return
    difference = _find_difference(_parse(content, output.location), record)
    if difference:
        raise CommandFailed(f"{output.location} is of {difference}; {_OTHER}")


def write_record(output: OutputFolder, record: DatasetRecord) -> None:
    """Writes the record. Raises `CommandFailed`."""
    output.write_file(RECORD_FILE, record.model_dump_json(indent=2).encode() + b"\n")


def _parse(content: bytes, folder: StorageLocation) -> DatasetRecord:
    try:
        return DatasetRecord.model_validate_json(content)
    except ValidationError as error:
        raise CommandFailed(
            f"{folder.append(RECORD_FILE)} is no record of this version of Baton; {_OTHER}"
        ) from error


def _find_difference(old: DatasetRecord, new: DatasetRecord) -> str:
    """Describes what the folder is of, if that is something else; else an empty text."""
    if (old.model, old.version) != (new.model, new.version):
        return f"{old.model} version {old.version}, not of {new.model} version {new.version}"
    if old.model_sha256 != new.model_sha256:
        return f"another version {old.version}: its ONNX file was {old.model_sha256[:12]}…"
    if old.input != new.input:
        return f"{old.input}, not of {new.input}"
    if old.input_sha256 != new.input_sha256:
        return f"{old.input} before it changed: files were added, removed or written"
    if (old.keep, old.csv_format) != (new.keep, new.csv_format):
        return "a command with another --keep, --separator, --encoding or --decimal"
    return ""
