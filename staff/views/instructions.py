"""What shoppers read of a policy, previewed while it is typed: on their page and in their mail."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from returns_portal.returns.emails.building import build_parts
from returns_portal.returns.emails.samples import sample_facts
from returns_portal.returns.emails.texts import get_words
from returns_portal.returns.models import ReturnPolicy
from returns_portal.returns.policies import build_terms
from returns_portal.returns.statements import instruction_steps
from staff.access import require
from staff.previews import framed, framed_page, show_mail

VIEW = "returns.view_returnpolicy"
PAGE = "admin/returns/returnpolicy/preview.html"
WORDS = ("conditions", "instructions", "return_address")
CHOICES: dict[str, type[TextChoices]] = {
    "instructions_on": ReturnPolicy.InstructionsOn,
    "refund_on": ReturnPolicy.RefundOn,
    "return_shipping_paid_by": ReturnPolicy.PaidBy,
}


@dataclass(frozen=True, slots=True)
class Look:
    """A way to see what the shopper reads; `mail` names the mail, where it is one."""

    label: object
    dark: bool = False
    mail: str = ""


LOOKS = {
    "page": Look(gettext_lazy("Page")),
    "page-dark": Look(gettext_lazy("Page in the dark"), dark=True),
    "requested": Look(gettext_lazy("Mail after the request"), mail="requested"),
    "approved": Look(gettext_lazy("Mail after the approval"), mail="approved"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest) -> HttpResponseBase:
    """The typed words of a policy, or a saved policy's, as the shopper reads them."""
    require(request, VIEW)
    look = LOOKS.get(request.POST.get("look", ""), LOOKS["page"])
    policy = _typed(request) if request.method == "POST" else _saved(request)
    return _show_mail(request, policy, look) if look.mail else _show_page(request, policy, look)


@framed
def _show_mail(request: HttpRequest, policy: ReturnPolicy, look: Look) -> HttpResponse:
    facts = sample_facts(look.mail, now=timezone.now(), terms=build_terms(policy))
    return show_mail(build_parts(look.mail, get_words(look.mail), facts), "light")


@framed_page
def _show_page(request: HttpRequest, policy: ReturnPolicy, look: Look) -> HttpResponse:
    terms = build_terms(policy)
    facts = sample_facts("approved", now=timezone.now(), terms=terms)
    context = {
        "look": look,
        "conditions": terms.conditions.strip(),
        "steps": instruction_steps(terms),
        "address": terms.return_address.strip(),
        "at_once": terms.instructions_on == ReturnPolicy.InstructionsOn.REQUEST,
        "return_request": facts.return_request,
    }
    return render(request, PAGE, context)


def _typed(request: HttpRequest) -> ReturnPolicy:
    """A policy of the typed words, unsaved; whatever is no choice stays the default."""
    policy = ReturnPolicy(name="")
    for name in WORDS:
        setattr(policy, name, request.POST.get(name, "")[:5000])
    for name, choices in CHOICES.items():
        if (chosen := request.POST.get(name)) in choices.values:
            setattr(policy, name, chosen)
    return policy


def _saved(request: HttpRequest) -> ReturnPolicy:
    pk = request.GET.get("policy", "")
    if not pk:
        return ReturnPolicy(name="")
    policy = ReturnPolicy.objects.filter(pk=int(pk)).first() if pk.isdecimal() else None
    if policy is None:
        raise Http404
    return policy
