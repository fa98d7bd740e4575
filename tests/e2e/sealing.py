#!/usr/bin/python3
"""Seals in use, with the real service: signatures made here and elsewhere, who
may sign and who may see, and what bundles prove long after."""

import base64
import os
import random
import sys
import time
import unittest

sys.dont_write_bytecode = True

from lib import answers, register, seals, sealing, service  # noqa: E402
from lib.register import now_ms, parse, spell  # noqa: E402
from lib.sealing import Case, Document  # noqa: E402

SEED = int(os.environ.get("SEALEDGER_SEED",
                          random.SystemRandom().getrandbits(32)))
FULL = bool(os.environ.get("SEALEDGER_FULL"))
FLIPS = 1000 if FULL else 25
# What a bundle of a signature proves to whoever trusts the seal authority.
OF_THE_BYTES = ["data_hash", "maker_certificate", "seal_signature",
                "seal_validity", "signature", "signer_certificate",
                "signer_listed"]
OF_ENTRIES = ["checkpoint_signature", "custody", "disclosures", "entry",
              "format", "inclusion", "party", "register_chain",
              "register_status"]


class MadeHere(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seal = cls.register.active()

    def test_the_custodian_signs(self):
        desk, code = self.register, self.seal.code
        before = now_ms()
        document = Document()
        signed = desk.sign(code, document)
        after = now_ms()
        entry = signed.entry
        self.assertEqual(set(entry), sealing.MADE_HERE)
        self.assertEqual((entry["kind"], entry["by"], entry["made"]),
                         ("document.sealed", "acme", "here"))
        self.assertEqual(entry["protected"], document.protected_digests())
        self.assertEqual(entry["document"], document.document_digests())
        self.assertEqual(entry["seal_code"], code)
        status = desk.status(code)
        self.assertEqual(entry["register"], status["entries"][-1])
        self.assertLess(entry["checkpoint_size"], signed.index + 1)
        self.assertEqual(entry["signature_sm3"], seals.sm3(signed.signature))
        # A second is all that a signature tells.
        claimed = parse(entry["claimed_time"])
        self.assertEqual(claimed % 1000, 0)
        self.assertLessEqual(before - before % 1000, claimed)
        self.assertLessEqual(claimed, after)
        self.assertLessEqual(claimed, parse(entry["time"]))

        read = seals.ReadSignature(signed.signature)
        self.assertEqual((read.version, read.property_info, read.oid),
                         (4, sealing.PROPERTY_INFO, seals.SM2_WITH_SM3))
        self.assertEqual(read.seconds() * 1000, claimed)
        self.assertEqual(read.data_hash.hex(), document.protected_digests()[
            "sm3"])
        self.assertEqual(read.seseal, self.seal.made.seseal)
        self.assertEqual([read.certificate],
                         seals.Read(read.seseal).certificates)
        self.assertEqual(seals.sha256(read.certificate),
                         entry["signer_sha256"])
        self.assertTrue(read.is_signed())
        self.assertFalse(seals.is_signed(read.certificate,
                                         read.to_sign + b"\0", read.value))
        checks = self.judge.verify_file(signed.signature, document.protected)
        self.assertEqual(checks["data_hash"], ("pass", "same"))
        self.assertEqual(checks["signer_certificate"], ("pass", "trusted"))

    def test_a_signature_tells_what_the_ledger_was(self):
        desk = self.register
        origin = self.ledger.verifier.origin
        for _ in range(3):
            signed = desk.sign(self.seal.code)
            checkpoint = sealing.checkpoint_in(signed.signature)
            self.assertEqual(checkpoint.origin, origin)
            self.assertEqual(checkpoint.size, signed.entry["checkpoint_size"])
            tiles = service.Tiles(desk.client("public"), checkpoint.size)
            self.assertEqual(checkpoint.root,
                             tiles.subtree(0, checkpoint.size))
            desk.organization()

    def test_only_what_is_given_is_in_the_entry(self):
        document = Document()
        digests = document.protected_digests()
        answer = self.register.client("acme").call(
            "POST", f"/v1/seals/{self.seal.code}/signatures",
            {"protected": {"sm3": digests["sm3"]}, "property_info": "x" * 1024,
             "time_stamp": False})
        self.assertEqual(answer.status, 201, answer)
        signed = self.register.signed(answer, document)
        self.assertEqual(set(signed.entry),
                         sealing.MADE_HERE - {"document"})
        self.assertEqual(signed.entry["protected"], {"sm3": digests["sm3"]})
        self.assertEqual(
            seals.ReadSignature(signed.signature).property_info, "x" * 1024)
        self.judge.verify_file(signed.signature, document.protected)

    def test_a_seal_with_a_large_picture(self):
        seal = self.register.active(picture=register.picture(
            register.png(500, 500, os.urandom(250_000))))
        signed = self.register.sign(seal.code, property_info='"\\ ~')
        self.assertGreater(len(signed.signature), 250_000)
        self.judge.verify_file(signed.signature, signed.document.protected)
        self.assertEqual(self.register.bytes_of(signed.index),
                         signed.signature)
        verdict = self.verdict(signed.index)
        self.assertEqual(verdict.overall, "passed", verdict.failed())

    def test_who_gets_the_bytes(self):
        desk = self.register
        desk.authorize(self.seal.code, "other")
        for owner, stranger in (("acme", "other"), ("other", "acme")):
            signed = desk.sign(self.seal.code, who=owner)
            target = f"/v1/entries/{signed.index}/signature"
            for who in (owner, "admin", "watch"):
                answer = desk.client(who).call("GET", target)
                self.assertEqual(answer.status, 200)
                self.assertEqual(answer.body, signed.signature)
                self.assertEqual(answer.headers["Content-Type"],
                                 "application/octet-stream")
            for who in (stranger, "office", "clerk"):
                desk.refused(who, 403, "not-owner", "GET", target)
            desk.refused("public", 401, "token-required", "GET", target)
            # The entry itself is everybody's.
            self.assertEqual(desk.entry(signed.index, "public"), signed.entry)
        desk.deauthorize(self.seal.code, "other")

    def test_who_else_may_sign(self):
        desk = self.register
        seal = desk.active()
        code = seal.code
        start = desk.status(code)["entries"][-1]
        target = f"/v1/seals/{code}/signatures"

        def refused():
            with self.unchanged():
                desk.refused("other", 403, "not-custodian", "POST", target,
                             sealing.order_of(Document()))

        refused()
        granted = desk.authorize(code, "other")
        self.assertEqual(
            {name: granted.entry.get(name)
             for name in ("kind", "by", "seal_code", "party", "previous",
                          "until")},
            {"kind": "seal.authorized", "by": "acme", "seal_code": code,
             "party": "other", "previous": start, "until": None})
        signed = desk.sign(code, who="other")
        self.assertEqual((signed.entry["by"], signed.entry["register"]),
                         ("other", granted.index))
        ended = desk.deauthorize(code, "other")
        self.assertEqual((ended.entry["kind"], ended.entry["party"],
                          ended.entry["previous"]),
                         ("seal.deauthorized", "other", granted.index))
        refused()
        self.assertEqual(desk.sign(code).entry["register"], ended.index)
        # For a while.
        until = now_ms() + 2000
        brief = desk.authorize(code, "other", until=spell(until))
        self.assertEqual(brief.entry["until"], spell(until))
        desk.sign(code, who="other")
        longer = desk.authorize(code, "other", until=spell(until + 1))
        self.assertEqual(longer.entry["previous"], brief.index)
        desk.sign(code, who="other")
        register.until_after(until + 1)
        refused()
        desk.refused("acme", 404, "no-such-authorization", "DELETE",
                     f"/v1/seals/{code}/authorizations/other")
        self.assertEqual(
            [entry["kind"] for entry in desk.history(code)],
            ["seal.issued", "seal.filed", "seal.activated", "seal.authorized",
             "seal.deauthorized", "seal.authorized", "seal.authorized"])
        self.assertEqual(desk.status(code)["entries"][-1], longer.index)
        self.assertEqual(desk.status(code)["status"], "active")
        # The bundle of what was signed meanwhile shows who let it be.
        verdict = self.verdict(signed.index, "other")
        self.assertEqual(verdict.overall, "passed", verdict.failed())
        self.assertEqual(verdict.reason("custody"), ("pass", "authorized"))
        self.assertEqual(verdict.checks["custody"]["evidence"]["index"],
                         str(granted.index))

    def test_one_key_is_one_signature(self):
        desk, code = self.register, self.seal.code
        document = Document()
        first = desk.sign(code, document, key="sign-once")
        with self.unchanged():
            again = desk.sign(code, document, key="sign-once")
        self.assertEqual((first.replayed, again.replayed), (False, True))
        self.assertEqual((again.index, again.entry, again.signature),
                         (first.index, first.entry, first.signature))
        with self.unchanged():
            desk.refused("acme", 409, "idempotency-key-reused", "POST",
                         f"/v1/seals/{code}/signatures",
                         sealing.order_of(Document()), "sign-once")
        # What was released is given again, whatever became of the seal.
        desk.event(code, "suspended")
        again = desk.sign(code, document, key="sign-once")
        self.assertEqual(again.signature, first.signature)
        desk.event(code, "resumed")
        granted = desk.authorize(code, "other", key="grant-once")
        self.assertEqual(desk.authorize(code, "other", key="grant-once").index,
                         granted.index)
        ended = desk.deauthorize(code, "other", key="end-once")
        again = desk.deauthorize(code, "other", key="end-once")
        self.assertEqual((again.index, again.replayed), (ended.index, True))
        # Without a key each request is a signature of its own.
        self.assertNotEqual(desk.sign(code, document).signature,
                            first.signature)


class MadeElsewhere(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = sealing.Elsewhere(cls.ledger.data,
                                          cls.folder / "elsewhere")
        cls.seal = cls.register.seal_of(cls.elsewhere)
        cls.seseal = cls.seal.made.seseal

    def test_a_signature_made_elsewhere_is_entered(self):
        desk = self.register
        document = Document()
        given = self.elsewhere.sign(self.seseal, document)
        signed = desk.enter(given, document)
        entry = signed.entry
        self.assertEqual(set(entry), sealing.MADE_ELSEWHERE)
        self.assertEqual((entry["kind"], entry["by"], entry["made"]),
                         ("document.sealed", "acme", "elsewhere"))
        self.assertEqual([check["id"] for check in signed.checks],
                         sealing.GIVEN_CHECKS)
        self.assertEqual({check["result"] for check in signed.checks},
                         {"pass"})
        self.assertEqual(entry["verdicts"], dict.fromkeys(
            sealing.GIVEN_CHECKS, "pass"))
        self.assertEqual(entry["signature_sm3"], seals.sm3(given))
        self.assertEqual(entry["signer_sha256"],
                         seals.sha256(self.elsewhere.signer.der))
        self.assertEqual(entry["claimed_time"], spell(
            seals.ReadSignature(given).seconds() * 1000))
        self.assertEqual(entry["register"],
                         desk.status(self.seal.code)["entries"][-1])
        for who in ("acme", "admin", "watch"):
            self.assertEqual(desk.bytes_of(signed.index, who), given)
        self.judge.verify_file(given, document.protected)
        verdict = self.verdict(signed.index, document=document.original)
        self.assertEqual(verdict.overall, "passed", verdict.failed())
        self.assertEqual(verdict.reason("custody"), ("pass",
                                                     "made_elsewhere"))
        self.assertNotIn("signed_checkpoint", verdict.checks)

    def test_who_may_bring_one(self):
        desk = self.register
        for who in ("admin", "office", "other"):
            document = Document()
            given = self.elsewhere.sign(self.seseal, document)
            signed = desk.enter(given, document, who)
            self.assertEqual(desk.bytes_of(signed.index, who), given)
        given = sealing.gift_of(given, document)
        with self.unchanged():
            for who in ("clerk", "watch"):
                desk.refused(who, 403, "wrong-role", "POST",
                             "/v1/seal-signatures", given)
            desk.refused("public", 401, "token-required", "POST",
                         "/v1/seal-signatures", given)

    def test_spellings_that_others_have(self):
        """Bytes are kept as they came, with what is odd about them."""
        desk = self.register
        oid = bytes.fromhex("06032a0304")

        def made(**more):
            document = Document()
            return document, self.elsewhere.signing(self.seseal, document,
                                                    **more)

        def entered(document, given):
            signed = desk.enter(given, document)
            self.assertEqual(desk.bytes_of(signed.index), given)
            verdict = self.verdict(signed.index)
            self.assertEqual(verdict.overall, "passed", verdict.failed())

        signer = self.elsewhere.signer
        other_id = desk.seal_of(self.elsewhere, es_id="M-1").made.seseal
        document = Document()
        entered(document, self.elsewhere.sign(other_id, document))
        for more in ({"version": 5}, {"property_info": ""},
                     {"extensions": [(oid, b"\5\0"), (oid, b"\5\0")]}):
            document, signing = made(**more)
            entered(document, seals.sign(signer, signing))
        # r || s
        document, signing = made()
        to_sign = seals.to_sign_of(signing)
        entered(document, seals.signature_of(
            to_sign, signer.der, seals.raw_value(signer.sign(to_sign))))
        # A local time that is written with a Z.
        document, signing = made(time=int(time.time()) + 8 * 3600 - 60)
        given = seals.sign(signer, signing)
        signed = desk.enter(given, document)
        self.assertGreater(signed.entry["claimed_time"], signed.entry["time"])
        self.assertEqual(self.verdict(signed.index).overall, "passed")

    def test_one_key_is_one_entry(self):
        desk = self.register
        seal = desk.seal_of(self.elsewhere)
        document = Document()
        given = self.elsewhere.sign(seal.made.seseal, document)
        first = desk.enter(given, document, key="bring-once")
        desk.event(seal.code, "suspended")
        with self.unchanged():
            again = desk.enter(given, document, key="bring-once")
        self.assertEqual((again.index, again.entry, again.replayed),
                         (first.index, first.entry, True))

        def told(signed):
            return [(check["id"], check["result"], check["reason"])
                    for check in signed.checks]

        self.assertEqual(told(again), told(first))
        desk.event(seal.code, "resumed")
        # Brought twice, it is in the ledger twice; each is erased alone.
        second = desk.enter(given, document)
        self.assertNotEqual(second.index, first.index)
        desk.post("acme", f"/v1/entries/{first.index}/erasure",
                  {"reason": "mistake"})
        desk.refused("acme", 404, "signature-erased", "GET",
                     f"/v1/entries/{first.index}/signature")
        self.assertEqual(desk.bytes_of(second.index), given)


class Stories(Case):
    """From any file of a sealing to all of it."""

    def found(self, digest, who="public"):
        """Indices of the items, and what is related."""
        answer = self.register.get(f"/v1/documents/{digest}", who)
        items = self.ledger.verifier.list(answer)
        return [item["index"] for item in items], answer["related"]

    def test_each_file_leads_to_the_same_story(self):
        desk = self.register
        elsewhere = sealing.Elsewhere(self.ledger.data, self.folder / "other")
        here = desk.active()
        there = desk.seal_of(elsewhere)
        for seal in (here, there):
            document = Document()
            before = desk.post("acme", "/v1/evidence", {
                "document": sealing.digests(document.original)})
            if seal is here:
                signed = desk.sign(seal.code, document)
            else:
                signed = desk.enter(elsewhere.sign(there.made.seseal,
                                                   document), document)
            issued, sealed = seal.made.index, signed.index
            self.assertEqual(
                self.found(sealing.digests(document.protected)["sha256"]),
                ([sealed], [issued]))
            finished = desk.post("acme", "/v1/evidence", {
                "document": sealing.digests(document.finished),
                "chain": sealed})
            self.assertEqual(finished.entry["chain"],
                             {"previous": sealed, "root": sealed})
            copy = desk.post("acme", "/v1/evidence", {
                "document": {"sha256": register.digest(str(sealed))},
                "chain": {"root": sealed, "after": finished.index}})
            self.assertEqual(copy.entry["chain"], {
                "previous": finished.index, "root": sealed})
            for octets, items in ((document.original, [before.index, sealed]),
                                  (document.protected, [sealed]),
                                  (document.finished, [finished.index])):
                story = sorted({issued, sealed, finished.index, copy.index}
                               - set(items))
                digests = sealing.digests(octets)
                for who in ("public", "other", "acme"):
                    self.assertEqual(self.found(digests["sha256"], who),
                                     (items, story))
                    self.assertEqual(self.found("sm3:" + digests["sm3"], who),
                                     (items, story))
            listed = self.ledger.verifier.list(
                desk.get(f"/v1/entries?chain={sealed}", "public"))
            self.assertEqual([item["index"] for item in listed],
                             [sealed, finished.index, copy.index])
            listed = desk.pages("/v1/entries?kind=document.sealed&by=acme",
                                "public")
            self.assertIn(sealed, [item["index"] for item in listed])
            bundle = desk.get(f"/v1/entries/{copy.index}/bundle?chain=full")
            verdict = self.judge.verdict(bundle)
            self.assertEqual(verdict.reason("chain"),
                             ("pass", "leads_to_chain_root"))

    def test_chains_that_are_not_to_be(self):
        desk = self.register
        signed = desk.sign(desk.active().code)
        link = {"document": {"sha256": register.digest("finished")},
                "chain": signed.index}
        with self.unchanged():
            for who in ("other", "office"):
                desk.refused(who, 422, "wrong-chain-root", "POST",
                             "/v1/evidence", link)
            desk.refused("acme", 409, "chain-out-of-order", "POST",
                         "/v1/evidence", {**link, "chain": {
                             "root": signed.index,
                             "after": signed.index + 1000}})
        first = desk.post("acme", "/v1/evidence", link)
        with self.unchanged():
            desk.refused("acme", 409, "chain-out-of-order", "POST",
                         "/v1/evidence", {**link, "chain": {
                             "root": signed.index, "after": signed.index}})
        self.assertEqual(first.entry["chain"]["previous"], signed.index)


class Verdicts(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = sealing.Elsewhere(cls.ledger.data,
                                          cls.folder / "elsewhere")
        cls.dice = random.Random(SEED)

    def sealed(self):
        """Of a seal of its own, signed here some time after its activation;
        the time in between."""
        seal = self.register.active()
        activated = parse(self.register.history(seal.code)[-1]["time"])
        register.until_after(activated + 20)
        return self.register.sign(seal.code), activated + 10

    def test_passed(self):
        signed, _ = self.sealed()
        document = signed.document
        for octets, name in ((document.original, "document"),
                             (document.protected, "protected")):
            verdict = self.verdict(signed.index, document=octets)
            self.assertEqual(verdict.overall, "passed", verdict.failed())
            self.assertEqual(
                verdict.checks["document"]["evidence"]["compared_with"], name)
        results = verdict.reasons()
        for id_ in [*OF_THE_BYTES, *OF_ENTRIES, "document"]:
            self.assertEqual(results[id_][0], "pass", (id_, results))
        self.assertEqual(results["register_status"], ("pass", "active"))
        self.assertEqual(results["custody"], ("pass", "custodian"))
        self.assertEqual(results["signed_checkpoint"], ("pass", "consistent"))
        self.assertEqual({claim["id"] for claim in verdict.claims},
                         {"by", "claimed_time", "no_later_register_entry",
                          "time"})
        for who in ("admin", "watch"):
            self.assertEqual(self.verdict(signed.index, who, document.original)
                             .overall, "passed")
        # Another file, and none.
        verdict = self.verdict(signed.index, document=document.finished)
        self.assertEqual((verdict.overall, verdict.failed()),
                         ("failed", ["document"]))

    def test_passed_by_http(self):
        """The service trusts the seal authorities that its operator names."""
        signed, _ = self.sealed()
        trust = self.ledger.data / "trust.toml"
        for trusted, reason in ((False, "no_ca"), (True, "trusted")):
            if trusted:
                trust.write_text('[[ca]]\nfile = "keys/seal-ca.pem"\n'
                                 'use = "seal"\n')
                self.restart()
            answer = self.register.client("public").call(
                "POST", "/v1/verify", {
                    "bundle": self.bundle(signed.index),
                    "document": sealing.digests(signed.document.original)})
            self.assertEqual(answer.status, 200, answer)
            said = answers.parse_json(answer.body)
            self.assertEqual(said["overall"], "passed", said)
            self.assertEqual(
                {check["reason"] for check in said["checks"]
                 if check["id"].endswith("_certificate")}, {reason})
        # Keys are opened again, and what was signed before is there.
        self.assertEqual(self.register.bytes_of(signed.index),
                         signed.signature)
        again = self.register.sign(signed.entry["seal_code"])
        self.assertEqual(self.verdict(again.index).overall, "passed")

    def test_who_may_not_see_the_bytes_proves_the_entries_alone(self):
        signed, _ = self.sealed()
        for who in ("public", "other", "office"):
            bundle = self.bundle(signed.index, who)
            self.assertEqual(set(bundle), {"format", "entries", "checkpoint"})
            verdict = self.judge.verdict(bundle, signed.document.original)
            self.assertEqual((verdict.overall, verdict.failed()),
                             ("indeterminate", []))
            self.assertEqual(verdict.withheld(), OF_THE_BYTES)
            for id_ in OF_ENTRIES:
                self.assertEqual(verdict.checks[id_]["result"], "pass", id_)
        # The seal, too, has bytes.
        issued = self.register.get(f"/v1/seals/"
                                   f"{signed.entry['seal_code']}")["index"]
        self.assertIn("seseal", self.bundle(issued)["seal"])
        self.assertEqual(self.verdict(issued).overall, "passed")
        verdict = self.verdict(issued, "public")
        self.assertEqual((verdict.overall, verdict.withheld()),
                         ("indeterminate",
                          ["maker_certificate", "seal_signature"]))

    def test_a_loss_that_is_reported_later(self):
        desk = self.register
        signed, meanwhile = self.sealed()
        code = signed.entry["seal_code"]
        self.assertEqual(self.verdict(signed.index).overall, "passed")
        lost = desk.event(code, "lost", "acme", reason="key_compromised",
                          effective_at=spell(meanwhile))
        verdict = self.verdict(signed.index)
        self.assertEqual((verdict.overall, verdict.failed()),
                         ("failed", ["register_status"]))
        self.assertEqual(verdict.reason("register_status"),
                         ("fail", "revoked_before_signing_reported_later"))
        evidence = verdict.checks["register_status"]["evidence"]
        self.assertEqual((evidence["known_at_entry"], evidence["status"]),
                         (str(signed.index), "lost"))
        self.assertGreater(int(evidence["known_now"]), lost.index)
        # As a stranger sees it, who has no bytes.
        self.assertEqual(self.verdict(signed.index, "public").overall,
                         "failed")
        # It was lost then, even if it is found.
        desk.event(code, "found")
        self.assertEqual(self.verdict(signed.index).failed(),
                         ["register_status"])
        self.assertEqual(self.verdict(desk.sign(code).index).overall, "passed")

    def test_a_loss_from_before_the_leave_to_sign(self):
        desk = self.register
        seal = desk.active()
        activated = parse(desk.history(seal.code)[-1]["time"])
        register.until_after(activated + 20)
        desk.authorize(seal.code, "other")
        signed = desk.sign(seal.code, who="other")
        desk.event(seal.code, "lost", effective_at=spell(activated + 10))
        verdict = self.verdict(signed.index, "other")
        self.assertEqual((verdict.overall, verdict.failed()),
                         ("failed", ["register_status"]))
        self.assertEqual(verdict.reason("custody"), ("pass", "authorized"))

    def test_a_loss_before_a_signature_that_was_made_elsewhere(self):
        desk = self.register
        seal = desk.seal_of(self.elsewhere)
        document = Document()
        given = self.elsewhere.sign(seal.made.seseal, document)
        signed = desk.enter(given, document)
        moment = parse(signed.entry["time"])
        register.until_after(moment + 1)
        # Effective when it was entered: that moment must pass, too.
        desk.event(seal.code, "lost", effective_at=spell(moment))
        self.assertEqual(self.verdict(signed.index).reason("register_status"),
                         ("fail", "revoked_before_signing_reported_later"))

    def test_what_comes_after_the_signature_leaves_it_as_it_is(self):
        desk = self.register
        for event, more in (("cancelled", {"reason": "renamed"}),
                            ("suspended", {}), ("lost", {})):
            signed, _ = self.sealed()
            code = signed.entry["seal_code"]
            register.until_after(parse(signed.entry["time"]))
            desk.event(code, event, **more)
            verdict = self.verdict(signed.index,
                                   document=signed.document.original)
            self.assertEqual(verdict.overall, "passed", verdict.failed())
            self.assertEqual(verdict.reason("register_status"),
                             ("pass", "active_then"))
        seal = desk.seal_of(self.elsewhere)
        document = Document()
        given = self.elsewhere.sign(seal.made.seseal, document)
        signed = desk.enter(given, document)
        register.until_after(parse(signed.entry["time"]))
        desk.event(seal.code, "cancelled", reason="lost")
        verdict = self.verdict(signed.index)
        self.assertEqual((verdict.overall, verdict.reason("register_status")),
                         ("passed", ("pass", "active_then")))

    def test_an_erased_signature(self):
        desk = self.register
        signed, _ = self.sealed()
        document = Document()
        again = desk.sign(signed.entry["seal_code"], document, key="erased")
        for index in (signed.index, again.index):
            desk.refused("other", 403, "not-owner", "POST",
                         f"/v1/entries/{index}/erasure", {"reason": "mistake"})
        erased = desk.post("acme", f"/v1/entries/{again.index}/erasure",
                           {"reason": "retention_ended"})
        self.assertEqual((erased.entry["kind"], erased.entry["index"]),
                         ("disclosure.erased", again.index))
        for who in ("acme", "admin", "watch"):
            desk.refused(who, 404, "signature-erased", "GET",
                         f"/v1/entries/{again.index}/signature")
            bundle = self.bundle(again.index, who)
            self.assertFalse({"seal", "certificates"} & set(bundle))
            verdict = self.judge.verdict(bundle, document.original)
            self.assertEqual((verdict.overall, verdict.withheld()),
                             ("indeterminate", OF_THE_BYTES))
        desk.refused("acme", 409, "already-erased", "POST",
                     f"/v1/entries/{again.index}/erasure",
                     {"reason": "mistake"})
        # Sent again, it is told where it stands, and no signature.
        replay = desk.sign(signed.entry["seal_code"], document, key="erased")
        self.assertEqual((replay.index, replay.signature, replay.replayed),
                         (again.index, None, True))
        self.assertEqual(desk.bytes_of(signed.index), signed.signature)
        # Without the file of the seal no signature is whole, and none is made.
        issued = desk.get(f"/v1/seals/{signed.entry['seal_code']}")["index"]
        desk.post("office", f"/v1/entries/{issued}/erasure",
                  {"reason": "court_order"})
        desk.refused("acme", 404, "signature-erased", "GET",
                     f"/v1/entries/{signed.index}/signature")
        with self.unchanged():
            desk.refused("acme", 409, "no-key-in-custody", "POST",
                         f"/v1/seals/{signed.entry['seal_code']}/signatures",
                         sealing.order_of(Document()))

    def test_no_byte_of_a_signature_in_a_bundle_may_change(self):
        signed, _ = self.sealed()
        bundle = self.bundle(signed.index)
        for place in self.dice.sample(range(len(signed.signature)), FLIPS):
            octets = bytearray(signed.signature)
            octets[place] ^= 1 << self.dice.randrange(8)
            bundle["seal"]["signature"] = base64.b64encode(octets).decode()
            verdict = self.judge.verdict(bundle)
            self.assertEqual(verdict.overall, "failed", place)

    def test_no_entry_of_the_seal_may_be_missing(self):
        desk = self.register
        seal = desk.active()
        desk.authorize(seal.code, "other")
        signed = desk.sign(seal.code, who="other")
        bundle = self.bundle(signed.index, "other")
        needed = [entry["index"] for entry in bundle["entries"][1:]]
        for left_out in needed:
            cut = dict(bundle, entries=[
                entry for entry in bundle["entries"]
                if entry["index"] != left_out])
            self.assertNotEqual(self.judge.verdict(cut).overall, "passed",
                                left_out)
        for members, overall in (({"signed_checkpoint"}, "passed"),
                                 ({"seal", "signed_checkpoint"},
                                  "indeterminate"),
                                 ({"seal"}, "failed")):
            cut = {name: value for name, value in bundle.items()
                   if name not in members}
            self.assertEqual(self.judge.verdict(cut).overall, overall)


if __name__ == "__main__":
    if seals.missing():
        print(seals.missing(), "here: skipped")
        sys.exit(77)
    print(f"SEALEDGER_SEED={SEED}", flush=True)
    unittest.main(verbosity=2)
