"""``/api/v1/docs``: the API's own description, as a page that needs no script."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, render_template

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One method of one address: what it does, what it takes, what it answers."""

    method: str
    path: str
    summary: str
    takes: list[tuple[str, str, bool]]  # name, kind, whether it is needed
    answers: list[str]


def init_app(app: Flask, spec: Any) -> None:
    """Open the page; ``spec`` is flask-smorest's, complete once every blueprint is registered."""
    bp = Blueprint("api-pages", __name__)

    @bp.get("/api/v1/docs")
    def show_docs() -> str:
        return render_template("api/docs.html", groups=groups(spec.to_dict()))

    app.register_blueprint(bp)


def groups(document: dict[str, Any]) -> dict[str, list[Operation]]:
    """The operations by the first word of their path, in the order of the paths."""
    found: dict[str, list[Operation]] = {}
    for path, methods in sorted(document["paths"].items()):
        noun = path.removeprefix("/api/v1/").split("/")[0]
        found.setdefault(noun, []).extend(_operations(document, path, methods))
    return found


def _operations(document: dict[str, Any], path: str, methods: dict[str, Any]) -> Iterator[Operation]:
    shared = methods.get("parameters", [])
    for method in METHODS:
        if method in methods:
            told = methods[method]
            takes = _parameters([*shared, *told.get("parameters", [])]) + _body(document, told)
            yield Operation(method.upper(), path, told.get("summary", ""), takes, sorted(told["responses"]))


def _parameters(parameters: list[dict[str, Any]]) -> list[tuple[str, str, bool]]:
    return [
        (p["name"], _kind(p.get("schema", {})), p.get("required", False)) for p in parameters if "name" in p
    ]


def _body(document: dict[str, Any], told: dict[str, Any]) -> list[tuple[str, str, bool]]:
    content = told.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = _resolved(document, content.get("schema", {}))
    needed = set(schema.get("required", []))
    return [(name, _kind(kind), name in needed) for name, kind in schema.get("properties", {}).items()]


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = document["components"]["schemas"][name] if name else schema
    return found


def _kind(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"] if value is not None)
    return str(schema.get("format") or schema.get("type") or "object")
