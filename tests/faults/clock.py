"""The wall clock was set, back or forward, before the start (faketime): it is
not believed, or times go on without falling."""

import shutil
import subprocess
import tempfile

from scenario import Trial

OFFSETS = ["-60d", "-10d", "-1h", "-30", "-3", "+3", "+1h", "+6d", "+8d",
           "+60d"]


def missing():
    return None if shutil.which("faketime") else "there is no faketime"


def faults(base, folder, dice, short):
    offsets = dice.sample(OFFSETS, 3) if short else OFFSETS
    for offset in offsets:
        for words in ((), ("--accept-clock",)):
            yield (f"clock set by {offset} {' '.join(words)}",
                   lambda o=offset, w=words: set_by(base, folder, o, w))


def preload():
    printed = subprocess.run(["faketime", "-f", "+0", "env"], check=True,
                             stdout=subprocess.PIPE, text=True).stdout
    return next(line.partition("=")[2] for line in printed.splitlines()
                if line.startswith("LD_PRELOAD="))


def set_by(base, folder, offset, words):
    with tempfile.TemporaryDirectory(dir=folder) as place:
        trial = Trial(base, place)
        trial.work(words=words, env={
            "LD_PRELOAD": preload(), "FAKETIME": offset,
            "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
        if trial.refused and "(clock-unsure)" not in trial.refused:
            trial.wrong("refused with", trial.refused)
        # The right clock may now be before the last entry.
        return trial.recover(("--accept-clock",))
