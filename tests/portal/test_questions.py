"""What rules ask on the choice of items: questions, comments and photos, met or not."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from portal.questions import field_name
from returns_portal.returns.rules import Condition, Effect, Match, Question, Rule, RuleBook
from returns_portal.returns.ruling import History, build_rulings
from tests.portal.building import Door, build_order, choice, look_up
from tests.returns.factories import ReturnReasonFactory

WORN = Question("Was it worn?", ("Yes", "No"))
ASKED = Effect("ask_question", text=WORN.label, choices=WORN.choices)
FIELD = field_name(WORN, "1")


@pytest.fixture
def shopper(client: Client, door: Door) -> Client:
    ReturnReasonFactory()
    look_up(client)
    return client


def rule(door: Door, *effects: Effect, conditions: tuple[Condition, ...] = ()) -> None:
    """Puts one rule over the door's order."""
    book = RuleBook([Rule("a", "Rule", 1, Match.ALL, conditions, effects)])
    door.rulings = build_rulings(
        book, build_order(), History(), now=datetime.now(UTC), timezone=ZoneInfo("UTC")
    )


class TestQuestions:
    def test_stand_at_the_item_with_their_answers(self, shopper: Client, door: Door) -> None:
        rule(door, ASKED)
        page = shopper.get("/orders/1/").content.decode()
        assert f'<label for="{FIELD}">Was it worn?</label>' in page
        assert "<option>Yes</option>" in page

    def test_want_an_answer(self, shopper: Client, door: Door) -> None:
        rule(door, ASKED)
        answer = shopper.post("/orders/1/review/", choice(reason="too-small"))
        assert answer.status_code == 422
        page = answer.content.decode()
        assert f'href="#{FIELD}"' in page
        assert "Choose an answer." in page

    def test_take_no_answer_but_theirs(self, shopper: Client, door: Door) -> None:
        rule(door, ASKED)
        fields = {**choice(reason="too-small"), FIELD: "Perhaps"}
        assert shopper.post("/orders/1/review/", fields).status_code == 422

    def test_are_carried_to_the_next_page(self, shopper: Client, door: Door) -> None:
        rule(door, ASKED)
        fields = {**choice(reason="too-small"), FIELD: "No"}
        answer = shopper.post("/orders/1/review/", fields)
        assert answer.status_code == 200
        assert f'name="{FIELD}" value="No"' in answer.content.decode()

    def test_come_up_with_the_reason_that_they_are_about(self, shopper: Client, door: Door) -> None:
        rule(door, ASKED, conditions=(Condition("reason", "one_of", ("too-small",)),))
        assert FIELD not in shopper.get("/orders/1/").content.decode()
        answer = shopper.post("/orders/1/review/", choice(reason="too-small"))
        assert answer.status_code == 422
        assert FIELD in answer.content.decode()


class TestWishes:
    @pytest.mark.parametrize(
        ("effect", "sentence"),
        [
            (Effect("require_comment"), "Tell us in a few words"),
            (Effect("require_photo"), "Add a photo"),
        ],
    )
    def test_are_told_where_they_are_not_met(
        self, shopper: Client, door: Door, effect: Effect, sentence: str
    ) -> None:
        rule(door, effect)
        answer = shopper.post("/orders/1/review/", choice(reason="too-small", note=""))
        assert answer.status_code == 422
        assert sentence in answer.content.decode()

    def test_refuse_a_reason_in_the_shops_words(self, shopper: Client, door: Door) -> None:
        refusal = Effect("not_eligible", text="Please exchange it in the shop.")
        rule(door, refusal, conditions=(Condition("reason", "one_of", ("too-small",)),))
        answer = shopper.post("/orders/1/review/", choice(reason="too-small"))
        assert answer.status_code == 422
        assert "Please exchange it in the shop." in answer.content.decode()
