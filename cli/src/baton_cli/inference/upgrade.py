"""Finds versions that an older release serves and this release refuses.

Older releases do not check a model's outputs when they load it. `baton status` reports such a
version before the upgrade, not after it.
"""

import tempfile
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from threading import Thread

from baton_cli.inference.report import Report
from baton_cli.settings import CliSettings
from baton_cli.stopping import defer_signals
from baton_engine.engine import EngineError
from baton_engine.onnx.example import read_example
from baton_engine.open_version import fetch_temporarily, open_version
from baton_registry.rest.fetch import FetchedModel

LIMIT_S = 10.0
"""Time for all versions. A version that takes longer is not reported."""


def find_refused(settings: CliSettings, reports: Iterable[Report]) -> Mapping[str, str]:
    """Opens the versions that processes of an older release serve, as this release would.

    Ignores a version that cannot be opened now: registry or artifacts unreachable, or too slow.

    Returns:
        The refused versions, each with its reason.
    """
    versions = {
        version
        for report in reports
        if (version := report.serving_version) and not report.checks_outputs
        if report.follows(settings.model_name, settings.alias)
    }
    if not versions:
        return {}
    with defer_signals():
        import baton_engine.onnx.opening  # noqa: F401, PLC0415 - not in the thread, which may be left
    refused: dict[str, str] = {}
    # The folder is removed with the block, even if the thread still waits for a server.
    with tempfile.TemporaryDirectory(prefix="baton-", ignore_cleanup_errors=True) as folder:
        arguments = (settings, sorted(versions), Path(folder), refused)
        thread = Thread(target=_open_each, args=arguments, daemon=True)
        thread.start()
        thread.join(LIMIT_S)
        return dict(refused)


def _open_each(
    settings: CliSettings, versions: Iterable[str], folder: Path, refused: dict[str, str]
) -> None:
    for version in versions:
        try:
            _open(settings, version, folder)
        except EngineError as error:
            refused[version] = str(error)
        except Exception:  # noqa: BLE001, S112 - not caused by this release
            continue


def _open(settings: CliSettings, number: str, folder: Path) -> None:
    """Fetches and opens a version. Raises `EngineError` if its model is refused."""
    from baton_engine.onnx.opening import open_engine  # noqa: PLC0415

    def build(fetched: FetchedModel) -> None:
        open_engine(fetched)
        read_example(fetched.input_example, fetched.mlmodel.schema)

    with settings.open_registry() as registry:
        version = registry.get_version(settings.model_name, number)
        files = partial(fetch_temporarily, registry, version, folder)
        open_version(version, files, build, trusted=settings.trusted_keys)
