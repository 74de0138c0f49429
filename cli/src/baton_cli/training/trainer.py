"""The way into the trainer's package: seconds of imports, and a package that an image may lack."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from baton_cli.errors import CommandFailed, missing_package, usage_error
from baton_cli.settings import load

if TYPE_CHECKING:
    from baton_trainer.audit.reproduction import Reproduction
    from baton_trainer.audit.version_comparison import VersionComparison
    from baton_trainer.progress import Progress
    from baton_trainer.settings import TrainerSettings

T = TypeVar("T")


def in_trainer(act: Callable[["TrainerSettings", "Progress"], T]) -> T:
    """Does something there; progress on stderr.

    Args:
        act: imports what it needs of the package itself.

    Raises:
        CommandFailed: this installation has no trainer, or it could not be done.
        click.UsageError: an option says what is not allowed.
        RegistryError: the registry gave no answer or refused.
    """
    try:
        from baton_trainer.errors import OptionError, TrainError  # noqa: PLC0415 - see above
        from baton_trainer.progress import ConsoleProgress  # noqa: PLC0415
        from baton_trainer.settings import TrainerSettings  # noqa: PLC0415

        try:
            with ConsoleProgress() as progress:
                return act(load(TrainerSettings), progress)
        except OptionError as error:
            raise usage_error(error) from error
        except TrainError as error:
            raise CommandFailed(str(error)) from error
    except ModuleNotFoundError as error:
        raise missing_package("trainer", error) from error


def repeat_training(version: str, data: Path | None) -> "Reproduction":
    """Trains a version, a number or an alias, again. Raises as `in_trainer` does."""

    def act(settings: "TrainerSettings", progress: "Progress") -> "Reproduction":
        from baton_trainer.audit import reproduce_version  # noqa: PLC0415 - see above

        return reproduce_version.reproduce(version, data, settings, progress)

    return in_trainer(act)


def compare_versions(first: str, second: str, data: Path | None) -> "VersionComparison":
    """Puts two versions, numbers or aliases, side by side. Raises as `in_trainer` does."""

    def act(settings: "TrainerSettings", progress: "Progress") -> "VersionComparison":
        from baton_trainer.audit import compare_versions as audit  # noqa: PLC0415 - see above

        return audit.compare(first, second, data, settings, progress)

    return in_trainer(act)
