#!/usr/bin/python3
"""Two hundred values that are nobody's business are planted wherever a client
can put one: private fields, tokens right and wrong, bodies whole and broken,
queries, paths, headers, keys, labels. None of them is found in the log, in the
figures, in a refusal, or in what a crash leaves behind."""

import base64
import http.client
import json
import random
import resource
import signal
import sys
import tempfile

sys.dont_write_bytecode = True

from lib import service  # noqa: E402
from lib.answers import demand  # noqa: E402

PLANTS = 200
SHA = "5f" * 32
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


class Plants:
    def __init__(self):
        self.random = random.SystemRandom()
        self.values = []
        self.names = []

    def make(self):
        """Long enough to be found nowhere by chance."""
        return "plant" + "".join(self.random.choices(ALPHABET, k=20))

    def new(self):
        self.values.append(self.make())
        return self.values[-1]

    def new_name(self):
        """A member's name: whoever sent it is told by `field` which one it
        was that is not known."""
        self.names.append(self.make())
        return self.names[-1]

    def spellings(self, values):
        for value in values:
            octets = value.encode()
            yield value, octets
            yield value, octets.hex().encode()
            # Base64 of a text that begins with it.
            yield value, base64.b64encode(octets)[:30].rstrip(b"=")

    def check_absent(self, octets, where, names=True):
        values = self.values + (self.names if names else [])
        for value, spelling in self.spellings(values):
            demand(spelling not in octets, value, "stands in", where, ":",
                   octets[:2000])


class Run:
    def __init__(self, folder):
        self.plants = Plants()
        self.new = self.plants.new
        self.ledger = service.Ledger(folder, "ledger.example.com/secrets")
        self.refusals = 0
        self.accepted = 0

    def look(self, answer):
        """Every answer that is a refusal is searched, head and body."""
        if answer.status < 400:
            self.accepted += 1
            return answer
        self.refusals += 1
        head = "".join(f"{name}: {value}\n"
                       for name, value in answer.headers.items())
        self.plants.check_absent(head.encode() + answer.body,
                                 f"an answer {answer.status}", names=False)
        return answer

    def raw(self, octets):
        try:
            return self.look(service.send_raw(self.server.url, octets))
        except (OSError, http.client.HTTPException):
            return None  # It hung up, and said nothing.

    def record_private(self):
        name, value = "applicant", self.new()
        body = {"document": {"sha256": SHA}, "private": {name: value}}
        answer = self.look(self.client.call("POST", "/v1/evidence", body,
                                            key=self.new()))
        demand(answer.status == 201, answer)
        receipt = json.loads(answer.body)
        padded = receipt["disclosures"][0] + "=="
        demand(value in base64.urlsafe_b64decode(padded).decode(),
               "the private value does not come back")
        # The same key with another private value.
        key = self.new()
        for _ in range(2):
            body["private"] = {name: self.new()}
            self.look(self.client.call("POST", "/v1/evidence", body, key=key))

    def refuse_bodies(self):
        doc = f'"document":{{"sha256":"{SHA}"}}'
        for body in (
                "{" + doc + f',"private":{{"name":"{self.new()}"',
                "{" + doc + f',"private":{{"name":"{self.new()}\u0000"}}}}',
                "{" + doc + f',"private":{{"name":["{self.new()}"]}}}}',
                "{" + doc + f',"private":"{self.new()}"}}',
                "{" + doc + f',"label":"{self.new() * 20}"}}',
                "{" + doc + f',"label":"{self.new()}\\u0007"}}',
                "{" + doc + f',"{self.plants.new_name()}":1}}',
                "{" + doc + f',"{self.plants.new_name()}":1,'
                f'"{self.plants.names[-1]}":2}}',
                "{" + doc + f',"private":{{"name":"{self.new() * 50}"}}}}',
                "{" + doc + f',"private":{{"{self.plants.new_name() * 4}":"x"}}}}',
                f'{{"document":{{"sha256":"{self.new()}"}}}}',
                f'{{"document":{{"sha256":"{SHA}","media_type":'
                f'"{self.new() * 8}"}}}}',
                f'{{"document":{{"sha256":"{SHA}","sm3":"{self.new()}"}}}}',
                f'{self.new()}',
                f'[[[[[[["{self.new()}"',
                f'{{"items":[{{"label":"{self.new()}"}}]}}'):
            for target in ("/v1/evidence", "/v1/evidence/batch", "/v1/parties",
                           "/v1/tokens", "/v1/verify"):
                self.look(self.client.call("POST", target, body))
        for target in ("/v1/parties", "/v1/parties/acme/events"):
            self.look(self.admin.call(
                "POST", target, {"id": self.new(), "role": self.new(),
                                 "name": self.new(), "key": self.new(),
                                 "event": self.new()}))
        self.look(self.admin.call(
            "POST", "/v1/tokens", {"party": self.new(), "role": "platform"}))
        self.look(self.admin.call(
            "POST", "/v1/tokens", {"party": "acme", "role": self.new(),
                                   "label": self.new(),
                                   "expires": self.new()}))
        self.look(self.client.call("POST", "/v1/entries/2/erasure",
                                   {"reason": self.new()}))
        self.look(self.client.call(
            "POST", "/v1/verify", {"bundle": {"format": self.new()}}))

    def refuse_tokens(self):
        for header in (f"Bearer slg_{self.new()}", f"Bearer {self.new()}",
                       f"Basic {self.new()}", self.new(),
                       "Bearer slg_" + (self.new() * 2)[:43]):
            for target in ("/v1/me", "/v1/entries/1", "/v1/tokens"):
                self.look(self.public.call(
                    "GET", target, headers={"Authorization": header}))
            self.look(self.public.call(
                "POST", "/v1/evidence", {"document": {"sha256": SHA}},
                headers={"Authorization": header}))

    def refuse_targets(self):
        for target in ("/v1/entries?{}=1", "/v1/entries?kind={}",
                       "/v1/entries?by={}", "/v1/entries?cursor={}",
                       "/v1/entries?from={}", "/v1/entries?chain={}",
                       "/v1/entries/{}", "/v1/entries/{}/bundle",
                       "/v1/entries/1/bundle?chain={}", "/v1/documents/{}",
                       "/v1/documents/sm3:{}", "/v1/parties/{}",
                       "/v1/tokens?cursor={}", "/{}", "/tile/{}",
                       "/tile/entries/{}", "/readyz?{}", "/healthz?x={}",
                       "/checkpoint?{}", "/v1/status?{}", "/metrics?{}"):
            for client in (self.client, self.public):
                self.look(client.call("GET", target.format(self.new())))
        self.look(self.admin.call("DELETE", "/v1/tokens/" + self.new()))

    def refuse_heads(self):
        for head in ("{} / HTTP/1.1\r\n\r\n", "GET /{} HTTP/9.9\r\n\r\n",
                     "GET / {}\r\n\r\n", "{}\r\n\r\n",
                     "GET / HTTP/1.1\r\n{}\r\n\r\n",
                     "GET / HTTP/1.1\r\nX: {}\x01\r\n\r\n",
                     "GET /%0d{} HTTP/1.1\r\n\r\n",
                     "GET /%zz{} HTTP/1.1\r\n\r\n",
                     "POST / HTTP/1.1\r\nTransfer-Encoding: {}\r\n\r\n",
                     "POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n",
                     "POST /v1/evidence HTTP/1.1\r\nContent-Length: 99\r\n\r\n"
                     "{}",
                     "POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n{}",
                     "GET / HTTP/1.1\r\nX: {}" + "x" * 40000 + "\r\n\r\n",
                     "GET /{}" + "x" * 9000 + " HTTP/1.1\r\n\r\n"):
            self.raw(head.format(self.new()).encode())
        for name in ("Request-Id", "X-Forwarded-For", "Host", "User-Agent",
                     "Cookie", "Content-Type", "Accept", "Referer",
                     "Signature-Input", "Content-Digest"):
            for method, target in (("GET", "/no/such/path"),
                                   ("POST", "/v1/evidence")):
                self.look(self.client.call(method, target, "{",
                                           headers={name: self.new()}))
        for key in (self.new() + "\u00fc", '"' + self.new(), self.new() * 20):
            self.look(self.client.call(
                "POST", "/v1/evidence", {"document": {"sha256": SHA}},
                headers={"Idempotency-Key": key.encode("latin-1")}))

    def logged(self):
        return self.server.said().count('"request_id"')

    def run(self):
        with self.ledger.serve() as server:
            self.server = server
            token = self.ledger.add_party(server, "acme")
            self.client = server.client(token)
            self.admin = server.client(self.ledger.admin)
            self.public = server.client()
            # The right ones are to be found as little as the planted ones.
            self.plants.values += [token, self.ledger.admin]
            while len(self.plants.values) < PLANTS:
                self.record_private()
                self.refuse_bodies()
                self.refuse_tokens()
                self.refuse_targets()
                self.refuse_heads()
            self.plants.check_absent(self.client.get("/metrics"), "/metrics")
            ready = self.client.get("/readyz?verbose")
            self.plants.check_absent(ready, "/readyz")
            service.until(lambda: self.logged() > self.refusals, 60, "the log")
            # What comes last is in memory when the process aborts.
            self.record_private()
            demand(core_limit(server) == 0, "a core would be left behind")
            server.process.send_signal(signal.SIGABRT)
            code = server.process.wait(service.STOP_S)
            demand(code == -signal.SIGABRT, "ended with", code)
            said = server.said()
            for octets, where in ((said.encode(), "standard error"),
                                  (server.printed().encode(),
                                   "standard output")):
                self.plants.check_absent(octets, where)
            for line in said.splitlines():
                json.loads(line)
            logged = self.logged()
        demand(self.refusals > PLANTS and self.accepted > 2,
               self.refusals, "refusals", self.accepted, "accepted")
        print(f"{len(self.plants.values)} values, {self.refusals} refusals, "
              f"{logged} lines: none of them in any")


def core_limit(server):
    return resource.prlimit(server.pid, resource.RLIMIT_CORE)[0]


def main():
    with tempfile.TemporaryDirectory(prefix="sealedger-") as folder:
        Run(folder).run()


main()
