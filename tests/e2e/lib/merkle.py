"""RFC 6962 trees: hashes, proofs (RFC 9162, sections 2.1.3.2 and 2.1.4.2), and
roots at every size on the way."""

import hashlib


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def includes(index, size, leaf, path, root):
    if not 0 <= index < size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0 or len(p) != 32:
            return False
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def consistent(first, second, first_root, second_root, path):
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    if not path:
        return False
    path = list(path)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


def prove_consistency(first, second, subtree):
    """Section 2.1.4.1; subtree(begin, end) is the root of those leaves."""

    def below(m, begin, end, whole):
        n = end - begin
        if m == n:
            return [] if whole else [subtree(begin, end)]
        k = 1 << (n - 1).bit_length() - 1
        if m <= k:
            return below(m, begin, begin + k, whole) + [
                subtree(begin + k, end)]
        return below(m - k, begin + k, end, False) + [
            subtree(begin, begin + k)]

    return below(first, 0, second, True)


class Frontier:
    """A growing tree: the roots of its full subtrees, largest first."""

    def __init__(self):
        self.size = 0
        self.full = []

    def append(self, leaf):
        self.full.append(leaf)
        self.size += 1
        n = self.size
        while not n & 1:
            right, left = self.full.pop(), self.full.pop()
            self.full.append(node_hash(left, right))
            n >>= 1

    def root(self):
        if not self.full:
            return hashlib.sha256(b"").digest()
        root = self.full[-1]
        for left in reversed(self.full[:-1]):
            root = node_hash(left, root)
        return root
