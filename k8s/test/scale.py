#!/usr/bin/env python3
"""Workers from 2 to N and back while a campaign runs: does the throughput follow, and does no job fail?

    k8s/test/scale.py [--most N] [--seconds S]

The environment is a robot whose steps take 5 ms of waiting, in a jar that comes with a ConfigMap (k8s/components/extensions).
"""
import argparse
import glob
import json
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import kube
from kube import Failed, planloop, sh

EXPERIMENT = """name = waiting-robot
strategy = LEARNER_ONLY
environment.name = waiting-robot
dynamics.kind = linear
planner { kind = random-shooting, horizon = 2, population = 4, elites = 1, keep = 0 }
campaign { iterations = 1000, steps-per-iteration = 20000 }
evaluation.episodes = 0
"""
ROOM = json.dumps([{"op": "replace", "path": "/spec/template/spec/containers/0/resources",
                    "value": {"requests": {"cpu": "50m", "memory": "256Mi"}, "limits": {"memory": "1Gi"}}}])


def jar(work):
    """The robot's jar, compiled against this build."""
    classes = os.path.join(work, "classes")
    services = os.path.join(classes, "META-INF/services")
    os.makedirs(services)
    with open(os.path.join(services, "org.planloop.environment.EnvironmentFactory"), "w", encoding="ascii") as file:
        file.write("robot.WaitingRobot\n")
    sh(os.path.join(kube.ROOT, "planloop"), "--version")  # Builds it, where it is not built.
    core = os.path.join(kube.ROOT, ".planloop/build/actor-core/classes")
    sh("javac", "--release", "17", "-cp", core, "-d", classes, *glob.glob(os.path.join(kube.ROOT, "k8s/test/robot/*.java")))
    path = os.path.join(work, "extensions.jar")
    sh("jar", "--create", "--file", path, "-C", classes, ".")
    return path


def rate(counters, seconds):
    """Transitions a second."""
    begun, before = time.monotonic(), counters.read("planloop_rollout_steps_total")
    time.sleep(seconds)
    return (counters.read("planloop_rollout_steps_total") - before) / (time.monotonic() - begun)


def follow(counters, wanted, seconds=90):
    """Seconds until the throughput is within a fifth of what is wanted, over windows of 4 s."""
    begun = time.monotonic()
    while True:
        end, now = time.monotonic(), rate(counters, 4)
        if abs(now / wanted - 1) < 0.2:
            return end - begun
        if end - begun > seconds:
            raise Failed(f"{now:.0f} transitions/s after {seconds} s, {wanted:.0f} were expected")


def settled(replicas):
    """Waits until there are so many workers, and all of them ready."""
    kube.wait(f"{replicas} workers ready", lambda: len(there := kube.pods("worker")) == replicas and all(map(kube.ready, there)), 180)


def scale(now, replicas, step):
    """Adds workers, so many at a time, and returns the seconds until all of them are ready."""
    begun = time.monotonic()
    while now < replicas:
        now = min(now + step, replicas)
        planloop("scale", "deployment/worker", f"--replicas={now}")
        settled(now)
    return time.monotonic() - begun


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=12, help="workers; one pod flies one robot")
    parser.add_argument("--step", type=int, default=2,
                        help="workers that start at once: on a machine of two cores a dozen young JVMs take so long that the cluster gives them up")
    parser.add_argument("--seconds", type=float, default=20, help="that a steady throughput is measured for")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="planloop-scale.") as work:
        extensions = jar(work)
        with kube.Installation(work) as installation:
            planloop("create", "configmap", "planloop-extensions", f"--from-file=extensions.jar={extensions}")
            installation.begin()
            installation.add("extensions")
            planloop("patch", "deployment", "worker", "--type=json", "-p", ROOM)  # Last: an apply would undo it.
            planloop("rollout", "status", "deployment/worker", "--timeout=180s", seconds=200)
            campaign = installation.campaign("scale", EXPERIMENT, extensions=True)
            with kube.Counters() as counters:
                kube.wait("rollouts", lambda: counters.read("planloop_rollout_steps_total") > 0, 120)
                few = rate(counters, options.seconds)
                print(f"2 workers: {few:.0f} transitions/s", flush=True)
                ready = scale(2, options.most, options.step)
                after = follow(counters, few * options.most / 2)
                many = rate(counters, options.seconds)
                print(f"{options.most} workers: ready after {ready:.0f} s, the throughput followed {after:.0f} s later: "
                      f"{many:.0f} transitions/s, {100 * many / (few * options.most / 2):.0f} % of ideal", flush=True)
                begun = time.monotonic()
                planloop("scale", "deployment/worker", "--replicas=2")
                follow(counters, few)
                print(f"2 workers again: the throughput followed after {time.monotonic() - begun:.0f} s", flush=True)
                failed = counters.read("planloop_rollout_job_failures_total")
                if failed or campaign.ended():
                    raise Failed(f"{failed:.0f} jobs failed; the campaign's job: {campaign.ended() or 'goes on'}")
                print("no job failed")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failed:
        print(f"FAILED: {failed}")
        sys.exit(1)
