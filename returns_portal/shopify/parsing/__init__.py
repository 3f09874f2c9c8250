"""Pure reading of Shopify's nodes into the values of `types`."""

from returns_portal.shopify.parsing.orders import (
    parse_attributes,
    parse_fulfillment,
    parse_order,
    parse_order_line,
    parse_refund,
    parse_return,
    parse_return_line,
    parse_returnable_lines,
    parse_transaction,
)
from returns_portal.shopify.parsing.returns import (
    parse_bare_return,
    parse_calculation,
    parse_opened_return,
    parse_outcome,
    parse_processed_return,
    parse_return_to_process,
    parse_suggested_refund,
)
from returns_portal.shopify.parsing.shop import parse_location, parse_reason_definition, parse_shop
from returns_portal.shopify.parsing.values import (
    IDEMPOTENCY_CODE,
    Node,
    parse_money,
    parse_time,
    parse_user_errors,
)

__all__ = [
    "IDEMPOTENCY_CODE",
    "Node",
    "parse_attributes",
    "parse_bare_return",
    "parse_calculation",
    "parse_fulfillment",
    "parse_location",
    "parse_money",
    "parse_opened_return",
    "parse_order",
    "parse_order_line",
    "parse_outcome",
    "parse_processed_return",
    "parse_reason_definition",
    "parse_refund",
    "parse_return",
    "parse_return_line",
    "parse_return_to_process",
    "parse_returnable_lines",
    "parse_shop",
    "parse_suggested_refund",
    "parse_time",
    "parse_transaction",
    "parse_user_errors",
]
