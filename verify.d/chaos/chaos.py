#!/usr/bin/env python3
"""Campaigns on a cluster whose nodes are killed, cut off, paused and starved of disk.

Every campaign must end with the same model and the same choice, to the byte, as one in a single process that nobody
disturbs, and with exactly the rows in its replay files that were flown. An asynchronous one, whose results depend on
what comes first, must end with books that are right: every job that counts is in the replay files, whole and once.

    verify.d/chaos/chaos.py [--schedules N] [--seed S] [--asynchronous] [--clocks] [--folder DIR] [--keep]

A schedule is drawn from its seed alone, so one that fails can be run again: --schedules 1 --seed S.
"""
import argparse
import csv
import glob
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hosts as hosting
from nodes import PLANLOOP, Cluster, fake_clock

SYNCHRONOUS = ["helicopter-hover", "--seed", "3", "--set", "replay.shards=2"]
ASYNCHRONOUS = ["pendulum", "--seed", "3", "--set", "replay.shards=2", "--set", "campaign.mode=asynchronous",
                "--set", "evaluation.episodes=2", "--set", "trainer.steps=100"]
RESULTS = ["model.safetensors", "policy.json", "selection.json"]
LONGEST_CAMPAIGN_S = 900


class Fault:
    """Something that happens to nodes for a while."""

    def __init__(self, name, nodes, begin, end, seconds):
        self.name, self.nodes, self.begin, self.end, self.seconds = name, nodes, begin, end, seconds

    def __str__(self):
        return f"{self.name} {'+'.join(n.name for n in self.nodes)} for {self.seconds:.0f} s"


def each(action):
    return lambda nodes: [action(node) for node in nodes]


def draw(cluster, rng, kinds, longest):
    """One fault."""
    kind = rng.choice(kinds)
    seconds = rng.uniform(0.5, longest)
    one = [rng.choice(cluster.nodes)]
    kill, start = each(lambda node: node.kill()), each(lambda node: node.start())
    if kind == "kill":
        return Fault(kind, one, kill, start, seconds)
    if kind == "kill two":
        return Fault(kind, rng.sample(cluster.nodes, 2), kill, start, seconds)
    if kind == "kill all":
        return Fault(kind, list(cluster.nodes), kill, start, seconds)
    if kind == "pause":
        return Fault(kind, one, each(lambda node: node.pause()), each(lambda node: node.go_on()), longest)
    if kind == "cut off":
        hosts = cluster.hosts
        return Fault(kind, one, each(lambda node: hosts.cut(node.host)), each(lambda node: hosts.mend(node.host)), seconds + longest / 2)
    if kind == "lose 30 %":
        hosts = cluster.hosts
        return Fault(kind, list(cluster.nodes), each(lambda node: hosts.lose(node.host, 30)),
                     each(lambda node: hosts.lose_nothing(node.host)), seconds + longest / 2)
    if kind == "fill disk":
        disk = [rng.choice(cluster.shards)]
        return Fault(kind, disk, each(fill), each(empty), seconds)
    raise ValueError(kind)


def filler(node):
    return os.path.join(node.data, "filler")


def fill(node):
    with open(filler(node), "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            pass
        try:
            while True:
                file.write(b"\0")
        except OSError:
            pass


def empty(node):
    os.remove(filler(node))


class Disks:
    """Small file systems for the shards, so that they can be filled; only root can make them."""

    def __init__(self, cluster):
        self.mounted = []
        for node in cluster.shards:
            os.makedirs(node.data, exist_ok=True)
            hosting.run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", node.data)
            self.mounted.append(node.data)

    def close(self):
        for path in self.mounted:
            hosting.run("umount", "-l", path, check=False)


class SameBytes:
    """A synchronous campaign ends as one in a single process that nobody disturbs."""

    good = "the same bytes"

    def __init__(self, folder, experiment):
        self.reference = os.path.join(folder, "undisturbed")
        begun = time.monotonic()
        subprocess.run([PLANLOOP, "train", *experiment, "--out", self.reference], check=True, stdout=subprocess.DEVNULL)
        seconds = time.monotonic() - begun
        self.rows = rows_of(self.reference)
        print(f"undisturbed in one process: {seconds:.1f} s, rows (learner, expert) {self.rows}")

    def wrong(self, cluster, run):
        wrong = []
        for name in RESULTS:
            with open(os.path.join(self.reference, "best", name), "rb") as one, open(os.path.join(run, "best", name), "rb") as two:
                if one.read() != two.read():
                    wrong.append(f"{name} differs from the undisturbed run's")
        there = rows_there(cluster)
        if there != self.rows:
            wrong.append(f"rows in replay (learner, expert) are {there}, and {self.rows} were flown")
        return wrong


class RightBooks:
    """An asynchronous campaign has every row that it counts, once."""

    good = "books that are right"

    def wrong(self, cluster, run):
        rows_there(cluster)  # All shards answer, so all that was confirmed is committed.
        newest = sorted(glob.glob(os.path.join(cluster.trainer.data, "runs", "*", "iterations", "*", "state", "campaign.json")))[-1]
        with open(newest, encoding="utf-8") as file:
            state = json.load(file)["campaign"]
        counted = {(r["iteration"], job) for r in state["asynchronous"]["counted"]["ranges"] for job in range(r["from"], r["to"])}
        rows, seen, wrong = {}, set(), []
        for number, shard in enumerate(cluster.shards):
            store = glob.glob(os.path.join(shard.data, "replay", "*", "store.json"))[0]
            table = os.path.join(cluster.folder, f"rows-{number}.csv")
            subprocess.run([PLANLOOP, "replay", "export", os.path.dirname(store), "--side", "learner", "--out", table],
                           check=True, capture_output=True)
            with open(table, encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    job = int(row["iteration"]), int(row["job"])
                    key = (*job, row["attempt"], row["episode"], row["step"])
                    if key in seen:
                        wrong.append(f"{key} is there twice")
                    seen.add(key)
                    rows[job] = rows.get(job, 0) + 1
        for job in sorted(counted - rows.keys()):
            wrong.append(f"job {job} counts and is not there")
        there = sum(rows.get(job, 0) for job in counted)
        if there != state["learnerRows"]:
            wrong.append(f"{state['learnerRows']} rows count, and {there} of their jobs are there")
        with open(os.path.join(run, "summary.json"), encoding="utf-8") as file:
            if json.load(file)["env_steps"] != state["envSteps"]:
                wrong.append("summary.json has another number of steps than the last row")
        return wrong[:10]


class Chaos(threading.Thread):
    """Draws faults until the campaign is over; all is whole again at the end."""

    def __init__(self, cluster, rng, kinds, longest, most):
        super().__init__()
        self.cluster, self.rng, self.kinds, self.longest, self.most = cluster, rng, kinds, longest, most
        self.over = threading.Event()
        self.said = []
        self.broken = None

    def run(self):
        try:
            while len(self.said) < self.most and not self.over.wait(self.rng.uniform(1, 6)):
                fault = draw(self.cluster, self.rng, self.kinds, self.longest)
                self.said.append(str(fault))
                print(f"    {fault}", flush=True)
                fault.begin(fault.nodes)
                self.over.wait(fault.seconds)
                fault.end(fault.nodes)
        except (OSError, subprocess.SubprocessError) as error:
            self.broken = f"{error} {getattr(error, 'stderr', '') or ''}"

    def stop(self):
        self.over.set()
        self.join()


def rows_there(cluster):
    """Learner and expert rows in all shards, as soon as all of them answer."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        status = cluster.status()
        if status and len(status.get("replay", ())) == len(cluster.shards):
            return tuple(sum(shard[side] for shard in status["replay"]) for side in ("learner_rows", "expert_rows"))
    raise RuntimeError("the replay shards did not answer within 60 s")


def rows_of(run):
    """The same of a run in one process."""
    text = subprocess.run([PLANLOOP, "replay", "ls", os.path.join(run, "replay"), "--json"], check=True,
                          capture_output=True, text=True).stdout
    iterations = json.loads(text)["iterations"]
    return tuple(sum(i["rows"] for i in iterations if i["side"] == side) for side in ("learner", "expert"))


def schedule(folder, experiment, judge, seed, kinds, longest, most, networks, clocks):
    """Runs one campaign under faults; returns what is wrong with it."""
    rng = random.Random(seed)
    hosts = hosting.Namespaces(5) if networks else hosting.Loopback(5)
    cluster = disks = chaos = follower = None
    try:
        cluster = Cluster(folder, hosts, shards=2, workers=2)
        if networks:
            disks = Disks(cluster)
        if clocks:
            draws = random.Random(seed)  # The faults are the same with and without.
            draws.choice(cluster.nodes).clock = draws.choice((-3600, 3600))
            print("    clock of " + ", ".join(f"{node.name} {node.clock:+d} s" for node in cluster.nodes if node.clock), flush=True)
        cluster.start()
        cluster.await_members(len(cluster.nodes), 180)
        chaos = Chaos(cluster, rng, kinds, longest, most)
        run = os.path.join(folder, "run")
        begun = time.monotonic()
        follower = subprocess.Popen(cluster.client(["train", *experiment, "--out", run]),
                                    stdout=open(os.path.join(folder, "train.log"), "w", encoding="utf-8"),
                                    stderr=subprocess.STDOUT, env=cluster.environment)
        while not os.path.exists(os.path.join(run, "cluster.json")) and follower.poll() is None:
            time.sleep(0.05)
        chaos.start()
        try:
            code = follower.wait(LONGEST_CAMPAIGN_S)
        except subprocess.TimeoutExpired:
            code = None
        seconds = time.monotonic() - begun
        chaos.stop()
        said = chaos.said
        if chaos.broken:
            return [f"the harness broke: {chaos.broken}"], said, seconds
        if code is None:
            return [f"the campaign was not done after {LONGEST_CAMPAIGN_S} s"], said, seconds
        if code:
            return [f"train ended with {code}; see {folder}/train.log"], said, seconds
        return judge.wrong(cluster, run), said, seconds
    finally:
        if chaos and chaos.is_alive():
            chaos.stop()
        if follower:
            follower.kill()
            follower.wait()
        if cluster:
            cluster.stop()
        if disks:
            disks.close()
        hosts.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--schedules", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0, help="of the first schedule; the others count on from it")
    parser.add_argument("--asynchronous", action="store_true", help="campaigns in asynchronous mode")
    parser.add_argument("--clocks", action="store_true", help="the clock of one node an hour before or behind the others'")
    parser.add_argument("--iterations", type=int, default=300, help="of the campaign")
    parser.add_argument("--limit", type=float, help="begin no further schedule after so many seconds, and say so")
    parser.add_argument("--faults", type=int, default=1000, help="in one schedule at most; then the campaign ends in peace")
    parser.add_argument("--longest", type=float, default=30, help="seconds that a fault lasts at most")
    parser.add_argument("--folder", help="where logs go; default: a temporary folder")
    parser.add_argument("--keep", action="store_true", help="keep the folder of every schedule, not only of failed ones")
    options = parser.parse_args()
    if options.clocks and not fake_clock():
        parser.error("--clocks: there is no libfaketime: install the package faketime, or leave the option away")
    if options.folder and os.path.isdir(options.folder) and os.listdir(options.folder):
        parser.error(f"--folder {options.folder}: there is something in it already; name a new folder")
    # Told to go, it takes its nodes and networks along; in the background even Ctrl-C is ignored otherwise.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit("stopped"))
    experiment = [*(ASYNCHRONOUS if options.asynchronous else SYNCHRONOUS),
                  "--set", f"campaign.iterations={options.iterations}"]
    begun = time.monotonic()

    reason = hosting.why_no_namespaces()
    if reason:
        print(f"without networks and full disks: {reason}")
    kinds = ["kill", "kill", "kill", "kill two", "kill all", "pause"]
    if not reason:
        kinds += ["cut off", "cut off", "lose 30 %", "fill disk"]
    folder = options.folder or tempfile.mkdtemp(prefix="planloop-chaos.")
    os.makedirs(folder, exist_ok=True)
    judge = RightBooks() if options.asynchronous else SameBytes(folder, experiment)
    failed, times = [], []
    for i in range(options.schedules):
        if options.limit and time.monotonic() - begun > options.limit:
            print(f"{options.limit:.0f} s are over: {i} of {options.schedules} schedules were run")
            options.schedules = i
            break
        seed = options.seed + i
        place = os.path.join(folder, f"schedule-{seed}")
        print(f"schedule {seed}", flush=True)
        try:
            wrong, said, seconds = schedule(place, experiment, judge, seed, kinds, options.longest, options.faults, not reason,
                                            options.clocks)
        except RuntimeError as broken:
            wrong, said, seconds = [str(broken)], [], 0
        times.append(seconds)
        print(f"  {'FAILED' if wrong else judge.good} after {seconds:.1f} s and {len(said)} faults", flush=True)
        for line in wrong:
            print(f"    {line}")
        if wrong:
            failed.append(seed)
        elif not options.keep:
            shutil.rmtree(place)
    times.sort()
    print(f"{options.schedules - len(failed)} of {options.schedules} schedules gave {judge.good}; "
          f"a campaign took {times[len(times) // 2]:.1f} s (median), {times[-1]:.1f} s at most")
    if failed:
        print(f"failed: {failed}; logs in {folder}")
        return 1
    if not options.folder and not options.keep:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
