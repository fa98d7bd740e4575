#!/usr/bin/python3
"""Pages of docs/ that a reader can run: the ```sh blocks of each, as they are
written, from top to bottom, by `bash -euo pipefail` in an empty folder, with
the program as `sealedger`. And what holds for all pages: their links lead
somewhere."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(
    os.environ.get("SEALEDGER_BIN", "build/release/sealedger")).resolve()
TOOLS = ("bash", "curl", "openssl", "python3", "awk", "sed")
PAGE_S = 600


def script_of(text):
    """The blocks of a page, each line where it stands in the page, so that
    what bash says of a line is said of the page's. The first line, a heading,
    makes room for a setting that bash does not take from root's environment."""
    lines = []
    inside = False
    for line in text.splitlines():
        fence = line.startswith("```")
        opens = fence and line == "```sh"
        lines.append(line if inside and not fence else "")
        inside = opens or (inside and not fence)
    return "\n".join(["PS4='+ line ${LINENO}: '", *lines[1:]]) + "\n"


def environment(folder):
    """Nothing of the service under test, and the program on the path."""
    programs = folder / "bin"
    programs.mkdir()
    (programs / "sealedger").symlink_to(PROGRAM)
    clean = {name: value for name, value in os.environ.items()
             if not name.startswith("SEALEDGER_")}
    return {**clean, "PATH": f"{programs}:{clean['PATH']}",
            "LC_ALL": "C.UTF-8"}


def end(group):
    """Ends what is left of a process group that we made; whether anything
    was."""
    try:
        os.killpg(group, signal.SIGKILL)
        return True
    except ProcessLookupError:
        return False


def run(text):
    """The exit code of a page, whether it left processes, and what it said."""
    with tempfile.TemporaryDirectory(prefix="sealedger-page-") as name:
        folder = pathlib.Path(name)
        script = folder / "page.sh"
        script.write_text(script_of(text), encoding="utf-8")
        work = folder / "work"
        work.mkdir()
        with open(folder / "said", "w+b") as said:
            # A group of its own: its servers belong to it.
            process = subprocess.Popen(
                ["bash", "-euo", "pipefail", "-x", script], cwd=work,
                env=environment(folder), stdin=subprocess.DEVNULL,
                stdout=said, stderr=subprocess.STDOUT, start_new_session=True)
            try:
                code = process.wait(PAGE_S)
            finally:
                left = end(process.pid)
                process.wait()
            said.seek(0)
            return code, left, said.read().decode(errors="replace")


class Pages(unittest.TestCase):
    def expect_page(self, page):
        text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
        self.assertGreater(text.count("```sh\n"), 3)
        code, left, said = run(text)
        tail = "\n".join(said.splitlines()[-40:])
        self.assertEqual(code, 0, f"docs/{page}.md ended with {code}:\n{tail}")
        self.assertFalse(left, f"docs/{page}.md left processes behind")

    def test_applicant(self):
        self.expect_page("applicant")

    def test_seal_maker(self):
        self.expect_page("seal-maker")

    def test_regulator(self):
        self.expect_page("regulator")

    def test_contract_platform(self):
        self.expect_page("contract-platform")

    def test_signing_time(self):
        self.expect_page("signing-time")

    def test_a_page_that_fails_is_seen(self):
        code, _, said = run("# A page\n```sh\ntrue\n```\nand\n"
                            "```sh\nfalse | cat\ntrue\n```\n")
        self.assertEqual(code, 1)
        self.assertIn("+ line 7: false", said)
        code, left, _ = run("# A page\n```sh\nsleep 600 &\n```\n")
        self.assertEqual((code, left), (0, True))
        code, _, _ = run("# A page\n```\nfalse\n```\n```text\nfalse\n```\n")
        self.assertEqual(code, 0)

    def test_links_lead_somewhere(self):
        seen = 0
        for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")):
            text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"),
                          flags=re.DOTALL)
            for target in re.findall(r"\]\(([^)\s]+)\)", text):
                if re.match("[a-z]+:", target):
                    continue
                path = page.parent / target.partition("#")[0]
                self.assertTrue(path.exists(), f"{page.name}: {target}")
                seen += 1
        self.assertGreater(seen, 20)

    def test_the_readme_names_every_page(self):
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        for page in ROOT.glob("docs/*.md"):
            self.assertIn(f"docs/{page.name}", readme)


if __name__ == "__main__":
    if not all(shutil.which(tool) for tool in TOOLS):
        sys.exit(77)
    unittest.main(verbosity=2)
