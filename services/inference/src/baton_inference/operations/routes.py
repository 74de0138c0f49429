"""`GET /`: the operations page, its files and its data. The page is read-only."""

import msgspec
from fastapi import APIRouter, Request, Response

from baton_inference.operations.document import DocumentBuilder
from baton_inference.operations.files import PAGE, File, load_files
from baton_inference.protocols.protocol import Json

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Allows only files from this host: no inline script or style, no frame around the page."""

_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cache-Control": "no-cache",  # browsers cache, and revalidate with the ETag
}
_TEXT: Json = {"schema": {"type": "string"}}
_NOT_MODIFIED: Json = {"description": "The browser's cached copy is current."}


def build_operations_routes(builder: DocumentBuilder) -> APIRouter:
    """Builds the routes of the operations page."""
    router = APIRouter(tags=["operations"])
    files = load_files()

    @router.get(
        "/",
        summary="The operations page",
        response_class=Response,
        responses={200: {"content": {"text/html": _TEXT}}, 304: _NOT_MODIFIED},
    )
    async def page(request: Request) -> Response:
        return _answer(request, files[PAGE])

    @router.get("/console/data", summary="Data of the operations page (internal)")
    async def data() -> Response:
        body = msgspec.json.encode(builder.build())
        headers = {"Cache-Control": "no-store"}
        return Response(body, headers=headers, media_type="application/json")

    for name, file in files.items():
        if name != PAGE:
            _add_file(router, name, file)
    return router


def _add_file(router: APIRouter, name: str, file: File) -> None:
    @router.get(f"/console/{name}", include_in_schema=False)
    async def page_file(request: Request) -> Response:
        return _answer(request, file)


def _answer(request: Request, file: File) -> Response:
    headers = {**_HEADERS, "ETag": file.etag}
    tags = request.headers.get("if-none-match", "").split(",")
    cached = [tag.strip().removeprefix("W/") for tag in tags]
    if file.etag in cached:
        return Response(status_code=304, headers=headers)
    return Response(file.content, headers=headers, media_type=file.media_type)
