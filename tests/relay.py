"""Passes TCP connections on, to several targets in turn: `python -m tests.relay A=B,C ...`."""

import asyncio
import sys
from contextlib import suppress
from itertools import cycle

CHUNK = 65536


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    writer.close()


class Relay:
    """One address listened at; a connection goes to the next target that takes it."""

    def __init__(self, targets: list[tuple[str, int]]) -> None:
        self.targets, self.turn = targets, cycle(targets)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in self.targets:
            try:
                far_reader, far_writer = await asyncio.open_connection(*next(self.turn))
            except OSError:
                continue
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
            return
        writer.close()


def address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


async def serve(routes: list[str]) -> None:
    servers = []
    for route in routes:
        here, _, there = route.partition("=")
        relay = Relay([address(target) for target in there.split(",")])
        servers.append(await asyncio.start_server(relay.take, *address(here)))
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1:]))
