"""All modules that answer fields or carry out mutations; importing this registers them."""

from returns_portal.shopify.sandbox import (
    annotations,
    bulk,
    credits,
    lifecycle,
    making,
    money_fields,
    order_fields,
    processing,
    refunding,
    return_fields,
    shop_fields,
    stock,
    subscriptions,
)

MODULES = (
    annotations,
    bulk,
    credits,
    lifecycle,
    making,
    money_fields,
    order_fields,
    processing,
    refunding,
    return_fields,
    shop_fields,
    stock,
    subscriptions,
)
