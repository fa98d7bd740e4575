#!/usr/bin/python3
"""`sealedger eseal`: what it prints of seals and signatures of ours, its exit
codes, and what it says when something is wrong."""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

PROGRAM = os.environ.get("SEALEDGER_BIN", "build/release/sealedger")
EXPORT = (pathlib.Path(os.environ.get("SEALEDGER_BUILD", "build/release"))
          / "interop" / "interop_export_seals")


def run(*words):
    return subprocess.run(
        [PROGRAM, "eseal", *map(str, words)], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        timeout=120, check=False)


class Eseal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="sealedger-eseal-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.dir = pathlib.Path(cls.folder.name)
        subprocess.run([EXPORT, cls.dir], check=True)
        cls.ca = ("--ca", cls.dir / "ca.pem")
        cls.seal = cls.dir / "good-extensions.esl"
        cls.signature = cls.dir / "signature.dat"
        cls.protected = ("--protected", cls.dir / "protected.bin")

    def expect(self, code, *words):
        result = run(*words)
        self.assertEqual(result.returncode, code,
                         f"{words}\n{result.stdout}{result.stderr}")
        return result

    def value(self, code, *words):
        return json.loads(self.expect(code, *words, "--json").stdout)

    def results(self, code, *words):
        verdict = self.value(code, "verify", *words)
        return {check["id"]: f"{check['result']} {check['reason']}"
                for check in verdict["checks"]}

    def file(self, name, content):
        path = self.dir / name
        path.write_bytes(content)
        return path

    def test_help(self):
        for word in ("show", "verify"):
            said = self.expect(0, word, "--help").stdout
            self.assertIn(f"Example:\n  sealedger eseal {word}", said)

    def test_show_a_seal(self):
        seal = self.value(0, "show", self.seal)
        self.assertEqual(seal["kind"], "seal")
        self.assertEqual(seal["standard"], "GB/T 38540-2020")
        self.assertEqual(seal["version"], 4)
        self.assertEqual(seal["code"], "11010500000017")
        self.assertEqual(seal["name"], "Acme 合同有限公司合同专用章")
        self.assertEqual(seal["type"], 1)
        self.assertEqual(seal["vendor"], "SLG")
        self.assertEqual(seal["valid_to"], "2028-06-01T00:00:00.000Z")
        self.assertEqual(seal["picture"], {
            "bytes": 10, "height_mm": 40, "type": "PNG", "width_mm": 40,
            "sha256": hashlib.sha256(b"no picture").hexdigest()})
        self.assertEqual([set(signer) for signer in seal["signers"]],
                         [{"sm3"}])
        self.assertEqual([e["critical"] for e in seal["extensions"]],
                         [True, False])
        self.assertEqual(seal["maker"]["subject"],
                         "CN=Export Seal Maker,O=Export,C=CN")
        self.assertEqual(seal["warnings"], [])
        said = self.expect(0, "show", self.seal).stdout
        self.assertRegex(said, r"(?m)^code +11010500000017$")
        self.assertRegex(said, r"(?m)^  width mm +40$")

    def test_show_a_signature(self):
        signature = self.value(0, "show", self.signature)
        self.assertEqual(signature["kind"], "signature")
        self.assertEqual(signature["claimed_time"],
                         "2026-03-02T08:30:00.000Z")
        self.assertEqual(len(signature["data_hash"]), 64)
        self.assertEqual(signature["property_info"],
                         "/Doc_0/Signs/Sign_0/Signature.xml")
        self.assertEqual(signature["signer"],
                         signature["seal"]["signers"][0])
        said = self.expect(0, "show", self.signature).stdout
        self.assertRegex(said, r"(?m)^  code +11010500000017$")

    def test_good_files_pass(self):
        passed = self.results(0, self.seal, *self.ca,
                              "--at", "2026-03-02T00:00:00.000Z")
        self.assertEqual(passed["seal_validity"], "pass within_validity")
        self.assertNotIn("signature", passed)
        passed = self.results(0, self.signature, *self.ca, *self.protected)
        self.assertEqual(passed["data_hash"], "pass same")
        self.assertEqual(passed["register_status"], "not_checked offline")
        said = self.expect(0, "verify", self.signature, *self.ca).stdout
        self.assertTrue(said.startswith("passed\n"))
        self.assertRegex(said, r"(?m)^not_checked +data_hash: "
                               r"no_protected_bytes \(not required\)$")

    def test_times(self):
        at = ("verify", self.signature, *self.ca, "--at")
        self.expect(0, *at, "2028-06-01T00:00:00.000Z")
        self.expect(0, *at, "2028-06-01T00:00:00Z")
        self.expect(1, *at, "2028-06-01T00:00:01.000Z")
        self.expect(2, *at, "2028-06-01")
        self.expect(2, *at, "2028-06-01T00:00:00.000+08:00")

    def test_a_changed_byte_fails(self):
        good = self.signature.read_bytes()
        for at in (10, len(good) // 2, len(good) - 10):
            changed = bytearray(good)
            changed[at] ^= 1
            self.expect(1, "verify", self.file("changed.dat", changed),
                        *self.ca, *self.protected)
        other = self.file("other.bin", b"something else\n")
        failed = self.results(1, self.signature, *self.ca,
                              "--protected", other)
        self.assertEqual(failed["data_hash"], "fail differs")

    def test_another_authority_fails(self):
        with tempfile.TemporaryDirectory() as other:
            subprocess.run([EXPORT, other], check=True)
            ca = pathlib.Path(other) / "ca.pem"
            self.assertIn("fail", self.results(
                1, self.signature, "--ca", ca)["signer_certificate"])
        # Several in one file are all taken, and so are several files.
        text = self.ca[1].read_bytes()
        self.expect(0, "verify", self.signature,
                    "--ca", self.file("two.pem", text + text), *self.ca)

    def test_malformed_files_fail(self):
        for content in (b"", b"no seal", self.seal.read_bytes() + b"\0",
                        b"\0" * (2 << 20)):
            path = self.file("malformed.esl", content)
            for more in ((), self.protected,
                         ("--protected", self.dir / "missing")):
                self.assertEqual(self.results(1, path, *self.ca, *more),
                                 {"format": "fail malformed"})
            said = self.expect(1, "show", path).stderr
            self.assertRegex(said, r"\Asealedger: [^\n]+ \(seal-format\)\n\Z")

    def test_calls_that_make_no_sense_end_with_2(self):
        verify = ("verify", self.signature)
        for words in ((), ("show",), ("verify",), ("verify", *self.ca), verify,
                      ("show", self.seal, "--explain"),
                      (*verify, *self.ca, "--lang", "zh"),
                      (*verify, *self.ca, "--explain", "--lang", "de"),
                      (*verify, *self.ca, *self.protected, *self.protected),
                      ("verify", self.seal, *self.ca, *self.protected),
                      (*verify, "--ca", self.seal),
                      (*verify, *self.ca, "--tsa-ca", self.protected[1])):
            self.assertNotEqual(self.expect(2, *words).stderr, "")

    def test_unreadable_files_end_with_3(self):
        missing = self.dir / "missing"
        for words in (("show", missing), ("verify", missing, *self.ca),
                      ("verify", self.signature, "--ca", missing),
                      ("verify", self.signature, *self.ca,
                       "--tsa-ca", missing),
                      ("verify", self.signature, *self.ca,
                       "--protected", missing)):
            said = self.expect(3, *words).stderr
            self.assertRegex(said, r"\(unreadable-file\)\n\Z")

    def test_no_name_steers_the_terminal(self):
        seal = self.dir / "terminal.esl"
        self.assertEqual(self.value(0, "show", seal)["name"],
                         "\x1b[2Jpassed")
        for words in (("show", seal), ("verify", seal, *self.ca),
                      ("verify", seal, *self.ca, "--explain")):
            said = run(*words).stdout
            self.assertIn("?", said)
            self.assertIsNone(re.search(r"[\x00-\x09\x0b-\x1f\x7f]", said))

    def test_explanations(self):
        verify = ("verify", self.signature, *self.ca, *self.protected,
                  "--explain")
        self.assertTrue(self.expect(0, *verify).stdout.startswith(
            "Outcome: passed."))
        said = self.expect(0, *verify, "--lang", "zh").stdout
        self.assertTrue(said.startswith("核验结论：通过。"))
        self.assertIn("格式完好的电子签章", said)
        self.assertIn("as stated by the signer",
                      self.value(0, *verify)["explanation"])


if __name__ == "__main__":
    unittest.main()
