"""Withdrawal from a contract: a statement, its confirmation, and a receipt to keep."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from portal import throttle
from portal.access import private
from portal.forms import WithdrawalForm
from portal.responses import problem_status, problems_of, see_other, switches_language
from returns_portal.addresses import client_address
from returns_portal.returns.models import Withdrawal, WithdrawalRules
from returns_portal.returns.services.withdrawing import (
    declare_withdrawal,
    hash_of,
    withdrawal_rules,
    word_declaration,
)
from returns_portal.returns.wording.withdrawals import INTRO


@require_http_methods(["GET", "HEAD", "POST"])
@private()
def withdraw(request: HttpRequest) -> HttpResponse:
    """Asks for the contract and an address; then shows the very words, and takes them."""
    rules = withdrawal_rules()
    if not rules.active:
        raise Http404
    if request.method != "POST":
        return _render_form(request, rules, WithdrawalForm(initial=request.GET.dict()))
    form = WithdrawalForm(request.POST)
    switches = switches_language(request)
    asks = "change" in request.POST or (switches and "confirmed" not in request.POST)
    if asks or not form.is_valid():
        return _render_form(request, rules, form, 422 if form.errors else 200)
    text = word_declaration(form.wish)
    if switches or hash_of(text) != request.POST.get("confirmed"):
        context = {"form": form, "text": text, "hash": hash_of(text)}
        return render(request, "portal/withdraw_confirm.html", context)
    return _declare(request, form, text)


@require_safe
@private()
def withdrawal(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt: what was declared, when, and whether the words still fit their hash."""
    found = get_object_or_404(Withdrawal, token=token)
    context = {"withdrawal": found, "fits": hash_of(found.text) == found.sha256}
    return render(request, "portal/withdrawal.html", context)


def _declare(request: HttpRequest, form: WithdrawalForm, text: str) -> HttpResponse:
    """Takes the declaration whoever sends it: too many from one address only wait for staff."""
    fields = form.cleaned_data
    made = declare_withdrawal(
        text=text,
        order_number=fields["order_number"],
        postcode=fields["postcode"],
        name=fields["name"],
        email=fields["email"],
        language=get_language() or settings.LANGUAGE_CODE,
        key=str(fields["key"]),
        now=timezone.now(),
        looks_for_order=throttle.take(throttle.WITHDRAWALS, client_address(request)),
        mails_receipt=throttle.take(
            throttle.RECEIPTS_PER_EMAIL, throttle.order_key(fields["email"].lower())
        ),
    )
    return see_other("portal:withdrawal", made.token)


def _render_form(
    request: HttpRequest, rules: WithdrawalRules, form: WithdrawalForm, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "problems": problems_of(form),
        "intro": rules.intro.strip() or INTRO,
    }
    return render(request, "portal/withdraw.html", context, status=problem_status(request, status))
