"""Answers of the service, checked from the outside in: notes and checkpoints
(C2SP signed-note, tlog-checkpoint), tlog-proof texts, receipts, batches,
lists. Every check that does not hold is an AssertionError that says which."""

import base64
import binascii
import collections
import hashlib
import json
import re
import threading

from lib import ed25519, merkle

Checkpoint = collections.namedtuple("Checkpoint", "origin size root")


def demand(holds, *what):
    if not holds:
        raise AssertionError(" ".join(str(word) for word in what))


def once(pairs):
    members = dict(pairs)
    demand(len(members) == len(pairs), "a member stands there twice:", pairs)
    return members


def parse_json(text):
    return json.loads(text, object_pairs_hook=once)


def decode_base64(text):
    """Standard, padded, and in its only spelling."""
    try:
        octets = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise AssertionError(f"not base64: {text!r}") from error
    demand(base64.b64encode(octets).decode() == text, "base64 spelled", text)
    return octets


def decode_hash(text):
    octets = decode_base64(text)
    demand(len(octets) == 32, "a hash of", len(octets), "bytes")
    return octets


def decode_decimal(text):
    demand(re.fullmatch("0|[1-9][0-9]*", text), "not a number:", text)
    return int(text)


def disclosure_parts(disclosure):
    """salt, name, value (RFC 9901)."""
    padded = disclosure + "=" * (-len(disclosure) % 4)
    salt, name, value = parse_json(base64.urlsafe_b64decode(padded))
    return salt, name, value


def disclosure_digest(disclosure):
    digest = hashlib.sha256(disclosure.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class Verifier:
    """For the answers of one ledger. Safe for concurrent use."""

    def __init__(self, vkey):
        self.origin, key_id, encoded = vkey.split("+", 2)
        key = decode_base64(encoded)
        demand(len(key) == 33 and key[0] == 1, "not an Ed25519 key:", vkey)
        self.key_id = hashlib.sha256(
            self.origin.encode() + b"\n" + key).digest()[:4]
        demand(self.key_id.hex() == key_id, "key ID of", vkey)
        self.public_key = key[1:]
        self.lock = threading.Lock()
        self.checkpoints = {}  # by note

    def checkpoint(self, note):
        with self.lock:
            known = self.checkpoints.get(note)
        if known is None:
            known = self.verify_note(note)
            with self.lock:
                self.checkpoints[note] = known
        return known

    def verify_note(self, note):
        text, blank, signatures = note.rpartition("\n\n")
        demand(blank and signatures.endswith("\n"), "not a note:", note)
        text += "\n"
        lines = text.split("\n")
        demand(len(lines) == 4 and lines[3] == "", "not three lines:", note)
        demand(lines[0] == self.origin, "another origin:", lines[0])
        signature_lines = signatures[:-1].split("\n")
        demand(len(signature_lines) == 1, "other signatures:", note)
        dash, name, encoded = signature_lines[0].split(" ")
        demand(dash == "\u2014" and name == self.origin, "signer of", note)
        blob = decode_base64(encoded)
        demand(blob[:4] == self.key_id, "key ID in", note)
        demand(ed25519.verify(self.public_key, text.encode(), blob[4:]),
               "signature of", note)
        return Checkpoint(self.origin, decode_decimal(lines[1]),
                          decode_hash(lines[2]))

    def proof(self, text):
        """index, path, checkpoint of a tlog-proof."""
        head, blank, note = text.partition("\n\n")
        demand(blank, "no checkpoint in", text)
        lines = head.split("\n")
        demand(lines[0] == "c2sp.org/tlog-proof@v1", "first line of", text)
        word, _, index = lines[1].partition(" ")
        demand(word == "index", "no index in", text)
        return (decode_decimal(index), [decode_hash(h) for h in lines[2:]],
                self.checkpoint(note))

    def item(self, receipt, known):
        """What all receipts share; the parsed entry."""
        demand(set(receipt) <= known, "members", sorted(receipt))
        text = receipt["entry"]
        entry = parse_json(text)
        demand(len(text.encode()) <= 4095, "a long entry")
        demand(json.dumps(entry, ensure_ascii=False, sort_keys=True,
                          separators=(",", ":")) == text,
               "not canonical:", text)
        demand(merkle.leaf_hash(text.encode()).hex() == receipt["leaf_hash"],
               "leaf hash of", text)
        digests = [disclosure_digest(d) for d in receipt["disclosures"]]
        demand(not digests or sorted(digests) == entry["_sd"],
               "disclosures that are not the entry's:", digests, text)
        if "_sd" in entry:
            demand(entry["_sd"] == sorted(set(entry["_sd"])), "order of _sd")
        return entry

    def receipt(self, receipt):
        """A receipt with its proof; the entry and the checkpoint."""
        demand("also" not in receipt and receipt["anchors"] == [], receipt)
        entry = self.item(receipt, {"index", "kind", "entry", "leaf_hash",
                                    "proof", "disclosures", "anchors"})
        demand(entry["kind"] == receipt["kind"], "kind of", receipt)
        index, path, checkpoint = self.proof(receipt["proof"])
        demand(index == receipt["index"], "the proof is of", index)
        demand(merkle.includes(index, checkpoint.size,
                               bytes.fromhex(receipt["leaf_hash"]), path,
                               checkpoint.root),
               "the proof does not hold:", receipt)
        return entry, checkpoint

    def batch(self, answer):
        """All entries in order, and the checkpoint."""
        demand(set(answer) == {"checkpoint", "receipts"}, sorted(answer))
        checkpoint = self.checkpoint(answer["checkpoint"])
        entries = []
        first = answer["receipts"][0]["index"]
        for place, receipt in enumerate(answer["receipts"]):
            entries.append(self.item(receipt, {"index", "entry", "leaf_hash",
                                               "path", "disclosures"}))
            demand(receipt["index"] == first + place, "a gap in the batch")
            path = [decode_hash(h) for h in receipt["path"]]
            demand(merkle.includes(receipt["index"], checkpoint.size,
                                   bytes.fromhex(receipt["leaf_hash"]), path,
                                   checkpoint.root),
                   "the proof does not hold:", receipt)
        return entries, checkpoint

    def list(self, answer):
        """The items, each below the list's checkpoint."""
        demand(set(answer) - {"related"} == {"items", "next", "checkpoint"},
               sorted(answer))
        checkpoint = self.checkpoint(answer["checkpoint"])
        for item in answer["items"]:
            demand("proof" not in item, "a proof in a list")
            self.item(item, {"index", "kind", "entry", "leaf_hash", "also",
                             "disclosures", "anchors"})
            demand(item["index"] < checkpoint.size, "beyond the checkpoint")
        return answer["items"]
