#!/usr/bin/env python3
"""An asynchronous campaign on four nodes for a long time, with a worker killed now and then: does memory stay flat?

    verify.d/chaos/soak.py [--minutes N] [--samples FILE]

Samples resident memory, open files and threads of the trainer, the shard and the other worker, which live all the time,
and compares the second quarter of the time with the last: what was there after the warm-up, and what is there at the
end. Fails where any of it grew by more than a twentieth.
"""
import argparse
import csv
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hosts as hosting
from nodes import Cluster

EXPERIMENT = ["pendulum", "--seed", "3", "--set", "campaign.mode=asynchronous", "--set", "campaign.iterations=1000000",
              "--set", "evaluation.episodes=0", "--set", "replay.capacity=20000", "--set", "campaign.keep-iterations=3"]


ALLOWED_GROWTH = 0.05


def java_of(node):
    """The JVM below a node's launcher."""
    children = subprocess.run(["pgrep", "-g", str(node.process.pid), "java"], capture_output=True, text=True).stdout.split()
    return int(children[0])


def sample(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        status = dict(line.split(":", 1) for line in file)
    return {"MB": int(status["VmRSS"].split()[0]) / 1024, "files": len(os.listdir(f"/proc/{pid}/fd")),
            "threads": int(status["Threads"])}


def write(path, samples):
    with open(path, "w", encoding="ascii", newline="") as file:
        table = csv.DictWriter(file, ["seconds", "node", "MB", "files", "threads"])
        table.writeheader()
        table.writerows({"node": name, **one} for name, all_of_it in samples.items() for one in all_of_it)


def grew(samples):
    """Prints a line about each figure, and says whether one grew by more than is allowed."""
    bad = False
    for name, all_of_it in samples.items():
        quarter = len(all_of_it) // 4
        for what in ("MB", "files", "threads"):
            early = statistics.median(s[what] for s in all_of_it[quarter:2 * quarter])
            late = statistics.median(s[what] for s in all_of_it[-quarter:])
            growth = late / early - 1
            bad = bad or growth > ALLOWED_GROWTH
            print(f"{name:10} {what:8} second quarter {early:8.1f}  last {late:8.1f}  ({100 * growth:+.1f} %)"
                  + ("  GROWS" if growth > ALLOWED_GROWTH else ""))
    return bad


def fits(run):
    try:
        with open(os.path.join(run, "progress.csv"), encoding="utf-8") as file:
            last = list(csv.DictReader(file))[-1]
        return int(last["iteration"]), int(last["env_steps"])
    except (FileNotFoundError, IndexError):
        return 0, 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--samples", help="file for all samples, as CSV")
    options = parser.parse_args()
    rng = random.Random(1)
    folder = tempfile.mkdtemp(prefix="planloop-soak.")
    cluster = Cluster(os.path.join(folder, "nodes"), hosting.Loopback(4), shards=1, workers=2)
    run = os.path.join(folder, "run")
    mortal, survivor = cluster.workers
    lasting = {"trainer": cluster.trainer, "replay-0": cluster.shards[0], "worker-1": survivor}
    samples = {name: [] for name in lasting}
    kills, follower = 0, None
    cluster.start()
    try:
        cluster.await_members(4, 90)
        follower = subprocess.Popen(cluster.client(["train", *EXPERIMENT, "--out", run]), stdout=subprocess.DEVNULL,
                                    stderr=subprocess.STDOUT, env=cluster.environment)
        pids = {name: java_of(node) for name, node in lasting.items()}
        begin = time.monotonic()
        end = begin + 60 * options.minutes
        next_kill = begin + 30
        while time.monotonic() < end:
            for name, pid in pids.items():
                samples[name].append({"seconds": round(time.monotonic() - begin), **sample(pid)})
            if time.monotonic() > next_kill:
                mortal.kill()
                time.sleep(rng.uniform(0, 5))
                mortal.start()
                kills += 1
                next_kill = time.monotonic() + rng.uniform(20, 60)
            time.sleep(5)
        done = fits(run)
    finally:
        if follower:
            follower.kill()
            follower.wait()
        cluster.stop()
    print(f"{options.minutes:.0f} minutes, {kills} kills of a worker, {done[0]} fits, {done[1]} transitions")
    if options.samples:
        write(options.samples, samples)
    shutil.rmtree(folder)
    return 1 if grew(samples) else 0


if __name__ == "__main__":
    sys.exit(main())
