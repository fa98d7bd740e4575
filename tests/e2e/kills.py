#!/usr/bin/python3
# run-serial
"""Kills the real service with SIGKILL at random moments, under load and while
it opens, and looks at what is left each time: nothing acknowledged is lost or
changed, everything seen lies on one tree, batches are whole, no idempotency
key stands twice.

    SEALEDGER_KILLS=N  how often it is killed (20)
    SEALEDGER_SEED=N   to try a run again; the threads still race
"""

import collections
import hashlib
import http.client
import json
import os
import pathlib
import random
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True

from lib import answers, merkle, raw_bytes, service  # noqa: E402
from lib.answers import demand  # noqa: E402

KILLS = int(os.environ.get("SEALEDGER_KILLS", "20"))
SEED = int(os.environ.get("SEALEDGER_SEED",
                          random.SystemRandom().getrandbits(32)))
PARTIES = 6
SAMPLE_OLDER = 20
SAMPLE_AGAIN = 10

Lost = (OSError, http.client.HTTPException)


class Op:
    """A request, what it is to leave, and what is known of it."""

    def __init__(self, target, body, labels, token, key=None, secrets=()):
        self.target = target
        self.body = json.dumps(body, ensure_ascii=False).encode()
        self.labels = labels  # one for each entry, in order
        self.token = token
        self.key = key
        self.secrets = list(secrets)
        self.first = None  # index of the first entry, once acknowledged


class Run:
    def __init__(self, folder):
        self.random = random.Random(SEED)
        self.folder = pathlib.Path(folder)
        self.ledger = service.Ledger(self.folder, "ledger.example.com/kills")
        self.verifier = self.ledger.verifier
        self.names = 0
        self.lock = threading.Lock()
        self.acknowledged = {}  # index: entry
        self.newest = []  # indices acknowledged since the last kill
        self.done = []  # acknowledged requests
        self.unknown = []  # requests of which nobody knows
        self.dropped = []  # of those, the ones without a key: never sent again
        self.problems = []  # of threads
        self.entries = []  # as read from /tile/entries
        self.frontier = merkle.Frontier()
        self.on_tree = set()  # checkpoints that were found on the tree
        self.last = None  # the checkpoint of the round before
        self.found = 0  # requests that were lost and had been recorded
        self.times = collections.Counter()

    def name(self, kind):
        with self.lock:
            self.names += 1
            return f"{kind}-{self.names}"

    # -- requests

    def send(self, client, op):
        """Sends a request until it is acknowledged, and gives the answer; None
        where it was lost."""
        while True:
            try:
                client.token = op.token
                answer = client.call("POST", op.target, op.body, op.key)
            except Lost:
                answer = None
            if answer is None or answer.status == 503:
                name = None if answer is None else answers.parse_json(
                    answer.body)["type"].rpartition(":")[2]
                if name in ("busy", "overloaded"):
                    continue  # It was not taken.
                demand(name in (None, "outcome-unknown"), answer)
                with self.lock:
                    self.unknown.append(op)
                return None
            demand(answer.status == 201, op.target, op.body[:300], "answered",
                   answer)
            return self.acknowledge(op, answer)

    def acknowledge(self, op, answer):
        body = answers.parse_json(answer.body)
        if "receipts" in body:
            _, checkpoint = self.verifier.batch(body)
            receipts = body["receipts"]
        else:
            _, checkpoint = self.verifier.receipt(body)
            receipts = [body]
        demand(len(receipts) == len(op.labels), "entries of", op.body[:300])
        for label, receipt in zip(op.labels, receipts):
            entry = answers.parse_json(receipt["entry"])
            demand(label_of(entry) == label, "another entry for", label)
            values = [answers.disclosure_parts(d)[2]
                      for d in receipt["disclosures"]]
            demand(sorted(values) == sorted(op.secrets), "disclosures of",
                   label)
        with self.lock:
            op.first = receipts[0]["index"]
            for receipt in receipts:
                index = receipt["index"]
                known = self.acknowledged.setdefault(index, receipt["entry"])
                demand(known == receipt["entry"], "two entries at", index)
                self.newest.append(index)
            self.done.append(op)
        return body

    # -- load

    def evidence(self, label, **more):
        digest = hashlib.sha256(label.encode()).hexdigest()
        return {"document": {"sha256": digest}, "label": label, **more}

    def singles(self, dice, tokens):
        label = self.name("single")
        key = label if dice.random() < 0.7 else None
        secrets = []
        more = {}
        if dice.random() < 0.3:
            long = hashlib.sha512(label.encode()).hexdigest()
            secrets = [f"王{label}的秘密{long[:dice.randrange(128)]}"]
            more["private"] = {"name": secrets[0]}
        yield Op("/v1/evidence", self.evidence(label, **more), [label],
                 dice.choice(tokens), key, secrets)

    def batches(self, dice, tokens):
        label = self.name("batch")
        labels = [f"{label}.{i}" for i in range(dice.choice([1, 2, 7, 30]))]
        key = label if dice.random() < 0.7 else None
        yield Op("/v1/evidence/batch",
                 {"items": [self.evidence(item) for item in labels]}, labels,
                 dice.choice(tokens), key)

    def chains(self, dice, tokens):
        """Grows one chain; `after` only where the newest link is known."""
        token = dice.choice(tokens)
        label = self.name("root")
        root = Op("/v1/evidence", self.evidence(label), [label], token, label)
        yield root
        newest = root.first
        for _ in range(10):
            label = self.name("link")
            chain = root.first
            if dice.random() < 0.5:
                chain = {"root": root.first, "after": newest}
            link = Op("/v1/evidence", self.evidence(label, chain=chain),
                      [label], token, label)
            yield link
            newest = link.first

    def registrations(self, dice, _):
        label = self.name("party")
        secrets = [f"赵{label}"] if dice.random() < 0.5 else []
        body = {"id": label, "role": "platform"}
        if secrets:
            body["private"] = {"name": secrets[0]}
        yield Op("/v1/parties", body, [label], self.ledger.admin, label,
                 secrets)

    def twins(self, dice, tokens):
        """One key, twice at once, from two connections."""
        label = self.name("twin")
        yield Op("/v1/evidence", self.evidence(label), [label],
                 dice.choice(tokens), label)

    def work(self, url, seed, kinds, tokens, stop):
        dice = random.Random(seed)
        client, other = service.Client(url), service.Client(url)
        try:
            while not stop.is_set():
                kind = dice.choice(kinds)
                for op in kind(dice, tokens):
                    if kind == self.twins:
                        first = threading.Thread(
                            target=self.guarded, args=(self.send, other, op))
                        first.start()
                        sent = self.send(client, op)
                        first.join()
                    else:
                        sent = self.send(client, op)
                    if sent is None:
                        return  # The service is no more.
                    if stop.is_set():
                        break
        finally:
            client.close()
            other.close()

    def guarded(self, function, *arguments):
        """A thread's failure fails the test."""
        try:
            function(*arguments)
        except BaseException as problem:  # pylint: disable=broad-except
            with self.lock:
                self.problems.append(problem)

    def load(self, running, seconds, tokens):
        """Works for so long, then kills."""
        stop = threading.Event()
        kinds = [[self.singles], [self.singles, self.twins], [self.chains],
                 [self.batches, self.singles], [self.batches, self.chains],
                 [self.singles, self.registrations]]
        threads = [
            threading.Thread(target=self.guarded, args=(
                self.work, running.url, self.random.random(), kind, tokens,
                stop))
            for kind in kinds]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + seconds
        stop.wait(max(0.0, deadline - time.monotonic()))
        running.kill()
        stop.set()
        for thread in threads:
            thread.join(60)
            demand(not thread.is_alive(), "a thread that does not end")
        if self.problems:
            raise self.problems[0]

    # -- what is left

    def check(self, running, everything=False):
        client = running.client()
        checkpoint = self.verifier.checkpoint(
            client.get("/checkpoint").decode())
        began = time.monotonic()
        self.extend(client, checkpoint, everything)
        if self.last is not None:
            tiles = service.Tiles(client, checkpoint.size)
            tiles.check_consistency(self.last, checkpoint)
        self.last = checkpoint
        self.times["tree"] += time.monotonic() - began

        began = time.monotonic()
        older = sorted(self.acknowledged)
        indices = older if everything else sorted(set(
            self.newest + self.random.sample(
                older, min(SAMPLE_OLDER, len(older)))))
        for index, entry in self.acknowledged.items():
            demand(self.entries[index] == entry.encode(), "entry", index,
                   "is not what was acknowledged")
        for index in indices:
            receipt = client.json(f"/v1/entries/{index}")
            _, proved_by = self.verifier.receipt(receipt)
            demand(receipt["index"] == index
                   and receipt["entry"] == self.acknowledged[index],
                   "entry", index, "is not what was acknowledged:", receipt)
            demand(proved_by.size >= checkpoint.size, "an old head")
        self.times["proofs"] += time.monotonic() - began
        if indices:
            self.check_index(client, self.random.choice(indices))
        self.newest = []
        client.close()
        return len(indices)

    def extend(self, client, checkpoint, everything):
        """All checkpoints ever seen against the tree of all entries."""
        before = self.entries
        if everything:
            self.entries, self.frontier = [], merkle.Frontier()
            self.on_tree = set()
        at_start = self.frontier.size
        new = service.read_entries(client, at_start, checkpoint.size)
        demand(not everything or new[:len(before)] == before,
               "an entry has changed")
        seen = collections.defaultdict(set)
        for one in set(self.verifier.checkpoints.values()) - self.on_tree:
            seen[one.size].add(one.root)
        demand(max(seen, default=0) <= checkpoint.size,
               "a head that was seen is gone: size", max(seen, default=0),
               "after it", checkpoint.size)
        for entry in new:
            self.entries.append(entry)
            self.frontier.append(merkle.leaf_hash(entry))
            for root in seen.pop(self.frontier.size, ()):
                demand(root == self.frontier.root(),
                       "a head that was seen is not on the tree: size",
                       self.frontier.size)
        # Of sizes from before the kill: the tree had them then, and its
        # entries have not changed since.
        for size, roots in seen.items():
            demand(size <= at_start, "size", size)
            for root in roots:
                demand(root == root_at(self.entries, size),
                       "a head that was seen is not on the tree: size", size)
        self.on_tree.update(self.verifier.checkpoints.values())
        demand(self.frontier.root() == checkpoint.root, "the root of",
               checkpoint)

    def check_index(self, client, index):
        """The index finds it, too."""
        entry = answers.parse_json(self.acknowledged[index])
        if entry["kind"] != "evidence.recorded":
            return
        found = self.verifier.list(
            client.json("/v1/documents/" + entry["document"]["sha256"]))
        demand([item["index"] for item in found] == [index], "document of",
               index, "found as", found)

    def send_again(self, running):
        """What nobody knows of, with its key; and some that were answered."""
        client = running.client()
        unknown, self.unknown = self.unknown, []
        for op in unknown:
            if op.key is None:
                self.dropped.append(op)
                continue
            client.token = op.token
            answer = client.call("POST", op.target, op.body, op.key)
            demand(answer.status == 201, op.key, "sent again:", answer)
            self.acknowledge(op, answer)
            self.found += answer.headers["Idempotency-Replayed"] == "true"
        keyed = [op for op in self.done if op.key]
        for op in self.random.sample(keyed, min(SAMPLE_AGAIN, len(keyed))):
            client.token = op.token
            answer = client.call("POST", op.target, op.body, op.key)
            demand(answer.status == 201
                   and answer.headers["Idempotency-Replayed"] == "true",
                   "no replay of", op.key, answer)
            first = op.first
            self.acknowledge(op, answer)
            demand(op.first == first, op.key, "stands at", op.first, "and",
                   first)
            client.refused(409, "idempotency-key-reused", "POST", op.target,
                           op.body + b" ", op.key)
        client.close()
        return len(unknown)

    # -- at the end

    def check_entries(self):
        parsed = [answers.parse_json(entry) for entry in self.entries]
        places = collections.defaultdict(list)
        chains = collections.defaultdict(list)
        before = ""
        for index, entry in enumerate(parsed):
            demand(before <= entry["time"], "time decreases at", index)
            before = entry["time"]
            label = label_of(entry)
            if label is not None:
                places[label].append(index)
            if "chain" in entry:
                chains[entry["chain"]["root"]].append(index)
        for label, where in places.items():
            demand(len(where) == 1, label, "stands at", where)
        for op in self.done:
            demand(all(label in places for label in op.labels), "lost:",
                   op.labels)
        for op in self.done + self.dropped:
            where = [places[label][0] for label in op.labels if label in places]
            demand(len(where) in (0, len(op.labels)), "a part of a batch:",
                   op.labels, where)
            demand(where == list(range(where[0], where[0] + len(where)))
                   if where else True, "a gap in a batch:", where)
        for root, links in chains.items():
            for previous, index in zip([root] + links, links):
                demand(parsed[index]["chain"]["previous"] == previous,
                       "a gap in the chain of", root, "at", index)
        self.check_private(places)
        return len(chains)

    def check_private(self, places):
        """Private values of requests that came to nothing are nowhere."""
        files = raw_bytes.of_folder(self.ledger.data)
        for op in self.dropped:
            there = op.labels[0] in places
            for secret in op.secrets:
                found = raw_bytes.find(files, secret)
                demand(bool(found) == there, op.labels[0], "in the ledger:",
                       there, "its private value in", found)


def label_of(entry):
    """The unique word of what this test records."""
    if entry["kind"] == "party.registered":
        return entry["party"]["id"]
    return entry.get("label")


def root_at(entries, size):
    frontier = merkle.Frontier()
    for entry in entries[:size]:
        frontier.append(merkle.leaf_hash(entry))
    return frontier.root()


def main():
    print(f"{KILLS} kills, SEALEDGER_SEED={SEED}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sealedger-kills-") as folder:
        run = Run(folder)
        with run.ledger.serve() as first:
            tokens = [run.ledger.add_party(first, f"platform-{i}")
                      for i in range(PARTIES)]
            first.stop()
        unknown = proved = while_opening = 0
        for kill in range(KILLS):
            if run.random.random() < 0.2:
                with run.ledger.serve(wait=False) as opening:
                    pause = threading.Event()
                    pause.wait(run.random.random() * 0.05)
                    opening.kill()
                while_opening += 1
            else:
                with run.ledger.serve() as running:
                    run.load(running, 0.05 + run.random.random(), tokens)
            with run.ledger.serve() as running:
                unknown += run.send_again(running)
                proved += run.check(running)
                if kill % 2:
                    running.kill()  # right after it answered
                else:
                    running.stop()
        with run.ledger.serve() as running:
            unknown += run.send_again(running)
            proved += run.check(running, everything=True)
            running.stop()
        chains = run.check_entries()
        print(service.fsck(run.ledger.data))
        print(f"{KILLS} kills, {while_opening} of them while opening; "
              f"{len(run.entries)} entries, {len(run.acknowledged)} "
              f"acknowledged, {proved} proofs, "
              f"{len(run.verifier.checkpoints)} checkpoints seen, "
              f"{unknown} requests lost, {run.found} of them recorded, "
              f"{chains} chains; "
              f"{time.monotonic() - began:.1f} s "
              f"({', '.join(f'{k} {v:.1f}' for k, v in run.times.items())})")


if __name__ == "__main__":
    main()
