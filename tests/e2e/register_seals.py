#!/usr/bin/python3
"""Seals of the register beyond the plain ones, with the real service: made
elsewhere, for signers of their own, successors, times of effect, and what the
settings of a route change."""

import base64
import json
import sys
import time
import unittest

sys.dont_write_bytecode = True

from lib import register, seals, service  # noqa: E402
from lib.register import ROUTES, STEPS, Case, now_ms, parse, spell  # noqa: E402

EVERY_KIND = {
    "organization.established", "organization.altered",
    "organization.terminated", "application.submitted",
    "application.materials_accepted", "application.returned",
    "application.originals_checked", "application.fee_due",
    "application.fee_paid", "application.identity_verified",
    "application.authorized", "application.approved",
    "application.withdrawn", "application.rejected", "seal.issued",
    "seal.filed", "seal.activated", "seal.suspended", "seal.resumed",
    "seal.lost", "seal.found", "seal.cancelled"}


class Issuing(Case):
    def test_a_receipt_of_every_kind(self):
        desk = self.register.another()
        of = desk.organization()
        desk.organization_event(of, "altered", name="另一名称")
        for end, who in (("withdrawn", "acme"), ("rejected", "office")):
            id_ = desk.submitted(of)
            desk.step(id_, "returned")
            desk.step(id_, end, who)
        made = [desk.active(of, route=route, ordinal=number)
                for number, route in enumerate(ROUTES, 1)]
        for event in ("suspended", "resumed", "lost", "found"):
            desk.event(made[0].code, event)
        desk.organization_event(of, "terminated")
        for seal in made:
            self.assertEqual(desk.history(seal.code)[-1]["kind"],
                             "seal.cancelled")
            desk.entry(desk.status(seal.code)["entries"][-1])
        self.assertEqual(desk.kinds, EVERY_KIND)
        # As anybody gets them again.
        for kind in sorted(EVERY_KIND):
            items = desk.get(f"/v1/entries?kind={kind}", "public")["items"]
            receipt = desk.get(f"/v1/entries/{items[0]['index']}", "public")
            made = desk.receipt(receipt)
            self.assertEqual((made.entry["kind"], made.disclosures),
                             (kind, []))
        desk.close()

    def test_a_seal_for_signers_who_keep_their_keys(self):
        authority = seals.Authority.of_service(self.ledger.data,
                                               self.folder / "signers")
        signers = [authority.certify(f"signer {i}") for i in range(2)]
        before = register.key_files(self.ledger.data)
        seal = self.register.seal(signers=[s.pem for s in signers])
        read = seals.Read(seal.made.seseal)
        self.assertEqual(read.certificates, [s.der for s in signers])
        self.assertEqual(len(seal.made.entry["signers_sha256"]), 2)
        self.assertEqual(seal.made.entry["made"], "here")
        self.assertEqual(register.key_files(self.ledger.data), before)

    def test_a_seal_is_proved_offline(self):
        desk = self.register
        of = desk.organization()
        renamed = desk.organization_event(of, "altered", name="另一名称")
        seal = desk.seal(of, route="platform")
        desk.event(seal.code, "filed")
        desk.organization_event(of, "altered", name="又一名称")
        path = self.folder / "seal.json"
        vkey = (self.ledger.data / "log.vkey").read_text().strip()
        # Who may not see the seal's bytes cannot judge them.
        public = desk.get(f"/v1/entries/{seal.made.index}/bundle", "public")
        path.write_text(json.dumps(public))
        result = service.run("verify", path, "--vkey", vkey, "--json")
        self.assertEqual(result.returncode, 4)
        self.assertIn("bytes_withheld", result.stdout)
        bundle = desk.get(f"/v1/entries/{seal.made.index}/bundle", "watch")
        self.assertEqual(bundle["entries"], public["entries"])
        path.write_text(json.dumps(bundle))
        verdict = json.loads(service.passed(
            "verify", path, "--vkey", vkey, "--json"))
        chain = [c for c in verdict["checks"] if c["id"] == "register_chain"]
        self.assertEqual([(c["result"], c["reason"]) for c in chain],
                         [("pass", "leads_to_first")])
        told = [int(i) for i in chain[0]["evidence"]["entries"].split(", ")]
        kinds = [json.loads(e["entry"])["kind"] for e in bundle["entries"]
                 if e["index"] in told]
        self.assertEqual(sorted(kinds), sorted(
            ["seal.issued", "organization.established", "organization.altered",
             "application.submitted", "application.approved"]
            + [f"application.{step}" for step in STEPS["platform"]]))
        self.assertIn(renamed.index, told)
        self.assertIn("no_later_register_entry",
                      [c["id"] for c in verdict["claims"]])
        # Without any one of them it is refused.
        for left_out in told[:-1]:
            cut = dict(bundle, entries=[e for e in bundle["entries"]
                                        if e["index"] != left_out])
            path.write_text(json.dumps(cut))
            result = service.run("verify", path, "--vkey", vkey, "--json")
            self.assertEqual(result.returncode, 1)
            self.assertIn("link_missing", result.stdout)

    def test_a_seal_made_elsewhere(self):
        elsewhere = service.Ledger(self.folder / "elsewhere",
                                   "ledger.example.com/elsewhere")
        with elsewhere.serve() as running:
            there = register.Register(register.Tokens(elsewhere, running),
                                      running)
            seal = there.seal(division="440300", name="外地制作的印章")
            there.close()
            running.stop()
        desk = self.register
        id_ = desk.approved()
        order = {"application": id_, "code": seal.code, "seseal":
                 base64.b64encode(seal.made.seseal).decode()}
        problem = desk.refused("office", 422, "maker-certificate", "POST",
                               "/v1/seals", order)
        self.assertEqual(
            [(c["id"], c["result"]) for c in problem["checks"]][:4],
            [("format", "pass"), ("seal_signature", "pass"),
             ("maker_certificate", "fail"), ("seal_validity", "pass")])
        # Once its authority is trusted here, it is taken.
        keys = self.ledger.data / "keys"
        (keys / "all-cas.pem").write_text(
            (keys / "seal-ca.pem").read_text()
            + (elsewhere.data / "keys" / "seal-ca.pem").read_text())
        register.change_settings(self.ledger, [
            ("seals", 'ca = "keys/seal-ca.pem"', 'ca = "keys/all-cas.pem"')])
        self.restart()
        before = register.key_files(self.ledger.data)
        made = self.register.post("office", "/v1/seals", order)
        self.assertEqual(made.entry["made"], "elsewhere")
        self.assertEqual(made.seseal, seal.made.seseal)
        self.assertEqual(made.entry["seseal_sm3"],
                         seal.made.entry["seseal_sm3"])
        # The file tells seconds, and what was asked for is in the entry.
        asked = parse(seal.made.entry["seal"]["valid_to"])
        self.assertEqual(parse(made.entry["seal"]["valid_to"]),
                         asked - asked % 1000)
        self.assertEqual(self.register.file(seal.code, "acme"), made.seseal)
        self.assertEqual(
            self.register.get(f"/v1/seals/{seal.code}")["name"],
            "外地制作的印章")
        self.assertEqual(register.key_files(self.ledger.data), before)

    @classmethod
    def restart(cls):
        cls.register.close()
        cls.running.stop()
        cls.running = cls.ledger.serve()
        cls.register = register.Register(cls.tokens, cls.running)

    def test_a_file_is_one_seal_even_once_it_is_erased(self):
        desk = self.register
        authority = seals.Authority.of_service(self.ledger.data,
                                               self.folder / "once")
        maker = authority.certify("maker")
        now = int(time.time())
        file = base64.b64encode(seals.make(maker, seals.Design(
            "once", "一次性印章", [authority.certify("signer").der], now,
            now - 60, now + 86_400, register.png()))).decode()

        def order():
            return {"application": desk.approved(), "code": desk.new_code(),
                    "seseal": file}

        first = desk.post("office", "/v1/seals", order())
        desk.refused("office", 409, "seal-code-used", "POST", "/v1/seals",
                     order())
        desk.post("office", f"/v1/entries/{first.index}/erasure",
                  {"reason": "court_order"})
        desk.refused("office", 409, "seal-code-used", "POST", "/v1/seals",
                     order())
        desk.file(first.entry["seal"]["code"], "office", 404)

    def test_one_commit_replaces_a_seal(self):
        desk = self.register
        for event in (None, "filed", "activated", "lost"):
            old = desk.seal(seal_type="01", physical_code=desk.new_code())
            if event:
                for step in ("filed", "activated", "lost"):
                    desk.event(old.code, step)
                    if step == event:
                        break
            # Applied for while the old one lives.
            id_ = desk.approved(old.uscc, seal_type="01")
            code = desk.new_code()
            physical = old.made.entry["seal"]["physical_code"]
            with self.unchanged():
                desk.refused("office", 409, "second-statutory-name-seal",
                             "POST", "/v1/seals", register.design(id_, code))
            made = desk.issue(id_, code=code, replaces=old.code,
                              physical_code=physical)
            self.assertEqual(made.also, [made.index - 1])
            cancelled = desk.entry(made.index - 1)
            self.assertEqual(cancelled["kind"], "seal.cancelled")
            self.assertEqual(cancelled["seal_code"], old.code)
            self.assertEqual(cancelled["reason"], "replaced")
            self.assertEqual(cancelled["replaced_by"], code)
            self.assertEqual(cancelled["time"], made.entry["time"])
            self.assertEqual(desk.status(old.code)["status"], "cancelled")
            self.assertEqual(desk.status(code)["status"], "issued")

    def test_what_a_cancelled_or_expired_seal_held_is_free(self):
        desk = self.register
        physical = desk.new_code()
        old = desk.seal(seal_type="01", physical_code=physical)
        desk.event(old.code, "cancelled", reason="renamed")
        ends = (now_ms() // 1000 + 2) * 1000
        short = desk.seal(old.uscc, seal_type="01", physical_code=physical,
                          valid_to=spell(ends))
        alone = desk.seal(valid_to=spell(ends))
        self.assertIs(desk.status(short.code)["expired"], False)
        id_ = desk.approved(old.uscc, seal_type="01")
        order = register.design(id_, desk.new_code(), physical_code=physical)
        desk.refused("office", 409, "second-statutory-name-seal", "POST",
                     "/v1/seals", order)
        register.until_after(ends)
        self.assertIs(desk.status(short.code)["expired"], True)
        self.assertIs(desk.get(f"/v1/seals/{short.code}")["expired"], True)
        with self.unchanged():
            desk.refused("office", 409, "seal-not-live", "POST", "/v1/seals",
                         {**order, "replaces": short.code})
        desk.post("office", "/v1/seals", order)
        self.assertEqual(desk.status(short.code)["status"], "issued")
        # Only live seals are cancelled with their organisation.
        ended = desk.organization_event(old.uscc, "terminated")
        self.assertEqual(len(ended.also), 1)
        ended = desk.organization_event(alone.uscc, "terminated")
        self.assertEqual(ended.also, [])
        self.assertEqual(desk.status(alone.code)["status"], "issued")

    def test_one_key_is_one_seal(self):
        desk = self.register
        id_ = desk.approved()
        order = register.design(id_, desk.new_code())
        first = desk.post("office", "/v1/seals", order, key="once")
        keys = register.key_files(self.ledger.data)
        with self.unchanged():
            again = desk.post("office", "/v1/seals", order, key="once")
        self.assertTrue(again.replayed)
        self.assertEqual((again.index, again.seseal, again.disclosures),
                         (first.index, first.seseal, first.disclosures))
        self.assertEqual(register.key_files(self.ledger.data), keys)
        desk.refused("office", 409, "idempotency-key-reused", "POST",
                     "/v1/seals", {**order, "code": desk.new_code()},
                     key="once")
        # A run of several entries, too.
        code = desk.new_code()
        order = register.design(desk.approved(first.entry["seal"]["uscc"]),
                                code, replaces=first.entry["seal"]["code"])
        first = desk.post("office", "/v1/seals", order, key="twice")
        again = desk.post("office", "/v1/seals", order, key="twice")
        self.assertEqual((again.index, again.also, again.seseal),
                         (first.index, first.also, first.seseal))


class Times(Case):
    def test_what_was_known_and_what_was_in_effect(self):
        desk = self.register
        seal = desk.seal()
        issued = parse(seal.made.entry["time"])
        at = {event: issued + 10 * number for number, event in enumerate(
            ("filed", "activated", "suspended", "resumed"), 1)}
        register.until_after(at["resumed"])
        sizes = {"issued": seal.made.index + 1}
        for event, moment in at.items():
            made = desk.event(seal.code, event, effective_at=spell(moment))
            self.assertEqual(made.entry["effective_at"], spell(moment))
            sizes[event] = made.index + 1
        words = {"issued": "issued", "filed": "filed", "activated": "active",
                 "suspended": "suspended", "resumed": "active"}
        times = {"issued": issued, **at}
        order = list(words)
        for known in order:
            for moment_of in order:
                for more in (0, 9):  # to its last millisecond
                    last = min(order.index(known), order.index(moment_of))
                    answer = desk.status(
                        seal.code, at=spell(times[moment_of] + more),
                        size=sizes[known])
                    self.assertEqual(answer["status"], words[order[last]],
                                     (known, moment_of))
                    self.assertEqual(answer["size"], sizes[known])
                    self.assertEqual(len(answer["entries"]),
                                     order.index(known) + 1)
        target = f"/v1/seals/{seal.code}/status"
        for query, status, name in (
                (f"at={spell(issued - 1)}", 404, "seal-not-issued-yet"),
                (f"size={seal.made.index}", 404, "no-such-seal"),
                ("size=0", 404, "no-such-seal"),
                ("size=99999999", 400, "size-beyond-ledger"),
                ("size=-1", 400, "bad-parameter"),
                ("at=now", 400, "bad-time"),
                ("when=now", 400, "unknown-parameter")):
            desk.refused("public", status, name, "GET", f"{target}?{query}")
        ends = parse(seal.made.entry["seal"]["valid_to"])
        for moment, expired in ((ends, False), (ends + 1, True)):
            self.assertIs(desk.status(seal.code, at=spell(moment))["expired"],
                          expired)

    def test_times_that_are_not_to_be(self):
        desk = self.register
        seal = desk.seal()
        issued = parse(seal.made.entry["time"])
        of = desk.new_uscc()
        future = spell(now_ms() + 60_000)
        with self.unchanged():
            self.event_refused(422, "effective-in-future", seal.code, "filed",
                               effective_at=future)
            self.event_refused(409, "effective-before-last", seal.code,
                               "filed", effective_at=spell(issued - 1))
            self.event_refused(400, "bad-time", seal.code, "filed",
                               effective_at="2026-11-22")
            desk.refused("office", 422, "effective-in-future", "POST",
                         "/v1/organizations", {"uscc": of, "name": "甲",
                                               "effective_at": future})
        desk.event(seal.code, "filed", effective_at=spell(issued))
        desk.post("office", "/v1/organizations", {
            "uscc": of, "name": "甲", "effective_at": spell(issued)})
        with self.unchanged():
            for event, more in (("altered", {"name": "乙"}),
                                ("terminated", {})):
                for moment, status, name in (
                        (spell(issued - 1), 409, "effective-before-last"),
                        (future, 422, "effective-in-future")):
                    desk.refused("office", status, name, "POST",
                                 f"/v1/organizations/{of}/events",
                                 {"event": event, "effective_at": moment,
                                  **more})


class Settings(Case):
    SETTINGS = (
        ("routes.public_security", 'mode = "approval"', 'mode = "filing"'),
        ("routes.public_security", "filing_hours = 24", "filing_hours = 0"),
        ("routes.agency", 'mode = "approval"', 'mode = "filing"'),
        ("routes.platform", "unclaimed_days = 90", "unclaimed_days = 0"))

    def test_filing_mode_approves_with_the_last_step(self):
        desk = self.register
        for route in ("public_security", "agency"):
            id_ = desk.submitted(route=route)
            for event in STEPS[route][:-1]:
                self.assertEqual(desk.step(id_, event).also, [])
            made = desk.step(id_, STEPS[route][-1])
            self.assertEqual(made.also, [made.index + 1])
            approval = desk.entry(made.index + 1)
            self.assertEqual(approval["kind"], "application.approved")
            self.assertEqual(approval["by"], "operator")
            self.assertEqual(approval["previous"], made.index)
            self.assertEqual(approval["time"], made.entry["time"])
            answer = desk.get(f"/v1/applications/{id_}")
            self.assertEqual(answer["state"], "approved")
            self.assertEqual(answer["entries"][-2:],
                             [made.index, made.index + 1])
            self.application_refused("office", 409, "step-out-of-order", id_,
                                     "approved")
            sealed = desk.issue(id_)
            self.assertEqual(sealed.entry["application"], made.index + 1)
        desk.approved(route="platform")  # waits for somebody, as before

    def test_the_service_does_not_approve_what_the_operator_submitted(self):
        desk = self.register
        id_ = desk.submitted(who="admin")
        for event in STEPS["public_security"]:
            self.assertEqual(desk.step(id_, event).also, [])
        self.application_refused("admin", 403, "own-submission", id_,
                                 "approved")
        desk.step(id_, "approved", "bureau")

    def test_a_filing_beyond_the_limit_is_late(self):
        desk = self.register
        for after, late in ((0, False), (1, True)):
            seal = desk.seal(filing=True)
            issued = parse(seal.made.entry["time"])
            register.until_after(issued + after)
            made = desk.event(seal.code, "filed",
                              effective_at=spell(issued + after))
            self.assertIs(made.entry.get("late", False), late)

    def test_a_seal_that_is_not_activated_in_time_is_cancelled(self):
        desk = self.register
        kept = desk.seal(filing=True)
        due = [desk.seal(route="platform"), desk.seal(route="platform")]
        for seal in due:
            service.until(
                lambda code=seal.code:
                desk.status(code)["status"] == "cancelled", 30,
                "the cancellation")
            entry = desk.history(seal.code)[-1]
            self.assertEqual((entry["kind"], entry["by"], entry["reason"]),
                             ("seal.cancelled", "operator", "unclaimed"))
            desk.entry(desk.status(seal.code)["entries"][-1])
            self.event_refused(409, "step-out-of-order", seal.code,
                               "activated")
        time.sleep(1.5)  # another look
        self.assertEqual(desk.status(kept.code)["status"], "issued")
        self.assertEqual(
            len(desk.status(due[0].code)["entries"]),
            len(desk.history(due[0].code)))


if __name__ == "__main__":
    if seals.missing():
        print(seals.missing(), "here: skipped")
        sys.exit(77)
    unittest.main(verbosity=2)
