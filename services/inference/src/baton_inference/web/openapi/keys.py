"""How the OpenAPI document says which routes need an API key."""

from baton_inference.errors import NotAdmitted, NotAllowed
from baton_inference.protocols.protocol import Json
from baton_inference.web.access import scopes_of
from baton_inference.web.answers.problems import KINDS
from baton_inference.web.openapi.problems import problem_response

SCHEMES: Json = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API key."},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "basic": {
        "type": "http",
        "scheme": "basic",
        "description": "An API key as the password, whatever the user's name: for browsers.",
    },
}


def declare_keys(document: Json) -> None:
    """Adds the schemes, and to each route that is not open what it asks for and answers without."""
    document["components"]["securitySchemes"] = SCHEMES
    for path, operations in document["paths"].items():
        if scopes_of(path):
            for operation in operations.values():
                operation["security"] = [{name: []} for name in SCHEMES]
                for error in (NotAdmitted, NotAllowed):
                    kind = KINDS[error]
                    operation["responses"][str(kind.status)] = problem_response(f"{kind.title}.")
