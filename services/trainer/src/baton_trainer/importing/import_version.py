"""One import, from a version of any registry to a new version that inference can serve."""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from baton_common.locations import strip_credentials
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.transport import SETTING
from baton_registry.versions.mlmodel import MLMODEL_FILE, load_document
from baton_trainer.errors import ImportFailed, OptionError
from baton_trainer.importing.import_run import ImportRun
from baton_trainer.importing.isolation.flavor import parse_flavor
from baton_trainer.importing.request import ImportRequest
from baton_trainer.importing.source.files import fetch_all
from baton_trainer.importing.source.registry import (
    build_source_settings,
    find_version,
    trusts_paths,
)
from baton_trainer.importing.source.version import SourceVersion
from baton_trainer.progress import Progress
from baton_trainer.settings import TrainerSettings, configure_mlflow
from baton_trainer.tracking import mlflow_limits
from baton_trainer.tracking.quiet import silence_libraries
from baton_trainer.train_result import TrainResult


def import_version(
    request: ImportRequest,
    settings: TrainerSettings,
    progress: Progress,
    on_registering: Callable[[], None] = lambda: None,
) -> TrainResult:
    """Fetches, converts, compares and registers a version; moves `challenger` if the gate passes.

    A failure leaves nothing registered.

    Args:
        request: the version, and the rows to compare on.
        settings: the registry that gets the new version.
        progress: receives what is done.
        on_registering: called before the few calls that register the version.

    Raises:
        TrainError: the version, the data or MLflow is at fault; the text is one line.
        RegistryError: a registry did not answer, or refused.
    """
    if request.sign and settings.signing_key is None:
        raise OptionError("--sign needs a key: set BATON_SIGNING_KEY; baton keys creates one")
    key = settings.signing_key if request.sign else None
    settings = settings.model_copy(update={"model_name": request.target_name, "signing_key": key})
    source_settings = build_source_settings(settings, request.source_uri)
    configure_mlflow(settings)
    with ExitStack() as stack:
        stack.enter_context(silence_libraries())
        registry = stack.enter_context(settings.open_registry())
        named = "--from" if request.source_uri else SETTING
        origin = stack.enter_context(source_settings.open_registry(named))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="baton-import-")))
        mlflow_limits.check_server(registry, strip_credentials(settings.tracking_uri))
        progress.start_phase("fetching the version")
        source = _fetch(origin, request, settings, folder, progress)
        return ImportRun(source, request, settings, registry, progress, on_registering).execute()


def _fetch(
    origin: RegistryClient,
    request: ImportRequest,
    settings: TrainerSettings,
    folder: Path,
    progress: Progress,
) -> SourceVersion:
    """Fetches and verifies the files of the version; none is opened but MLmodel."""
    found = find_version(origin, request, settings.alias)
    if found.reason:
        progress.note(found.reason)
    version = found.version
    trusted = trusts_paths(settings, request.source_uri)
    model = fetch_all(origin, version, folder, trusts_paths=trusted)
    try:
        text = (model / MLMODEL_FILE).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ImportFailed(
            f"version {version.version} of {version.name} has no {MLMODEL_FILE} file; register it "
            "again with the log_model of its library"
        ) from error
    document = load_document(text)
    return SourceVersion(version, origin.address, model, document, parse_flavor(document, model))
