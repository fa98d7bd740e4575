#!/usr/bin/python3
"""What must not be signed is not, and what is wrong with a signature keeps it
out: the real service refuses each under a name of its own, and nothing comes
of it.

    SEALEDGER_SEED=N  which bytes are flipped, and where files are cut
    SEALEDGER_FULL=1  each signature cut at each byte, many more bytes flipped
"""

import base64
import os
import random
import struct
import sys
import time
import unittest

sys.dont_write_bytecode = True

from lib import answers, der, raw_bytes, register, seals, sealing  # noqa: E402
from lib.answers import demand  # noqa: E402
from lib.register import Refusals, now_ms, parse, spell  # noqa: E402
from lib.sealing import (  # noqa: E402
    DAY_S, Document, gift_of, order_of)

SEED = int(os.environ.get("SEALEDGER_SEED",
                          random.SystemRandom().getrandbits(32)))
FULL = bool(os.environ.get("SEALEDGER_FULL"))
CUTS = FLIPS = 40
FORMAT = "signature-format"
NEVER = "never-released-by-anybody"
RELEASED = "released-and-kept"


class BadInput(Refusals):
    """Property infos tell what was refused from what was not: no file holds
    those of the former."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register.close()
        cls.register = sealing.Desk(cls.tokens, cls.running)
        cls.dice = random.Random(SEED)
        cls.elsewhere = sealing.Elsewhere(cls.ledger.data,
                                          cls.folder / "elsewhere")
        cls.register.sign(cls.register.active().code, property_info=RELEASED)

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        files = raw_bytes.of_folder(cls.ledger.data)
        demand(raw_bytes.find(files, RELEASED), "nothing is found")
        left = raw_bytes.find(files, NEVER)
        demand(not left, "signatures of refused requests in", left)


class Signing(BadInput):
    def order(self, **more):  # pylint: disable=arguments-differ
        return order_of(Document(), property_info=NEVER, **more)

    def not_signed(self, status, name, code, who="acme", **more):
        return self.refused(status, name, self.order(**more),
                            f"/v1/seals/{code}/signatures", who)

    def test_states_in_which_a_seal_does_not_sign(self):
        desk = self.register
        code = desk.seal().code
        self.not_signed(409, "seal-not-usable", code)
        desk.event(code, "filed")
        self.not_signed(409, "seal-not-usable", code)
        desk.event(code, "activated")
        desk.authorize(code, "other")
        for event, back in (("suspended", "resumed"), ("lost", "found")):
            desk.event(code, event)
            self.not_signed(409, "seal-not-usable", code)
            self.not_signed(409, "seal-not-usable", code, "other")
            desk.event(code, back)
            desk.sign(code)
        desk.event(code, "cancelled", reason="owner_request")
        self.not_signed(409, "seal-not-usable", code)
        self.not_signed(409, "seal-not-usable", code, "other")
        ended = desk.active()
        desk.organization_event(ended.uscc, "terminated")
        self.not_signed(409, "seal-not-usable", ended.code)

    def test_times_at_which_a_seal_does_not_sign(self):
        desk = self.register
        now = now_ms()
        later = desk.active(valid_from=spell(now + 3_600_000))
        self.not_signed(422, "seal-not-yet-valid", later.code)
        ends = (now_ms() // 1000 + 4) * 1000
        brief = desk.active(valid_to=spell(ends))
        desk.sign(brief.code)
        register.until_after(ends)
        self.not_signed(422, "seal-expired", brief.code)
        # The ledger tells milliseconds, where the file tells seconds.
        ends = (now_ms() // 1000 + 4) * 1000 + 400
        brief = desk.active(valid_to=spell(ends))
        desk.sign(brief.code)
        register.until_after(ends)
        self.not_signed(422, "seal-expired", brief.code)

    def test_who_may_not_sign(self):
        desk = self.register
        seal = desk.active()
        code = seal.code
        for who in ("admin", "office", "bureau", "clerk", "watch"):
            self.not_signed(403, "wrong-role", code, who)
        self.not_signed(401, "token-required", code, "public")
        self.not_signed(403, "not-custodian", code, "other")
        desk.authorize(code, "other")
        desk.deauthorize(code, "other")
        self.not_signed(403, "not-custodian", code, "other")
        until = now_ms() + 2500
        desk.authorize(code, "other", until=spell(until))
        desk.sign(code, who="other")
        register.until_after(until)
        self.not_signed(403, "not-custodian", code, "other")
        # Of another seal, it is no leave for this one.
        desk.authorize(desk.active().code, "other")
        self.not_signed(403, "not-custodian", code, "other")
        theirs = desk.active(custodian="other")
        self.not_signed(403, "not-custodian", theirs.code)
        desk.sign(theirs.code, who="other")

    def test_seals_that_are_none(self):
        for code in (self.register.new_code(), "1", "x" * 14, "35010000000017x",
                     "%33%35%30%31%30%30%30%30%30%30%30%30%30%30"):
            self.not_signed(404, "no-such-seal", code)

    def test_seals_without_a_key_here(self):
        desk = self.register
        signers = desk.active(signers=[self.elsewhere.signer.pem])
        self.not_signed(409, "no-key-in-custody", signers.code)
        made = desk.seal_of(self.elsewhere)
        self.not_signed(409, "no-key-in-custody", made.code)
        # It lists the key of a seal that is made here.
        here = desk.active()
        listed = seals.Read(here.made.seseal).certificates
        borrowed = desk.seal_of(self.elsewhere, certificates=listed)
        self.not_signed(409, "no-key-in-custody", borrowed.code)

    def test_orders_that_are_none(self):
        code = self.register.active().code
        target = f"/v1/seals/{code}/signatures"
        good = self.order()
        protected, document = good["protected"], good["document"]

        def without(name, members=good):
            return {n: value for n, value in members.items() if n != name}

        for text in ("", "x" * 1025, "a\tb", "a\0", "\x7f", "合同", "é"):
            self.refused(400, "bad-property-info",
                         {**good, "property_info": text}, target, "acme")
        for body, name in (
                (without("protected"), "invalid-request"),
                (without("property_info"), "invalid-request"),
                ({**good, "property_info": 7}, "invalid-request"),
                ({**good, "property_info": None}, "invalid-request"),
                ({**good, "time_stamp": "no"}, "invalid-request"),
                ({**good, "time_stamp": None}, "invalid-request"),
                ({**good, "protected": []}, "invalid-request"),
                ({**good, "protected": without("sm3", protected)},
                 "invalid-request"),
                ({**good, "protected": {**protected, "sm3": "ab" * 31}},
                 "bad-digest"),
                ({**good, "protected": {**protected, "sm3": "AB" * 32}},
                 "bad-digest"),
                ({**good, "protected": {**protected, "sha256": "x" * 64}},
                 "bad-digest"),
                ({**good, "protected": {**protected, "size": 1}},
                 "unknown-member"),
                ({**good, "document": without("sha256", document)},
                 "invalid-request"),
                ({**good, "document": {**document, "size": -1}},
                 "number-out-of-range"),
                ({**good, "document": {**document, "media_type": "a\n"}},
                 "bad-media-type"),
                ({**good, "label": "x"}, "unknown-member"),
                ({**good, "data_hash": "ab" * 32}, "unknown-member"),
                ([], "invalid-request"), ("{", "not-json"),
                ('{"protected":1,"protected":1}', "duplicate-member"),
                ("[" * 17 + "]" * 17, "too-deep")):
            self.refused(400, name, body, target, "acme")
        self.refused(400, "unknown-parameter", good, target + "?at=now",
                     "acme")

    def test_a_time_stamp_without_an_authority(self):
        code = self.register.active().code
        self.not_signed(503, "time-stamp-authority", code, time_stamp=True)
        answer = self.register.client("acme").call(
            "POST", f"/v1/seals/{code}/signatures",
            self.order(time_stamp=True))
        self.assertIn("Retry-After", answer.headers)

    # -- who else may

    def not_granted(self, status, name, code, body, who="acme"):
        self.refused(status, name, body, f"/v1/seals/{code}/authorizations",
                     who)

    def test_authorisations_that_are_not_to_be(self):
        desk = self.register
        code = desk.active().code
        good = {"party": "other"}
        past = spell(now_ms() - 1)
        until = spell(now_ms() + 3_600_000)
        for body, status, name in (
                ({"party": "acme"}, 400, "nothing-changed"),
                ({"party": "acme", "until": until}, 400, "nothing-changed"),
                ({**good, "until": past}, 422, "until-in-past"),
                ({**good, "until": "tomorrow"}, 400, "bad-time"),
                ({**good, "until": "2027-01-01T00:00:00Z"}, 400, "bad-time"),
                ({**good, "until": None}, 400, "invalid-request"),
                ({**good, "from": until}, 400, "unknown-member"),
                ({}, 400, "invalid-request"),
                ({"party": 7}, 400, "invalid-request"),
                ({"party": "Other"}, 400, "bad-id"),
                ({"party": ""}, 400, "bad-id"),
                ({"party": "nobody"}, 422, "unknown-reference"),
                ({"party": "office"}, 422, "not-a-platform"),
                ({"party": "clerk"}, 422, "not-a-platform"),
                ({"party": "operator"}, 422, "not-a-platform"),
                ([], 400, "invalid-request"), ("{", 400, "not-json")):
            self.not_granted(status, name, code, body)
        for who in ("admin", "office", "clerk", "watch"):
            self.not_granted(403, "wrong-role", code, good, who)
        self.not_granted(401, "token-required", code, good, "public")
        # Whoever is not the custodian learns nothing of parties.
        for party in ("other", "acme", "nobody", "office"):
            self.not_granted(403, "not-custodian", code, {"party": party},
                             "other")
        self.not_granted(404, "no-such-seal", desk.new_code(), good)
        self.not_granted(404, "no-such-seal", "x", good)
        desk.authorize(code, "other")
        self.not_granted(400, "nothing-changed", code, good)
        # Who may sign may not say who else does.
        self.not_granted(403, "not-custodian", code, {"party": "other"},
                         "other")
        desk.authorize(code, "other", until=until)
        self.not_granted(400, "nothing-changed", code,
                         {**good, "until": until})
        desk.event(code, "cancelled", reason="owner_request")
        self.not_granted(409, "seal-not-live", code, good)

    def test_ends_of_authorisations_that_are_none(self):
        desk = self.register
        code = desk.active().code
        target = f"/v1/seals/{code}/authorizations/"

        def refused(status, name, party, who="acme", body=None, at=target):
            self.refused(status, name, body, at + party, who, "DELETE")

        for party in ("other", "acme", "nobody", "Nobody", "%20"):
            refused(404, "no-such-authorization", party)
        desk.authorize(code, "other")
        refused(400, "invalid-request", "other", body={"reason": "mistake"})
        refused(400, "invalid-request", "other", body={})
        refused(400, "unknown-parameter", "other?now=1")
        refused(403, "not-custodian", "other", "other")
        for who in ("admin", "office", "clerk", "watch"):
            refused(403, "wrong-role", "other", who)
        refused(401, "token-required", "other", "public")
        refused(404, "no-such-seal", "other",
                at=f"/v1/seals/{desk.new_code()}/authorizations/")
        desk.sign(code, who="other")
        desk.deauthorize(code, "other")
        refused(404, "no-such-authorization", "other")

    # -- what is read

    def test_signatures_that_are_none(self):
        desk = self.register
        seal = desk.active()
        signed = desk.sign(seal.code)
        size = desk.get("/v1/status")["size"]
        for index, status, name in (
                (seal.made.index, 404, "no-signature"),
                (0, 404, "no-signature"), (size, 404, "no-such-entry"),
                (1 << 63, 404, "no-such-entry"),
                ("x", 404, "no-such-entry"), ("01", 404, "no-such-entry"),
                (f"{signed.index}?who=me", None, "unknown-parameter")):
            path, _, query = str(index).partition("?")
            target = (f"/v1/entries/{path}/signature"
                      + ("?" + query if query else ""))
            self.refused(status or 400, name, None, target, "acme", "GET")


class Given(BadInput):
    """Signatures that were made elsewhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.begun = int(time.time())
        cls.others = seals.Authority.new(cls.folder / "others", "Others")
        cls.stranger = cls.others.certify("A stranger")
        cls.unlisted = cls.elsewhere.authority.certify("Unlisted")
        cls.seal = cls.register.seal_of(cls.elsewhere, certificates=[
            cls.elsewhere.signer.der, cls.stranger.der])
        cls.seseal = cls.seal.made.seseal
        # Known to nobody: never sent to the register.
        cls.unknown = cls.elsewhere.seal(cls.register.new_code())

    def signing(self, document, seseal=None, **more):
        return self.elsewhere.signing(
            seseal or self.seseal, document,
            **{"property_info": NEVER, **more})

    def made(self, document=None, signer=None, **more):
        return seals.sign(signer or self.elsewhere.signer,
                          self.signing(document or Document(), **more))

    def kept_out(self, name, signature, document=None, status=422, **more):
        return self.refused(status, name,
                            gift_of(signature, document or Document(), **more),
                            "/v1/seal-signatures", "acme")

    def fails(self, name, signature, check, reason, document=None):
        """With all the checks, and this one of them the first that fails."""
        problem = self.kept_out(name, signature, document)
        checks = {one["id"]: one for one in problem["checks"]}
        self.assertEqual(set(checks) - {"time_stamp"},
                         set(sealing.GIVEN_CHECKS))
        self.assertEqual((checks[check]["result"], checks[check]["reason"]),
                         ("fail", reason))
        return checks

    def tearDown(self):
        """The seal is as good as before, and so is its signer."""
        document = Document()
        self.register.enter(self.made(document, property_info=RELEASED),
                            document)

    # -- the format

    def test_a_signature_that_is_cut(self):
        whole = self.made()
        sizes = range(len(whole))
        for size in sizes if FULL else [0, 1, 2, 3, 4] + self.dice.sample(
                sizes, CUTS):
            problem = self.kept_out(FORMAT, whole[:size])
            self.assertEqual([check["result"] for check in problem["checks"]],
                             ["fail"])
        for more in (b"\0", whole, b"\x30\x00"):
            self.kept_out(FORMAT, whole + more)

    def test_a_byte_that_was_flipped(self):
        document = Document()
        whole = self.made(document)
        tbs = seals.ReadSignature(whole).to_sign
        begin = whole.index(tbs)
        places = range(begin, begin + len(tbs))
        names = set()
        for place in places if FULL else self.dice.sample(places, FLIPS):
            octets = bytearray(whole)
            octets[place] ^= 1 << self.dice.randrange(8)
            with self.unchanged():
                answer = self.register.client("acme").call(
                    "POST", "/v1/seal-signatures",
                    gift_of(bytes(octets), document))
                self.assertEqual(answer.status, 422, answer)
            names.add(answers.parse_json(answer.body)["type"])
        self.assertIn("urn:sealedger:problem:unknown-seal", names)

    def test_what_is_no_signature(self):
        whole = self.made()
        content = der.content(whole)
        size = len(content)
        for octets in (
                b"\x30\x80" + content + b"\0\0",
                b"\x30\x83\0" + struct.pack(">H", size) + content,
                b"\x30\x84\x7f\xff\xff\xff" + content,
                der.sequence(whole), b"\0" + whole, self.seseal,
                self.elsewhere.signer.der, register.png(), b"nonsense",
                b"\x30" * 5000, whole[:4] + b"\xff" * (len(whole) - 4)):
            self.kept_out(FORMAT, octets)
        parts = der.parts(whole)
        to_sign = der.parts(parts[0])
        for time_info in (b"20260230093000Z", b"20261122093000",
                          b"20261122093000.5Z", b"20261122093000+0800"):
            self.kept_out(FORMAT, self.made(time=time_info))
        for wrong in ([*parts, parts[0]], parts[:3], parts[1:],
                      [*parts, der.value(0xA1, der.bit_string(b"x"))],
                      [der.sequence(*to_sign[1:]), *parts[1:]],
                      [der.sequence(*to_sign, to_sign[0]), *parts[1:]],
                      [der.sequence(*to_sign, der.value(0xA0, to_sign[0])),
                       *parts[1:]]):
            self.kept_out(FORMAT, der.sequence(*wrong))
        for depth in (17, 1000, 60_000):
            nested = b""
            for _ in range(depth):
                nested = der.sequence(nested)
                if len(nested) > 200_000:
                    break
            self.kept_out(FORMAT, nested)
            self.kept_out(FORMAT, der.sequence(
                der.sequence(*to_sign[:5], der.value(0xA0, nested)),
                *parts[1:]))

    def test_a_request_that_is_none(self):
        document = Document()
        good = gift_of(self.made(document), document)
        target = "/v1/seal-signatures"
        for text in ("A", "AAA", good["signature"] + "\n", "!" * 8,
                     good["signature"].rstrip("=") + "==="):
            self.refused(400, "bad-base64", {**good, "signature": text},
                         target, "acme")
        # Another spelling of the same bytes.
        spare = base64.b64encode(b"\0").decode()
        self.refused(400, "bad-base64",
                     {**good, "signature": spare[:1] + "B=="}, target, "acme")
        for body, name in (
                ({**good, "signature": 7}, "invalid-request"),
                ({**good, "signature": None}, "invalid-request"),
                ({**good, "protected": {}}, "invalid-request"),
                ({**good, "protected": {"sm3": "x"}}, "bad-digest"),
                ({**good, "document": {"sha256": "x"}}, "bad-digest"),
                ({**good, "seal_code": self.seal.code}, "unknown-member"),
                ({**good, "property_info": "x"}, "unknown-member"),
                ([], "invalid-request"), ("{", "not-json")):
            self.refused(400, name, body, target, "acme")
        for who in ("clerk", "watch"):
            self.refused(403, "wrong-role", good, target, who)
        self.refused(401, "token-required", good, target, "public")
        self.refused(413, "too-large", gift_of(b"\x30" * (1 << 20), document),
                     target, "acme")

    # -- the checks

    def test_a_signature_over_other_bytes(self):
        document = Document()
        given = self.made(document)
        checks = self.fails("data-hash-differs", given, "data_hash", "differs",
                            Document())
        self.assertEqual(checks["signature"]["result"], "pass")
        digest = bytes.fromhex(seals.sm3(document.protected))
        for octets in (digest[:-1], digest + b"\0", b"", digest * 2):
            self.fails("data-hash-differs",
                       self.made(document, data_hash=octets), "data_hash",
                       "wrong_length", document)
        # All zero is a hash like any other.
        self.fails("data-hash-differs",
                   self.made(document, data_hash=bytes(32)), "data_hash",
                   "differs", document)

    def test_a_signature_that_is_not_the_signers(self):
        document = Document()
        signing = self.signing(document)
        to_sign = seals.to_sign_of(signing)
        signer = self.elsewhere.signer
        good = signer.sign(to_sign)
        r, s = (int.from_bytes(der.content(part), "big")
                for part in der.parts(good))
        n = seals.N
        values = [seals.signature_value(*pair) for pair in (
            (0, s), (r, 0), (n, s), (r, n), (r + n, s), (r, s + n), (-r, s),
            (r, n - s), (s, r), (r, s + 1), (r, 1 << 2000))]
        values += [b"", b"\0", good + b"\0", good[:-1], b"\x30\x81" + good[1:],
                   bytes(64), seals.raw_value(good)[:-1],
                   seals.raw_value(good) + b"\0",
                   seals.raw_value(seals.signature_value(r, n - s)),
                   signer.sign(to_sign + b"\0"), signer.sign(to_sign[4:]),
                   self.stranger.sign(to_sign)]
        for value in values:
            problem = self.kept_out("signer-signature", seals.signature_of(
                to_sign, signer.der, value), document)
            checks = {one["id"]: one["result"] for one in problem["checks"]}
            self.assertEqual(checks["signature"], "fail")
            self.assertEqual(checks["seal_signature"], "pass")
        for oid in ("06082a8648ce3d040302", "06082a811ccf55018311"):
            self.fails("signer-signature", seals.signature_of(
                to_sign, signer.der, good, bytes.fromhex(oid)), "signature",
                "foreign_algorithm", document)
        # Of this signer, and over another document.
        other = seals.to_sign_of(self.signing(Document()))
        self.fails("signer-signature", seals.signature_of(
            other, signer.der, good), "signature", "wrong_signature", document)
        # Over what no user ID was hashed before.
        self.fails("signer-signature", seals.signature_of(
            to_sign, signer.der, seals.openssl(
                "dgst", "-sm3", "-sign", signer.key_path, stdin=to_sign)),
            "signature", "wrong_signature", document)

    def test_signers_who_are_none(self):
        document = Document()
        checks = self.fails("signer-not-listed",
                            self.made(document, self.unlisted),
                            "signer_listed", "not_listed", document)
        self.assertEqual(checks["signature"]["result"], "pass")
        # Listed, and certified by nobody whom the register trusts.
        checks = self.fails("signer-certificate",
                            self.made(document, self.stranger),
                            "signer_certificate", "unknown_issuer", document)
        self.assertEqual(checks["signer_listed"]["result"], "pass")
        to_sign = seals.to_sign_of(self.signing(document))
        for certificate in (b"", b"no certificate", self.stranger.der[:-1]):
            self.fails("signer-signature", seals.signature_of(
                to_sign, certificate, self.elsewhere.signer.sign(to_sign)),
                "signature", "malformed_certificate", document)
        curve = self.elsewhere.authority.certify("P-256", curve="prime256v1")
        self.fails("signer-signature", self.made(document, curve),
                   "signature", "wrong_curve", document)

    def test_certificates_that_do_not_hold(self):
        desk, now = self.register, int(time.time())
        authority, signer = self.elsewhere.authority, self.elsewhere.signer

        def of(certificate, document):
            seal = desk.seal_of(self.elsewhere, certificates=[certificate])
            to_sign = seals.to_sign_of(self.signing(document,
                                                    seal.made.seseal))
            return seals.signature_of(to_sign, certificate,
                                      signer.sign(to_sign))

        usage = authority.certify("x", "keyEncipherment")
        document = Document()
        for begins, ends, reason in (
                (now - 9 * DAY_S, now - DAY_S, "expired"),
                (now + DAY_S, now + 9 * DAY_S, "not_yet_valid")):
            dated = seals.certificate_of(authority.redated(signer, begins,
                                                           ends))
            self.fails("signer-certificate", of(dated, document),
                       "signer_certificate", reason, document)
        seal = desk.seal_of(self.elsewhere, certificates=[usage.der])
        given = self.made(document, usage, seseal=seal.made.seseal)
        self.fails("signer-certificate", given, "signer_certificate",
                   "wrong_use", document)

    def test_seals_that_the_register_does_not_know(self):
        self.kept_out("unknown-seal", self.made(seseal=self.unknown))
        # Of a code that it knows.
        same_code = self.elsewhere.seal(self.seal.code)
        self.kept_out("unknown-seal", self.made(seseal=same_code))
        # A byte of the seal is another.
        changed = bytearray(self.seseal)
        changed[-1] ^= 1
        self.kept_out("unknown-seal", self.made(seseal=bytes(changed)))

    def test_times_at_which_the_seal_was_not_active(self):
        desk = self.register
        document = Document()

        def refused(seal, reason, name="register-status",
                    check="register_status", **more):
            given = self.made(document, seseal=seal.made.seseal, **more)
            return self.fails(name, given, check, reason, document)

        # Later than what certificates begin with, by whole seconds.
        register.until_after((self.begun + 2) * 1000)
        fresh = desk.seal_of(self.elsewhere, events=())
        issued = parse(fresh.made.entry["time"])
        refused(fresh, "not_active_then")
        register.until_after(issued + 2000)
        desk.event(fresh.code, "filed")
        refused(fresh, "not_active_then")
        desk.event(fresh.code, "activated")
        refused(fresh, "not_active_then", time=issued // 1000 + 1)
        refused(fresh, "not_issued_then", time=issued // 1000 - 1)
        seal = desk.seal_of(self.elsewhere)
        early = self.made(document, seseal=seal.made.seseal,
                          property_info=RELEASED)
        desk.event(seal.code, "suspended")
        # The time of entry must pass, too, whatever the signature claims.
        self.fails("register-status", early, "register_status",
                   "not_active_then", document)
        refused(seal, "not_active_then")
        desk.event(seal.code, "resumed")
        desk.enter(early, document)
        desk.event(seal.code, "lost", effective_at=desk.history(seal.code)[
            -1]["time"])
        refused(seal, "not_active_then")
        desk.event(seal.code, "cancelled", reason="lost")
        refused(seal, "not_active_then")

    def test_times_at_which_the_seal_is_not_valid(self):
        desk = self.register
        now = int(time.time())
        document = Document()

        def refused(reason, **more):
            self.fails("seal-validity", self.made(document, **more),
                       "seal_validity", reason, document)

        refused("claimed_in_future", time=now + 8 * 3600 + 60)
        refused("claimed_in_future", time=now + 400 * DAY_S)
        refused("not_yet_valid", time=now - 3 * DAY_S)
        ends = int(time.time()) + 4
        brief = desk.seal_of(self.elsewhere, valid_to=ends)
        given = self.made(document, seseal=brief.made.seseal)
        register.until_after((ends + 1) * 1000)
        self.fails("seal-validity", given, "seal_validity", "expired",
                   document)

    def test_time_stamps_that_are_none(self):
        document = Document()
        signing = self.signing(document)
        for token in (b"", b"no token", der.sequence(b"")):
            given = seals.sign(self.elsewhere.signer, signing,
                               time_stamp=token)
            checks = self.fails("signature-time-stamp", given, "time_stamp",
                                "malformed_token", document)
            self.assertEqual(checks["signature"]["result"], "pass")


if __name__ == "__main__":
    if seals.missing():
        print(seals.missing(), "here: skipped")
        sys.exit(77)
    print(f"SEALEDGER_SEED={SEED}", flush=True)
    unittest.main(verbosity=2)
