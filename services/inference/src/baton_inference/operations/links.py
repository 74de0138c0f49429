"""Where the page's links into MLflow go."""

from dataclasses import dataclass
from urllib.parse import quote

from baton_inference.lifecycle.status import Status


@dataclass(frozen=True)
class Links:
    """Addresses in MLflow's own pages; None where there is nothing to link to."""

    model: str
    aspired: str | None
    serving: str | None
    run: str | None


def links(ui_url: str, status: Status) -> Links:
    """The links for what the status names.

    Args:
        ui_url: where a browser finds MLflow's pages.
        status: names model, versions and run.
    """
    model = f"{ui_url}/#/models/{quote(status.model_name, safe='')}"
    serving = status.serving
    run_id = serving.run_id if serving else ""
    return Links(
        model=model,
        aspired=_version(model, status.aspired_version),
        serving=_version(model, serving.version if serving else None),
        run=f"{ui_url}/#/runs/{quote(run_id, safe='')}" if run_id else None,
    )


def _version(model: str, version: str | None) -> str | None:
    return f"{model}/versions/{quote(version, safe='')}" if version else None
