"""What a made-up order looks like in the mirror."""

import json
from dataclasses import replace

from returns_portal.returns import snapshots
from tests.returns.examples import a_parcel, an_order, an_order_line


def look_of_an_order(order_id: str) -> str:
    """SQL for the snapshot of order `d.i`: three lines of its own, sent in one parcel; its id is given as SQL."""
    lines = tuple(an_order_line(id=f"gid://shopify/LineItem/@{part}@") for part in (1, 2, 3))
    parcel = a_parcel(id="gid://shopify/Fulfillment/@1@")
    sent = tuple(
        replace(parcel.lines[0], id=line.id.replace("LineItem", "FulfillmentLineItem"),
                line_item_id=line.id)
        for line in lines
    )  # fmt: skip
    order = an_order(
        id="@order@", name="@name@", email="", postcode="", lines=lines,
        fulfillments=(replace(parcel, lines=sent),),
    )  # fmt: skip
    text = "'" + json.dumps(snapshots.dump(order)).replace("'", "''") + "'"
    numbers = {f"@{part}@": f"(d.i * 3 + {part})::text" for part in (1, 2, 3)}
    for mark, sql in {"@order@": order_id, "@name@": "'#' || (100000 + d.i)", **numbers}.items():
        text = f"replace({text}, '{mark}', {sql})"
    return f"({text})::jsonb"
