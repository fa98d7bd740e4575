"""Seals and certificates as others make them: the program `openssl` has the
keys and signs, the rest is put together here. Not a line of it is the
service's own."""

import base64
import collections
import datetime
import hashlib
import itertools
import pathlib
import shutil
import subprocess

from lib import der

USER_ID = "distid:1234567812345678"
SM2_WITH_SM3 = bytes.fromhex("06082a811ccf55018375")
N = int("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123",
        16)  # order of the SM2 curve


def missing():
    """What the machine lacks, if anything."""
    return None if shutil.which("openssl") else "no program openssl"


def openssl(*words, stdin=None):
    done = subprocess.run(
        ["openssl", *map(str, words)], input=stdin, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    if done.returncode != 0:
        raise AssertionError(f"openssl {words}: {done.stderr.decode()}")
    return done.stdout


def certificate_der(path):
    return openssl("x509", "-in", path, "-outform", "DER")


class Holder:
    """A certificate and its key, in files."""

    def __init__(self, certificate, key, passphrase=None):
        self.path = pathlib.Path(certificate)
        self.pem = self.path.read_text()
        self.der = certificate_der(certificate)
        self.key_path = key
        self.passin = (["-passin", f"file:{passphrase}"] if passphrase else [])
        self.options = ["-sigopt", USER_ID]

    def sign(self, message):
        """SEQUENCE { r, s }."""
        return openssl("dgst", "-sm3", "-sign", self.key_path, *self.passin,
                       *self.options, stdin=message)


class Authority:
    """A CA and what it certifies."""

    def __init__(self, folder, holder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.holder = holder
        self.numbers = itertools.count(1)

    @classmethod
    def new(cls, folder, name):
        folder = pathlib.Path(folder)
        folder.mkdir()
        key, certificate = folder / "ca-key.pem", folder / "ca.pem"
        new_key(key)
        openssl("req", "-new", "-x509", "-key", key, "-sm3", "-sigopt",
                USER_ID, "-subj", f"/C=CN/O={name}/CN={name}", "-days", 3650,
                "-addext", "keyUsage=critical,keyCertSign", "-out",
                certificate)
        return cls(folder, Holder(certificate, key))

    @classmethod
    def of_service(cls, data, folder):
        """What `init` made for a service."""
        keys = pathlib.Path(data) / "keys"
        return cls(folder, Holder(keys / "seal-ca.pem",
                                  keys / "seal-ca-key.pem",
                                  keys / "seal-passphrase"))

    def certify(self, name, usage="digitalSignature", curve="SM2", days=1000):
        number = next(self.numbers)
        base = self.folder / f"{number}"
        key, request = base.with_suffix(".key"), base.with_suffix(".csr")
        certificate = base.with_suffix(".pem")
        extensions = base.with_suffix(".ext")
        extensions.write_text(f"keyUsage=critical,{usage}\n"
                              "basicConstraints=critical,CA:FALSE\n")
        new_key(key, curve)
        by = ["-sm3", "-sigopt", USER_ID] if curve == "SM2" else ["-sha256"]
        openssl("req", "-new", "-key", key, *by, "-subj", f"/C=CN/CN={name}",
                "-out", request)
        taken = ["-vfyopt", USER_ID] if curve == "SM2" else []
        openssl("x509", "-req", "-in", request, *taken, "-CA",
                self.holder.path, "-CAkey", self.holder.key_path,
                *self.holder.passin, "-sm3", "-sigopt", USER_ID, "-days", days,
                "-set_serial", number, "-extfile", extensions, "-out",
                certificate)
        holder = Holder(certificate, key)
        if curve != "SM2":
            holder.options = []  # ECDSA knows no user ID
        return holder


    def redated(self, holder, begins, ends):
        """PEM of the holder's certificate with other dates, in seconds."""
        signed, algorithm, _ = der.parts(holder.der)
        members = der.parts(signed)
        members[4] = der.sequence(generalized_time(begins),
                                  generalized_time(ends))
        signed = der.sequence(*members)
        octets = der.sequence(signed, algorithm, der.bit_string(
            self.holder.sign(signed)))
        return ("-----BEGIN CERTIFICATE-----\n"
                + base64.encodebytes(octets).decode()
                + "-----END CERTIFICATE-----\n")


def new_key(path, curve="SM2"):
    openssl("ecparam", "-name", curve, "-genkey", "-noout", "-out", path)


def spki(certificate):
    """Of an X.509 certificate: the seventh member of what is signed."""
    return der.parts(der.parts(certificate)[0])[6]


# What a seal says (SES_SealInfo of GB/T 38540). Times are in seconds.
Design = collections.namedtuple(
    "Design", "es_id name certificates created valid_from valid_to picture "
    "vendor", defaults=["TST"])


def generalized_time(seconds):
    """Bytes are taken as they are."""
    if isinstance(seconds, bytes):
        return der.value(der.GENERALIZED_TIME, seconds)
    moment = (datetime.datetime(1970, 1, 1)
              + datetime.timedelta(seconds=seconds))
    return der.value(der.GENERALIZED_TIME,
                     moment.strftime("%Y%m%d%H%M%SZ").rjust(15, "0").encode())


def info_of(design):
    def ia5(text):
        return der.value(der.IA5_STRING, text.encode())

    return der.sequence(
        der.sequence(ia5("ES"), der.integer(4), ia5(design.vendor)),
        ia5(design.es_id),
        der.sequence(
            der.integer(1),
            der.value(der.UTF8_STRING, design.name.encode()),
            der.integer(1),
            der.sequence(*(der.value(der.OCTET_STRING, certificate)
                           for certificate in design.certificates)),
            generalized_time(design.created),
            generalized_time(design.valid_from),
            generalized_time(design.valid_to)),
        der.sequence(ia5("PNG"), der.value(der.OCTET_STRING, design.picture),
                     der.integer(40), der.integer(40)))


def seal_of(info, certificate, signature, oid=SM2_WITH_SM3):
    """SESeal of its parts."""
    return der.sequence(info, der.value(der.OCTET_STRING, certificate), oid,
                        der.bit_string(signature))


def make(maker, design):
    info = info_of(design)
    return seal_of(info, maker.der, maker.sign(info))


def signature_value(r, s):
    return der.sequence(der.integer(r), der.integer(s))


class Read:
    """A seal that somebody else made."""

    def __init__(self, seseal):
        self.info, certificate, _, signature = der.parts(seseal)
        self.maker = der.content(certificate)
        self.signature = der.content(signature)[1:]
        _, es_id, properties, picture = der.parts(self.info)[:4]
        self.es_id = der.content(es_id).decode()
        members = der.parts(properties)
        self.name = der.content(members[1]).decode()
        self.certificates = [der.content(c) for c in der.parts(members[3])]
        self.picture = der.content(der.parts(picture)[1])

    def key_id(self, code):
        """Under which its key is in custody."""
        digest = hashlib.sha256(spki(self.certificates[0])).hexdigest()
        return f"{code}-{digest[:16]}"


def sm3(octets):
    return hashlib.new("sm3", octets).hexdigest()
