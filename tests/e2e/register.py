#!/usr/bin/python3
"""The register, from the first organisation to the last cancelled seal, with
the real service: each route step by step, who may do what, what one commit
holds, what each event leads to."""

import hashlib
import sys
import unittest

sys.dont_write_bytecode = True

from lib import answers, register, seals, service  # noqa: E402
from lib.register import ROUTES, STEPS, Case  # noqa: E402

APPLICATION_EVENTS = ("submitted", "materials_accepted", "returned",
                      "originals_checked", "fee_due", "fee_paid",
                      "identity_verified", "authorized", "approved",
                      "withdrawn", "rejected")
SEAL_EVENTS = {  # and a reason that fits
    "filed": None, "activated": None, "suspended": "ordered",
    "resumed": "review", "lost": "stolen", "found": "found",
    "cancelled": "owner_request"}
REASONS = {
    "filed": (), "activated": (),
    "suspended": ("owner_request", "ordered", "key_suspected", "review",
                  "error"),
    "resumed": ("owner_request", "ordered", "key_suspected", "review",
                "error"),
    "lost": ("lost", "stolen", "key_compromised"),
    "found": ("found", "error"),
    "cancelled": ("renamed", "dissolved", "licence_revoked", "bankrupt",
                  "split", "merged", "lost", "key_compromised",
                  "owner_request", "ordered")}
# What leads from a status to another.
LIFE = {"issued": {"filed": "filed"}, "filed": {"activated": "active"},
        "active": {"suspended": "suspended", "lost": "lost"},
        "suspended": {"resumed": "active", "lost": "lost"},
        "lost": {"found": "active"}, "cancelled": {}}
EVERYBODY = ("admin", "office", "bureau", "acme", "other", "clerk", "watch",
             "public")


class Organizations(Case):
    def test_established_altered_and_terminated(self):
        of = self.register.new_uscc()
        began = register.now_ms() - register.DAY_MS
        made = self.register.post("office", "/v1/organizations", {
            "uscc": of, "name": "甲方有限公司",
            "effective_at": register.spell(began)})
        self.assertEqual(made.entry["kind"], "organization.established")
        self.assertEqual(made.entry["organization"],
                         {"uscc": of, "name": "甲方有限公司"})
        self.assertEqual(made.entry["effective_at"], register.spell(began))
        self.assertEqual(made.entry["by"], "office")
        self.assertNotIn("previous", made.entry)
        altered = self.register.organization_event(of, "altered", "bureau",
                                                   name="乙方有限公司")
        self.assertEqual(altered.entry["previous"], made.index)
        self.assertEqual(altered.entry["organization"]["name"],
                         "乙方有限公司")
        ended = self.register.organization_event(of, "terminated", "admin")
        self.assertEqual(ended.entry["organization"], {"uscc": of})
        self.assertEqual(ended.entry["previous"], altered.index)
        self.assertEqual(ended.also, [])
        for who in ("public", "watch", "office"):
            answer = self.register.get(f"/v1/organizations/{of}", who)
            self.assertEqual(answer["organization"],
                             {"uscc": of, "name": "乙方有限公司"})
            self.assertEqual(answer["entries"],
                             [made.index, altered.index, ended.index])
            self.assertIs(answer["terminated"], True)

    def test_the_name_of_an_individual_business_is_private(self):
        of = self.register.organization("林间茶铺", prefix="92350100")
        made = self.register.organization_event(of, "altered",
                                                name="海边茶铺")
        self.assertEqual(made.entry["organization"], {"uscc": of})
        self.assertEqual(len(made.entry["_sd"]), 1)
        self.assertEqual(
            [answers.disclosure_parts(d)[1:] for d in made.disclosures],
            [("name", "海边茶铺")])
        for who, shown in (("office", 1), ("admin", 1), ("bureau", 0),
                           ("acme", 0), ("watch", 0), ("public", 0)):
            receipt = self.register.get(f"/v1/entries/{made.index}", who)
            self.assertEqual(len(receipt["disclosures"]), shown, who)
            answer = self.register.get(f"/v1/organizations/{of}", who)
            self.assertEqual(answer["organization"], {"uscc": of}, who)
        code = self.register.seal(of).code
        item = self.register.get(f"/v1/seals/{code}")
        self.assertNotIn("organization", item)
        self.assertEqual(item["name"], "示例科技有限公司合同专用章")

    def test_a_termination_cancels_live_seals_in_its_commit(self):
        of = self.register.organization()
        live = [self.register.active(of), self.register.seal(of, ordinal=2),
                self.register.seal(of, seal_type="01")]
        self.register.event(live[0].code, "suspended")
        gone = self.register.seal(of, ordinal=3)
        self.register.event(gone.code, "cancelled", reason="merged")
        elsewhere = self.register.seal()
        later = self.register.approved(of, ordinal=4)
        before = self.register.get("/v1/status")["size"]
        ended = self.register.organization_event(
            of, "terminated",
            effective_at=register.spell(register.now_ms()))
        self.assertEqual(ended.index, before)
        self.assertEqual(ended.also,
                         [before + 1, before + 2, before + 3])
        self.assertEqual(self.register.get("/v1/status")["size"], before + 4)
        cancelled = [self.register.entry(index) for index in ended.also]
        for entry in cancelled:
            self.assertEqual(entry["kind"], "seal.cancelled")
            self.assertEqual(entry["reason"], "dissolved")
            self.assertEqual(entry["time"], ended.entry["time"])
            self.assertEqual(entry["by"], "office")
            self.assertNotIn("effective_at", entry)
        self.assertEqual(sorted(entry["seal_code"] for entry in cancelled),
                         sorted(seal.code for seal in live))
        for seal in live:
            self.assertEqual(self.register.status(seal.code)["status"],
                             "cancelled")
        self.assertEqual(self.register.status(elsewhere.code)["status"],
                         "issued")
        with self.unchanged():
            self.register.refused("office", 409, "organization-terminated",
                                  "POST", "/v1/seals",
                                  register.design(later, "35010000009999"))
            self.register.refused(
                "acme", 409, "organization-terminated", "POST",
                "/v1/applications", register.application("platform", of))


class Applications(Case):
    def check_order(self, route, id_, state, following):
        """Whatever does not follow is refused."""
        for event in APPLICATION_EVENTS:
            if event in (following, "withdrawn", "rejected", "submitted"):
                continue
            if event == "returned" and state == "submitted":
                continue
            name = "step-out-of-order"
            if (state, event) == ("fee_due", "approved"):
                name = "fee-not-paid"
            self.application_refused("office", 409, name, id_, event)
        self.application_refused("acme", 409, "step-out-of-order", id_,
                                 "submitted")
        answer = self.register.get(f"/v1/applications/{id_}", "acme")
        self.assertEqual((answer["state"], answer["route"]), (state, route))

    def test_each_route_step_by_step(self):
        for route in ROUTES:
            of = self.register.organization()
            made = self.register.post(
                "acme", "/v1/applications",
                register.application(route, of, channel="shop",
                                     private={"applicant": "经办人甲"}))
            subject = made.entry["application"]
            self.assertEqual(subject, {
                "id": subject["id"], "route": route, "uscc": of,
                "seal_type": "04", "ordinal": 1, "channel": "shop"})
            self.assertEqual([m["kind"] for m in made.entry["materials"]],
                             list(register.MATERIALS[route]))
            self.assertEqual(len(made.entry["_sd"]), 1)
            entries, state = [made.index], "submitted"
            for event in STEPS[route] + ("approved",):
                with self.unchanged():
                    self.check_order(route, subject["id"], state, event)
                    for who in ("acme", "other", "clerk", "watch"):
                        self.application_refused(who, 403, "wrong-role",
                                                 subject["id"], event)
                    self.application_refused("public", 401, "token-required",
                                             subject["id"], event)
                made = self.register.step(subject["id"], event)
                self.assertEqual(made.entry["kind"], "application." + event)
                self.assertEqual(made.entry["application"], subject)
                self.assertEqual(made.entry["previous"], entries[-1])
                self.assertEqual(made.entry.get("fee_fen"),
                                 30000 if event == "fee_due" else None)
                self.assertEqual(made.also, [])
                entries.append(made.index)
                state = event
            answer = self.register.get(f"/v1/applications/{subject['id']}")
            self.assertEqual(answer["entries"], entries)
            self.assertEqual(answer["by"], "acme")
            with self.unchanged():
                for event in APPLICATION_EVENTS:
                    own = event in ("submitted", "withdrawn")
                    self.application_refused(
                        "acme" if own else "office", 409,
                        "step-out-of-order", subject["id"], event)

    def test_returned_submitted_again_withdrawn_and_rejected(self):
        for route in ROUTES:
            id_ = self.register.submitted(route=route)
            self.register.step(id_, "returned", private={"why": "不清楚"})
            with self.unchanged():
                self.application_refused("office", 409, "step-out-of-order",
                                         id_, "materials_accepted")
                self.application_refused("other", 403, "not-submitter", id_,
                                         "submitted")
            again = self.register.step(id_, "submitted", "acme", materials=[
                {"kind": "business_license",
                 "sha256": register.digest("clearer")}])
            self.assertEqual(len(again.entry["materials"]), 1)
            self.register.step(id_, "returned")
            self.register.step(id_, "submitted", "acme")
            # From each state before the approval.
            ways = [("submitted",), ("submitted", "returned")] + [
                ("submitted",) + STEPS[route][:i + 1]
                for i in range(len(STEPS[route]))]
            for way in ways:
                for end, who in (("withdrawn", "acme"),
                                 ("rejected", "bureau")):
                    id_ = self.register.submitted(route=route)
                    for event in way[1:]:
                        self.register.step(id_, event)
                    other = "other" if end == "withdrawn" else "acme"
                    self.application_refused(
                        other, 403, "not-submitter" if other == "other"
                        else "wrong-role", id_, end)
                    self.register.step(id_, end, who)
                    self.application_refused(
                        "acme", 409, "step-out-of-order", id_, "submitted")
                    self.application_refused(
                        "office", 409, "step-out-of-order", id_, "approved")

    def test_nobody_decides_on_an_own_submission(self):
        for route in ROUTES:
            for who in ("office", "admin"):
                id_ = self.register.submitted(route=route, who=who)
                for event in ("returned", "rejected"):
                    self.application_refused(who, 403, "own-submission", id_,
                                             event)
                for event in STEPS[route] + ("approved",):
                    self.application_refused(who, 403, "own-submission", id_,
                                             event)
                    self.register.step(id_, event, "bureau")
            id_ = self.register.submitted(route=route, who="office")
            self.register.step(id_, "withdrawn", "office")

    def test_who_may_submit_and_read(self):
        of = self.register.organization()
        for route in ROUTES:
            for who in EVERYBODY:
                body = register.application(route, of)
                if who in ("watch", "public"):
                    self.register.refused(
                        who, 401 if who == "public" else 403,
                        "token-required" if who == "public"
                        else "wrong-role", "POST", "/v1/applications", body)
                    continue
                id_ = self.register.submitted(of, route, who)
                for reader in EVERYBODY:
                    target = f"/v1/applications/{id_}"
                    if reader == "public":
                        self.register.refused(reader, 401, "token-required",
                                              "GET", target)
                    elif reader in ("admin", "office", "bureau", "watch",
                                    who):
                        self.register.get(target, reader)
                    else:
                        self.register.refused(
                            reader, 404, "no-such-application", "GET", target)
        for who in ("acme", "clerk"):
            listed = self.register.pages(f"/v1/applications?uscc={of}", who)
            self.assertEqual([item["by"] for item in listed], [who] * 3)
        self.assertEqual(
            len(self.register.pages(f"/v1/applications?uscc={of}", "watch")),
            18)

    def test_an_id_of_ones_own(self):
        of = self.register.organization()
        id_ = f"a-2026-{of[-6:].lower()}"
        self.assertEqual(self.register.submitted(of, id=id_), id_)
        self.register.refused("other", 409, "application-exists", "POST",
                              "/v1/applications",
                              register.application("agency", of, id=id_))


class Seals(Case):
    def test_a_seal_made_here(self):
        of = self.register.organization("示例科技有限公司")
        seal = self.register.seal(of, physical_code="3501000000117",
                                  name="示例科技有限公司合同专用章(1)")
        entry = seal.made.entry
        answer = self.register.get(f"/v1/applications/{seal.application}")
        self.assertEqual(entry["seal"]["code"], seal.code)
        self.assertEqual(entry["seal"]["physical_code"], "3501000000117")
        self.assertEqual(entry["application"], answer["entries"][-1])
        self.assertEqual(
            entry["organization"],
            self.register.get(f"/v1/organizations/{of}")["entries"][-1])
        self.assertEqual(entry["custodian"], "acme")
        self.assertEqual(entry["made"], "here")
        read = seals.Read(seal.made.seseal)
        self.assertEqual(entry["seseal_sm3"], seals.sm3(seal.made.seseal))
        self.assertEqual(entry["maker_sha256"],
                         hashlib.sha256(read.maker).hexdigest())
        self.assertEqual(entry["signers_sha256"], [
            hashlib.sha256(c).hexdigest() for c in read.certificates])
        self.assertEqual(read.es_id, seal.code)
        self.assertEqual(read.name, "示例科技有限公司合同专用章(1)")
        self.assertEqual(read.picture, register.png())
        self.assertIn(read.key_id(seal.code),
                      register.key_files(self.ledger.data))
        self.assertEqual(self.register.file(seal.code), seal.made.seseal)
        path = self.folder / "made.esl"
        path.write_bytes(seal.made.seseal)
        service.passed("eseal", "verify", path, "--ca",
                       self.ledger.data / "keys" / "seal-ca.pem")

    def test_the_whole_life(self):
        seal = self.register.seal()
        entries, status = [seal.made.index], "issued"
        for event in ("filed", "activated", "suspended", "resumed", "lost",
                      "found", "suspended", "lost", "found", "lost",
                      "cancelled"):
            with self.unchanged():
                for other, reason in SEAL_EVENTS.items():
                    if other in LIFE[status] or other == "cancelled":
                        continue
                    more = {"reason": reason} if reason else {}
                    self.event_refused(409, "step-out-of-order", seal.code,
                                       other, **more)
            reason = SEAL_EVENTS[event]
            made = self.register.event(seal.code, event,
                                       **({"reason": reason} if reason
                                          else {}))
            self.assertEqual(made.entry["previous"], entries[-1])
            self.assertEqual(made.entry.get("reason"), reason)
            self.assertNotIn("late", made.entry)
            entries.append(made.index)
            status = LIFE[status].get(event, "cancelled")
            answer = self.register.status(seal.code)
            self.assertEqual(answer["status"], status)
            self.assertEqual(answer["entries"], entries)
            self.assertEqual(
                self.register.get(f"/v1/seals/{seal.code}")["status"], status)
        for event, reason in SEAL_EVENTS.items():
            more = {"reason": reason} if reason else {}
            self.event_refused(409, "step-out-of-order", seal.code, event,
                               **more)
        self.assertEqual(
            [entry["kind"] for entry in self.register.history(seal.code)][-2:],
            ["seal.lost", "seal.cancelled"])

    def test_every_reason_and_no_other(self):
        every = sorted({reason for reasons in REASONS.values()
                        for reason in reasons}
                       | {"replaced", "unclaimed", "whim", ""})
        seal = self.register.active()
        ways = {"suspended": ("suspended", "resumed"),
                "resumed": ("suspended", "resumed"), "lost": ("lost", "found"),
                "found": ("lost", "found")}
        for event, reasons in REASONS.items():
            for reason in every:
                if reason not in reasons:
                    self.event_refused(400, "bad-reason", seal.code, event,
                                       reason=reason)
                elif event in ways:
                    for step in ways[event]:
                        more = {"reason": reason} if step == event else {}
                        self.register.event(seal.code, step, **more)
                else:
                    other = self.register.seal().code
                    made = self.register.event(other, event, reason=reason)
                    self.assertEqual(made.entry["reason"], reason)
        self.event_refused(400, "bad-reason", seal.code, "cancelled")

    def test_who_may_do_what(self):
        of = self.register.organization()
        ready = self.register.approved(of)
        with self.unchanged():
            for who in ("acme", "other", "clerk", "watch"):
                self.register.refused(
                    who, 403, "wrong-role", "POST", "/v1/seals",
                    register.design(ready, self.register.new_code()))
                self.register.refused(
                    who, 403, "wrong-role", "POST", "/v1/organizations",
                    {"uscc": self.register.new_uscc(), "name": "甲"})
                self.register.refused(
                    who, 403, "wrong-role", "POST",
                    f"/v1/organizations/{of}/events",
                    {"event": "terminated"})
        for who in ("admin", "office", "bureau"):
            seal = self.register.seal(who=who)
            self.assertEqual(seal.made.entry["by"],
                             "operator" if who == "admin" else who)
            for event in ("filed", "activated", "suspended", "resumed",
                          "lost", "found"):
                self.register.event(seal.code, event, who)
            self.register.event(seal.code, "cancelled", who,
                                reason="ordered")
        seal = self.register.active()
        with self.unchanged():
            for event, reason in SEAL_EVENTS.items():
                more = {"reason": reason} if reason else {}
                for who in ("acme", "other", "clerk", "watch", "public"):
                    name = "wrong-role"
                    if who == "public":
                        name = "token-required"
                    elif event in ("lost", "suspended"):
                        if who == "acme":
                            continue
                        if who == "other":
                            name = "not-custodian"
                    self.event_refused(401 if who == "public" else 403, name,
                                       seal.code, event, who, **more)
        self.register.event(seal.code, "suspended", "acme")
        self.register.event(seal.code, "lost", "acme", reason="lost")
        self.assertEqual(self.register.status(seal.code)["status"], "lost")

    def test_who_may_read(self):
        seal = self.register.seal()
        target = f"/v1/seals/{seal.code}"
        for who in EVERYBODY:
            self.assertEqual(
                self.register.status(seal.code, who)["status"], "issued")
            shown = self.register.get(target + "/history", who)["items"][0]
            self.assertEqual(len(shown["disclosures"]),
                             who in ("admin", "office", "acme"), who)
            if who in ("admin", "office", "acme", "watch"):
                self.assertEqual(self.register.file(seal.code, who),
                                 seal.made.seseal)
            elif who == "public":
                self.register.refused(who, 401, "token-required", "GET",
                                      target + "/file")
            else:
                self.register.refused(who, 403, "not-owner", "GET",
                                      target + "/file")
            listed = f"/v1/seals?uscc={seal.uscc}"
            if who in ("clerk", "public"):
                for asked in (target, listed):
                    self.register.refused(
                        who, 403 if who == "clerk" else 401,
                        "wrong-role" if who == "clerk" else "token-required",
                        "GET", asked)
            elif who == "other":
                self.register.refused(who, 404, "no-such-seal", "GET", target)
                self.assertEqual(self.register.pages(listed, who), [])
            else:
                self.assertEqual(
                    [i["code"] for i in self.register.pages(listed, who)],
                    [seal.code])
                self.assertEqual(self.register.get(target, who)["entries"],
                                 [seal.made.index])


if __name__ == "__main__":
    unittest.main(verbosity=2)
