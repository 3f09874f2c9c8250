"""What the stand-in knows: orders, aftersales, payments, who may come in; kept in a file."""

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Doc = dict[str, Any]
Listener = Callable[[int, Doc], None]
KEPT = ("orders", "aftersales", "cancellations", "payments", "journal", "keys", "counter")


class Refusal(Exception):
    """TikTok's objection: its number and words."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        super().__init__(message)


class Book:
    """All facts of the stand-in, read and written under `lock`.

    `review_seconds` is how long a seller has for an answer, `payout_seconds` how long money takes
    after an approval; None leaves paying to `settle`.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        review_seconds: float = 48 * 3600,
        payout_seconds: float | None = 0.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.review_seconds = review_seconds
        self.payout_seconds = payout_seconds
        self.orders: dict[str, Doc] = {}
        self.aftersales: dict[str, Doc] = {}
        self.cancellations: dict[str, Doc] = {}
        self.payments: list[Doc] = []
        self.journal: list[Doc] = []
        self.keys: dict[str, Doc] = {}
        self.counter = 0
        self.address = ""
        self.listeners: list[Listener] = []
        self._path = path
        if path is not None and path.exists():
            for name, value in json.loads(path.read_text("utf-8")).items():
                setattr(self, name, value)

    @contextmanager
    def change(self) -> Iterator[None]:
        """Changes under the lock, written to the file afterwards."""
        with self.lock:
            yield
            self._save()

    def _save(self) -> None:
        if self._path is None:
            return
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps({name: getattr(self, name) for name in KEPT}), "utf-8")
        draft.replace(self._path)

    def now(self) -> int:
        return int(self.clock())

    def cancellation(self, cancel_id: str) -> Doc:
        """The cancellation; raises Refusal."""
        if cancel_id not in self.cancellations:
            raise Refusal(25001002, "cancellation not found")
        return self.cancellations[cancel_id]

    def set_cancellation(self, case: Doc, status: str, **changes: Any) -> None:
        """A new status of a cancellation, announced."""
        case.update(changes, cancel_status=status, update_time=self.now())
        for listener in self.listeners:
            listener(11, case)

    def new_return_id(self) -> str:
        """19 digits that begin with 40, as TikTok's return ids do."""
        self.counter += 1
        dice = random.Random(f"return {self.counter}")  # noqa: S311
        return f"40{self.counter:05}" + "".join(dice.choices("0123456789", k=12))

    def order(self, order_id: str) -> Doc:
        """The order; raises Refusal."""
        if order_id not in self.orders:
            raise Refusal(11001002, "order not found")
        return self.orders[order_id]

    def aftersale(self, return_id: str) -> Doc:
        """The aftersale; raises Refusal."""
        if return_id not in self.aftersales:
            raise Refusal(25001002, "return not found")
        return self.aftersales[return_id]

    def set_status(self, case: Doc, status: str, *, by: str, **changes: Any) -> None:
        """A new status, noted and announced."""
        case.update(changes, return_status=status, update_time=self.now())
        case["changed"] = self.clock()
        entry = {"return_id": case["return_id"], "status": status, "by": by, "at": self.clock()}
        self.journal.append(entry)
        for listener in self.listeners:
            listener(12, case)

    def pay(self, case: Doc) -> None:
        """Money goes to the buyer."""
        amount = case["refund_amount"]["refund_total"]
        self.payments.append(
            {"return_id": case["return_id"], "order_id": case["order_id"], "amount": amount}
        )
        self.set_status(case, "RETURN_OR_REFUND_REQUEST_COMPLETE", by="SYSTEM")
        for listener in self.listeners:
            listener(67, case)
