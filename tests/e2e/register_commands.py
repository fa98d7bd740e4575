#!/usr/bin/python3
"""The commands of the register over real HTTP: `organization`, `application`
and `seal`, what they print and leave, their exit codes, and what they say when
something is wrong."""

import base64
import csv
import hashlib
import io
import json
import os
import pathlib
import re
import stat
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

from commands import FakeService, run  # noqa: E402
from lib import register, seals  # noqa: E402
from lib.register import DAY_MS, MATERIALS, STEPS, now_ms, spell  # noqa: E402

USCC = register.uscc(117)
CODE = "35010000000117"
COMMANDS = (["organization", "establish"], ["organization", "event"],
            ["organization", "show"], ["application", "submit"],
            ["application", "event"], ["application", "show"],
            ["application", "list"], ["seal", "issue"], ["seal", "event"],
            ["seal", "status"], ["seal", "history"], ["seal", "list"],
            ["seal", "sign"], ["seal", "register"], ["seal", "signature"],
            ["seal", "authorize"], ["seal", "deauthorize"])
MADE = ["--name", "n", "--picture", "p", "--from", "2026-12-01T00:00:00Z",
        "--to", "2027-12-01T00:00:00Z"]


def expect(test, code, result, name=None):
    """The exit code, and with a failure one sentence with its name."""
    test.assertEqual(result.returncode, code,
                     f"{result.args}\n{result.stdout}{result.stderr}")
    if name is not None:
        test.assertRegex(result.stderr, r"(?m)^sealedger: [^\n]+ \("
                         + re.escape(name) + r"\)\n\Z")
    return result


class Line(unittest.TestCase):
    """What needs no service."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sealedger-register-")
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)

    def test_every_command_has_help_with_an_example(self):
        for words in COMMANDS:
            said = expect(self, 0, run(*words, "--help")).stdout
            self.assertIn("--json", said)
            self.assertIn("Example:\n  sealedger " + " ".join(words), said)

    def test_calls_that_make_no_sense_end_with_2(self):
        submit = ["application", "submit", "--uscc", USCC, "--seal-type"]
        routed = [*submit[:2], "--route", "agency", *submit[2:]]
        issue = ["seal", "issue", "--application", "a", "--code"]
        for words in (
                ["organization"], ["application"], ["seal"],
                ["organization", "show"],
                ["organization", "show", USCC[:-1] + "Z"],
                ["organization", "establish", USCC],
                ["organization", "establish", "x", "--name", "n"],
                ["organization", "event", USCC, "established", "--name", "n"],
                ["organization", "event", USCC, "altered"],
                ["organization", "event", USCC, "terminated", "--name", "n"],
                ["organization", "event", USCC, "terminated",
                 "--effective-at", "yesterday"],
                [*submit, "01"], [*routed, "07"], [*routed, "02"],
                [*routed, "01", "--ordinal", "1"],
                [*routed, "02", "--ordinal", "10000"],
                [*routed, "01", "--id", "A"],
                [*routed, "01", "--channel", "phone"],
                [*routed, "01", "--material", "business_license"],
                [*routed, "01", "--material", "diploma=x"],
                ["application", "event", "a"],
                ["application", "event", "a", "blessed"],
                ["application", "event", "A", "approved"],
                ["application", "event", "a", "fee_due"],
                ["application", "event", "a", "fee_due", "--fee", "-1"],
                ["application", "event", "a", "fee_due", "--fee",
                 "1000000000001"],
                ["application", "event", "a", "approved", "--fee", "1"],
                ["application", "event", "a", "approved", "--declaration",
                 "d"],
                ["application", "show", "../x"],
                ["application", "list", "--state", "blessed"],
                ["application", "list", "--uscc", "x"],
                ["application", "list", "--route", "x"],
                [*issue, CODE], [*issue, "123", *MADE],
                [*issue, CODE, *MADE[:-2]],
                [*issue, CODE, *MADE, "--seseal", "s"],
                [*issue, CODE, "--seseal", "s", "--width", "40"],
                [*issue, CODE, *MADE, "--width", "0"],
                [*issue, CODE, *MADE, "--height", "1001"],
                [*issue, CODE, *MADE[:-1], "2027"],
                [*issue, CODE, *MADE, "--custodian", "A"],
                [*issue, CODE, *MADE, "--replaces", "1"],
                ["seal", "event", CODE], ["seal", "event", CODE, "melted"],
                ["seal", "event", "1", "filed"],
                ["seal", "event", CODE, "filed", "--reason", "lost"],
                ["seal", "event", CODE, "filed", "--effective-at", "now"],
                ["seal", "status", "1"], ["seal", "history", "1"],
                ["seal", "status", CODE, "--at", "2026"],
                ["seal", "status", CODE, "--size", "x"],
                ["seal", "list", "--csv", "--json"],
                ["seal", "list", "--uscc", "x"],
                ["seal", "list", "--type", "1"],
                ["seal", "list", "--status", "melted"],
                ["seal", "list", "--division", "35"],
                ["seal", "list", "--issued-from", "x"],
                ["seal", "sign", CODE], ["seal", "sign", "1", "f"],
                ["seal", "sign", CODE, "f", "--property-info", ""],
                ["seal", "sign", CODE, "f", "--property-info", "章"],
                ["seal", "register", "s"], ["seal", "register"],
                ["seal", "signature", "7"], ["seal", "signature", "-o", "f"],
                ["seal", "signature", "x", "-o", "f"],
                ["seal", "signature", "7", "-o", "f", "--vkey", "v"],
                ["seal", "authorize", CODE], ["seal", "authorize", "1", "a"],
                ["seal", "authorize", CODE, "A"],
                ["seal", "authorize", CODE, "a", "--until", "x"],
                ["seal", "deauthorize", CODE],
                ["seal", "deauthorize", CODE, "a/b"],
                ["seal", "deauthorize", CODE, "a", "--until", "2027"]):
            with self.subTest(words):
                result = run(*words, cwd=self.dir, SEALEDGER_TOKEN="slg_x",
                             SEALEDGER_URL="http://127.0.0.1:1")
                expect(self, 2, result)
                self.assertNotEqual(result.stderr, "")
                self.assertEqual(list(self.dir.iterdir()), [])

    def test_who_is_asked_must_be_said(self):
        status = ["seal", "status", CODE]
        expect(self, 2, run(*status), "usage")
        expect(self, 3, run(*status, "--url", "http://127.0.0.1:1"),
               "no-connection")
        event = ["seal", "event", CODE, "filed", "--url", "http://127.0.0.1:1"]
        expect(self, 2, run(*event), "usage")
        for more in (["--key", ""], ["--key", "a b"], ["--key", "x" * 256]):
            expect(self, 2, run(*event, *more, SEALEDGER_TOKEN="slg_x"),
                   "usage")
        expect(self, 2, run(*event, "--vkey", "x", SEALEDGER_TOKEN="slg_x"))
        name = b"\xff".decode("utf-8", "surrogateescape")
        expect(self, 2, run("organization", "establish", USCC, "--name", name,
                            SEALEDGER_URL="http://127.0.0.1:1",
                            SEALEDGER_TOKEN="slg_x"), "usage")


class Case(register.Case):
    """The line against a service of its own; `office` issues, `acme` is the
    platform that keeps seals, `clerk` applies."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sealedger-commands-")
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)

    def call(self, who, *words, url=None, **env):
        if self.tokens.of[who] is not None:
            env = {"SEALEDGER_TOKEN": self.tokens.of[who], **env}
        return run(*words, SEALEDGER_URL=url or self.running.url, **env)

    def passed(self, who, *words):
        return expect(self, 0, self.call(who, *words)).stdout

    def value(self, who, *words, code=0):
        result = expect(self, code, self.call(who, *words, "--json"))
        return json.loads(result.stdout)

    def refused(self, code, name, who, *words, **more):
        return expect(self, code, self.call(who, *words, **more), name)

    def entry(self, index):
        receipt = self.register.get(f"/v1/entries/{index}")
        return json.loads(receipt["entry"])

    def file(self, name, content):
        path = self.dir / name
        path.write_bytes(content)
        return path

    def papers(self, route):
        """The words for an application's files, and their digests."""
        words, digests = [], {}
        for kind in MATERIALS[route]:
            path = self.file(kind, f"{kind} on {route}".encode())
            words += ["--material", f"{kind}={path}"]
            digests[kind] = hashlib.sha256(path.read_bytes()).hexdigest()
        path = self.file("declaration", b"all of it is authentic")
        digests["declaration"] = hashlib.sha256(
            path.read_bytes()).hexdigest()
        return [*words, "--declaration", path], digests

    def design(self, octets=None, **more):
        """The words for a seal that is to be made."""
        now = now_ms()
        words = {"name": "示例科技有限公司合同专用章",
                 "picture": self.file("seal.png", octets or register.png()),
                 "from": spell(now - DAY_MS), "to": spell(now + 365 * DAY_MS),
                 **more}
        return [word for name, value in words.items()
                for word in ("--" + name, value)]

    def issue(self, of_application, code, *words, who="office"):
        return self.value(who, "seal", "issue", "--application",
                          of_application, "--code", code, *words)


class Organizations(Case):
    def test_established_altered_terminated(self):
        of = self.register.new_uscc()
        made = self.value("office", "organization", "establish", of, "--name",
                          "示例科技有限公司", "--effective-at",
                          "2020-01-31T00:00:00Z")
        self.assertEqual(made, {"index": made["index"], "uscc": of,
                                "kind": "organization.established"})
        entry = self.entry(made["index"])
        self.assertEqual(entry["organization"],
                         {"uscc": of, "name": "示例科技有限公司"})
        self.assertEqual(entry["effective_at"], "2020-01-31T00:00:00.000Z")
        said = self.passed("office", "organization", "event", of, "altered",
                           "--name", "新名称", "--vkey",
                           (self.ledger.data / "log.vkey").read_text().strip())
        self.assertEqual(
            said, f"{made['index'] + 1}  organization.altered  {of}\n")
        shown = self.value("public", "organization", "show", of)
        self.assertEqual(shown["organization"], {"uscc": of, "name": "新名称"})
        self.assertIn("checkpoint", shown)
        seal = self.register.seal(of)
        said = self.passed("office", "organization", "event", of, "terminated")
        index = seal.made.index + 1
        self.assertEqual(said, f"{index}  organization.terminated  {of}\n"
                               f"also {index + 1}\n")
        said = self.passed("public", "organization", "show", of)
        self.assertRegex(said, r"(?m)^terminated +yes$")
        self.assertRegex(said, fr"(?m)^entries +\d+ \d+ {index}$")
        self.assertNotIn("checkpoint", said)

    def test_the_name_of_an_individual_business_is_private(self):
        of = self.register.new_uscc("92350100")
        made = self.value("office", "organization", "establish", of, "--name",
                          "张三小吃店")
        self.assertNotIn("name", self.entry(made["index"])["organization"])

    def test_refusals(self):
        of = self.register.organization()
        self.refused(3, "organization-exists", "office", "organization",
                     "establish", of, "--name", "n")
        self.refused(3, "wrong-role", "acme", "organization", "establish",
                     self.register.new_uscc(), "--name", "n")
        self.refused(3, "no-such-organization", "public", "organization",
                     "show", self.register.new_uscc())


class Applications(Case):
    @staticmethod
    def digests_of(entry):
        return {"declaration": entry["declaration"]["sha256"],
                **{m["kind"]: m["sha256"] for m in entry["materials"]}}

    def test_each_route_by_the_line_alone(self):
        of = self.register.organization()
        for ordinal, (route, steps) in enumerate(STEPS.items(), 1):
            words, digests = self.papers(route)
            id_ = f"by-{route}"
            made = self.value("clerk", "application", "submit", "--route",
                              route, "--uscc", of, "--seal-type", "04",
                              "--ordinal", ordinal, "--channel", "shop",
                              "--id", id_, *words)
            entry = self.entry(made["index"])
            self.assertEqual((made["id"], made["kind"]),
                             (id_, "application.submitted"))
            self.assertEqual(entry["application"], {
                "id": id_, "route": route, "uscc": of, "seal_type": "04",
                "ordinal": ordinal, "channel": "shop"})
            self.assertEqual(self.digests_of(entry), digests)
            for event in (*steps, "approved"):
                fee = ["--fee", 12000] if event == "fee_due" else []
                said = self.passed("office", "application", "event", id_,
                                   event, *fee)
                self.assertRegex(
                    said, fr"\A\d+  application\.{event}  {id_}\n\Z")
                if fee:
                    self.assertEqual(
                        self.entry(int(said.split()[0]))["fee_fen"], 12000)
            shown = self.value("clerk", "application", "show", id_)
            self.assertEqual((shown["state"], shown["by"]),
                             ("approved", "clerk"))
            self.assertEqual(len(shown["entries"]), len(steps) + 2)
        self.refused(3, "no-such-application", "other", "application", "show",
                     id_)

    def test_without_an_id_the_answer_names_it(self):
        words, _ = self.papers("public_security")
        said = self.passed("clerk", "application", "submit", "--route",
                           "public_security", "--uscc",
                           self.register.organization(), "--seal-type", "01",
                           *words)
        id_ = said.split()[-1]
        said = self.passed("clerk", "application", "show", id_)
        self.assertRegex(said, fr"(?m)^id +{id_}$")
        self.assertRegex(said, r"(?m)^state +submitted$")

    def test_a_returned_one_is_submitted_again_with_other_papers(self):
        id_ = self.register.submitted(who="clerk")
        self.passed("office", "application", "event", id_, "returned")
        words, digests = self.papers("public_security")
        made = self.value("clerk", "application", "event", id_, "submitted",
                          *words)
        self.assertEqual(self.digests_of(self.entry(made["index"])), digests)

    def test_lists(self):
        of = self.register.organization()
        first = self.register.submitted(of, "agency", "acme")
        second = self.register.approved(of, "platform", "clerk",
                                        seal_type="01")
        everything = self.value("office", "application", "list", "--uscc", of)
        self.assertEqual([item["id"] for item in everything], [first, second])
        said = self.passed("office", "application", "list", "--uscc", of)
        self.assertEqual(said.splitlines(), [
            f"{first}  submitted  agency  04/1  {of}  by acme",
            f"{second}  approved  platform  01  {of}  by clerk"])
        for words, ids in ((["--state", "approved"], [second]),
                           (["--route", "agency"], [first]),
                           (["--state", "rejected"], [])):
            items = self.value("office", "application", "list", "--uscc", of,
                               *words)
            self.assertEqual([item["id"] for item in items], ids)
        own = self.value("clerk", "application", "list", "--uscc", of)
        self.assertEqual([item["id"] for item in own], [second])

    def test_refusals(self):
        of = self.register.organization()
        words, _ = self.papers("public_security")
        submit = ["application", "submit", "--route", "public_security",
                  "--uscc", of, "--seal-type", "01"]
        self.refused(3, "material-missing", "clerk", *submit, *words[2:])
        self.refused(3, "declaration-missing", "clerk", *submit, *words[:-2])
        self.refused(3, "bad-material", "clerk", *submit, *words, *words[:2])
        self.refused(3, "unreadable-file", "clerk", *submit, "--declaration",
                     self.dir / "missing")
        self.refused(3, "unreadable-file", "clerk", *submit, "--material",
                     f"agent_id={self.dir / 'missing'}")
        self.refused(3, "unknown-reference", "clerk", *submit[:-3],
                     self.register.new_uscc(), *submit[-2:], *words)
        self.assertEqual(
            self.value("office", "application", "list", "--uscc", of), [])
        id_ = self.register.submitted(of, who="office")
        self.refused(3, "own-submission", "office", "application", "event",
                     id_, "materials_accepted")
        self.refused(3, "step-out-of-order", "bureau", "application", "event",
                     id_, "approved")


class Issuing(Case):
    def test_a_seal_is_issued_and_its_file_left(self):
        id_, code = self.register.approved(), self.register.new_code()
        out = self.dir / "seal.esl"
        out.write_bytes(b"an older one")
        out.chmod(0o644)
        made = self.issue(id_, code, *self.design(), "-o", out,
                          "--physical-code", "P-117")
        self.assertEqual(made, {"code": code, "index": made["index"],
                                "kind": "seal.issued"})
        self.assertEqual(stat.S_IMODE(out.stat().st_mode), 0o600)
        self.assertEqual([path.name for path in self.dir.iterdir()
                          if path.suffix != ".png"], ["seal.esl"])
        self.assertEqual(out.read_bytes(), self.register.file(code))
        entry = self.entry(made["index"])
        self.assertEqual(entry["seseal_sm3"], seals.sm3(out.read_bytes()))
        self.assertEqual(entry["seal"]["physical_code"], "P-117")
        self.assertEqual(entry["custodian"], "acme")
        ca = self.ledger.data / "keys/seal-ca.pem"
        expect(self, 0, run("eseal", "verify", out, "--ca", ca))

    def test_what_is_printed_for_people(self):
        id_, code = self.register.approved(), self.register.new_code()
        said = self.passed("office", "seal", "issue", "--application", id_,
                           "--code", code, *self.design())
        self.assertRegex(said, fr"\A\d+  seal\.issued  {code}\n\Z")
        self.assertEqual([path.name for path in self.dir.iterdir()],
                         ["seal.png"])

    def test_sides_follow_the_picture(self):
        wide = register.png(32, 16)
        for words, sides in ((["--width", 40], (40, 20)), ([], (40, 20)),
                             (["--height", 20], (40, 20)),
                             (["--width", 30, "--height", 30], (30, 30))):
            id_, code = self.register.approved(), self.register.new_code()
            out = self.dir / "seal.esl"
            self.issue(id_, code, *self.design(wide), *words, "-o", out)
            shown = json.loads(run("eseal", "show", out, "--json").stdout)
            self.assertEqual((shown["picture"]["width_mm"],
                              shown["picture"]["height_mm"]), sides)

    def test_times_without_milliseconds(self):
        id_, code = self.register.approved(), self.register.new_code()
        design = self.design(**{"from": "2026-01-31T00:00:00Z",
                                "to": "2035-01-31T00:00:00.999Z"})
        entry = self.entry(self.issue(id_, code, *design)["index"])
        self.assertEqual((entry["seal"]["valid_from"],
                          entry["seal"]["valid_to"]),
                         ("2026-01-31T00:00:00.000Z",
                          "2035-01-31T00:00:00.999Z"))

    def test_a_successor_tells_the_entry_that_cancels(self):
        of = self.register.organization()
        old = self.register.active(of)
        id_, code = self.register.approved(of), self.register.new_code()
        said = self.passed("office", "seal", "issue", "--application", id_,
                           "--code", code, *self.design(), "--replaces",
                           old.code)
        index = int(said.split()[0])
        self.assertEqual(said, f"{index}  seal.issued  {code}\n"
                               f"also {index - 1}\n")
        self.assertEqual(self.entry(index - 1)["replaced_by"], code)

    def test_the_custodian_of_an_applicant(self):
        id_ = self.register.approved(who="clerk")
        words = ["seal", "issue", "--application", id_, "--code",
                 self.register.new_code(), *self.design()]
        self.refused(3, "custodian-missing", "office", *words)
        made = self.value("office", *words, "--custodian", "other")
        self.assertEqual(self.entry(made["index"])["custodian"], "other")

    def test_signers_who_keep_their_keys(self):
        if seals.missing():
            self.skipTest(seals.missing())
        authority = seals.Authority.of_service(self.ledger.data,
                                               self.dir / "signers")
        signers = [authority.certify(f"signer {i}") for i in range(2)]
        id_, code = self.register.approved(), self.register.new_code()
        out = self.dir / "seal.esl"
        # Their certificates are of this moment, and not of yesterday.
        design = self.design(**{"from": spell(now_ms())})
        made = self.issue(id_, code, *design, "-o", out, "--signer",
                          signers[0].path, "--signer", signers[1].path)
        self.assertEqual(len(self.entry(made["index"])["signers_sha256"]), 2)
        self.assertEqual(seals.Read(out.read_bytes()).certificates,
                         [signer.der for signer in signers])
        self.refused(3, "bad-certificate", "office", "seal", "issue",
                     "--application", self.register.approved(), "--code",
                     self.register.new_code(), *self.design(), "--signer",
                     self.file("bad.pem", b"no certificate"))

    def test_the_same_key_brings_the_same_seal(self):
        id_, code = self.register.approved(), self.register.new_code()
        words = [*self.design(), "--key", "once-" + code, "-o"]
        first = self.issue(id_, code, *words, self.dir / "first")
        again = self.issue(id_, code, *words, self.dir / "again")
        self.assertEqual(first, again)
        self.assertEqual((self.dir / "first").read_bytes(),
                         (self.dir / "again").read_bytes())
        self.refused(3, "application-used", "office", "seal", "issue",
                     "--application", id_, "--code", self.register.new_code(),
                     *self.design())

    def test_a_file_that_cannot_be_left_is_said_with_the_index(self):
        id_, code = self.register.approved(), self.register.new_code()
        words = ["seal", "issue", "--application", id_, "--code", code,
                 *self.design(), "--key", "kept-" + code, "-o",
                 self.dir / "no" / "seal.esl"]
        said = self.value("office", *words, code=3)
        self.assertEqual(said["error"]["name"], "unwritable-file")
        self.assertEqual(self.entry(said["index"])["kind"], "seal.issued")
        said = self.refused(3, "unwritable-file", "office", *words)
        self.assertIn("was made, and stays", said.stderr)
        (self.dir / "no").mkdir()
        self.passed("office", *words)
        self.assertTrue((self.dir / "no" / "seal.esl").exists())

    def made_elsewhere(self):
        """The file of a seal whose application was not used after all."""
        if seals.missing():
            self.skipTest(seals.missing())
        code = self.register.new_code()
        authority = seals.Authority.of_service(self.ledger.data,
                                               self.dir / "signers")
        maker, signer = authority.certify("maker"), authority.certify("signer")
        now = now_ms() // 1000
        return code, seals.make(
            maker, seals.Design(code, "外地制作的印章", [signer.der], now, now,
                                now + 86400, register.png()))

    def test_a_seal_made_elsewhere_is_taken(self):
        code, seseal = self.made_elsewhere()
        given, out = self.file("given.esl", seseal), self.dir / "out.esl"
        made = self.issue(self.register.approved(), code, "--seseal", given,
                          "-o", out)
        self.assertEqual(self.entry(made["index"])["made"], "elsewhere")
        self.assertEqual(out.read_bytes(), seseal)

    def test_a_forged_seal_is_refused_with_the_checks(self):
        code, seseal = self.made_elsewhere()
        at = seseal.index(b"IEND") - 1
        forged = self.file("forged.esl", seseal[:at] + b"X" + seseal[at + 1:])
        out = self.dir / "out.esl"
        words = ["seal", "issue", "--application", self.register.approved(),
                 "--code", code, "--seseal", forged, "-o", out]
        with self.unchanged():
            said = self.refused(1, "seal-signature", "office", *words)
            self.assertRegex(said.stdout, r"(?m)^fail  seal_signature  \S+$")
            self.assertRegex(said.stdout, r"(?m)^pass  format\b")
            value = self.value("office", *words, code=1)
        self.assertEqual(value["error"]["name"], "seal-signature")
        results = {c["id"]: c["result"] for c in value["checks"]}
        self.assertEqual((results["format"], results["seal_signature"]),
                         ("pass", "fail"))
        self.assertFalse(out.exists())

    def test_refusals(self):
        id_, code = self.register.approved(), self.register.new_code()
        words = ["seal", "issue", "--application", id_, "--code", code]
        with self.unchanged():
            self.refused(3, "unreadable-file", "office", *words,
                         *self.design(picture=self.dir / "missing"))
            self.refused(3, "bad-picture", "office", *words,
                         *self.design(b"no picture"))
            self.refused(3, "unreadable-file", "office", *words, "--seseal",
                         self.dir / "missing")
            self.refused(1, "seal-format", "office", *words, "--seseal",
                         self.file("no.esl", b"no seal"))
            self.refused(3, "bad-validity", "office", *words,
                         *self.design(to="2020-01-31T00:00:00Z"))
            self.refused(3, "wrong-role", "acme", *words, *self.design())
            self.refused(3, "bad-name", "office", *words,
                         *self.design(name="a\u200bb"))


class Sealing(Case):
    """`acme` keeps the seal, `other` is another platform."""

    def setUp(self):
        super().setUp()
        self.code = self.register.active().code
        self.protected = self.file("Signature.xml", b"<Signature/>")
        self.document = self.file("contract.ofd", b"a contract")

    def sign(self, *words, who="acme"):
        return self.value(who, "seal", "sign", self.code, self.protected,
                          *words)

    def test_a_document_is_sealed(self):
        made = self.sign("--document", self.document)
        out = self.dir / "Signature.xml.signature.dat"
        self.assertEqual(made, {"code": self.code, "index": made["index"],
                                "kind": "document.sealed", "file": str(out)})
        self.assertEqual(stat.S_IMODE(out.stat().st_mode), 0o600)
        entry = self.entry(made["index"])
        self.assertEqual(entry["signature_sm3"], seals.sm3(out.read_bytes()))
        for member, path in (("protected", self.protected),
                             ("document", self.document)):
            content = path.read_bytes()
            self.assertEqual(entry[member]["sm3"], seals.sm3(content))
            self.assertEqual(entry[member]["sha256"],
                             hashlib.sha256(content).hexdigest())
        self.assertEqual(entry["document"]["size"], 10)
        shown = json.loads(run("eseal", "show", out, "--json").stdout)
        self.assertEqual(shown["property_info"], "Signature.xml")
        expect(self, 0, run("eseal", "verify", out, "--protected",
                            self.protected, "--ca",
                            self.ledger.data / "keys/seal-ca.pem"))

    def test_what_is_printed_for_people(self):
        out = self.dir / "s.dat"
        said = self.passed("acme", "seal", "sign", self.code, self.protected,
                           "-o", out, "--property-info", "/Doc_0/x.xml")
        self.assertRegex(said, fr"\A\d+  document\.sealed  {self.code}\n"
                               fr"made {re.escape(str(out))}\n\Z")
        shown = json.loads(run("eseal", "show", out, "--json").stdout)
        self.assertEqual(shown["property_info"], "/Doc_0/x.xml")

    def test_no_file_is_written_over(self):
        out = self.file("s.dat", b"another")
        with self.unchanged():
            self.refused(3, "file", "acme", "seal", "sign", self.code,
                         self.protected, "-o", out)
        made = self.sign()
        self.refused(3, "file", "acme", "seal", "signature", made["index"],
                     "-o", out)
        self.assertEqual(out.read_bytes(), b"another")

    def test_the_same_key_brings_the_same_signature(self):
        key = ["--key", "sign-" + self.code, "-o"]
        first, again = self.dir / "first", self.dir / "again"
        self.assertEqual(self.sign(*key, first)["index"],
                         self.sign(*key, again)["index"])
        self.assertEqual(first.read_bytes(), again.read_bytes())

    def test_a_signature_that_cannot_be_left_is_fetched_later(self):
        said = self.value("acme", "seal", "sign", self.code, self.protected,
                          "-o", self.dir / "no" / "s.dat", code=3)
        out = self.dir / "s.dat"
        fetched = self.value("acme", "seal", "signature", said["index"], "-o",
                             out)
        self.assertEqual(fetched, {"file": str(out), "index": said["index"]})
        self.assertEqual(stat.S_IMODE(out.stat().st_mode), 0o600)
        self.assertEqual(seals.sm3(out.read_bytes()),
                         self.entry(said["index"])["signature_sm3"])
        self.refused(3, "no-signature", "acme", "seal", "signature", 0, "-o",
                     self.dir / "none")
        self.refused(3, "not-owner", "other", "seal", "signature",
                     said["index"], "-o", self.dir / "none")

    def test_another_platform_signs_while_it_may(self):
        sign = ["seal", "sign", self.code, self.protected, "-o"]
        self.refused(3, "not-custodian", "other", *sign, self.dir / "a")
        made = self.value("acme", "seal", "authorize", self.code, "other",
                          "--until", "2999-01-31T00:00:00Z")
        self.assertEqual(made, {"code": self.code, "index": made["index"],
                                "kind": "seal.authorized"})
        self.passed("other", *sign, self.dir / "b")
        self.passed("acme", "seal", "deauthorize", self.code, "other")
        self.refused(3, "not-custodian", "other", *sign, self.dir / "c")
        self.refused(3, "no-such-authorization", "acme", "seal", "deauthorize",
                     self.code, "other")
        lines = self.passed("public", "seal", "history",
                            self.code).splitlines()
        self.assertRegex(lines[-2], r"seal\.authorized  by acme  party other  "
                                    r"until 2999-01-31T00:00:00\.000Z$")
        self.assertRegex(lines[-1],
                         r"seal\.deauthorized  by acme  party other$")

    def test_a_signature_made_elsewhere_is_entered_with_its_checks(self):
        given = self.dir / "s.dat"
        self.sign("-o", given)
        words = ["seal", "register", given, "--protected", self.protected]
        said = self.passed("office", *words, "--document", self.document)
        self.assertRegex(said, fr"\A\d+  document\.sealed  {self.code}\n")
        self.assertRegex(said, r"(?m)^pass  data_hash  same$")
        made = self.value("office", *words)
        self.assertEqual({check["result"] for check in made["checks"]},
                         {"pass"})
        self.assertEqual(self.entry(made["index"])["made"], "elsewhere")
        with self.unchanged():
            said = self.refused(1, "data-hash-differs", "office", *words[:-1],
                                self.document)
            self.assertRegex(said.stdout, r"(?m)^fail  data_hash  differs$")
            self.refused(1, "signature-format", "office", *words[:2],
                         self.document, *words[3:])

    def test_a_bundle_is_unpacked_for_others(self):
        index = self.sign("--document", self.document)["index"]
        bundle, folder = self.dir / "b.json", self.dir / "unpacked"
        self.passed("acme", "bundle", index, "-o", bundle)
        vkey = (self.ledger.data / "log.vkey").read_text().strip()
        expect(self, 0, run("verify", bundle, "--vkey", vkey, "--document",
                            self.document))
        expect(self, 0, run("verify", bundle, "--vkey", vkey, "--document",
                            self.protected))
        expect(self, 1, run("verify", bundle, "--vkey", vkey, "--document",
                            bundle))
        expect(self, 4, run("verify", bundle, "--vkey", vkey))
        expect(self, 0, run("bundle", "unpack", bundle, folder))
        self.assertEqual((folder / "signature.dat").read_bytes(),
                         (self.dir / "Signature.xml.signature.dat")
                         .read_bytes())
        for name, path in (("protected", self.protected),
                           ("document", self.document),
                           ("seal-ca.pem",
                            self.ledger.data / "keys/seal-ca.pem")):
            (folder / name).write_bytes(path.read_bytes())
        blocks = re.findall(r"```sh\n(.*?)```\n+(?:prints `([^`]*)`)?",
                            (folder / "README.md").read_text(), re.DOTALL)
        tried = 0
        for commands, expected in blocks:
            if "go run" in commands:
                continue
            said = subprocess.run(
                ["bash", "-euo", "pipefail", "-c",
                 commands.replace("NAME+HASH+KEY", vkey)], cwd=folder,
                stdout=subprocess.PIPE, text=True, check=True).stdout
            self.assertIn(expected, said)
            tried += 1
        self.assertEqual(tried, 14)

    def test_false_answers(self):
        answer = self.register.client("acme").call(
            "POST", f"/v1/seals/{self.code}/signatures",
            {"protected": {"sm3": seals.sm3(self.protected.read_bytes()),
                           "sha256": hashlib.sha256(
                               self.protected.read_bytes()).hexdigest()},
             "property_info": "Signature.xml"})
        self.assertEqual(answer.status, 201, answer)
        true = json.loads(answer.body)
        other = self.dir / "other.dat"
        self.sign("-o", other)
        out = self.dir / "s.dat"

        def lie(code, name, *words, **changes):
            content = json.dumps({**true, **changes}).encode()
            with FakeService(lambda *_: (201, {}, content)) as fake:
                self.refused(code, name, "acme", "seal", "sign", self.code,
                             self.protected, *words, "-o", out, url=fake.url)
            self.assertFalse(out.exists())

        lie(1, "bad-receipt", "--document", self.document)
        lie(1, "bad-receipt", "--property-info", "other")
        lie(1, "bad-receipt", signature=base64.b64encode(
            other.read_bytes()).decode())
        lie(1, "bad-receipt", signature="")
        erased = {name: value for name, value in true.items()
                  if name != "signature"}
        with FakeService(lambda *_: (201, {}, json.dumps(erased).encode())) \
                as fake:
            said = self.refused(3, "signature-erased", "acme", "seal", "sign",
                                self.code, self.protected, "-o", out,
                                url=fake.url)
        self.assertIn("was made, and stays", said.stderr)


class FalseAnswers(Case):
    """Services that answer with something else than was asked for."""

    def answer_of(self, who, target, body):
        answer = self.register.client(who).call("POST", target, body)
        self.assertEqual(answer.status, 201, answer)
        return answer.body

    def lie(self, content, *words, name="bad-receipt", code=1):
        with FakeService(lambda *_: (201, {}, content)) as fake:
            result = self.refused(code, name, "office", *words, url=fake.url)
        self.assertEqual(result.stdout, "")

    def test_another_entry_than_was_asked_for(self):
        of = self.register.organization()
        true = self.answer_of("office", f"/v1/organizations/{of}/events",
                              {"event": "altered", "name": "新名称"})
        event = ["organization", "event", of, "altered", "--name"]
        with FakeService(lambda *_: (201, {}, true)) as fake:
            expect(self, 0, self.call("office", *event, "新名称",
                                      url=fake.url))
        self.lie(true, *event, "别的名称")
        self.lie(true, *event, "新名称", "--effective-at",
                 "2020-01-31T00:00:00Z")
        self.lie(true, "organization", "event", of, "terminated")
        self.lie(true, "organization", "event", self.register.new_uscc(),
                 "altered", "--name", "新名称")
        self.lie(true, "organization", "establish", of, "--name", "新名称")
        self.lie(true, "seal", "event", CODE, "filed")
        self.lie(b"no receipt", *event, "新名称")
        forged = json.loads(true)
        forged["entry"] = forged["entry"].replace("office", "0ffice")
        self.lie(json.dumps(forged).encode(), *event, "新名称")
        stranger = run("init", "--data", self.dir / "stranger", "--origin",
                       "ledger.example.com/register")
        self.lie(true, *event, "新名称", "--vkey",
                 expect(self, 0, stranger).stdout.split()[-1])

    def test_another_application_or_step(self):
        of = self.register.organization()
        words, digests = self.papers("public_security")
        body = {"id": "a", "route": "public_security", "uscc": of,
                "seal_type": "04", "ordinal": 1,
                "materials": [{"kind": kind, "sha256": digests[kind]}
                              for kind in MATERIALS["public_security"]],
                "declaration": {"sha256": digests["declaration"]}}
        true = self.answer_of("clerk", "/v1/applications", body)
        submit = ["application", "submit", "--route", "public_security",
                  "--uscc", of, "--seal-type", "04"]
        with FakeService(lambda *_: (201, {}, true)) as fake:
            for more in (["--id", "a"], []):
                expect(self, 0, self.call("clerk", *submit, "--ordinal", 1,
                                          *more, *words, url=fake.url))
        self.lie(true, *submit, "--ordinal", 2, *words)
        self.lie(true, *submit, "--ordinal", 1, "--id", "b", *words)
        self.lie(true, *submit, "--ordinal", 1, "--channel", "shop", *words)
        self.lie(true, *submit, "--ordinal", 1, *words[2:])
        self.file("business_license", b"another licence")
        self.lie(true, *submit, "--ordinal", 1, *words)
        true = self.answer_of("office", "/v1/applications/a/events",
                              {"event": "materials_accepted"})
        self.lie(true, "application", "event", "a", "approved")
        self.lie(true, "application", "event", "b", "materials_accepted")

    def test_another_event_of_a_seal(self):
        code = self.register.active().code
        true = self.answer_of("office", f"/v1/seals/{code}/events",
                              {"event": "suspended", "reason": "review"})
        self.lie(true, "seal", "event", code, "suspended", "--reason",
                 "ordered")
        self.lie(true, "seal", "event", code, "suspended")
        self.lie(true, "seal", "event", CODE, "suspended", "--reason",
                 "review")

    def test_another_seal_or_file(self):
        id_, code = self.register.approved(), self.register.new_code()
        out = self.dir / "seal.esl"
        body = register.design(id_, code)
        true = self.answer_of("office", "/v1/seals", body)
        words = ["seal", "issue", "--application", id_, "-o", out, "--code"]
        design = self.design(**{"from": body["valid_from"],
                                "to": body["valid_to"]})
        answer = json.loads(true)
        seseal = bytearray(base64.b64decode(answer["seseal"]))
        given = self.file("given.esl", seseal)
        seseal[100] ^= 1
        other = {**answer, "seseal": base64.b64encode(seseal).decode()}
        none = {name: answer[name] for name in answer if name != "seseal"}
        for content in (other, none, {**answer, "seseal": "???"}):
            self.lie(json.dumps(content).encode(), *words, code, *design)
        later = self.design(**{"from": body["valid_from"],
                               "to": "2035-01-31T00:00:00Z"})
        self.lie(true, *words, code, *later)
        self.lie(true, *words, self.register.new_code(), *design)
        self.lie(true, *words, code, *design, "--custodian", "other")
        self.lie(true, *words, code, *design, "--physical-code", "P")
        self.lie(true, *words, code, "--seseal", given)
        self.assertFalse(out.exists())
        with FakeService(lambda *_: (201, {}, true)) as fake:
            expect(self, 0, self.call("office", *words, code, *design,
                                      url=fake.url))
        self.assertEqual(out.read_bytes(), given.read_bytes())

    def test_sent_again_with_the_same_key_until_it_is_answered(self):
        code = self.register.seal().code
        true = self.answer_of("office", f"/v1/seals/{code}/events",
                              {"event": "filed"})

        def answer(count, *_):
            return (503, {"Retry-After": "1"}, b"") if count == 1 else (
                201, {}, true)

        keys = []
        for _ in range(2):
            with FakeService(answer) as fake:
                expect(self, 0, self.call("office", "seal", "event", code,
                                          "filed", url=fake.url))
            self.assertEqual(len(fake.asked), 2)
            keys.append({headers["Idempotency-Key"]
                         for _, _, headers, _ in fake.asked})
        self.assertEqual([len(key) for key in keys], [1, 1])
        self.assertNotEqual(*keys)

    def test_a_refusal_cannot_steer_the_terminal(self):
        problem = json.dumps({
            "type": "urn:sealedger:problem:seal-signature", "detail": "a\x1bb",
            "checks": [{"id": "c\x1b[2Jd", "result": "fail", "reason": 7},
                       "x"]}).encode()
        with FakeService(lambda *_: (422, {}, problem)) as fake:
            result = self.refused(1, "seal-signature", "office", "seal",
                                  "event", CODE, "filed", url=fake.url)
        self.assertNotIn("\x1b", result.stdout + result.stderr)
        self.assertIn("fail  c?[2Jd", result.stdout)

    def read(self, answer, *words, code=0, name=None):
        with FakeService(answer) as fake:
            result = self.refused(code, name, "office", *words, url=fake.url)
        self.assertNotIn("\x1b", result.stdout + result.stderr)
        return result.stdout, [path for _, path, _, _ in fake.asked]

    def test_lists_are_read_page_by_page(self):
        pages = [{"items": [{"code": "1\x1b", "expired": True,
                             "status": "active"}], "next": "7"},
                 {"items": [], "next": "9"}, {"items": [{}], "next": None}]

        def answer(count, *_):
            return 200, {}, json.dumps(pages[count - 1]).encode()

        said, asked = self.read(answer, "seal", "list", "--type", "02")
        self.assertEqual(asked, ["/v1/seals?type=02",
                                 "/v1/seals?type=02&cursor=7",
                                 "/v1/seals?type=02&cursor=9"])
        self.assertEqual(len(said.splitlines()), 2)
        self.assertTrue(said.startswith("1?  active (expired)"))
        _, asked = self.read(answer, "application", "list")
        self.assertEqual(asked[1], "/v1/applications?cursor=7")

    def test_tables_are_read_page_by_page(self):
        def answer(count, *_):
            more = {"Sealedger-Next-Cursor": "7"} if count == 1 else {}
            return (200, {"Content-Type": "text/csv; charset=utf-8", **more},
                    f"code,name\r\n{count},\x1b\r\n".encode())

        said, asked = self.read(answer, "seal", "list", "--csv")
        self.assertEqual(said.splitlines(),
                         ["code,name", "1,?", "2,?"])
        self.assertEqual(asked, ["/v1/seals", "/v1/seals?cursor=7"])

    def test_answers_that_are_none(self):
        def always(content, **headers):
            return lambda *_: (200, headers, content)

        same = json.dumps({"items": [], "next": "7"}).encode()
        for content in (b"", b"[]", b"{}", b'{"items":{}}', same,
                        b'{"items":[],"next":"a b"}',
                        b'{"items":[],"next":7}'):
            with self.subTest(content):
                self.read(always(content), "seal", "list", code=3,
                          name="unexpected-answer")
        for content, headers in (
                (b"a\r\n", {}), (b"a", {"Content-Type": "text/csv"}),
                (b"a\r\n", {"Content-Type": "text/csv",
                            "Sealedger-Next-Cursor": "7"}),
                (b"a\r\n", {"Content-Type": "text/csv",
                            "Sealedger-Next-Cursor": "a&b"})):
            with self.subTest(content, headers=headers):
                self.read(always(content, **headers), "seal", "list", "--csv",
                          code=3, name="unexpected-answer")
        self.read(always(b"[]"), "seal", "status", CODE, code=3,
                  name="unexpected-answer")
        said, _ = self.read(always(b'{"status":"a\\u001bb","entries":[1,2]}'),
                            "seal", "status", CODE)
        self.assertRegex(said, r"(?m)^status +a\?b$")
        history = {"items": [{"index": 3, "kind": "k\x1b", "entry": "x"},
                             {"entry": '{"kind":"\\u001b"}'}], "next": None}
        said, _ = self.read(always(json.dumps(history).encode()), "seal",
                            "history", CODE)
        self.assertEqual(said.splitlines()[0], "3  k?")


class Asking(Case):
    def test_the_life_of_a_seal(self):
        seal = self.register.seal()
        code = seal.code
        for event in (["filed"], ["activated"],
                      ["suspended", "--reason", "key_suspected"], ["resumed"],
                      ["lost", "--reason", "stolen"],
                      ["cancelled", "--reason", "lost"]):
            if event[0] == "lost":
                event += ["--effective-at", spell(now_ms())]
            said = self.passed("office", "seal", "event", code, *event)
            self.assertRegex(said, fr"\A\d+  seal\.{event[0]}  {code}\n\Z")
        index = seal.made.index
        self.refused(3, "step-out-of-order", "office", "seal", "event", code,
                     "found")
        self.refused(3, "bad-reason", "office", "seal", "event", code,
                     "cancelled")

        lines = self.passed("public", "seal", "history", code).splitlines()
        self.assertEqual([int(line.split()[0]) for line in lines],
                         list(range(index, index + 7)))
        self.assertIn("seal.issued  by office", lines[0])
        self.assertRegex(lines[5], r"seal\.lost  by office  reason stolen  "
                                   r"effective_at \S+Z$")
        items = self.value("public", "seal", "history", code)
        self.assertEqual([item["kind"] for item in items],
                         [line.split()[2] for line in lines])

        now = self.value("public", "seal", "status", code)
        self.assertEqual((now["status"], now["code"], now["expired"]),
                         ("cancelled", code, False))
        said = self.passed("public", "seal", "status", code)
        self.assertRegex(said, r"(?m)^status +cancelled$")
        self.assertRegex(said, r"(?m)^expired +no$")
        known = self.value("public", "seal", "status", code, "--size",
                           index + 4)
        self.assertEqual((known["status"], known["size"]),
                         ("suspended", index + 4))
        at = json.loads(items[2]["entry"])["time"]
        then = self.value("public", "seal", "status", code, "--at", at)
        self.assertEqual((then["status"], then["at"]), ("active", at))
        far = self.value("public", "seal", "status", code, "--at",
                         "2999-01-31T00:00:00Z")
        self.assertTrue(far["expired"])
        self.refused(3, "no-such-seal", "public", "seal", "status", CODE)
        self.refused(3, "no-such-seal", "public", "seal", "history", CODE)

    def test_lists_and_tables(self):
        of = self.register.organization()
        plain = self.register.active(of, seal_type="01", name="甲章")
        other = self.register.seal(of, "110105", name='乙,"章"')
        everything = self.value("office", "seal", "list", "--uscc", of)
        self.assertEqual([item["code"] for item in everything],
                         [plain.code, other.code])
        self.assertEqual(
            self.passed("office", "seal", "list", "--uscc", of).splitlines(),
            [f"{plain.code}  active  01  {of}  甲章",
             f'{other.code}  issued  04/1  {of}  乙,"章"'])
        table = self.call("office", "seal", "list", "--uscc", of, "--csv")
        rows = list(csv.DictReader(io.StringIO(
            expect(self, 0, table).stdout, newline="")))
        self.assertEqual([(row["code"], row["name"]) for row in rows],
                         [(plain.code, "甲章"), (other.code, '乙,"章"')])
        with open(self.dir / "table", "wb") as table:
            subprocess.run(
                [register.service.PROGRAM, "seal", "list", "--csv", "--url",
                 self.running.url], stdout=table, check=True, timeout=60,
                env={"SEALEDGER_TOKEN": self.tokens.of["office"]})
        text = (self.dir / "table").read_bytes()
        self.assertGreater(text.count(b"\r\n"), 2)
        self.assertEqual(text.count(b"\r\n"), text.count(b"\n"))
        issued = other.made.entry["time"]
        for words, codes in ((["--status", "active"], [plain.code]),
                             (["--type", "04"], [other.code]),
                             (["--division", "110105"], [other.code]),
                             (["--issued-from", issued], [other.code]),
                             (["--issued-to", issued], [plain.code]),
                             (["--status", "lost"], [])):
            items = self.value("office", "seal", "list", "--uscc", of, *words)
            self.assertEqual([item["code"] for item in items], codes, words)
        self.assertEqual(
            self.value("other", "seal", "list", "--uscc", of), [])
        self.refused(3, "wrong-role", "clerk", "seal", "list")

    def test_more_seals_than_a_page_holds(self):
        quick = self.register.another()
        quick.verified = False
        of = quick.organization()
        codes = [quick.seal(of, ordinal=number, filing=False).code
                 for number in range(1, 103)]
        quick.close()
        self.assertEqual(
            [item["code"] for item in
             self.value("office", "seal", "list", "--uscc", of)], codes)
        lines = self.passed("office", "seal", "list", "--uscc", of,
                            "--csv").splitlines()
        self.assertEqual([line.split(",")[0] for line in lines],
                         ["code", *codes])


if __name__ == "__main__":
    if not os.access(register.service.PROGRAM, os.X_OK):
        print(f"{register.service.PROGRAM} is not there: build it, or set "
              "SEALEDGER_BIN")
        sys.exit(1)
    unittest.main(verbosity=1)
