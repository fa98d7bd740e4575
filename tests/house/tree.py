"""What the house checks share: which files are ours, and what they include."""

import pathlib
import re
import sys

FOLDERS = ("ledger", "notary", "api", "tools")
_INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def root():
    """The source root: the first argument, or where this file stands."""
    if len(sys.argv) > 1:
        return pathlib.Path(sys.argv[1]).resolve()
    return pathlib.Path(__file__).resolve().parents[2]


def sources(base, folders):
    """All .h and .cc files under the folders, relative to base, sorted."""
    found = []
    for folder in folders:
        for path in (base / folder).rglob("*"):
            inside = path.relative_to(base)
            if path.suffix in (".h", ".cc") and path.is_file():
                if "node_modules" not in inside.parts:
                    found.append(inside)
    return sorted(found)


def includes(base, path):
    """(line number, included name) for each #include of a file."""
    text = (base / path).read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        match = _INCLUDE.match(line)
        if match:
            yield number, match.group(1)


def finish(name, problems, looked_at):
    """Prints the problems, and ends with the exit code that they call for."""
    for problem in problems:
        print(problem)
    print(f"{name}: {looked_at} files, {len(problems)} problems")
    sys.exit(1 if problems else 0)
