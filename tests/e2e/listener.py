#!/usr/bin/python3
"""What the service does when the system gives it no more: accepting that fails
for the moment ends nothing, a socket that is broken ends the service with a
message, and clients that hold every file they can get never cost the stores
theirs."""

import hashlib
import os
import pathlib
import shutil
import socket
import sys
import tempfile
import time
import urllib.parse

sys.dont_write_bytecode = True

from lib import service  # noqa: E402
from lib.answers import demand  # noqa: E402

FEWEST_FILES = 512
FLOOD = 1200


def injecting(error, calls):
    """A prefix under which accept4 fails at these calls. With -D the traced
    program is the child that the test knows."""
    return ("strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e",
            "trace=accept4", "-e", f"inject=accept4:error={error}:when={calls}")


def evidence(name):
    return {"document": {"sha256": hashlib.sha256(name.encode()).hexdigest()}}


def connect(url):
    address = urllib.parse.urlsplit(url)
    return socket.create_connection((address.hostname, address.port),
                                    timeout=60)


def new_connections(server, count):
    for _ in range(count):
        client = server.client()
        demand(client.get("/healthz") == b"ok\n", "not answered")
        client.close()


def check_shortages(ledger):
    for error in ("ENFILE", "EMFILE", "ENOMEM", "ENOBUFS", "ECONNABORTED",
                  "EPROTO", "EPERM"):
        with ledger.serve(prefix=injecting(error, "3..7")) as server:
            new_connections(server, 10)
            server.stop()


def check_broken_socket(ledger):
    with ledger.serve(prefix=injecting("EINVAL", "4+")) as server:
        kept = server.client()
        kept.get("/healthz")
        service.until(lambda: probe_until_ended(server), 60,
                      "the end of a service that nobody can reach")
        code, said = server.process.wait(), server.said()
        demand(code == 3, "ended with", code, said)
        demand("(listener-failed)" in said, "said nothing of it:", said)


def probe_until_ended(server):
    if server.process.poll() is not None:
        return True
    try:
        connect(server.url).close()
    except OSError:
        pass  # It listens no more.
    return False


def open_files(server):
    return len(os.listdir(f"/proc/{server.pid}/fd"))


def check_flood(ledger, token):
    """More connections than the process may have files: the ledger goes on
    writing, and making tables, and a client that came before is answered."""
    limit = ("prlimit", f"--nofile={FEWEST_FILES}:{FEWEST_FILES}")
    with ledger.serve(prefix=limit) as server:
        before = server.client(token)
        before.get("/healthz")
        # Half requests, and one connection that is used all the time: idle
        # ones are closed when others wait.
        crowd = []
        for number in range(FLOOD):
            if number % 50 == 0:
                before.get("/healthz")
            drip = connect(server.url)
            drip.sendall(b"GET /healthz HTT")
            crowd.append(drip)
        service.until(lambda: before.get("/healthz") and
                      open_files(server) >= FEWEST_FILES // 2, 60,
                      "a process full of connections")
        most = 0
        private = "x" * 1000
        for number in range(40):
            items = [dict(evidence(f"{number}.{place}"),
                          private={"note": private})
                     for place in range(500)]
            answer = before.call("POST", "/v1/evidence/batch",
                                 {"items": items})
            demand(answer.status == 201, "a batch was answered", answer)
            most = max(most, open_files(server))
        demand(most < FEWEST_FILES * 7 // 8, "files open:", most)
        tables = sum(1 for _ in ledger.data.rglob("*.ldb"))
        demand(tables > 3, "too few tables to tell anything:", tables)
        for drip in crowd:
            drip.close()
        server.client().get("/readyz")
        server.stop()


def check_too_few(ledger):
    limit = ("prlimit", f"--nofile={FEWEST_FILES - 1}:{FEWEST_FILES - 1}")
    with ledger.serve(prefix=limit, wait=False) as server:
        code, said = server.refusal()
        demand(code == 3 and "(too-few-files)" in said, code, said)


def check_raised(ledger):
    with ledger.serve(prefix=("prlimit", "--nofile=128:600")) as server:
        limits = pathlib.Path(f"/proc/{server.pid}/limits").read_text()
        line = next(line for line in limits.splitlines()
                    if line.startswith("Max open files"))
        demand(line.split()[3:5] == ["600", "600"], line)
        server.stop()


def main():
    for program in ("strace", "prlimit"):
        if shutil.which(program) is None:
            print(program, "is missing: skipped")
            sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="sealedger-") as folder:
        started = time.monotonic()
        ledger = service.Ledger(folder, "ledger.example.com/listener")
        with ledger.serve() as server:
            token = ledger.add_party(server, "acme")
            server.stop()
        check_shortages(ledger)
        check_broken_socket(ledger)
        check_too_few(ledger)
        check_raised(ledger)
        check_flood(ledger, token)
        print(f"held, in {time.monotonic() - started:.0f} s")


main()
