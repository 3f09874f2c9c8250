"""Probing a channel: the shape of a real order, and nobody's data."""

from io import StringIO

import pytest
from django.core.management import call_command

from returns_portal.returns.management.commands.probe_channel import mask
from tests.tiktok.market import Market

pytestmark = pytest.mark.django_db


class TestMask:
    def test_keeps_shapes_and_hides_people(self) -> None:
        given = {"email": "Ann.Lee@x.com", "recipient_address": {"street": "9 Elm"}, "id": "57"}
        assert mask(given) == {
            "email": "xxx.xxx@x.xxx",
            "recipient_address": {"street": "0 xxx"},
            "id": "57",
        }


class TestProbe:
    def test_tells_both_sides_and_names_nobody(self, market: Market) -> None:
        case = market.begin()
        out = StringIO()
        call_command("probe_channel", case["order_id"], stdout=out)
        told = out.getvalue()
        assert "== Shopify" in told
        assert case["return_id"] in told
        assert "Maya" not in told
        assert "scs.tiktokw.us" not in told
