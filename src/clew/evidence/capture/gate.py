"""The only way of the capturing browser to the network: a SOCKS5 gate on loopback.

It looks up each name itself, once, and connects to the address that it has judged: a page cannot name a public
address when it is asked and a private one when it is connected to. It also counts the bytes, whatever carries them.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import struct
from dataclasses import dataclass, field

_BLOCK = 1 << 16
_CONNECT_SECONDS = 20.0
_PATIENCE = 50  # times 20 ms
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_REFUSED, _UNREACHABLE = 2, 4  # reply codes of RFC 1928


class RefusedError(Exception):
    """A name that is not connected to. The message is a sentence without its full stop."""


@dataclass
class Connection:
    """One connection that was made."""

    host: str
    port: int
    address: str
    sent: int = 0
    received: int = 0


@dataclass
class Gate:
    """A SOCKS5 server that judges every connection.

    Attributes:
        allow_private: whether addresses of this machine and of its networks may be connected to.
        most: bytes that may be received through all connections; then all are closed.
        connections: those that were made.
        refused: by host, why it was not connected to.
        expected: hosts that the page has asked for; the browser's own errands (updates, sign-in) are refused.
        full: whether ``most`` was reached.
    """

    allow_private: bool
    most: int
    connections: list[Connection] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    expected: set[str] = field(default_factory=set)
    full: bool = False
    _known: dict[str, str] = field(default_factory=dict)
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> int:
        """Listen on a free port of loopback."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Close everything."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def address_of(self, host: str) -> str:
        """The address of a name, looked up once and then kept.

        Raises:
            RefusedError: there is none, or it is private and such are not allowed.
        """
        host = host.strip("[]").lower()
        if host in self.refused:
            raise RefusedError(self.refused[host])
        if host not in self._known:
            try:
                self._known[host] = await self._look_up(host)
            except RefusedError as error:
                self.refused[host] = str(error)
                raise
        return self._known[host]

    async def _look_up(self, host: str) -> str:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise RefusedError(f"{host} has no address") from error
        addresses = [str(entry[4][0]) for entry in found]
        private = [address for address in addresses if is_private(address)]
        if private and not self.allow_private:
            raise RefusedError(f"{host} is {private[0]}, an address of this machine or of a private network")
        # Most servers have IPv4, and not every machine reaches IPv6.
        return min(addresses, key=lambda address: ":" in address)

    def addresses(self) -> dict[str, str]:
        """The address of each host that was connected to."""
        return {connection.host: connection.address for connection in self.connections}

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError, ValueError):
            await self._handle(reader, writer)
        writer.close()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the browser (RFC 1928, no authentication, CONNECT only)."""
        version, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(b"\x05\x00")
        version, command, _, kind = await reader.readexactly(4)
        if kind == 3:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode("ascii")
        else:
            host = str(ipaddress.ip_address(await reader.readexactly(16 if kind == 4 else 4)))
        (port,) = struct.unpack(">H", await reader.readexactly(2))
        answer, upstream = _REFUSED, None
        if version == 5 and command == 1 and not self.full and await self._is_expected(host):
            try:
                address = await self.address_of(host)
                answer = _UNREACHABLE
                upstream = await asyncio.wait_for(asyncio.open_connection(address, port), _CONNECT_SECONDS)
                answer = 0
            except (RefusedError, OSError, TimeoutError):
                pass
        writer.write(bytes((5, answer, 0, 1, 0, 0, 0, 0, 0, 0)))
        await writer.drain()
        if upstream is None:
            return
        connection = Connection(host.lower(), port, address)
        self.connections.append(connection)
        await self._carry(connection, reader, writer, *upstream)

    async def _is_expected(self, host: str) -> bool:
        """Whether the page asked for a host; word of that can come a moment after the connection."""
        for _ in range(_PATIENCE):
            if host.lower() in self.expected:
                return True
            await asyncio.sleep(0.02)
        return False

    async def _carry(
        self,
        connection: Connection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        far_reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
    ) -> None:
        """Pass bytes both ways until one side ends."""

        async def out() -> None:
            while block := await reader.read(_BLOCK):
                connection.sent += len(block)
                far_writer.write(block)
                await far_writer.drain()

        async def back() -> None:
            while block := await far_reader.read(_BLOCK):
                connection.received += len(block)
                if self.full or sum(each.received for each in self.connections) > self.most:
                    self.full = True
                    return
                writer.write(block)
                await writer.drain()

        ways = [asyncio.ensure_future(out()), asyncio.ensure_future(back())]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            with contextlib.suppress(TimeoutError):
                # What the server has sent before it closed is still on its way.
                await asyncio.wait_for(asyncio.shield(ways[1]), 1.0)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            far_writer.close()


def is_private(address: str) -> bool:
    """Whether an address is one of this machine, of a local network, or otherwise not of the public internet."""
    found = ipaddress.ip_address(address.split("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_private(str(inner))
    return not found.is_global or found.is_multicast
