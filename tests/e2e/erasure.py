#!/usr/bin/python3
"""Erased is erased: after the answer of an erasure no file of the service, no
log and no deleted file that it still holds has the value, the name or the salt
of a private field, nor a plain digest of the value; and every proof stays."""

import collections
import http.client
import json
import os
import pathlib
import random
import sys
import tempfile
import threading
import unittest

sys.dont_write_bytecode = True

from lib import answers, raw_bytes, service  # noqa: E402

SEED = int(os.environ.get("SEALEDGER_SEED",
                          random.SystemRandom().getrandbits(32)))
READERS = 4

Kept = collections.namedtuple("Kept", "disclosure salt name value")


class Reader(threading.Thread):
    """Reads all there is about some entries until it is stopped."""

    def __init__(self, verifier, url, token, subjects):
        super().__init__()
        self.verifier = verifier
        self.client = service.Client(url, token)
        self.subjects = subjects  # {index: SHA-256 of the document}
        self.stopped = threading.Event()
        self.problem = None
        self.reads = 0
        self.disclosed = 0

    def run(self):
        try:
            while not self.stopped.is_set():
                for index, digest in self.subjects.items():
                    self.read(index, digest)
        except BaseException as problem:  # pylint: disable=broad-except
            self.problem = problem
        self.client.close()

    def read(self, index, digest):
        receipt = self.client.json(f"/v1/entries/{index}")
        self.verifier.receipt(receipt)
        self.disclosed += len(receipt["disclosures"])
        bundle = self.client.json(f"/v1/entries/{index}/bundle")
        self.verifier.checkpoint(bundle["checkpoint"])
        self.verifier.list(self.client.json("/v1/entries?by=acme"))
        self.verifier.list(self.client.json("/v1/documents/" + digest))
        self.reads += 1

    def finish(self):
        self.stopped.set()
        self.join(60)
        if self.problem is not None:
            raise self.problem
        answers.demand(self.reads > 0, "a reader that read nothing")


class Erasure(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sealedger-erasure-")
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)
        self.random = random.Random(SEED)
        self.ledger = service.Ledger(self.dir, "ledger.example.com/erasure")
        self.verifier = self.ledger.verifier
        self.count = 0
        self.serve()
        self.acme = self.ledger.add_party(self.running, "acme")
        self.other = self.ledger.add_party(self.running, "other")
        self.court = self.ledger.add_party(self.running, "court", "applicant")

    def serve(self):
        self.running = self.ledger.serve()
        self.addCleanup(self.running.kill)

    def client(self, token=None):
        client = self.running.client(token)
        self.addCleanup(client.close)
        return client

    # -- requests

    def text(self, length):
        """No text that is drawn here is drawn twice."""
        letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
        return "".join(self.random.choice(letters) for _ in range(length))

    def han(self, length):
        return "".join(chr(self.random.randrange(0x4e00, 0x9fa6))
                       for _ in range(length))

    def private(self):
        return {
            "姓名" + self.text(8): "欧阳" + self.han(6),
            "name." + self.text(9): self.text(1024),
            self.han(8): self.han(120),
            self.text(12): "\"引号\\\n\t" + self.text(20),
        }

    def evidence(self, **more):
        self.count += 1
        return {"document": {"sha256": f"{self.count:064x}"},
                "label": f"case-{self.count}", **more}

    def kept(self, receipt, private):
        """The disclosures of a receipt: exactly the private fields."""
        kept = [Kept(d, *answers.disclosure_parts(d))
                for d in receipt["disclosures"]]
        self.assertEqual({k.name: k.value for k in kept}, private)
        self.assertEqual(len({k.salt for k in kept}), len(private))
        return kept

    # -- the search

    def files(self):
        """Every byte that the service has put anywhere."""
        files = raw_bytes.of_folder(
            self.ledger.data, self.running.out_path, self.running.err_path)
        if self.running.process.poll() is None:
            files.update(raw_bytes.of_process(self.running.pid))
        self.assertTrue(any("/private/" in path for path in files))
        self.assertTrue(any("/ledger/" in path for path in files))
        self.assertTrue(any("/views/" in path for path in files))
        return files

    def assert_found(self, kept):
        files = self.files()
        for one in kept:
            found = raw_bytes.find(files, one.disclosure)
            self.assertTrue(found, f"{one.name} is in no file")
            for text in self.texts(one):
                self.assertTrue(raw_bytes.find(files, text),
                                f"{text!r} is in no file")
        return sorted({path for one in kept
                       for path in raw_bytes.find(files, one.disclosure)})

    @staticmethod
    def texts(one):
        """Salt, name and value as they stand in the JSON of a disclosure."""
        return [json.dumps(text, ensure_ascii=False)[1:-1]
                for text in (one.salt, one.name, one.value)]

    def assert_gone(self, kept):
        files = self.files()
        for one in kept:
            self.assertEqual(raw_bytes.find(files, one.disclosure), [])
            for text in {*self.texts(one), one.salt, one.name, one.value}:
                self.assertEqual(raw_bytes.find(files, text, digests=True), [],
                                 f"{text!r} is still there")

    def assert_values_gone(self, *privates):
        files = self.files()
        for private in privates:
            for name, value in private.items():
                for text in {name, value, json.dumps(
                        value, ensure_ascii=False)[1:-1]}:
                    self.assertEqual(
                        raw_bytes.find(files, text, digests=True), [],
                        f"{text!r} is there")

    # -- proofs

    def check_entry(self, index, entry, disclosures):
        """As its owner, the administrator, another party and the public see
        it, and what the bundle proves."""
        for token, sees in ((self.acme, True), (self.ledger.admin, True),
                            (self.other, False), (None, False)):
            receipt = self.client(token).json(f"/v1/entries/{index}")
            self.verifier.receipt(receipt)
            self.assertEqual(receipt["entry"], entry)
            self.assertEqual(sorted(receipt["disclosures"]),
                             sorted(disclosures) if sees else [])
            bundle = self.client(token).get(f"/v1/entries/{index}/bundle")
            subject = answers.parse_json(bundle)["entries"][0]
            self.assertEqual(subject["entry"], entry)
            self.assertEqual(sorted(subject.get("disclosures", [])),
                             sorted(disclosures) if sees else [])
            self.verify_bundle(bundle, answers.parse_json(entry))

    def verify_bundle(self, bundle, entry):
        """By the command; the document is given by its digest over HTTP."""
        path = self.dir / "bundle.json"
        path.write_bytes(bundle)
        vkey = (self.ledger.data / "log.vkey").read_text().strip()
        result = service.run("verify", path, "--vkey", vkey, "--json")
        verdict = answers.parse_json(result.stdout)
        failed = [c for c in verdict["checks"] if c["result"] == "fail"]
        self.assertEqual(failed, [], verdict)
        checks = {c["id"]: c["result"] for c in verdict["checks"]}
        self.assertEqual(checks["inclusion"], "pass")
        self.assertEqual(checks["disclosures"], "pass")
        answer = self.client().call("POST", "/v1/verify", {
            "bundle": answers.parse_json(bundle),
            "document": {"sha256": entry["document"]["sha256"]}})
        self.assertEqual(answer.status, 200, (answer, self.running.said()))
        self.assertEqual(answers.parse_json(answer.body)["overall"], "passed")

    def clean_stop(self):
        self.running.stop()
        print(f"{self.id()}: {service.fsck(self.ledger.data)}")

    # -- tests

    def test_what_is_erased_is_in_no_file(self):
        acme = self.client(self.acme)
        subjects, bodies = {}, {}
        for number in range(6):
            private = self.private()
            body = json.dumps(self.evidence(private=private),
                              ensure_ascii=False)
            key = f"key-{number}"
            receipt = acme.post("/v1/evidence", body, key)
            self.verifier.receipt(receipt)
            subjects[receipt["index"]] = (receipt["entry"],
                                          self.kept(receipt, private))
            bodies[receipt["index"]] = (body, key)
        privates = [self.private() for _ in range(3)]
        batch_body = json.dumps(
            {"items": [self.evidence(private=private) for private in privates]
             + [self.evidence()]}, ensure_ascii=False)
        batch = acme.post("/v1/evidence/batch", batch_body, "key-batch")
        self.verifier.batch(batch)
        for receipt, private in zip(batch["receipts"], privates):
            subjects[receipt["index"]] = (receipt["entry"],
                                          self.kept(receipt, private))
        for index, (entry, kept) in subjects.items():
            places = self.assert_found(kept)
            self.check_entry(index, entry, [k.disclosure for k in kept])
        print(f"{self.id()}: found in {places}")

        documents = {
            index: answers.parse_json(entry)["document"]["sha256"]
            for index, (entry, _) in subjects.items()}
        readers = [Reader(self.verifier, self.running.url, token, documents)
                   for token in [self.acme, self.ledger.admin, self.other,
                                 None][:READERS]]
        for reader in readers:
            reader.start()
        order = list(subjects)
        self.random.shuffle(order)
        erased = order[:6]
        by = {index: self.random.choice([self.acme, self.ledger.admin])
              for index in erased}
        by[erased[0]], by[erased[1]] = self.acme, self.ledger.admin
        for index in erased:
            service.until(lambda: all(r.reads or r.problem for r in readers),
                          60, "readers")
            self.client(self.other).refused(
                403, "not-owner", "POST", f"/v1/entries/{index}/erasure",
                {"reason": "person_request"})
            self.assert_found(subjects[index][1])
            self.erase(index, by[index])
            self.assert_gone(subjects[index][1])
        for reader in readers:
            reader.finish()
        print(f"{self.id()}: {sum(r.reads for r in readers)} reads beside "
              f"{len(erased)} erasures")
        self.assertGreater(sum(r.disclosed for r in readers), 0)

        def look_at_all():
            for index, (entry, kept) in subjects.items():
                if index in erased:
                    self.assert_gone(kept)
                    self.check_entry(index, entry, [])
                else:
                    self.assert_found(kept)
                    self.check_entry(index, entry,
                                     [k.disclosure for k in kept])

        look_at_all()
        self.again(subjects, bodies, batch_body, batch, erased)
        self.running.stop()
        look_gone = [k for index in erased for k in subjects[index][1]]
        self.assert_gone(look_gone)
        self.serve()
        look_at_all()
        # Something new, so that the logs are not empty when it is killed.
        more = self.private()
        receipt = self.client(self.acme).post(
            "/v1/evidence", self.evidence(private=more))
        self.running.kill()
        self.assert_gone(look_gone)
        self.serve()
        look_at_all()
        self.assert_found(self.kept(receipt, more))
        self.clean_stop()
        self.assert_gone(look_gone)

    def erase(self, index, token):
        receipt = self.client(token).post(
            f"/v1/entries/{index}/erasure", {"reason": "person_request"},
            f"erase-{index}")
        entry, _ = self.verifier.receipt(receipt)
        self.assertEqual(entry["kind"], "disclosure.erased")
        self.assertEqual((entry["index"], entry["reason"]),
                         (index, "person_request"))
        self.assertEqual(receipt["disclosures"], [])

    def again(self, subjects, bodies, batch_body, batch, erased):
        """Erased twice, and the first requests sent again."""
        acme = self.client(self.acme)
        for index in erased:
            acme.refused(409, "already-erased", "POST",
                         f"/v1/entries/{index}/erasure", {"reason": "mistake"})
        for index, (body, key) in bodies.items():
            answer = acme.call("POST", "/v1/evidence", body, key)
            self.assertEqual(answer.status, 201)
            self.assertEqual(answer.headers["Idempotency-Replayed"], "true")
            receipt = answers.parse_json(answer.body)
            self.verifier.receipt(receipt)
            self.assertEqual(receipt["index"], index)
            self.assertEqual(receipt["entry"], subjects[index][0])
            self.assertEqual(len(receipt["disclosures"]),
                             0 if index in erased else 4)
        answer = acme.call("POST", "/v1/evidence/batch", batch_body,
                           "key-batch")
        self.assertEqual(answer.status, 201)
        self.assertEqual(answer.headers["Idempotency-Replayed"], "true")
        replay = answers.parse_json(answer.body)
        self.verifier.batch(replay)
        for old, new in zip(batch["receipts"], replay["receipts"]):
            self.assertEqual((old["index"], old["entry"]),
                             (new["index"], new["entry"]))
            self.assertEqual(new["disclosures"],
                             [] if old["index"] in erased
                             else old["disclosures"])

    def test_the_private_fields_of_a_party_are_erased(self):
        private = {"name" + self.text(8): "司马" + self.han(5)}
        admin = self.client(self.ledger.admin)
        receipt = admin.post("/v1/parties", {
            "id": "person", "role": "applicant", "private": private})
        kept = self.kept(receipt, private)
        self.assert_found(kept)
        self.erase(receipt["index"], self.ledger.admin)
        self.assert_gone(kept)
        again = admin.json(f"/v1/entries/{receipt['index']}")
        self.verifier.receipt(again)
        self.assertEqual((again["entry"], again["disclosures"]),
                         (receipt["entry"], []))
        self.clean_stop()

    def test_the_last_erasure_after_many_entries_and_restarts(self):
        """Tables of several levels, and blobs of different ages."""
        kept = []
        for _ in range(4):
            acme = self.client(self.acme)
            items = [self.evidence(private=self.private()) for _ in range(120)]
            batch = acme.post("/v1/evidence/batch", {"items": items})
            for item, receipt in zip(items, batch["receipts"]):
                kept.append((receipt["index"],
                             self.kept(receipt, item["private"])))
            self.running.kill()
            self.serve()
        for index, fields in self.random.sample(kept, 8):
            self.assert_found(fields)
            self.erase(index, self.ledger.admin)
            self.assert_gone(fields)
            kept.remove((index, fields))
        for _, fields in self.random.sample(kept, 8):
            self.assert_found(fields)
        size = sum(len(octets) for path, octets in self.files().items()
                   if "/private/" in path)
        print(f"{self.id()}: {size} bytes of private blobs")
        self.clean_stop()

    def test_an_erasure_that_a_kill_cut_short_is_sent_again(self):
        subjects = []
        for _ in range(6):
            private = self.private()
            receipt = self.client(self.acme).post(
                "/v1/evidence", self.evidence(private=private))
            subjects.append((receipt, self.kept(receipt, private)))
        lost = 0
        for receipt, kept in subjects:
            client = self.running.client(self.acme)
            target = f"/v1/entries/{receipt['index']}/erasure"
            answered = []

            def erase():
                try:
                    answered.append(client.call(
                        "POST", target, {"reason": "court_order"}, target))
                except (OSError, http.client.HTTPException):
                    pass  # What this test is about.

            thread = threading.Thread(target=erase)
            thread.start()
            thread.join(self.random.random() * 0.03)
            self.running.kill()
            thread.join()
            client.close()
            lost += not answered
            self.serve()
            self.check_entry_text(receipt)
            answer = self.client(self.acme).call(
                "POST", target, {"reason": "court_order"}, target)
            self.assertEqual(answer.status, 201, answer)
            self.assert_gone(kept)
        entries = service.read_entries(
            self.client(), 0, self.client().json("/v1/status")["size"])
        self.assertEqual(
            sum(b'"kind":"disclosure.erased"' in entry for entry in entries),
            len(subjects))
        print(f"{self.id()}: {lost} of {len(subjects)} were cut short")
        self.clean_stop()

    def check_entry_text(self, receipt):
        again = self.client(self.acme).json(f"/v1/entries/{receipt['index']}")
        self.verifier.receipt(again)
        self.assertEqual(again["entry"], receipt["entry"])

    def test_a_request_that_was_refused_leaves_nothing(self):
        acme = self.client(self.acme)
        root = acme.post("/v1/evidence", self.evidence())["index"]
        link = acme.post("/v1/evidence", self.evidence(chain=root))["index"]
        acme.post("/v1/evidence", self.evidence(), "used")
        refused = []

        def private():
            refused.append(self.private())
            return refused[-1]

        size = acme.json("/v1/status")["size"]
        post = ("POST", "/v1/evidence")
        acme.refused(422, "unknown-reference", *post,
                     self.evidence(private=private(), chain=link + 1000))
        acme.refused(422, "wrong-chain-root", *post,
                     self.evidence(private=private(), chain=0))
        acme.refused(409, "chain-out-of-order", *post, self.evidence(
            private=private(), chain={"root": root, "after": root}))
        acme.refused(409, "idempotency-key-reused", *post,
                     self.evidence(private=private()), "used")
        acme.refused(400, "control-character", *post,
                     {**self.evidence(private=private()), "label": "a\u0007"})
        acme.refused(400, "unknown-member", *post,
                     self.evidence(private=private(), more=1))
        acme.refused(400, "too-long", *post,
                     {**self.evidence(private=private()), "label": "l" * 129})
        acme.refused(400, "not-json", *post,
                     json.dumps(self.evidence(private=private())) + "}")
        acme.refused(422, "unknown-reference", "POST", "/v1/evidence/batch", {
            "items": [self.evidence(private=private()),
                      self.evidence(private=private(), chain=link + 1000)]})
        self.client(self.court).refused(
            403, "wrong-role", *post, self.evidence(private=private()))
        self.client().refused(
            401, "token-required", *post, self.evidence(private=private()))
        self.client(self.ledger.admin).refused(
            409, "party-exists", "POST", "/v1/parties",
            {"id": "acme", "role": "platform", "private": private()})
        self.assertEqual(acme.json("/v1/status")["size"], size)
        self.assert_values_gone(*refused)
        self.running.kill()
        self.assert_values_gone(*refused)
        self.serve()
        self.assert_values_gone(*refused)
        print(f"{self.id()}: {len(refused)} refusals")
        self.clean_stop()


if __name__ == "__main__":
    print(f"SEALEDGER_SEED={SEED}", flush=True)
    unittest.main(verbosity=2)
