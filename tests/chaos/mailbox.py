"""A mail server that keeps who got what, as mailboxes do: by Message-ID."""

from collections import Counter
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
    """Counts deliveries; the same Message-ID again is the same mail to its reader."""

    def __init__(self) -> None:
        self.by_id: Counter[str] = Counter()
        self.by_subject: Counter[tuple[str, str]] = Counter()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content)
        message_id = str(message["Message-ID"])
        if not self.by_id[message_id]:
            self.by_subject[str(message["To"]), str(message["Subject"])] += 1
        self.by_id[message_id] += 1
        return "250 kept"

    @property
    def twice(self) -> int:
        """Mails that a reader finds twice."""
        return sum(count - 1 for count in self.by_subject.values())

    @property
    def resent(self) -> int:
        """Deliveries of a Message-ID that had been delivered before."""
        return sum(count - 1 for count in self.by_id.values())


def serve(mailbox: Mailbox, port: int) -> Controller:
    """Takes mail on `port` of the loopback address until stopped."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    return controller
