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
import tempfile

from lib import der

USER_ID = "distid:1234567812345678"
SM2_WITH_SM3 = bytes.fromhex("06082a811ccf55018375")
EXPLICIT_0 = 0xA0
BOOLEAN = 0x01
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
        return pem("CERTIFICATE", der.sequence(
            signed, algorithm, der.bit_string(self.holder.sign(signed))))


def new_key(path, curve="SM2"):
    openssl("ecparam", "-name", curve, "-genkey", "-noout", "-out", path)


def spki(certificate):
    """Of an X.509 certificate: the seventh member of what is signed."""
    return der.parts(der.parts(certificate)[0])[6]


def pem(label, octets):
    return (f"-----BEGIN {label}-----\n{base64.encodebytes(octets).decode()}"
            f"-----END {label}-----\n")


def certificate_of(text):
    """DER of a PEM."""
    return base64.b64decode("".join(text.splitlines()[1:-1]))


def is_signed(certificate, message, value):
    """Whether SEQUENCE { r, s } is the SM2 signature of the certificate's key
    over the message, by `openssl`."""
    with tempfile.TemporaryDirectory(prefix="sealedger-verify-") as folder:
        key = pathlib.Path(folder) / "key.pem"
        key.write_text(pem("PUBLIC KEY", spki(certificate)))
        signature = pathlib.Path(folder) / "signature"
        signature.write_bytes(value)
        done = subprocess.run(
            ["openssl", "dgst", "-sm3", "-verify", key, "-signature",
             signature, "-sigopt", USER_ID], input=message, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    return done.returncode == 0 and b"Verified OK" in done.stdout


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


def raw_value(value):
    """r || s of SEQUENCE { r, s }."""
    return b"".join(
        int.from_bytes(der.content(part), "big").to_bytes(32, "big")
        for part in der.parts(value))


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


def sha256(octets):
    return hashlib.sha256(octets).hexdigest()


# What a signer says (TBS_Sign of GB/T 38540). The time is in seconds, or the
# text of a GeneralizedTime; extensions are (OID as DER, value).
Signing = collections.namedtuple(
    "Signing", "seseal time data_hash property_info extensions version",
    defaults=["/Doc_0/Signs/Sign_0/Signature.xml", (), 4])


def to_sign_of(signing):
    extensions = [
        der.sequence(oid, der.value(BOOLEAN, b"\0"),
                     der.value(der.OCTET_STRING, value))
        for oid, value in signing.extensions]
    return der.sequence(
        der.integer(signing.version), signing.seseal,
        generalized_time(signing.time), der.bit_string(signing.data_hash),
        der.value(der.IA5_STRING, signing.property_info.encode()),
        *([der.value(EXPLICIT_0, der.sequence(*extensions))]
          if extensions else []))


def signature_of(to_sign, certificate, value, oid=SM2_WITH_SM3,
                 time_stamp=None):
    """SES_Signature of its parts."""
    stamp = [] if time_stamp is None else [
        der.value(EXPLICIT_0, der.bit_string(time_stamp))]
    return der.sequence(to_sign, der.value(der.OCTET_STRING, certificate), oid,
                        der.bit_string(value), *stamp)


def sign(signer, signing, **more):
    to_sign = to_sign_of(signing)
    return signature_of(to_sign, signer.der, signer.sign(to_sign), **more)


class ReadSignature:
    """A signature that somebody else made: four values, and no time stamp."""

    def __init__(self, signature):
        self.to_sign, certificate, self.oid, value = der.parts(signature)
        self.certificate = der.content(certificate)
        self.value = der.content(value)[1:]
        (version, self.seseal, time, data_hash, property_info,
         *more) = der.parts(self.to_sign)
        self.version = int.from_bytes(der.content(version), "big")
        self.time = der.content(time).decode()
        self.data_hash = der.content(data_hash)[1:]
        self.property_info = der.content(property_info).decode()
        self.extensions = []  # (OID as DER, critical, value)
        for extension in der.parts(der.content(more[0])) if more else []:
            oid, critical, inner = der.parts(extension)
            self.extensions.append(
                (oid, der.content(critical) != b"\0", der.content(inner)))

    def seconds(self):
        """Of 1970."""
        moment = datetime.datetime.strptime(self.time, "%Y%m%d%H%M%SZ")
        return (moment - datetime.datetime(1970, 1, 1)) // datetime.timedelta(
            seconds=1)

    def is_signed(self):
        return is_signed(self.certificate, self.to_sign, self.value)
