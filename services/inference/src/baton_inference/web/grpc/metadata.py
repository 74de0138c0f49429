"""The metadata of calls: the headers of HTTP."""

from baton_inference.protocols.media import Headers
from baton_inference.web.grpc.failures import Context


def read_metadata(context: Context) -> Headers:
    """Returns the metadata of a call as HTTP headers. Their names are in lower case."""
    return [
        (name.encode(), value if isinstance(value, bytes) else value.encode())
        for name, value in context.invocation_metadata()
    ]


def write_metadata(context: Context, headers: Headers, request_id: str) -> None:
    """Sets the metadata that follows the answer."""
    texts = [(name.decode(), value.decode()) for name, value in headers]
    context.set_trailing_metadata((("x-request-id", request_id), *texts))
