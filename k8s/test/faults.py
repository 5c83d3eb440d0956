#!/usr/bin/env python3
"""Campaigns on Kubernetes whose pods, containers, nodes and API server fail at random.

    k8s/test/faults.py [--schedules N] [--seed S] [--faults N] [--kind KIND ...] [--component join] [--limit SECONDS]

Every campaign must complete without anybody's help and give the best policy and the rows of a run in one process that
nobody disturbs, to the byte. Says of every fault how long the campaign stood still. Needs RIG (see kube.py).
"""
import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import kube
from kube import Failed, kubectl, planloop, pods

EXPERIMENT = """include "helicopter-hover"
seed = 3
campaign.iterations = %d
"""
LONGEST_CAMPAIGN_S = 900


def any_pod(rng):
    running = [pod for pod in pods() if pod["status"].get("phase") == "Running"]
    if not running:
        raise Skipped("no pod is running")
    return rng.choice(running)


class Skipped(Exception):
    """There was nothing to do it to."""


def delete_pod(rng, rig, seconds):
    pod = any_pod(rng)
    grace = rng.choice([0, 1, 45])
    force = ["--force"] if grace == 0 else []
    planloop("delete", "pod", pod["metadata"]["name"], f"--grace-period={grace}", "--wait=false", *force)
    return f"{pod['metadata']['name']} deleted, {grace} s grace"


def container(pod):
    """Node and container id."""
    statuses = pod["status"].get("containerStatuses", [])
    if not statuses or "running" not in statuses[0]["state"]:
        raise Skipped(f"{pod['metadata']['name']} has no running container")
    return pod["spec"]["nodeName"], statuses[0]["containerID"].removeprefix("containerd://")


def kill_container(rng, rig, seconds):
    pod = any_pod(rng)
    node, identity = container(pod)
    rig.node(node, "ctr", "-n", "k8s.io", "task", "kill", "-s", "SIGKILL", identity)
    return f"{pod['metadata']['name']} killed"


EAT = """
import os, sys, time
pid, cgroup = sys.argv[1:]
with open(cgroup + "/cgroup.procs", "w") as file:
    file.write(str(os.getpid()))
eaten, end = [], time.monotonic() + 20
while os.path.exists("/proc/" + pid) and time.monotonic() < end:
    eaten.append(bytearray(b"x") * (16 << 20))
print("gone" if not os.path.exists("/proc/" + pid) else "there")
"""


def out_of_memory(rng, rig, seconds):
    """Somebody eats the memory of the container until the kernel ends its process."""
    pod = any_pod(rng)
    node, identity = container(pod)
    listed = rig.node(node, "ctr", "-n", "k8s.io", "task", "ls")
    pid = next((line.split()[1] for line in listed.splitlines() if line.startswith(identity)), None)
    if pid is None:
        raise Skipped(f"{pod['metadata']['name']} is gone")
    groups = rig.node(node, "cat", f"/proc/{pid}/cgroup")
    version_2 = groups.startswith("0::")
    path = groups.split("::")[1].strip() if version_2 else next(
        line.split(":", 2)[2] for line in groups.splitlines() if line.split(":")[1] == "memory")
    cgroup = "/sys/fs/cgroup" + ("" if version_2 else "/memory") + path
    said = rig.node(node, sys.executable, "-c", EAT, pid, cgroup, check=False)
    return f"{pod['metadata']['name']} out of memory ({said.strip() or 'with the eater'})"


def power_cut(rng, rig, seconds):
    node = rng.choice(kube.nodes())
    rig.node(node, "--kill")
    time.sleep(seconds)
    rig.up()
    return f"power of {node} cut for {seconds:.0f} s"


def partition(rng, rig, seconds):
    node = rng.choice(kube.nodes())
    rig.node(node, "--cut")
    time.sleep(seconds)
    rig.node(node, "--heal")
    return f"{node} cut off for {seconds:.0f} s"


def drain(rng, rig, seconds):
    node = rng.choice(kube.nodes())
    try:
        kubectl("drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=60s", check=False, seconds=90)
        time.sleep(min(seconds, 10))
    finally:
        kubectl("uncordon", node)
    return f"{node} drained"


def upgrade(rng, rig, seconds):
    """A rolling upgrade: the same image under another name, so every pod is made anew."""
    stamp = str(rng.randrange(1 << 30))
    for kind, name in (("statefulset", "trainer"), ("statefulset", "replay"), ("deployment", "worker")):
        planloop("patch", kind, name, "-p", json.dumps({"spec": {"template": {"metadata": {"annotations": {"release": stamp}}}}}))
    return "all pods rolled to another release"


def restart_api(rng, rig, seconds):
    rig.restart_api()
    return "API server killed and started"


KINDS = {kind.__name__: kind for kind in (delete_pod, kill_container, out_of_memory, power_cut, partition, drain, upgrade, restart_api)}


class Progress(threading.Thread):
    """When the campaign got how far, as the trainer's volume says."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.folder, self.over = folder, threading.Event()
        self.steps = [(time.monotonic(), 0)]

    def run(self):
        while not self.over.wait(0.2):
            size = 0
            for run in os.listdir(self.folder) if os.path.isdir(self.folder) else []:
                try:
                    size += os.path.getsize(os.path.join(self.folder, run, "progress.csv"))
                except OSError:
                    continue
            if size != self.steps[-1][1]:
                self.steps.append((time.monotonic(), size))

    def standstill(self, begin, end):
        """The longest time without an iteration that began between the two, in seconds."""
        times = [t for t, _ in self.steps] + [time.monotonic()]
        return max((b - max(a, begin) for a, b in zip(times, times[1:]) if b > begin and a < end), default=0.0)


def ended(campaign, rig):
    """How the campaign ended. A scheduler that the API server's restart has ended is started again, as a kubelet would."""
    rig.up()
    return campaign.ended()


def schedule(installation, number, seed, options, undisturbed):
    """Runs a campaign under faults; gives what is wrong, and the faults with their standstills."""
    rng = random.Random(seed)
    campaign = installation.campaign(f"faults-{number}", EXPERIMENT % options.iterations)
    progress = Progress(os.path.join(installation.trainer_folder(), "runs"))
    progress.start()
    kube.wait("the first iterations", lambda: len(progress.steps) > 3 or campaign.ended(), 180)
    said = []
    kinds = [KINDS[name] for name in options.kind or KINDS]
    while len(said) < options.faults and not campaign.ended():
        kind = rng.choice(kinds)
        begun = time.monotonic()
        try:
            what = kind(rng, installation.rig, rng.uniform(2, options.longest))
        except Skipped:
            continue
        said.append((what, begun, time.monotonic()))
        print(f"    {what}", flush=True)
        time.sleep(rng.uniform(1, 8))
    how = kube.wait(f"campaign {campaign.name} over", lambda: ended(campaign, installation.rig), LONGEST_CAMPAIGN_S, every=5)
    progress.over.set()
    progress.join()
    ends = [begun for _, begun, _ in said[1:]] + [time.monotonic()]
    lost = [(what, progress.standstill(begun, end)) for (what, begun, _), end in zip(said, ends)]
    wrong = [] if how == "Complete" else [f"the job ended as {how}"]
    kube.wait("everything ready again", lambda: not kube.unready(), 300)
    return wrong + undisturbed.differences(campaign), lost, time.monotonic() - campaign.begun


def run(installation, options, undisturbed):
    """All schedules; gives how many went wrong."""
    begun = time.monotonic()
    failures, lost = 0, {}
    done = 0
    for i in range(options.schedules):
        if options.limit and time.monotonic() - begun > options.limit:
            print(f"stopped after {done} of {options.schedules} schedules: {options.limit} s are over")
            break
        print(f"schedule {options.seed + i}", flush=True)
        try:
            wrong, faults, seconds = schedule(installation, i, options.seed + i, options, undisturbed)
        except Failed as failed:
            wrong, faults, seconds = [str(failed)], [], 0
        done += 1
        failures += bool(wrong)
        for what, standstill in faults:
            print(f"      {standstill:5.1f} s without an iteration: {what}")
            lost.setdefault("all", []).append(standstill)
        print("  " + ("; ".join(wrong) if wrong else f"the same bytes after {seconds:.0f} s and {len(faults)} faults"), flush=True)
    if lost:
        times = sorted(lost["all"])
        print(f"{len(times)} faults: the campaign stood still for {statistics.median(times):.1f} s (median), {times[-1]:.1f} s (worst)")
    print(f"{done - failures} of {done} schedules as undisturbed")
    return failures


def parsed(arguments=None):
    """The options, those of the command line by default."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--schedules", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0, help="of the first schedule; the others count on from it")
    parser.add_argument("--faults", type=int, default=3, help="in one schedule at most")
    parser.add_argument("--kind", action="append", choices=list(KINDS), help="only this one; may be repeated")
    parser.add_argument("--component", choices=["join"], help="of k8s/components, on top of the small overlay")
    parser.add_argument("--longest", type=float, default=30, help="seconds that a node is away at most")
    parser.add_argument("--iterations", type=int, default=600, help="of the campaign")
    parser.add_argument("--limit", type=float, help="begin no further schedule after so many seconds, and say so")
    return parser.parse_args(arguments)


def main():
    options = parsed()
    if not os.environ.get("RIG"):
        print("faults.py: RIG names no folder with up.sh and node.sh: nodes cannot be made to fail", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="planloop-faults.") as work:
        undisturbed = kube.Undisturbed(work, EXPERIMENT % options.iterations)
        print(f"undisturbed in one process: {undisturbed.seconds:.1f} s, {len(undisturbed.rows)} rows", flush=True)
        with kube.Installation(work, component=options.component) as installation:
            print(f"all ready {installation.begin():.0f} s after apply", flush=True)
            return 1 if run(installation, options, undisturbed) else 0


if __name__ == "__main__":
    sys.exit(main())
