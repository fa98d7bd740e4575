#!/usr/bin/python3
"""Every command of the real program over real HTTP: what it prints, what it
leaves, its exit codes, and what it says when something is wrong."""

import hashlib
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.request

PROGRAM = os.environ.get("SEALEDGER_BIN", "build/release/sealedger")
ORIGIN = "ledger.example.com/commands"


def environment(**more):
    clean = {name: value for name, value in os.environ.items()
             if not name.startswith("SEALEDGER_")}
    return {**clean, **more}


def run(*words, cwd=None, **env):
    return subprocess.run(
        [PROGRAM, *map(str, words)], cwd=cwd, env=environment(**env),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, timeout=120, check=False)


class Service:
    """`serve` on a free port; ended by its own process object alone."""

    def __init__(self, data, *words):
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--data", str(data), "--listen", "127.0.0.1:0",
             *words],
            env=environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        match = re.fullmatch(r"listening on (https?://127\.0\.0\.1:\d+)\n", line)
        if not match:
            self.process.kill()
            self.process.wait()
            self.log.seek(0)
            raise AssertionError(f"serve said {line!r}: {self.log.read()}")
        self.url = match.group(1)

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(timeout=60)
        self.process.stdout.close()
        self.log.close()
        return code


class FakeService:
    """Answers as it is told, and keeps what it was asked."""

    def __init__(self, answer):
        asked = self.asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.respond(b"")

            def do_POST(self):
                self.respond(
                    self.rfile.read(int(self.headers["Content-Length"])))

            def respond(self, body):
                asked.append((self.command, self.path, self.headers, body))
                status, headers, content = answer(len(asked), self.path, body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                try:
                    self.wfile.write(content)
                except OSError:
                    pass  # The client had enough: what the test is about.

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class TestCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sealedger-commands-")
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)

    def expect(self, code, result, name=None):
        """The exit code, and with a failure one sentence with its name."""
        self.assertEqual(result.returncode, code,
                         f"{result.args}\n{result.stdout}{result.stderr}")
        if name is not None:
            self.assertRegex(result.stderr,
                             r"\Asealedger: [^\n]+ \(" + re.escape(name)
                             + r"\)\n\Z")
        return result

    def passed(self, *words, **env):
        return self.expect(0, run(*words, **env)).stdout

    def value(self, *words, code=0, **env):
        result = self.expect(code, run(*words, "--json", **env))
        return json.loads(result.stdout)

    def file(self, name, content):
        path = self.dir / name
        path.write_bytes(content)
        return path


class WithLedger(TestCase):
    """A folder, a service and a platform party with its token."""

    def setUp(self):
        super().setUp()
        self.data = self.dir / "data"
        self.passed("init", "--data", self.data, "--origin", ORIGIN)
        self.vkey = self.passed("vkey", "--data", self.data).strip()
        self.service = Service(self.data)
        self.addCleanup(lambda: self.service.stop())
        self.url = self.service.url
        self.admin = self.data / "admin.token"
        self.register("acme", "platform")
        self.token = self.make_token("acme", "platform")

    def register(self, party, role):
        request = urllib.request.Request(
            self.url + "/v1/parties",
            json.dumps({"id": party, "role": role}).encode(),
            {"Content-Type": "application/json",
             "Authorization": "Bearer " + self.admin.read_text().strip()})
        with urllib.request.urlopen(request, timeout=30) as answer:
            self.assertEqual(answer.status, 201)

    def make_token(self, party, role):
        said = self.passed("token", "create", "--url", self.url,
                           "--token-file", self.admin, "--role", role,
                           "--party", party)
        return self.file(f"{party}.token",
                         (said.split()[-1] + "\n").encode())

    def record(self, *words):
        return self.passed("record", *words, "--url", self.url,
                           "--token-file", self.token)

    def bundle(self, index, name, *words):
        path = self.dir / name
        self.passed("bundle", index, "-o", path, "--url", self.url, *words)
        return path

    def verify(self, *words):
        return run("verify", *words, "--vkey", self.vkey)


class Help(TestCase):
    def test_every_command_has_help_with_an_example(self):
        for words in (["init"], ["serve"], ["token", "create"],
                      ["token", "list"], ["token", "revoke"], ["record"],
                      ["bundle"], ["bundle", "unpack"], ["verify"], ["vkey"],
                      ["fsck"], ["hash"]):
            said = self.passed(*words, "--help")
            self.assertIn("--json", said)
            self.assertIn("Example:\n  sealedger " + " ".join(words), said)

    def test_version_and_list_of_commands(self):
        self.assertRegex(self.passed("--version"), r"\Asealedger \d+\.\d+\.\d+")
        self.assertIn("Exit codes: 0 passed", self.passed("--help"))

    def test_calls_that_make_no_sense_end_with_2(self):
        for words in ([], ["unknown"], ["token"], ["hash"], ["vkey"],
                      ["serve"], ["init", "--data", "x"],
                      ["verify", "b.json"], ["bundle"], ["record"],
                      ["record", "f", "--unknown"],
                      ["verify", "b", "--vkey", "v", "--trust", "t"],
                      ["verify", "b", "--vkey", "v", "--lang", "zh"],
                      ["verify", "b", "--vkey", "v"],
                      ["bundle", "7"], ["bundle", "x", "-o", "f"],
                      ["fsck"], ["fsck", "--replay", "--url", "http://h"],
                      ["fsck", "--data", "d", "--url", "http://h"],
                      ["fsck", "--data", "d", "--vkey", "v"],
                      ["token", "list"],
                      ["token", "list", "--data", "d", "--url", "http://h"],
                      ["token", "create", "--data", "d"],
                      ["token", "create", "--data", "d", "--role", "king"],
                      ["serve", "--data", "d", "--tls-cert", "c"]):
            result = run(*words, cwd=self.dir)
            self.assertEqual(result.returncode, 2, f"{words} {result.stderr}")
            self.assertNotEqual(result.stderr, "")
            self.assertEqual(list(self.dir.iterdir()), [])

    def test_a_usage_error_is_json_where_json_was_asked_for(self):
        result = self.expect(2, run("record", "--json"))
        self.assertEqual(json.loads(result.stdout)["error"]["name"], "usage")

    def test_an_answer_that_cannot_be_written_ends_with_3(self):
        file = self.file("f", b"x")
        with open("/dev/full", "wb") as full:
            result = subprocess.run([PROGRAM, "hash", str(file)], stdout=full,
                                    stderr=subprocess.PIPE, check=False)
        self.assertEqual(result.returncode, 3)


class Hash(TestCase):
    def test_hash(self):
        document = self.file("合同 1.txt", b"abc")
        sha256 = hashlib.sha256(b"abc").hexdigest()
        sm3 = ("66c7f0f462eeedd9d1f2d46bdc10e4e2"
               "4167c4875cf2f7a2297da02b8f4ba8e0")
        self.assertEqual(self.passed("hash", document),
                         f"SHA256 ({document}) = {sha256}\n"
                         f"SM3 ({document}) = {sm3}\n")
        self.assertEqual(self.value("hash", document),
                         [{"file": str(document), "sha256": sha256, "size": 3,
                           "sm3": sm3}])
        self.expect(3, run("hash", self.dir / "missing"), "unreadable-file")
        self.expect(3, run("hash", self.dir), "unreadable-file")

    def test_others_check_our_lines(self):
        if shutil.which("cksum") is None:
            self.skipTest("no cksum here")
        document = self.file("document", b"x" * 100000)
        lines = self.file("sums", self.passed("hash", document).encode())
        subprocess.run(["cksum", "--check", "--strict", lines],
                       stdout=subprocess.DEVNULL, check=True)

    def test_memory_stays_the_same_whatever_the_size(self):
        # A hole costs no disk and is read like any other file.
        document = self.dir / "large"
        with open(document, "wb") as file:
            file.truncate(256 << 20)
        limit = 96 << 20
        result = subprocess.run(
            ["prlimit", f"--data={limit}", PROGRAM, "hash", document],
            stdout=subprocess.PIPE, text=True, check=False)
        self.assertEqual(result.returncode, 0)
        self.assertIn(f"SHA256 ({document}) = ", result.stdout)


class Init(TestCase):
    def test_init_makes_a_folder_and_then_changes_nothing(self):
        data = self.dir / "data"
        made = self.value("init", "--data", data, "--origin", ORIGIN)
        self.assertTrue(made["created"])
        self.assertTrue(made["vkey"].startswith(ORIGIN + "+"))
        for secret in ("admin.token", "keys/log.pem", "keys/idempotency.key"):
            mode = stat.S_IMODE((data / secret).stat().st_mode)
            self.assertEqual(mode, 0o600, secret)
        before = {path: path.read_bytes() for path in data.rglob("*")
                  if path.is_file() and "ledger" not in path.parts[-2]}
        again = self.value("init", "--data", data, "--origin", ORIGIN)
        self.assertEqual(again, {"created": False, "made": [],
                                 "vkey": made["vkey"]})
        for path, content in before.items():
            self.assertEqual(path.read_bytes(), content, path)

    def test_init_puts_back_what_is_missing(self):
        data = self.dir / "data"
        self.passed("init", "--data", data, "--origin", ORIGIN)
        (data / "sealedger.toml").unlink()
        made = self.value("init", "--data", data, "--origin", ORIGIN)["made"]
        self.assertEqual(made, [str(data / "sealedger.toml")])

    def test_init_refuses(self):
        data = self.dir / "data"
        self.passed("init", "--data", data, "--origin", ORIGIN)
        self.expect(3, run("init", "--data", data, "--origin", "other.example"),
                    "other-origin")
        self.expect(2, run("init", "--data", self.dir / "x", "--origin", "a b"),
                    "bad-origin")
        self.expect(3, run("init", "--data", self.dir / "x", "--origin", ORIGIN,
                           "--succeeds", self.dir / "missing"))

    def test_vkey(self):
        data = self.dir / "data"
        made = self.value("init", "--data", data, "--origin", ORIGIN)
        self.assertEqual(self.value("vkey", "--data", data),
                         {"origin": ORIGIN, "vkey": made["vkey"]})
        self.expect(3, run("vkey", "--data", self.dir / "missing"))


class Serve(TestCase):
    def setUp(self):
        super().setUp()
        self.data = self.dir / "data"
        self.passed("init", "--data", self.data, "--origin", ORIGIN)

    def refused(self, code, name, *words):
        return self.expect(code, run("serve", "--data", self.data, *words),
                           name)

    def test_signals_end_it_with_0(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            self.assertEqual(Service(self.data).stop(how), 0)

    def test_a_second_service_on_the_folder_is_refused(self):
        service = Service(self.data)
        self.addCleanup(service.stop)
        said = self.refused(3, "locked", "--listen", "127.0.0.1:0").stderr
        self.assertIn("stop it first", said)
        self.expect(3, run("fsck", "--data", self.data), "locked")
        said = self.expect(3, run("token", "list", "--data", self.data),
                           "locked").stderr
        self.assertIn("--url", said)
        self.passed("vkey", "--data", self.data)

    def test_a_port_that_is_taken_is_refused(self):
        with FakeService(lambda *_: (200, {}, b"")) as other:
            self.refused(3, "cannot-listen", "--listen",
                         other.url.removeprefix("http://"))

    def test_addresses_and_settings_that_make_no_sense(self):
        self.refused(2, "bad-listen-address", "--listen", "nowhere")
        self.refused(2, "tls-required", "--listen", "0.0.0.0:0")
        config = self.file("other.toml", b"[server]\nthread = 4\n")
        self.refused(2, "unknown-member", "--config", config)
        self.expect(3, run("serve", "--data", self.dir / "missing"))

    def test_a_config_of_its_own(self):
        config = self.file("other.toml", b'[server]\nlisten = "127.0.0.1:0"\n')
        process = subprocess.Popen(
            [PROGRAM, "serve", "--data", str(self.data), "--config",
             str(config), "--json"],
            env=environment(), stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        url = json.loads(process.stdout.readline())["listening"]
        self.assertRegex(url, r"\Ahttp://127\.0\.0\.1:\d+\Z")
        process.terminate()
        self.assertEqual(process.wait(timeout=60), 0)
        process.stdout.close()

    def test_a_missing_guard_wants_to_be_adopted(self):
        (self.data / "guard").unlink()
        said = self.refused(3, "guard-missing").stderr
        self.assertIn("--adopt-guard", said)
        self.assertEqual(Service(self.data, "--adopt-guard").stop(), 0)
        self.assertEqual(Service(self.data).stop(), 0)

    def test_a_ledger_that_was_rolled_back_is_refused(self):
        shutil.copytree(self.data / "ledger", self.dir / "older")
        service = Service(self.data)
        urllib.request.urlopen(urllib.request.Request(
            service.url + "/v1/parties", b'{"id":"acme","role":"platform"}',
            {"Content-Type": "application/json", "Authorization":
             "Bearer " + (self.data / "admin.token").read_text().strip()}),
            timeout=30).close()
        self.assertEqual(service.stop(), 0)
        shutil.rmtree(self.data / "ledger")
        (self.dir / "older").rename(self.data / "ledger")
        self.refused(3, "rolled-back", "--listen", "127.0.0.1:0")
        report = self.value("fsck", "--data", self.data, code=1)
        self.assertEqual(len(report["problems"]), 1)
        self.assertIn("rolled-back", report["problems"][0])

    def test_a_key_that_others_may_read_is_refused(self):
        (self.data / "keys/log.pem").chmod(0o640)
        said = self.refused(3, "key-mode").stderr
        self.assertIn("chmod 600", said)


class Tls(TestCase):
    def test_the_server_is_checked_by_certificate_and_name(self):
        if shutil.which("openssl") is None:
            self.skipTest("no openssl here")
        for name, subject in (("own", "IP:127.0.0.1"), ("other", "DNS:x.test")):
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes",
                 "-keyout", self.dir / f"{name}.key", "-out",
                 self.dir / f"{name}.pem", "-days", "2", "-subj", "/CN=test",
                 "-addext", f"subjectAltName={subject}"],
                stderr=subprocess.DEVNULL, check=True)
        data = self.dir / "data"
        self.passed("init", "--data", data, "--origin", ORIGIN)

        def fetch(url, certificates):
            return run("bundle", "1", "-o", self.dir / "b.json", "--url", url,
                       SSL_CERT_FILE=str(self.dir / certificates))

        for name, code in (("own", 0), ("other", 3)):
            service = Service(data, "--tls-cert", str(self.dir / f"{name}.pem"),
                              "--tls-key", str(self.dir / f"{name}.key"))
            try:
                self.assertTrue(service.url.startswith("https://"))
                result = fetch(service.url, f"{name}.pem")
                self.expect(code, result, "no-connection" if code else None)
                self.expect(3, fetch(service.url, "none.pem"), "no-connection")
            finally:
                self.assertEqual(service.stop(), 0)


class Tokens(WithLedger):
    def test_by_url_and_by_folder(self):
        server = ["--url", self.url, "--token-file", self.admin]
        made = self.value("token", "create", *server, "--role", "regulator",
                          "--label", "audit", "--expires",
                          "2999-01-31T00:00:00.000Z")
        self.assertRegex(made["token"], r"\Aslg_[A-Za-z0-9_-]{43}\Z")
        listed = {token["id"]: token
                  for token in self.value("token", "list", *server)}
        self.assertEqual(listed[made["id"]],
                         {"id": made["id"], "party": "operator",
                          "role": "regulator", "label": "audit",
                          "expires": "2999-01-31T00:00:00.000Z"})
        self.assertNotIn(made["token"], self.passed("token", "list", *server))
        self.assertEqual(self.value("token", "revoke", made["id"], *server),
                         {"id": made["id"]})
        self.expect(3, run("token", "revoke", made["id"], *server),
                    "no-such-token")

        self.assertEqual(self.service.stop(), 0)
        said = self.passed("token", "create", "--data", self.data, "--role",
                           "platform", "--party", "acme")
        secret = said.split()[-1]
        ids = [line.split()[0] for line in self.passed(
            "token", "list", "--data", self.data).splitlines()]
        self.assertEqual(len(ids), 3)
        service = self.service = Service(self.data)
        document = self.file("d", b"d")
        self.passed("record", document, SEALEDGER_URL=service.url,
                    SEALEDGER_TOKEN=secret)

    def test_refusals(self):
        server = ["--url", self.url, "--token-file", self.admin]
        for role in ("issuer", "platform", "applicant"):
            result = run("token", "create", *server, "--role", role)
            self.assertIn("--party is required",
                          self.expect(2, result, "usage").stderr)
        self.expect(3, run("token", "create", *server, "--role", "platform",
                           "--party", "nobody"), "unknown-party")
        self.expect(2, run("token", "create", *server, "--role", "admin",
                           "--expires", "tomorrow"), "usage")
        self.expect(2, run("token", "revoke", *server, "../x"), "usage")
        self.expect(3, run("token", "list", "--url", self.url, "--token-file",
                           self.token), "wrong-role")
        admin = self.value("token", "list", *server)
        admin = [token["id"] for token in admin if token["role"] == "admin"]
        self.expect(3, run("token", "revoke", admin[0], *server),
                    "last-admin-token")


class Record(WithLedger):
    def test_record_prints_index_and_digest(self):
        one, two = self.file("one", b"1"), self.file("two", b"2")
        lines = self.record(one, two).splitlines()
        self.assertEqual(lines, [
            f"3  {hashlib.sha256(b'1').hexdigest()}  {one}",
            f"4  {hashlib.sha256(b'2').hexdigest()}  {two}"])
        # The same document twice on the line is two entries.
        self.assertEqual([line.split()[0] for line
                          in self.record(one, one).splitlines()], ["5", "6"])

    def test_all_members_reach_the_entry(self):
        document = self.file("one", b"1")
        receipt = self.dir / "receipt.json"
        self.record(document, "--label", "HT-1", "--media-type", "text/plain",
                    "--private", "签署人=张三", "--private", "note=a=b",
                    "--receipt", receipt, "--vkey", self.vkey)
        receipt = json.loads(receipt.read_text())
        entry = json.loads(receipt["entry"])
        self.assertEqual(entry["label"], "HT-1")
        self.assertEqual(entry["by"], "acme")
        self.assertEqual(entry["document"]["media_type"], "text/plain")
        self.assertEqual(entry["document"]["size"], 1)
        self.assertEqual(len(entry["_sd"]), 2)
        self.assertEqual(len(receipt["disclosures"]), 2)
        self.assertNotIn("张三", receipt["entry"])

    def test_chain(self):
        root = self.file("root", b"root")
        link = self.file("link", b"link")
        self.record(root)
        self.record(link, link, "--chain", "3")
        path = self.bundle(5, "b.json", "--chain-full")
        self.assertEqual([entry["index"] for entry
                          in json.loads(path.read_text())["entries"]],
                         [5, 2, 3, 4])
        self.expect(0, self.verify(path, "--document", link))
        result = run("record", link, "--chain", "0", "--url", self.url,
                     "--token-file", self.token)
        self.assertEqual(result.returncode, 3)

    def test_refusals(self):
        document = self.file("one", b"1")
        server = ["--url", self.url, "--token-file", self.token]
        self.expect(3, run("record", self.dir / "missing", *server),
                    "unreadable-file")
        self.expect(2, run("record", document, document, "--receipt", "r",
                           *server), "usage")
        for private in ("noequals", "=value"):
            self.expect(2, run("record", document, "--private", private,
                               *server), "usage")
        self.expect(2, run("record", document, "--private", "a=1", "--private",
                           "a=2", *server), "usage")
        self.expect(2, run("record", document, "--url", self.url), "usage")
        self.expect(2, run("record", document, "--token-file", self.token),
                    "usage")
        self.expect(2, run("record", document, "--url", "nowhere",
                           "--token-file", self.token), "bad-url")
        self.expect(3, run("record", document, "--url", self.url,
                           "--token-file", self.dir / "missing"))
        self.expect(3, run("record", document, "--url", self.url,
                           SEALEDGER_TOKEN="slg_wrong"), "wrong-token")
        self.expect(3, run("record", document, "--label", "a\nb", *server),
                    "control-character")
        self.expect(2, run("record", document, "--label", b"\xff".decode(
            "utf-8", "surrogateescape"), *server), "usage")
        # None of it was entered.
        self.assertTrue(self.record(document).startswith("3  "))

    def test_what_was_done_before_a_failure_is_told(self):
        document = self.file("one", b"1")
        said = self.value("record", document, self.dir / "missing", "--url",
                          self.url, "--token-file", self.token, code=3)
        self.assertEqual([item["index"] for item in said["recorded"]], [3])
        self.assertEqual(said["error"]["name"], "unreadable-file")

    def test_sent_again_with_the_same_key_until_it_is_answered(self):
        document = self.file("one", b"1")
        receipt = self.dir / "receipt.json"
        self.record(document, "--receipt", receipt)

        def answer(count, *_):
            if count == 1:
                return 503, {"Retry-After": "1"}, b""
            return 201, {}, receipt.read_bytes()

        with FakeService(answer) as fake:
            self.passed("record", document, "--url", fake.url, "--token-file",
                        self.token)
        self.assertEqual(len(fake.asked), 2)
        keys = {headers["Idempotency-Key"] for _, _, headers, _ in fake.asked}
        self.assertEqual(len(keys), 1)
        self.assertIn(hashlib.sha256(b"1").hexdigest(), keys.pop())
        self.assertEqual(fake.asked[0][3], fake.asked[1][3])

    def test_a_false_receipt_is_refused(self):
        document = self.file("one", b"1")
        receipt = self.dir / "receipt.json"
        self.record(document, "--receipt", receipt)
        receipt = json.loads(receipt.read_text())
        entry = receipt["entry"].replace("acme", "acmf")
        forged = json.dumps({**receipt, "entry": entry}).encode()
        true = json.dumps(receipt).encode()
        other = self.file("other", b"2")
        stranger = self.dir / "stranger"
        self.passed("init", "--data", stranger, "--origin", ORIGIN)
        wrong_vkey = self.passed("vkey", "--data", stranger).strip()
        for content, words in ((forged, [document]), (true, [other]),
                               (true, [document, "--vkey", wrong_vkey]),
                               (b"no receipt", [document])):
            with FakeService(lambda *_: (201, {}, content)) as fake:
                result = run("record", *words, "--url", fake.url,
                             "--token-file", self.token)
            self.expect(1, result, "bad-receipt")
            self.assertEqual(result.stdout, "")


class HostileServices(TestCase):
    def test_answers_are_bounded_and_redirects_not_followed(self):
        token = self.file("token", b"slg_secret\n")
        with FakeService(lambda *_: (200, {}, b"x" * (17 << 20))) as fake:
            self.expect(3, run("bundle", "0", "-o", self.dir / "b", "--url",
                               fake.url, "--token-file", token),
                        "answer-too-large")
        with FakeService(lambda *_: (200, {}, b"")) as elsewhere:
            target = elsewhere.url + "/v1/entries/0/bundle"
            with FakeService(
                    lambda *_: (302, {"Location": target}, b"")) as fake:
                self.expect(3, run("bundle", "0", "-o", self.dir / "b", "--url",
                                   fake.url, "--token-file", token),
                            "unexpected-answer")
        self.assertEqual(elsewhere.asked, [])
        self.assertFalse((self.dir / "b").exists())

    def test_a_problem_cannot_steer_the_terminal(self):
        problem = json.dumps({"type": "urn:sealedger:problem:x",
                              "detail": "a\x1b[2Jb"}).encode()
        with FakeService(lambda *_: (404, {}, problem)) as fake:
            result = run("bundle", "0", "-o", self.dir / "b", "--url", fake.url)
        self.expect(3, result, "x")
        self.assertNotIn("\x1b", result.stderr)

    def test_nobody_listens(self):
        self.expect(3, run("bundle", "0", "-o", self.dir / "b", "--url",
                           "http://127.0.0.1:1"), "no-connection")


class BundleAndVerify(WithLedger):
    def setUp(self):
        super().setUp()
        self.document = self.file("document", b"the contract\n")
        self.record(self.document, "--private", "signatory=somebody")
        self.evidence = self.bundle(3, "evidence.json", "--token-file",
                                    self.token)

    def test_passed_failed_indeterminate(self):
        with_document = ["--document", self.document]
        said = self.expect(0, self.verify(self.evidence, *with_document))
        self.assertTrue(said.stdout.startswith("passed"))
        changed = self.file("changed", b"the contract \n")
        said = self.expect(1, self.verify(self.evidence, "--document", changed))
        self.assertRegex(said.stdout, r"(?m)^fail +document")
        said = self.expect(4, self.verify(self.evidence))
        self.assertTrue(said.stdout.startswith("indeterminate"))
        other = self.passed("init", "--data", self.dir / "o", "--origin",
                            ORIGIN).split()[-1]
        self.expect(1, run("verify", self.evidence, "--vkey", other,
                           *with_document))

    def test_the_trust_file(self):
        trust = self.file("trust.toml",
                          f'[[log]]\nvkey = "{self.vkey}"\n'.encode())
        words = ["verify", self.evidence, "--document", self.document]
        self.expect(0, run(*words, "--trust", trust))
        for bad in (b"[[log]\n", b'[[log]]\nvkey = "x"\n', b"unknown = 1\n"):
            self.expect(2, run(*words, "--trust", self.file("bad", bad)))
        self.expect(3, run(*words, "--trust", self.dir / "missing"),
                    "unreadable-file")
        self.expect(2, run(*words, "--vkey", "x"))

    def test_json_and_explanations(self):
        words = ["verify", self.evidence, "--document", self.document, "--vkey",
                 self.vkey]
        verdict = self.value(*words)
        self.assertEqual(verdict["overall"], "passed")
        self.assertTrue(verdict["interim"])
        results = {check["id"]: check["result"] for check in verdict["checks"]}
        self.assertEqual(set(results.values()), {"pass"})
        self.assertLessEqual({"format", "entry", "inclusion", "document",
                              "checkpoint_signature", "party", "disclosures",
                              "consistency"}, set(results))
        self.assertRegex(self.passed(*words, "--explain", "--lang", "zh"),
                         r"[\u4e00-\u9fff]")
        english = self.passed(*words, "--explain", "--lang", "en")
        self.assertEqual(english, self.passed(*words, "--explain"))
        self.assertNotRegex(english, r"[\u4e00-\u9fff]")
        self.assertIn("explanation", self.value(*words, "--explain"))

    def test_what_cannot_be_read(self):
        self.expect(3, self.verify(self.dir / "missing"), "unreadable-file")
        self.expect(3, self.verify(self.evidence, "--document",
                                   self.dir / "missing"), "unreadable-file")

    def test_a_malformed_bundle_fails_whatever_was_given(self):
        for content in (b"", b"{}", b"not json", b"\0" * (17 << 20)):
            bundle = self.file("bad.json", content)
            for more in ([], ["--document", self.document],
                         ["--document", self.dir / "missing"]):
                said = self.expect(1, self.verify(bundle, *more)).stdout
                self.assertRegex(said, r"(?m)^fail +format")

    def test_a_document_with_an_entry_of_another_kind_is_usage(self):
        party = self.bundle(2, "party.json")
        self.expect(0, self.verify(party))
        said = self.expect(2, self.verify(party, "--document", self.document),
                           "usage").stderr
        self.assertIn("party.registered", said)
        # What has failed already has failed, though.
        changed = self.file("bad.json", party.read_bytes().replace(
            b'\\"v\\":1', b'\\"v\\":2', 1))
        self.expect(1, self.verify(changed, "--document", self.document))

    def test_any_changed_letter_is_refused(self):
        text = self.evidence.read_bytes()
        for at in range(0, len(text), 97):
            changed = bytearray(text)
            changed[at] ^= 1
            bundle = self.file("changed.json", bytes(changed))
            code = self.verify(bundle, "--document", self.document).returncode
            self.assertEqual(code, 1, at)

    def test_who_may_not_see_disclosures_gets_none(self):
        public = self.bundle(3, "public.json")
        self.assertNotIn("disclosures",
                         json.loads(public.read_text())["entries"][0])
        self.expect(0, self.verify(public, "--document", self.document))

    def test_refusals(self):
        target = self.dir / "b.json"
        self.expect(3, run("bundle", "99", "-o", target, "--url", self.url),
                    "no-such-entry")
        self.assertFalse(target.exists())
        self.expect(3, run("bundle", "3", "-o", self.dir / "no/b.json", "--url",
                           self.url), "unwritable-file")

    def test_unpack_and_check_with_other_programs(self):
        folder = self.dir / "unpacked"
        made = self.value("bundle", "unpack", self.evidence, folder)["made"]
        names = ["entry.json", "entry.tlog-proof", "README.md"]
        self.assertEqual(made, [str(folder / name) for name in names])
        bundle = json.loads(self.evidence.read_text())
        self.assertEqual((folder / "entry.json").read_text(),
                         bundle["entries"][0]["entry"])
        self.expect(3, run("bundle", "unpack", self.evidence, folder), "file")
        self.expect(1, run("bundle", "unpack", self.document, self.dir / "x"))
        self.assertFalse((self.dir / "x").exists())

        shutil.copy(self.document, folder / "document")
        readme = (folder / "README.md").read_text()
        blocks = re.findall(r"```sh\n(.*?)```\n+(?:prints `([^`]*)`)?", readme,
                            re.DOTALL)
        tried = 0
        for commands, expected in blocks:
            if "go run" in commands:
                continue  # Needs Go and the network.
            commands = commands.replace("NAME+HASH+KEY", self.vkey)
            said = subprocess.run(["bash", "-euo", "pipefail", "-c", commands],
                                  cwd=folder, stdout=subprocess.PIPE, text=True,
                                  check=True).stdout
            self.assertIn(expected, said)
            tried += 1
        self.assertEqual(tried, 4)


class Fsck(WithLedger):
    def test_clean_from_outside_and_inside(self):
        documents = [self.file(f"d{number}", str(number).encode())
                     for number in range(20)]
        self.record(*documents)
        outside = self.value("fsck", "--url", self.url, "--vkey", self.vkey)
        self.assertEqual(outside["problems"], [])
        self.assertEqual(outside["size"], 23)
        self.assertTrue(outside["authenticated"])
        unsaid = self.expect(0, run("fsck", "--url", self.url))
        self.assertIn("not authenticated", unsaid.stderr)
        self.assertEqual(self.service.stop(), 0)
        inside = self.value("fsck", "--data", self.data, "--replay")
        self.assertEqual(inside["problems"], [])
        self.assertEqual((inside["size"], inside["root"]),
                         (outside["size"], outside["root"]))
        self.assertGreater(inside["state_keys"], 0)
        self.assertGreater(inside["index_keys"], 0)
        self.passed("fsck", "--data", self.data)

    def test_another_key_and_changed_bytes_are_found(self):
        other = self.passed("init", "--data", self.dir / "o", "--origin",
                            ORIGIN).split()[-1]
        self.expect(1, run("fsck", "--url", self.url, "--vkey", other))
        self.expect(2, run("fsck", "--url", self.url, "--vkey", "x"))

        def relay(_, path, __):
            try:
                with urllib.request.urlopen(self.url + path, timeout=30) as got:
                    content = got.read()
            except urllib.error.HTTPError as error:
                error.close()
                return error.code, {}, b""
            if path == "/tile/0/000.p/2":
                content = content[:-1] + bytes([content[-1] ^ 1])
            return 200, {}, content

        with FakeService(relay) as fake:
            said = self.value("fsck", "--url", fake.url, "--vkey", self.vkey,
                              code=1)
        self.assertEqual(said["problems"],
                         ["tile/0/000.p/2 does not agree with the entries"])

    def test_a_damaged_folder_is_found(self):
        self.assertEqual(self.service.stop(), 0)
        for path in (self.data / "ledger").glob("*.ldb"):
            self.damage(path)
        for path in (self.data / "ledger").glob("*.log"):
            self.damage(path)
        result = run("fsck", "--data", self.data)
        self.assertEqual(result.returncode, 1, result.stderr + result.stdout)

    @staticmethod
    def damage(path):
        content = bytearray(path.read_bytes())
        if content:
            content[len(content) // 2] ^= 1
            path.write_bytes(content)

    def test_no_folder(self):
        self.expect(3, run("fsck", "--data", self.dir / "missing"))


if __name__ == "__main__":
    if not os.access(PROGRAM, os.X_OK):
        print(f"{PROGRAM} is not there: build it, or set SEALEDGER_BIN")
        sys.exit(1)
    unittest.main(verbosity=1)
