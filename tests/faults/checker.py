"""What a ledger has acknowledged, and whether it still holds it. The counts of
docs/reliability.md are made here and nowhere else."""

import collections
import copy

from lib import answers, merkle, raw_bytes, service
from lib.answers import demand


class Memory:
    """All that anyone was told by one ledger: entries, heads, erasures."""

    def __init__(self, verifier):
        self.verifier = verifier
        self.acknowledged = {}  # index: the entry's text
        self.private = {}  # index: disclosures, until they are erased
        self.erased = {}  # index: disclosures of which nothing may be left
        self.uncertain = set()  # indices whose erasure was not answered

    def fork(self):
        """A memory that goes on from here, for a copy of the ledger."""
        other = copy.copy(self)
        vkey = self.verifier
        other.verifier = copy.copy(vkey)
        other.verifier.checkpoints = dict(vkey.checkpoints)
        for name in ("acknowledged", "private", "erased", "uncertain"):
            setattr(other, name, copy.copy(getattr(self, name)))
        return other

    def acknowledge(self, body):
        """The answer of a request that made entries."""
        if "receipts" in body:
            self.verifier.batch(body)
            receipts = body["receipts"]
        else:
            self.verifier.receipt(body)
            receipts = [body]
        for receipt in receipts:
            index = receipt["index"]
            known = self.acknowledged.setdefault(index, receipt["entry"])
            demand(known == receipt["entry"], "two entries at", index)
            if receipt["disclosures"]:
                self.private[index] = receipt["disclosures"]
            entry = answers.parse_json(receipt["entry"])
            if entry["kind"] == "disclosure.erased":
                self.forget(entry["index"])

    def forget(self, index):
        """Its erasure is known of: nothing of it may be left."""
        self.erased.setdefault(index, self.private.pop(index, []))
        self.uncertain.discard(index)


class Findings:
    """What a look at a ledger found, one sentence each."""

    def __init__(self):
        self.lost = []
        self.forks = []
        self.wrong = []

    def clean(self):
        return not (self.lost or self.forks or self.wrong)

    def sentences(self):
        return self.lost + self.forks + self.wrong


def look(memory, client, data):
    """The ledger that answers `client`, in the folder `data`, against what its
    callers remember. `client` is an administrator's."""
    findings = Findings()
    checkpoint = memory.verifier.checkpoint(
        client.get("/checkpoint").decode())
    entries = service.read_entries(client, 0, checkpoint.size)
    look_for_entries(memory, client, entries, findings)
    look_for_heads(memory, entries, findings)
    files = raw_bytes.of_folder(data)
    for index, disclosures in memory.erased.items():
        for disclosure in disclosures:
            found = raw_bytes.find(files, disclosure)
            if found:
                findings.wrong.append(
                    f"what was erased of entry {index} stands in {found}")
    return findings


def look_for_entries(memory, client, entries, findings):
    for index, text in memory.acknowledged.items():
        if index >= len(entries):
            findings.lost.append(f"entry {index} of {len(entries)} is gone")
            continue
        if entries[index] != text.encode():
            findings.lost.append(f"entry {index} is another one now")
            continue
        try:
            receipt = client.json(f"/v1/entries/{index}")
            memory.verifier.receipt(receipt)
            demand(receipt["entry"] == text, "another entry at", index)
        except AssertionError as problem:
            findings.lost.append(f"entry {index} has no proof: {problem}")
            continue
        if index not in memory.uncertain and sorted(
                receipt["disclosures"]) != sorted(
                    memory.private.get(index, [])):
            findings.lost.append(f"entry {index} has other private fields")


def look_for_heads(memory, entries, findings):
    """Every head that anyone saw is a head of this one tree."""
    seen = collections.defaultdict(set)
    for one in set(memory.verifier.checkpoints.values()):
        seen[one.size].add(one.root)
    frontier = merkle.Frontier()
    roots = {}
    for entry in entries:
        frontier.append(merkle.leaf_hash(entry))
        roots[frontier.size] = frontier.root()
    for size, signed in sorted(seen.items()):
        if size > len(entries):
            findings.lost.append(f"a head of size {size} was signed, and there"
                                 f" are {len(entries)} entries")
        if len(signed) > 1 or (size in roots and signed != {roots[size]}):
            findings.forks.append(f"at size {size} another root was signed")


class Count:
    """Of a sweep."""

    def __init__(self):
        self.tried = 0
        self.survived = 0
        self.lost = 0
        self.forks = 0
        self.hung = 0
        self.by_kind = collections.Counter()
        self.survived_by_kind = collections.Counter()
        self.failures = []  # (fault, sentence)

    def add(self, kind, fault, findings):
        self.tried += 1
        self.by_kind[kind] += 1
        self.lost += len(findings.lost)
        self.forks += len(findings.forks)
        if findings.clean():
            self.survived += 1
            self.survived_by_kind[kind] += 1
        for sentence in findings.sentences():
            self.failures.append((fault, sentence))

    def good(self):
        return self.tried == self.survived and not self.failures

    def lines(self):
        return [f"faults tried: {self.tried}", f"survived: {self.survived}",
                f"entries lost: {self.lost}", f"forks signed: {self.forks}"]
