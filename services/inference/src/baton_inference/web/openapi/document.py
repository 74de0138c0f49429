"""The OpenAPI document: FastAPI's routes, and the scoring routes of the serving version."""

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from baton_inference.lifecycle.live_versions import LiveVersion, LiveVersions
from baton_inference.protocols.catalog import PROTOCOLS
from baton_inference.protocols.protocol import Json
from baton_inference.web.openapi.keys import declare_keys
from baton_inference.web.openapi.problems import (
    PROBLEM,
    ROUTING_KEY,
    describe_path_parameters,
    describe_problems,
    describe_version_headers,
)


class LiveDocument:
    """`/openapi.json` for the serving version."""

    def __init__(
        self, app: FastAPI, live: LiveVersions, *, max_rows: int, needs_key: bool = False
    ) -> None:
        self._app = app
        self._live = live
        self._max_rows = max_rows
        self._needs_key = needs_key
        self._built: tuple[LiveVersion | None, Json] | None = None

    def __call__(self) -> Json:
        """Returns the document; rebuilds it only after a swap."""
        served = self._live.production
        if self._built is None or self._built[0] is not served:
            self._built = (served, self._build(served))
        return self._built[1]

    def _build(self, served: LiveVersion | None) -> Json:
        app = self._app
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            servers=app.servers,
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = PROBLEM
        for protocol in PROTOCOLS:
            description = protocol.describe(served, self._max_rows)
            schemas |= description.schemas
            for template, operation in description.operations.items():
                document["paths"][template] = {"post": _complete(operation, template)}
        if self._needs_key:
            declare_keys(document)
        return document


def _complete(operation: Json, template: str) -> Json:
    """Adds the common parts to a scoring operation: parameters, version headers, problems."""
    names = describe_path_parameters(template)
    parameters = [*names, ROUTING_KEY]
    answer = {**operation["responses"]["200"], "headers": describe_version_headers()}
    responses = {"200": answer, **describe_problems(names_a_model=bool(names))}
    return {**operation, "parameters": parameters, "responses": responses}
