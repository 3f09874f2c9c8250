"""Checks that ask the database and the settings alone."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django_otp import user_has_device

from returns_portal.returns import snapshots
from returns_portal.returns.checks.findings import Check, Finding, fail, ok, warn
from returns_portal.returns.models import (
    Heartbeat,
    MirroredOrder,
    Operation,
    ReturnPolicy,
    ReturnReason,
    ReturnRequest,
    SalesChannel,
    ShopBrand,
    TikTokShop,
    WebhookDelivery,
)
from returns_portal.returns.policies import NoPolicy, get_policy
from returns_portal.returns.ruling import draft_rules, find_version
from returns_portal.shopify.types import Order

WORKER_SILENT = timedelta(minutes=3)
WEBHOOKS_SILENT = timedelta(days=3)
MAILS_LOOKED_AT = timedelta(days=7)
ORDERS_LOOKED_AT = 300


def note_heartbeat(*, now: datetime) -> None:
    """Notes that a worker has just answered the clock."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"beaten_at": now})


def check_site(now: datetime) -> Finding:
    if not settings.SITE_URL.startswith("https://"):
        return warn(
            _("The site's address is %(url)s, without TLS.") % {"url": settings.SITE_URL},
            _("Set SITE_URL to the https address that shoppers use, and restart."),
        )
    return ok(settings.SITE_URL)


def check_credentials(now: datetime) -> Finding:
    token = settings.SHOPIFY_ACCESS_TOKEN
    pair = settings.SHOPIFY_CLIENT_ID and settings.SHOPIFY_CLIENT_SECRET
    if not token and not pair:
        return fail(
            _("There are no credentials for Shopify."),
            _("Set SHOPIFY_ACCESS_TOKEN, or SHOPIFY_CLIENT_ID and SHOPIFY_CLIENT_SECRET."),
        )
    if not settings.SHOPIFY_WEBHOOK_SECRETS:
        return fail(
            _("There is no secret to verify Shopify's webhooks with."),
            _("Set SHOPIFY_WEBHOOK_SECRETS to the app's client secret."),
        )
    return ok(_("Credentials are set for %(shop)s.") % {"shop": settings.SHOPIFY_SHOP})


def check_worker(now: datetime) -> Finding:
    beat = Heartbeat.objects.order_by("-beaten_at").first()
    cure = _("Start a worker and the clock (celery worker, celery beat), and let both restart.")
    if beat is None:
        return fail(_("No worker has ever answered the clock."), cure)
    if now - beat.beaten_at > WORKER_SILENT:
        minutes = int((now - beat.beaten_at).total_seconds() // 60)
        return fail(
            _("Worker and clock have been silent for %(minutes)d minutes.") % {"minutes": minutes},
            cure,
        )
    return ok(_("Worker and clock are alive."))


def check_webhooks(now: datetime) -> Finding:
    last = WebhookDelivery.objects.order_by("-received_at").first()
    if last is None:
        return warn(
            _("No webhook has come from Shopify yet."),
            _("Change any order in Shopify. If none comes, check SITE_URL and the app's secret."),
        )
    if now - last.received_at > WEBHOOKS_SILENT:
        return warn(
            _("The last webhook came %(days)d days ago.") % {"days": (now - last.received_at).days},
            _("Check below whether the subscriptions are still there."),
        )
    return ok(_("The last one was about %(topic)s.") % {"topic": last.topic})


def check_orders(now: datetime) -> Finding:
    channels = settings.PORTAL_CHANNELS
    orders = MirroredOrder.objects.all()
    if "*" not in channels:
        orders = orders.filter(sales_channel__in=channels)
    if orders.exists():
        return ok(_("Orders of %(channels)s are here.") % {"channels": ", ".join(channels)})
    others = MirroredOrder.objects.exclude(sales_channel="").values_list("sales_channel", flat=True)
    seen = ", ".join(sorted(set(others[:ORDERS_LOOKED_AT])))
    if seen:
        return fail(
            _("No order of %(channels)s has been seen, only of: %(seen)s.")
            % {"channels": ", ".join(channels), "seen": seen},
            _("Set PORTAL_CHANNELS to the source name that your TikTok app gives its orders."),
        )
    return fail(
        _("No order has been read from Shopify yet."),
        _("Run manage.py sync_orders, and check that the worker is alive."),
    )


def check_policies(now: datetime) -> Finding:
    if not ReturnPolicy.objects.filter(active=True).exists():
        return fail(
            _("There is no return policy: nothing can be returned."),
            _("Load the defaults for TikTok Shop's own terms by country, or add one."),
        )
    missing = sorted(country for country in countries_sold_to() if not _is_covered(country))
    if missing:
        return fail(
            _("No return policy holds for: %(countries)s.") % {"countries": ", ".join(missing)},
            _("Add a policy for these countries, or one without countries for everywhere else."),
        )
    if not _is_covered(""):
        return warn(
            _("Every country sold to has a policy, but a new one would have none."),
            _("Add a policy without countries: it holds everywhere else."),
        )
    if not ReturnReason.objects.filter(active=True).exists():
        return fail(_("There are no return reasons."), _("Load the defaults."))
    return ok(_("Every country sold to has a policy."))


def check_terms(now: datetime) -> Finding:
    unknown = [policy for policy in ReturnPolicy.objects.filter(active=True) if policy.not_known]
    if not unknown:
        return ok(_("Every term of the policies is known."))
    listed = ", ".join(f"{policy.name} ({len(policy.not_known)})" for policy in unknown)
    return warn(
        _("Terms that no public page told, by policy: %(policies)s.") % {"policies": listed},
        _("Decide each term in its policy, then take it off the policy's “not known” list."),
    )


def check_rules(now: datetime) -> Finding:
    """Rules count once they are published: a shop must not believe in a draft."""
    drafts = [
        policy.name
        for policy in ReturnPolicy.objects.filter(active=True)
        if draft_rules(policy) and find_version(policy) is None
    ]
    if not drafts:
        return ok(_("No policy has rules that were never published."))
    return warn(
        _("These policies have rules that do not count yet: %(names)s.")
        % {"names": ", ".join(drafts)},
        _("Open each one's Rules and versions, try them on past orders, and publish them."),
    )


def _is_covered(country: str) -> bool:
    try:
        get_policy(country)
    except NoPolicy:
        return False
    return True


def countries_sold_to() -> set[str]:
    """The countries of the latest orders and of all requests."""
    latest = MirroredOrder.objects.order_by("-shopify_updated_at")[:ORDERS_LOOKED_AT]
    orders = {snapshots.load(row.snapshot, Order).country for row in latest}
    requests = ReturnRequest.objects.exclude(country="").values_list("country", flat=True)
    return {country for country in orders | set(requests.distinct()) if country}


def check_brand(now: datetime) -> Finding:
    brand = ShopBrand.objects.first()
    if brand is None or not brand.name:
        return warn(
            _("Shoppers read “%(name)s” at the head of the page.") % {"name": settings.PORTAL_NAME},
            _("Give the shop's name, logo and colors under Brand."),
        )
    if not (brand.support_email or brand.support_url):
        return warn(
            _("Shoppers find no way to reach the shop."),
            _("Give an e-mail address or a page for help under Brand."),
        )
    return ok(_("%(name)s, with a way to reach it.") % {"name": brand.name})


def check_mails(now: datetime) -> Finding:
    mails = Operation.objects.filter(kind=Operation.Kind.SEND_EMAIL)
    recent = mails.filter(created_at__gt=now - MAILS_LOOKED_AT)
    failed = recent.filter(state=Operation.State.FAILED).count()
    if failed:
        return fail(
            _("Mails given up in the last week: %(count)d.") % {"count": failed},
            _("Open Operations to see why, mend it, and try them again."),
        )
    if not mails.filter(state=Operation.State.DONE).exists():
        return warn(
            _("No mail has been sent yet."),
            _("Send yourself a test mail from this page."),
        )
    return ok(_("Mails are going out."))


def check_two_factor(now: datetime) -> Finding:
    if settings.STAFF_TWO_FACTOR == "required":
        return ok(_("Everybody on the staff side needs it."))
    people = get_user_model().objects.filter(is_active=True, is_staff=True)
    without = [str(user) for user in people if not user_has_device(user)]
    if without:
        return warn(
            _("People without a second factor: %(people)s.") % {"people": ", ".join(without)},
            _("Set STAFF_TWO_FACTOR=required, or ask them to set it up."),
        )
    return ok(_("Everybody on the staff side has one."))


PERMISSION_ENDS = timedelta(days=14)
UNREAD = timedelta(hours=1)


def check_tiktok(now: datetime) -> Finding:
    used = SalesChannel.objects.filter(settlement=ReturnRequest.Settlement.TIKTOK)
    if not used.exists():
        return ok(_("No channel settles through TikTok's API."))
    if not (settings.TIKTOK_APP_KEY and settings.TIKTOK_APP_SECRET):
        return fail(
            _("A channel settles through TikTok, but there are no credentials for its API."),
            _("Set TIKTOK_APP_KEY and TIKTOK_APP_SECRET, and connect the shop."),
        )
    shop = TikTokShop.objects.order_by("-changed_at").first()
    if shop is None or shop.refresh_expires_at < now:
        return fail(
            _("No TikTok shop is connected, or its permission has run out."),
            _("Connect the TikTok shop again."),
        )
    if shop.trouble:
        return fail(shop.trouble, _("Connect the TikTok shop again."))
    if shop.refresh_expires_at - now < PERMISSION_ENDS:
        days = {"days": (shop.refresh_expires_at - now).days}
        return warn(
            _("TikTok's permission ends in %(days)s days.") % days,
            _("Connect the TikTok shop again."),
        )
    if shop.read_until is not None and now - shop.read_until > UNREAD:
        return warn(
            _("TikTok's aftersales were not read to the end for an hour."),
            _("Look whether worker and clock run, and into the log for what TikTok answered."),
        )
    return ok(_("Connected to %(shop)s.") % {"shop": shop})


LOCAL: tuple[Check, ...] = (
    Check("site", _lazy("Address of the portal"), check_site),
    Check("credentials", _lazy("Credentials for Shopify"), check_credentials),
    Check("worker", _lazy("Worker and clock"), check_worker),
    Check("orders", _lazy("Orders of TikTok Shop"), check_orders),
    Check("webhooks", _lazy("Webhooks from Shopify"), check_webhooks),
    Check("policies", _lazy("Return policies"), check_policies),
    Check("terms", _lazy("Terms of the policies"), check_terms),
    Check("rules", _lazy("Rules of the policies"), check_rules),
    Check("brand", _lazy("Brand and contact"), check_brand),
    Check("mails", _lazy("E-mails to shoppers"), check_mails),
    Check("two_factor", _lazy("Two-factor sign-in"), check_two_factor),
    Check("tiktok", _lazy("TikTok's API"), check_tiktok),
)
