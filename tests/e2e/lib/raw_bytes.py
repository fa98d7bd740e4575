"""What the files of a folder hold, byte by byte, whatever their format."""

import base64
import hashlib
import os
import pathlib

# LevelDB's log cuts a record where a block of 32 KiB ends: a long text is
# looked for in pieces, and it is there when one of them is.
PIECE = 24


def read(path):
    """None for a file that is gone by now."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def of_folder(*folders):
    """{path: bytes}; a path may also be that of a single file."""
    files = {}
    for folder in map(pathlib.Path, folders):
        paths = [folder] if folder.is_file() else folder.rglob("*")
        for path in paths:
            if path.is_file():
                octets = read(path)
                if octets is not None:
                    files[str(path)] = octets
    return files


def of_process(pid):
    """Files that are deleted and still on the disk, since a process holds
    them."""
    files = {}
    for link in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = os.readlink(link)
        except FileNotFoundError:
            continue
        if target.startswith("/") and target.endswith(" (deleted)"):
            octets = read(link)
            if octets is not None:
                files[f"{target} of {pid}"] = octets
    return files


def pieces(text):
    if len(text) < 2 * PIECE:
        return [text]
    return [text[at:at + PIECE]
            for at in range(0, len(text) - PIECE + 1, PIECE)] + [text[-PIECE:]]


def base64url_forms(octets):
    """What base64url of any text around these bytes must hold."""
    forms = []
    for offset in range(3):
        encoded = base64.urlsafe_b64encode(bytes(offset) + octets)
        begin = -(-offset * 8 // 6)
        end = (offset + len(octets)) * 8 // 6
        forms.append(encoded[begin:end])
    return forms


def digest_forms(octets):
    digest = hashlib.sha256(octets).digest()
    return [digest, digest.hex().encode(), digest.hex().upper().encode(),
            base64.b64encode(digest).rstrip(b"="),
            base64.urlsafe_b64encode(digest).rstrip(b"=")]


def find(files, text, digests=False):
    """The paths of files that hold the text: in UTF-8, in base64url at any
    offset, and where wanted its plain SHA-256."""
    octets = text.encode()
    needles = [octets, *base64url_forms(octets)]
    parts = [piece for needle in needles for piece in pieces(needle)]
    if digests:
        parts += digest_forms(octets)
    return [path for path, content in files.items()
            if any(part in content for part in parts)]
