#!/usr/bin/python3
# run-serial
"""Signatures on their way while their seal is suspended or cancelled, or the
leave to sign with it ends: what is released was entered before the change,
each time, and all that was released is there.

    SEALEDGER_FULL=1   1,000 tries of each, instead of 40; a tenth of that of
                       what is named last
    SEALEDGER_SEED=N   after how many signatures the change is sent
"""

import concurrent.futures
import os
import random
import sys
import threading
import unittest

sys.dont_write_bytecode = True

from lib import answers, seals, sealing, service  # noqa: E402
from lib.answers import demand  # noqa: E402
from lib.sealing import Case, Desk, Document, gift_of, order_of  # noqa: E402

SEED = int(os.environ.get("SEALEDGER_SEED",
                          random.SystemRandom().getrandbits(32)))
TRIES = 1000 if os.environ.get("SEALEDGER_FULL") else 40
FEW = TRIES // 10
SIGNERS = 4
BEFORE = 6  # signatures of a try, at most, before the change is sent
RUNAWAY = 500
ROUTE = "public_security"


class Try:
    """Of one seal: signers who sign until they are refused, and a change that
    is sent once so many signatures were released."""

    def __init__(self, before):
        self.before = before
        self.lock = threading.Lock()
        self.start = threading.Barrier(SIGNERS + 1)
        self.reached = threading.Event()
        self.released = []
        if before == 0:
            self.reached.set()

    def sign(self, send):
        """The problem that ended it. Also lets the change go, lest it wait for
        what does not come."""
        try:
            self.start.wait(60)
            for _ in range(RUNAWAY):
                answer = send()
                if answer.status != 201:
                    return answers.parse_json(answer.body)
                receipt = answers.parse_json(answer.body)
                with self.lock:
                    self.released.append(receipt)
                    if len(self.released) >= self.before:
                        self.reached.set()
            raise AssertionError("a seal that signs and signs")
        finally:
            self.reached.set()

    def change(self, send):
        self.start.wait(60)
        demand(self.reached.wait(60), "no signature comes")
        return send()


class Races(Case):
    SETTINGS = ((f"routes.{ROUTE}", 'mode = "approval"', 'mode = "filing"'),)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dice = random.Random(SEED)
        cls.pool = concurrent.futures.ThreadPoolExecutor(SIGNERS)
        cls.addClassCleanup(cls.pool.shutdown)
        cls.signed = {}  # index: (party, entry, SHA-256 of the signature)
        cls.given = {}  # index: signature
        cls.desk = Desk(cls.tokens, cls.running, verified=False)
        cls.clients = {
            who: [cls.running.client(cls.tokens.of[who])
                  for _ in range(SIGNERS)] for who in ("acme", "other")}

    @classmethod
    def tearDownClass(cls):
        """All signatures that the ledger has were released, and are there."""
        client = cls.desk.client("admin")
        size = client.json("/v1/status")["size"]
        sealed = {
            index: text.decode() for index, text in enumerate(
                service.read_entries(client, 0, size))
            if b'"kind":"document.sealed"' in text}
        demand(set(sealed) == set(cls.signed), "released and not there:",
               sorted(set(cls.signed) - set(sealed)), "there and not released:",
               sorted(set(sealed) - set(cls.signed)))
        for index, (who, entry, digest) in cls.signed.items():
            demand(sealed[index] == entry, "another entry at", index)
            demand(seals.sha256(cls.desk.bytes_of(index, who)) == digest,
                   "another signature at", index)
        for clients in cls.clients.values():
            for one in clients:
                one.close()
        cls.desk.close()
        print(f"{len(cls.signed)} signatures released")
        super().tearDownClass()

    def race(self, sends, who, change, refusals):
        """`sends`: what each signer sends, until he is refused."""
        for client in self.clients[who]:
            client.get("/healthz")  # connected
        one = Try(self.dice.randrange(BEFORE + 1))
        signers = [self.pool.submit(one.sign, send) for send in sends]
        changed = one.change(change)
        for signer in signers:
            problem = signer.result(120)
            name = problem["type"].rpartition(":")[2]
            demand(name in refusals, "refused as", problem)
        for receipt in one.released:
            index = receipt["index"]
            demand(index < changed.index, "released at", index,
                   "after the change at", changed.index)
            entry = answers.parse_json(receipt["entry"])
            signature = receipt.get("signature")
            octets = (self.given[entry["signature_sm3"]] if signature is None
                      else answers.decode_base64(signature))
            demand(seals.sm3(octets) == entry["signature_sm3"], entry)
            demand(index not in self.signed, "two at", index)
            self.signed[index] = (who, receipt["entry"], seals.sha256(octets))
        return len(one.released)

    def sign_against(self, code, who, change, refusal):
        target = f"/v1/seals/{code}/signatures"

        def sender(client):
            return lambda: client.call("POST", target, order_of(Document()))

        return self.race([sender(client) for client in self.clients[who]],
                         who, change, {refusal})

    def told(self, released):
        print(f"{self.id()}: {TRIES} tries, {sum(released)} released, at most "
              f"{max(released)} of a try")
        self.assertGreater(sum(released), TRIES)

    def active(self):
        return self.desk.active(filing=True, route=ROUTE)

    def test_a_seal_that_is_suspended(self):
        desk, code = self.desk, self.active().code
        released = []
        for number in range(TRIES):
            event, back = (("suspended", "resumed"),
                           ("lost", "found"))[number % 2]
            released.append(self.sign_against(
                code, "acme", lambda event=event: desk.event(code, event),
                "seal-not-usable"))
            desk.event(code, back)
        self.told(released)

    def test_leave_that_ends(self):
        desk, code = self.desk, self.active().code
        released = []
        for _ in range(TRIES):
            desk.authorize(code, "other")
            released.append(self.sign_against(
                code, "other", lambda: desk.deauthorize(code, "other"),
                "not-custodian"))
        self.told(released)

    def test_a_seal_that_is_cancelled(self):
        desk = self.desk
        released = []
        for number in range(TRIES):
            seal = self.active()

            def end(seal=seal, number=number):
                if number % 2:
                    return desk.event(seal.code, "cancelled",
                                      reason="owner_request")
                # The cancellation follows in the same commit.
                made = desk.organization_event(seal.uscc, "terminated")
                demand(made.also == [made.index + 1], made)
                return made

            released.append(self.sign_against(seal.code, "acme", end,
                                              "seal-not-usable"))
        self.told(released)

    def test_the_same_request_twice_is_one_signature(self):
        desk, code = self.desk, self.active().code
        target = f"/v1/seals/{code}/signatures"
        barrier = threading.Barrier(2)

        def send(client, order, key):
            client.get("/healthz")  # connected
            barrier.wait(60)
            return desk.signed(client.call("POST", target, order, key), None)

        for number in range(FEW):
            order = order_of(Document())
            size = desk.get("/v1/status")["size"]
            both = [one.result(60) for one in [
                self.pool.submit(send, client, order, f"twice-{number}")
                for client in self.clients["acme"][:2]]]
            self.assertEqual(sorted(one.replayed for one in both),
                             [False, True])
            first, second = both
            self.assertEqual((first.index, first.entry, first.signature),
                             (second.index, second.entry, second.signature))
            self.assertEqual(desk.get("/v1/status")["size"], size + 1)
            entry = desk.get(f"/v1/entries/{first.index}")["entry"]
            self.signed[first.index] = ("acme", entry,
                                        seals.sha256(first.signature))

    @unittest.skipIf(seals.missing(), seals.missing())
    def test_signatures_of_others_and_a_seal_that_is_suspended(self):
        """They were made before; what counts is when they come."""
        desk = self.desk
        elsewhere = sealing.Elsewhere(self.ledger.data,
                                      self.folder / "elsewhere")
        seal = desk.seal_of(elsewhere, filing=True)
        code, released, again = seal.code, 0, []
        for _ in range(FEW):
            ready = []
            for _ in range(3 * SIGNERS):
                document = Document()
                signature = elsewhere.sign(seal.made.seseal, document)
                self.given[seals.sm3(signature)] = signature
                ready.append(gift_of(signature, document))

            def sender(client, gifts):
                def send():
                    # The last of them until it is refused.
                    gift = gifts.pop() if len(gifts) > 1 else gifts[0]
                    while True:
                        answer = client.call("POST", "/v1/seal-signatures",
                                             gift)
                        if b":seal-changed" not in answer.body:
                            return answer
                        again.append(gift)  # as the problem says

                return send

            released += self.race(
                [sender(client, ready[place::SIGNERS])
                 for place, client in enumerate(self.clients["acme"])], "acme",
                lambda: desk.event(code, "suspended"), {"register-status"})
            desk.event(code, "resumed")
        print(f"{self.id()}: {FEW} tries, {released} entered, {len(again)} "
              "sent again")


if __name__ == "__main__":
    print(f"SEALEDGER_SEED={SEED}", flush=True)
    unittest.main(verbosity=2)
