"""Builds the page's links to MLflow."""

from dataclasses import dataclass
from urllib.parse import quote

from baton_inference.lifecycle.status import Status


@dataclass(frozen=True)
class Links:
    """URLs of MLflow's pages; None if there is no target."""

    model: str
    aspired: str | None
    serving: str | None
    run: str | None


def build_links(ui_url: str, status: Status) -> Links:
    """Builds the links for the model, the versions and the run in the status.

    Args:
        ui_url: the URL of MLflow's pages for browsers.
        status: the current status.
    """
    model = f"{ui_url}/#/models/{quote(status.model_name, safe='')}"
    serving = status.serving
    run_id = serving.run_id if serving else ""
    return Links(
        model=model,
        aspired=_build_version_link(model, status.aspired_version),
        serving=_build_version_link(model, serving.version if serving else None),
        run=f"{ui_url}/#/runs/{quote(run_id, safe='')}" if run_id else None,
    )


def _build_version_link(model: str, version: str | None) -> str | None:
    return f"{model}/versions/{quote(version, safe='')}" if version else None
