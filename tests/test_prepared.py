"""Prepared queries answer as the querysets they were made of; what is held asks nothing more."""

import pytest
from django.db.models import Count, F
from django.db.models.query import QuerySet
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from returns_portal.prepared import Asked, Prepared, hold
from returns_portal.returns.models import ReturnLineItem, ReturnRequest, ReverseDelivery
from tests.returns.factories import ReturnLineItemFactory, ReturnRequestFactory

pytestmark = pytest.mark.django_db


def by_token(**annotations: object) -> Prepared[ReturnRequest]:
    return Prepared(ReturnRequest.objects.filter(token=Asked("token")).annotate(**annotations))


class TestPrepared:
    def test_answers_models_with_every_field_as_stored(self) -> None:
        stored = ReturnRequestFactory(policy_terms={"windows": [1, "zwei"]})
        [read] = by_token()(token=stored.token)
        fields = [field.attname for field in ReturnRequest._meta.concrete_fields]
        stored.refresh_from_db()
        assert [getattr(read, name) for name in fields] == [
            getattr(stored, name) for name in fields
        ]
        assert (read, read._state.adding) == (stored, False)

    def test_answers_each_time_for_the_values_given_then(self) -> None:
        one, other = ReturnRequestFactory(), ReturnRequestFactory()
        ask = by_token()
        assert [ask.first(token=row.token) for row in (one, other)] == [one, other]

    def test_has_nothing_first_where_there_is_nothing(self) -> None:
        assert by_token().first(token="unknown") is None

    def test_brings_annotations_along(self) -> None:
        line = ReturnLineItemFactory()
        ask = by_token(many=Count("lines"), order=F("order_name"))
        [read] = ask(token=line.return_request.token)
        assert (read.many, read.order) == (1, line.return_request.order_name)  # type: ignore[attr-defined]

    def test_reads_later_what_it_left_out(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        stored = ReturnRequestFactory(order_name="#1001")
        ask = Prepared(ReturnRequest.objects.filter(pk=Asked("pk")).only("token"))
        with django_assert_num_queries(1):
            [read] = ask(pk=stored.pk)
            assert read.token == stored.token
        with django_assert_num_queries(1):
            assert read.order_name == "#1001"

    def test_is_written_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        stored = ReturnRequestFactory()
        ask = by_token()
        ask(token=stored.token)
        monkeypatch.setattr(QuerySet, "_fetch_all", None)
        monkeypatch.setattr(type(ask.queryset.query), "get_compiler", None)
        assert ask(token=stored.token) == [stored]

    def test_wants_each_value_that_it_asks_for(self) -> None:
        with pytest.raises(KeyError):
            by_token()(tocken="mistyped")

    def test_joins_other_models_in(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        now = timezone.now()
        sent = ReverseDelivery.objects.create(
            return_request=ReturnRequestFactory(), carrier="ups", tracking_number="1Z9",
            sent_at=now, changed_at=now,
        )  # fmt: skip
        unsent = ReturnRequestFactory()
        ask = Prepared(
            ReturnRequest.objects.filter(token=Asked("token")).select_related("reverse_delivery")
        )
        with django_assert_num_queries(2):
            [read] = ask(token=sent.return_request.token)
            assert read.reverse_delivery == sent
            assert read.reverse_delivery.tracking_number == sent.tracking_number
            [other] = ask(token=unsent.token)
            assert not hasattr(other, "reverse_delivery")


class TestHold:
    def test_gives_a_row_its_relation_without_a_query(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        stored = ReturnLineItemFactory().return_request
        read = ReturnRequest.objects.get(pk=stored.pk)
        lines = list(ReturnLineItem.objects.filter(return_request=stored))
        with django_assert_num_queries(0):
            hold(read, "lines", lines)
            assert list(read.lines.all()) == lines
            assert lines[0].return_request is read
