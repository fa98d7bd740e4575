#!/usr/bin/python3
# run-serial
"""deploy/haproxy.cfg as it is shipped, in a real haproxy before the real
service: it holds 2,000 idle and 64 dripping clients while new ones are
answered, cuts those who drip, and lets nobody speak in a proxy's name. And
deploy/sealedger.service, as far as systemd can check it here."""

import concurrent.futures
import hashlib
import os
import pathlib
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True

from lib import service  # noqa: E402
from lib.answers import demand  # noqa: E402

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy"
IDLE = 2000
DRIPS = 64
FILES = 17000  # haproxy wants two for each client that it may hold
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def evidence(name):
    return {"document": {"sha256": hashlib.sha256(name.encode()).hexdigest()}}


class Proxy:
    """haproxy on a socket of the test's, so that no port has to be guessed."""

    def __init__(self, server, log):
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.address = self.listening.getsockname()
        self.url = "http://{}:{}".format(*self.address)
        front = self.listening.fileno()
        self.log = open(log, "wb")
        self.process = subprocess.Popen(
            ["haproxy", "-db", "-f", DEPLOY / "haproxy.cfg"],
            env={**os.environ, "SEALEDGER_FRONT": f"fd@{front}",
                 "SEALEDGER_SERVICE": server.url.removeprefix("http://")},
            pass_fds=[front], stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log)
        service.until(self.answers, 30, "haproxy")

    def answers(self):
        demand(self.process.poll() is None, "haproxy ended:",
               pathlib.Path(self.log.name).read_text())
        client = service.Client(self.url)
        try:
            return client.call("GET", "/healthz", timeout=1).status == 200
        except OSError:
            return False
        finally:
            client.close()

    def connect(self):
        return socket.create_connection(self.address, timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.listening.close()
        self.log.close()


def check_names(proxy):
    client = service.Client(proxy.url)
    answer = client.call("GET", "/healthz", headers={
        "Request-Id": "mine", "X-Forwarded-For": "198.51.100.7"})
    demand(answer.status == 200, answer)
    # It is the proxy's: so the service takes it for the proxy it trusts.
    demand(UUID.fullmatch(answer.headers["Request-Id"]), answer)
    demand(client.call("GET", "/metrics").status == 403, "figures for all")
    client.close()


def check_bodies(proxy, token):
    """A body larger than a buffer, and a batch larger than 1 MiB."""
    client = service.Client(proxy.url, token)
    items = [dict(evidence(str(place)), label="x" * 100)
             for place in range(8000)]
    made = client.post("/v1/evidence/batch", {"items": items})
    demand(len(made["receipts"]) == len(items), len(made["receipts"]))
    client.close()


def check_crowd(ledger, proxy, token):
    over = threading.Event()
    cut = []

    def drip(number):
        """A byte a second of a head or of a body, until it is cut."""
        client = proxy.connect()
        client.sendall(
            b"POST /v1/evidence HTTP/1.1\r\nHost: h\r\n"
            b"Content-Length: 1000\r\n\r\n" if number % 2 else
            b"GET /healthz HTTP/1.1\r\nX: ")
        client.settimeout(1)
        while not over.is_set():
            try:
                if client.recv(4096):
                    cut.append(number)
                break
            except TimeoutError:
                client.sendall(b"x")
        client.close()

    drips = [threading.Thread(target=drip, args=(number,))
             for number in range(DRIPS)]
    for thread in drips:
        thread.start()
    idle = []
    for number in range(IDLE):
        idle.append(proxy.connect())
        if number % 4 == 0:
            idle[-1].sendall(b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")

    def work(number):
        waited = 0.0
        for step in range(10):
            client = service.Client(proxy.url, token)
            began = time.monotonic()
            receipt = client.post("/v1/evidence", evidence(f"{number}-{step}"))
            waited = max(waited, time.monotonic() - began)
            ledger.verifier.receipt(receipt)
            client.close()
        return waited

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        waited = max(pool.map(work, range(8)))
    held = sum(thread.is_alive() for thread in drips)
    demand(held == DRIPS, "the crowd was gone before:", held)
    for thread in drips:
        thread.join()
    over.set()
    demand(len(cut) == DRIPS, "cut off:", len(cut))
    for client in idle:
        client.close()
    print(f"{IDLE} idle, {DRIPS} dripping; 80 deposits, the longest took "
          f"{waited:.2f} s")


def check_unit():
    if shutil.which("systemd-analyze") is None:
        return
    with tempfile.TemporaryDirectory(prefix="sealedger-") as folder:
        # It wants the program to be where the unit says.
        unit = pathlib.Path(folder) / "sealedger.service"
        text = (DEPLOY / "sealedger.service").read_text()
        unit.write_text(text.replace("/usr/local/bin/sealedger",
                                     os.path.abspath(service.PROGRAM)))
        result = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", unit],
            capture_output=True, text=True, check=False)
        said = [line for line in (result.stdout + result.stderr).splitlines()
                if "sealedger.service" in line]
        demand(not said, said)


def main():
    if shutil.which("haproxy") is None:
        print("haproxy is missing: skipped")
        sys.exit(77)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < FILES:
        print("too few open files for a crowd: skipped")
        sys.exit(77)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    check_unit()
    with tempfile.TemporaryDirectory(prefix="sealedger-") as folder:
        folder = pathlib.Path(folder)
        ledger = service.Ledger(folder, "ledger.example.com/haproxy")
        settings = ledger.data / "sealedger.toml"
        settings.write_text(settings.read_text().replace(
            "trusted_proxies = []", 'trusted_proxies = ["127.0.0.1"]'))
        with ledger.serve() as server:
            token = ledger.add_party(server, "acme")
            with Proxy(server, folder / "haproxy.log") as proxy:
                check_names(proxy)
                check_bodies(proxy, token)
                check_crowd(ledger, proxy, token)
                demand(proxy.process.poll() is None, "haproxy ended")
            server.stop()


main()
