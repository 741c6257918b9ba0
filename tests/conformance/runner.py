#!/usr/bin/python3
"""usage: runner.py conformance/run fake_suite.sh. The runner on a made-up suite: each verdict, the record, the exit status."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

RUN, FAKE = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
VERDICTS = {"fake@crashes": "crash", "fake@fails": "fail", "fake@hangs": "timeout", "fake@passes": "pass", "fake@skips": "skip"}


class Runner(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        self.record = self.top / "results" / "cts.json"
        (self.top / "suite").mkdir()
        shutil.copy(FAKE, self.top / "suite" / "test_fake")

    def run_suite(self, *words, environment=None):
        return subprocess.run(
            [RUN, "cts", self.top / "suite", "--no-build", *words, "--timeout", "2", "--results", self.top / "results",
             "--output", self.top / "output"], capture_output=True, text=True, check=False,
            env={**os.environ, "KILN_TRANSLATE": "off", **(environment or {})})

    def read(self, path):
        return json.loads(path.read_text())["tests"]

    def test_verdicts(self):
        run = self.run_suite()
        tests = self.read(self.top / "output" / "cts.json")
        self.assertEqual({name: test["verdict"] for name, test in tests.items()}, VERDICTS)
        self.assertGreaterEqual(tests["fake@hangs"]["seconds"], 2)
        self.assertLess(tests["fake@hangs"]["seconds"], 60)
        self.assertEqual(run.returncode, 1)
        for name in ("fake@crashes", "fake@fails", "fake@hangs"):
            self.assertIn(f"worse than recorded: {name}\n", run.stdout)

    def test_recorded_failures_are_no_news(self):
        self.assertEqual(self.run_suite("fake@fails", "fake@passes", "--record").returncode, 0)
        self.assertEqual(self.run_suite("fake@fails", "fake@passes").returncode, 0)
        run = self.run_suite("fake@fails", "fake@crashes")
        self.assertEqual(run.returncode, 1)
        self.assertEqual(run.stdout.count("worse than recorded"), 1)

    def test_record_keeps_reasons_and_other_tests(self):
        self.run_suite("fake@fails", "--record")
        recorded = json.loads(self.record.read_text())
        recorded["tests"]["fake@fails"]["reason"] = "it is made to"
        self.record.write_text(json.dumps(recorded))
        self.run_suite("fake@fails", "fake@passes", "--record")
        self.run_suite("fake@skips", "--record")
        tests = self.read(self.record)
        self.assertEqual(tests["fake@fails"]["reason"], "it is made to")
        self.assertEqual(set(tests), {"fake@fails", "fake@passes", "fake@skips"})
        self.assertIn("it is made to", self.run_suite("fake@fails").stdout)

    def test_wimpy_is_labelled(self):
        run = self.run_suite("fake@passes", "--wimpy")
        self.assertIn("fake@passes (wimpy)", run.stdout)
        self.assertEqual(self.read(self.top / "output" / "cts.json")["fake@passes"]["mode"], "wimpy")
        self.assertIn("wimpy", (self.top / "output" / "cts" / "fake" / "passes.log").read_text())

    def test_one_format_in_one_vector_size_is_labelled(self):
        shutil.copy(FAKE, self.top / "suite" / "test_bruteforce")
        self.run_suite("bruteforce@passes.float", "fake@passes", "--scalar", environment={"KILN_TRANSLATE": "always"})
        tests = self.read(self.top / "output" / "cts.json")
        self.assertEqual(tests["bruteforce@passes.float"]["mode"], "scalar, translated")
        self.assertEqual(tests["fake@passes"]["mode"], "translated")
        self.assertEqual((self.top / "output" / "cts" / "bruteforce" / "passes.float.log").read_text(),
                         "option -dgr\noption -1\n")

    def test_tiers_are_labelled(self):
        for tier, mode in (("off", None), ("auto", "translated where hot"), ("always", "translated")):
            self.run_suite("fake@passes", environment={"KILN_TRANSLATE": tier})
            self.assertEqual(self.read(self.top / "output" / "cts.json")["fake@passes"].get("mode"), mode)

    def test_images_in_part(self):
        shutil.copy(FAKE, self.top / "suite" / "test_clFillImage")
        self.run_suite("clFillImage@passes.use_pitches.CL_R", "--wimpy")
        test = self.read(self.top / "output" / "cts.json")["clFillImage@passes.use_pitches.CL_R"]
        self.assertEqual((test["verdict"], test["mode"]), ("pass", "wimpy"))
        self.assertEqual((self.top / "output" / "cts" / "clFillImage" / "passes.use_pitches.CL_R.log").read_text(),
                         "word use_pitches\nword CL_R\nword small_images\n")

    def test_wrong_names_are_errors(self):
        run = self.run_suite("nonesuch")
        self.assertEqual(run.returncode, 1)
        self.assertIn("no suite nonesuch", run.stderr)


unittest.main(argv=sys.argv[:1])
