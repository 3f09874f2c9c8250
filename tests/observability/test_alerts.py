"""docs/alerts.md speaks of metrics that exist."""

import re
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

ALERTS = Path(__file__).resolve().parents[2] / "docs" / "alerts.md"


@pytest.mark.django_db
def test_alerts_name_metrics_that_the_portal_has(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "made-up"
    client.get("/")
    page = client.get("/metrics", headers={"Authorization": "Bearer made-up"}).content.decode()
    wanted = set(re.findall(r"\breturns_[a-z_]+(?=[{\[)\s])", ALERTS.read_text("utf-8")))
    assert len(wanted) >= 6
    assert [
        name for name in wanted if not re.search(rf"^(# TYPE )?{name}\b", page, re.MULTILINE)
    ] == []


def test_every_alert_says_what_to_do() -> None:
    text = ALERTS.read_text("utf-8")
    named = re.findall(r"- alert: (\w+)", text)
    assert named
    assert [name for name in named if f"\n| {name} | " not in text] == []
