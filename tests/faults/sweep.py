"""The fault sweep: faults of each kind, one after the other, each on a copy of
a small ledger, with the real program; after each a restart without the fault
and a look at all that was acknowledged.

    --only KIND      system_calls, power_cut, disk_full, clock, damage; may be
                   repeated
    --minutes N      stop after so long
    --seed N         to try a run again
    --jobs N         faults under way at once (4)
    --short N        a sample of N faults of the kinds that have thousands
    --write FILE     docs/reliability.md, after a run of all kinds
"""

import argparse
import concurrent.futures
import os
import pathlib
import random
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import checker  # noqa: E402
import clock  # noqa: E402
import damage  # noqa: E402
import disk_full  # noqa: E402
import power_cut  # noqa: E402
import report  # noqa: E402
import scenario  # noqa: E402
import system_calls  # noqa: E402

# The longest last.
KINDS = {"power_cut": power_cut, "disk_full": disk_full, "clock": clock,
         "damage": damage, "system_calls": system_calls}


def parse(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", action="append", choices=KINDS)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int,
                        default=random.SystemRandom().getrandbits(32))
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--short", type=int, default=0)
    parser.add_argument("--write")
    return parser.parse_args(arguments)


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def sweep(options, folder):
    dice = random.Random(options.seed)
    base = scenario.Base(folder)
    count = checker.Count()
    skipped = {}
    began = time.monotonic()
    for kind in options.only or KINDS:
        module = KINDS[kind]
        reason = module.missing()
        if reason:
            skipped[kind] = reason
            say(f"{kind}: skipped: {reason}")
            continue
        every = list(module.faults(base, folder, dice, options.short))

        def attempt(fault):
            if time.monotonic() - began > options.minutes * 60:
                return fault[0], None
            try:
                return fault[0], fault[1]()
            except Exception as problem:  # pylint: disable=broad-except
                findings = checker.Findings()
                findings.wrong.append(f"the sweep itself: {problem!r}")
                return fault[0], findings

        # Most of a fault is waiting for the disk.
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for name, findings in pool.map(attempt, every):
                if findings is None:
                    skipped[kind] = (f"out of time after {count.by_kind[kind]}"
                                     f" of {len(every)}")
                    continue
                count.add(kind, name, findings)
                for sentence in findings.sentences():
                    say(f"{kind}: {name}: {sentence[:1500]}")
                if count.by_kind[kind] % 25 == 0:
                    say(f"{time.monotonic() - began:.0f} s: {kind}: "
                        f"{count.by_kind[kind]} of {len(every)}, "
                        f"{count.survived_by_kind[kind]} survived")
    return count, skipped, time.monotonic() - began


def main(arguments):
    options = parse(arguments)
    say(f"seed {options.seed}")
    with tempfile.TemporaryDirectory(prefix="sealedger-faults-") as folder:
        count, skipped, seconds = sweep(options, folder)
    print("\n".join(count.lines()))
    for kind, number in count.by_kind.items():
        print(f"{kind}: {number} tried, {count.survived_by_kind[kind]} "
              "survived")
    for kind, reason in skipped.items():
        print(f"{kind}: skipped: {reason}")
    print(f"{seconds:.0f} s")
    if options.write:
        report.write(options.write, count, skipped, options.seed, seconds)
    return 0 if count.good() else 1


if __name__ == "__main__":
    os.environ.setdefault("SEALEDGER_BIN", "build/release/sealedger")
    sys.exit(main(sys.argv[1:]))
