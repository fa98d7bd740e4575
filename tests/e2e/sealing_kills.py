#!/usr/bin/python3
# run-serial
"""Kills the real service with SIGKILL while it signs and takes signatures: on
entering the N-th system call of each kind, and at random moments under load.
After each restart every signature that was released has its entry and is there
byte for byte, and of what came to nothing no blob is left.

    SEALEDGER_SEED=N   to try a run again; threads still race
    SEALEDGER_FULL=1   every call, more kills under load; else a sample
"""

import collections
import os
import pathlib
import random
import shutil
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True

from lib import (  # noqa: E402
    answers, raw_bytes, register, seals, sealing, service)
from lib.answers import demand  # noqa: E402
from register_kills import (  # noqa: E402
    ATTACHABLE, LINE, Lost, Tracer, threads_of)

SEED = int(os.environ.get("SEALEDGER_SEED",
                          random.SystemRandom().getrandbits(32)))
FULL = bool(os.environ.get("SEALEDGER_FULL"))
CALLS_SAMPLED = 16
KILLS_UNDER_LOAD = 100 if FULL else 6
WORKERS = 4
GIVEN = 400 if FULL else 80  # signatures that were made elsewhere
SAMPLE_OLDER = 30
SAMPLE_AGAIN = 5
MARK = "on-its-way"


class Order:
    """A signature that is asked for or brought, and what is known of it."""

    def __init__(self, number, who, target, body, document, given=None):
        self.who = who
        self.target = target
        self.body = body
        self.document = document
        self.given = given
        self.key = f"order-{number}" if number % 3 else None
        self.mark = mark_of(number)
        self.made = None  # once it was acknowledged


def mark_of(number):
    """Its property info, which nothing but the signature holds."""
    return f"/Doc_0/{MARK}-{number:08d}.xml"


class Run:
    def __init__(self, folder):
        self.dice = random.Random(SEED)
        self.folder = pathlib.Path(folder)
        self.ledger = service.Ledger(self.folder,
                                     "ledger.example.com/sealing-kills")
        settings = self.ledger.data / "sealedger.toml"
        settings.write_text(settings.read_text().replace(
            "threads = 96", "threads = 6"))  # fewer to be traced
        self.lock = threading.Lock()
        self.orders = 0
        self.kept = {}  # index: Order, acknowledged
        self.newest = []  # of them, since the last look
        self.open = []  # orders of which nobody knows
        self.others = set()  # places of threads that answer nobody
        self.problems = []
        self.count = collections.Counter()
        with self.ledger.serve() as running:
            self.tokens = register.Tokens(self.ledger, running)
            desk = sealing.Desk(self.tokens, running)
            elsewhere = sealing.Elsewhere(self.ledger.data,
                                          self.folder / "elsewhere")
            self.code = desk.active().code
            desk.authorize(self.code, "other")
            there = desk.seal_of(elsewhere)
            desk.close()
            running.stop()
        self.given = [self.bring(elsewhere, there.made.seseal)
                      for _ in range(GIVEN)]

    def serve(self):
        return self.ledger.serve(prefix=ATTACHABLE)

    def next_number(self):
        with self.lock:
            self.orders += 1
            return self.orders

    def bring(self, elsewhere, seseal):
        number, document = self.next_number(), sealing.Document()
        given = elsewhere.sign(seseal, document,
                               property_info=mark_of(number))
        return Order(number, "acme", "/v1/seal-signatures",
                     sealing.gift_of(given, document), document, given)

    def ask(self):
        number, document = self.next_number(), sealing.Document()
        return Order(number, "other" if number % 4 == 0 else "acme",
                     f"/v1/seals/{self.code}/signatures",
                     sealing.order_of(document,
                                      property_info=mark_of(number)), document)

    def take(self):
        with self.lock:
            return self.given.pop() if self.given else None

    def order(self):
        with self.lock:
            brought = self.dice.random() < 0.2
        return brought and self.take() or self.ask()

    def send(self, desk, order):
        """Whether it was answered."""
        try:
            answer = desk.client(order.who).call("POST", order.target,
                                                 order.body, order.key)
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
        demand(answer.status == 201, order.target, "answered", answer)
        self.acknowledge(order, desk.signed(answer, order.document,
                                            order.given))
        return True

    def acknowledge(self, order, made):
        demand(made.signature is not None, "no signature in", made.entry)
        order.made = made
        with self.lock:
            known = self.kept.setdefault(made.index, order)
            demand(known is order, "two signatures at", made.index)
            self.newest.append(made.index)

    # -- kills

    def calls(self, order_of):
        """(maker of orders, place of the thread, call, number) of each call
        that such an order makes once the key is open. The place of those that
        answer requests is None: any of them may be the one."""
        log = self.folder / "calls"
        with self.serve() as running:
            desk = sealing.Desk(self.tokens, running)
            self.send(desk, self.ask())
            threads = threads_of(running)
            tracer = Tracer(threads, log)
            self.send(desk, order_of())
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
        demand(answering, "nobody answered")
        self.others |= {threads.index(thread) for thread, _ in counts
                        if thread not in answering}
        return [(order_of, None if thread in answering
                 else threads.index(thread), call, number)
                for (thread, call), count in sorted(counts.items())
                for number in range(1, count + 1)]

    def kill_at_call(self, order_of, place, call, number):
        with self.serve() as running:
            desk = sealing.Desk(self.tokens, running)
            self.send(desk, self.ask())  # which opens the key
            threads = threads_of(running)
            chosen = [thread for at, thread in enumerate(threads)
                      if (at not in self.others if place is None
                          else at == place)]
            tracer = Tracer(chosen, "/dev/null", "-e",
                            f"inject={call}:signal=SIGKILL:when={number}")
            answered = self.send(desk, order_of())
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
                desk = sealing.Desk(self.tokens, running)
                try:
                    while not stop.is_set() and self.send(desk, self.order()):
                        pass
                except BaseException as problem:  # pylint: disable=W0718
                    with self.lock:
                        self.problems.append(problem)
                finally:
                    desk.close()

            threads = [threading.Thread(target=work) for _ in range(WORKERS)]
            for thread in threads:
                thread.start()
            stop.wait(0.2 + self.dice.random())
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
            desk = sealing.Desk(self.tokens, running)
            indices = set(self.kept) if everything else {
                *self.newest, *self.dice.sample(
                    sorted(self.kept), min(len(self.kept), SAMPLE_OLDER))}
            for index in sorted(indices):
                self.check_kept(desk, index)
            self.newest = []
            self.send_again(desk)
            desk.close()
            running.stop()

    def check_kept(self, desk, index):
        order = self.kept[index]
        made = order.made
        demand(desk.entry(index, order.who) == made.entry, "the entry of",
               index, "is not what was released")
        demand(desk.bytes_of(index, order.who) == made.signature,
               "the signature of", index, "is not what was released")

    def find(self, desk, order):
        """The index of its entry, where there is one."""
        digest = order.document.protected_digests()["sm3"]
        answer = desk.get(f"/v1/documents/sm3:{digest}", "public")
        items = self.ledger.verifier.list(answer)
        demand(len(items) < 2, "entered twice:", items)
        return items[0]["index"] if items else None

    def check_entered(self, desk, order, index):
        """Of what nobody knew: it is whole; what its answer would have said."""
        entry = desk.entry(index, order.who)
        signature = desk.bytes_of(index, order.who)
        read = seals.ReadSignature(signature)
        demand(read.property_info == order.mark
               and entry["signature_sm3"] == seals.sm3(signature)
               and order.given in (None, signature), "the signature of", index)
        demand(read.is_signed(), "by whom is", index)
        return sealing.Signed(index, entry, signature, False, None,
                              order.document)

    def send_again(self, desk):
        """What nobody knows of: entered once, or now; and some that were
        answered."""
        files = raw_bytes.of_folder(self.ledger.data)
        unknown, self.open = self.open, []
        for order in unknown:
            index = self.find(desk, order)
            there = bool(raw_bytes.find(files, order.mark))
            demand(there == (index is not None), "a blob of", order.mark,
                   "is there:", there)
            self.count["entered"] += there
            if index is not None:
                made = self.check_entered(desk, order, index)
            if index is None or order.key is not None:
                demand(self.send(desk, order), "no answer to", order.mark)
                demand(order.made.replayed == there, "sent again:", order.mark)
                if there:
                    demand((order.made.index, order.made.signature)
                           == (index, made.signature), order.mark,
                           "is another when sent again")
            else:
                self.acknowledge(order, made)
        keyed = [order for order in self.kept.values() if order.key]
        for order in self.dice.sample(keyed, min(len(keyed), SAMPLE_AGAIN)):
            before = order.made
            demand(self.send(desk, order), "no answer to", order.mark)
            demand(order.made.replayed and order.made.index == before.index
                   and order.made.signature == before.signature, order.mark,
                   "is another when sent again")

    def end(self):
        """All of it once more, and all entries, as anybody reads them."""
        self.look(everything=True)
        with self.serve() as running:
            client = running.client()
            size = client.json("/v1/status")["size"]
            sealed = {index for index, text in enumerate(
                service.read_entries(client, 0, size))
                if b'"kind":"document.sealed"' in text}
            client.close()
            running.stop()
        demand(sealed == set(self.kept), "entries of nobody:",
               sealed - set(self.kept), "and none of",
               set(self.kept) - sealed)
        return service.fsck(self.ledger.data)


def main():
    print(f"SEALEDGER_SEED={SEED}", flush=True)
    if seals.missing():
        print(seals.missing(), "here: skipped")
        sys.exit(77)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sealedger-sealing-") as folder:
        run = Run(folder)
        tried = 0
        try:
            if shutil.which("strace") is None:
                raise PermissionError("there is no strace")
            calls = run.calls(run.ask) + run.calls(run.take)
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
              f"{KILLS_UNDER_LOAD} under load; {len(run.kept)} signatures; "
              f"{time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
