"""DER (X.690), as much of it as seals need."""

INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
OID = 0x06
UTF8_STRING = 0x0C
IA5_STRING = 0x16
GENERALIZED_TIME = 0x18
SEQUENCE = 0x30


def length(size):
    if size < 0x80:
        return bytes([size])
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


def value(tag, *contents):
    content = b"".join(contents)
    return bytes([tag]) + length(len(content)) + content


def sequence(*parts):
    return value(SEQUENCE, *parts)


def integer(number):
    size = number.bit_length() // 8 + 1
    return value(INTEGER, number.to_bytes(size, "big", signed=True))


def bit_string(octets, unused=0):
    return value(BIT_STRING, bytes([unused]), octets)


def take(octets):
    """Tag, content and what follows; ValueError where none is whole."""
    if len(octets) < 2:
        raise ValueError("no value")
    size, at = octets[1], 2
    if size & 0x80:
        at += size & 0x7F
        size = int.from_bytes(octets[2:at], "big")
    if len(octets) < at + size:
        raise ValueError("a value that ends too soon")
    return octets[0], octets[at:at + size], octets[at + size:]


def content(octets):
    """Of one value that nothing follows."""
    _, inner, rest = take(octets)
    if rest:
        raise ValueError("bytes after the end")
    return inner


def parts(octets):
    """The values in a constructed one, each with its tag and length."""
    rest, found = content(octets), []
    while rest:
        after = take(rest)[2]
        found.append(rest[:len(rest) - len(after)])
        rest = after
    return found
