"""Verdicts of a suite's tests: the table, the JSON files, and what is worse than recorded.

A file is {"suite": name, "tests": {name: {"verdict": …, "seconds": …}}}. A test has a "mode" where it did not run in full ("wimpy": a
small part of itself only, "scalar") and interpreted ("translated", "translated where hot"; before there were labels, piglit's and
apps' ran translated where hot, too), and in the recorded file a "reason" where it neither passes nor is skipped.
"""
import collections
import json
import os

GOOD = ("pass", "skip")


TIERS = {"always": ["translated"], "auto": ["translated where hot"]}


def labelled(test):
    """With what KILN_TRANSLATE makes of Kiln in its mode."""
    words = ([test["mode"]] if "mode" in test else []) + TIERS.get(os.environ.get("KILN_TRANSLATE", "auto"), [])
    return {**test, "mode": ", ".join(words)} if words else test


def load(path):
    return json.loads(path.read_text())["tests"] if path.exists() else {}


def save(path, suite, tests):
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"suite": suite, "tests": dict(sorted(tests.items()))}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n")


def record(path, suite, tests):
    """Puts this run's tests into the recorded file; the others stay, and so does the reason of one that still fails."""
    recorded = load(path)
    for name, test in tests.items():
        reason = recorded.get(name, {}).get("reason")
        recorded[name] = {**test, "reason": reason} if reason and test["verdict"] not in GOOD else test
    save(path, suite, recorded)


def worse(tests, recorded):
    """The names of tests that fail here and are not recorded as failing."""
    return [name for name, test in tests.items()
            if test["verdict"] not in GOOD and recorded.get(name, {}).get("verdict", "pass") in GOOD]


def line(name, test):
    mode = f" ({test['mode']})" if "mode" in test else ""
    return f"{test['verdict']:8}{test['seconds']:8.1f} s  {name}{mode}"


def print_table(tests, recorded):
    """One line a group (what is before the first @ of a name), then each failure with its recorded reason."""
    groups = collections.defaultdict(list)
    for name, test in tests.items():
        groups[name.partition("@")[0]].append(test)
    print(f"\n{'tests':>6}{'pass':>7}{'skip':>7}{'other':>7}{'seconds':>10}")
    for group, members in sorted(groups.items()) + [("all", list(tests.values()))]:
        counts = collections.Counter(test["verdict"] for test in members)
        wimpy = " (wimpy)" if any("wimpy" in test.get("mode", "") for test in members) else ""
        other = len(members) - counts["pass"] - counts["skip"]
        seconds = sum(test["seconds"] for test in members)
        print(f"{len(members):6}{counts['pass']:7}{counts['skip']:7}{other:7}{seconds:10.1f}  {group}{wimpy}")
    for name, test in tests.items():
        if test["verdict"] not in GOOD:
            print(f"{line(name, test)}: {recorded.get(name, {}).get('reason', 'not recorded')}")
