"""What the terminal says once the demo runs: where to look, and what to type."""

from returns_portal.demo.environment import STAFF_PASSWORD, STAFF_USER, Demo
from returns_portal.shopify.sandbox.seeds import SHOWCASE

PLACES = """
  Returns portal: demo                                        Ctrl-C stops it

  Shopper   {site}/
  Staff     {site}/admin/    sign in: {user} / {password}
  Shopify   {sandbox}/          a stand-in: orders, refunds, stock
  Mailbox   {mailbox}/          every e-mail the portal sends

  Orders to return (number, postcode):
"""
AFTER = """
  Ask for a return as a shopper, approve it as staff, then look at the order and
  the stock in Shopify. `make demo-reset` starts over.

"""


def build_panel(demo: Demo) -> str:
    """The panel, with the orders of the stand-in that are good to try."""
    places = PLACES.format(
        site=demo.site_url,
        sandbox=demo.sandbox_url,
        mailbox=demo.mailbox_url,
        user=STAFF_USER,
        password=STAFF_PASSWORD,
    )
    width = max(len(order.order_number) for order in SHOWCASE)
    orders = "".join(
        f"    {order.order_number:<{width}}  {order.postcode:<9} {order.what}\n"
        for order in SHOWCASE
    )
    return places + orders + AFTER
