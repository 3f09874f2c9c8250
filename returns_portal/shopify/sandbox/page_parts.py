"""The look of the sandbox's pages: one calm sheet, light and dark, no script."""

from collections.abc import Sequence
from html import escape

STYLE = """
:root{color-scheme:light dark;--paper:#faf8f4;--sheet:#fff;--ink:#24282b;--soft:#5f676d;
--line:#e4dfd5;--link:#1f5f8b;--good:#1d6b43;--good-bg:#e2f1e8;--bad:#9a2f2f;--bad-bg:#f9e4e1;
--calm:#4b535a;--calm-bg:#ecebe6}
@media (prefers-color-scheme:dark){:root{--paper:#16181a;--sheet:#1e2124;--ink:#e9e6e0;
--soft:#a3a9ae;--line:#33383c;--link:#8ec5ee;--good:#8fd6ae;--good-bg:#1d3527;--bad:#f0a59d;
--bad-bg:#43211f;--calm:#c9cdd0;--calm-bg:#2d3236}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
header{border-bottom:1px solid var(--line);background:var(--sheet)}
header div,main{max-width:70rem;margin:0 auto;padding:1rem}
header div{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;align-items:baseline}
header strong{margin-right:auto}
a{color:var(--link)}
nav{display:flex;gap:1rem}
nav a{padding:.25rem 0;text-decoration:none}
nav a[aria-current]{color:var(--ink);font-weight:600;box-shadow:0 2px 0 var(--link)}
h1{font-size:1.5rem;margin:.5rem 0 1rem}
h2{font-size:1.05rem;margin:0 0 .75rem}
h3{font-size:1rem;margin:.25rem 0 .5rem}
section{background:var(--sheet);border:1px solid var(--line);border-radius:.6rem;padding:1rem;
margin:0 0 1rem}
article+article{border-top:1px solid var(--line);margin-top:1rem;padding-top:.75rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;background:var(--sheet)}
th,td{text-align:left;padding:.5rem .75rem;border-bottom:1px solid var(--line);
vertical-align:top}
th{color:var(--soft);font-size:.85rem;font-weight:600;white-space:nowrap}
tr:last-child td{border-bottom:0}
.money{font-variant-numeric:tabular-nums;white-space:nowrap}
.quiet{color:var(--soft)}
.badge{display:inline-block;padding:0 .5rem;border-radius:1rem;font-size:.85rem;
white-space:nowrap;color:var(--calm);background:var(--calm-bg)}
.badge.good{color:var(--good);background:var(--good-bg)}
.badge.bad{color:var(--bad);background:var(--bad-bg)}
.goods{display:flex;gap:.75rem;align-items:center}
.goods img{border-radius:.4rem}
dl{margin:0;display:grid;gap:.35rem}
dl div{display:flex;gap:1rem}
dt{color:var(--soft);flex:0 0 11rem}
dd{margin:0;overflow-wrap:anywhere}
.sums{max-width:26rem;margin-bottom:1rem}
.sums div{justify-content:space-between}
.search{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center}
.search label{flex:0 0 100%;font-weight:600}
.search input{flex:1 1 16rem;font:inherit;padding:.5rem .75rem;color:inherit;
background:var(--sheet);border:1px solid var(--soft);border-radius:.4rem}
.search button{font:inherit;padding:.5rem 1.25rem;border:0;border-radius:.4rem;
color:var(--sheet);background:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
@media (max-width:32rem){dl div{display:block}.sums div{display:flex}}
"""
PAGES = (("/", "Orders"), ("/stock", "Stock"), ("/calls", "Calls"))


def document(title: str, current: str, body: str) -> str:
    """A whole page; the body is HTML already."""
    links = "".join(
        f'<a href="{path}"{" aria-current=page" if path == current else ""}>{name}</a>'
        for path, name in PAGES
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · Sandbox Shopify</title><style>{STYLE}</style></head><body>"
        f"<header><div><strong>Sandbox Shopify</strong><nav>{links}</nav></div></header>"
        f"<main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], empty: str) -> str:
    """A table; the cells are HTML already."""
    if not rows:
        return f'<p class="quiet">{escape(empty)}</p>'
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    body = f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody>"
    return f'<div class="scroll" tabindex="0"><table>{body}</table></div>'


def card(title: str, body: str) -> str:
    """A section of a page; the body is HTML already."""
    return f"<section><h2>{escape(title)}</h2>{body}</section>"


def facts(rows: Sequence[tuple[str, str | None]]) -> str:
    """Names and their plain values; those without a value are left out."""
    shown = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in rows
        if value
    )
    return f"<dl>{shown}</dl>"


def badge(text: str, tone: str) -> str:
    """A word with a tone: good, bad or calm."""
    return f'<span class="badge {tone}">{escape(text)}</span>'


def words(code: str) -> str:
    """A code of the API in words."""
    return code.replace("_", " ").capitalize() if code.isupper() else code


def day(stamp: str | None) -> str:
    """The day of a moment."""
    return escape(stamp[:10]) if stamp else ""


def moment(stamp: str | None) -> str:
    """A moment to the minute, in UTC."""
    return escape(f"{stamp[:10]} {stamp[11:16]}") if stamp else ""
