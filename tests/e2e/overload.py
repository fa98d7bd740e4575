#!/usr/bin/python3
# run-serial
"""More than the service can take: it says so at once and keeps what it
accepted. Crowds of clients that are idle, slow or stuck do not lock others out
for longer than the limits say. And at the end, by SIGTERM in the middle of all
that, who was accepted is answered, with TLS and without."""

import collections
import hashlib
import http.client
import json
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

sys.dont_write_bytecode = True

from lib import service  # noqa: E402
from lib.answers import demand, parse_json  # noqa: E402

Lost = (OSError, http.client.HTTPException)


def evidence(name):
    return {"document": {"sha256": hashlib.sha256(name.encode()).hexdigest()},
            "label": name}


def connect(url):
    address = urllib.parse.urlsplit(url)
    return socket.create_connection((address.hostname, address.port),
                                    timeout=60)


def settings(ledger, name, *changes):
    """The settings of init with these lines in place of others."""
    text = (ledger.data / "sealedger.toml").read_text()
    for line in changes:
        key = line.split(" = ")[0]
        lines = text.splitlines()
        places = [at for at, old in enumerate(lines)
                  if old.split(" = ")[0].lstrip("# ") == key]
        demand(len(places) == 1, "no one setting", key)
        lines[places[0]] = line
        text = "\n".join(lines) + "\n"
    # Paths in it are relative to its own folder.
    path = ledger.data / name
    path.write_text(text)
    return path


def in_threads(count, work):
    problems = []

    def guarded(number):
        try:
            work(number)
        except BaseException as problem:  # told by the main thread
            problems.append(problem)

    threads = [threading.Thread(target=guarded, args=(number,))
               for number in range(count)]
    for thread in threads:
        thread.start()
    return threads, problems


def join(threads, problems):
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]


def check_queue(ledger, token):
    """A queue of two and 64 callers."""
    config = settings(ledger, "small.toml", "max_queue = 2")
    with ledger.serve("--config", str(config)) as server:
        accepted = {}
        refused = []

        def work(number):
            client = server.client(token)
            for step in range(20):
                name = f"queue-{number}-{step}"
                answer = client.call("POST", "/v1/evidence", evidence(name))
                if answer.status == 201:
                    accepted[name] = parse_json(answer.body)
                    continue
                service.expect_problem(answer, 503, "overloaded")
                demand(answer.headers["Retry-After"] == "1", answer)
                refused.append(name)
            client.close()

        join(*in_threads(64, work))
        demand(refused and accepted, len(refused), len(accepted))
        check_kept(ledger, server, accepted, refused)
        figures = server.client().get("/metrics").decode()
        demand(f'problem="overloaded"}} {len(refused)}\n' in figures,
               "not counted", len(refused))
        server.stop()
    print(f"queue: {len(accepted)} accepted, {len(refused)} refused")


def check_kept(ledger, server, accepted, refused=()):
    """What was accepted is there and proven, what was refused is not."""
    client = server.client()
    size = client.json("/v1/status")["size"]
    labels = collections.Counter(
        json.loads(entry).get("label")
        for entry in service.read_entries(client, 0, size))
    for name in refused:
        demand(labels[name] == 0, name, "was refused and is there")
    for name, receipt in accepted.items():
        demand(labels[name] == 1, name, "is there", labels[name], "times")
        entry, checkpoint = ledger.verifier.receipt(receipt)
        demand(entry["label"] == name and checkpoint.size <= size, receipt)
    client.close()


def check_batches(ledger, token):
    """Two batches in work at most; the others are told to come again."""
    with ledger.serve() as server:
        statuses = collections.Counter()
        lock = threading.Lock()
        start = threading.Barrier(8)

        def work(number):
            client = server.client(token)
            body = json.dumps({"items": [evidence(f"batch-{number}-{place}")
                                         for place in range(6000)]})
            client.get("/healthz")
            start.wait()
            while True:
                answer = client.call("POST", "/v1/evidence/batch", body)
                with lock:
                    statuses[answer.status] += 1
                if answer.status == 201:
                    break
                service.expect_problem(answer, 503, "busy")
                demand(answer.headers["Retry-After"] == "1", answer)
            client.close()

        join(*in_threads(8, work))
        demand(statuses[201] == 8 and statuses[503] > 0, statuses)
        labels = [json.loads(entry).get("label") or ""
                  for entry in service.read_entries(
                      server.client(), 0,
                      server.client().json("/v1/status")["size"])]
        whole = sum(label.startswith("batch-") for label in labels)
        demand(whole == 8 * 6000, whole)
        server.stop()
    print(f"batches: {dict(statuses)}")


def check_crowds(ledger, token):
    """Hundreds of each kind of client that takes a place and does nothing
    with it. Threads, and the limits that cut such clients, are few and short
    here, to see them all at work."""
    config = settings(ledger, "crowds.toml", "threads = 16",
                      "read_timeout_s = 1")
    with ledger.serve("--config", str(config)) as server:
        over = threading.Event()
        crowd = [connect(server.url) for _ in range(300)]
        for kind in (b"GET /healthz HTT",
                     b"POST /v1/evidence HTTP/1.1\r\nContent-Length: 50\r\n"
                     b"\r\n{"):
            for _ in range(60):
                crowd.append(connect(server.url))
                crowd[-1].sendall(kind)
        # Those who used their connection once, and keep it.
        for _ in range(30):
            crowd.append(connect(server.url))
            crowd[-1].sendall(b"GET /healthz HTTP/1.1\r\n\r\n")

        def drip(number):
            """One byte a second, for ever; when cut, again."""
            head = b"GET /healthz HTTP/1.1\r\nX: "
            body = b"POST /v1/evidence HTTP/1.1\r\nContent-Length: 500\r\n\r\n"
            while not over.is_set():
                try:
                    with connect(server.url) as client:
                        client.sendall(body if number % 2 else head)
                        while not over.wait(1):
                            client.sendall(b" " if number % 2 else b"x")
                except OSError:
                    pass  # Cut off: as it should be.

        drips = in_threads(8, drip)
        accepted = {}

        def work(number):
            for step in range(5):
                client = server.client(token)
                name = f"crowd-{number}-{step}"
                accepted[name] = client.post("/v1/evidence", evidence(name))
                client.close()

        try:
            join(*in_threads(4, work))
        finally:
            over.set()
        join(*drips)
        check_kept(ledger, server, accepted)
        for client in crowd:
            client.close()
        server.stop()
    print(f"crowds: {len(accepted)} answered among {len(crowd)} and 8 drips")


class Loaded:
    """Clients that deposit until the service ends under them."""

    def __init__(self, ledger, server, token, context=None):
        self.ledger, self.server, self.token = ledger, server, token
        self.context = context
        self.lock = threading.Lock()
        self.accepted = {}
        self.unanswered = 0
        self.threads, self.problems = in_threads(32, self.work)

    def work(self, number):
        address = urllib.parse.urlsplit(self.server.url)
        step = 0
        while True:
            try:
                if self.context:
                    client = http.client.HTTPSConnection(
                        address.hostname, address.port, timeout=60,
                        context=self.context)
                else:
                    client = http.client.HTTPConnection(
                        address.hostname, address.port, timeout=60)
                client.connect()
            except OSError:
                return  # New ones are refused.
            kept = True
            while kept:
                step += 1
                name = f"{address.scheme}-{number}-{step}"
                sent = False
                try:
                    client.request(
                        "POST", "/v1/evidence", json.dumps(evidence(name)),
                        {"Authorization": "Bearer " + self.token})
                    sent = True
                    answer = client.getresponse()
                    body = answer.read()
                except Lost:
                    # An idle connection that the service closed; what was
                    # sent then was never read.
                    with self.lock:
                        self.unanswered += sent
                    break
                kept = not answer.will_close
                if answer.status == 201:
                    with self.lock:
                        self.accepted[name] = parse_json(body)
                else:
                    demand(answer.status == 503, answer.status, body)
            client.close()

    def end(self):
        service.until(lambda: len(self.accepted) > 300 or self.problems, 60,
                      "load")
        self.server.stop()
        join(self.threads, self.problems)

    def check(self, labels):
        """Each entry was answered, and each answer is an entry: nothing was
        taken in that was not also answered."""
        scheme = urllib.parse.urlsplit(self.server.url).scheme
        entered = {label for label in labels if label.startswith(scheme + "-")}
        demand(entered == set(self.accepted), "without an answer:",
               entered - set(self.accepted), "without an entry:",
               set(self.accepted) - entered)
        for receipt in list(self.accepted.values())[-50:]:
            self.ledger.verifier.receipt(receipt)


def make_certificate(folder):
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2", "-keyout",
         key, "-out", cert], check=True, capture_output=True)
    return cert, key


def check_end(ledger, token):
    with ledger.serve() as server:
        plain = Loaded(ledger, server, token)
        plain.end()
    cert, key = make_certificate(ledger.folder)
    with ledger.serve("--tls-cert", str(cert), "--tls-key", str(key)) as server:
        # Other people's client, too.
        said = subprocess.run(
            ["curl", "-sS", "--cacert", cert, server.url + "/healthz"],
            check=True, capture_output=True, text=True).stdout
        demand(said == "ok\n", said)
        context = ssl.create_default_context(cafile=cert)
        with_tls = Loaded(ledger, server, token, context)
        with_tls.end()
    with ledger.serve() as server:
        client = server.client()
        size = client.json("/v1/status")["size"]
        labels = [json.loads(entry).get("label") or ""
                  for entry in service.read_entries(client, 0, size)]
        demand(len(labels) == len(set(labels) - {""}) + labels.count(""),
               "an entry stands there twice")
        for loaded in (plain, with_tls):
            loaded.check(labels)
        server.stop()
    print(f"end: {len(plain.accepted)} answered, {plain.unanswered} connections "
          f"closed; TLS: {len(with_tls.accepted)}, {with_tls.unanswered}")
    print(service.fsck(ledger.data))


def main():
    for program in ("openssl", "curl"):
        if shutil.which(program) is None:
            print(program, "is missing: skipped")
            sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="sealedger-") as folder:
        ledger = service.Ledger(pathlib.Path(folder),
                                "ledger.example.com/overload")
        with ledger.serve() as server:
            token = ledger.add_party(server, "acme")
            server.stop()
        started = time.monotonic()
        for check in (check_queue, check_batches, check_crowds, check_end):
            check(ledger, token)
            print(f"{check.__name__}: at {time.monotonic() - started:.0f} s")


main()
