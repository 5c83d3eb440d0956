#!/usr/bin/env python3
"""Planloop on the Kubernetes that KUBECONFIG points to, from apply to the bytes of the best policy.

    k8s/test/e2e.py [--schedules N] [--component join]

The API server accepts every document of every overlay; service accounts may do nothing, or what the component says; a campaign during which every pod is
deleted once gives the best policy and the rows of a run in one process on this machine, to the byte (so both need processors
of one family). With RIG also N schedules of random faults, see faults.py. What the environment says: kube.py.
"""
import argparse
import os
import re
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import faults
import kube
from kube import Failed, kubectl, planloop, sh

ACCOUNTS = ["trainer", "replay", "worker", "client", "default"]
VERBS = ["get", "list", "watch", "create", "update", "patch", "delete"]
RESOURCES = ["pods", "pods/exec", "secrets", "configmaps", "services", "persistentvolumeclaims", "serviceaccounts",
             "statefulsets.apps", "deployments.apps", "jobs.batch", "leases.coordination.k8s.io", "roles.rbac.authorization.k8s.io",
             "nodes", "namespaces"]
CAMPAIGN = """include "cartpole-swingup"
campaign.iterations = 6
campaign.steps-per-iteration = 200
trainer { steps = 1500, threads = 2 }
planner.threads = 1
evaluation.confirm-episodes = 2
"""


def server_accepts_every_overlay():
    """Documents of kinds that the cluster does not know are named, not counted."""
    served = set(kubectl("api-versions").split())
    accepted, unknown, made = 0, set(), []
    for folder in [os.path.join(kube.ROOT, "k8s/overlays", name) for name in sorted(os.listdir(os.path.join(kube.ROOT, "k8s/overlays")))] + \
            [os.path.join(kube.ROOT, "k8s/campaign")]:
        documents = [d for d in kubectl("kustomize", folder).split("\n---\n") if d.strip()]
        # What lies in a namespace is only looked at where that is.
        made += [name for name in map(namespace_of, documents) if name and made_anew(name)]
        known = [d for d in documents if version_of(d) in served]
        unknown |= {version_of(d) for d in documents if version_of(d) not in served}
        said = kubectl("apply", "--dry-run=server", "-f", "-", text_in="\n---\n".join(known))
        if len(said.splitlines()) != len(known):
            raise Failed(f"{folder}: {len(known)} documents, and the server said: {said}")
        accepted += len(known)
    for name in made:
        kubectl("delete", "namespace", name, "--wait=false")
    return f"{accepted} documents accepted; unknown here: {', '.join(sorted(unknown)) or 'none'}"


def namespace_of(document):
    """The name of the namespace that the document is, or None."""
    if "\nkind: Namespace\n" not in f"\n{document}\n":
        return None
    return next(line.split(": ", 1)[1].strip() for line in document.splitlines() if line.startswith("  name: "))


def made_anew(name):
    """Makes a namespace where there is none of the name; whether it did."""
    if kubectl("get", "namespace", name, "--ignore-not-found", "-o", "name"):
        return False
    kubectl("create", "namespace", name)
    return True


def version_of(document):
    return next(line.split(": ", 1)[1].strip() for line in document.splitlines() if line.startswith("apiVersion: "))


# What each account may do, by component: resource, verb, and the name that the right is for.
GRANTED = {
    "join": {account: {("pods", "list", ""), ("leases.coordination.k8s.io", "get", "planloop"),
                       ("leases.coordination.k8s.io", "update", "planloop"), ("leases.coordination.k8s.io", "create", "")}
             for account in ("trainer", "replay")},
}


def may(account):
    """All that a service account may do: resource, verb, and the name that the right is for, or nothing for all."""
    user = f"system:serviceaccount:{kube.NAMESPACE}:{account}"
    rights = set()
    for line in kubectl("auth", "can-i", "--list", f"--as={user}", "-n", kube.NAMESPACE, "--no-headers").splitlines():
        resource, _, names, verbs = re.fullmatch(r"(\S*)\s+\[(.*?)\]\s+\[(.*?)\]\s+\[(.*?)\]\s*", line).groups()
        rights |= {(resource, verb, name) for verb in verbs.split() for name in names.split() or [""]}
    return rights


def accounts_may_do_no_more(component):
    """Nobody but the operator and who is granted it talks to the API: every other question is answered with no."""
    asked = 0
    for account in ACCOUNTS:
        has = may(account)
        wanted = GRANTED.get(component, {}).get(account, set())
        if not wanted <= has:
            raise Failed(f"{account} may not {wanted - has}")
        for resource in RESOURCES:
            for verb in VERBS:
                asked += 1
                more = {right for right in has - wanted if right[0] in (resource, "*.*", "*") and right[1] in (verb, "*")}
                if more:
                    raise Failed(f"{account} may {more}")
    return f"{asked} rights of {len(ACCOUNTS)} service accounts are as they should be"


def classes_are_kept(options):
    """A Java process in the image maps its classes from the file that came with it; made to, it ends where it cannot."""
    planloop("exec", "trainer-0", "--", "/opt/java/bin/java", f"@{options}", "-Xshare:on", "-cp", "@/app/jib-classpath-file",
             "org.planloop.deploy.cli.Main", "--version")
    return "Java processes map their classes"


def delete_one(component, grace):
    """Deletes a pod and waits for its successor; the seconds until that is ready."""
    before = kube.pods(component)
    running = [pod for pod in before if pod["status"].get("phase") == "Running"]
    if not running:
        raise Failed(f"no {component} is running")
    gone = running[0]["metadata"]
    begun = time.monotonic()
    planloop("delete", "pod", gone["name"], f"--grace-period={grace}", "--wait=false")

    def back():
        now = kube.pods(component)
        return all(pod["metadata"]["uid"] != gone["uid"] for pod in now) and len(now) >= len(before) and all(map(kube.ready, now))

    kube.wait(f"another {component} ready", back, 120)
    return time.monotonic() - begun


def every_pod_deleted_once(installation, undisturbed):
    campaign = installation.campaign("campaign", CAMPAIGN)
    with kube.Counters() as counters:
        kube.wait("first transitions", lambda: counters.read("planloop_rollout_steps_total") > 0, 180)
        print(f"  first job's transitions {time.monotonic() - installation.begun:.0f} s after the first apply", flush=True)
    kube.wait("first iteration", lambda: "iteration 1" in campaign.logs(), 180)
    print(f"  first iteration {time.monotonic() - installation.begun:.0f} s after the first apply", flush=True)
    for component, grace in (("worker", 45), ("replay", 1), ("client", 15), ("trainer", 45), ("worker", 1)):
        if campaign.ended():
            raise Failed("the campaign ended before every pod had been deleted: it is too short for this test")
        print(f"  {component} deleted with {grace} s grace, its successor ready after {delete_one(component, grace):.0f} s", flush=True)
    campaign.await_end(600)
    wrong = undisturbed.differences(campaign)
    if wrong:
        raise Failed("; ".join(wrong))
    return f"the same bytes: {len(undisturbed.best)} files, {len(undisturbed.rows)} rows"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--schedules", type=int, default=1, help="of random faults, with RIG")
    parser.add_argument("--component", choices=sorted(GRANTED), help="of k8s/components, on top of the small overlay")
    options = parser.parse_args()
    begun = time.monotonic()

    def say(what):
        print(f"[{time.monotonic() - begun:4.0f} s] {what}", flush=True)

    try:
        with tempfile.TemporaryDirectory(prefix="planloop-e2e.") as work:
            undisturbed = kube.Undisturbed(work, CAMPAIGN)
            say(f"the campaign in one process: {undisturbed.seconds:.0f} s")
            with kube.Installation(work, component=options.component) as installation:
                say(server_accepts_every_overlay())
                say(f"all ready {installation.begin():.0f} s after apply")
                if os.environ.get("KEPT_CLASSES"):
                    say(classes_are_kept(os.environ["KEPT_CLASSES"]))
                say(accounts_may_do_no_more(options.component))
                say(every_pod_deleted_once(installation, undisturbed))
                if installation.rig and options.schedules:
                    given = faults.parsed(f"--schedules {options.schedules} --seed 1000 --faults 2 --longest 20 --iterations 300".split())
                    if faults.run(installation, given, kube.Undisturbed(work, faults.EXPERIMENT % given.iterations)):
                        raise Failed("a campaign under faults went wrong")
                say("done")
    except Failed as failed:
        say(f"FAILED: {failed}")
        print(sh("kubectl", "-n", kube.NAMESPACE, "get", "pods", "-o", "wide", check=False))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
