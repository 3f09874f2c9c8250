"""How long the reports take over a database that `fill` and `report_facts` filled.

    DATABASE_URL=postgres://root@127.0.0.1:5432/big python -m tests.load.report_times

Every page is asked for three times; the median counts, and no page may take longer than 2 s.
"""

import os
import statistics
import sys
import time

LIMIT = 2.0
RUNS = 3
RANGES = ("30", "90", "365")


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    os.environ.setdefault("PORTAL_CHANNELS", "*")
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from returns_portal.returns.models import ReportedRequest, SoldProduct
    from returns_portal.returns.reports.sheets import SHEETS

    user, _made = get_user_model().objects.get_or_create(
        username="load-owner", is_staff=True, is_superuser=True
    )
    client = Client()
    client.force_login(user)
    pages = {key: reverse("admin:report", args=[key]) for key in SHEETS}
    pages["what to fix"] = reverse("admin:report_fix")
    one = SoldProduct.objects.order_by("pk").first()
    pages["one product"] = f"{pages['products']}?product={one.pk if one else 0}"
    pages["one country"] = f"{pages['products']}?country=US"
    print(f"{ReportedRequest.objects.count()} requests; median of {RUNS} in seconds (queries)")
    print(f"{'':14}" + "".join(f"{days + ' days':>16}" for days in RANGES))
    slow = 0
    for name, url in pages.items():
        cells = []
        for days in RANGES:
            took = []
            for _run in range(RUNS):
                begun = time.monotonic()
                with CaptureQueriesContext(connection) as queries:
                    answer = client.get(url + ("&" if "?" in url else "?") + f"days={days}")
                took.append(time.monotonic() - begun)
                assert answer.status_code == 200, answer.status_code
            median = statistics.median(took)
            slow += median > LIMIT
            cells.append(f"{median:.2f} ({len(queries)})")
            if "--sql" in sys.argv:
                for query in sorted(queries, key=lambda query: -float(query["time"]))[:3]:
                    print(f"    {query['time']} {query['sql'][:240]}")
        print(f"{name:14}" + "".join(f"{cell:>16}" for cell in cells), flush=True)
    print("every page within 2 s" if not slow else f"{slow} pages took longer than 2 s")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
