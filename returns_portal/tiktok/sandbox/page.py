"""The page where one plays the buyer in TikTok's app, and looks at what TikTok thinks."""

from datetime import UTC, datetime
from html import escape

from returns_portal.tiktok.sandbox import moves
from returns_portal.tiktok.sandbox.book import Book, Doc

ORDERS_SHOWN = 14
STYLE = """
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0 auto;max-width:64rem;padding:1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
article{border:1px solid #8886;border-radius:.6rem;padding:.8rem 1rem;margin:.8rem 0}
article p{margin:.25rem 0}
button,select,input{font:inherit;min-height:44px;padding:0 .9rem;border-radius:.5rem;
border:1px solid #8889;max-width:100%}
button{cursor:pointer}
form{display:flex;flex-wrap:wrap;gap:.75rem 1rem;align-items:end;margin:.75rem 0 0}
label{display:grid;gap:.25rem;font-size:.9rem}label:has([type=checkbox]){display:flex;
align-items:center;gap:.5rem;min-height:44px}[type=checkbox]{min-height:0;width:1.25rem;height:1.25rem}
.refused{border:1px solid #c33;border-radius:.6rem;padding:.6rem 1rem}
code{overflow-wrap:anywhere}
.status{font-weight:600;overflow-wrap:anywhere}.paid{color:#1a7f37}@media(prefers-color-scheme:dark){.paid{color:#57d977}}
.quiet{opacity:.75}
"""
ACTS = {
    moves.PENDING: (("cancel", "Buyer cancels"), ("refund", "TikTok refunds by itself")),
    moves.AWAITING: (("ship", "Buyer hands in the parcel"), ("cancel", "Buyer cancels")),
    moves.SHIPPED: (("refund", "TikTok refunds by itself"),),
    moves.OFFERED: (("accept", "Buyer takes the offer"), ("refuse", "Buyer refuses the offer")),
    moves.SUCCESS: (("pay", "Money arrives now"),),
    moves.REJECTED: (("rule", "TikTok rules for the buyer"),),
    moves.PARCEL_REJECTED: (("rule", "TikTok rules for the buyer"),),
}


def render(book: Book, path: str, refused: str = "") -> str:
    """The page at `path`; empty where there is none."""
    if path != "/" and not path.startswith("/orders/"):
        return ""
    only = path.removeprefix("/orders/") if path != "/" else ""
    with book.lock:
        cases = sorted(book.aftersales.values(), key=lambda case: -case["create_time"])
        shown = [case for case in cases if not only or case["order_id"] == only]
        orders = [order for order in book.orders.values() if not only or order["id"] == only]
        body = "".join(
            [
                "<h1>TikTok Shop <span class=quiet>a stand-in</span></h1>",
                "<p>Play the buyer: begin a return in the app, hand in the parcel. What the "
                "seller decides in the returns portal arrives here.</p>",
                f"<p class=refused role=alert>TikTok refuses: {escape(refused)}.</p>"
                if refused
                else "",
                "<h2>Aftersales</h2>",
                "".join(_case(book, case) for case in shown) or "<p class=quiet>None yet.</p>",
                "<h2>Orders in the app of the buyer</h2>",
                "".join(_order(order) for order in orders[: ORDERS_SHOWN if not only else None]),
            ]
        )
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>TikTok Shop, a stand-in</title>"
        "<meta name=viewport content='width=device-width,initial-scale=1'>"
        f"<style>{STYLE}</style><body>{body}</body></html>"
    )


def _case(book: Book, case: Doc) -> str:
    amount = case["refund_amount"]
    paid = sum(1 for payment in book.payments if payment["return_id"] == case["return_id"])
    asked = case["seller_next_action_response"]
    until = (
        f"<p>The seller answers by {_time(asked[0]['deadline'])}, or TikTok approves.</p>"
        if asked
        else ""
    )
    buttons = "".join(
        f"<form method=post action='/sandbox/aftersales/{case['return_id']}/{name}'>"
        f"<button>{escape(words)}</button></form>"
        for name, words in ACTS.get(case["return_status"], ())
    )
    names = ", ".join(escape(line["product_name"]) for line in case["return_line_items"])
    money = f"{escape(amount['refund_total'])} {escape(amount['currency'])}"
    told = f"<p class=paid>Paid to the buyer: {money}, {paid} time(s)</p>" if paid else ""
    return (
        f"<article><p><span class=status>{escape(case['return_status'])}</span> "
        f"<code>{case['return_id']}</code></p><p>{escape(case['return_type'])} of {names}: {money}"
        f"</p><p>{escape(case['return_reason_text'])} <q>{escape(case['note'])}</q></p>"
        f"<p class=quiet>Order <code>{case['order_id']}</code> {escape(case['arbitration_status'])}"
        f"</p>{until}{told}{buttons}</article>"
    )


def _order(order: Doc) -> str:
    lines = "".join(
        f"<option value='{line['id']}'>{escape(line['product_name'])}: {line['refund']}</option>"
        for line in order["line_items"][:20]
    )
    reasons = "".join(
        f"<option value='{name}'>{escape(text)}</option>" for name, text in moves.REASONS.items()
    )
    return (
        f"<article><p><code>{order['id']}</code> <span class=quiet>{escape(order['region'])}, "
        f"{escape(order['status'])}, {escape(order['currency'])}</span></p>"
        "<form method=post action='/sandbox/aftersales'>"
        f"<input type=hidden name=order_id value='{order['id']}'>"
        f"<label>Item <select name=line_ids>{lines}</select></label>"
        "<label>Wish <select name=return_type><option value=RETURN_AND_REFUND>Send back, refund"
        "</option><option value=REFUND>Refund only</option></select></label>"
        f"<label>Why <select name=reason>{reasons}</select></label>"
        "<label>Note <input name=note maxlength=200></label>"
        "<label>Photos <select name=photos><option>0<option selected>1<option>2</select></label>"
        "<label><input type=checkbox name=quick value=1> Quick refund at drop-off</label>"
        "<button>Begin in the app</button></form></article>"
    )


def draw_photo(return_id: str, number: int) -> str:
    """A picture in place of a buyer's photo."""
    return (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 400 300'><rect width='400' "
        "height='300' fill='#dfe5ea'/><path d='M130 90l40-25h60l40 25-20 35-20-10v120H170V115l-20 "
        "10z' fill='#8fa3b3'/><path d='M215 150l25 40-35-8z' fill='#dfe5ea'/><text x='200' y='280' "
        f"text-anchor='middle' font-family='sans-serif' font-size='14'>Photo {number} of "
        f"{return_id}</text></svg>"
    )


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%d %b %H:%M UTC")
