"""Declares in the OpenAPI document which routes need an API key."""

from baton_inference.errors import Forbidden, Unauthenticated
from baton_inference.protocols.protocol import Json
from baton_inference.web.access.access import find_scopes
from baton_inference.web.answers.problems import KINDS
from baton_inference.web.openapi.problems import build_problem_response

SCHEMES: Json = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API key."},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "basic": {
        "type": "http",
        "scheme": "basic",
        "description": "An API key as the password, with any user name; for browsers.",
    },
}


def declare_keys(document: Json) -> None:
    """Adds the security schemes, and to each closed route its requirement and its problems."""
    document["components"]["securitySchemes"] = SCHEMES
    for path, operations in document["paths"].items():
        if find_scopes(path):
            for operation in operations.values():
                operation["security"] = [{name: []} for name in SCHEMES]
                for error in (Unauthenticated, Forbidden):
                    kind = KINDS[error]
                    operation["responses"][str(kind.status)] = build_problem_response(
                        f"{kind.title}."
                    )
