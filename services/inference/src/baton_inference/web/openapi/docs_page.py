"""`GET /docs`: Swagger UI, with its script and style from here, at whatever path the proxy puts us.

Every address in the page is relative, so a proxy with a path prefix needs no setting here.
"""

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi_offline import FastAPIOffline
from starlette.responses import HTMLResponse

FILES = "static-offline-docs"
"""Where `fastapi_offline` serves its copy of Swagger UI: /docs asks no other host."""
HERE = {"url": "."}
"""The server of the OpenAPI document: where the document itself is, prefix and all.

https://spec.openapis.org/oas/v3.1.0#server-object
"""


def open_framework(title: str, description: str, version: str) -> FastAPI:
    """The web framework, with `/docs`."""
    app: FastAPI = FastAPIOffline(
        title=title,
        description=description,
        version=version,
        docs_url=None,  # its own page has absolute addresses
        redoc_url=None,
        static_url=f"/{FILES}",
        servers=[HERE],
        redirect_slashes=False,
    )

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="openapi.json",
            title=f"{title} - Swagger UI",
            swagger_js_url=f"{FILES}/swagger-ui-bundle.js",
            swagger_css_url=f"{FILES}/swagger-ui.css",
            swagger_favicon_url=f"{FILES}/favicon.png",
            swagger_ui_parameters=app.swagger_ui_parameters,
        )

    return app
