"""`GET /`, its files and its data. The page reads; it changes nothing."""

import msgspec
from fastapi import APIRouter, Request, Response

from baton_inference.operations.document import Writer
from baton_inference.operations.files import PAGE, File, load_files
from baton_inference.protocols.protocol import Json

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Only our own files, no inline script or style, no frame around it."""

_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cache-Control": "no-cache",  # kept, and asked for by its tag each time
}
_TEXT: Json = {"schema": {"type": "string"}}
_NOT_MODIFIED: Json = {"description": "The browser has it already."}


def console_routes(writer: Writer) -> APIRouter:
    """The routes of the operations page."""
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

    @router.get("/console/data", summary="What the operations page shows; for it alone")
    async def data() -> Response:
        body = msgspec.json.encode(writer.write())
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
    asked = request.headers.get("if-none-match", "").split(",")
    known = [tag.strip().removeprefix("W/") for tag in asked]
    if file.etag in known:
        return Response(status_code=304, headers=headers)
    return Response(file.content, headers=headers, media_type=file.media_type)
