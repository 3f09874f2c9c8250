"""The desk around a decision: asking, notes, second opinions, money by hand, the block list."""

from decimal import Decimal

import pytest
from django.test import Client

from returns_portal.returns.models import ApprovalLimit, CannedText, ReturnRequest
from returns_portal.returns.shoppers import note_keys
from tests.returns.factories import request_with_line
from tests.staff.conftest import SignIn
from tests.staff.deciding import approval, state_of
from tests.staff.pages import get, text, url

pytestmark = pytest.mark.django_db
AGENT = ("view_returnrequest", "decide_returnrequest", "view_personal_data")


@pytest.fixture
def agent(sign_in: SignIn) -> Client:
    return sign_in(*AGENT)


class TestAsk:
    def test_shows_the_mail_before_it_is_sent(self, agent: Client) -> None:
        item = request_with_line()
        before = state_of(item)
        fields = {"body": "Please send a photo.", "preview": "yes"}
        answer = agent.post(url(item, "ask"), fields, headers={"HX-Request": "true"})
        assert "Please send a photo." in text(answer)
        assert "The shop has a question" in text(answer)
        assert state_of(item) == before

    def test_sends_the_question_and_waits(self, agent: Client) -> None:
        item = request_with_line()
        agent.post(url(item, "ask"), {"body": "Please send a photo."})
        item.refresh_from_db()
        assert item.status == "needs_info"
        assert "Go on without an answer" in get(agent, item)
        agent.post(url(item, "resume"))
        item.refresh_from_db()
        assert item.status == "requested"

    def test_offers_the_shop_s_own_texts_in_the_shopper_s_language(self, agent: Client) -> None:
        CannedText.objects.create(purpose="ask", language="en", title="Own", body="Own words.")
        page = get(agent, request_with_line(), "ask")
        assert 'data-text="Own words."' in page
        assert "photo of the label" not in page
        assert "photo of the label" in get(agent, request_with_line(language="de"), "ask")


class TestNote:
    def test_is_shown_to_staff(self, agent: Client) -> None:
        item = request_with_line()
        agent.post(url(item, "note"), {"body": "Smells of smoke."})
        assert "Smells of smoke." in get(agent, item)


class TestMoneyByHand:
    FIELDS = {"other_amount": "20,00", "amount_reason": "Scratched."}

    @pytest.fixture
    def manager(self, sign_in: SignIn) -> Client:
        return sign_in(*AGENT, "change_amount_returnrequest")

    def test_pays_the_amount_as_the_person_writes_it(self, manager: Client) -> None:
        item = request_with_line()
        fields = approval(item, amount="20.00", **self.FIELDS)
        manager.post(url(item, "approve"), fields)
        assert state_of(item)["approved"] == Decimal("20.00")
        assert item.events.get(kind="amount_changed").message == "24.49 → 20 USD: Scratched."

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("1.234", "could be thousands or decimals"),
            ("twenty", "This is no amount"),
            ("20.001", "could be thousands or decimals"),
            ("99", "At most US$24.49 can be refunded"),
        ],
    )
    def test_says_what_is_wrong_and_changes_nothing(
        self, manager: Client, typed: str, words: str
    ) -> None:
        item = request_with_line()
        before = state_of(item)
        fields = approval(item, other_amount=typed, amount_reason="Scratched.")
        assert words in text(manager.post(url(item, "approve"), fields))
        assert state_of(item) == before

    def test_asks_for_the_reason(self, manager: Client) -> None:
        item = request_with_line()
        before = state_of(item)
        fields = approval(item, amount="20.00", other_amount="20.00", amount_reason="")
        assert "Say why the amount" in text(manager.post(url(item, "approve"), fields))
        assert state_of(item) == before

    def test_is_nothing_for_those_who_may_not(self, agent: Client) -> None:
        item = request_with_line()
        before = state_of(item)
        assert "Fees and amount by hand" not in get(agent, item, "approve")
        fields = approval(item, amount="20.00", **self.FIELDS)
        assert agent.post(url(item, "approve"), fields).status_code == 403
        assert state_of(item) == before


class TestTwoPeople:
    def test_are_needed_above_the_limit(self, sign_in: SignIn) -> None:
        ApprovalLimit.objects.create(currency="USD", amount=Decimal(10))
        first, second, item = sign_in(*AGENT), sign_in(*AGENT), request_with_line()
        assert "Propose the refund of US$24.49" in get(first, item, "approve")
        first.post(url(item, "approve"), approval(item))
        assert state_of(item)["status"] == "requested"
        proposal = item.proposals.get()
        assert "Confirm: approve" not in get(first, item)
        first.post(url(item, "confirm"), {"proposal": proposal.pk})
        assert state_of(item)["status"] == "requested"
        assert "Confirm: approve US$24.49" in get(second, item)
        second.post(url(item, "confirm"), {"proposal": proposal.pk})
        assert state_of(item)["status"] == "approved"


class TestBlockList:
    def test_is_kept_from_the_screen(self, agent: Client) -> None:
        item = request_with_line()
        note_keys(item, None, "ada@example.com")
        agent.post(url(item, "block"), {"reason": "Empty boxes."})
        assert "On the block list" in get(agent, item)
        listed = text(agent.get("/admin/returns/blockedshopper/"))
        assert "Empty boxes." in listed
        assert item.rma_number in listed
        agent.post(url(item, "block"), {"lift": "yes"})
        assert "Take off the block list" not in get(agent, item)


class TestRights:
    @pytest.mark.parametrize("part", ["ask", "resume", "note", "block", "confirm", "withdraw"])
    @pytest.mark.parametrize("permissions", [(), ("view_returnrequest",), ("view_personal_data",)])
    def test_are_needed_for_each(
        self, sign_in: SignIn, part: str, permissions: tuple[str, ...]
    ) -> None:
        item: ReturnRequest = request_with_line()
        before = state_of(item)
        fields = {"body": "Hello", "reason": "No."}
        assert sign_in(*permissions).post(url(item, part), fields).status_code == 403
        assert (state_of(item), item.internal_notes.count()) == (before, 0)
