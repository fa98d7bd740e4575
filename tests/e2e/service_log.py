#!/usr/bin/python3
"""The log of the real service: a file that is moved away and opened anew at
SIGHUP, its events from the first to the last, and a disk that is full, which
costs lines and nothing else."""

import json
import pathlib
import signal
import sys
import tempfile

sys.dont_write_bytecode = True

from lib import service  # noqa: E402
from lib.answers import demand  # noqa: E402


def settings(ledger, log_file):
    text = (ledger.data / "sealedger.toml").read_text()
    line = '# log_file = "sealedger.log"'
    demand(text.count(line) == 1, "no line for log_file")
    path = ledger.data / "logged.toml"
    path.write_text(text.replace(line, f'log_file = "{log_file}"'))
    return "--config", str(path)


def read(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def check_rotation(ledger):
    log = ledger.data / "logs"
    log.mkdir()
    log /= "service.log"
    moved = log.with_name("service.log.1")
    with ledger.serve(*settings(ledger, "logs/service.log")) as server:
        client = server.client()
        client.get("/healthz")
        service.until(lambda: "/healthz" in log.read_text(), 60, "a line")
        log.rename(moved)
        server.process.send_signal(signal.SIGHUP)
        service.until(log.exists, 60, "a new file")
        client.get("/checkpoint")
        client.close()
        service.until(lambda: "/checkpoint" in log.read_text(), 60, "a line")
        demand(not server.said(), "standard error:", server.said())
        server.stop()
    before, after = read(moved), read(log)
    demand(before[0]["event"] == "listening" and before[0]["url"] == server.url,
           before)
    demand([line.get("path") for line in before[1:]] == ["/healthz"], before)
    demand([line.get("path", line.get("event")) for line in after]
           == ["/checkpoint", "stopping", "stopped"], after)
    demand(after[1]["why"] == "SIGTERM", after)
    for line in before + after:
        demand(list(line)[0] == "time", line)


def check_standard_error(ledger):
    with ledger.serve() as server:
        server.process.send_signal(signal.SIGHUP)
        server.client().get("/healthz")
        service.until(lambda: "/healthz" in server.said(), 60, "a line")
        server.stop()
        events = [json.loads(line).get("event")
                  for line in server.said().splitlines()]
        demand(events == ["listening", None, "stopping", "stopped"], events)


def check_full_disk(ledger):
    with ledger.serve(*settings(ledger, "/dev/full")) as server:
        client = server.client()
        ready = service.until(
            lambda: (answer := client.call("GET", "/readyz?verbose")).status
            == 503 and answer.body.decode(), 60, "trouble")
        demand("\nlog failed: cannot-log: " in ready, ready)
        # 4 MiB of lines wait, at 150 bytes each.
        for _ in range(40000):
            client.get("/healthz")
        figures = client.get("/metrics").decode()
        client.close()
        dropped = next(float(line.split()[1]) for line in figures.splitlines()
                       if line.startswith("sealedger_log_lines_dropped_total "))
        demand(dropped > 0, "none dropped")
        server.stop()


def main():
    with tempfile.TemporaryDirectory(prefix="sealedger-") as folder:
        ledger = service.Ledger(pathlib.Path(folder),
                                "ledger.example.com/log")
        check_rotation(ledger)
        check_standard_error(ledger)
        check_full_disk(ledger)


main()
