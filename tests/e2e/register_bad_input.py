#!/usr/bin/python3
"""What is wrong with a request to the register is refused by the real service
under a name of its own, and nothing comes of it."""

import sys
import unittest

sys.dont_write_bytecode = True

from lib import register  # noqa: E402
from lib.register import (  # noqa: E402
    MATERIALS, ROUTES, Refusals, application, now_ms, spell)

DAY_MS = register.DAY_MS
BAD_NAMES = (("甲\u202e乙", "bad-name"), ("甲\u200b乙", "bad-name"),
             ("甲\u2066乙", "bad-name"), ("\ue000", "bad-name"),
             ("e\u0301", "bad-name"), ("\uac00\u11a8", "bad-name"),
             ("\u0378", "bad-name"), ("\u3164", "bad-name"),
             ("", "empty-text"), ("a\nb", "control-character"),
             ("a\u0085b", "control-character"), ("甲" * 86, "too-long"),
             (7, "invalid-request"), (None, "invalid-request"))


class BadInput(Refusals):
    def each(self, target, cases, who="office"):
        for body, status, name in cases:
            self.refused(status, name, body, target, who)

    # -- organisations

    def test_organizations(self):
        of = self.register.organization()
        new = self.register.new_uscc()
        good = {"uscc": new, "name": "甲"}
        self.each("/v1/organizations", [
            ({**good, "uscc": of}, 409, "organization-exists"),
            ({**good, "uscc": "91350100M000100Y4Z"}, 400, "bad-uscc"),
            ({**good, "uscc": new[:-1]}, 400, "bad-uscc"),
            ({**good, "uscc": new.lower() + " "}, 400, "bad-uscc"),
            ({**good, "uscc": new[:9] + new[10] + new[9] + new[11:]
              if new[9] != new[10] else new[:-1] + "I"}, 400, "bad-uscc"),
            ({**good, "note": 1}, 400, "unknown-member"),
            ({**good, "effective_at": "2026-11-22T09:30:00Z"}, 400,
             "bad-time"),
            ({**good, "effective_at": "2026-02-30T09:30:00.000Z"}, 400,
             "bad-time"),
            ({**good, "effective_at": spell(now_ms() + 60_000)}, 422,
             "effective-in-future"),
            ({"uscc": new}, 400, "invalid-request"),
            ({"name": "甲"}, 400, "invalid-request"),
            ([], 400, "invalid-request"),
            ("{", 400, "not-json"),
            ('{"uscc":1,"uscc":1}', 400, "duplicate-member"),
            ("[" * 17 + "]" * 17, 400, "too-deep")])
        for name, problem in BAD_NAMES:
            self.refused(400, problem, {**good, "name": name},
                         "/v1/organizations")
            self.refused(400, problem, {"event": "altered", "name": name},
                         f"/v1/organizations/{of}/events")

    def test_events_of_organizations(self):
        of = self.register.organization("甲方有限公司")
        target = f"/v1/organizations/{of}/events"
        self.each(target, [
            ({"event": "established", "name": "甲"}, 400, "bad-event"),
            ({"event": "dissolved"}, 400, "bad-event"),
            ({"event": "altered"}, 400, "invalid-request"),
            ({"event": "altered", "name": "甲方有限公司"}, 400,
             "nothing-changed"),
            ({"event": "terminated", "name": "甲"}, 400, "unknown-member"),
            ({"event": "altered", "name": "乙", "by": "acme"}, 400,
             "unknown-member"),
            ({"event": "altered", "name": "乙",
              "effective_at": spell(now_ms() - DAY_MS)}, 409,
             "effective-before-last")])
        unknown = self.register.new_uscc()
        for path in (unknown, "91350100M000100Y4Z", "x"):
            self.refused(404, "no-such-organization", {"event": "terminated"},
                         f"/v1/organizations/{path}/events")
            self.refused(404, "no-such-organization", None,
                         f"/v1/organizations/{path}", method="GET")
        self.register.organization_event(of, "terminated")
        self.each(target, [
            ({"event": "altered", "name": "丙"}, 409,
             "organization-terminated"),
            ({"event": "terminated"}, 409, "organization-terminated")])
        self.refused(409, "organization-exists",
                     {"uscc": of, "name": "甲方有限公司"}, "/v1/organizations")

    # -- applications

    def test_applications(self):
        of = self.register.organization()
        taken = self.register.submitted(of)
        for route in ROUTES:
            good = application(route, of)
            for kind in MATERIALS[route]:
                self.refused(422, "material-missing", {
                    **good, "materials": [m for m in good["materials"]
                                          if m["kind"] != kind]},
                    "/v1/applications", "acme")
            without = dict(good)
            del without["declaration"]
            self.refused(422, "declaration-missing", without,
                         "/v1/applications", "acme")
        good = application("platform", of)
        material = good["materials"][0]
        no_ordinal = dict(good)
        del no_ordinal["ordinal"]
        no_materials = dict(good)
        del no_materials["materials"]
        self.each("/v1/applications", [
            (no_materials, 422, "material-missing"),
            ({**good, "materials": []}, 422, "material-missing"),
            ({**good, "materials": good["materials"] + [material]}, 400,
             "bad-material"),
            ({**good, "materials": good["materials"] + [
                {**material, "kind": "passport"}]}, 400, "bad-material"),
            ({**good, "materials": [material] * 17}, 400, "bad-material"),
            ({**good, "materials": [{**material, "name": "x"}]}, 400,
             "unknown-member"),
            ({**good, "materials": [{**material, "sha256": "a"}]}, 400,
             "bad-digest"),
            ({**good, "materials": [{"kind": material["kind"]}]}, 400,
             "invalid-request"),
            ({**good, "declaration": {"sha256": "A" * 64}}, 400,
             "bad-digest"),
            ({**good, "declaration": {}}, 400, "invalid-request"),
            ({**good, "declaration": None}, 400, "invalid-request"),
            ({**good, "declaration": {"sha256": "a" * 64, "sm3": "a" * 64}},
             400, "unknown-member"),
            ({**good, "route": "post"}, 400, "bad-route"),
            ({**good, "uscc": of[:-1] + "Z"}, 400, "bad-uscc"),
            ({**good, "uscc": self.register.new_uscc()}, 422,
             "unknown-reference"),
            ({**good, "seal_type": "06"}, 400, "bad-seal-type"),
            ({**good, "seal_type": "01"}, 400, "bad-ordinal"),
            (no_ordinal, 400, "bad-ordinal"),
            ({**good, "ordinal": 0}, 400, "bad-ordinal"),
            ({**good, "ordinal": 10000}, 400, "bad-ordinal"),
            ({**good, "ordinal": -1}, 400, "number-out-of-range"),
            ({**good, "ordinal": "1"}, 400, "invalid-request"),
            ({**good, "channel": "fax"}, 400, "bad-channel"),
            ({**good, "id": "A"}, 400, "bad-id"),
            ({**good, "id": taken}, 409, "application-exists"),
            ({**good, "private": {}}, 400, "private-field"),
            ({**good, "private": {"_sd": "x"}}, 400, "private-field"),
            ({**good, "state": "approved"}, 400, "unknown-member"),
        ], "acme")

    def test_steps_of_applications(self):
        id_ = self.register.submitted(route="agency")
        target = f"/v1/applications/{id_}/events"
        self.each(target, [
            ({"event": "stamped"}, 400, "bad-event"),
            ({"event": "application.returned"}, 400, "bad-event"),
            ({}, 400, "invalid-request"),
            ({"event": "approved"}, 409, "step-out-of-order"),
            ({"event": "materials_accepted", "materials": []}, 400,
             "unknown-member"),
            ({"event": "materials_accepted", "fee_fen": 1}, 400,
             "unknown-member"),
            ({"event": "returned", "effective_at": spell(now_ms())}, 400,
             "unknown-member"),
            ({"event": "withdrawn"}, 403, "not-submitter")])
        self.register.step(id_, "materials_accepted")
        self.each(target, [
            ({"event": "fee_due"}, 400, "invalid-request"),
            ({"event": "fee_due", "fee_fen": 0}, 400, "number-out-of-range"),
            ({"event": "fee_due", "fee_fen": -1}, 400, "number-out-of-range"),
            ({"event": "fee_due", "fee_fen": 10 ** 12 + 1}, 400,
             "number-out-of-range"),
            ('{"event":"fee_due","fee_fen":1.5}', 400,
             "number-out-of-range"),
            ({"event": "fee_paid"}, 409, "step-out-of-order")])
        self.register.step(id_, "fee_due")
        self.refused(409, "fee-not-paid", {"event": "approved"}, target)
        for path in ("nothing", "A B", "x" * 65):
            self.refused(404, "no-such-application", {"event": "approved"},
                         f"/v1/applications/{path.replace(' ', '%20')}/events")

    # -- seals

    def test_what_an_application_does_not_allow(self):
        desk = self.register
        used = desk.seal()
        self.refused(409, "application-used", self.order(used.application))
        self.refused(422, "unknown-reference", self.order("nothing"))
        self.refused(400, "bad-id", self.order("A"))
        for route in ROUTES:
            id_ = desk.submitted(used.uscc, route, ordinal=2)
            self.refused(409, "application-not-approved", self.order(id_))
            for event in register.STEPS[route]:
                desk.step(id_, event)
                self.refused(409, "application-not-approved", self.order(id_))
            desk.step(id_, "rejected")
            self.refused(409, "application-not-approved", self.order(id_))
        of = desk.organization()
        id_ = desk.approved(of)
        desk.organization_event(of, "terminated")
        self.refused(409, "organization-terminated", self.order(id_))

    def test_what_the_register_has_already(self):
        desk = self.register
        first = desk.seal(seal_type="01", physical_code="P-0001")
        gone = desk.seal()
        desk.event(gone.code, "cancelled", reason="bankrupt")
        other = desk.approved()
        for code in (first.code, gone.code):
            self.refused(409, "seal-code-used", self.order(other, code=code))
        self.refused(409, "physical-seal-bound",
                     self.order(other, physical_code="P-0001"))
        second = desk.approved(first.uscc, seal_type="01")
        self.refused(409, "second-statutory-name-seal", self.order(second))
        third = desk.approved(gone.uscc)
        kept = desk.seal(gone.uscc)
        self.refused(409, "seal-ordinal-taken", self.order(third))
        for replaces, status, name in (
                (gone.code, 409, "seal-not-live"),
                (first.code, 422, "unknown-reference"),
                (desk.new_code(), 422, "unknown-reference"),
                ("1", 400, "bad-seal-code")):
            self.refused(status, name, self.order(third, replaces=replaces))
        # What replaces one seal may still be in the way of another.
        self.refused(409, "physical-seal-bound", self.order(
            third, replaces=kept.code, physical_code="P-0001"))
        self.assertEqual(desk.status(kept.code)["status"], "issued")
        # Each of the applications is still good for a seal.
        for id_, more in ((other, {}), (second, {"replaces": first.code}),
                          (third, {"replaces": kept.code})):
            desk.issue(id_, **more)

    def test_members_of_an_order(self):
        desk = self.register
        id_ = desk.approved()
        now = now_ms()
        order = self.order(id_)
        for missing in ("application", "code", "name", "picture",
                        "valid_from", "valid_to"):
            self.refused(400, "invalid-request", {
                name: value for name, value in order.items()
                if name != missing})
        for code in ("350100000001", "350100000000017", "3501000000001x", "",
                     "３５０１００００００００１", "-3501000000017"):
            self.refused(400, "bad-seal-code", self.order(id_, code=code))
        for name, problem in BAD_NAMES:
            if name is not None:
                self.refused(400, problem, self.order(id_, name=name))
        for physical in ("", "a b", "x" * 65, "印", "a\u007f"):
            self.refused(400, "bad-physical-code",
                         self.order(id_, physical_code=physical))
        for more, status, name in (
                ({"custodian": "nobody"}, 422, "unknown-reference"),
                ({"custodian": "clerk"}, 422, "not-a-platform"),
                ({"custodian": "Acme"}, 400, "bad-id"),
                ({"valid_to": spell(now - 2 * DAY_MS)}, 400, "bad-validity"),
                ({"valid_from": spell(now - 2 * DAY_MS),
                  "valid_to": spell(now - DAY_MS)}, 422, "seal-expired"),
                ({"valid_to": spell(now + 40 * 366 * DAY_MS)}, 422,
                 "validity-too-long"),
                ({"valid_to": "2027-01-01"}, 400, "bad-time"),
                ({"valid_from": "1969-12-31T00:00:00.000Z"}, 400, "bad-time"),
                ({"uscc": "x"}, 400, "unknown-member"),
                ({"time": spell(now)}, 400, "unknown-member"),
                ({"picture": {**order["picture"], "depth": 1}}, 400,
                 "unknown-member"),
                ({"seseal": "AA=="}, 400, "unknown-member"),
                ({"code": 35010000000017}, 400, "invalid-request")):
            self.refused(status, name, self.order(id_, **more))
        clerks = desk.approved(who="clerk")
        self.refused(422, "custodian-missing", self.order(clerks))
        desk.issue(clerks, custodian="other")
        desk.issue(id_)

    def test_events_of_seals(self):
        seal = self.register.seal()
        target = f"/v1/seals/{seal.code}/events"
        self.each(target, [
            ({"event": "issued"}, 400, "bad-event"),
            ({"event": "authorized"}, 400, "bad-event"),
            ({"event": "expired"}, 400, "bad-event"),
            ({}, 400, "invalid-request"),
            ({"event": "filed", "late": True}, 400, "unknown-member"),
            ({"event": "cancelled", "reason": "ordered",
              "replaced_by": "35010000000017"}, 400, "unknown-member"),
            ({"event": "cancelled"}, 400, "bad-reason"),
            ({"event": "cancelled", "reason": "replaced"}, 400, "bad-reason"),
            ({"event": "cancelled", "reason": "unclaimed"}, 400,
             "bad-reason"),
            ({"event": "activated"}, 409, "step-out-of-order"),
            ({"event": "filed", "effective_at": spell(now_ms() + 60_000)},
             422, "effective-in-future"),
            ({"event": "filed", "effective_at": spell(now_ms() - DAY_MS)},
             409, "effective-before-last")])
        for path in (self.register.new_code(), "1", "x"):
            self.refused(404, "no-such-seal", {"event": "filed"},
                         f"/v1/seals/{path}/events")
            for more in ("", "/file", "/history", "/status"):
                self.refused(404, "no-such-seal", None,
                             f"/v1/seals/{path}{more}", method="GET")


if __name__ == "__main__":
    unittest.main(verbosity=2)
