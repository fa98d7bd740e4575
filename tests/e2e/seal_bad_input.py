#!/usr/bin/python3
"""Seals that others made, pictures and certificates with something wrong in
them are refused by the real service under a name of their own, and nothing
comes of them.

    SEALEDGER_SEED=N  which bytes are flipped, and where files are cut
    SEALEDGER_FULL=1  each file cut at each byte, many more bytes flipped
"""

import base64
import os
import random
import struct
import sys
import unittest
import zlib

sys.dont_write_bytecode = True

from lib import der, register, seals  # noqa: E402
from lib.register import Refusals, now_ms, png, spell  # noqa: E402

SEED = int(os.environ.get("SEALEDGER_SEED",
                          random.SystemRandom().getrandbits(32)))
FULL = bool(os.environ.get("SEALEDGER_FULL"))
CUTS = FLIPS = 60
DAY_S = 24 * 3600
MIB = 1 << 20
FORMAT = "seal-format"


class SealBadInput(Refusals):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dice = random.Random(SEED)
        cls.now = now_ms() // 1000
        cls.ours = seals.Authority.of_service(cls.ledger.data,
                                              cls.folder / "ours")
        cls.others = seals.Authority.new(cls.folder / "others", "Others")
        cls.maker = cls.ours.certify("A maker elsewhere")
        cls.signer = cls.ours.certify("signer")

    def setUp(self):
        self.application = self.register.approved()
        self.code = self.register.new_code()

    def tearDown(self):
        """The application is as good as before, and so is the code."""
        self.register.issue(self.application, code=self.code)

    def design(self, **more):
        return seals.Design(
            self.code, self.name(), [self.signer.der], now_ms() // 1000,
            self.now - DAY_S, self.now + 300 * DAY_S, png())._replace(**more)

    def seal(self, maker=None, **more):
        return seals.make(maker or self.maker, self.design(**more))

    def taken(self, octets, **more):
        return {"application": self.application, "code": self.code, "seseal":
                base64.b64encode(octets).decode(), **more}

    def file_refused(self, name, octets, status=422, **more):
        return self.refused(status, name, self.taken(octets, **more))

    # -- the format

    def test_one_in_order_is_taken(self):
        id_ = self.register.approved()
        code = self.register.new_code()
        made = self.register.post("office", "/v1/seals", {
            "application": id_, "code": code, "seseal": base64.b64encode(
                self.seal(es_id=code, name="外来的好印章")).decode()})
        self.assertEqual(made.entry["made"], "elsewhere")

    def test_a_file_that_is_cut(self):
        whole = self.seal()
        sizes = range(len(whole))
        for size in sizes if FULL else [0, 1, 2, 3, 4] + self.dice.sample(
                sizes, CUTS):
            problem = self.file_refused(FORMAT, whole[:size])
            self.assertEqual(problem["checks"][0]["result"], "fail")

    def test_a_byte_that_was_flipped(self):
        whole = self.seal()
        info = der.parts(whole)[0]
        begin = whole.index(info)
        places = range(begin, begin + len(info))
        names = set()
        for place in places if FULL else self.dice.sample(places, FLIPS):
            octets = bytearray(whole)
            octets[place] ^= 1 << self.dice.randrange(8)
            answer = self.register.client("office").call(
                "POST", "/v1/seals", self.taken(bytes(octets)))
            self.assertIn(answer.status, (400, 422), answer)
            names.add(answer.body.split(b"problem:")[1].split(b'"')[0])
        self.assertIn(b"seal-signature", names)

    def test_lengths_that_are_not_der(self):
        whole = self.seal()
        content = der.content(whole)
        size = len(content)
        lengths = [
            b"\x80", b"\x83\0" + struct.pack(">H", size),
            b"\x84\0\0" + struct.pack(">H", size),
            b"\x82" + struct.pack(">H", size + 1),
            b"\x82" + struct.pack(">H", size - 1),
            b"\x83\xff\xff\xff", b"\x84\xff\xff\xff\xff",
            b"\x84\x7f\xff\xff\xff", b"\x88" + b"\xff" * 8,
            b"\x88\x7f" + b"\xff" * 7, b"\x89\x01" + b"\0" * 8, b"\xff",
            b"\xfe" + b"\xff" * 126]
        for length in lengths:
            self.file_refused(FORMAT, b"\x30" + length + content)
        self.file_refused(FORMAT, b"\x30\x80" + content + b"\0\0")
        self.file_refused(FORMAT, whole + b"\0")
        self.file_refused(FORMAT, whole + whole)
        self.file_refused(FORMAT, b"\0" + whole)
        self.file_refused(FORMAT, der.sequence(whole))
        # Inside of what the maker signed, so that his signature would hold.
        info = seals.info_of(self.design())
        inner = der.content(info)
        header = der.parts(info)[0]
        es_id = der.parts(info)[1]
        for wrong in (
                b"\x30\x80" + inner + b"\0\0",
                b"\x30\x84\0\0" + struct.pack(">H", len(inner)) + inner,
                info.replace(es_id, b"\x16\x81" + es_id[1:]),
                info.replace(header, b"\x30\x80" + der.content(header)
                             + b"\0\0"),
                info + b"\0"):
            self.file_refused(FORMAT, seals.seal_of(
                wrong, self.maker.der, self.maker.sign(wrong)))

    def test_values_in_values(self):
        for depth in (17, 1000, 60_000):
            nested = b""
            for _ in range(depth):
                nested = der.sequence(nested)
                if len(nested) > 200_000:
                    break
            self.file_refused(FORMAT, nested)
            info = seals.info_of(self.design())
            with_more = der.sequence(der.content(info), nested)
            self.file_refused(FORMAT, seals.seal_of(
                with_more, self.maker.der, self.maker.sign(with_more)))
        for octets in (b"\0" * 1000, b"\x30" * 5000, b"nonsense", b"",
                       png(), self.signer.der, self.maker.pem.encode()):
            self.file_refused(FORMAT, octets)

    def test_dates_that_are_none(self):
        for name in ("valid_from", "created"):
            for text in (b"20260230093000Z", b"20261322093000Z",
                         b"20261122243000Z", b"20261122093060Z",
                         b"20261122093000", b"2026112209300Z",
                         b"20261122093000.5Z", b"20261122093000+0800"):
                self.file_refused(FORMAT, self.seal(**{name: text}))

    # -- what the register does not take, however well it is signed

    def test_a_seal_that_the_register_cannot_state(self):
        # An entry has at most 4,095 bytes.
        for signers in (60, 64, 65, 1000):
            self.file_refused("entry-too-large", self.seal(
                certificates=[self.signer.der] * signers), 400)
        # Before 1970 times have no spelling here.
        for begin in (-1, -DAY_S * 366 * 20):
            self.file_refused("bad-validity", self.seal(valid_from=begin), 400)
        self.file_refused("seal-validity", self.seal(
            valid_from=self.now + DAY_S, valid_to=self.now - DAY_S))
        for name, problem in (("a\u202eb", "bad-name"),
                              ("e\u0301", "bad-name"), ("", "empty-text"),
                              ("a\tb", "control-character"),
                              ("长" * 86, "too-long"),
                              ("n" * 200_000, "too-long")):
            self.file_refused(problem, self.seal(name=name), 400)

    def test_a_file_that_is_too_large(self):
        self.file_refused(FORMAT, self.seal(picture=png(900, 600, os.urandom(
            540_000))))
        self.refused(413, "too-large", self.taken(b"\x30" * (10 * MIB)))
        self.refused(400, "bad-base64", {**self.taken(b""), "seseal": "A"})
        self.refused(400, "bad-base64",
                     {**self.taken(b""), "seseal": "AAA"})
        self.refused(400, "invalid-request",
                     {**self.taken(b""), "seseal": 7})

    def test_a_file_of_another_code(self):
        other = self.register.new_code()
        self.file_refused("seal-code-differs", self.seal(es_id=other))
        self.refused(409, "seal-code-used", {
            **self.taken(self.seal()), "code": self.register.seal().code})

    # -- signatures and certificates

    def test_numbers_of_a_signature_that_are_out_of_range(self):
        info = seals.info_of(self.design())
        good = self.maker.sign(info)
        r, s = (int.from_bytes(der.content(part), "big")
                for part in der.parts(good))
        n = seals.N
        values = [seals.signature_value(*pair) for pair in (
            (0, s), (r, 0), (0, 0), (n, s), (r, n), (r + n, s), (r, s + n),
            (-r, s), (r, -s), (r, n - s), (s, r), (r, s + 1), (1 << 256, s),
            (r, 1 << 2000))]
        values += [b"", b"\0", good + b"\0", good[:-1], good[2:],
                   b"\x30\x81" + good[1:], b"\x30\x80" + good[2:] + b"\0\0",
                   r.to_bytes(32, "big") + (n - s).to_bytes(32, "big"),
                   bytes(64), r.to_bytes(32, "big")]
        for value in values:
            self.file_refused("seal-signature",
                              seals.seal_of(info, self.maker.der, value))
        for oid in ("06082a8648ce3d040302", "06082a811ccf55018311"):
            self.file_refused("seal-signature", seals.seal_of(
                info, self.maker.der, good, bytes.fromhex(oid)))
        self.file_refused("seal-signature", seals.seal_of(
            seals.info_of(self.design()), self.maker.der, good))
        self.file_refused("seal-signature", seals.seal_of(
            info, self.maker.der, self.signer.sign(info)))

    def test_makers_who_are_none(self):
        wrong_curve = self.ours.certify("P-256", curve="prime256v1")
        self.file_refused("seal-signature", self.seal(wrong_curve))
        # It was valid when the seal was made, or it was not.
        brief = self.ours.certify("brief", days=1)
        for maker, reason, more in (
                (self.ours.certify("x", "keyEncipherment"), "wrong_use", {}),
                (self.ours.certify("x", "keyAgreement,dataEncipherment"),
                 "wrong_use", {}),
                (self.others.certify("A maker elsewhere"), "unknown_issuer",
                 {}),
                (self.others.holder, "wrong_use", {}),
                (brief, "not_yet_valid", {"created": self.now - DAY_S}),
                (brief, "expired", {"created": self.now + 2 * DAY_S})):
            problem = self.file_refused("maker-certificate",
                                        self.seal(maker, **more))
            checks = {check["id"]: check for check in problem["checks"]}
            self.assertEqual(checks["seal_signature"]["result"], "pass")
            self.assertEqual(checks["maker_certificate"]["reason"], reason)
        info = seals.info_of(self.design())
        self.file_refused("seal-signature", seals.seal_of(
            info, b"no certificate", self.maker.sign(info)))

    def test_seals_that_are_not_valid_now(self):
        self.file_refused("seal-validity", self.seal(
            valid_from=self.now - 9 * DAY_S, valid_to=self.now - DAY_S))
        self.file_refused("seal-validity", self.seal(
            valid_from=self.now + DAY_S))

    def test_signers_who_are_none(self):
        def refused(status, name, *signers):
            problem = self.refused(status, name, self.order(
                self.application, signers=list(signers)))
            self.assertTrue(problem["field"].startswith("/signers"))

        good = self.signer.pem
        for signer in (self.ours.certify("x", curve="prime256v1"),
                       self.ours.certify("x", "keyEncipherment"),
                       self.others.certify("signer"), self.others.holder):
            refused(422, "signer-certificate", signer.pem)
            refused(422, "signer-certificate", good, signer.pem)
        refused(400, "bad-certificate")
        lines = good.splitlines()
        for pem in ("", "x", good + good, good[:len(good) // 2],
                    "\n".join(lines[:1] + lines[2:]),
                    good.replace("CERTIFICATE", "PUBLIC KEY"),
                    self.signer.key_path.read_text()):
            refused(400, "bad-certificate", pem)
        refused(400, "bad-certificate", *[good] * 17)
        refused(400, "bad-certificate", 7)
        refused(400, "bad-certificate", good, good)
        # Each could be a signer's; together they are more than a seal holds.
        fat = [self.ours.certify(f"fat {i}", "digitalSignature\nnsComment="
                                 + "x" * 30_000).pem for i in range(5)]
        refused(400, "bad-certificate", *fat)
        # Of no use by now, or not yet, or no longer when the validity begins.
        def dated(begins, ends, valid_from=self.now):
            pem = self.ours.redated(self.signer, begins, ends)
            return self.order(self.application, signers=[pem],
                              valid_from=spell(valid_from * 1000))

        now, day = self.now, DAY_S
        register.until_after((now + 2) * 1000)
        for order in (dated(now, now + 1), dated(now, now + 1, now + 1),
                      dated(now + day, now + 9 * day),
                      dated(now, now + day, now + 2 * day),
                      dated(now + 3 * day, now + 9 * day, now + 2 * day)):
            self.refused(422, "signer-certificate", order)
        self.application = self.register.approved()
        self.register.post("office", "/v1/seals", {
            **dated(now + day, now + 9 * day, now + 2 * day),
            "name": "后来生效的印章"})
        self.application = self.register.approved()

    # -- pictures

    def picture_refused(self, name, octets, status=400, **more):
        self.refused(status, name, self.order(
            self.application, picture=register.picture(octets, **more)))

    def test_pictures_that_are_none(self):
        good = png()
        body = good[8:-12]
        for octets in (
                b"", b"GIF89a" + good, b"\xff\xd8\xff\xe0" + bytes(100),
                good[:-1], good[:-12], good[:40], good + b"\0", good + good,
                good[:8] + body, b"\x89PNG\r\n\x1a\n",
                good.replace(b"IDAT", b"IDAX"),
                good[:29] + b"\0\0\0\0" + good[33:],
                self.with_data(b"x"), self.with_data(zlib.compress(b"")),
                self.with_data(zlib.compress(bytes(16 * 17))[:-4]),
                self.with_data(zlib.compress(b"\5" * (16 * 17))),
                self.with_header(0, 16), self.with_header(16, 16, 7),
                self.with_header(16, 16, 8, 1)):
            self.picture_refused("bad-picture", octets)
        for more in ({"type": "jpg"}, {"type": "PNG"}, {"width_mm": 0},
                     {"height_mm": 0}, {"base64": "AAA"},
                     {"base64": base64.b64encode(good).decode() + "\n"}):
            self.picture_refused("bad-picture", good, **more)
        for more in ({"width_mm": 1001}, {"height_mm": -1}):
            self.picture_refused("number-out-of-range", good, **more)
        self.picture_refused("invalid-request", good, width_mm="40")

    def with_data(self, data):
        good = png()
        return (good[:33] + register.chunk(b"IDAT", data)
                + register.chunk(b"IEND", b""))

    def with_header(self, width, height, depth=8, colour=0):
        good = png()
        header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0,
                             0)
        return good[:8] + register.chunk(b"IHDR", header) + good[33:]

    def test_pictures_that_are_too_large(self):
        self.picture_refused("too-large", os.urandom(10 * MIB), 413)
        self.picture_refused("picture-too-large", png(
            600, 600, os.urandom(360_000)))
        self.picture_refused("picture-too-large", png(1025, 1))
        self.picture_refused("picture-too-large", png(1, 1025))
        self.picture_refused("picture-too-large",
                             self.with_header(1 << 31, 1 << 31))
        # Many pixels out of few bytes.
        self.picture_refused("bad-picture", self.with_data(
            zlib.compress(bytes(100 * MIB), 9)))


if __name__ == "__main__":
    if seals.missing():
        print(seals.missing(), "here: skipped")
        sys.exit(77)
    print(f"SEALEDGER_SEED={SEED}", flush=True)
    unittest.main(verbosity=2)
