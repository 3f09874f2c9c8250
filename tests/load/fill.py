"""Fills a PostgreSQL database with made-up requests, as many as asked for, in minutes.

    DATABASE_URL=postgres://root@127.0.0.1:5432/big python -m tests.load.fill --requests 1000000

It migrates the database, loads the default policies and reasons, and adds mirrored orders,
requests, lines, parcels, refunds, failed steps and messages. Columns that it does not name get
their model's default, so it goes on working while models grow. `--events` adds a history too.
"""

import argparse
import json
import os
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

PLACES = 40_000
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
DRAWN = (
    "drawn_goods, drawn_reason, drawn_country, drawn_place, drawn_first, drawn_last, drawn, "
    "drawn_line, made"
)
CLOSED = "('closed', 'declined', 'canceled', 'expired')"


def main() -> None:
    parser = argparse.ArgumentParser(description="Made-up requests in a PostgreSQL database.")
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--events", action="store_true", help="a history for each request, too")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_defaults", verbosity=0)
    begun = time.monotonic()
    fill(given.requests, events=given.events)
    print(f"{given.requests} requests in {time.monotonic() - begun:.0f} s")


def fill(count: int, *, events: bool = False, now: datetime | None = None) -> None:
    """Adds `count` requests up to `now`, the open ones among the newest twelfth."""
    from django.db import connection, transaction

    from returns_portal.returns import models

    if connection.vendor != "postgresql":
        raise SystemExit("Set DATABASE_URL to a PostgreSQL database: this needs its SQL.")
    now = now or datetime.now(UTC).replace(microsecond=0)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        draw_goods(cursor)
        draw_countries(cursor)
        draw_places(cursor)
        draw_people(cursor)
        cursor.execute("SELECT coalesce(max(id), 0) FROM returns_returnrequest")
        draw_requests(cursor, start=cursor.fetchone()[0], count=count, now=now)
        add_orders(cursor, models)
        add_requests(cursor, models)
        add_lines(cursor, models)
        add_what_followed(cursor, models)
        if events:
            add_events(cursor, models)
        cursor.execute(f"DROP TABLE {DRAWN}")
    tidy()


def tidy() -> None:
    """Lets the planner know what is there now."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def drawn(salt: int, sides: int, number: str = "i") -> str:
    """SQL for a number from 0 to `sides` - 1 that is always the same for the same row."""
    return f"mod(hashint8extended({number}, {salt}) & 4611686018427387903, {sides})"


def make_table(cursor: Any, name: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
    cursor.execute(f"CREATE TEMP TABLE {name} ({columns})")
    marks = ", ".join(["%s"] * len(rows[0]))
    cursor.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
    cursor.execute(f"ANALYZE {name}")


def draw_goods(cursor: Any) -> None:
    """Four thousand SKUs, and the reasons that the database holds."""
    from returns_portal.returns.models import ReturnReason
    from tests.load.people import GOODS

    rows = []
    for n in range(4000):
        title = GOODS[n % len(GOODS)].replace("_", " ")
        sku = f"{title.replace(' ', '')[:4].upper()}-{n:04}-{'SML'[n % 3]}"
        rows.append((n, sku, title, "SML"[n % 3], Decimal(500 + (n * 7919) % 14_500) / 100))
    make_table(
        cursor, "drawn_goods", "n int, sku text, title text, variant text, price numeric", rows
    )
    reasons = [(n, pk) for n, pk in enumerate(ReturnReason.objects.values_list("pk", flat=True))]
    make_table(cursor, "drawn_reason", "n int, id bigint", reasons)


def draw_countries(cursor: Any) -> None:
    """A hundred places at the table of countries, each with its policy and terms."""
    from returns_portal.returns import policies, snapshots
    from tests.load.people import COUNTRIES

    rows: list[tuple[Any, ...]] = []
    for country, currency, share in COUNTRIES:
        policy = policies.get_policy(country)
        terms = json.dumps(snapshots.dump(policies.build_terms(policy)))
        rows += [(len(rows) + n, country, currency, policy.pk, terms) for n in range(share)]
    columns = "n int, country text, currency text, policy_id bigint, terms jsonb"
    make_table(cursor, "drawn_country", columns, rows)


def draw_places(cursor: Any) -> None:
    """Postcodes 10000 and following, as the mirror's keyed digests."""
    from returns_portal.returns import mirror

    rows = [(n, mirror.digest("postcode", f"{10_000 + n}")) for n in range(PLACES)]
    make_table(cursor, "drawn_place", "n int, digest text", rows)


def draw_people(cursor: Any) -> None:
    from tests.load.people import FIRST_NAMES, SURNAMES

    make_table(cursor, "drawn_first", "n int, name text", list(enumerate(FIRST_NAMES)))
    make_table(cursor, "drawn_last", "n int, name text", list(enumerate(SURNAMES)))


def draw_requests(cursor: Any, *, start: int, count: int, now: datetime) -> None:
    """What the requests and lines to add have in common, in two temporary tables."""
    from tests.load.people import FIRST_NAMES, SURNAMES

    cursor.execute(
        f"""
        CREATE TEMP TABLE drawn AS
        SELECT i, fresh, c.country, c.currency, c.policy_id, c.terms, name.of_person AS customer,
               %(now)s::timestamptz - (%(count)s - i + %(start)s) * (interval '730 days' / %(count)s)
                   AS requested_at,
               CASE WHEN fresh THEN
                        (ARRAY['requested','requested','requested','requested','requested',
                               'needs_info','approved','approved','received','canceled'])
                        [1 + {drawn(1, 10)}]
                    ELSE (ARRAY['closed','closed','closed','closed','closed','closed','closed',
                                'closed','closed','closed','closed','closed','closed','closed',
                                'closed','closed','declined','declined','canceled','expired'])
                         [1 + {drawn(1, 20)}]
               END AS status,
               CASE WHEN {drawn(2, 100)} < 88 THEN 'tiktok'
                    WHEN {drawn(2, 100)} < 97 THEN 'web' ELSE 'pos' END AS channel
        FROM (SELECT i, i > %(start)s + %(count)s * 11 / 12 AS fresh
              FROM generate_series(%(start)s + 1::bigint, %(start)s + %(count)s) AS i) AS numbers
        JOIN drawn_country AS c ON c.n = {drawn(3, 100)}
        JOIN (SELECT f.n AS first, l.n AS last, f.name || ' ' || l.name AS of_person
              FROM drawn_first AS f CROSS JOIN drawn_last AS l) AS name
          ON name.first = {drawn(4, len(FIRST_NAMES))} AND name.last = {drawn(5, len(SURNAMES))}
        ORDER BY i
        """,
        {"now": now, "start": start, "count": count},
    )
    # Some goods are sent back far more often than others: the square of an even draw.
    cursor.execute(
        f"""
        CREATE TEMP TABLE drawn_line AS
        SELECT i, part, g.sku, g.title, g.variant, r.id AS reason_id,
               1 + ({drawn(6, 10, "i * 3 + part")} = 0)::int AS quantity, g.price
        FROM drawn
        CROSS JOIN LATERAL generate_series(1, (ARRAY[1,1,1,1,1,2,2,2,3,3])[1 + {drawn(7, 10)}]) AS part
        JOIN drawn_goods AS g
          ON g.n = {drawn(8, 63, "i * 3 + part")} * {drawn(9, 63, "i * 3 + part")}
        JOIN drawn_reason AS r
          ON r.n = mod({drawn(10, 997, "i * 3 + part")}, (SELECT count(*) FROM drawn_reason))
        ORDER BY i, part
        """
    )
    cursor.execute("ANALYZE drawn")
    cursor.execute("ANALYZE drawn_line")


def insert(cursor: Any, model: Any, source: str, **columns: str) -> None:
    """INSERT … SELECT into `model`: SQL by column, the model's default for every other one."""
    from django.db import connection

    names, values, given = [], [], []
    for field in model._meta.concrete_fields:
        if field.column in columns:
            values.append(columns[field.column])
        elif field.primary_key or getattr(field, "generated", False):
            continue
        else:
            values.append("%s")
            given.append(field.get_db_prep_save(field.get_default(), connection))
        names.append(f'"{field.column}"')
    sql = f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) SELECT {', '.join(values)} {source}"
    cursor.execute(sql, given)


ORDER_ID = "'gid://shopify/Order/' || (7000000000000 + d.i)"
TIKTOK_ID = "'577' || lpad(mod(d.i * 48271 * 7919, 1000000000000000)::text, 15, '0')"
MOVED = f"mod(d.i * 611953007, {len(ALPHABET) ** 8})"
RMA = "'RMA-' || " + " || ".join(
    f"substr('{ALPHABET}', 1 + mod({MOVED} / {len(ALPHABET) ** n}, {len(ALPHABET)})::int, 1)"
    for n in range(8)
)


def add_orders(cursor: Any, models: Any) -> None:
    """A mirrored order for each request, with the look of a real one."""
    from tests.load.orders import look_of_an_order

    insert(
        cursor,
        models.MirroredOrder,
        f"FROM drawn AS d JOIN drawn_place AS p ON p.n = {drawn(11, PLACES, 'd.i')} ORDER BY d.i",
        shopify_id=ORDER_ID,
        name="'#' || (100000 + d.i)",
        tiktok_order_id=f"CASE WHEN d.channel = 'tiktok' THEN {TIKTOK_ID} ELSE '' END",
        sales_channel="d.channel",
        postcode_digest="p.digest",
        snapshot=look_of_an_order(ORDER_ID),
        shopify_updated_at="d.requested_at",
        synced_at="d.requested_at",
    )


def add_requests(cursor: Any, models: Any) -> None:
    paid = "d.status = 'closed'"
    agreed = "d.status IN ('approved', 'received', 'closed')"
    decided = "d.status NOT IN ('requested', 'needs_info', 'canceled', 'expired')"
    hours = drawn(12, 40, "d.i")
    insert(
        cursor,
        models.ReturnRequest,
        """FROM drawn AS d JOIN (SELECT i, sum(price * quantity) AS amount FROM drawn_line GROUP BY i)
           AS worth USING (i) ORDER BY d.i""",
        rma_number=RMA,
        token="md5('token' || d.i) || md5('of' || d.i)",
        submission_key="md5('key' || d.i)::uuid",
        status="d.status",
        shopify_order_id=ORDER_ID,
        order_name="'#' || (100000 + d.i)",
        tiktok_order_id=f"CASE WHEN d.channel = 'tiktok' THEN {TIKTOK_ID} ELSE '' END",
        sales_channel="d.channel",
        country="d.country",
        customer_name="d.customer",
        contact_email="lower(replace(d.customer, ' ', '.')) || mod(d.i, 800000) || '@example.com'",
        identity_verified=f"{drawn(13, 50, 'd.i')} > 0",
        policy_id="d.policy_id",
        policy_terms="d.terms",
        window_ends_at="d.requested_at + interval '14 days'",
        requested_at="d.requested_at",
        due_at=(
            f"CASE WHEN d.fresh THEN d.requested_at + interval '48 hours' + {hours} * interval '1 hour'"
            " END"
        ),
        send_by="d.requested_at + interval '14 days'",
        decided_at=f"CASE WHEN {decided} THEN d.requested_at + {hours} * interval '1 hour' END",
        closed_at=f"CASE WHEN d.status IN {CLOSED} THEN d.requested_at + interval '2 days' END",
        decline_reason="CASE WHEN d.status = 'declined' THEN 'The item was worn.' ELSE '' END",
        currency="d.currency",
        quoted_amount="worth.amount",
        quote_source=(f"CASE WHEN {drawn(14, 30, 'd.i')} = 0 THEN 'estimate' ELSE 'shopify' END"),
        approved_amount=f"CASE WHEN {agreed} THEN worth.amount END",
        refunded_amount=f"CASE WHEN {paid} THEN worth.amount END",
        refunded_at=f"CASE WHEN {paid} THEN d.requested_at + ({hours} + 3) * interval '1 hour' END",
        settlement="CASE WHEN d.channel = 'pos' THEN 'external' ELSE 'shopify' END",
        attention=(
            f"CASE WHEN d.fresh AND {drawn(15, 400, 'd.i')} = 0"
            " THEN 'The parcel holds something else.' ELSE '' END"
        ),
    )
    cursor.execute(
        """
        CREATE TEMP TABLE made AS
        SELECT d.i, r.id FROM drawn AS d JOIN returns_returnrequest AS r
          ON r.shopify_order_id = 'gid://shopify/Order/' || (7000000000000 + d.i)
        """
    )
    cursor.execute("ANALYZE made")


def add_lines(cursor: Any, models: Any) -> None:
    units = "CASE WHEN d.status IN ('approved', 'received', 'closed') THEN l.quantity END"
    insert(
        cursor,
        models.ReturnLineItem,
        "FROM drawn_line AS l JOIN made USING (i) JOIN drawn AS d USING (i) ORDER BY l.i, l.part",
        return_request_id="made.id",
        line_item_id="'gid://shopify/LineItem/' || (l.i * 3 + l.part)",
        fulfillment_line_item_id="'gid://shopify/FulfillmentLineItem/' || (l.i * 3 + l.part)",
        title="l.title",
        variant_title="l.variant",
        sku="l.sku",
        quantity="l.quantity",
        reason_id="l.reason_id",
        subtotal="l.price * l.quantity",
        tax="0",
        approved_quantity=units,
        received_quantity="CASE WHEN d.status IN ('received', 'closed') THEN l.quantity END",
    )


def add_what_followed(cursor: Any, models: Any) -> None:
    """Parcels, refunds, a few failed steps and a few unread messages."""
    rows = "FROM drawn AS d JOIN made USING (i)"
    later = "d.requested_at + interval '1 day'"
    chosen = f"{drawn(16, 10, 'd.i')} < 6"
    insert(
        cursor,
        models.ReverseDelivery,
        f"{rows} WHERE d.status IN ('approved', 'received', 'closed') AND {chosen} ORDER BY d.i",
        return_request_id="made.id",
        carrier="(ARRAY['usps', 'ups', 'dhl', 'royal-mail'])[1 + mod(d.i, 4)]",
        tracking_number="'9400' || lpad(mod(d.i * 104729, 1000000000000)::text, 14, '0')",
        sent_at=later,
        changed_at=later,
    )
    insert(
        cursor,
        models.Refund,
        f"{rows} JOIN returns_returnrequest AS r ON r.id = made.id"
        " WHERE d.status = 'closed' AND r.refunded_amount > 0 ORDER BY d.i",
        return_request_id="made.id",
        shopify_id="'gid://shopify/Refund/' || d.i",
        amount="r.refunded_amount",
        currency="d.currency",
        state="'succeeded'",
        created_at=later,
        settled_at=later,
    )
    seldom = f"{drawn(17, 60, 'd.i')} = 0"
    insert(
        cursor,
        models.Operation,
        f"{rows} WHERE d.status = 'approved' AND {seldom} ORDER BY d.i",
        return_request_id="made.id",
        kind="'process_return'",
        state="'failed'",
        attempts="3",
        idempotency_key="md5('step' || d.i)::uuid",
        last_error="'Shopify refused: the location is not active.'",
        due_at=later,
        created_at=later,
    )
    insert(
        cursor,
        models.Message,
        f"{rows} WHERE d.fresh AND {seldom} ORDER BY d.i",
        return_request_id="made.id",
        author="'shopper'",
        body="'When will this be answered?'",
        created_at=later,
    )


def add_events(cursor: Any, models: Any) -> None:
    """That each was requested, and how it was decided."""
    rows = "FROM drawn AS d JOIN made USING (i)"
    insert(
        cursor,
        models.ReturnEvent,
        f"{rows} ORDER BY d.i",
        return_request_id="made.id",
        occurred_at="d.requested_at",
        kind="'requested'",
        actor_kind="'shopper'",
        to_status="'requested'",
        shopper_sees="true",
    )
    insert(
        cursor,
        models.ReturnEvent,
        f"{rows} JOIN returns_returnrequest AS r ON r.id = made.id"
        " WHERE r.decided_at IS NOT NULL ORDER BY d.i",
        return_request_id="made.id",
        occurred_at="r.decided_at",
        kind="CASE WHEN d.status = 'declined' THEN 'declined' ELSE 'approved' END",
        actor_kind="'staff'",
        actor_name="'Robin Field'",
        from_status="'requested'",
        to_status="CASE WHEN d.status = 'declined' THEN 'declined' ELSE 'approved' END",
        shopper_sees="true",
    )


if __name__ == "__main__":
    main()
