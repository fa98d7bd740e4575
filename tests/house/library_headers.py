"""Each third-party library stays behind few files, so that changing it is
small work. A new file here is a decision: change the table with it."""

import fnmatch

import tree

# library: (how its headers begin, which files may include them, how many may)
LIBRARIES = {
    "LevelDB": ("leveldb/", ["ledger/leveldb_*"], None),
    "cpp-httplib": (
        "httplib.h",
        ["api/server.cc", "api/http*.cc", "tools/http_client.cc"],
        3,
    ),
    "nlohmann/json": ("nlohmann/", ["api/*.cc", "tools/*.cc"], 3),
    "utf8proc": ("utf8proc.h", ["notary/*.cc"], 1),
    "toml++": ("toml++/", ["notary/*.cc", "api/*.cc", "tools/*.cc"], 2),
    "prometheus-cpp": ("prometheus/", ["api/*"], 2),
    "CLI11": ("CLI/", ["tools/*"], None),
    "libpng": ("libpng16/", ["notary/*.cc"], 1),
    "OpenSSL": (
        "openssl/",
        ["ledger/*", "notary/*.cc", "notary/openssl_parts.h", "tools/*.cc"],
        12,
    ),
    "doctest": ("doctest/", [], None),
}


def main():
    base = tree.root()
    files = tree.sources(base, tree.FOLDERS)
    users = {library: set() for library in LIBRARIES}
    problems = []
    for path in files:
        for line, name in tree.includes(base, path):
            for library, (prefix, allowed, _) in LIBRARIES.items():
                if not name.startswith(prefix):
                    continue
                users[library].add(str(path))
                if not any(fnmatch.fnmatch(str(path), p) for p in allowed):
                    problems.append(
                        f"{path}:{line}: <{name}>: {library} is for "
                        f"{' '.join(allowed) or 'tests'} only")
    for library, (_, _, limit) in LIBRARIES.items():
        if limit is not None and len(users[library]) > limit:
            problems.append(
                f"{library} is included by {len(users[library])} files, "
                f"more than {limit}: {' '.join(sorted(users[library]))}")
    tree.finish("library headers", problems, len(files))


main()
