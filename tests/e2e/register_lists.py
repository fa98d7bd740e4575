#!/usr/bin/python3
"""Lists of the register with the real service: each filter, page after page
while the ledger grows, as CSV, and after a restart; the same whoever folds
them anew."""

import concurrent.futures
import csv
import io
import json
import os
import random
import shutil
import sys
import unittest

sys.dont_write_bytecode = True

from lib import answers, register, seals  # noqa: E402
from lib.register import Case, now_ms, parse, spell  # noqa: E402

SEED = int(os.environ.get("SEALEDGER_SEED",
                          random.SystemRandom().getrandbits(32)))
PAGE = 100
MANY = 230
THREADS = 6
COLUMNS = ["code", "name", "uscc", "organization", "type", "ordinal",
           "division", "status", "expired", "physical_code", "custodian",
           "valid_from", "valid_to", "issued_at", "index"]


def asking(path, filters):
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return path + ("?" + query if query else "")


class Lists(Case):
    SETTINGS = (
        ("routes.public_security", 'mode = "approval"', 'mode = "filing"'),
        ("routes.agency", 'mode = "approval"', 'mode = "filing"'),
        ("routes.platform", 'mode = "approval"', 'mode = "filing"'))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dice = random.Random(SEED)
        authority = seals.Authority.of_service(cls.ledger.data,
                                               cls.folder / "signers")
        cls.signer = authority.certify("signer").pem

    def in_threads(self, work, count):
        """work(register, number) for each number, `THREADS` at once."""
        desks = [register.Register(self.tokens, self.running, verified=False)
                 for _ in range(THREADS)]

        def some(place):
            return [work(desks[place], number)
                    for number in range(place, count, THREADS)]

        with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
            made = [one for part in pool.map(some, range(THREADS))
                    for one in part]
        for desk in desks:
            desk.close()
        return made

    def quick_seal(self, desk, of, number, **more):
        """For signers of its own: no key is made."""
        return desk.seal(of, ordinal=number + 1, filing=True,
                         signers=[self.signer], **more)

    # -- pages

    def test_pages_of_seals_while_the_ledger_grows(self):
        of = self.register.organization()
        made = self.in_threads(
            lambda desk, number: self.quick_seal(desk, of, number), MANY)
        order = [seal.code for seal in
                 sorted(made, key=lambda seal: seal.made.index)]
        for filters in ({"uscc": of}, {"uscc": of, "status": "issued"},
                        {"uscc": of, "type": "04"}):
            target = asking("/v1/seals", filters)
            seen, cursor, pages = [], "", []
            while cursor is not None:
                page = self.register.get(
                    target + (f"&cursor={cursor}" if cursor else ""))
                checkpoint = self.ledger.verifier.checkpoint(
                    page["checkpoint"])
                indices = [item["index"] for item in page["items"]]
                self.assertEqual(indices, sorted(indices))
                self.assertLess(max(indices), checkpoint.size)
                seen += [item["code"] for item in page["items"]]
                pages.append(len(indices))
                cursor = page["next"]
                if cursor is not None:
                    # Between two pages: one more seal, and evidence.
                    more = self.quick_seal(self.register, of, len(order))
                    order.append(more.code)
                    self.register.post("acme", "/v1/evidence", {
                        "document": {"sha256": register.digest(more.code)}})
            self.assertEqual(seen, order)
            self.assertEqual(pages, [PAGE, PAGE, len(order) - 2 * PAGE])
        # One that leaves a list between two pages is in no later one, and
        # makes no other fall out.
        target = f"/v1/seals?uscc={of}&status=issued"
        first = self.register.get(target)
        gone = [order[5], order[PAGE + 5]]
        for code in gone:
            self.register.event(code, "cancelled", reason="ordered")
        rest = self.register.pages(target, cursor=first["next"])
        self.assertEqual(
            [item["code"] for item in first["items"] + rest],
            [code for code in order if code != gone[1]])
        self.assertEqual(
            [item["code"] for item in self.register.pages(
                f"/v1/seals?uscc={of}&status=cancelled")], gone)

    def test_a_list_tells_nothing_that_is_later_than_its_checkpoint(self):
        of = self.register.organization()
        ids = [self.register.submitted(of, ordinal=number + 1)
               for number in range(90)]

        def decide(place):
            desk = register.Register(self.tokens, self.running, verified=False)
            for id_ in ids[place::THREADS]:
                desk.step(id_, "materials_accepted")
                desk.step(id_, "rejected")
            desk.close()

        target = f"/v1/applications?uscc={of}"
        states = {"submitted": 1, "materials_accepted": 2, "rejected": 3}
        told = 0
        with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
            deciding = [pool.submit(decide, i) for i in range(THREADS)]
            while not all(one.done() for one in deciding):
                page = self.register.get(target)
                size = self.ledger.verifier.checkpoint(page["checkpoint"]).size
                for item in page["items"]:
                    self.assertLess(item["entries"][-1], size)
                    self.assertEqual(len(item["entries"]),
                                     states[item["state"]])
                waiting = self.register.get(target + "&state=submitted")
                size = self.ledger.verifier.checkpoint(
                    waiting["checkpoint"]).size
                of_them = {item["id"] for item in waiting["items"]}
                for item in self.register.get(target)["items"]:
                    # What left the list did so below the list's checkpoint.
                    if item["id"] not in of_them:
                        self.assertLess(item["entries"][1], size)
                told += 1
            for one in deciding:
                one.result()
        print(f"{told} lists beside {2 * len(ids)} decisions")

    def test_receipts_in_lists_name_the_others_of_their_request(self):
        desk = self.register
        of = desk.organization()
        made = [desk.active(of, ordinal=number, filing=True)
                for number in (1, 2)]
        ended = desk.organization_event(of, "terminated")
        self.assertEqual(ended.also, [ended.index + 1, ended.index + 2])
        history = desk.get(f"/v1/seals/{made[0].code}/history")["items"]
        listed = desk.get("/v1/entries?kind=seal.cancelled&by=office")["items"]
        for items in (history, listed):
            item = next(i for i in items if i["index"] == ended.index + 1)
            self.assertEqual(item["also"], [ended.index, ended.index + 2])

    def test_pages_of_applications(self):
        of = self.register.organization()
        self.in_threads(lambda desk, number: desk.submitted(
            of, ordinal=number + 1), MANY)
        items = self.register.pages(f"/v1/applications?uscc={of}")
        self.assertEqual(len({item["id"] for item in items}), MANY)
        self.assertEqual(len(items), MANY)
        firsts = [item["entries"][0] for item in items]
        self.assertEqual(firsts, sorted(firsts))
        for cursor in ("x", "-1", "", "1.5", "99999999999999999999"):
            for list_ in ("applications", "seals"):
                self.register.refused("office", 400, "bad-cursor", "GET",
                                      f"/v1/{list_}?cursor={cursor}")

    # -- filters

    def test_each_filter_of_applications_and_two_together(self):
        desk = self.register
        of = [desk.organization() for _ in range(2)]
        ids = {}
        for route in register.ROUTES:
            for which in of:
                ids[route, which, "submitted"] = desk.submitted(which, route)
                id_ = desk.submitted(which, route)
                desk.step(id_, "returned")
                ids[route, which, "returned"] = id_
                ids[route, which, "approved"] = desk.approved(
                    which, route, filing=True)
        for route in (None,) + register.ROUTES:
            for which in (None, *of):
                for state in (None, "submitted", "returned", "approved",
                              "rejected"):
                    asked = {"route": route, "uscc": which, "state": state}
                    filters = {name: value for name, value in asked.items()
                               if value}
                    items = desk.pages(asking("/v1/applications", filters))
                    for item in items:
                        for name, value in filters.items():
                            self.assertEqual(item[name], value)
                        self.assertNotIn("checkpoint", item)
                    there = [id_ for key, id_ in ids.items()
                             if all(a in (None, b) for a, b in
                                    zip((route, which, state), key))]
                    ours = [item["id"] for item in items
                            if item["uscc"] in of]
                    self.assertEqual(sorted(ours), sorted(there), filters)
        for query, name in (("state=done", "bad-parameter"),
                            ("route=post", "bad-route"),
                            ("uscc=91350100M000100Y4Z", "bad-uscc"),
                            ("by=acme", "unknown-parameter")):
            desk.refused("office", 400, name, "GET",
                         "/v1/applications?" + query)

    def test_each_filter_of_seals_and_two_together(self):
        desk = self.register
        of = [desk.organization() for _ in range(2)]
        made = {}
        for place, which in enumerate(of):
            for seal_type in ("01", "02", "05"):
                for division in ("110105", "440300"):
                    if seal_type == "01" and division != "110105":
                        continue
                    seal = self.quick_seal(
                        desk, which, place + len(made),
                        seal_type=seal_type, division=division,
                        custodian="other" if place else "acme")
                    made[seal.code] = [which, seal_type, division, "issued",
                                       seal]
        for code, status in zip(self.dice.sample(sorted(made), 4),
                                ("filed", "active", "suspended",
                                 "cancelled")):
            for event in {"filed": ["filed"],
                          "active": ["filed", "activated"],
                          "suspended": ["filed", "activated", "suspended"],
                          "cancelled": []}[status]:
                desk.event(code, event)
            if status == "cancelled":
                desk.event(code, "cancelled", reason="split")
            made[code][3] = status
        names = ("uscc", "type", "division", "status")
        choices = ((None, *of), (None, "01", "02", "05"),
                   (None, "110105", "440300", "999999"),
                   (None, "issued", "filed", "active", "suspended", "lost",
                    "cancelled"))
        for asked in ((a, b, c, d) for a in choices[0] for b in choices[1]
                      for c in choices[2] for d in choices[3]):
            filters = {name: value for name, value in zip(names, asked)
                       if value}
            items = desk.pages(asking("/v1/seals", filters))
            for item in items:
                for name, value in filters.items():
                    self.assertEqual(item[name], value)
            due = [code for code, facts in made.items()
                   if all(a in (None, b) for a, b in zip(asked, facts))]
            self.assertEqual(sorted(item["code"] for item in items
                                    if item["uscc"] in of), sorted(due),
                             filters)
        self.check_times(desk, of[0])
        ours = desk.pages(f"/v1/seals?uscc={of[1]}", "other")
        self.assertEqual(len(ours), 5)
        self.assertEqual(desk.pages(f"/v1/seals?uscc={of[1]}", "acme"), [])
        for query, name in (("status=done", "bad-parameter"),
                            ("type=07", "bad-seal-type"),
                            ("division=1101", "bad-parameter"),
                            ("uscc=9", "bad-uscc"),
                            ("issued_from=2026", "bad-time"),
                            ("issued_to=now", "bad-time"),
                            ("name=x", "unknown-parameter"),
                            ("type=01&type=01", "unknown-parameter")):
            desk.refused("office", 400, name, "GET", "/v1/seals?" + query)

    def check_times(self, desk, of):
        items = desk.pages(f"/v1/seals?uscc={of}")
        times = [parse(item["issued_at"]) for item in items]
        for begin in [None] + times + [times[-1] + 1]:
            for end in [None] + times + [times[-1] + 1]:
                filters = {"uscc": of}
                if begin is not None:
                    filters["issued_from"] = spell(begin)
                if end is not None:
                    filters["issued_to"] = spell(end)
                found = desk.pages(asking("/v1/seals", filters))
                self.assertEqual(
                    [item["code"] for item in found],
                    [item["code"] for item, time in zip(items, times)
                     if (begin is None or begin <= time)
                     and (end is None or time < end)], filters)

    # -- items

    def test_the_members_of_an_item(self):
        desk = self.register
        of = desk.organization("甲方有限公司")
        seal = desk.seal(of, filing=True, seal_type="02", ordinal=9999,
                         physical_code="P-1", custodian="other",
                         name="甲方有限公司财务专用章")
        facts = seal.made.entry["seal"]
        due = {"code": seal.code, "name": "甲方有限公司财务专用章",
               "uscc": of, "organization": "甲方有限公司", "type": "02",
               "ordinal": 9999, "division": "350100", "status": "issued",
               "expired": False, "physical_code": "P-1",
               "custodian": "other", "valid_from": facts["valid_from"],
               "valid_to": facts["valid_to"],
               "issued_at": seal.made.entry["time"],
               "index": seal.made.index}
        self.assertEqual(desk.pages(f"/v1/seals?uscc={of}"), [due])
        one = desk.get(f"/v1/seals/{seal.code}")
        self.assertEqual(one.pop("entries"), [seal.made.index])
        one.pop("checkpoint")
        self.assertEqual(one, due)
        # Its organisation's newest name, and no name once that is erased.
        desk.organization_event(of, "altered", name="丙方有限公司")
        desk.post("acme", "/v1/evidence",
                  {"document": {"sha256": register.digest(of)}})
        self.assertEqual(desk.pages(f"/v1/seals?uscc={of}"),
                         [{**due, "organization": "丙方有限公司"}])
        self.check_erasure(desk, seal)

    def check_erasure(self, desk, seal):
        """Of its name and file; others that begin like it stay."""
        others = [desk.seal(seal.uscc, filing=True, ordinal=number)
                  for number in range(1, 9)]
        desk.post("office", f"/v1/entries/{seal.made.index}/erasure",
                  {"reason": "retention_ended"})
        desk.post("acme", f"/v1/entries/{others[0].made.index}/erasure",
                  {"reason": "mistake"})
        for gone in (seal, others[0]):
            self.assertNotIn("name", desk.get(f"/v1/seals/{gone.code}"))
            for who in ("office", "watch"):
                desk.refused(who, 404, "seal-file-erased", "GET",
                             f"/v1/seals/{gone.code}/file")
        for kept in others[1:]:
            self.assertEqual(desk.file(kept.code), kept.made.seseal)

    def test_csv(self):
        desk = self.register
        of = desk.organization("示例, \"引号\" 有限公司")
        names = ["=1+1", "+1", "-1", "@SUM(A1)", "a,b", 'a"b', "普通印章",
                 "'=1", " =1"]
        for number, name in enumerate(names):
            self.quick_seal(desk, of, number, name=name,
                            **({"physical_code": f"=P{of[-4:]}"} if number == 0
                               else {}))
        answer = desk.client("office").call(
            "GET", f"/v1/seals?uscc={of}", headers={"Accept": "text/csv"})
        self.assertEqual(answer.status, 200)
        self.assertTrue(answer.headers["Content-Type"].startswith("text/csv"))
        rows = list(csv.reader(io.StringIO(answer.body.decode(), newline="")))
        self.assertEqual(rows[0], COLUMNS)
        items = desk.pages(f"/v1/seals?uscc={of}")
        self.assertEqual([item["name"] for item in items], names)
        self.assertEqual(len(rows), len(names) + 1)
        for row, item in zip(rows[1:], items):
            for column, cell in zip(COLUMNS, row):
                text = item.get(column, "")
                if not isinstance(text, str):
                    text = json.dumps(text)
                # A spreadsheet calculates nothing.
                if text.startswith(("=", "+", "-", "@")):
                    text = "'" + text
                self.assertEqual(cell, text, column)
        self.assertTrue(answer.body.endswith(b"\r\n"))

    def test_csv_pages(self):
        of = self.register.organization()
        self.in_threads(lambda desk, number: self.quick_seal(desk, of,
                                                             number), PAGE + 3)
        client = self.register.client("office")
        target = f"/v1/seals?uscc={of}"
        lines = []
        for cursor in (None, "next"):
            if cursor:
                target += "&cursor=" + answer.headers[
                    "Sealedger-Next-Cursor"]
            answer = client.call("GET", target,
                                 headers={"Accept": "text/csv"})
            lines += list(csv.reader(io.StringIO(answer.body.decode())))[1:]
        self.assertIsNone(answer.headers["Sealedger-Next-Cursor"])
        note = answers.decode_base64(answer.headers["Sealedger-Checkpoint"])
        self.ledger.verifier.checkpoint(note.decode())
        self.assertEqual(
            [line[0] for line in lines],
            [i["code"] for i in self.register.pages(f"/v1/seals?uscc={of}")])
        self.assertEqual(len(lines), PAGE + 3)

    # -- after a restart

    def test_lists_are_the_same_after_a_restart_and_folded_anew(self):
        desk = self.register
        of = desk.organization()
        kept = desk.active(of, filing=True)
        late = desk.seal(of, filing=True, ordinal=2)
        desk.event(kept.code, "suspended")
        targets = ["/v1/seals", "/v1/seals?status=suspended",
                   f"/v1/seals?uscc={of}", "/v1/seals?division=350100",
                   "/v1/applications", "/v1/applications?state=approved",
                   f"/v1/applications?uscc={of}"]
        moment = spell(now_ms())

        def everything():
            desk = self.register
            told = [desk.pages(target) for target in targets]
            for seal in (kept, late):
                status = desk.status(seal.code, at=moment)
                status.pop("checkpoint")
                told += [desk.file(seal.code), desk.history(seal.code),
                         status]
            organization = desk.get(f"/v1/organizations/{of}")
            organization.pop("checkpoint")
            return told + [organization]

        before = everything()
        self.assertGreater(len(before[0]), 1)
        for remove in (False, True):
            self.register.close()
            self.running.stop()
            if remove:
                shutil.rmtree(self.ledger.data / "views")
            type(self).running = self.ledger.serve()
            type(self).register = register.Register(self.tokens, self.running)
            after = everything()
            for told, again in zip(before, after):
                self.assertEqual(told, again)
            self.assertEqual(len(before), len(after))
        self.register.event(kept.code, "resumed")


if __name__ == "__main__":
    if seals.missing():
        print(seals.missing(), "here: skipped")
        sys.exit(77)
    print(f"SEALEDGER_SEED={SEED}", flush=True)
    unittest.main(verbosity=2)
