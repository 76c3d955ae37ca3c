"""What does a person see who opens the door's address in a browser?"""

from collections.abc import Iterable
from html import escape
from typing import Final

from contracts.json_schema import kinds, schema_name
from contracts.scopes import PERMISSIONS
from gateway.policy import POLICY, PUBLIC, Row
from kit.http.problems import Problem

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8885; --dim: #777; }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 62rem; margin: 2.5rem auto; padding: 0 1.2rem; }
h1 { font-size: 1.7rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top;
padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); } th { font-weight: 600; }
code { font: .92em ui-monospace, monospace; } .vi, .dim { color: var(--dim); } nav a { margin-right: 1.2rem; }
"""

_SERVICES: Final = (
    ("events", "Report what happened", "Báo biến động"),
    ("registry", "Who lives where", "Ai sống ở đâu"),
    ("reporting", "How many", "Số liệu dân số"),
    ("exchange", "What partners may see", "Chia sẻ dữ liệu với cơ quan đối tác"),
    ("gateway", "Tokens, keys and clients", "Cấp quyền truy cập"),
)


def start_page(public_base: str) -> str:
    services = [
        (
            _two(en, vi),
            _link(f"/{name}/docs", "docs") + " &nbsp; " + _link(f"/{name}/openapi.json", "openapi.json"),
            f"<code>{escape(public_base.rstrip('/'))}/{name}/v1/</code>" if name != "gateway" else "",
        )
        for name, en, vi in _SERVICES
    ]
    access = [
        ("Token endpoint", "<code>POST /oauth/token</code>"),
        ("Authority", _link("/.well-known/oauth-authorization-server")),
        ("Protected services", _link("/.well-known/oauth-protected-resource")),
        ("Keys", _link("/oauth/jwks")),
    ]
    return _page(
        "Socai",
        f"<h1>Socai</h1>{_two('The population ledger', 'Sổ cái dân số')}"
        f"<p><nav>{_link('/catalogue', 'Catalogue / Danh mục')}{_link('/problems', 'Problems / Mã lỗi')}</nav></p>"
        "<h2>Services / Dịch vụ</h2>"
        + _table(("", "Documents / Tài liệu", "Address / Địa chỉ"), services)
        + "<h2>Access / Truy cập</h2>"
        + _table(("", ""), access)
        + "<p class=dim>private_key_jwt (RFC 7523), DPoP (RFC 9449), ES256.</p>"
        + "<h2>Permissions / Quyền</h2>"
        + _table(
            ("Scope", ""),
            [(f"<code>{scope}</code>", _two(said.en, said.vi)) for scope, said in PERMISSIONS.items()],
        )
        + "<h2>What passes the door / Những gì được phép đi qua</h2>"
        + _table(("Method", "Path", "Scope"), [_rule(row) for row in POLICY if row.scope != PUBLIC]),
    )


def problems_page(problems: Iterable[type[Problem]]) -> str:
    rows = [
        (
            _link(f"/problems/{problem.code}", problem.code),
            str(int(problem.status)),
            _two(problem.title.en, problem.title.vi),
        )
        for problem in problems
    ]
    return _page("Problems", "<h1>Problems / Mã lỗi</h1>" + _table(("Code", "Status", ""), rows))


def problem_page(problem: type[Problem]) -> str:
    return _page(
        problem.title.en,
        f"<h1><code>{escape(problem.code)}</code></h1><p>HTTP {int(problem.status)}</p>"
        f"<h2>{escape(problem.title.en)}</h2><p>{escape(problem.detail.en)}</p>"
        f"<h2 lang=vi>{escape(problem.title.vi)}</h2><p lang=vi>{escape(problem.detail.vi)}</p>"
        f"<p>{_link('/problems', 'All problems / Tất cả mã lỗi')}</p>",
    )


def catalogue_page(examples: Iterable[str]) -> str:
    """Every kind of report with its schema and examples (`<schema name>/<example>.json`)."""
    by_kind: dict[str, list[str]] = {}
    for example in examples:
        by_kind.setdefault(example.partition("/")[0], []).append(example)
    rows = [
        (
            f"<code>{kind.type_name()}</code>",
            _two(*kind.title),
            _link(f"/catalogue/schemas/{schema_name(kind)}.json", "schema"),
            "<br>".join(
                _link(f"/catalogue/examples/{example}", example.partition("/")[2].removesuffix(".json"))
                for example in by_kind.get(schema_name(kind), [])
            ),
        )
        for kind in kinds()
    ]
    envelope = _link("/catalogue/schemas/report.v1.json", "report.v1.json")
    fact = _link("/catalogue/schemas/fact.v1.json", "fact.v1.json")
    return _page(
        "Catalogue",
        f"<h1>Catalogue / Danh mục</h1><p>Envelope / Khung báo cáo: {envelope} &nbsp; Fact / Sự kiện: {fact}</p>"
        + _table(("Type", "", "Schema", "Examples / Ví dụ"), rows),
    )


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>{body}</body></html>'
    )


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th>{head}</th>" for head in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _rule(row: Row) -> tuple[str, str, str]:
    return row.method, f"<code>{escape(row.path)}</code>", f"<code>{row.scope}</code>"


def _link(address: str, text: str = "") -> str:
    return f'<a href="{escape(address)}">{escape(text or address)}</a>'


def _two(en: str, vi: str) -> str:
    return f'{escape(en)}<br><span class="vi" lang="vi">{escape(vi)}</span>'
