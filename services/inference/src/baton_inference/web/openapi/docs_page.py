"""`GET /docs`: Swagger UI, with its script and style from this service.

All URLs in the page are relative, so it works behind a proxy with any path prefix.
"""

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi_offline import FastAPIOffline
from starlette.responses import HTMLResponse

FILES = "static-offline-docs"
"""The path of `fastapi_offline`'s copy of Swagger UI: /docs contacts no other host."""
HERE = {"url": "."}
"""The server in the OpenAPI document: the folder of the document itself, prefix included.

https://spec.openapis.org/oas/v3.1.0#server-object
"""


def create_framework(title: str, description: str, version: str) -> FastAPI:
    """Creates the FastAPI application with `/docs`."""
    app: FastAPI = FastAPIOffline(
        title=title,
        description=description,
        version=version,
        docs_url=None,  # FastAPI's page has absolute URLs
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
