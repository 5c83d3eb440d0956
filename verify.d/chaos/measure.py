#!/usr/bin/env python3
"""How fast a cluster recovers, and what it costs against one process.

    verify.d/chaos/measure.py [recovery|overhead ...] [--repeats N]

Prints a line for each figure: the median, and all that was measured.
"""
import argparse
import csv
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hosts as hosting
from nodes import PLANLOOP, Cluster

HOVER = ["helicopter-hover", "--seed", "3", "--set", "campaign.iterations=100000"]
SWING_UP = ["cartpole-swingup", "--seed", "3", "--set", "campaign.iterations=40", "--set", "evaluation.episodes=0",
            "--set", "rollout.workers=2", "--set", "rollout.environments-per-job=1"]


def show(name, values, unit, bound=""):
    print(f"{name:58} {statistics.median(values):8.2f} {unit:3} {bound}  {['%.2f' % v for v in values]}", flush=True)


def rows(run):
    try:
        with open(os.path.join(run, "progress.csv"), encoding="utf-8") as file:
            return sum(1 for _ in file) - 1
    except FileNotFoundError:
        return 0


def await_row(run, more_than, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if rows(run) > more_than:
            return
        time.sleep(0.02)
    raise RuntimeError(f"no row after {more_than} within {seconds} s")


class Following:
    """A campaign on a cluster, followed from here."""

    def __init__(self, cluster, experiment, run):
        self.run = run
        self.process = subprocess.Popen(cluster.client(["train", *experiment, "--out", run]), stdout=subprocess.DEVNULL,
                                        stderr=subprocess.STDOUT, env=cluster.environment)

    def __enter__(self):
        await_row(self.run, 3)
        return self

    def __exit__(self, *failure):
        self.process.kill()
        self.process.wait()


def stamp(text):
    """Seconds since midnight of a log line's time."""
    hours, minutes, seconds = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def now():
    return stamp(time.strftime("%H:%M:%S", time.localtime()) + f".{int(time.time() % 1 * 1000):03d}")


def given_out_again(log, after, seconds=30):
    """When the dispatcher gave a job out again for the first time after a moment."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with open(log, encoding="utf-8") as file:
            for line in file:
                found = re.match(r"(\d\d:\d\d:\d\d\.\d+) .* is given out again", line)
                if found and stamp(found[1]) >= after:
                    return stamp(found[1])
        time.sleep(0.02)
    raise RuntimeError("no job was given out again")


def recovery(folder, repeats):
    cluster = Cluster(os.path.join(folder, "recovery"), hosting.Loopback(4), shards=1, workers=2)
    again, shard, trainer = [], [], []
    cluster.start()
    try:
        cluster.await_members(4, 90)
        with Following(cluster, HOVER, os.path.join(folder, "hover")) as campaign:
            for _ in range(repeats):
                node = cluster.shards[0]
                node.kill()
                time.sleep(2)
                before = rows(campaign.run)
                begun = time.monotonic()
                node.start()
                await_row(campaign.run, before)
                shard.append(time.monotonic() - begun)
                time.sleep(3)
                node = cluster.trainer
                node.kill()
                time.sleep(2)
                before = rows(campaign.run)
                begun = time.monotonic()
                node.start()
                await_row(campaign.run, before + 1)
                trainer.append(time.monotonic() - begun)
                time.sleep(8)
        with Following(cluster, SWING_UP[:3] + ["--set", "evaluation.episodes=0", "--set", "campaign.iterations=1000",
                                               "--set", "rollout.environments-per-job=1"],
                       os.path.join(folder, "swing-up")):
            for _ in range(repeats):
                node = cluster.workers[0]
                flying = None
                while not flying:
                    status = cluster.status()
                    flying = status and [w for w in status["workers"] if w["worker"].startswith(node.address) and w["job"]]
                killed = now()
                node.kill()
                again.append(given_out_again(cluster.trainer.log, killed) - killed)
                node.start()
                time.sleep(8)
    finally:
        cluster.stop()
    show("worker killed: its job in other hands after", again, "s", "(asked: 3)")
    show("replay shard started again: rows flow after", shard, "s", "(asked: 10)")
    show("trainer started again: the campaign goes on after", trainer, "s", "(asked: 15)")


def wall(run):
    with open(os.path.join(run, "progress.csv"), encoding="utf-8") as file:
        return float(list(csv.DictReader(file))[-1]["wall_s"])


def overhead(folder, repeats):
    cluster = Cluster(os.path.join(folder, "overhead"), hosting.Loopback(3), shards=1, workers=1, java_options="-Xmx1g")
    cluster.workers[0].arguments[-1] = "2"
    here, there = [], []
    for i in range(repeats):
        run = os.path.join(folder, f"here-{i}")
        subprocess.run([PLANLOOP, "train", *SWING_UP, "--out", run], check=True, stdout=subprocess.DEVNULL)
        here.append(wall(run))
        cluster.start()
        try:
            cluster.await_members(3, 90)
            run = os.path.join(folder, f"there-{i}")
            subprocess.run(cluster.client(["train", *SWING_UP, "--out", run]), check=True, stdout=subprocess.DEVNULL,
                           env=cluster.environment)
            there.append(wall(run))
        finally:
            cluster.stop()
    show("cartpole-swingup, 40 iterations, in one process", here, "s")
    show("the same on three nodes of this machine", there, "s")
    show("its cost", [100 * (b / a - 1) for a, b in zip(here, there)], "%", "(asked: 10)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="*", default=["recovery", "overhead"], help="recovery, overhead")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="planloop-measure.")
    for what in options.what:
        {"recovery": recovery, "overhead": overhead}[what](folder, options.repeats)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
