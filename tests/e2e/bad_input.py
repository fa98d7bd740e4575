#!/usr/bin/python3
"""What is wrong with a request is refused by the real service under a name and
status of its own, changes nothing, is never a 5xx, and the service goes on."""

import concurrent.futures
import json
import pathlib
import sys
import tempfile
import threading
import unittest

sys.dont_write_bytecode = True

from lib import answers, service  # noqa: E402

HEX = "a" * 64
DOCUMENT = {"sha256": HEX}
MIB = 1 << 20
TWELVE = 12


def nested(depth):
    return "[" * depth + "]" * depth


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sealedger-bad-input-")
        cls.addClassCleanup(folder.cleanup)
        cls.ledger = service.Ledger(pathlib.Path(folder.name),
                                    "ledger.example.com/bad-input")
        cls.running = cls.ledger.serve()
        cls.addClassCleanup(cls.running.kill)
        cls.acme = cls.ledger.add_party(cls.running, "acme")
        cls.other = cls.ledger.add_party(cls.running, "other")
        cls.clerk = cls.ledger.add_party(cls.running, "clerk", "applicant")
        cls.refusals = 0

    @classmethod
    def tearDownClass(cls):
        cls.running.stop()
        print(f"{cls.refusals} refusals; {service.fsck(cls.ledger.data)}")

    def setUp(self):
        self.platform = self.client(self.acme)
        self.admin = self.client(self.ledger.admin)
        self.public = self.client()
        self.before = self.checkpoint()

    def tearDown(self):
        """The service goes on as if nothing had been."""
        self.assertEqual(self.public.get("/healthz"), b"ok\n")
        self.public.get("/readyz")
        receipt = self.platform.post("/v1/evidence", {"document": DOCUMENT})
        self.ledger.verifier.receipt(receipt)

    def client(self, token=None):
        client = self.running.client(token)
        self.addCleanup(client.close)
        return client

    def checkpoint(self):
        return self.ledger.verifier.checkpoint(
            self.public.get("/checkpoint").decode())

    def unchanged(self):
        type(self).refusals += 1
        self.assertEqual(self.checkpoint(), self.before)

    def refused(self, client, status, name, *request, **more):
        with self.subTest(name, request=str(request)[:200]):
            problem = client.refused(status, name, *request, **more)
            self.unchanged()
            return problem

    def each(self, client, target, cases):
        for body, status, name in cases:
            self.refused(client, status, name, "POST", target, body)

    def made(self, client, body, target="/v1/evidence", **more):
        """Recorded, and from here on nothing may change."""
        receipt = client.post(target, body, **more)
        self.ledger.verifier.receipt(receipt)
        self.before = self.checkpoint()
        return receipt

    # -- bodies

    def test_a_body_that_is_not_json(self):
        good = json.dumps({"document": DOCUMENT})
        self.each(self.platform, "/v1/evidence", [
            ("", 400, "not-json"),
            ("{", 400, "not-json"),
            ("nonsense", 400, "not-json"),
            ("{'document':1}", 400, "not-json"),
            (good + "x", 400, "not-json"),
            (good + good, 400, "not-json"),
            (good[:-1] + ",}", 400, "not-json"),
            ("/* */" + good, 400, "not-json"),
            ("\ufeff" + good, 400, "not-json"),
            ('{"label":"a\nb"}', 400, "not-json"),
            ('{"label":"\\x"}', 400, "not-json"),
            ('{"chain":01}', 400, "not-json"),
            ('{"chain":NaN}', 400, "not-json"),
            (b'{"label":"\xff"}', 400, "not-utf8"),
            (b'{"label":"\xc0\xaf"}', 400, "not-utf8"),
            ('{"label":"\\ud800"}', 400, "not-utf8"),
            (b"\x00" * 100, 400, "not-json"),
        ])

    def test_a_member_that_stands_there_twice(self):
        self.each(self.platform, "/v1/evidence", [
            (f'{{"document":{{"sha256":"{HEX}"}},"document":{{}}}}', 400,
             "duplicate-member"),
            ('{"\\u0064ocument":1,"document":1}', 400, "duplicate-member"),
            (f'{{"document":{{"sha256":"{HEX}","sha256":"{HEX}"}}}}', 400,
             "duplicate-member"),
        ])

    def test_a_number_that_is_out_of_range(self):
        for number in ("1.0", "1e2", "-1", "9007199254740992",
                       "18446744073709551616", "1" * 400, "1E400", "-0"):
            self.refused(self.platform, 400, "number-out-of-range", "POST",
                         "/v1/evidence",
                         f'{{"document":{{"sha256":"{HEX}"}},'
                         f'"chain":{number}}}')

    def test_a_digest_of_wrong_length_or_case(self):
        for digest in ("", HEX[1:], HEX + "a", HEX.upper(), "g" * 64,
                       "0x" + HEX[2:], HEX[:-1] + " ", "é" * 32):
            for name in ("sha256", "sm3"):
                self.refused(self.platform, 400, "bad-digest", "POST",
                             "/v1/evidence",
                             {"document": {"sha256": HEX, name: digest}})
            self.each(self.platform, "/v1/evidence/batch", [
                ({"items": [{"document": DOCUMENT},
                            {"document": {"sha256": digest}}]}, 400,
                 "bad-digest")])

    def test_a_member_that_is_not_known_or_missing(self):
        self.each(self.platform, "/v1/evidence", [
            ({"document": DOCUMENT, "note": "x"}, 400, "unknown-member"),
            ({"document": {**DOCUMENT, "md5": "x"}}, 400, "unknown-member"),
            ({"document": DOCUMENT, "chain": {"root": 5, "x": 1}}, 400,
             "unknown-member"),
            ({}, 400, "invalid-request"),
            ([], 400, "invalid-request"),
            ("null", 400, "invalid-request"),
            ({"document": None}, 400, "invalid-request"),
            ({"document": {"sha256": 7}}, 400, "invalid-request"),
        ])

    def test_nesting_that_is_too_deep(self):
        self.each(self.platform, "/v1/evidence", [
            (nested(17), 400, "too-deep"),
            (nested(100000), 400, "too-deep"),
            ("[" * (MIB - 1), 400, "too-deep"),
            ('{"a":' * 5000, 400, "too-deep"),
        ])

    def test_a_body_that_is_over_the_limit(self):
        self.each(self.platform, "/v1/evidence", [
            (" " * (MIB + 1), 413, "too-large"),
            ("[0" + ",0" * 2000 + "]", 413, "too-large"),
        ])
        self.each(self.platform, "/v1/evidence/batch", [
            (" " * (16 * MIB + 1), 413, "too-large"),
            ({"items": [{"document": DOCUMENT}] * 10001}, 400, "batch-size"),
            ({"items": []}, 400, "batch-size"),
        ])
        self.each(self.public, "/v1/verify", [
            (" " * (16 * MIB + 1), 413, "too-large")])
        # What is announced is refused before it is sent.
        answer = service.send_raw(
            self.running.url, self.head("Content-Length: 99999999999"),
            half_close=False)
        service.expect_problem(answer, 413, "too-large")
        self.unchanged()

    def test_control_characters(self):
        for character in "\0\x07\n\x1f\x7f\x80\x9f":
            self.each(self.platform, "/v1/evidence", [
                ({"document": DOCUMENT, "label": "a" + character}, 400,
                 "control-character")])
            self.each(self.admin, "/v1/parties", [
                ({"id": "new", "role": "platform", "name": "a" + character},
                 400, "control-character")])
            self.each(self.admin, "/v1/parties/acme/events", [
                ({"event": "changed", "name": character + "a"}, 400,
                 "control-character")])
            encoded = "".join(f"%{octet:02x}" for octet in
                              character.encode("latin-1"))
            if ord(character) < 0x80:
                self.refused(self.public, 400, "control-character", "GET",
                             "/v1/entries?by=a" + encoded)
                self.refused(self.public, 400, "control-character", "GET",
                             "/v1/documents/" + encoded)
        # Bytes in a header's value and in the target.
        for octet in (b"\0", b"\x07", b"\x1f", b"\x7f"):
            self.raw_refused(400, "control-character",
                             self.head(b"X-Note: a" + octet + b"b"))
            self.raw_refused(400, "control-character",
                             b"GET /v1/entries?by=a" + octet
                             + b" HTTP/1.1\r\nHost: x\r\n\r\n")

    def test_names_that_are_none(self):
        for name in ("a\u202eb", "a\u200bb", "\ue000", "e\u0301", "\u0378"):
            self.each(self.admin, "/v1/parties", [
                ({"id": "new", "role": "platform", "name": name}, 400,
                 "bad-name")])
        self.each(self.admin, "/v1/parties", [
            ({"id": "new", "role": "platform", "name": "n" * 257}, 400,
             "too-long"),
            ({"id": "new", "role": "platform", "name": ""}, 400,
             "empty-text"),
            ({"id": "New", "role": "platform"}, 400, "bad-id"),
            ({"id": "n" * 65, "role": "platform"}, 400, "bad-id"),
            ({"id": "new", "role": "king"}, 400, "bad-role"),
            ({"id": "new", "role": "platform", "key": "x"}, 400, "bad-key"),
            ({"id": "acme", "role": "platform"}, 409, "party-exists"),
        ])
        self.each(self.admin, "/v1/parties/acme/events", [
            ({"event": "changed"}, 400, "nothing-changed"),
            ({"event": "ended"}, 400, "bad-event"),
        ])
        self.each(self.admin, "/v1/parties/nobody/events", [
            ({"event": "changed", "name": "n"}, 404, "no-such-party")])

    def test_private_fields_that_are_none(self):
        for fields, name in (({}, "private-field"),
                             ({"_sd": "x"}, "private-field"),
                             ({f"n{i}": "x" for i in range(33)},
                              "private-field"),
                             ({"n" * 65: "x"}, "too-long"),
                             ({"name": "x" * 1025}, "too-long"),
                             ({"name": 7}, "invalid-request"),
                             ("name", "invalid-request")):
            self.each(self.platform, "/v1/evidence", [
                ({"document": DOCUMENT, "private": fields}, 400, name)])
        self.each(self.platform, "/v1/evidence", [
            ({"document": DOCUMENT, "label": "l" * 129}, 400, "too-long")])

    # -- who asks

    def test_a_token_that_is_missing_or_wrong(self):
        body = {"document": DOCUMENT}
        request = ("POST", "/v1/evidence", body)
        self.refused(self.public, 401, "token-required", *request)
        for value in ("", "Bearer", "Bearer slg_", "Basic " + self.acme,
                      self.acme, f"Bearer {self.acme}x",
                      f"Bearer {self.acme[:-1]}", "Bearer slg_" + "x" * 5000,
                      f"Bearer {self.acme.upper()}"):
            self.refused(self.public, 401, "wrong-token", *request,
                         headers={"Authorization": value})
        self.refused(self.public, 401, "wrong-token", "GET", "/v1/entries/0",
                     headers={"Authorization": "Bearer slg_x"})
        self.raw_refused(401, "wrong-token", self.head(
            "Authorization: Bearer " + self.acme,
            "Authorization: Bearer " + self.acme, "Content-Length: 2")
            + b"{}")

    def test_a_role_that_may_not(self):
        party = {"id": "new", "role": "platform"}
        clerk = self.client(self.clerk)
        self.each(clerk, "/v1/evidence", [
            ({"document": DOCUMENT}, 403, "wrong-role")])
        self.each(clerk, "/v1/evidence/batch", [
            ({"items": [{"document": DOCUMENT}]}, 403, "wrong-role")])
        for client in (clerk, self.platform):
            self.each(client, "/v1/parties", [(party, 403, "wrong-role")])
            self.each(client, "/v1/tokens", [
                ({"party": "acme", "role": "platform"}, 403, "wrong-role")])
            self.each(client, "/v1/parties/acme/events", [
                ({"event": "changed", "name": "n"}, 403, "wrong-role")])
            self.refused(client, 403, "wrong-role", "GET", "/v1/tokens")
        self.each(self.admin, "/v1/tokens", [
            ({"party": "acme", "role": "admin"}, 422, "wrong-role-for-party"),
            ({"party": "nobody", "role": "platform"}, 422, "unknown-party"),
        ])
        mine = self.made(self.platform, {
            "document": DOCUMENT, "private": {"name": "x"}})["index"]
        self.each(self.client(self.other), f"/v1/entries/{mine}/erasure", [
            ({"reason": "mistake"}, 403, "not-owner")])
        self.each(self.public, f"/v1/entries/{mine}/erasure", [
            ({"reason": "mistake"}, 401, "token-required")])
        self.each(self.admin, f"/v1/entries/{mine}/erasure", [
            ({"reason": "whim"}, 400, "bad-reason")])

    # -- what is not there, and what comes in the wrong order

    def test_an_index_that_is_not_there(self):
        for index in ("99999", "00", "-1", "+1", "1.0", "0x1", "",
                      "9223372036854775807", "9223372036854775808",
                      "9" * 30):
            for more in ("", "/bundle"):
                self.refused(self.public, 404, "no-such-entry", "GET",
                             f"/v1/entries/{index}{more}")
            self.refused(self.platform, 404, "no-such-entry", "POST",
                         f"/v1/entries/{index}/erasure",
                         {"reason": "mistake"})
        self.each(self.platform, "/v1/evidence", [
            ({"document": DOCUMENT, "chain": 4000000}, 422,
             "unknown-reference"),
            ({"document": DOCUMENT, "chain": 0}, 422, "wrong-chain-root"),
        ])
        for path in ("/tile/0/000", "/tile/0/999", "/tile/0/000.p/0",
                     "/tile/0/000.p/256", "/tile/0/000.p/01", "/tile/64/000",
                     "/tile/0/0", "/tile/entries/999", "/tile/entries/x",
                     "/tile/0/00%30", "/tile/", "/tile/x/000"):
            self.refused(self.public, 404, "no-such-tile", "GET", path)
        for path in ("/", "/v1", "/v1/nothing", "/v1/entries/0/nothing",
                     "/../etc/passwd", "//v1/status"):
            self.refused(self.public, 404, "no-such-path", "GET", path)
        self.refused(self.public, 405, "method-not-allowed", "DELETE",
                     "/v1/evidence")

    def test_parameters_that_are_none(self):
        for target, name in (
                ("/v1/entries?limit=5", "unknown-parameter"),
                ("/v1/entries?by=acme&by=acme", "unknown-parameter"),
                ("/v1/entries?by=A%20B", "bad-id"),
                ("/v1/entries?kind=seal.drawn", "bad-kind"),
                ("/v1/entries?chain=x", "bad-parameter"),
                ("/v1/entries?from=2026-11-22", "bad-time"),
                ("/v1/entries?cursor=x", "bad-cursor"),
                ("/v1/entries/0/bundle?chain=half", "bad-parameter"),
                (f"/v1/documents/{HEX}a", "bad-digest"),
                (f"/v1/documents/{HEX.upper()}", "bad-digest"),
                (f"/v1/documents/sm3:{HEX[1:]}", "bad-digest"),
                ("/v1/status?%", "bad-percent-encoding"),
                ("/v1/status?%zz", "bad-percent-encoding")):
            self.refused(self.public, 400, name, "GET", target)

    def test_a_link_that_is_out_of_order(self):
        root = self.made(self.platform, {"document": DOCUMENT})["index"]
        link = {"document": DOCUMENT, "chain": {"root": root, "after": root}}
        newest = self.made(self.platform, link)["index"]
        for after in (root, newest + 1, newest - 1, 0):
            self.each(self.platform, "/v1/evidence", [
                ({"document": DOCUMENT,
                  "chain": {"root": root, "after": after}}, 409,
                 "chain-out-of-order")])
        self.each(self.client(self.other), "/v1/evidence", [
            ({"document": DOCUMENT, "chain": root}, 422, "wrong-chain-root")])
        # One bad link, and none of the batch is there.
        self.each(self.platform, "/v1/evidence/batch", [
            ({"items": [{"document": DOCUMENT, "chain": root}, link]}, 409,
             "chain-out-of-order"),
            ({"items": [{"document": DOCUMENT},
                        {"document": DOCUMENT, "chain": newest + 1}]}, 422,
             "unknown-reference"),
        ])

    def test_an_idempotency_key_that_stood_for_another_request(self):
        body = json.dumps({"document": DOCUMENT})
        self.made(self.platform, body, key="used")
        for other in (body + " ", '{"document":{"sha256":"%s"}}' % ("b" * 64)):
            self.refused(self.platform, 409, "idempotency-key-reused", "POST",
                         "/v1/evidence", other, key="used")
        self.refused(self.platform, 409, "idempotency-key-reused", "POST",
                     "/v1/evidence/batch", '{"items":[%s]}' % body, key="used")
        # Quotes are no part of it.
        self.refused(self.platform, 409, "idempotency-key-reused", "POST",
                     "/v1/evidence", body + " ", key='"used"')
        for key in ("", '""', "a b", "k" * 256, "\u00e4"):
            self.refused(self.platform, 400, "bad-idempotency-key", "POST",
                         "/v1/evidence", body, key=key)
        self.raw_refused(400, "bad-idempotency-key", self.head(
            "Authorization: Bearer " + self.acme, "Idempotency-Key: a",
            "Idempotency-Key: a", f"Content-Length: {len(body)}")
            + body.encode())

    # -- what is hardly HTTP

    def head(self, *lines, first="POST /v1/evidence HTTP/1.1"):
        lines = [first, "Host: ledger.example.com", *lines]
        return b"".join(
            (line.encode() if isinstance(line, str) else line) + b"\r\n"
            for line in lines) + b"\r\n"

    def raw_refused(self, status, name, octets):
        with self.subTest(name, octets=octets[:200]):
            answer = service.send_raw(self.running.url, octets)
            service.expect_problem(answer, status, name)
            self.unchanged()

    def test_a_body_in_chunks(self):
        token = "Authorization: Bearer " + self.acme
        body = json.dumps({"document": DOCUMENT}).encode()
        chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        for lines in (["Transfer-Encoding: chunked"],
                      ["Transfer-Encoding: chunked",
                       f"Content-Length: {len(chunks)}"],
                      [f"Content-Length: {len(chunks)}",
                       "transfer-encoding: gzip, chunked"],
                      ["Transfer-Encoding: identity"]):
            self.raw_refused(411, "chunked-body",
                             self.head(token, *lines) + chunks)
        self.raw_refused(411, "length-required", self.head(token) + body)

    def test_a_refused_body_is_never_the_next_request(self):
        body = json.dumps({"document": DOCUMENT}).encode()
        smuggled = self.head("Authorization: Bearer " + self.acme,
                             f"Content-Length: {len(body)}") + body
        self.raw_refused(411, "chunked-body",
                         self.head("Transfer-Encoding: chunked") + smuggled)
        self.raw_refused(400, "bad-content-length",
                         self.head("Content-Length: 5", "Content-Length: 6")
                         + smuggled)

    def test_floods_of_headers(self):
        self.raw_refused(431, "too-many-headers", self.head(
            *(f"X-{i}: x" for i in range(64)), "Content-Length: 0"))
        self.raw_refused(431, "too-many-headers", self.head(
            *(f"X-{i}: x" for i in range(20000))))
        self.raw_refused(431, "headers-too-large",
                         self.head("X-Long: " + "x" * 40000))
        self.raw_refused(414, "target-too-long", self.head(
            first=f"GET /{'x' * 9000} HTTP/1.1"))

    def test_heads_that_are_no_http(self):
        for octets in (b"\0\0\0\0\r\n\r\n", b"\x16\x03\x01\x02\x00\r\n\r\n",
                       b"nonsense\r\n\r\n", b"GET /healthz\r\n\r\n",
                       b"GET  /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
                       b"GET /healthz HTTP/1.1\nHost: x\n\n",
                       self.head(" folded: x"), self.head("No Colon"),
                       self.head("Space : x"), self.head(": x")):
            self.raw_refused(400, "bad-request", octets)
        for length in ("x", "-1", "+1", "0x10", "1 2", "1,1", ""):
            self.raw_refused(400, "bad-content-length",
                             self.head("Content-Length: " + length))

    # -- at once

    def test_twelve_at_once_with_one_key_make_one_entry(self):
        body = json.dumps({"document": DOCUMENT, "label": "twelve",
                           "private": {"name": "x"}})
        for round_ in range(10):
            at_once = threading.Barrier(TWELVE)
            before = self.checkpoint().size

            def post(_, key=f"twelve-{round_}"):
                client = self.running.client(self.acme)
                at_once.wait(30)
                answer = client.call("POST", "/v1/evidence", body, key)
                client.close()
                return answer

            with concurrent.futures.ThreadPoolExecutor(TWELVE) as pool:
                all_answers = list(pool.map(post, range(TWELVE)))
            receipts = []
            for answer in all_answers:
                self.assertEqual(answer.status, 201, answer)
                receipts.append(answers.parse_json(answer.body))
                self.ledger.verifier.receipt(receipts[-1])
            self.assertEqual(
                len({(r["index"], r["entry"], tuple(r["disclosures"]))
                     for r in receipts}), 1)
            self.assertEqual(
                sum(a.headers["Idempotency-Replayed"] == "true"
                    for a in all_answers), TWELVE - 1)
            self.assertEqual(self.checkpoint().size, before + 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
