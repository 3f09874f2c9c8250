"""What the reports count, for a database that `tests.load.fill` filled, in a few statements.

    DATABASE_URL=postgres://root@127.0.0.1:5432/big python -m tests.load.report_facts

Beside the returned lines it adds four million order lines that nobody sent back. Counting a
million requests the real way is `manage.py count_reports --all`; this only makes the same rows
quickly, so that the pages can be measured.
"""

import argparse
import os
import time

# Days are those of UTC here.
DAY = "(r.requested_at AT TIME ZONE 'UTC')::date"
KEPT = "r.status NOT IN ('declined', 'canceled', 'expired')"
UNITS = f"CASE WHEN {KEPT} THEN coalesce(l.received_quantity, l.approved_quantity, l.quantity) ELSE 0 END"
STATEMENTS = (
    "TRUNCATE returns_dailytotal, returns_dailysales, returns_reportedline, returns_reportedrequest, returns_soldline,"
    " returns_soldvariant, returns_soldproduct, returns_market, returns_staleday, returns_fix CASCADE",
    "INSERT INTO returns_market (sales_channel, country)"
    " SELECT DISTINCT sales_channel, country FROM returns_returnrequest",
    """INSERT INTO returns_soldproduct (key, title)
       SELECT 'load:' || n, (SELECT min(title) FROM returns_returnlineitem) || ' ' || n
       FROM generate_series(0, 999) AS n""",
    """INSERT INTO returns_soldvariant (product_id, key, title, sku)
       SELECT p.id, v.sku, v.variant_title, v.sku
       FROM (SELECT sku, min(variant_title) AS variant_title FROM returns_returnlineitem GROUP BY sku) AS v
       JOIN returns_soldproduct AS p
         ON p.key = 'load:' || mod(hashtext(v.sku) & 1073741823, 1000)""",
    f"""INSERT INTO returns_soldline (line_item_id, sold_on, market_id, variant_id, units, order_id, shopper)
       SELECT l.line_item_id, {DAY} - 12, m.id, v.id, l.quantity, NULL,
              hashtextextended(r.contact_email, 1) & 1152921504606846975
       FROM returns_returnlineitem AS l
       JOIN returns_returnrequest AS r ON r.id = l.return_request_id
       JOIN returns_market AS m ON (m.sales_channel, m.country) = (r.sales_channel, r.country)
       JOIN returns_soldvariant AS v ON v.key = l.sku ORDER BY r.requested_at""",
    """INSERT INTO returns_soldline (line_item_id, sold_on, market_id, variant_id, units)
       SELECT 'sold:' || i, current_date - (730 - i * 730 / %(others)s)::int,
              m.id, v.id, 1 + (mod(i, 10) = 0)::int
       FROM generate_series(1::bigint, %(others)s) AS i
       JOIN (SELECT id, row_number() OVER () - 1 AS n, count(*) OVER () AS of FROM returns_market) AS m
         ON m.n = mod(hashint8extended(i, 1) & 1152921504606846975, m.of)
       JOIN (SELECT id, row_number() OVER () - 1 AS n, count(*) OVER () AS of FROM returns_soldvariant) AS v
         ON v.n = mod(hashint8extended(i, 2) & 1152921504606846975, v.of)""",
    f"""INSERT INTO returns_reportedline (line_id, sold_line_id, requested_on, sold_on, days_after_sale,
           refunded_on, market_id, product_id, variant_id, reason_id, units, received_units,
           condition, disposition, currency, worth)
       SELECT l.id, s.id, {DAY}, s.sold_on, 12, (r.refunded_at AT TIME ZONE 'UTC')::date, s.market_id,
              v.product_id, v.id, l.reason_id, {UNITS},
              CASE WHEN {KEPT} THEN coalesce(l.received_quantity, 0) ELSE 0 END,
              (ARRAY['as-new', 'opened', 'worn', 'damaged'])[1 + mod(l.id, 4)],
              CASE WHEN mod(l.id, 4) < 3 THEN 'RESTOCKED' ELSE 'NOT_RESTOCKED' END,
              r.currency, CASE WHEN {KEPT} THEN l.subtotal + l.tax ELSE 0 END
       FROM returns_returnlineitem AS l
       JOIN returns_returnrequest AS r ON r.id = l.return_request_id
       JOIN returns_soldline AS s ON s.line_item_id = l.line_item_id
       JOIN returns_soldvariant AS v ON v.id = s.variant_id ORDER BY r.requested_at""",
    f"""INSERT INTO returns_reportedrequest (return_request_id, market_id, requested_on, decided_on,
           refunded_on, finished_on, status, minutes_to_decision, minutes_to_refund, decider_id,
           currency, asked, refunded, fees, units, claims, shopper)
       SELECT r.id, m.id, {DAY}, (r.decided_at AT TIME ZONE 'UTC')::date,
              (r.refunded_at AT TIME ZONE 'UTC')::date, (r.closed_at AT TIME ZONE 'UTC')::date,
              r.status, extract(epoch FROM r.decided_at - r.requested_at)::int / 60 + mod(r.id, 61),
              extract(epoch FROM r.refunded_at - r.requested_at)::int / 60 + mod(r.id, 61),
              CASE WHEN r.decided_at IS NULL THEN NULL ELSE p.id END,
              r.currency, r.quoted_amount, coalesce(r.refunded_amount, 0), 0, n.units, n.units / 3,
              hashtextextended(r.contact_email, 1) & 1152921504606846975
       FROM returns_returnrequest AS r
       JOIN (SELECT l.return_request_id, sum({UNITS}) AS units FROM returns_returnlineitem AS l
             JOIN returns_returnrequest AS r ON r.id = l.return_request_id GROUP BY 1) AS n
         ON n.return_request_id = r.id
       JOIN (SELECT id, row_number() OVER () - 1 AS n, count(*) OVER () AS of FROM auth_user) AS p
         ON p.n = mod(r.id, p.of)
       JOIN returns_market AS m ON (m.sales_channel, m.country) = (r.sales_channel, r.country)
       ORDER BY r.requested_at""",
    """INSERT INTO returns_dailysales (sold_on, market_id, product_id, variant_id, units, lines,
           returned_units, returned_lines)
       SELECT s.sold_on, s.market_id, v.product_id, s.variant_id, sum(s.units), count(*),
              coalesce(sum(b.units), 0), count(b.sold_line_id)
       FROM returns_soldline AS s
       JOIN returns_soldvariant AS v ON v.id = s.variant_id
       LEFT JOIN (SELECT sold_line_id, sum(units) AS units FROM returns_reportedline
                  WHERE units > 0 GROUP BY 1) AS b ON b.sold_line_id = s.id
       GROUP BY 1, 2, 3, 4 ORDER BY 1""",
    """INSERT INTO returns_dailytotal (sold_on, market_id, units, returned_units)
       SELECT sold_on, market_id, sum(units), sum(returned_units)
       FROM returns_dailysales GROUP BY 1, 2""",
    "UPDATE returns_mirroredorder SET counted = true WHERE NOT counted",
)


def main() -> None:
    parser = argparse.ArgumentParser(description="What the reports count, made up quickly.")
    parser.add_argument("--others", type=int, default=4_000_000, help="order lines not returned")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    count(given.others)


def count(others: int) -> None:
    """Makes the rows; needs PostgreSQL."""
    from django.contrib.auth import get_user_model
    from django.db import connection, transaction

    for number in range(6):
        get_user_model().objects.get_or_create(username=f"load-{number}", is_staff=True)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        for statement in STATEMENTS:
            begun = time.monotonic()
            cursor.execute(statement, {"others": others} if "others" in statement else None)
            print(
                f"{cursor.rowcount:>9} {' '.join(statement.split())[:50]} "
                f"{time.monotonic() - begun:.0f} s",
                flush=True,
            )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    main()
