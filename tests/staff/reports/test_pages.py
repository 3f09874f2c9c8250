"""The reports' pages and files, as the owner of a shop meets them."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from returns_portal.returns.reports.counting import count_changes
from returns_portal.returns.reports.sheets import SHEETS
from tests.returns.reports.bazaar import Bazaar
from tests.staff.reports.conftest import PAGES, WHOLE, text_of


class TestPages:
    @pytest.mark.parametrize("against", ["before", "year", "none"])
    @pytest.mark.parametrize("page", PAGES)
    def test_a_shop_with_sales_gets_numbers(
        self, owner: Client, bazaar: Bazaar, page: str, against: str
    ) -> None:
        response = owner.get(f"{page}?{WHOLE}&against={against}&country=US&channel=tiktok")
        assert response.status_code == 200

    def test_the_rate_is_told_in_plain_words(self, owner: Client, bazaar: Bazaar) -> None:
        assert "units came back so far." in text_of(owner.get(f"{PAGES[0]}?{WHOLE}"))

    def test_every_table_has_its_formula(self, owner: Client, bazaar: Bazaar) -> None:
        page = text_of(owner.get(f"{reverse('admin:report', args=['products'])}?{WHOLE}"))
        assert "Units back ÷ units sold" in page

    def test_a_product_leads_to_its_variants(self, owner: Client, bazaar: Bazaar) -> None:
        url = reverse("admin:report", args=["products"])
        page = owner.get(f"{url}?{WHOLE}")
        product = page.context["tables"][0][1][0][0].product
        narrowed = text_of(owner.get(f"{url}?{WHOLE}&product={product}"))
        assert "By variant" in narrowed
        assert "All products" in narrowed

    @pytest.mark.parametrize("page", PAGES)
    def test_no_page_holds_what_the_content_policy_forbids(
        self, owner: Client, bazaar: Bazaar, page: str
    ) -> None:
        text = text_of(owner.get(f"{page}?{WHOLE}"))
        assert "<style" not in text
        assert " style=" not in text
        assert "<script>" not in text


class TestQueries:
    @pytest.mark.parametrize("page", PAGES)
    def test_more_sales_take_no_more_queries(
        self,
        owner: Client,
        bazaar: Bazaar,
        page: str,
        now: Any,
        django_assert_max_num_queries: Any,
        django_assert_num_queries: Any,
    ) -> None:
        url = f"{page}?{WHOLE}"
        owner.get(url)
        with django_assert_max_num_queries(30) as few:
            owner.get(url)
        bazaar.live(60)
        count_changes(now=now)
        with django_assert_num_queries(len(few)):
            owner.get(url)


class TestFiles:
    def test_a_file_holds_the_rows_of_the_page(self, owner: Client, bazaar: Bazaar) -> None:
        page = owner.get(f"{reverse('admin:report', args=['products'])}?{WHOLE}")
        file = owner.get(f"{reverse('admin:report_csv', args=['products', 'items'])}?{WHOLE}")
        rows = list(csv.reader(io.StringIO(b"".join(file.streaming_content).decode())))
        table = page.context["tables"][0][0]
        assert rows[0][:3] == ["Product", "Units back", "Units sold"]
        assert [row[0] for row in rows[1:]] == [row[0].text for row in table.rows]
        assert [int(row[1]) for row in rows[1:]] == [row[1] for row in table.rows]

    def test_the_file_for_excel_begins_with_a_mark(self, owner: Client, bazaar: Bazaar) -> None:
        url = reverse("admin:report_csv", args=["products", "items"])
        plain = b"".join(owner.get(f"{url}?{WHOLE}").streaming_content)
        excel = b"".join(owner.get(f"{url}?{WHOLE}&excel=1").streaming_content)
        assert excel == b"\xef\xbb\xbf" + plain

    @pytest.mark.parametrize("key", SHEETS)
    def test_every_table_can_be_had_as_a_file(
        self, owner: Client, bazaar: Bazaar, key: str
    ) -> None:
        for table, _rows, _more in owner.get(
            f"{reverse('admin:report', args=[key])}?{WHOLE}"
        ).context["tables"]:
            file = owner.get(f"{reverse('admin:report_csv', args=[key, table.key])}?{WHOLE}")
            assert file["Content-Type"] == "text/csv; charset=utf-8"
            assert b"".join(file.streaming_content).count(b"\r\n") == len(table.rows) + 1
