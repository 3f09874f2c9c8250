"""What the terminal says once the demo runs: where to look, and what to type."""

from returns_portal.demo.environment import STAFF_PASSWORD, STAFF_USER, Demo
from returns_portal.shopify.sandbox.seeds import SHOWCASE

PLACES = """
  Returns portal: demo                                        Ctrl-C stops it

  Shopper   {site}/
  Staff     {site}/admin/    sign in: {user} / {password}
  Shopify   {sandbox}/          a stand-in: orders, refunds, stock
  TikTok    {tiktok}/          a stand-in: begin a return as in the app
  Mailbox   {mailbox}/          every e-mail the portal sends

  Orders to return (number, postcode):
"""
AFTER = """
  Ask for a return as a shopper, approve it as staff, then look at the order and
  the stock in Shopify. `make demo-reset` starts over.

"""

# An order of the web shop: TikTok wants no other outcomes offered on its own.
WEB_ORDER, WEB_POSTCODE = "36444", "60614"
WEB = "the web shop: money back, store credit with a bonus, or keep a small thing"


def build_panel(demo: Demo) -> str:
    """The panel, with the orders of the stand-in that are good to try."""
    places = PLACES.format(
        site=demo.site_url,
        sandbox=demo.sandbox_url,
        tiktok=demo.tiktok_url,
        mailbox=demo.mailbox_url,
        user=STAFF_USER,
        password=STAFF_PASSWORD,
    )
    width = max(len(order.order_number) for order in SHOWCASE)
    orders = "".join(
        f"    {order.order_number:<{width}}  {order.postcode:<9} {order.what}\n"
        for order in SHOWCASE
    )
    web = f"    {WEB_ORDER:<{width}}  {WEB_POSTCODE:<9} {WEB}\n"
    return places + orders + web + AFTER
