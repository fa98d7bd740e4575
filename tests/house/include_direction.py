"""ledger <- notary <- api <- tools: nothing includes what stands above it."""

import tree

ALLOWED = {
    "ledger": ("ledger",),
    "notary": ("ledger", "notary"),
    "api": ("ledger", "notary", "api"),
    "tools": ("ledger", "notary", "api", "tools"),
}
# A folder's tests link that folder's library; support links ledger alone.
ALLOWED_IN_TESTS = {
    "tests/support": ("ledger",),
    **{f"tests/{folder}": allowed for folder, allowed in ALLOWED.items()},
}
OURS = (*tree.FOLDERS, "tests")


def main():
    base = tree.root()
    rules = {**ALLOWED, **ALLOWED_IN_TESTS}
    files = [(rule, path) for rule in rules
             for path in tree.sources(base, [rule])]
    problems = []
    for rule, path in files:
        in_tests = rule.startswith("tests/")
        for line, name in tree.includes(base, path):
            where = f"{path}:{line}: #include \"{name}\""
            if ".." in name.split("/"):
                problems.append(f"{where}: write it from the source root")
                continue
            folder = name.split("/")[0]
            if folder == "tests" and in_tests:
                if not name.startswith(("tests/support/", f"{rule}/")):
                    problems.append(f"{where}: not for {rule}")
            elif folder in OURS and folder not in rules[rule]:
                problems.append(f"{where}: not for {rule}")
            elif "/" not in name and (base / path.parent / name).is_file():
                problems.append(f"{where}: write it from the source root")
    tree.finish("include direction", problems, len(files))


main()
