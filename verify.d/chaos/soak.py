#!/usr/bin/env python3
"""An asynchronous campaign on four nodes for a long time, with workers killed now and then: does memory stay flat?

    verify.d/chaos/soak.py [--minutes N]

Samples resident memory, open files and threads of the trainer's and the shard's process, which live all the time, and
compares the second quarter of the time with the last: what was there after the warm-up, and what is there at the end.
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


def java_of(node):
    """The JVM below a node's launcher."""
    children = subprocess.run(["pgrep", "-g", str(node.process.pid), "java"], capture_output=True, text=True).stdout.split()
    return int(children[0])


def sample(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        status = dict(line.split(":", 1) for line in file)
    return {"MB": int(status["VmRSS"].split()[0]) / 1024, "files": len(os.listdir(f"/proc/{pid}/fd")),
            "threads": int(status["Threads"])}


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
    options = parser.parse_args()
    rng = random.Random(1)
    folder = tempfile.mkdtemp(prefix="planloop-soak.")
    cluster = Cluster(os.path.join(folder, "nodes"), hosting.Loopback(4), shards=1, workers=2)
    run = os.path.join(folder, "run")
    samples = {"trainer": [], "replay-0": []}
    kills, follower = 0, None
    cluster.start()
    try:
        cluster.await_members(4, 90)
        follower = subprocess.Popen(cluster.client(["train", *EXPERIMENT, "--out", run]), stdout=subprocess.DEVNULL,
                                    stderr=subprocess.STDOUT, env=cluster.environment)
        pids = {"trainer": java_of(cluster.trainer), "replay-0": java_of(cluster.shards[0])}
        end = time.monotonic() + 60 * options.minutes
        next_kill = time.monotonic() + 30
        while time.monotonic() < end:
            for name, pid in pids.items():
                samples[name].append(sample(pid))
            if time.monotonic() > next_kill:
                node = rng.choice(cluster.workers)
                node.kill()
                time.sleep(rng.uniform(0, 5))
                node.start()
                kills += 1
                next_kill = time.monotonic() + rng.uniform(20, 60)
            time.sleep(5)
        done = fits(run)
    finally:
        if follower:
            follower.kill()
            follower.wait()
        cluster.stop()
    print(f"{options.minutes:.0f} minutes, {kills} workers killed, {done[0]} fits, {done[1]} transitions")
    for name, all_of_it in samples.items():
        quarter = len(all_of_it) // 4
        for what in ("MB", "files", "threads"):
            early = statistics.median(s[what] for s in all_of_it[quarter:2 * quarter])
            late = statistics.median(s[what] for s in all_of_it[-quarter:])
            print(f"{name:10} {what:8} second quarter {early:8.1f}  last {late:8.1f}  ({100 * (late / early - 1):+.1f} %)")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
