"""What the operations of the OpenAPI document share: problems, version headers, parameters."""

import re

from baton_inference.errors import Forged, NotAdmitted, NotAllowed, NotServed
from baton_inference.protocols.protocol import Json
from baton_inference.web.answers import problems

PROBLEM: Json = {
    "type": "object",
    "title": "Problem",
    "description": "An error after RFC 9457.",
    "required": ["type", "title", "status", "detail", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "error": {"type": "string", "description": "Under /v2 only: the same as `detail`."},
        "errors": {
            "type": "array",
            "maxItems": 100,
            "description": "The bad cells; rows are counted from 0.",
            "items": {
                "type": "object",
                "required": ["row", "column", "message"],
                "properties": {
                    "row": {"type": "integer"},
                    "column": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}


def problem_response(description: str) -> Json:
    """A response that is a problem."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {problems.MEDIA_TYPE: {"schema": schema}}}


def scoring_problems(*, names_a_model: bool = False) -> Json:
    """The problems of a scoring route by their status; kinds that share one share a response."""
    others = {Forged, NotAdmitted, NotAllowed} | (set() if names_a_model else {NotServed})
    titles: dict[int, list[str]] = {}
    for error, kind in problems.KINDS.items():
        if error not in others:
            titles.setdefault(kind.status, []).append(kind.title)
    return {str(s): problem_response("; or: ".join(titles[s]) + ".") for s in sorted(titles)}


def version_headers() -> Json:
    """The headers that name the version which answered."""
    return {name: {"schema": {"type": "string"}} for name in ("X-Model-Name", "X-Model-Version")}


def path_parameters(template: str) -> list[Json]:
    """Declares the names in a path template."""
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", template)
    ]
