"""Which function answers which field, and what a request knows while it is answered."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from graphql import GraphQLResolveInfo

from returns_portal.shopify.sandbox.errors import Refused, top_level
from returns_portal.shopify.sandbox.state import Doc, Draft, Node, State, timestamp

Args = dict[str, Any]
CONCURRENT = "IDEMPOTENCY_CONCURRENT_REQUEST"
MISMATCH = "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"
KEY_LIFE = timedelta(hours=24)


@dataclass
class Context:
    """One request: the shop's state, and what the answer needs from around it."""

    state: State
    base_url: str
    api_version: str
    refund_status: str = "SUCCESS"
    refund_settles_after: int | None = None
    # Orders list their returns with a delay: the newest one does not show.
    newest_return_shows: bool = True
    keys: dict[str, str] = field(default_factory=dict)
    busy: bool = False
    warnings: list[Doc] = field(default_factory=list)


Resolver = Callable[[Any, Context, Args], Any]
Mutation = Callable[[Draft, Context, Args], Doc]
Replay = Callable[[Context, Doc], Doc]

FIELDS: dict[tuple[str, str], Resolver] = {}
MUTATIONS: dict[str, Mutation] = {}
REPLAYS: dict[str, Replay] = {}


def resolves(type_name: str, *names: str) -> Callable[[Resolver], Resolver]:
    """Let the function answer these fields of a type."""

    def register(function: Resolver) -> Resolver:
        for name in names:
            FIELDS[(type_name, name)] = function
        return function

    return register


def mutation(name: str, replay: Replay | None = None) -> Callable[[Mutation], Mutation]:
    """Let the function carry out a mutation; with `replay`, `@idempotent` is demanded for it."""

    def register(function: Mutation) -> Mutation:
        MUTATIONS[name] = function
        if replay is not None:
            REPLAYS[name] = replay
        return function

    return register


def resolve(source: Any, info: GraphQLResolveInfo[Context], **args: Any) -> Any:
    """Answer any field: by its registered function, or from the document itself."""
    context = info.context
    if info.parent_type.name == "Mutation":
        return run_mutation(info.field_name, context, args, alias=str(info.path.key))
    function = FIELDS.get((info.parent_type.name, info.field_name))
    if function is not None:
        return function(source, context, args)
    doc = source.doc if isinstance(source, Node) else source
    return doc[info.field_name]


def type_of(value: Any, _info: GraphQLResolveInfo[Context], _abstract: Any) -> str:
    """The concrete type behind an interface or a union."""
    return value.kind if isinstance(value, Node) else str(value["__typename"])


def run_mutation(name: str, context: Context, args: Args, *, alias: str) -> Doc:
    """Carry out one mutation: wholly, or not at all with its user errors."""
    try:
        if context.busy:
            raise _idempotency_error(name, CONCURRENT, "another request with this key is running")
        with context.state.transaction() as draft:
            payload = _once(name, draft, context, args, context.keys.get(alias))
    except Refused as refusal:
        return {**EMPTY.get(name, {}), **refusal.payload, "userErrors": refusal.errors}
    return {**EMPTY.get(name, {}), "userErrors": [], **payload}


EMPTY: dict[str, Doc] = {
    "refundCreate": {"refund": None, "order": None},
    "tagsAdd": {"node": None},
    "tagsRemove": {"node": None},
    "orderUpdate": {"order": None},
    "metafieldsSet": {"metafields": None},
    "storeCreditAccountCredit": {"storeCreditAccountTransaction": None},
    "inventoryAdjustQuantities": {"inventoryAdjustmentGroup": None},
    "inventorySetQuantities": {"inventoryAdjustmentGroup": None},
    "reverseDeliveryCreateWithShipping": {"reverseDelivery": None},
    "reverseDeliveryShippingUpdate": {"reverseDelivery": None},
    "reverseFulfillmentOrderDispose": {"reverseFulfillmentOrderLineItems": None},
    "webhookSubscriptionCreate": {"webhookSubscription": None},
    "webhookSubscriptionUpdate": {"webhookSubscription": None},
    "webhookSubscriptionDelete": {"deletedWebhookSubscriptionId": None},
    "bulkOperationRunQuery": {"bulkOperation": None},
    "bulkOperationCancel": {"bulkOperation": None},
    **{
        name: {"return": None}
        for name in (
            "returnCreate",
            "returnRequest",
            "returnApproveRequest",
            "returnDeclineRequest",
            "returnCancel",
            "returnClose",
            "returnReopen",
            "returnProcess",
            "removeFromReturn",
        )
    },
}


def _once(name: str, draft: Draft, context: Context, args: Args, key: str | None) -> Doc:
    if name not in REPLAYS:
        return MUTATIONS[name](draft, context, args)
    if key is None:
        raise top_level("The @idempotent directive is required for this mutation", "BAD_REQUEST")
    record_id = f"{name}:{key}"
    seen = draft.edit("idempotency", record_id)
    fingerprint = hashlib.sha256(json.dumps(args, default=str).encode()).hexdigest()
    if seen is not None and _alive(seen, draft.now):
        if seen["fingerprint"] != fingerprint:
            raise _idempotency_error(name, MISMATCH, "the key was used with other parameters")
        return REPLAYS[name](context, seen)
    payload = MUTATIONS[name](draft, context, args)
    record = {"id": record_id, "fingerprint": fingerprint, "at": timestamp(draft.now)}
    draft.put("idempotency", {**record, "result": payload.pop("replay")})
    return payload


def _alive(record: Doc, now: datetime) -> bool:
    return now - datetime.fromisoformat(record["at"]) < KEY_LIFE


def _idempotency_error(name: str, code: str, why: str) -> Refused:
    return Refused(f"{code}: {why}", code=None if name == "refundCreate" else code)
