"""Adds the shop's bonus to the store credit: sent once, and looked for when the answer is lost."""

from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.processing.step import NeedsPerson, NotYet, Step
from returns_portal.returns.services.crediting import begin_bonus, bonus_granted
from returns_portal.shopify.credits import give_credit, list_credits
from returns_portal.shopify.types import Credit, Money

ADJUSTMENT = "ADJUSTMENT"


def grant_bonus(step: Step) -> None:
    """Credits the bonus, unless a credit of it is there since it was sent the last time."""
    request = step.request
    if not request.shopify_customer_id:
        raise NeedsPerson("The order has no customer in Shopify who could hold the bonus.")
    amount = Money(request.bonus_amount, request.currency)
    credits = list_credits(step.client, request.shopify_customer_id, request.currency)
    if step.operation.sent_at and (found := find_bonus(request, amount, credits)):
        bonus_granted(step.operation, found, now=step.clock())
        return
    newest = credits[0].id if credits else ""
    if not begin_bonus(step.operation, newest_credit=newest, now=step.clock()):
        raise NotYet("Another bonus for the same customer is under way.")
    given = give_credit(step.client, request.shopify_customer_id, amount)
    bonus_granted(step.operation, given, now=step.clock())


def find_bonus(request: ReturnRequest, amount: Money, credits: tuple[Credit, ...]) -> Credit | None:
    """The oldest credit of this amount since the bonus was sent that is no other request's."""
    newer = []
    for credit in credits:
        if credit.id == request.bonus_newer_than:
            break
        newer.append(credit)
    like = [each for each in newer if each.amount == amount and each.event == ADJUSTMENT]
    taken = set(
        ReturnRequest.objects.filter(bonus_transaction_id__in=[c.id for c in like]).values_list(
            "bonus_transaction_id", flat=True
        )
    )
    return next((credit for credit in reversed(like) if credit.id not in taken), None)
