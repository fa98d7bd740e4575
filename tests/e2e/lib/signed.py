"""Requests that a party signs (RFC 9421, RFC 9530): `openssl` has the keys and
signs, the rest is put together here."""

import base64
import collections
import hashlib
import itertools
import json
import pathlib
import time

from lib import seals, sealing, service

COVERED = '("@method" "@path" "content-digest" "idempotency-key")'
# How `openssl` makes a key of each kind, and signs with it.
MAKE = {"ed25519": ["genpkey", "-algorithm", "ed25519"],
        "p256": ["genpkey", "-algorithm", "EC", "-pkeyopt",
                 "ec_paramgen_curve:P-256", "-pkeyopt",
                 "ec_param_enc:named_curve"],
        "sm2": ["genpkey", "-algorithm", "EC", "-pkeyopt",
                "ec_paramgen_curve:SM2", "-pkeyopt",
                "ec_param_enc:named_curve"]}
ALGORITHMS = tuple(MAKE)

Signed = collections.namedtuple("Signed", "headers base signature body key")


class Key:
    """A private key in a file."""

    def __init__(self, folder, alg):
        folder = pathlib.Path(folder)
        folder.mkdir(exist_ok=True)
        self.alg = alg
        self.path = folder / f"{alg}-{time.time_ns()}.pem"
        self.scratch = self.path.with_suffix(".base")
        seals.openssl(*MAKE[alg], "-out", self.path)
        self.pem = seals.openssl("pkey", "-in", self.path,
                                 "-pubout").decode()

    def sign(self, message):
        """64 octets."""
        if self.alg == "ed25519":
            self.scratch.write_bytes(message)  # it wants to know the size
            return seals.openssl("pkeyutl", "-sign", "-rawin", "-inkey",
                                 self.path, "-in", self.scratch)
        how = (["-sm3", "-sigopt", seals.USER_ID] if self.alg == "sm2"
               else ["-sha256"])
        return seals.raw_value(seals.openssl(
            "dgst", how[0], "-sign", self.path, *how[1:], stdin=message))


def content_digest(body):
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return f"sha-256=:{digest}:"


def parameters(keyid, created=None):
    created = int(time.time()) if created is None else created
    return f'{COVERED};created={created};keyid="{keyid}";tag="sealedger"'


def base_of(method, path, digest, key, params):
    return (f'"@method": {method}\n"@path": {path}\n'
            f'"content-digest": {digest}\n"idempotency-key": {key}\n'
            f'"@signature-params": {params}')


def octets_of(body):
    if isinstance(body, (dict, list)):
        body = json.dumps(body, ensure_ascii=False)
    return body.encode() if isinstance(body, str) else body or b""


def sign(signer, keyid, method, path, body, key, params=None, label="sig1"):
    """`signer`: a Key. `params`: the text of another Signature-Input."""
    body = octets_of(body)
    digest = content_digest(body)
    params = params or parameters(keyid)
    base = base_of(method, path, digest, key, params)
    signature = signer.sign(base.encode())
    return Signed({
        "Content-Digest": digest, "Signature-Input": f"{label}={params}",
        "Signature":
            f"{label}=:{base64.b64encode(signature).decode()}:"},
        base, signature, body, key)


def request_in(bundle):
    """The base, the signature's octets and the body that a bundle shows."""
    request = bundle["request"]
    return (request["base"], base64.b64decode(request["signature"]),
            request["body"].encode())


class Client(service.Client):
    """Signs all that is written."""

    def __init__(self, url, token, signer, keyid, kept):
        super().__init__(url, token)
        self.signer = signer
        self.keyid = keyid
        self.kept = kept  # by the digest of the base

    def call(self, method, target, body=None, key=None, headers=None,
             timeout=60):
        if method == "GET" or headers is not None:
            return super().call(method, target, body, key, headers, timeout)
        key = key or f"{self.keyid}-{next(Desk.numbers)}"
        signed = sign(self.signer, self.keyid, method, target, body, key)
        self.kept[hashlib.sha256(signed.base.encode()).hexdigest()] = signed
        return super().call(method, target, signed.body or None, key,
                            signed.headers, timeout)


class Desk(sealing.Desk):
    """`signers`: the keys of those who sign."""

    numbers = itertools.count(1)

    def __init__(self, tokens, running, signers):
        super().__init__(tokens, running)
        self.signers = signers
        self.kept = {}

    def client(self, who):
        if who in self.signers and who not in self.clients:
            self.clients[who] = Client(
                self.running.url, self.tokens.of[who], self.signers[who],
                "operator" if who == "admin" else who, self.kept)
        return super().client(who)


def register_key(desk, who, key, **more):
    """By the administrator, who signs nothing; the entry."""
    party = "operator" if who == "admin" else who
    return desk.post("admin", f"/v1/parties/{party}/events",
                     {"event": "changed", "key": key.pem, **more})
