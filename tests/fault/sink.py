#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lean SMTP server for many mails: `sink.py PORT FILE` takes everything and writes what came, a line of JSON with time, connection, recipients and size,
then the bytes of the mail. Its answer to the final dot follows the write. A number in DELAY_MS delays that answer."""
import asyncio
import json
import os
import sys
import time


class Conversation(asyncio.Protocol):
    out = None
    count = open_now = 0
    delay = int(os.environ.get("DELAY_MS", "0")) / 1000

    def connection_made(self, transport):
        Conversation.count += 1
        Conversation.open_now += 1
        self.number, self.transport, self.buffer, self.in_data, self.recipients = Conversation.count, transport, b"", False, []
        self.say("220 sink.example ESMTP")

    def connection_lost(self, problem):
        Conversation.open_now -= 1

    def say(self, text):
        self.transport.write(text.encode() + b"\r\n")

    def data_received(self, data):
        self.buffer += data
        while True:
            mark = b"\r\n.\r\n" if self.in_data else b"\r\n"
            end = self.buffer.find(mark)
            if end < 0:
                return
            part, self.buffer = self.buffer[:end + (2 if self.in_data else 0)], self.buffer[end + len(mark):]
            if self.in_data:
                self.take(part.replace(b"\r\n..", b"\r\n."))
            else:
                self.command(part)

    def command(self, line):
        word = line[:10].upper()
        if word.startswith(b"EHLO"):
            self.say("250-sink.example\r\n250 8BITMIME")
        elif word.startswith(b"MAIL FROM:"):
            self.recipients = []
            self.say("250 Ok")
        elif word.startswith(b"RCPT TO:"):
            self.recipients.append(line[8:].strip().decode())
            self.say("250 Ok")
        elif word.startswith(b"DATA"):
            self.in_data = True
            self.say("354 go on")
        elif word.startswith(b"QUIT"):
            self.say("221 bye")
            self.transport.close()
        else:
            self.say("250 Ok")

    def take(self, mail):
        self.in_data = False
        head = {"at": time.time(), "connection": self.number, "open": Conversation.open_now, "to": self.recipients, "size": len(mail)}
        Conversation.out.write(json.dumps(head).encode() + b"\n" + mail)
        Conversation.out.flush()
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self.say, "250 2.0.0 Ok: queued as S1")
        else:
            self.say("250 2.0.0 Ok: queued as S1")


async def serve(port):
    server = await asyncio.get_running_loop().create_server(Conversation, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    Conversation.out = open(sys.argv[2], "ab")
    asyncio.run(serve(int(sys.argv[1])))
