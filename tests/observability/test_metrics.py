"""Metrics: for whoever holds the token, counted by route, the backlog as the database knows it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from returns_portal.returns.models import WebhookDelivery
from tests.returns.factories import OperationFactory, ReturnRequestFactory

TOKEN = {"Authorization": "Bearer made-up"}


@pytest.fixture(autouse=True)
def token(settings) -> None:
    settings.METRICS_TOKEN = "made-up"


def value_of(text: str, name: str) -> float:
    [line] = [line for line in text.splitlines() if line.startswith(f"{name} ")]
    return float(line.rsplit(" ", 1)[1])


@pytest.mark.django_db
class TestTheDoor:
    @pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
    def test_is_not_there_for_strangers(self, client: Client, headers: dict[str, str]) -> None:
        assert client.get("/metrics", headers=headers).status_code == 404

    def test_is_not_there_without_a_token_set(self, client: Client, settings) -> None:
        settings.METRICS_TOKEN = ""
        assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.django_db
class TestMetrics:
    def test_count_requests_by_route_without_secrets(self, client: Client) -> None:
        token = ReturnRequestFactory().token
        client.get(f"/returns/{token}/")
        text = client.get("/metrics", headers=TOKEN).content.decode()
        name = 'returns_requests_total{method="GET",route="returns/<slug:token>/",status="200"}'
        assert value_of(text, name) >= 1
        assert token not in text

    def test_tell_what_is_owed_and_how_late_it_is(self, client: Client) -> None:
        hour_ago = timezone.now() - timedelta(hours=1)
        OperationFactory(kind="send_email", part="requested", due_at=hour_ago)
        OperationFactory(failed=True, kind="process_return")
        text = client.get("/metrics", headers=TOKEN).content.decode()
        assert value_of(text, 'returns_operations{kind="send_email",state="pending"}') == 1
        assert value_of(text, 'returns_operations{kind="process_return",state="failed"}') == 1
        assert 3600 <= value_of(text, "returns_operation_overdue_seconds") < 3700

    def test_tell_how_far_behind_webhooks_are(self, client: Client) -> None:
        received = timezone.now() - timedelta(minutes=10)
        WebhookDelivery.objects.create(
            shop="s", webhook_id="1", topic="orders/updated", received_at=received
        )
        text = client.get("/metrics", headers=TOKEN).content.decode()
        assert 600 <= value_of(text, "returns_webhook_lag_seconds") < 700

    def test_ask_the_database_a_fixed_number_of_times(
        self, client: Client, django_assert_num_queries
    ) -> None:
        for _number in range(5):
            OperationFactory(failed=True)
        with django_assert_num_queries(3):
            client.get("/metrics", headers=TOKEN)
