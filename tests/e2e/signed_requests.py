#!/usr/bin/python3
"""Requests that parties sign, with the real service: every write by keys of
every kind, what the bundles prove by it, each fault under a name of its own,
and erasures that take the request, too."""

import base64
import concurrent.futures
import hashlib
import json
import os
import random
import sys
import threading
import time
import unittest

sys.dont_write_bytecode = True

from lib import (  # noqa: E402
    answers, raw_bytes, register, seals, sealing, service, signed)
from lib.sealing import Case, Document  # noqa: E402

SEED = int(os.environ.get("SEALEDGER_SEED",
                          random.SystemRandom().getrandbits(32)))
FULL = bool(os.environ.get("SEALEDGER_FULL"))
TRIES = 300 if FULL else 30
BODY = {"document": {"sha256": sealing.know(b"what is signed for\n")}}
KIB = 1 << 10


class Story(Case):
    """All who write sign, and none of them may do otherwise."""

    ALGORITHMS = {"acme": "sm2", "other": "ed25519", "office": "p256",
                  "clerk": "p256", "admin": "ed25519"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.signers = {who: signed.Key(cls.folder / "keys", alg)
                       for who, alg in cls.ALGORITHMS.items()}
        for who, key in cls.signers.items():
            made = signed.register_key(cls.register, who, key,
                                       signed_only=True)
            answers.demand(made.entry["key"]["alg"] == key.alg
                           and made.entry["party"]["signed_only"] is True,
                           made)
        cls.register.close()
        cls.register = signed.Desk(cls.tokens, cls.running, cls.signers)

    def entries(self, begin):
        """From an index on, as anybody reads them."""
        client = self.register.client("public")
        size = self.register.get("/v1/status")["size"]
        return {begin + place: answers.parse_json(text) for place, text in
                enumerate(service.read_entries(client, begin, size))}

    def tell(self):
        """One of each write that makes an entry; what other entries came."""
        desk = self.register
        elsewhere = sealing.Elsewhere(self.ledger.data,
                                      self.folder / "elsewhere")
        of = desk.organization()
        desk.organization_event(of, "altered", name="另一名称")
        seal = desk.active(of)
        successor = desk.issue(
            desk.approved(of, "agency", ordinal=2), replaces=seal.code,
            physical_code="P-1")
        for event in ("filed", "activated", "suspended", "resumed"):
            desk.event(successor.entry["seal"]["code"], event)
        code = successor.entry["seal"]["code"]
        person = desk.submitted(of, who="clerk", ordinal=3,
                                private={"applicant": "某人"})
        desk.step(person, "returned")
        desk.step(person, "submitted", "clerk", materials=[
            {"kind": kind, "sha256": register.digest("better " + kind)}
            for kind in register.COMMON])
        desk.step(person, "withdrawn", "clerk")
        desk.authorize(code, "other")
        here = desk.sign(code)
        desk.sign(code, who="other")
        desk.deauthorize(code, "other")
        desk.post("acme", "/v1/evidence", {
            **BODY, "chain": here.index, "label": "finished",
            "private": {"file": "合同.ofd"}})
        there = desk.seal_of(elsewhere)
        document = Document()
        desk.enter(elsewhere.sign(there.made.seseal, document), document)
        for who in ("acme", "admin", "other"):
            gone = desk.post(who, "/v1/evidence",
                             {**BODY, "private": {"name": "某人"}})
            desk.post(who, f"/v1/entries/{gone.index}/erasure",
                      {"reason": "person_request"})
        desk.post("admin", "/v1/parties", {
            "id": "court", "role": "regulator", "name": "法院",
            "private": {"contact": "某人"}})
        desk.post("admin", "/v1/parties/court/events",
                  {"event": "changed", "name": "另一法院"})
        ended = desk.organization_event(of, "terminated")
        return {*successor.also, *ended.also}

    def test_every_write_is_signed_and_proved(self):
        begin = self.register.get("/v1/status")["size"]
        also = self.tell()
        entries = self.entries(begin)
        kinds, erased = set(), {entry["index"] for entry in entries.values()
                                if entry["kind"] == "disclosure.erased"}
        for index, entry in entries.items():
            who = "admin" if entry["by"] == "operator" else entry["by"]
            bundle = self.bundle(index, who)
            if index in also:
                self.assertNotIn("request", entry)
                self.assertNotIn("request", bundle)
                continue
            if index in erased:
                self.assertNotIn("request", bundle)
                continue
            kinds.add(entry["kind"])
            sent = self.register.kept[entry["request"]]
            self.assertEqual(hashlib.sha256(sent.base.encode()).hexdigest(),
                             entry["request"])
            self.assertEqual(signed.request_in(bundle),
                             (sent.base, sent.signature, sent.body))
            verdict = self.judge.verdict(bundle)
            evidence = verdict.checks["requested_by"]["evidence"]
            self.assertEqual(verdict.reason("requested_by"),
                             ("pass", "signed_by_party"),
                             (entry["kind"], evidence))
            self.assertEqual((evidence["party"], evidence["alg"],
                              evidence["index"]),
                             (entry["by"], self.ALGORITHMS[who],
                              str(entry["by_entry"])))
            self.assertEqual(verdict.overall, "passed", (entry["kind"],
                                                         verdict.failed()))
        self.assertEqual(kinds, {
            "organization.established", "organization.altered",
            "organization.terminated", "application.submitted",
            "application.materials_accepted", "application.returned",
            "application.originals_checked", "application.fee_due",
            "application.fee_paid", "application.approved",
            "application.withdrawn", "seal.issued", "seal.filed",
            "seal.activated", "seal.suspended", "seal.resumed",
            "seal.authorized", "seal.deauthorized", "document.sealed",
            "evidence.recorded", "disclosure.erased", "party.registered",
            "party.changed"})

    def test_who_sees_the_request(self):
        desk = self.register
        made = desk.post("acme", "/v1/evidence", BODY)
        for who in ("acme", "admin"):
            self.assertIn("request", self.bundle(made.index, who))
            self.assertEqual(self.verdict(made.index, who).overall, "passed")
        for who in ("watch", "other", "office", "public"):
            self.assertNotIn("request", self.bundle(made.index, who))
            verdict = self.verdict(made.index, who)
            self.assertEqual((verdict.overall, verdict.failed()),
                             ("indeterminate", []))
            self.assertEqual(verdict.withheld(), ["requested_by"])
        # A regulator sees the bytes of signatures, and no requests.
        sealed = desk.sign(desk.active().code)
        bundle = self.bundle(sealed.index, "watch")
        self.assertTrue({"seal", "signed_checkpoint"} <= set(bundle))
        self.assertEqual(self.judge.verdict(bundle).withheld(),
                         ["requested_by"])

    def test_a_request_in_a_bundle_that_was_changed(self):
        desk = self.register
        made = desk.post("acme", "/v1/evidence",
                         {**BODY, "private": {"file": "合同.ofd"}})
        again = desk.post("acme", "/v1/evidence", BODY)
        bundle, other = self.bundle(made.index), self.bundle(again.index)
        request = bundle["request"]
        octets = bytearray(base64.b64decode(request["signature"]))
        octets[-1] ^= 1
        changed = base64.b64encode(octets).decode()
        for more, reason in (
                ({"signature": changed}, "wrong_signature"),
                ({"body": request["body"] + " "}, "other_body"),
                ({"base": request["base"].replace("POST", "PUT")},
                 "not_the_recorded_request"),
                ({"base": request["base"] + "\n"}, "malformed")):
            verdict = self.judge.verdict(
                dict(bundle, request={**request, **more}))
            self.assertEqual((verdict.overall, verdict.reason("requested_by")),
                             ("failed", ("fail", reason)))
        verdict = self.judge.verdict(dict(bundle, request=other["request"]))
        self.assertEqual(verdict.reason("requested_by"),
                         ("fail", "not_the_recorded_request"))

    def test_what_is_not_signed_is_refused(self):
        desk = self.register
        seal = desk.active()
        mine = desk.post("acme", "/v1/evidence",
                         {**BODY, "private": {"name": "某人"}})
        plain = sealing.Desk(self.tokens, self.running)
        document = Document()
        elsewhere = sealing.Elsewhere(self.ledger.data,
                                      self.folder / "unsigned")
        there = desk.seal_of(elsewhere)
        given = elsewhere.sign(there.made.seseal, document)
        approved = desk.approved()
        of = desk.organization()
        writes = (
            ("acme", "POST", "/v1/evidence", BODY),
            ("acme", "POST", "/v1/evidence/batch", {"items": [BODY]}),
            ("acme", "POST", f"/v1/seals/{seal.code}/signatures",
             sealing.order_of(document)),
            ("acme", "POST", "/v1/seal-signatures",
             sealing.gift_of(given, document)),
            ("acme", "POST", f"/v1/seals/{seal.code}/authorizations",
             {"party": "other"}),
            ("acme", "POST", f"/v1/seals/{seal.code}/events",
             {"event": "suspended"}),
            ("acme", "POST", f"/v1/entries/{mine.index}/erasure",
             {"reason": "person_request"}),
            ("acme", "POST", "/v1/applications",
             register.application("agency", of)),
            ("office", "POST", "/v1/seals",
             register.design(approved, desk.new_code())),
            ("office", "POST", "/v1/organizations",
             {"uscc": desk.new_uscc(), "name": "甲"}),
            ("office", "POST", f"/v1/organizations/{of}/events",
             {"event": "terminated"}),
            ("admin", "POST", "/v1/parties", {"id": "x", "role": "platform"}),
            ("admin", "POST", "/v1/parties/other/events",
             {"event": "changed", "name": "甲"}))
        keys = register.key_files(self.ledger.data)
        with self.unchanged():
            for who, method, target, body in writes:
                with self.subTest(target=target):
                    plain.refused(who, 403, "signature-required", method,
                                  target, body)
        self.assertEqual(register.key_files(self.ledger.data), keys)
        granted = desk.authorize(seal.code, "other")
        with self.unchanged():
            plain.refused("acme", 403, "signature-required", "DELETE",
                          f"/v1/seals/{seal.code}/authorizations/other")
        self.assertEqual(desk.status(seal.code)["entries"][-1], granted.index)
        # Nothing was erased, and everything can be read.
        self.assertEqual(len(plain.get(f"/v1/entries/{mine.index}",
                                       "acme")["disclosures"]), 1)
        plain.close()


class Faults(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys = {}
        for who, alg in (("acme", "p256"), ("other", "ed25519"),
                         ("office", "sm2")):
            cls.keys[who] = signed.Key(cls.folder / "keys", alg)
            signed.register_key(cls.register, who, cls.keys[who])
        cls.count = 0

    def next_key(self):
        type(self).count += 1
        return f"fault-{self.count}"

    def sign(self, body=None, who="acme", method="POST", path="/v1/evidence",
             key=None, signer=None, **more):
        return signed.sign(signer or self.keys[who], who, method, path,
                           BODY if body is None else body,
                           key or self.next_key(), **more)

    def refused(self, name, request, status=401, who="acme",
                target="/v1/evidence", body=None, method="POST", key=None,
                **headers):
        """With other headers than those of the request; None: without."""
        sent = {**request.headers,
                **{word.replace("_", "-"): value
                   for word, value in headers.items()}}
        with self.subTest(name, headers=headers), self.unchanged():
            self.register.refused(
                who, status, name, method, target,
                request.body if body is None else body,
                request.key if key is None else key or None,
                headers={word: value for word, value in sent.items()
                         if value is not None})

    def taken(self, request, who="acme", target="/v1/evidence"):
        answer = self.register.client(who).call(
            "POST", target, request.body, request.key, request.headers)
        self.assertEqual(answer.status, 201, answer)
        made = self.register.read(answer)
        self.assertEqual(made.entry["request"], hashlib.sha256(
            request.base.encode()).hexdigest())
        return made

    def test_signatures_in_order(self):
        for who in self.keys:
            made = self.taken(self.sign(who=who), who)
            self.assertEqual(self.verdict(made.index, who).reason(
                "requested_by"), ("pass", "signed_by_party"))
        # Nobody has to sign, unless he wants to.
        self.assertNotIn("request", self.register.post(
            "acme", "/v1/evidence", BODY).entry)
        now = int(time.time())
        created, keyid, tag = (f";created={now}", ';keyid="acme"',
                               ';tag="sealedger"')
        for order in ((created, tag, keyid), (keyid, created, tag),
                      (keyid, tag, created), (tag, created, keyid),
                      (tag, keyid, created)):
            self.taken(self.sign(params=signed.COVERED + "".join(order)))
        for label in ("sig", "a-b_c.d*0", "*"):
            self.taken(self.sign(label=label))
        quoted = self.sign(key='"in-quotes"')
        made = self.taken(quoted)
        # One key with quotes and without is one, and one signature.
        bare = self.sign(key="in-quotes")
        answer = self.register.client("acme").call(
            "POST", "/v1/evidence", bare.body, bare.key, bare.headers)
        self.assertEqual(answer.headers["Idempotency-Replayed"], "true")
        self.assertEqual(answers.parse_json(answer.body)["index"], made.index)
        for created in (now - 290, now + 290):
            self.taken(self.sign(params=signed.parameters("acme", created)))
        # White space at its end is no part of the JSON, and of the digest.
        text = json.dumps(BODY)
        large = text + " " * (64 * KIB - len(text))
        made = self.taken(self.sign(large))
        self.assertEqual(self.bundle(made.index)["request"]["body"], large)
        self.assertEqual(self.verdict(made.index).overall, "passed")

    def test_times(self):
        now = int(time.time())
        for created, name in ((now - 310, "old"), (now - 10**6, "old"),
                              (0, "old"), (now + 310, "early"),
                              (10**15 - 1, "early")):
            self.refused("signature-" + name, self.sign(
                params=signed.parameters("acme", created)))

    def test_another_request_than_the_one_that_was_signed(self):
        request = self.sign()
        digest = request.headers["Content-Digest"]
        self.refused("signature-digest", request, body=b"{}")
        self.refused("signature-digest", request, body=request.body + b" ")
        for value in (None, digest[:-2] + ":", digest.upper(), "",
                      digest.replace("sha-256", "sha-512"),
                      digest.replace("=:", "="), digest + ";a=1"):
            self.refused("signature-digest", request, Content_Digest=value)
        for value in (digest + ", " + digest, digest + ",unixsum=:AA==:"):
            self.refused("signature-malformed", request, Content_Digest=value)
        other = json.dumps({"document": {"sha256": register.digest("x")}})
        self.refused("signature-wrong", request, body=other.encode(),
                     Content_Digest=signed.content_digest(other.encode()))
        self.refused("signature-wrong", request, key="another-key")
        self.refused("signature-wrong", request, target="/v1/seal-signatures")
        self.refused("signature-wrong", self.sign(method="PUT"))
        self.refused("signature-wrong", self.sign(path="/v1/evidence/"))
        self.refused("unknown-parameter", request, 400,
                     target="/v1/evidence?x=1")
        self.taken(request)

    def test_whose_signature(self):
        desk = self.register
        self.refused("signature-other-party", self.sign(who="other"))
        self.refused("signature-other-party", self.sign(
            params=signed.parameters("nobody")))
        self.refused("signature-other-party", self.sign(), who="other")
        self.refused("signature-wrong", self.sign(signer=self.keys["other"]))
        self.refused("signature-wrong", self.sign(signer=signed.Key(
            self.folder / "keys", "p256")))
        self.refused("signature-no-key", signed.sign(
            self.keys["acme"], "bureau", "POST", "/v1/evidence", BODY,
            self.next_key()), who="bureau")
        # Another signature over the same base.
        request, again = self.sign(key="same"), self.sign(key="other")
        self.refused("signature-wrong", request,
                     Signature=again.headers["Signature"])
        octets = request.signature
        for wrong in (bytes(64), octets[32:] + octets[:32],
                      b"\xff" * 64, bytes(32) + octets[32:],
                      octets[:32] + bytes(32)):
            self.refused("signature-wrong", request, Signature=self.value(
                wrong))
        # The key before.
        old, new = self.keys["other"], signed.Key(self.folder / "keys", "sm2")
        made = self.taken(self.sign(who="other"), "other")
        request = self.sign(who="other")
        signed.register_key(desk, "other", new)
        self.refused("signature-wrong", request, who="other")
        self.keys["other"] = new
        later = self.taken(self.sign(who="other"), "other")
        self.assertGreater(later.entry["by_entry"], made.entry["by_entry"])
        for index in (made.index, later.index):
            self.assertEqual(self.verdict(index, "other").overall, "passed")
        self.refused("signature-wrong", self.sign(who="other", signer=old),
                     who="other")

    @staticmethod
    def value(octets, label="sig1"):
        return f"{label}=:{base64.b64encode(octets).decode()}:"

    def test_headers_that_are_malformed(self):
        request = self.sign()
        good = request.headers["Signature"]
        octets = request.signature
        for signature in (
                None, "", "sig1", "sig1=", "sig1=::", good[:-1], good + ":",
                good + ", " + good.replace("sig1", "sig2"), good + ";a=1",
                good.replace("sig1", "sig2"), good.replace("sig1", "Sig1"),
                good[5:], self.value(octets[:-1]), self.value(octets + b"\0"),
                self.value(b""), good.replace("=:", "=: "),
                self.value(seals.signature_value(1 << 255, 1 << 255))):
            self.refused("signature-malformed", request, Signature=signature)
        self.refused("signature-malformed", request, Signature_Input=None)

    def test_parameters_that_are_malformed(self):
        """All are signed as they stand, so that nothing else is wrong."""
        good = signed.parameters("acme")
        now = good.partition("created=")[2].partition(";")[0]
        for params in (
                good + ';alg="ecdsa-p256-sha256"', good + ';nonce="1"',
                good + f";expires={int(now) + 60}", good + f";created={now}",
                good + ';keyid="acme"', good.replace(f";created={now}", ""),
                good.replace(';keyid="acme"', ""),
                good.replace(';tag="sealedger"', ""),
                good.replace("sealedger", "another"),
                good.replace('"acme"', "acme"), good.replace("acme", "Acme"),
                good.replace("acme", ""), good.replace("acme", "a" * 65),
                good.replace(now, f'"{now}"'), good.replace(now, f"-{now}"),
                good.replace(now, f"0{now}"), good.replace(now, f"{now}.0"),
                good.replace(now, "1" + "0" * 15), good.replace(now, ""),
                good.replace(";created", "; created"), good + ";",
                good.replace('"@method" ', ""), good.replace(
                    ' "idempotency-key"', ""),
                good.replace('"@method" "@path"', '"@path" "@method"'),
                good.replace('"@path"', '"@path" "@authority"'),
                good.replace('"@path"', '"@path" "@path"'),
                good.replace('"@path"', '"@target-uri"'),
                good.replace('"content-digest"', '"content-digest";sf'),
                good.replace('"content-digest"', '"Content-Digest"'),
                good.replace('" "', '"  "'), good.replace("(", "( "),
                good + ', sig2=' + good, "()", "x"):
            self.refused("signature-malformed", self.sign(params=params))

    def test_headers_that_stand_there_twice(self):
        request = self.sign()
        lines = {"Host": "x", "Authorization":
                 "Bearer " + self.tokens.of["acme"],
                 "Content-Type": "application/json", "Idempotency-Key":
                 request.key, "Content-Length": str(len(request.body)),
                 "Connection": "close", **request.headers}
        for name, problem, status in (
                ("Signature", "signature-malformed", 401),
                ("Signature-Input", "signature-malformed", 401),
                ("Content-Digest", "signature-malformed", 401),
                ("Idempotency-Key", "bad-idempotency-key", 400)):
            for word in (name, name.lower()):
                head = "".join(f"{one}: {value}\r\n" for one, value in (
                    *lines.items(), (word, lines[name])))
                with self.unchanged():
                    answer = service.send_raw(self.running.url, (
                        f"POST /v1/evidence HTTP/1.1\r\n{head}\r\n"
                    ).encode() + request.body, half_close=False)
                service.expect_problem(answer, status, problem)
        self.taken(request)

    def test_what_bears_no_signature(self):
        request = self.sign()
        self.refused("signature-key-required", request, key="")
        batch = self.sign({"items": [BODY]}, path="/v1/evidence/batch")
        for more in ({}, {"Signature": None}, {"Signature_Input": None}):
            self.refused("signed-batch", batch, 400,
                         target="/v1/evidence/batch", **more)
        text = json.dumps(BODY)
        large = self.sign(text + " " * (64 * KIB + 1 - len(text)))
        self.refused("signed-body-too-large", large, 400)
        # What is read is signed by nobody, and not looked at.
        answer = self.register.client("acme").call(
            "GET", "/v1/status", headers={"Signature": "x"})
        self.assertEqual(answer.status, 200)

    def test_keys_that_parties_cannot_have(self):
        desk = self.register
        with self.unchanged():
            desk.refused("admin", 422, "key-missing", "POST",
                         "/v1/parties/bureau/events",
                         {"event": "changed", "signed_only": True})
        # An obligation that ends.
        key = signed.Key(self.folder / "keys", "ed25519")
        signed.register_key(desk, "clerk", key, signed_only=True)
        of = desk.organization()
        with self.unchanged():
            desk.refused("clerk", 403, "signature-required", "POST",
                         "/v1/applications",
                         register.application("agency", of))
        desk.post("admin", "/v1/parties/clerk/events",
                  {"event": "changed", "signed_only": False})
        desk.submitted(of, who="clerk")

    def test_a_key_that_changes_on_the_way(self):
        """Either the request came first, and its bundle shows so, or it is
        refused."""
        desk = self.register
        keys = [signed.Key(self.folder / "keys", "ed25519") for _ in range(2)]
        signed.register_key(desk, "other", keys[0])
        barrier = threading.Barrier(2)
        sender = self.running.client(self.tokens.of["other"])
        changer = desk.another()
        outcomes, dice = {}, random.Random(SEED)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            for number in range(TRIES):
                request = self.sign(who="other", signer=keys[number % 2])

                def change(key=keys[1 - number % 2],
                           after_s=dice.random() * 0.006):
                    barrier.wait(60)
                    threading.Event().wait(after_s)
                    return signed.register_key(changer, "other", key)

                changed = pool.submit(change)
                sender.get("/healthz")
                barrier.wait(60)
                answer = sender.call("POST", "/v1/evidence", request.body,
                                     request.key, request.headers)
                change_index = changed.result(60).index
                if answer.status == 201:
                    made = desk.read(answer)
                    self.assertLess(made.index, change_index)
                    self.assertLess(made.entry["by_entry"], made.index)
                    self.assertEqual(
                        self.verdict(made.index, "other").overall, "passed")
                    word = "taken"
                else:
                    word = answers.parse_json(answer.body)["type"].rpartition(
                        ":")[2]
                    self.assertEqual(answer.status, 401, answer)
                    self.assertIn(word, ("signature-wrong",
                                         "signature-key-changed"))
                outcomes[word] = outcomes.get(word, 0) + 1
        sender.close()
        changer.close()
        self.keys["other"] = keys[TRIES % 2]
        print(f"{self.id()}: {outcomes}")


class Erasure(Case):
    def files(self):
        files = raw_bytes.of_folder(
            self.ledger.data, self.running.out_path, self.running.err_path)
        files.update(raw_bytes.of_process(self.running.pid))
        return files

    def assert_there(self, there, texts):
        files = self.files()
        for text in texts:
            self.assertEqual(bool(raw_bytes.find(files, text)), there, text)

    def test_the_request_is_erased_with_what_it_asked_for(self):
        dice = random.Random(SEED)
        desk = self.register
        key = signed.Key(self.folder / "keys", "sm2")
        signed.register_key(desk, "acme", key)
        seal = desk.active()
        signing = signed.Desk(self.tokens, self.running, {"acme": key})
        word = f"{dice.randrange(10**15):015d}"
        others = [signing.post("acme", "/v1/evidence", BODY, f"stays-{word}a")]
        value = f"欧阳{word}的合同"
        makers = (
            lambda: signing.post("acme", "/v1/evidence", {
                **BODY, "private": {f"姓名{word}": value}}, f"kept-{word}a"),
            lambda: signing.post("acme", "/v1/evidence", BODY,
                                 f"kept-{word}b"),
            lambda: signing.sign(seal.code, key=f"kept-{word}c",
                                 property_info=f"/Doc_{word}/Signature.xml"))
        for number, make in enumerate(makers):
            made = make()
            others.append(signing.post("acme", "/v1/evidence", BODY,
                                       f"stays-{word}{number}"))
            sent = signing.kept[made.entry["request"]]
            # Nothing but the stored request has these.
            texts = [sent.key, base64.b64encode(sent.signature).decode()]
            if number == 0:
                texts += [value, f"姓名{word}"]
            if number == 2:
                texts.append(f"/Doc_{word}/Signature.xml")
            self.assert_there(True, texts)
            self.assertEqual(self.verdict(made.index).overall, "passed")
            self.register.post("acme", f"/v1/entries/{made.index}/erasure",
                               {"reason": "person_request"})
            self.assert_there(False, texts)
            for who in ("acme", "admin"):
                bundle = self.bundle(made.index, who)
                self.assertEqual(set(bundle),
                                 {"format", "entries", "checkpoint"})
                verdict = self.judge.verdict(bundle)
                self.assertEqual((verdict.overall, verdict.failed()),
                                 ("indeterminate", []))
                self.assertIn("requested_by", verdict.withheld())
            with self.unchanged():
                desk.refused("acme", 409, "already-erased", "POST",
                             f"/v1/entries/{made.index}/erasure",
                             {"reason": "mistake"})
        # Requests are alike: those of others stay.
        for other in others:
            self.assert_there(True,
                              [signing.kept[other.entry["request"]].key])
            self.assertEqual(self.verdict(other.index).overall, "passed")
        # An entry that nobody signed has nothing of the kind.
        plain = desk.post("acme", "/v1/evidence", BODY)
        with self.unchanged():
            desk.refused("acme", 409, "nothing-to-erase", "POST",
                         f"/v1/entries/{plain.index}/erasure",
                         {"reason": "mistake"})
        signing.close()

    def test_a_refused_request_leaves_nothing(self):
        desk = self.register
        key = signed.Key(self.folder / "keys", "ed25519")
        signed.register_key(desk, "other", key)
        values = []

        def refused(status, name, body, more=None, **wrong):
            values.append(f"从不保存{len(values)}个人")
            request = signed.sign(
                key, "other", "POST", "/v1/evidence",
                {**body, "private": {"name": values[-1]}},
                f"refused-{len(values)}", **wrong)
            with self.unchanged():
                desk.refused("other", status, name, "POST", "/v1/evidence",
                             request.body, request.key,
                             {**request.headers, **(more or {})})

        refused(422, "unknown-reference", {**BODY, "chain": 10**6})
        refused(422, "wrong-chain-root", {**BODY, "chain": 0})
        refused(400, "bad-digest", {"document": {"sha256": "x"}})
        refused(401, "signature-old", BODY,
                params=signed.parameters("other", 1))
        refused(401, "signature-malformed", BODY, {"Signature": "x"})
        self.assert_there(False, values)


if __name__ == "__main__":
    if seals.missing():
        print(seals.missing(), "here: skipped")
        sys.exit(77)
    print(f"SEALEDGER_SEED={SEED}", flush=True)
    unittest.main(verbosity=2)
