"""The program under test: its commands, `serve` as a process, HTTP to it."""

import collections
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import urllib.parse

from lib import answers, merkle

PROGRAM = os.environ.get("SEALEDGER_BIN", "build/release/sealedger")
START_S = 60
STOP_S = 60
POLL_S = 0.002

Answer = collections.namedtuple("Answer", "status headers body")


def environment(more=None):
    clean = {name: value for name, value in os.environ.items()
             if not name.startswith("SEALEDGER_")}
    return {**clean, **(more or {})}


def run(*words, env=None):
    return subprocess.run(
        [PROGRAM, *map(str, words)], env=environment(env),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, timeout=300, check=False)


def passed(*words, env=None):
    result = run(*words, env=env)
    answers.demand(result.returncode == 0, words, "ended with",
                   result.returncode, result.stdout, result.stderr)
    return result.stdout


def until(condition, seconds, what):
    """Polls until the condition gives something true, and gives it back."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        answers.demand(time.monotonic() < deadline, "waited in vain for", what)
        time.sleep(POLL_S)


class Service:
    """`serve` on a free port. What it prints goes to `log`.out and `log`.err,
    appended to, since a test may want to read all that was ever printed.
    `prefix`: a command that becomes the program (exec)."""

    def __init__(self, data, log, *words, env=None, wait=True, prefix=()):
        self.log = pathlib.Path(log)
        self.out_path = self.log.with_suffix(".out")
        self.err_path = self.log.with_suffix(".err")
        self.url = None
        with open(self.out_path, "ab") as out, open(self.err_path, "ab") as err:
            self.printed_before = out.tell()
            self.said_before = err.tell()
            self.process = subprocess.Popen(
                [*prefix, PROGRAM, "serve", "--data", str(data), "--listen",
                 "127.0.0.1:0", *words],
                env=environment(env), stdin=subprocess.DEVNULL, stdout=out,
                stderr=err)
        if wait:
            try:
                self.await_listening()
            except BaseException:
                self.kill()
                raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    @property
    def pid(self):
        return self.process.pid

    def printed(self):
        with open(self.out_path, "rb") as out:
            out.seek(self.printed_before)
            return out.read().decode()

    def said(self):
        """What this process wrote to standard error."""
        with open(self.err_path, "rb") as err:
            err.seek(self.said_before)
            return err.read().decode(errors="replace")

    def await_listening(self):
        def listening():
            ended = self.process.poll() is not None
            match = re.match(r"listening on (https?://127\.0\.0\.1:\d+)\n",
                             self.printed())
            answers.demand(match or not ended, "serve ended with",
                           self.process.returncode, self.said())
            return match

        self.url = until(listening, START_S, "listening on").group(1)

    def refusal(self):
        """The code and the sentence of a `serve` that is to refuse."""
        until(lambda: self.process.poll() is not None or self.printed(),
              START_S, "a refusal")
        answers.demand(not self.printed(), "serve went on:", self.printed())
        return self.process.wait(), self.said()

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        return self.process.wait(STOP_S)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(STOP_S)
        answers.demand(code == 0, "serve ended with", code, self.said())

    def client(self, token=None):
        return Client(self.url, token)


class Client:
    """One connection, kept. One thread at a time. A connection that breaks is
    an OSError or HTTPException, and nobody knows what became of the request."""

    # The service closes an idle connection after 15 s.
    IDLE_S = 5

    def __init__(self, url, token=None):
        self.address = urllib.parse.urlsplit(url)
        self.token = token
        self.connection = None
        self.used = 0.0

    def call(self, method, target, body=None, key=None, headers=None,
             timeout=60):
        if isinstance(body, (dict, list)):
            body = json.dumps(body, ensure_ascii=False)
        if isinstance(body, str):
            body = body.encode()
        sent = dict(headers or {})
        if self.token is not None:
            sent.setdefault("Authorization", "Bearer " + self.token)
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        if key is not None:
            sent["Idempotency-Key"] = key
        if time.monotonic() - self.used > self.IDLE_S:
            self.close()
        if self.connection is None:
            self.connection = http.client.HTTPConnection(
                self.address.hostname, self.address.port, timeout=timeout)
        try:
            self.connection.request(method, target, body, sent)
            response = self.connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        self.used = time.monotonic()
        if response.will_close:
            self.close()
        return answer

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def get(self, target, status=200):
        answer = self.call("GET", target)
        answers.demand(answer.status == status, target, "answered", answer)
        return answer.body

    def json(self, target):
        return answers.parse_json(self.get(target))

    def post(self, target, body, key=None):
        """The answer of a request that is to succeed."""
        answer = self.call("POST", target, body, key)
        answers.demand(answer.status == 201, target, "answered", answer)
        return answers.parse_json(answer.body)

    def refused(self, status, name, method, target, body=None, key=None,
                headers=None):
        """The problem of a request that is to be refused."""
        answer = self.call(method, target, body, key, headers)
        return expect_problem(answer, status, name)


def expect_problem(answer, status, name):
    answers.demand(
        answer.headers.get("Content-Type") == "application/problem+json",
        "expected", status, name, "not", answer)
    problem = answers.parse_json(answer.body)
    answers.demand(
        (answer.status, problem["status"], problem["type"])
        == (status, status, "urn:sealedger:problem:" + name),
        "expected", status, name, "not", answer.status, problem)
    return problem


def send_raw(url, octets, half_close=True):
    """The first answer to bytes that need not be HTTP."""
    address = urllib.parse.urlsplit(url)
    with socket.create_connection((address.hostname, address.port),
                                  timeout=30) as connection:
        try:
            connection.sendall(octets)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # It was refused before all of it was sent.
        response = http.client.HTTPResponse(connection)
        response.begin()
        return Answer(response.status, response.headers, response.read())


class Ledger:
    """A folder that `init` made, its parties, their tokens."""

    def __init__(self, folder, origin):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        passed("init", "--data", self.data, "--origin", origin)
        self.verifier = answers.Verifier(
            (self.data / "log.vkey").read_text().strip())
        self.admin = (self.data / "admin.token").read_text().strip()

    def serve(self, *words, data=None, env=None, wait=True, log="service",
              prefix=()):
        return Service(data or self.data, self.folder / log, *words, env=env,
                       wait=wait, prefix=prefix)

    def add_party(self, service, party, role="platform"):
        """Registers a party and gives its token."""
        client = service.client(self.admin)
        self.verifier.receipt(
            client.post("/v1/parties", {"id": party, "role": role}))
        made = client.post("/v1/tokens", {"party": party, "role": role})
        client.close()
        return made["token"]


def fsck(data):
    return passed("fsck", "--data", data, "--replay").strip()


def bundle_path(number, width):
    groups = [f"{number:03d}"[-3:]]
    while number >= 1000:
        number //= 1000
        groups.insert(0, "x" + f"{number % 1000:03d}")
    partial = f".p/{width}" if width < 256 else ""
    return "/".join(groups) + partial


def read_entries(client, begin, end):
    """The entries [begin, end) as they stand under /tile/entries."""
    entries = []
    for number in range(begin // 256, (end + 255) // 256):
        width = min(256, end - number * 256)
        octets = client.get(f"/tile/entries/{bundle_path(number, width)}")
        bundle = []
        at = 0
        while at < len(octets):
            length = int.from_bytes(octets[at:at + 2], "big")
            bundle.append(octets[at + 2:at + 2 + length])
            at += 2 + length
        answers.demand(at == len(octets) and len(bundle) == width,
                       "a bundle of", len(bundle), "entries, not", width)
        entries += bundle[max(0, begin - number * 256):]
    return entries


class Tiles:
    """Hashes of a tree of `size` leaves, read from /tile/0, /tile/1, …"""

    def __init__(self, client, size):
        self.client = client
        self.size = size
        self.read = {}

    def tile(self, level, number):
        if (level, number) not in self.read:
            width = min(256, (self.size >> 8 * level) - 256 * number)
            octets = self.client.get(
                f"/tile/{level}/{bundle_path(number, width)}")
            answers.demand(len(octets) == 32 * width, "a tile of",
                           len(octets), "bytes, not", width, "hashes")
            self.read[level, number] = octets
        return self.read[level, number]

    def subtree(self, begin, end):
        """The root of the leaves [begin, end)."""
        size = end - begin
        if size & (size - 1) == 0 and begin % size == 0:
            level = (size.bit_length() - 1) // 8
            span = 256 ** level
            if size == span:
                place = begin // span
                at = 32 * (place % 256)
                return self.tile(level, place // 256)[at:at + 32]
        half = 1 << (size - 1).bit_length() - 1
        return merkle.node_hash(self.subtree(begin, begin + half),
                                self.subtree(begin + half, end))

    def check_consistency(self, older, newer):
        """The tree of `newer` goes on from that of `older`."""
        path = merkle.prove_consistency(older.size, newer.size, self.subtree) \
            if older.size < newer.size else []
        answers.demand(
            merkle.consistent(older.size, newer.size, older.root, newer.root,
                              path),
            "not one tree:", older, newer)
