"""Ed25519 verification (RFC 8032, section 5.1.7) with tables for one key."""

import functools
import hashlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)
IDENTITY = (0, 1, 1, 0)
WINDOW = 4


def add(a, b):
    """Extended coordinates (X, Y, Z, T), section 5.1.4."""
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    p = (y1 - x1) * (y2 - x2) % P
    q = (y1 + x1) * (y2 + x2) % P
    r = 2 * t1 * t2 * D % P
    s = 2 * z1 * z2 % P
    e, f, g, h = q - p, s - r, s + r, q + p
    return e * f % P, g * h % P, f * g % P, e * h % P


def encode(point):
    x, y, z, _ = point
    inverse = pow(z, -1, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(octets):
    """The point, or ValueError."""
    y = int.from_bytes(octets, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if len(octets) != 32 or y >= P:
        raise ValueError("no point")
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * SQRT_MINUS_1 % P
    if (x * x - square) % P or (x == 0 and sign):
        raise ValueError("no point")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


@functools.lru_cache(maxsize=8)
def multiples(point):
    """[window][digit]: digit * 16^window * point."""
    table = []
    for _ in range(256 // WINDOW):
        row = [IDENTITY]
        for _ in range((1 << WINDOW) - 1):
            row.append(add(row[-1], point))
        table.append(row)
        point = add(row[-1], point)
    return table


def multiply(table, scalar):
    product = IDENTITY
    for row in table:
        product = add(product, row[scalar & 15])
        scalar >>= WINDOW
    return product


def verify(public_key, message, signature):
    if len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= ORDER:
        return False
    x, y, _, _ = decode(public_key)
    minus_key = (P - x, y, 1, (P - x) * y % P)
    k = int.from_bytes(
        hashlib.sha512(signature[:32] + public_key + message).digest(),
        "little") % ORDER
    point = add(multiply(multiples(BASE), s),
                multiply(multiples(minus_key), k))
    return encode(point) == signature[:32]
