"""docs/reliability.md, from the counts of a sweep."""

import platform
import subprocess
import time

KIND_TEXT = {
    "system_calls": "a file-system call fails with EIO or ENOSPC, or the "
                    "process is killed on entering it; two such in a row",
    "power_cut": "power cut under load: what was never synced is gone, cut or "
                 "zeroed in pages, names too",
    "damage": "a file or folder is missing, from an older copy, or has a "
              "flipped bit; views are damaged while they are read",
    "clock": "the wall clock was set back or forward before the start, and is "
             "believed or not",
    "disk_full": "the file system is full before the start or under load, and "
                 "has room again",
}

TEXT = """\
# Reliability

Written by `tools/faults`; not by hand. Each fault was put to the real program on
a copy of a small ledger, with evidence, private fields, batches and an erasure
under way. After it the program was started again without the fault, and a
checker that shares no code with it (`tests/faults/checker.py`) looked for every
entry that had been acknowledged, with its proof; for every checkpoint that had
been signed, on one tree; for every erased value, in any file; and `fsck --replay`
ran. A fault is survived when all of that holds, nothing hung, and no request was
answered as done that was not.

{counts}

| fault | tried | survived |
|---|---|---|
{table}

{skipped}Seed {seed}, {minutes:.0f} minutes, {machine}, commit {commit}, {date}.
`tools/faults --seed {seed}` tries it again; threads still race.

## What is promised, and what it rests on

- An answer 201 leaves after the ledger's synced write and the guard's. Whoever got
  one finds the entry after any crash, provided that the disk keeps what it said it
  had synced.
- After a write or a sync that failed, nothing is entered until a restart (503,
  `sequencer-stopped`); what was under way is `outcome-unknown` and is found out by
  sending it again with its Idempotency-Key. Reads go on.
- A power cut can tear the last record of a LevelDB log, which nobody was told of.
  It is cut off at the next opening. A record that is damaged and is not the last
  was synced: the store is refused, with its file and the byte.
- `views` are built anew when they are damaged or missing: at once where opening
  finds it, at the next start where a read does.
- A flipped bit in `private/` or `ledger/` is found by a checksum when it is read,
  and by `fsck`; it is repaired from a copy, never guessed.

## What is not covered

- A disk that lies about syncing. Put the guard on another disk: it then notices
  that acknowledged entries are gone.
- Bits that flip in memory.
- A changed `keys/idempotency.key` has no check: a request that is sent again is
  then entered again.
- Faults that strace does not inject: calls that the C++ library makes inside itself
  are counted where strace sees them, on the paths of the folder alone.
"""


def write(path, count, skipped, seed, seconds):
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"],
                            capture_output=True, text=True,
                            check=False).stdout.strip()
    table = "\n".join(
        f"| {KIND_TEXT[kind]} | {number} | {count.survived_by_kind[kind]} |"
        for kind, number in count.by_kind.items())
    left_out = "".join(f"Not tried: {kind}: {reason}.\n"
                       for kind, reason in skipped.items())
    with open(path, "w", encoding="utf-8") as file:
        file.write(TEXT.format(
            counts="\n".join(f"    {line}" for line in count.lines()),
            table=table, skipped=left_out + "\n" if left_out else "",
            seed=seed, minutes=seconds / 60, commit=commit,
            machine=f"Linux {platform.release()}",
            date=time.strftime("%Y-%m-%d")))
