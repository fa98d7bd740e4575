#!/usr/bin/python3
# run-serial
"""A short soak: what the service acknowledged is found again, checkpoints are
consistent, and something of each kind was done. Rates and latencies are
nobody's concern here."""

import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from lib.answers import demand  # noqa: E402

MINUTES = 2


def main():
    program = os.environ["SEALEDGER_BIN"]
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            [program, "bench", "soak", "--minutes", str(MINUTES),
             "--seconds", "4", "--rate", "400", "--connections", "16",
             "--entries", "2000", "--dir", folder, "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            check=False)
        demand(run.returncode == 0, run.returncode, run.stdout, run.stderr)
        demand(os.listdir(folder) == [], "left behind:", os.listdir(folder))
    report = json.loads(run.stdout)
    demand(report["lost"] == 0 and report["wrong"] == 0, report)
    demand(report["findings"] == [], report["findings"])
    demand(len(report["minutes"]) == MINUTES, report["minutes"])
    demand(report["acknowledged"] > 0, report)
    # So few are all searched for in the end.
    demand(report["remembered"] == report["acknowledged"], report)
    demand(report["verified"] > report["remembered"], report)
    demand(report["checkpoints"] >= 2, report)
    demand(report["erasures"] >= 1, report)
    for minute in report["minutes"]:
        for figure in ("append_p50_ms", "append_p99_ms", "control_p50_ms",
                       "control_p99_ms", "memory_mib", "rate"):
            demand(minute[figure] > 0, figure, "of", minute)
    lines = [line for line in run.stderr.splitlines()
             if line.startswith("minute ")]
    demand(len(lines) == MINUTES, "a line a minute:", run.stderr)
    for wrong in (["--rate", "fast"], ["--minutes", "0"], ["--rate", "0"]):
        run = subprocess.run([program, "bench", "soak", *wrong],
                             capture_output=True, check=False)
        demand(run.returncode == 2, wrong, run.returncode, run.stderr)


main()
