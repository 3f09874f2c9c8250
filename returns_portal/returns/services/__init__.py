"""The only way to change anything: each decision is one short transaction without a network."""

from returns_portal.returns.history import Actor
from returns_portal.returns.photos.files import MOST_PHOTOS
from returns_portal.returns.quotes import RequestedLine
from returns_portal.returns.services.approving import (
    approve,
    confirm_proposal,
    needs_second_person,
    open_proposal,
    withdraw_proposal,
)
from returns_portal.returns.services.asking import missing_answers
from returns_portal.returns.services.blocking import block_shopper, unblock_shopper
from returns_portal.returns.services.branding import BrandWords, apply_words, change_brand
from returns_portal.returns.services.bulk import (
    MOST_AT_ONCE,
    forget_drafts,
    is_running,
    lost_jobs,
    obstacle_of,
    prepare_bulk,
    start_bulk,
    stop_bulk,
    work_off_bulk,
)
from returns_portal.returns.services.changing import (
    change_request,
    choices_for_change,
    facts_for_change,
)
from returns_portal.returns.services.contact import change_contact, confirm_contact
from returns_portal.returns.services.decisions import cancel, decline, expire, may_end
from returns_portal.returns.services.excepting import (
    WantedException,
    give_exception,
    take_back_exception,
)
from returns_portal.returns.services.external import (
    awaits_external_refund,
    confirm_external_refund,
)
from returns_portal.returns.services.following import aftersales_to_warn_of, warn_of_deadline
from returns_portal.returns.services.guard import Refused
from returns_portal.returns.services.inquiring import ask_for_information, resume, write_note
from returns_portal.returns.services.keeping_time import keep_time, set_tiktok_deadline
from returns_portal.returns.services.line_decisions import Decision, LineDecision
from returns_portal.returns.services.links import (
    answer_wishes,
    ask_for_links,
    renew_link,
    revoke_order_links,
)
from returns_portal.returns.services.lowering import accept_lower_amount
from returns_portal.returns.services.mail_texts import reset_mail_text, write_mail_text
from returns_portal.returns.services.messaging import mark_read, write_message
from returns_portal.returns.services.photos import (
    add_photos,
    drop_uploads,
    find_uploads,
    keep_uploads,
    lacks_photo,
    sweep_files,
    sweep_uploads,
)
from returns_portal.returns.services.placing import Placement, place_goods
from returns_portal.returns.services.publishing import (
    find_trial,
    is_published,
    publish_policy,
    replace_rules,
    roll_back,
)
from returns_portal.returns.services.receipt import Receipt, receive
from returns_portal.returns.services.rejecting import may_reject, reject_on_tiktok
from returns_portal.returns.services.reporting import (
    mark_fixed,
    schedule_report,
    take_back_fix,
    unschedule_report,
)
from returns_portal.returns.services.requesting import NotEligible, Problem, request_return
from returns_portal.returns.services.sending import (
    may_be_on_its_way,
    may_tell_tracking,
    tell_tracking,
)
from returns_portal.returns.services.settlement import retry_operation
from returns_portal.returns.services.trying_out import go_on_trying, start_trial

__all__ = [
    "MOST_AT_ONCE",
    "MOST_PHOTOS",
    "Actor",
    "BrandWords",
    "Decision",
    "LineDecision",
    "NotEligible",
    "Placement",
    "Problem",
    "Receipt",
    "Refused",
    "RequestedLine",
    "WantedException",
    "accept_lower_amount",
    "add_photos",
    "aftersales_to_warn_of",
    "answer_wishes",
    "apply_words",
    "approve",
    "ask_for_information",
    "ask_for_links",
    "awaits_external_refund",
    "block_shopper",
    "cancel",
    "change_brand",
    "change_contact",
    "change_request",
    "choices_for_change",
    "confirm_contact",
    "confirm_external_refund",
    "confirm_proposal",
    "decline",
    "drop_uploads",
    "expire",
    "facts_for_change",
    "find_trial",
    "find_uploads",
    "forget_drafts",
    "give_exception",
    "go_on_trying",
    "is_published",
    "is_running",
    "keep_time",
    "keep_uploads",
    "lacks_photo",
    "lost_jobs",
    "mark_fixed",
    "mark_read",
    "may_be_on_its_way",
    "may_end",
    "may_reject",
    "may_tell_tracking",
    "missing_answers",
    "needs_second_person",
    "obstacle_of",
    "open_proposal",
    "place_goods",
    "prepare_bulk",
    "publish_policy",
    "receive",
    "reject_on_tiktok",
    "renew_link",
    "replace_rules",
    "request_return",
    "reset_mail_text",
    "resume",
    "retry_operation",
    "revoke_order_links",
    "roll_back",
    "schedule_report",
    "set_tiktok_deadline",
    "start_bulk",
    "start_trial",
    "stop_bulk",
    "sweep_files",
    "sweep_uploads",
    "take_back_exception",
    "take_back_fix",
    "tell_tracking",
    "unblock_shopper",
    "unschedule_report",
    "warn_of_deadline",
    "withdraw_proposal",
    "work_off_bulk",
    "write_mail_text",
    "write_message",
    "write_note",
]
