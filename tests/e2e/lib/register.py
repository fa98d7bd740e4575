"""The register as tests fill it: organisations, applications led to their
approval on each route, seals, and who does it. Every 201 is verified."""

import base64
import collections
import contextlib
import datetime
import hashlib
import itertools
import pathlib
import struct
import tempfile
import time
import unittest
import zlib

from lib import answers, raw_bytes, service
from lib.answers import demand

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015
COMMON = ("business_license", "legal_representative_id", "power_of_attorney")
MATERIALS = {
    "public_security": COMMON,
    "agency": COMMON + ("existing_seal_impression", "agent_id"),
    "platform": COMMON + ("authorization_letter",),
}
# What lies between `submitted` and `approved`.
STEPS = {
    "public_security": ("materials_accepted", "originals_checked"),
    "agency": ("materials_accepted", "fee_due", "fee_paid"),
    "platform": ("materials_accepted", "identity_verified", "authorized"),
}
ROUTES = tuple(STEPS)
PARTIES = {"acme": "platform", "other": "platform", "clerk": "applicant",
           "office": "issuer", "bureau": "issuer", "watch": "regulator"}
DAY_MS = 24 * 3600 * 1000

Made = collections.namedtuple("Made", "index entry also disclosures seseal "
                              "replayed")
Issued = collections.namedtuple("Issued", "code uscc application made")


def uscc(number, prefix="91350100"):
    """A unified social credit code with its check character."""
    body = f"{prefix}{number:09d}"
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + ALPHABET[-total % 31]


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def now_ms():
    return time.time_ns() // 1_000_000


def spell(ms):
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(
        milliseconds=ms)
    return moment.isoformat(timespec="milliseconds") + "Z"


def parse(text):
    moment = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")
    return (moment - datetime.datetime(1970, 1, 1)) // datetime.timedelta(
        milliseconds=1)


def until_after(ms):
    """Waits until a later time than this is stamped."""
    while now_ms() <= ms:
        time.sleep(0.001)


def chunk(kind, content):
    return (struct.pack(">I", len(content)) + kind + content
            + struct.pack(">I", zlib.crc32(kind + content)))


def png(width=16, height=16, noise=b""):
    """Grey, eight bits; its pixels begin with `noise`."""
    pixels = noise + bytes(width * height - len(noise))
    rows = b"".join(b"\0" + pixels[y * width:(y + 1) * width]
                    for y in range(height))
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0,
                                         0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 0 if noise else 9))
            + chunk(b"IEND", b""))


def picture(octets=None, **more):
    return {"type": "png", "base64": base64.b64encode(
        png() if octets is None else octets).decode(), "width_mm": 40,
            "height_mm": 40, **more}


def application(route, of, seal_type="04", ordinal=1, **more):
    body = {"route": route, "uscc": of, "seal_type": seal_type,
            "materials": [{"kind": kind, "sha256": digest(kind + of)}
                          for kind in MATERIALS[route]],
            "declaration": {"sha256": digest("declaration " + of)}, **more}
    if seal_type != "01":
        body["ordinal"] = ordinal
    return body


def step_body(event):
    return {"event": event, **({"fee_fen": 30000} if event == "fee_due"
                               else {})}


def design(of_application, code, name="示例科技有限公司合同专用章", **more):
    """What makes a seal here, valid from yesterday on for a year."""
    now = now_ms()
    return {"application": of_application, "code": code, "name": name,
            "picture": picture(), "valid_from": spell(now - DAY_MS),
            "valid_to": spell(now + 365 * DAY_MS), **more}


def key_files(data):
    """Ids of the keys in custody."""
    return {path.stem
            for path in (pathlib.Path(data) / "keys" / "seals").glob("*.pem")}


def change_settings(ledger, changes):
    """(section, what stands there, what is to): the first of the section."""
    path = ledger.data / "sealedger.toml"
    text = path.read_text()
    for section, before, after in changes:
        head, mark, rest = text.partition(f"[{section}]\n")
        demand(mark and before in rest, "no", before, "in", section)
        text = head + mark + rest.replace(before, after, 1)
    path.write_text(text)


class Tokens:
    """The parties of a ledger; they outlive a restart of the service."""

    def __init__(self, ledger, running):
        self.ledger = ledger
        self.numbers = itertools.count(1)
        self.of = {party: ledger.add_party(running, party, role)
                   for party, role in PARTIES.items()}
        self.of["admin"] = ledger.admin
        self.of["public"] = None


class Register:
    """A connection for each party to the running service. One thread at a
    time; `verified` as False takes receipts as they come, to be quick."""

    def __init__(self, tokens, running, verified=True):
        self.tokens = tokens
        self.running = running
        self.verified = verified
        self.clients = {}
        self.kinds = set()  # of entries whose receipts were verified

    def another(self):
        return Register(self.tokens, self.running, self.verified)

    def close(self):
        for client in self.clients.values():
            client.close()
        self.clients = {}

    def client(self, who):
        if who not in self.clients:
            self.clients[who] = self.running.client(self.tokens.of[who])
        return self.clients[who]

    # -- requests

    def post(self, who, target, body, key=None):
        answer = self.client(who).call("POST", target, body, key)
        demand(answer.status == 201, who, target, body, "answered", answer)
        return self.read(answer)

    def read(self, answer):
        """Of a 201."""
        receipt = answers.parse_json(answer.body)
        seseal = receipt.pop("seseal", None)
        return self.receipt(receipt)._replace(
            seseal=None if seseal is None else answers.decode_base64(seseal),
            replayed=answer.headers["Idempotency-Replayed"] == "true")

    def receipt(self, receipt):
        also = receipt.pop("also", [])
        index = receipt["index"]
        run = sorted(also + [index])
        demand(also == sorted(also)
               and run == list(range(run[0], run[0] + len(run))),
               "not a run:", also, index)
        if self.verified:
            entry, _ = self.tokens.ledger.verifier.receipt(receipt)
            self.kinds.add(entry["kind"])
        else:
            entry = answers.parse_json(receipt["entry"])
        return Made(index, entry, also, receipt["disclosures"], None, False)

    def get(self, target, who="office"):
        return self.client(who).json(target)

    def entry(self, index, who="office"):
        return self.receipt(self.get(f"/v1/entries/{index}", who)).entry

    def refused(self, who, status, name, *request, **more):
        return self.client(who).refused(status, name, *request, **more)

    def pages(self, target, who="office", cursor=None):
        """The items of all pages, or of those from a cursor on."""
        items = []
        while True:
            more = ""
            if cursor is not None:
                more = ("&" if "?" in target else "?") + "cursor=" + cursor
            page = self.get(target + more, who)
            self.tokens.ledger.verifier.checkpoint(page["checkpoint"])
            items += page["items"]
            cursor = page["next"]
            if cursor is None:
                return items

    # -- organisations

    def new_uscc(self, prefix="91350100"):
        return uscc(next(self.tokens.numbers), prefix)

    def organization(self, name="示例科技有限公司", prefix="91350100",
                     who="office"):
        of = self.new_uscc(prefix)
        self.post(who, "/v1/organizations", {"uscc": of, "name": name})
        return of

    def organization_event(self, of, event, who="office", **more):
        return self.post(who, f"/v1/organizations/{of}/events",
                         {"event": event, **more})

    # -- applications

    def submitted(self, of=None, route="public_security", who="acme", **more):
        """The id of an application."""
        body = application(route, of or self.organization(), **more)
        made = self.post(who, "/v1/applications", body)
        return made.entry["application"]["id"]

    def step(self, of_application, event, who="office", **more):
        return self.post(who, f"/v1/applications/{of_application}/events",
                         {**step_body(event), **more})

    def approved(self, of=None, route="public_security", who="acme",
                 filing=False, **more):
        """Led to its approval, which in filing mode comes by itself."""
        of_application = self.submitted(of, route, who, **more)
        for event in STEPS[route] + (() if filing else ("approved",)):
            made = self.step(of_application, event)
        demand(bool(made.also) == filing, "the approval of", made)
        return of_application

    # -- seals

    def new_code(self, division="350100"):
        return f"{division}{next(self.tokens.numbers):08d}"

    def issue(self, of_application, who="office", key=None, code=None,
              **more):
        body = design(of_application, code or self.new_code(), **more)
        return self.post(who, "/v1/seals", body, key)

    def seal(self, of=None, division="350100", who="office", **more):
        """Of an organisation, applied for, approved and issued; `more` goes
        to the application or to the design."""
        of = of or self.organization()
        ours = {name: more.pop(name) for name in (
            "route", "seal_type", "ordinal", "filing") if name in more}
        of_application = self.approved(of, **ours)
        code = self.new_code(division)
        made = self.issue(of_application, who, code=code, **more)
        return Issued(code, of, of_application, made)

    def active(self, of=None, **more):
        seal = self.seal(of, **more)
        for event in ("filed", "activated"):
            self.event(seal.code, event)
        return seal

    def event(self, code, event, who="office", **more):
        return self.post(who, f"/v1/seals/{code}/events",
                         {"event": event, **more})

    def status(self, code, who="public", **asked):
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        answer = self.get(f"/v1/seals/{code}/status"
                          + ("?" + query if query else ""), who)
        self.tokens.ledger.verifier.checkpoint(answer["checkpoint"])
        return answer

    def history(self, code, who="office"):
        """Entries, each as its list has it."""
        answer = self.get(f"/v1/seals/{code}/history", who)
        items = self.tokens.ledger.verifier.list(answer)
        demand(answer["next"] is None, answer)
        return [answers.parse_json(item["entry"]) for item in items]

    def file(self, code, who="office", status=200):
        return self.client(who).get(f"/v1/seals/{code}/file", status)


class Case(unittest.TestCase):
    """A ledger of its own for each class, with all parties; at the end it is
    replayed and compared."""

    SETTINGS = ()  # as change_settings takes them
    folder = ledger = running = tokens = register = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sealedger-register-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.ledger = service.Ledger(cls.folder, "ledger.example.com/register")
        # A person may be silent for long while the others act.
        patient = ("server", "keep_alive_s = 15", "keep_alive_s = 300")
        change_settings(cls.ledger, [patient, *cls.SETTINGS])
        cls.running = cls.ledger.serve()
        cls.addClassCleanup(lambda: cls.running.kill())
        cls.tokens = Tokens(cls.ledger, cls.running)
        cls.register = Register(cls.tokens, cls.running)

    @classmethod
    def tearDownClass(cls):
        cls.register.close()
        cls.running.stop()
        print(service.fsck(cls.ledger.data))

    @contextlib.contextmanager
    def unchanged(self):
        before = self.register.get("/v1/status")["size"]
        yield
        self.assertEqual(self.register.get("/v1/status")["size"], before)

    def application_refused(self, who, status, name, id_, event):
        with self.subTest(who=who, event=event):
            self.register.refused(
                who, status, name, "POST", f"/v1/applications/{id_}/events",
                step_body(event))

    def event_refused(self, status, name, code, event, who="office", **more):
        with self.subTest(who=who, event=event, more=more):
            self.register.refused(who, status, name, "POST",
                                  f"/v1/seals/{code}/events",
                                  {"event": event, **more})


class Refusals(Case):
    """Nothing comes of what is refused: no entry, no key, and no blob with the
    name that the seal would have had."""

    NEVER = "从不发行的印章"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.counted = collections.Counter()
        cls.numbers = itertools.count(1)
        cls.issued_name = "已经发行的印章"
        cls.register.seal(name=cls.issued_name)

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        files = raw_bytes.of_folder(cls.ledger.data)
        demand(raw_bytes.find(files, cls.issued_name), "nothing is found")
        left = raw_bytes.find(files, cls.NEVER)
        demand(not left, "blobs of refused requests in", left)
        print(f"{sum(cls.counted.values())} refusals under "
              f"{len(cls.counted)} names")

    def name(self):
        """Of a seal that is to be refused."""
        return f"{self.NEVER}{next(self.numbers)}"

    def refused(self, status, name, body, target="/v1/seals", who="office",
                method="POST"):
        """The problem."""
        size = self.register.get("/v1/status")["size"]
        keys = key_files(self.ledger.data)
        with self.subTest(name, body=str(body)[:200]):
            problem = self.register.refused(who, status, name, method, target,
                                            body)
            self.assertEqual(self.register.get("/v1/status")["size"], size)
            self.assertEqual(key_files(self.ledger.data), keys)
            self.counted[name] += 1
            return problem

    def order(self, of_application, **more):
        """To make a seal here."""
        return {**design(of_application, self.register.new_code(),
                         name=self.name()), **more}
