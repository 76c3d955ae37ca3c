"""How does a person read a service's OpenAPI document, with nothing fetched from anywhere else?

One page without scripts: some of those who read it sit in networks that reach no content delivery network.
"""

import json
from collections.abc import Iterator, Mapping
from html import escape
from string import Template
from typing import Any

_PAGE = Template(
    """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>$title</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c2733; }
h2 { margin-top: 2.5rem; font-size: 1.1rem; } code, pre { font-family: ui-monospace, monospace; font-size: .9rem; }
pre { background: #f4f6f8; padding: .8rem; overflow: auto; } table { border-collapse: collapse; }
td, th { text-align: left; vertical-align: top; padding: .2rem 1rem .2rem 0; border-top: 1px solid #dde3e9; }
.verb { background: #14532d; color: #fff; border-radius: .2rem; padding: .1rem .4rem; }
</style></head><body><h1>$title</h1><p>$description</p>
<p>The same for machines: <a href="$source">OpenAPI 3.1</a>.</p>
$operations
<h2>Schemas</h2>
$schemas
</body></html>
"""
)


def page(document: Mapping[str, Any], source: str) -> str:
    """The page of an OpenAPI document that itself stands at `source`."""
    operations = (
        _operation(path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    schemas = document.get("components", {}).get("schemas", {})
    return _PAGE.substitute(
        title=escape(document["info"]["title"]),
        description=escape(document["info"].get("description", "")),
        source=escape(source),
        operations="\n".join(operations),
        schemas="\n".join(_schema(name, schema) for name, schema in sorted(schemas.items())),
    )


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> str:
    head = f'<h2><span class="verb">{escape(method.upper())}</span> <code>{escape(path)}</code></h2>'
    summary = f"<p><strong>{escape(operation.get('summary', ''))}</strong></p>"
    description = f"<p>{escape(operation.get('description', ''))}</p>"
    return "\n".join([head, summary, description, *_scopes(operation), _table(_rows(operation))])


def _scopes(operation: Mapping[str, Any]) -> Iterator[str]:
    scopes = {scope for required in operation.get("security", ()) for names in required.values() for scope in names}
    if scopes:
        yield f"<p>Scope: {', '.join(f'<code>{escape(scope)}</code>' for scope in sorted(scopes))}</p>"


def _rows(operation: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for parameter in operation.get("parameters", ()):
        description = parameter.get("description") or parameter.get("schema", {}).get("description", "")
        yield parameter["in"], parameter["name"], description
    body = operation.get("requestBody", {})
    for media_type, content in body.get("content", {}).items():
        yield "body", media_type, _reference(content.get("schema", {}))
    for status, response in operation["responses"].items():
        yield "answer", str(status), response.get("description", "")


def _table(rows: Iterator[tuple[str, str, str]]) -> str:
    cells = (
        f"<tr><td>{escape(where)}</td><td><code>{escape(name)}</code></td><td>{escape(text)}</td></tr>"
        for where, name, text in rows
    )
    return f"<table>{''.join(cells)}</table>"


def _reference(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", schema.get("title", schema.get("type", "")))).rpartition("/")[2]


def _schema(name: str, schema: Mapping[str, Any]) -> str:
    text = escape(json.dumps(schema, indent=2, ensure_ascii=False))
    return f"<details><summary><code>{escape(name)}</code></summary><pre>{text}</pre></details>"
