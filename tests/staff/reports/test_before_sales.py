"""The reports of a shop that has sold nothing yet: who may see them, and what they say."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.staff.conftest import SignIn
from tests.staff.reports.conftest import PAGES, text_of


class TestWhoMaySee:
    @pytest.mark.parametrize("page", [*PAGES, reverse("admin:report_by_mail")])
    def test_only_those_with_the_permission(self, sign_in: SignIn, page: str) -> None:
        assert sign_in("view_returnrequest").get(page).status_code == 403
        assert sign_in("view_reports").get(page).status_code == 200

    def test_files_are_as_private_as_pages(self, sign_in: SignIn) -> None:
        url = reverse("admin:report_csv", args=["products", "items"])
        assert sign_in("view_returnrequest").get(url).status_code == 403
        assert sign_in("view_returnrequest").get(reverse("admin:report_fix_csv")).status_code == 403

    def test_nobody_sees_them_before_signing_in(self, client: Client, db: None) -> None:
        assert client.get(PAGES[0]).status_code == 302


class TestPages:
    @pytest.mark.parametrize("page", PAGES)
    def test_an_empty_shop_gets_a_page_that_says_so(self, owner: Client, page: str) -> None:
        response = owner.get(page)
        assert response.status_code == 200
        assert "Nothing has been counted yet" in text_of(response) or "too few" in text_of(response)

    def test_days_the_wrong_way_round_are_explained(self, owner: Client) -> None:
        page = owner.get(f"{PAGES[0]}?days=custom&start=2026-05-01&end=2026-04-01")
        assert page.status_code == 200
        assert "The last day comes before the first." in text_of(page)

    def test_half_a_range_is_explained(self, owner: Client) -> None:
        assert "Give both days" in text_of(owner.get(f"{PAGES[0]}?days=custom&start=2026-05-01"))

    def test_an_unknown_report_is_not_found(self, owner: Client) -> None:
        assert owner.get("/admin/reports/nonsense/").status_code == 404
