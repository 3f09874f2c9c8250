"""A policy's rules: edited as a draft, tried on past orders, published, rolled back."""

import json
from typing import Any

import msgspec
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from returns_portal.returns import services, snapshots
from returns_portal.returns.models import DryRun, PolicyRule, PolicyVersion, ReturnPolicy
from returns_portal.returns.rules import Rule, RuleBook
from returns_portal.returns.rules.conditions import Unreadable
from returns_portal.returns.ruling import rule_of
from returns_portal.returns.services import Refused
from staff.access import actor_of, require
from staff.rule_examples import build_examples
from staff.rule_forms import RuleEditor, wants_more
from staff.rule_help import build_help, reason_words
from staff.rule_wording import tell_rule

VIEW = "returns.view_returnpolicy"
CHANGE = "returns.change_returnpolicy"
LARGEST_FILE = 500_000
FOLDER = "admin/returns/returnpolicy"


def get_policy_or_404(pk: int) -> ReturnPolicy:
    found = ReturnPolicy.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def render_page(
    request: HttpRequest, template: str, title: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    page = {**admin.site.each_context(request), "title": title, **context}
    page["may_change"] = request.user.has_perm(CHANGE)
    return render(request, f"{FOLDER}/{template}", page, status=status)


def url_of(policy: ReturnPolicy) -> str:
    return reverse("admin:returns_returnpolicy_rules", args=[policy.pk])


@require_safe
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft's rules in plain words, whether they are published, and the earlier versions."""
    require(request, VIEW)
    policy = get_policy_or_404(pk)
    rows, reasons = PolicyRule.objects.filter(policy=policy), reason_words()
    versions = PolicyVersion.objects.filter(policy=policy)
    context = {
        "policy": policy,
        "rules": [(row, tell_rule(rule_of(row), reasons)) for row in rows],
        "versions": versions.select_related("published_by", "again")[:50],
        "published": services.is_published(policy),
        "trial": services.find_trial(policy),
    }
    title = _("Rules: %(policy)s") % {"policy": policy.name}
    return render_page(request, "rules.html", title, context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int, rule_id: int = 0) -> HttpResponse:
    """A rule of the draft, to be filled in; `rule_id` of 0 is a new one."""
    require(request, VIEW, CHANGE)
    policy = get_policy_or_404(pk)
    row = PolicyRule.objects.filter(policy=policy, pk=rule_id).first()
    if rule_id and row is None:
        raise Http404
    data = request.POST if request.method == "POST" else None
    rule = rule_of(row) if row else None
    example = None if row else build_examples(timezone.localdate()).get(request.GET.get("like", ""))
    editor = RuleEditor(rule, active=row.active if row else True, data=data, example=example)
    if data is None or wants_more(data):
        return _render_editor(request, policy, row, editor)
    if not editor.is_valid():
        return _render_editor(request, policy, row, editor, status=422)
    save_rule(policy, editor.build(), active=editor.head.cleaned_data["active"])
    messages.success(request, _("The rule is saved in the draft. It holds once you publish."))
    return redirect(url_of(policy))


def save_rule(policy: ReturnPolicy, rule: Rule, *, active: bool) -> None:
    """Puts the rule into the policy's draft, in place of the one with the same key."""
    PolicyRule.objects.update_or_create(
        policy=policy,
        key=rule.key,
        defaults={
            "name": rule.name,
            "priority": rule.priority,
            "match": rule.match.value,
            "conditions": snapshots.dump(rule.conditions),
            "effects": snapshots.dump(rule.effects),
            "active": active,
        },
    )


def _render_editor(
    request: HttpRequest,
    policy: ReturnPolicy,
    row: PolicyRule | None,
    editor: RuleEditor,
    status: int = 200,
) -> HttpResponse:
    title = row.name if row else _("New rule")
    context = {
        "policy": policy,
        "row": row,
        "editor": editor,
        "failed": status != 200,
        "help": build_help(),
        "examples": () if row else build_examples(timezone.localdate()).values(),
    }
    return render_page(request, "rule.html", title, context, status=status)


@require_POST
def delete(request: HttpRequest, pk: int, rule_id: int) -> HttpResponse:
    """Takes a rule out of the draft; published versions keep it."""
    require(request, VIEW, CHANGE)
    policy = get_policy_or_404(pk)
    PolicyRule.objects.filter(policy=policy, pk=rule_id).delete()
    messages.success(request, _("The rule is taken out of the draft."))
    return redirect(url_of(policy))


@require_POST
def start_trial(request: HttpRequest, pk: int) -> HttpResponse:
    """Begins a dry run of the draft."""
    require(request, VIEW, CHANGE)
    policy = get_policy_or_404(pk)
    try:
        trial = services.start_trial(policy_id=policy.pk, now=timezone.now())
    except Unreadable as problem:
        messages.error(request, _("A rule can't be read: %(what)s") % {"what": problem})
        return redirect(url_of(policy))
    return redirect("admin:returns_returnpolicy_trial", policy.pk, trial.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: HttpRequest, pk: int, trial_id: int) -> HttpResponse:
    """How far a dry run has come and what it found; a POST tries the next portion."""
    require(request, VIEW)
    policy = get_policy_or_404(pk)
    found = DryRun.objects.filter(policy=policy, pk=trial_id).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        require(request, CHANGE)
        found = services.go_on_trying(trial_id=found.pk, now=timezone.now())
    current = services.find_trial(policy)
    context = {
        "policy": policy,
        "trial": found,
        "of_this_draft": current is not None and current.pk == found.pk,
        "published": services.is_published(policy),
        "seen": found.seen + found.requests_seen,
        "running": found.state == DryRun.State.RUNNING,
    }
    return render_page(
        request, "trial.html", _("Dry run: %(policy)s") % {"policy": policy}, context
    )


@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Makes the draft hold for requests from now on."""
    require(request, VIEW, CHANGE)
    policy = get_policy_or_404(pk)
    try:
        version = services.publish_policy(
            policy_id=policy.pk, actor=actor_of(request), now=timezone.now()
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        words = _("Version %(number)s is published and holds from now on.")
        messages.success(request, words % {"number": version.number})
    return redirect(url_of(policy))


@require_POST
def roll_back(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Publishes an earlier version again."""
    require(request, VIEW, CHANGE)
    policy = get_policy_or_404(pk)
    earlier = PolicyVersion.objects.filter(policy=policy, number=number).first()
    if earlier is None:
        raise Http404
    try:
        services.roll_back(version_id=earlier.pk, actor=actor_of(request), now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        words = _("Version %(number)s holds again, and the draft is the same.")
        messages.success(request, words % {"number": number})
    return redirect(url_of(policy))


@require_safe
def export_rules(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft's rules as a JSON file."""
    require(request, VIEW)
    policy = get_policy_or_404(pk)
    rules = tuple(rule_of(row) for row in PolicyRule.objects.filter(policy=policy))
    response = JsonResponse({"rules": snapshots.dump(rules)}, json_dumps_params={"indent": 2})
    response["Content-Disposition"] = f'attachment; filename="rules-{policy.pk}.json"'
    return response


@require_POST
def import_rules(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts the rules of a JSON file in place of the draft's; all of them or none."""
    require(request, VIEW, CHANGE)
    policy = get_policy_or_404(pk)
    upload = request.FILES.get("file")
    try:
        if upload is None or (upload.size or 0) > LARGEST_FILE:
            raise ValueError
        rules = snapshots.load(json.loads(upload.read())["rules"], tuple[Rule, ...])
        RuleBook(rules)
        if len({rule.key for rule in rules}) != len(rules):
            raise ValueError
    except (ValueError, KeyError, TypeError, msgspec.ValidationError):
        words = _("This is no file of rules that can be read. The draft is as it was.")
        messages.error(request, words)
        return redirect(url_of(policy))
    services.replace_rules(policy, rules)
    messages.success(request, _("The draft now has the rules of the file."))
    return redirect(url_of(policy))
