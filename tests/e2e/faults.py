#!/usr/bin/python3
# run-serial
"""A sample of the fault sweep (tools/faults is the whole), and its checker:
a loss and a fork that are planted make it fail.

    SEALEDGER_SEED=N   to try a run again; threads still race
    SEALEDGER_FULL=1   a larger sample
"""

import os
import pathlib
import random
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent
                       / "faults"))

import checker  # noqa: E402
import scenario  # noqa: E402
import sweep  # noqa: E402
from lib import service  # noqa: E402

SEED = int(os.environ.get("SEALEDGER_SEED",
                          random.SystemRandom().getrandbits(32)))
SAMPLE = 240 if os.environ.get("SEALEDGER_FULL") else 60


class Checker(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sealedger-checker-")
        self.addCleanup(folder.cleanup)
        self.base = scenario.Base(folder.name)
        self.old = self.base.copy(pathlib.Path(folder.name) / "old")
        self.trial = scenario.Trial(self.base, folder.name + "/trial")

    def count(self, *words):
        count = checker.Count()
        count.add("planted", "planted", self.trial.recover(words,
                                                           thorough=False))
        print(f"{self.id()}: {count.lines()}")
        return count

    def put_old(self):
        """The ledger as it was, and nothing that knows better."""
        for name in ("ledger", "views", "private"):
            scenario.shutil.rmtree(self.trial.data / name)
            scenario.shutil.copytree(self.old / name, self.trial.data / name)
        (self.trial.data / "guard").unlink()

    def test_a_clean_ledger_is_clean(self):
        self.trial.work()
        count = self.count()
        self.assertTrue(count.good())
        self.assertEqual(count.lines(), [
            "faults tried: 1", "survived: 1", "entries lost: 0",
            "forks signed: 0"])

    def test_an_erasure_that_nobody_heard_of_is_no_fault(self):
        """It was entered and its answer lost. The next one is told so."""
        with self.trial.serve(wait=True) as running:
            client = running.client(self.base.token)
            requests = list(self.base.requests("trial"))
            erasure = next(r for r in requests if r.erases is not None)
            client.post(erasure.target, erasure.body, erasure.key)
            self.trial.doubt(erasure)
            client.close()
            running.stop()
        self.trial.work()
        self.assertEqual(self.trial.findings.wrong, [])
        self.assertIn(erasure.erases, self.trial.memory.erased)
        self.assertTrue(self.trial.memory.erased[erasure.erases])
        self.assertTrue(self.count().good())
        self.assertTrue(self.trial.memory.erased[erasure.erases])

    def test_an_erasure_of_what_was_not_erased_is_a_fault(self):
        answer = service.Answer(
            409, None, b'{"type":"urn:sealedger:problem:already-erased"}')
        request = scenario.Request("/v1/entries/0/erasure", {}, "k", erases=0)
        self.assertFalse(self.trial.is_erased_already(request, answer))

    def test_a_planted_loss_is_counted(self):
        self.trial.work()
        self.put_old()
        count = self.count("--adopt-guard")
        self.assertGreater(count.lost, 0)
        self.assertEqual(count.survived, 0)
        self.assertFalse(count.good())

    def test_a_planted_fork_is_counted(self):
        self.trial.work()
        heads = len(self.trial.memory.verifier.checkpoints)
        self.put_old()
        # Another way from the same place, further than the first.
        acknowledged = dict(self.trial.memory.acknowledged)
        self.trial.memory.acknowledged = {}
        with self.trial.serve(words=("--adopt-guard",), wait=True) as running:
            client = running.client(self.base.token)
            for _ in range(3):
                for request in self.base.requests("old"):
                    self.trial.send(client, request)
            client.close()
            running.stop()
        self.assertGreater(len(self.trial.memory.verifier.checkpoints), heads)
        self.assertEqual(self.trial.findings.wrong, [])
        self.trial.memory.acknowledged.update(acknowledged)
        count = self.count()
        self.assertGreater(count.forks, 0)
        self.assertGreater(count.lost, 0)
        self.assertFalse(count.good())


class Sweep(unittest.TestCase):
    def test_a_sample_of_faults_is_survived(self):
        self.assertEqual(sweep.main(["--seed", str(SEED), "--short",
                                     str(SAMPLE), "--minutes", "10"]), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
