"""Scores a dataset: plans its partitions, lets an engine score those that are not there yet."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from baton_cli.bulk.bad_rows import BadRowHandler
from baton_cli.bulk.csv_table import CsvFormat
from baton_cli.bulk.job import Counts
from baton_cli.dataset.input_files import list_input_files
from baton_cli.dataset.output_folder import OutputFolder
from baton_cli.dataset.partition_scorer import PartitionResult, PartitionScorer
from baton_cli.dataset.partitions import Partition, list_partitions
from baton_cli.dataset.portable_version import PortableVersion
from baton_cli.dataset.record import DatasetRecord, compute_checksum, open_record, write_record
from baton_cli.errors import CommandFailed
from baton_cli.progress import ConsoleProgress
from baton_cli.storage_location import StorageLocation

RunPartitions = Callable[[PartitionScorer, Sequence[Partition]], Iterator[PartitionResult]]
"""Calls the scorer with each partition, in any order and process, and yields the results."""
OpenEngine = Callable[[], AbstractContextManager[RunPartitions]]
"""Starts an engine, and stops it when the block ends."""


@dataclass(frozen=True)
class DatasetRequest:
    """What a user asks for.

    Attributes:
        input: a folder, a pattern or a file.
        output: the folder of the output.
        csv_format: how to read CSV files.
        keep: the columns to copy; None for all.
        skips_bad_rows: whether a row that cannot be scored is skipped, or ends the command.
    """

    input: StorageLocation
    output: StorageLocation
    csv_format: CsvFormat
    keep: tuple[str, ...] | None = None
    skips_bad_rows: bool = False


@dataclass(frozen=True)
class DatasetPlan:
    """The work: a scorer, all partitions, and the record of the output."""

    scorer: PartitionScorer
    partitions: Sequence[Partition]
    record: DatasetRecord

    @property
    def title(self) -> str:
        """What is scored with which version."""
        entry = self.scorer.version.entry
        return f"{self.record.input} with {entry.name} version {entry.version}"


@dataclass(frozen=True)
class ScoringSummary:
    """What a command did.

    Attributes:
        counts: the rows of this command.
        partitions: how many partitions the output has.
        skipped_partitions: how many of them an earlier command had written.
    """

    counts: Counts
    partitions: int
    skipped_partitions: int


def plan_scoring(request: DatasetRequest, version: PortableVersion) -> DatasetPlan:
    """Plans the partitions, and checks that the first file fits the version.

    Raises:
        CommandFailed: there are no files, one cannot be read, or the first does not fit.
    """
    source, output = request.input.make_absolute(), request.output.make_absolute()
    if f"{output}/".startswith(f"{source}/"):
        raise CommandFailed(f"the output {output} is in the input {source}; choose another folder")
    partitions = list_partitions(list_input_files(source))
    scorer = PartitionScorer(
        version, OutputFolder(output), request.csv_format, request.keep, request.skips_bad_rows
    )
    record = DatasetRecord(
        model=version.entry.name,
        version=version.entry.version,
        model_sha256=version.sha256,
        input=str(source),
        partitions=len(partitions),
        input_sha256=compute_checksum(partitions),
        keep=request.keep,
        csv_format=request.csv_format,
    )
    columns = scorer.read_columns(partitions[0])
    return DatasetPlan(replace(scorer, columns=columns), partitions, record)


def run_plan(
    plan: DatasetPlan, open_engine: OpenEngine, progress: ConsoleProgress
) -> ScoringSummary:
    """Scores the partitions that are not in the output yet.

    What is written stays: a command that is repeated goes on from there.

    Raises:
        CommandFailed: the output is of something else, or a partition cannot be scored.
    """
    output = plan.scorer.output
    output.create()
    open_record(output, plan.record)
    written = output.list_written()
    missing = [each for each in plan.partitions if each.number not in written]
    counts = _run_partitions(plan, missing, open_engine, progress) if missing else Counts()
    _check_complete(plan, missing)
    output.remove_drafts()
    write_record(output, plan.record.model_copy(update={"complete": True}))
    return ScoringSummary(counts, len(plan.partitions), len(plan.partitions) - len(missing))


def _run_partitions(
    plan: DatasetPlan,
    partitions: Sequence[Partition],
    open_engine: OpenEngine,
    progress: ConsoleProgress,
) -> Counts:
    counts = Counts()
    report = BadRowHandler(plan.record.input, progress.note, is_fatal=False)
    with open_engine() as run, progress.track_rows(f"scoring {plan.title}") as advance:
        for number, result in enumerate(run(plan.scorer, partitions), 1):
            if result.failure:
                raise CommandFailed(result.failure)
            for text in result.bad_rows:
                report(f"{result.partition.file.location}: {text}")
            counts.scored += result.scored
            counts.skipped += result.skipped
            advance(counts.scored, number / len(partitions))
    return counts


def _check_complete(plan: DatasetPlan, scored: Sequence[Partition]) -> None:
    """Checks that the files of all partitions are visible here."""
    absent = {each.number for each in scored} - plan.scorer.output.list_written()
    if absent:
        raise CommandFailed(
            f"workers have written {len(absent)} partitions of {plan.scorer.output.location} that "
            "are not visible here; use a folder that all machines share, or an object store"
        )
