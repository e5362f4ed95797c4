"""Turns an OpenAPI document into a page: what each endpoint takes, answers and refuses."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

_MAX_TYPE_CHARS: Final = 60
_METHODS: Final = ("get", "post", "put", "patch", "delete")
Json = dict[str, Any]


def page(document: Json, title: str) -> str:
    """The page of a document, in Markdown.

    Args:
        document: An OpenAPI 3.1 document.
        title: Heading of the page.
    """
    about = document["info"].get("description", "").strip()
    lines = [f"# {title}", "", about, ""]
    for path, operations in document["paths"].items():
        for method in _METHODS:
            if method in operations:
                lines += _operation(document, method, path, operations[method])
    return "\n".join(lines) + "\n"


def _operation(document: Json, method: str, path: str, operation: Json) -> Iterator[str]:
    yield f"## `{method.upper()} {path}`"
    yield ""
    yield operation.get("description", operation.get("summary", "")).strip()
    yield ""
    yield from _parameters(document, operation.get("parameters", []))
    yield from _body(document, operation.get("requestBody"))
    yield from _answers(document, operation["responses"])


def _parameters(document: Json, parameters: list[Json]) -> Iterator[str]:
    if not parameters:
        return
    yield "| parameter | in | type | |"
    yield "|---|---|---|---|"
    for given in parameters:
        each = _resolved(document, given)
        kind = _type(document, each.get("schema", {}))
        text = _cell(each.get("description") or each.get("schema", {}).get("description", ""))
        yield f"| `{each['name']}`{_star(each.get('required'))} | {each['in']} | {kind} | {text} |"
    yield ""


def _body(document: Json, body: Json | None) -> Iterator[str]:
    if body is None:
        return
    content = _resolved(document, body)["content"]
    yield f"Body: {', '.join(f'`{kind}`' for kind in content)}"
    yield ""
    schemas = [_resolved(document, each.get("schema", {})) for each in content.values()]
    widest = max(schemas, key=lambda schema: len(schema.get("properties", {})))
    yield from _fields(document, widest)


def _answers(document: Json, responses: Json) -> Iterator[str]:
    for status, response in responses.items():
        if not status.startswith("2"):
            continue
        kinds = _resolved(document, response).get("content", {})
        yield f"Answer: {status}{''.join(f', `{kind}`' for kind in kinds)}"
        yield ""
        if "application/json" in kinds:
            yield from _fields(document, _resolved(document, kinds["application/json"].get("schema", {})))
    rows = [row for status, each in responses.items() for row in _errors(status, _resolved(document, each))]
    if rows:
        yield "| status | error | example |"
        yield "|---|---|---|"
        yield from rows
        yield ""


def _errors(status: str, response: Json) -> Iterator[str]:
    if status.startswith("2"):
        return
    for kind in response.get("content", {}).values():
        for code, example in kind.get("examples", {}).items():
            yield f"| {status} | `{code}` | {_cell(_message(example.get('value')))} |"


def _message(value: Any) -> str:
    """The sentence for people in an error, whatever its shape."""
    if isinstance(value, dict):
        for name in ("message", "detail"):
            if isinstance(value.get(name), str):
                return str(value[name])
        return next((found for each in value.values() if (found := _message(each))), "")
    return ""


def _fields(document: Json, schema: Json) -> Iterator[str]:
    properties = schema.get("properties")
    if not properties:
        return
    required = schema.get("required", [])
    yield "| field | type | |"
    yield "|---|---|---|"
    for name, field in properties.items():
        text = field.get("description") or _resolved(document, field).get("description", "")
        default = field.get("default")
        shown = f" Default: `{default}`." if default not in (None, "", [], {}) else ""
        kind = _type(document, field)
        yield f"| `{name}`{_star(name in required)} | {kind} | {_cell(text)}{shown} |"
    yield ""


def _type(document: Json, schema: Json) -> str:
    """A type in a few words."""
    schema = _resolved(document, schema)
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        words = [_type(document, each) for each in choices if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(words)) or "null"
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        shown = ", ".join(f"`{each}`" for each in schema["enum"] if each != "")
        return shown if len(shown) < _MAX_TYPE_CHARS * 4 else "string"
    if schema.get("format") == "binary" or "contentMediaType" in schema:
        return "file"
    if schema.get("type") == "array":
        return f"list of {_type(document, schema.get('items', {}))}"
    return str(schema.get("type", "any"))


def _resolved(document: Json, schema: Json) -> Json:
    """What a reference stands for."""
    while "$ref" in schema:
        found: Json = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    if len(schema.get("allOf", [])) == 1:
        return _resolved(document, schema["allOf"][0])
    return schema


def _star(required: object) -> str:
    return " *" if required else ""


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()
