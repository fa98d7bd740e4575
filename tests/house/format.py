"""Every .h and .cc is as clang-format 14 lays it out; files are text that ends
with a newline and has no white space at line ends."""

import re
import subprocess

import tree

CLANG_FORMAT = "clang-format-14"


def main():
    base = tree.root()
    files = tree.sources(base, [*tree.FOLDERS, "tests"])
    problems = []
    for start in range(0, len(files), 100):
        run = subprocess.run(
            [CLANG_FORMAT, "--style=file", "--dry-run", "-Werror",
             "--ferror-limit=1",
             *[str(path) for path in files[start:start + 100]]],
            cwd=base, text=True, stderr=subprocess.PIPE, check=False)
        found = [line for line in run.stderr.splitlines() if ": error: " in line]
        problems += found
        if run.returncode != 0 and not found:
            problems.append(f"{CLANG_FORMAT} failed: {run.stderr.strip()}")
    for path in files:
        text = (base / path).read_text(encoding="utf-8")
        if text and not text.endswith("\n"):
            problems.append(f"{path}: no newline at the end")
        if re.search(r"[ \t\r]$", text, re.MULTILINE):
            problems.append(f"{path}: white space at a line's end")
    if problems:
        print(f"mend with: {CLANG_FORMAT} -i FILE")
    tree.finish("format", problems, len(files))


main()
