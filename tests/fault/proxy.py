# SPDX-License-Identifier: GPL-3.0-or-later
"""A TCP proxy that fails on demand, in the ways of Toxiproxy's toxics: latency, bandwidth, slicer, limit_data, reset_peer, timeout, slow_close. It also reads the
messages of PostgreSQL's protocol 3 (without TLS), so that a connection can be cut between two of them."""
import asyncio
import socket
import struct
import threading
import time


class Connection:
    """One client and its server. `user` is known from the first message; `committing` while a COMMIT is under way."""

    def __init__(self, client, server):
        self.client, self.server = client, server
        self.user, self.committing, self.swallowed, self.passed = "", False, False, 0
        self.ended = asyncio.Event()

    def reset(self):
        self.ended.set()
        for writer in (self.client, self.server):
            peer = writer.get_extra_info("socket")
            if peer is not None and peer.fileno() >= 0:
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()


class Messages:
    """Splits a stream into messages; those of a client begin with one that has no type."""

    def __init__(self, typed):
        self.typed, self.bytes = typed, b""

    def feed(self, data):
        self.bytes += data
        while True:
            start = 1 if self.typed else 0
            if len(self.bytes) < start + 4:
                return
            length = start + int.from_bytes(self.bytes[start:start + 4], "big")
            if len(self.bytes) < length:
                return
            message, self.bytes = self.bytes[:length], self.bytes[length:]
            kind = message[:1] if self.typed else b""
            self.typed = True
            yield kind, message


def is_commit(kind, message):
    """Whether a client's message begins the statement that dsrd calls commit, or the same as plain text."""
    if kind == b"B":
        return message[5:].split(b"\0", 2)[1] == b"commit"
    return kind == b"Q" and message[5:].lower().startswith(b"commit")


class Proxy:
    """What it does is set from outside at any time, for all connections or those of one user (`only`):
    latency       seconds by which what the server says is delayed
    bandwidth     bytes a second of what the server says; 0: as fast as it comes
    slice         pieces of so many bytes of what the server says; 0: whole
    limit         after so many bytes of the server a connection is closed; 0: never
    swallowing    nothing goes through any more, nothing is closed, and new connections are taken and never answered (half-open)
    slow_close    seconds by which the end of a connection is passed on late
    on_message    called with (connection, from_client, kind, bytes) of each message: None passes it on, "drop" does not, "cut" resets the connection instead
    """

    def __init__(self, port):
        self.target = port
        self.latency, self.bandwidth, self.slice, self.limit, self.swallowing, self.slow_close, self.only, self.on_message = 0, 0, 0, 0, False, 0, None, None
        self.refusing = False
        self.left = []  # (connection, time.monotonic()) of clients that gave up a connection whose bytes were swallowed
        self.connections = set()
        self.taken = 0
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        threading.Thread(target=self._run, args=(ready,), daemon=True).start()
        ready.wait()

    def _run(self, ready):
        async def start():
            server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            await server.serve_forever()
        self.loop.run_until_complete(start())

    def call(self, function):
        """Runs it where the connections are, and waits for that."""
        done = threading.Event()

        def run():
            function()
            done.set()
        self.loop.call_soon_threadsafe(run)
        done.wait()

    def reset_all(self):
        self.call(lambda: [connection.reset() for connection in list(self.connections)])

    def swallow(self, user):
        """The connections there are of that user, and no new ones; how many."""
        old = [connection for connection in list(self.connections) if connection.user == user]
        for connection in old:
            connection.swallowed = True
        return len(old)

    def heal(self):
        """As if nothing had been set; connections that were swallowed stay so, as a network forgets none of its sins, and are reset."""
        self.latency, self.bandwidth, self.slice, self.limit, self.swallowing, self.slow_close, self.only, self.on_message = 0, 0, 0, 0, False, 0, None, None
        self.refusing = False
        self.call(lambda: [connection.reset() for connection in list(self.connections) if connection.swallowed])

    def users(self):
        return sorted(connection.user for connection in list(self.connections))

    def _meant(self, connection):
        return self.only is None or self.only in ("", connection.user)

    async def _serve(self, reader, writer):
        self.taken += 1
        if self.refusing:
            writer.transport.abort()
            return
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        connection = Connection(writer, server_writer)
        for each in (writer, server_writer):
            each.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connections.add(connection)
        try:
            await asyncio.gather(self._pump(connection, reader, server_writer, True), self._pump(connection, server_reader, writer, False))
        finally:
            self.connections.discard(connection)
            for each in (writer, server_writer):
                each.close()

    async def _pump(self, connection, reader, writer, from_client):
        """Reads, decides about each message, and hands over to _write, which is late if it is told so."""
        messages = Messages(typed=not from_client)
        queue = asyncio.Queue()
        writing = asyncio.ensure_future(self._write(connection, queue, writer, from_client))
        try:
            while data := await reader.read(65536):
                if connection.swallowed or (self.swallowing and self._known(connection, data, from_client) and self._meant(connection)):
                    connection.swallowed = True
                    continue
                out = b""
                for kind, message in messages.feed(data):
                    verdict = self._judge(connection, from_client, kind, message)
                    if verdict == "cut":
                        await queue.put((0, out))
                        await queue.put(("cut", b""))
                        await writing
                        return
                    out += message if verdict is None else b""
                if out:
                    late = self.latency if not from_client and self._meant(connection) else 0
                    await queue.put((self.loop.time() + late, out))
        except OSError:
            pass
        if connection.swallowed:
            if from_client:
                self.left.append((connection, time.monotonic()))
            await connection.ended.wait()  # the other side does not hear of it
        if self.slow_close:
            await asyncio.sleep(self.slow_close)
        await queue.put((0, None))
        await writing

    @staticmethod
    def _known(connection, data, from_client):
        if from_client and connection.user == "" and b"user\0" in data:
            connection.user = data.split(b"user\0", 1)[1].split(b"\0", 1)[0].decode()
        return True

    def _judge(self, connection, from_client, kind, message):
        if from_client and kind == b"":
            self._known(connection, message, True)
        if from_client and is_commit(kind, message):
            connection.committing = True
        verdict = self.on_message(connection, from_client, kind, message) if self.on_message and self._meant(connection) else None
        if not from_client and kind == b"C" and message[5:].startswith(b"COMMIT"):
            connection.committing = False
        return verdict

    async def _write(self, connection, queue, writer, from_client):
        try:
            while True:
                due, data = await queue.get()
                if due == "cut":
                    connection.reset()
                    return
                if data is None:
                    writer.close()
                    return
                if due > self.loop.time():
                    await asyncio.sleep(due - self.loop.time())
                if connection.swallowed:
                    continue
                await self._hand_over(connection, writer, data, from_client)
        except OSError:
            return

    async def _hand_over(self, connection, writer, data, from_client):
        mine = not from_client and self._meant(connection)
        piece = self.slice if mine and self.slice else len(data)
        for at in range(0, len(data), piece or 1):
            part = data[at:at + piece]
            if mine and self.bandwidth:
                await asyncio.sleep(len(part) / self.bandwidth)
            if mine and self.limit and connection.passed + len(part) > self.limit:
                writer.write(part[:max(0, self.limit - connection.passed)])
                await writer.drain()
                connection.reset()
                return
            writer.write(part)
            await writer.drain()
            connection.passed += len(part) if not from_client else 0
