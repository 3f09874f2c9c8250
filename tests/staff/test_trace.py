"""The decision screen tells every word that a policy's rules said of a line."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.returns.factories import request_with_line
from tests.staff.pages import text

pytestmark = pytest.mark.django_db


class TestTrace:
    def test_tells_who_spoke_and_who_was_overruled(self, reviewer: Client) -> None:
        row = request_with_line(policy_version_number=3)
        effect = {"action": "window_days", "value": "45", "text": "", "choices": []}
        row.lines.update(
            rule_trace=[
                {"rule": "a", "name": "Shoes", "effect": effect, "overruled_by": ""},
                {"rule": "b", "name": "Sale", "effect": effect, "overruled_by": "Shoes"},
            ],
            answers=[["Was it worn?", "No"]],
        )
        address = reverse("admin:returns_returnrequest_change", args=[row.pk])
        told = text(reviewer.get(address))
        assert "2 things that rules said" in told
        assert "version 3" in told
        assert "<strong>Shoes</strong>: The return window is 45 days." in told
        assert "Overruled by “Shoes”." in told
        assert "<dt>Was it worn?</dt><dd>No</dd>" in told
