"""Each file-system call of start, commit, erasure and shutdown fails once, in
the real program under strace: EIO, ENOSPC, or SIGKILL on entering it.

strace counts the calls of each thread for itself: `when=N` is the N-th of
every thread that comes so far."""

import collections
import os
import re
import shutil
import tempfile

from scenario import Trial

CALLS = ["openat", "read", "pread64", "write", "pwrite64", "writev",
         "fdatasync", "fsync", "rename", "unlink", "ftruncate", "mkdir",
         "flock", "fcntl", "fstat", "newfstatat", "lseek", "access",
         "getdents64"]
FAULTS = ["error=EIO", "error=ENOSPC", "signal=SIGKILL"]
LINE = re.compile(r"(\d+) +(\w+)\((.*)")


def missing():
    return None if shutil.which("strace") else "there is no strace"


def paths_below(base, folder):
    """The paths that a run without a fault touches, and how often each thread
    makes each call on them: {call: most of any thread}."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        trial = Trial(base, place)
        log = os.path.join(place, "strace")
        trial.work(prefix=["strace", "-f", "-y", "-qq", "-s", "300", "-o", log,
                           "-e", "trace=" + ",".join(CALLS)])
        trial.recover()
        if not trial.findings.clean():
            raise AssertionError(trial.findings.sentences())
        data = str(trial.data)
        paths = set()
        counts = collections.Counter()
        with open(log, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                match = LINE.match(line)
                if not match or data not in match.group(3):
                    continue
                counts[match.group(1), match.group(2)] += 1
                paths.update(re.findall(re.escape(data) + r"(?:/[\w.-]+)*",
                                        line))
    most = collections.Counter()
    for (_, call), count in counts.items():
        most[call] = max(most[call], count)
    return sorted(os.path.relpath(p, data) for p in paths), most


def faults(base, folder, dice, short):
    """(name, how to try it) of each fault; of a short run a sample."""
    paths, counts = paths_below(base, folder)
    every = [(call, number, fault) for call, most in sorted(counts.items())
             for number in range(1, most + 1) for fault in FAULTS]
    # A run that ends before all were tried has tried a fair sample.
    dice.shuffle(every)
    if short:
        every = every[:short]
    for call, number, fault in every:
        yield (f"{call} {number} {fault}",
               lambda c=call, n=number, f=fault: trace(
                   base, folder, paths, f"inject={c}:{f}:when={n}"))
    # A second fault while it recovers from the first.
    pairs = [(one, two) for one in every for two in every]
    for one, two in dice.sample(pairs, min(len(pairs), len(every) // 4)):
        words = [f"inject={c}:{f}:when={n}" for c, n, f in (one, two)]
        yield (f"{words[0]}, then {words[1]}",
               lambda w=tuple(words): trace(base, folder, paths, *w))


def trace(base, folder, paths, *injections):
    with tempfile.TemporaryDirectory(dir=folder) as place:
        trial = Trial(base, place)
        for injection in injections:
            prefix = ["strace", "-f", "-qq", "-o", "/dev/null", "-e",
                      "trace=" + ",".join(CALLS), "-e", injection]
            for path in paths:
                prefix += ["-P", str(trial.data / path)]
            trial.work(prefix=prefix)
        return trial.recover()
