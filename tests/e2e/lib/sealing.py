"""Seals in use as tests use them: documents, signatures asked for and brought,
who else may sign, and what the program says of the bundles. Every 201 is
verified."""

import base64
import collections
import hashlib
import itertools
import json
import pathlib
import time

from lib import answers, der, register, seals, service
from lib.answers import demand

CHECKPOINT_OID = bytes.fromhex("060588371a0301")  # 2.999.26.3.1
PROPERTY_INFO = "/Doc_0/Signs/Sign_0/Signature.xml"
DAY_S = 24 * 3600
MADE_HERE = {"by", "by_entry", "checkpoint_size", "claimed_time", "document",
             "kind", "made", "protected", "register", "seal_code",
             "signature_sm3", "signer_sha256", "time", "v"}
MADE_ELSEWHERE = (MADE_HERE - {"checkpoint_size"}) | {"verdicts"}
# Of a signature that was made elsewhere, before it is entered.
GIVEN_CHECKS = ["format", "seal_signature", "maker_certificate",
                "seal_validity", "signature", "signer_listed",
                "signer_certificate", "data_hash", "register_status"]

Signed = collections.namedtuple(
    "Signed", "index entry signature replayed checks document")


class Document:
    """Before it is sealed, what the signature is over, and the finished file.
    No two are alike."""

    numbers = itertools.count(1)

    def __init__(self):
        self.number = next(self.numbers)
        # Two runs may meet in one folder.
        word = f"{self.number} of {time.time_ns()}"
        self.original = f"contract {word}\n".encode()
        self.protected = f"<Signature>{word}</Signature>\n".encode()
        self.finished = f"sealed contract {word}\n".encode()
        for octets in (self.original, self.protected):
            know(octets)

    def protected_digests(self):
        return digests(self.protected)

    def document_digests(self):
        return {**digests(self.original), "size": len(self.original),
                "media_type": "application/ofd"}


# By their SHA-256 and their SM3: what a stranger has at hand of documents.
known = {}


def know(octets):
    """The SHA-256."""
    found = digests(octets)
    known.update({found["sha256"]: octets, found["sm3"]: octets})
    return found["sha256"]


def document_at_hand(bundle):
    entry = answers.parse_json(bundle["entries"][0]["entry"])
    of = entry.get("document") or entry.get("protected") or {}
    return known.get(of.get("sha256") or of.get("sm3"))


def digests(octets):
    return {"sha256": hashlib.sha256(octets).hexdigest(),
            "sm3": seals.sm3(octets)}


def order_of(document, **more):
    """What a seal is asked to sign."""
    return {"protected": document.protected_digests(),
            "document": document.document_digests(),
            "property_info": PROPERTY_INFO, **more}


def gift_of(signature, document, **more):
    """What a signature is brought with."""
    return {"signature": base64.b64encode(signature).decode(),
            "protected": document.protected_digests(),
            "document": document.document_digests(), **more}


class Desk(register.Register):
    """Of those who use seals, too."""

    def another(self):
        return Desk(self.tokens, self.running, self.verified)

    # -- signatures

    def sign(self, code, document=None, who="acme", key=None, **more):
        document = document or Document()
        answer = self.client(who).call("POST", f"/v1/seals/{code}/signatures",
                                       order_of(document, **more), key)
        demand(answer.status == 201, who, "signs with", code, answer)
        return self.signed(answer, document)

    def enter(self, signature, document, who="acme", key=None):
        answer = self.client(who).call("POST", "/v1/seal-signatures",
                                       gift_of(signature, document), key)
        demand(answer.status == 201, who, "brings a signature", answer)
        return self.signed(answer, document, signature)

    def signed(self, answer, document, signature=None):
        """Of a 201. What was brought is not in it."""
        receipt = answers.parse_json(answer.body)
        checks = receipt.pop("checks", None)
        made = receipt.pop("signature", None)
        if made is not None:
            demand(signature is None, "two signatures")
            signature = answers.decode_base64(made)
        read = self.receipt(receipt)
        demand(read.also == [] and read.disclosures == [], receipt)
        return Signed(read.index, read.entry, signature,
                      answer.headers["Idempotency-Replayed"] == "true",
                      checks, document)

    def bytes_of(self, index, who="acme", status=200):
        return self.client(who).get(f"/v1/entries/{index}/signature", status)

    # -- who else may sign

    def authorize(self, code, party, who="acme", key=None, **more):
        return self.post(who, f"/v1/seals/{code}/authorizations",
                         {"party": party, **more}, key)

    def deauthorize(self, code, party, who="acme", key=None):
        target = f"/v1/seals/{code}/authorizations/{party}"
        answer = self.client(who).call("DELETE", target, None, key)
        demand(answer.status == 201, who, target, "answered", answer)
        return self.read(answer)

    # -- seals made elsewhere

    def seal_of(self, elsewhere, events=("filed", "activated"),
                filing=False, **more):
        """Taken into the register, and led to where it signs."""
        code = self.new_code()
        made = self.post("office", "/v1/seals", {
            "application": self.approved(filing=filing), "code": code,
            "seseal": base64.b64encode(
                elsewhere.seal(code, **more)).decode()})
        for event in events:
            self.event(code, event)
        return register.Issued(code, made.entry["seal"]["uscc"], None, made)


class Elsewhere:
    """A maker and a signer who have nothing of the service but that its
    authority certified them."""

    def __init__(self, data, folder):
        self.authority = seals.Authority.of_service(data, folder)
        self.maker = self.authority.certify("A maker elsewhere")
        self.signer = self.authority.certify("A signer elsewhere")

    def design(self, code, **more):
        now = int(time.time())
        return seals.Design(
            code, "外来印章", [self.signer.der], now, now - DAY_S,
            now + 300 * DAY_S, register.png())._replace(**more)

    def seal(self, code, **more):
        return seals.make(self.maker, self.design(code, **more))

    def signing(self, seseal, document, **more):
        return seals.Signing(
            seseal, int(time.time()),
            bytes.fromhex(seals.sm3(document.protected)))._replace(**more)

    def sign(self, seseal, document, signer=None, **more):
        """SES_Signature."""
        return seals.sign(signer or self.signer,
                          self.signing(seseal, document, **more))


class Verdict:
    """What `sealedger verify` said."""

    def __init__(self, code, text):
        said = answers.parse_json(text)
        demand("overall" in said, code, text)
        self.overall = said["overall"]
        demand(code == {"passed": 0, "failed": 1, "indeterminate": 4}[
            self.overall], "exit code", code, text)
        self.checks = {check["id"]: check for check in said["checks"]}
        demand(len(self.checks) == len(said["checks"]), "a check twice", text)
        self.claims = said["claims"]

    def reasons(self):
        return {id_: (check["result"], check["reason"])
                for id_, check in self.checks.items()}

    def reason(self, id_):
        return self.reasons().get(id_)

    def failed(self):
        return sorted(id_ for id_, check in self.checks.items()
                      if check["result"] == "fail")

    def withheld(self):
        return sorted(id_ for id_, check in self.checks.items()
                      if check["reason"] == "bytes_withheld")


class Judge:
    """`sealedger verify` as a stranger has it: who trusts the ledger's key and
    the seal authority, and has nothing else."""

    def __init__(self, ledger, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        (self.folder / "ca.pem").write_bytes(
            (ledger.data / "keys" / "seal-ca.pem").read_bytes())
        self.vkey = (ledger.data / "log.vkey").read_text().strip()
        self.trust = self.folder / "trust.toml"
        self.trust.write_text(f'[[log]]\nvkey = "{self.vkey}"\n'
                              '[[ca]]\nfile = "ca.pem"\nuse = "seal"\n')

    def verdict(self, bundle, document=None):
        """`document`: its bytes; else those that are known."""
        path = self.folder / "bundle.json"
        path.write_text(json.dumps(bundle, ensure_ascii=False))
        words = ["verify", path, "--trust", self.trust, "--json"]
        if document is None:
            document = document_at_hand(bundle)
        if document is not None:
            words += ["--document", self.file("document", document)]
        done = service.run(*words)
        demand(done.stdout, words, "ended with", done.returncode, done.stderr)
        return Verdict(done.returncode, done.stdout)

    def verify_file(self, signature, protected):
        """The checks of `sealedger eseal verify`, {id: (result, reason)}; they
        pass."""
        said = answers.parse_json(service.passed(
            "eseal", "verify", self.file("signature.dat", signature),
            "--protected", self.file("protected.bin", protected),
            "--ca", self.folder / "ca.pem", "--json"))
        demand(said["overall"] == "passed", said)
        return {check["id"]: (check["result"], check["reason"])
                for check in said["checks"]}

    def file(self, name, octets):
        path = self.folder / name
        path.write_bytes(octets)
        return path


def checkpoint_in(signature):
    """origin, size and root in the extDatas of a signature."""
    read = seals.ReadSignature(signature)
    demand(len(read.extensions) == 1, "extensions", read.extensions)
    oid, critical, value = read.extensions[0]
    demand(oid == CHECKPOINT_OID and not critical, "extension", oid.hex())
    origin, size, root = der.parts(value)
    demand((origin[0], size[0], root[0])
           == (der.UTF8_STRING, der.INTEGER, der.OCTET_STRING), value.hex())
    return answers.Checkpoint(
        der.content(origin).decode(),
        int.from_bytes(der.content(size), "big"), der.content(root))


class Case(register.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register = Desk(cls.tokens, cls.running)
        cls.judge = Judge(cls.ledger, cls.folder / "judge")

    @classmethod
    def restart(cls):
        cls.register.close()
        cls.running.stop()
        cls.running = cls.ledger.serve()
        cls.register = Desk(cls.tokens, cls.running)

    def bundle(self, index, who="acme"):
        return self.register.get(f"/v1/entries/{index}/bundle", who)

    def verdict(self, index, who="acme", document=None):
        return self.judge.verdict(self.bundle(index, who), document)
