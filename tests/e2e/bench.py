#!/usr/bin/python3
# run-serial
"""A short bench: every row is there, with as many rounds as were asked for, and
what was measured was verified. How long anything takes is nobody's concern
here."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from lib.answers import demand  # noqa: E402

ROUNDS = 2
# Rows without a reference are measures of their own.
RATIOS = {
    "batches", "batches-indexed", "batches-alone", "evidence", "evidence-post",
    "evidence-p50", "evidence-p99", "private", "private-p99", "proofs", "proofs-p99", "tiles",
    "growth-appends", "growth-proofs", "disk", "opening",
}
MEASURES = {"disk-beyond", "memory"}
STEPS = {"admit", "write", "sign", "guard", "publish", "gather", "http",
         "total", "commit"}
# Compaction is the end of the ledger's life: it is measured once.
ONCE = {"disk", "disk-beyond", "stored-signature"}
BUDGETS = {"batches", "batches-indexed", "evidence", "evidence-p99", "proofs",
           "growth-appends", "growth-proofs", "disk-beyond", "opening",
           "memory", "signing", "judging", "sealing-http", "stored-signature"}
LISTS = {"seals-all", "seals-uscc", "seals-division", "seals-status",
         "seals-type"}
NAMED = {"named-" + row for row in LISTS}
SEALING = {"signing", "judging", "sealing", "registering", "sealing-http",
           "registering-http"}
STORED = {"stored-signature"}


def check_spread(row, member):
    spread = row[member]
    demand(set(spread) == {"min", "median", "max"}, member, "of", row)
    demand(spread["min"] <= spread["median"] <= spread["max"], row)
    # What LevelDB compresses may take less than nothing more.
    demand(spread["min"] >= 0 or row["id"] == "disk-beyond", row)


def check_row(row):
    check_spread(row, "measured")
    rounds = 1 if row["id"] in ONCE else ROUNDS
    demand(row["rounds"] == rounds, "rounds of", row)
    demand(("ratio" in row) == (row["id"] in RATIOS | LISTS | NAMED | SEALING),
           "ratio of", row)
    demand(("budget" in row) == (row["id"] in BUDGETS | LISTS), "budget of",
           row)
    if "ratio" in row:
        check_spread(row, "reference")
        check_spread(row, "ratio")
        demand(row["against"], "what is it against:", row)
    if "budget" in row:
        demand(isinstance(row["budget"]["met"], bool), row)


def check_report(program, words, expected):
    """One short run."""
    with tempfile.TemporaryDirectory() as folder:
        markdown = pathlib.Path(folder, "bench.md")
        run = subprocess.run(
            [program, "bench", *words, "--rounds", str(ROUNDS),
             "--milliseconds", "200", "--dir", folder, "--json",
             "--markdown", str(markdown)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            check=False)
        demand(run.returncode == 0, run.returncode, run.stderr)
        report = json.loads(run.stdout)
        ids = [row["id"] for row in report["rows"]]
        demand(len(ids) == len(set(ids)), "rows twice:", ids)
        demand(set(ids) == expected, "rows", sorted(set(ids) ^ expected))
        for row in report["rows"]:
            check_row(row)
        # A sample of each round of each row that has answers.
        demand(report["verified"] >= 20 * ROUNDS, report["verified"])
        text = markdown.read_text(encoding="utf-8")
        for row in report["rows"]:
            demand(f"| {row['what']} | " in text, row["what"], "not in", text)
        demand(sorted(os.listdir(folder)) == ["bench.md"], "left behind:",
               os.listdir(folder))


def main():
    program = os.environ["SEALEDGER_BIN"]
    check_report(program, ["--entries", "2048"],
                 RATIOS | MEASURES | {"step-" + step for step in STEPS})
    check_report(program, ["lists", "--seals", "10000"], LISTS | NAMED)
    check_report(program, ["sealing"], SEALING | STORED)
    for wrong in (["--entries", "3"], ["--rounds", "0"], ["--entries", "x"],
                  ["lists", "--seals", "9999"], ["lists", "--rounds", "0"],
                  ["sealing", "--connections", "0"]):
        run = subprocess.run([program, "bench", *wrong], capture_output=True,
                             check=False)
        demand(run.returncode == 2, wrong, run.returncode, run.stderr)


main()
