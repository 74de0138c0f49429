"""Common parts of the OpenAPI operations: problems, headers, parameters."""

import re

from baton_inference.errors import (
    Forbidden,
    InvalidLabels,
    InvalidWebhook,
    NotServed,
    NotStored,
    TooManyLabels,
    Unauthenticated,
)
from baton_inference.protocols.protocol import Json
from baton_inference.web.answers import problems

PROBLEM: Json = {
    "type": "object",
    "title": "Problem",
    "description": "An error as RFC 9457 defines it.",
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
            "description": "The bad cells; rows count from 0.",
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

NOT_OF_SCORING = frozenset(
    {InvalidWebhook, InvalidLabels, TooManyLabels, NotStored, Unauthenticated, Forbidden}
)
"""The errors of other routes, and those of API keys."""


def build_problem_response(description: str) -> Json:
    """Builds an OpenAPI response that is a problem."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {problems.MEDIA_TYPE: {"schema": schema}}}


def describe_problems(*, names_a_model: bool = False) -> Json:
    """Describes the problems of a scoring route, one response per status."""
    excluded = NOT_OF_SCORING | (set() if names_a_model else {NotServed})
    titles: dict[int, list[str]] = {}
    for error, kind in problems.KINDS.items():
        if error not in excluded:
            titles.setdefault(kind.status, []).append(kind.title)
    return {str(s): build_problem_response("; or: ".join(titles[s]) + ".") for s in sorted(titles)}


def describe_version_headers() -> Json:
    """Describes the headers that name the version that answered."""
    descriptions = {
        "X-Model-Name": "The registered model.",
        "X-Model-Version": "The version that computed the answer.",
        "X-Model-Alias": (
            "The alias by which the version was chosen. During a rollout it may be that of the "
            "canary. Absent if the request names a version."
        ),
    }
    return {
        name: {"description": text, "schema": {"type": "string"}}
        for name, text in descriptions.items()
    }


ROUTING_KEY: Json = {
    "name": "X-Routing-Key",
    "in": "header",
    "required": False,
    "description": (
        "During a rollout, requests with the same key are answered by the same version, e.g. the "
        "number of a customer. At most 256 bytes; a longer, an empty or a repeated key counts as "
        "none. It is never logged."
    ),
    "schema": {"type": "string"},
}


def describe_path_parameters(template: str) -> list[Json]:
    """Describes the parameters in a path template."""
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", template)
    ]
