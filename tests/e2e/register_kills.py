#!/usr/bin/python3
# run-serial
"""Kills the real service with SIGKILL while it issues seals: on entering the
N-th system call of each kind, and at random moments under load. After each
restart no released seal lacks its entry, every entry's seal can be fetched,
keys of seals are there, and those of no seal are gone.

    SEALEDGER_SEED=N   to try a run again; threads still race
    SEALEDGER_FULL=1   every call, more kills under load; else a sample
"""

import collections
import http.client
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True

from lib import answers, raw_bytes, register, seals, service  # noqa: E402
from lib.answers import demand  # noqa: E402

SEED = int(os.environ.get("SEALEDGER_SEED",
                          random.SystemRandom().getrandbits(32)))
FULL = bool(os.environ.get("SEALEDGER_FULL"))
CALLS_SAMPLED = 12
KILLS_UNDER_LOAD = 60 if FULL else 4
WORKERS = 4
SAMPLE_OLDER = 20
CALLS = ("openat", "mkdir", "fchmodat", "chmod", "write", "pwrite64", "writev",
         "fsync", "fdatasync", "rename", "unlink", "ftruncate", "sendto",
         "sendmsg")
LINE = re.compile(r"(\d+) +(\w+)\(")
NAME = "印章"
# Lets any process of the same user attach (Linux's Yama asks).
ATTACHABLE = ["/usr/bin/python3", "-c",
              "import ctypes, os, sys\n"
              "ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1),"
              " 0, 0, 0)\n"
              "os.execvp(sys.argv[1], sys.argv[1:])"]
Lost = (OSError, http.client.HTTPException)


class Order:
    """A request for a seal, and what is known of it."""

    def __init__(self, number, id_, code, **more):
        self.code = code
        self.key = f"order-{number}" if number % 2 else None
        self.name = f"{NAME}{code}"
        self.body = register.design(id_, code, name=self.name, **more)
        self.replaces = more.get("replaces")
        self.made = None  # once it was acknowledged


class Tracer:
    """strace on threads of a service that runs already, so that calls are
    counted from here on."""

    def __init__(self, threads, log, *words):
        self.process = subprocess.Popen(
            ["strace", "-o", str(log), "-e", "trace=" + ",".join(CALLS),
             *words, *(f"-p{thread}" for thread in threads)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)
        service.until(lambda: self.process.poll() is not None
                      or all(map(is_traced, threads)), 30, "strace")
        if self.process.poll() is not None:
            raise PermissionError(self.process.stderr.read())

    def end(self):
        self.process.terminate()
        self.process.wait(30)
        self.process.stderr.close()


def threads_of(running):
    """In the order in which they were made."""
    return sorted(int(task.name) for task in
                  pathlib.Path(f"/proc/{running.pid}/task").iterdir())


def is_traced(thread):
    try:
        status = pathlib.Path(f"/proc/{thread}/status").read_text()
    except FileNotFoundError:
        return False
    return "TracerPid:\t0\n" not in status


class Run:
    def __init__(self, folder):
        self.dice = random.Random(SEED)
        self.folder = pathlib.Path(folder)
        self.ledger = service.Ledger(self.folder,
                                     "ledger.example.com/register-kills")
        settings = self.ledger.data / "sealedger.toml"
        settings.write_text(settings.read_text().replace(
            "threads = 96", "threads = 6"))  # fewer to be traced
        register.change_settings(self.ledger, [
            ("routes.public_security", 'mode = "approval"',
             'mode = "filing"')])
        with self.ledger.serve() as running:
            self.tokens = register.Tokens(self.ledger, running)
            running.stop()
        self.lock = threading.Lock()
        self.orders = 0
        self.kept = {}  # code: Order, acknowledged
        self.keys = {}  # code: id of its key, once it was looked at
        self.replaced = {}  # code: its successor's, acknowledged or not
        self.open = []  # orders of which nobody knows
        self.ready = []  # acknowledged and not replaced: codes and USCCs
        self.others = set()  # places of threads that answer nobody
        self.problems = []
        self.count = collections.Counter()

    def serve(self):
        return self.ledger.serve(prefix=ATTACHABLE)

    def order(self, desk, replaces=None):
        """Its application led to approval; at times a seal's successor."""
        code, number = desk.new_code(), self.next_number()
        more = {}
        of = None
        if replaces is not None:
            more["replaces"], of = replaces
        id_ = desk.approved(of, filing=True, ordinal=number)
        if self.dice.random() < 0.5:
            more["physical_code"] = "P-" + code
        return Order(number, id_, code, **more)

    def next_number(self):
        with self.lock:
            self.orders += 1
            return self.orders

    def old(self):
        """A seal to be replaced, or none."""
        with self.lock:
            if self.ready and self.dice.random() < 0.4:
                return self.ready.pop(self.dice.randrange(len(self.ready)))
        return None

    def issue(self, desk, order, who="office"):
        """Whether it was answered."""
        if order.replaces:
            self.replaced[order.replaces] = order.code
        try:
            answer = desk.client(who).call("POST", "/v1/seals", order.body,
                                           order.key)
        except Lost:
            answer = None
        if answer is not None and answer.status == 503:
            name = answers.parse_json(answer.body)["type"]
            demand(name.endswith(":outcome-unknown"), answer)
            answer = None
        if answer is None:
            with self.lock:
                self.open.append(order)
            return False
        demand(answer.status == 201, order.body["code"], "answered", answer)
        self.acknowledge(order, desk.read(answer))
        return True

    def acknowledge(self, order, made):
        order.made = made
        with self.lock:
            self.kept[order.code] = order
            self.ready.append((order.code, made.entry["seal"]["uscc"]))

    # -- kills

    def calls(self):
        """(place of the thread, call, number) of each call that issuing makes.
        The place of those that answer requests is None: any of them may be
        the one."""
        log = self.folder / "calls"
        with self.serve() as running:
            desk = register.Register(self.tokens, running)
            first, traced = self.order(desk), self.order(desk)
            self.issue(desk, first)
            threads = threads_of(running)
            tracer = Tracer(threads, log)
            self.issue(desk, traced)
            tracer.end()
            desk.close()
            running.stop()
        counts = collections.Counter()
        answering = set()
        for line in log.read_text(errors="replace").splitlines():
            match = LINE.match(line)
            if match:
                thread, call = int(match.group(1)), match.group(2)
                counts[thread, call] += 1
                if call == "sendto":
                    answering.add(thread)
        demand(len(answering) == 1, "answered by", answering)
        self.others = {threads.index(thread) for thread, _ in counts
                       if thread not in answering}
        return [(None if thread in answering else threads.index(thread), call,
                 number)
                for (thread, call), count in sorted(counts.items())
                for number in range(1, count + 1)]

    def kill_at_call(self, place, call, number):
        with self.serve() as running:
            desk = register.Register(self.tokens, running)
            order = self.order(desk, self.old())
            threads = threads_of(running)
            chosen = [thread for at, thread in enumerate(threads)
                      if (at not in self.others if place is None
                          else at == place)]
            tracer = Tracer(chosen, "/dev/null", "-e",
                            f"inject={call}:signal=SIGKILL:when={number}")
            answered = self.issue(desk, order)
            if running.process.poll() is None:
                time.sleep(0.05)  # what follows the answer
            self.count["killed"] += running.process.poll() is not None
            self.count["answered"] += answered
            running.kill()
            tracer.end()
            desk.close()
        self.look()

    def kill_under_load(self):
        stop = threading.Event()
        with self.serve() as running:

            def work():
                desk = register.Register(self.tokens, running)
                try:
                    while not stop.is_set():
                        if not self.issue(desk, self.order(desk, self.old())):
                            return
                except (AssertionError, *Lost) as problem:
                    # The service is no more, which a step before the order
                    # may notice first.
                    if isinstance(problem, AssertionError):
                        self.problems.append(problem)
                finally:
                    desk.close()

            threads = [threading.Thread(target=work) for _ in range(WORKERS)]
            for thread in threads:
                thread.start()
            stop.wait(0.3 + self.dice.random())
            running.kill()
            stop.set()
            for thread in threads:
                thread.join(60)
                demand(not thread.is_alive(), "a thread that does not end")
        if self.problems:
            raise self.problems[0]
        self.look()

    # -- what is left

    def look(self, everything=False):
        with self.serve() as running:
            desk = register.Register(self.tokens, running)
            listed = {item["code"]: item for item in desk.pages("/v1/seals")}
            keys = register.key_files(self.ledger.data)
            demand(set(self.kept) <= set(listed), "a released seal without an "
                   "entry:", set(self.kept) - set(listed))
            unknown = {order.code for order in self.open}
            demand(set(listed) <= set(self.kept) | unknown, "a seal that "
                   "nobody ordered:", sorted(listed))
            seen = sorted(set(listed) & set(self.keys))
            for code in listed if everything else set(listed) - set(seen) | {
                    *self.dice.sample(seen, min(len(seen), SAMPLE_OLDER))}:
                self.keys[code] = self.check_seal(desk, code, listed[code])
            due = {self.keys[code] for code in listed}
            demand(keys == due, "keys of no seal:", keys - due,
                   "seals without a key:", due - keys)
            self.check_orphans(listed)
            self.send_again(desk, listed)
            desk.close()
            running.stop()

    def check_seal(self, desk, code, item):
        """The id of its key."""
        seseal = desk.file(code)
        read = seals.Read(seseal)
        entry = desk.history(code)[0]
        demand(entry["kind"] == "seal.issued" and entry["seal"]["code"] == code
               and entry["seseal_sm3"] == seals.sm3(seseal)
               and item["name"] == f"{NAME}{code}", "the seal", code)
        order = self.kept.get(code)
        if order is not None:
            demand((item["index"], entry, seseal)
                   == (order.made.index, order.made.entry, order.made.seseal),
                   code, "is not what was released:", item)
        replaced = code in self.replaced \
            and item["status"] == "cancelled"
        demand(replaced == (item["status"] == "cancelled"), item)
        if replaced:
            last = desk.history(code)[-1]
            demand(last["replaced_by"] == self.replaced[code], last)
        return read.key_id(code)

    def check_orphans(self, listed):
        """A seal and the end of the one it replaces come together; of what
        came to nothing no blob is left."""
        for old, new in self.replaced.items():
            demand((listed[old]["status"] == "cancelled") == (new in listed),
                   "half of a succession:", old, new)
        files = raw_bytes.of_folder(self.ledger.data)
        for order in self.open:
            there = bool(raw_bytes.find(files, order.name))
            demand(there == (order.code in listed), "the name of",
                   order.code, "is there:", there)

    def send_again(self, desk, listed):
        """What nobody knows of: entered once, or now."""
        for order in self.open:
            there = order.code in listed
            self.count["entered"] += there
            if there and order.key is None:
                desk.refused("office", 409, "application-used", "POST",
                             "/v1/seals", order.body)
                made = desk.file(order.code)
                self.acknowledge(order, made_again(desk, order.code, made))
                continue
            made = desk.post("office", "/v1/seals", order.body, order.key)
            demand(made.replayed == there and made.seseal
                   == desk.file(order.code), "sent again:", order.code)
            self.acknowledge(order, made)
        self.open = []

    def end(self):
        """All of it once more, and all entries, as anybody reads them."""
        self.look(everything=True)
        with self.serve() as running:
            client = running.client()
            size = client.json("/v1/status")["size"]
            entries = [answers.parse_json(entry) for entry in
                       service.read_entries(client, 0, size)]
            client.close()
            running.stop()
        issued = [entry["seal"]["code"] for entry in entries
                  if entry["kind"] == "seal.issued"]
        demand(sorted(issued) == sorted(self.kept), "entries:", issued)
        return service.fsck(self.ledger.data)


def made_again(desk, code, seseal):
    """What its answer would have said."""
    index = desk.get(f"/v1/seals/{code}")["index"]
    return register.Made(index, desk.entry(index), [], [], seseal, False)


def main():
    print(f"SEALEDGER_SEED={SEED}", flush=True)
    if seals.missing():
        print(seals.missing(), "here: skipped")
        sys.exit(77)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sealedger-register-") as folder:
        run = Run(folder)
        tried = 0
        try:
            if shutil.which("strace") is None:
                raise PermissionError("there is no strace")
            calls = run.calls()
            tried = len(calls) if FULL else min(CALLS_SAMPLED, len(calls))
            for call in run.dice.sample(calls, tried):
                run.kill_at_call(*call)
            demand(run.count["killed"] * 2 > tried, "few kills:", run.count)
        except PermissionError as problem:
            print("no kills at system calls:", problem)
        for _ in range(KILLS_UNDER_LOAD):
            run.kill_under_load()
        print(run.end())
        print(f"{tried} kills at system calls tried, {dict(run.count)}, "
              f"{KILLS_UNDER_LOAD} under load; {len(run.kept)} seals; "
              f"{time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
