"""What the tests of a real Kubernetes share: Planloop set up in a namespace, campaigns on it, and what came of them.

The cluster is the one that KUBECONFIG points to. Settings, all from the environment:

    IMAGE    the image as the nodes have it (default: localhost/planloop:VERSION, as k8s/image/build-local.sh makes it)
    READER   an image with busybox, to read the trainer's volume (default: localhost/kttest:1)
    RIG      folder of scripts that rule over a cluster on this machine: up.sh starts what is down, `node.sh NODE CMD` runs a
             command on a node, `node.sh NODE --kill|--cut|--heal` takes its power or its network; volumes are folders on the
             nodes then. Without it the default storage class gives volumes, and only what kubectl can do is done to nodes.
"""
import base64
import csv
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NAMESPACE = "planloop"


class Failed(Exception):
    """What was to be shown is not so."""


def sh(*command, text_in=None, check=True, seconds=120):
    """A command's output. A failed one says what it was and what it said."""
    done = subprocess.run(command, input=text_in, capture_output=True, text=True, timeout=seconds)
    if check and done.returncode:
        raise Failed(f"{' '.join(command)}: exit {done.returncode}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def kubectl(*arguments, **options):
    return sh("kubectl", *arguments, **options)


def planloop(*arguments, **options):
    """kubectl in the namespace."""
    return kubectl("-n", NAMESPACE, *arguments, **options)


def apply(*documents):
    """Applies JSON documents."""
    kubectl("apply", "-f", "-", text_in=json.dumps({"apiVersion": "v1", "kind": "List", "items": documents}))


def wait(what, condition, seconds, every=0.5):
    """Waits until the condition gives something true, and returns that."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise Failed(f"{what}: not so after {seconds} s")
        time.sleep(every)


def version():
    with open(os.path.join(ROOT, "pom.xml"), encoding="utf-8") as file:
        return re.search(r"^  <version>(.*)</version>", file.read(), re.M).group(1)


class Rig:
    """Power, network and processes of the nodes of a cluster on this machine."""

    def __init__(self, folder):
        self.folder = folder
        self.state = os.environ.get("KT_RUN") or os.path.join(
            os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "kube-rig", "run")

    def node(self, name, *command, check=True, seconds=60):
        return sh(os.path.join(self.folder, "node.sh"), name, *command, check=check, seconds=seconds)

    def up(self):
        """Starts whatever of the cluster is down."""
        sh(os.path.join(self.folder, "up.sh"), seconds=180)

    def restart_api(self):
        with open(os.path.join(self.state, "kube-apiserver.pid"), encoding="ascii") as file:
            os.kill(int(file.read()), 9)
        self.up()

    def load(self, tar):
        sh(os.path.join(self.folder, "load.sh"), tar, seconds=180)

    def on_this_machine(self, node, path):
        """Where a folder below the kubelet's on the node lies for a process outside of it."""
        return os.path.join(self.state, node, "kubelet", os.path.relpath(path, "/var/lib/kubelet"))


class Counters:
    """The trainer's metrics, over a forwarded port."""

    def __init__(self):
        token = json.loads(planloop("get", "secret", "planloop-http", "-o", "json"))["data"]["token"]
        self.token = base64.b64decode(token).decode()
        self.process = subprocess.Popen(["kubectl", "-n", NAMESPACE, "port-forward", "pod/trainer-0", ":9464"],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        said = self.process.stdout.readline()
        if ":" not in said:
            raise RuntimeError(f"kubectl forwards no port of trainer-0 (it ended with exit code {self.process.wait(10)}): is the pod running?")
        self.url = "http://127.0.0.1:" + said.split(":")[1].split(" ")[0] + "/metrics"

    def read(self, name):
        """The sum over all labels."""
        request = urllib.request.Request(self.url, headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.split("{")[0].split(" ")[0] == name)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.terminate()
        self.process.wait(10)


class Installation:
    """Planloop's namespace with its secrets and volumes, made anew and taken away again; begin() puts all else into it."""

    def __init__(self, work, overlay="small", component=None):
        self.work, self.overlay, self.component = work, overlay, component
        self.image = os.environ.get("IMAGE") or f"localhost/planloop:{version()}"
        self.reader = os.environ.get("READER") or "localhost/kttest:1"
        self.rig = Rig(os.environ["RIG"]) if os.environ.get("RIG") else None
        self.volumes = []

    def __enter__(self):
        # Told to go, it cleans up; in the background even Ctrl-C is ignored otherwise.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: sys.exit("stopped"))
        if kubectl("get", "namespace", NAMESPACE, "--ignore-not-found", "-o", "name"):
            raise Failed(f"the cluster has a namespace {NAMESPACE} already; delete it first")
        if self.rig:
            self._local_volumes()
        base = os.path.join(self.work, "k8s")
        for part in ("base", "overlays", "components", "campaign"):
            shutil.copytree(os.path.join(ROOT, "k8s", part), os.path.join(base, part))
        name, tag = self.image.rsplit(":", 1)
        self.all = os.path.join(base, "all")
        os.mkdir(self.all)
        with open(os.path.join(self.all, "kustomization.yaml"), "w", encoding="utf-8") as file:
            json.dump({"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization",
                       "namespace": NAMESPACE, "resources": [f"../overlays/{self.overlay}"],
                       "components": [f"../components/{self.component}"] if self.component else [],
                       "images": [{"name": "planloop", "newName": name, "newTag": tag}]}, file)
        kubectl("apply", "-f", os.path.join(ROOT, "k8s/base/namespace.yaml"))
        secrets = sh(os.path.join(ROOT, "k8s/secrets.sh"), NAMESPACE, os.path.join(self.work, "pki"))
        kubectl("apply", "-f", "-", text_in=secrets)
        return self

    def begin(self):
        """Applies everything, and waits until every node of Planloop can do its work; returns the seconds that it took."""
        self.begun = time.monotonic()
        kubectl("apply", "-k", self.all)
        wait("pods ready", lambda: not unready(), 180)
        return time.monotonic() - self.begun

    def __exit__(self, *unused):
        kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found", "--timeout=120s", check=False, seconds=150)
        for name, node, path in self.volumes:
            kubectl("delete", "pv", name, "--ignore-not-found", "--timeout=30s", check=False)
            self.rig.node(node, "rm", "-rf", path, check=False)

    def _local_volumes(self):
        apply({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
               "metadata": {"name": "local", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
               "provisioner": "kubernetes.io/no-provisioner", "volumeBindingMode": "WaitForFirstConsumer"})
        for node in nodes():
            for i in range(2):
                path = f"/var/lib/kubelet/planloop-test-{os.getpid()}-{i}"
                name = f"planloop-test-{os.getpid()}-{node}-{i}"
                self.rig.node(node, "mkdir", "-p", path)
                on_node = {"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}
                apply({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name},
                       "spec": {"capacity": {"storage": "5Gi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": "local",
                                "local": {"path": path},
                                "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [on_node]}]}}}})
                self.volumes.append((name, node, path))

    def add(self, component):
        """Puts a component of k8s/components on top of what is there, and waits until all is ready."""
        file = os.path.join(self.all, "kustomization.yaml")
        with open(file, encoding="utf-8") as now:
            content = json.load(now)
        content["components"].append(f"../components/{component}")
        with open(file, "w", encoding="utf-8") as out:
            json.dump(content, out)
        kubectl("apply", "-k", self.all)
        wait("pods ready", lambda: not unready(), 180)

    def campaign(self, name, experiment, extensions=False):
        """Begins a campaign by a job of that name; with extensions it has the jar of that component."""
        return Campaign(self, name, experiment, extensions)

    def trainer_folder(self):
        """The trainer's volume as this machine sees it; None where only pods do."""
        if not self.rig:
            return None
        claim = json.loads(planloop("get", "pvc", "data-trainer-0", "-o", "json"))
        for name, node, path in self.volumes:
            if name == claim["spec"].get("volumeName"):
                return self.rig.on_this_machine(node, path)
        raise Failed("the trainer's volume is none of this test's")


def nodes():
    return kubectl("get", "nodes", "-o", "jsonpath={.items[*].metadata.name}").split()


def pods(component=None):
    """Planloop's pods that are not on their way out."""
    selector = "app.kubernetes.io/part-of=planloop" + (f",app.kubernetes.io/component={component}" if component else "")
    found = json.loads(planloop("get", "pods", "-l", selector, "-o", "json"))["items"]
    return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]


def ready(pod):
    return any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions", []))


def unready():
    """What is missing until all of Planloop's controllers have as many ready pods as they want."""
    missing = []
    for kind, name in (("statefulset", "trainer"), ("statefulset", "replay"), ("deployment", "worker")):
        it = json.loads(planloop("get", kind, name, "-o", "json"))
        if it["status"].get("readyReplicas", 0) != it["spec"]["replicas"] or \
                it["status"].get("updatedReplicas", 0) != it["spec"]["replicas"]:
            missing.append(name)
    return missing


class Campaign:
    """A campaign that a job follows."""

    def __init__(self, installation, name, experiment, extensions):
        self.installation, self.name = installation, name
        rendered = kubectl("create", "--dry-run=client", "-o", "json", "-f", os.path.join(ROOT, "k8s/campaign/campaign.yaml"))
        documents, at = [], 0
        decoder = json.JSONDecoder()
        while at < len(rendered.rstrip()):
            document, at = decoder.raw_decode(rendered, at)
            documents.append(document)
            at += len(rendered[at:]) - len(rendered[at:].lstrip())
        config = next(d for d in documents if d["kind"] == "ConfigMap")
        job = next(d for d in documents if d["kind"] == "Job")
        for document in (config, job):
            document["metadata"]["name"] = name
        config["data"]["experiment.conf"] = experiment
        pod = job["spec"]["template"]["spec"]
        pod["containers"][0]["image"] = installation.image
        next(v for v in pod["volumes"] if "configMap" in v)["configMap"]["name"] = name
        if extensions:
            container = pod["containers"][0]
            container["args"].append("--classpath=/etc/planloop/extensions/extensions.jar")
            container["volumeMounts"].append({"name": "extensions", "mountPath": "/etc/planloop/extensions", "readOnly": True})
            pod["volumes"].append({"name": "extensions", "configMap": {"name": "planloop-extensions"}})
        self.begun = time.monotonic()
        apply(config, job)

    def job(self):
        return json.loads(planloop("get", "job", self.name, "-o", "json"))

    def ended(self):
        """Complete or Failed once it is so; else None, also where nobody answers."""
        try:
            conditions = self.job()["status"].get("conditions", [])
        except (Failed, subprocess.TimeoutExpired):
            return None
        return next((c["type"] for c in conditions if c["status"] == "True" and c["type"] in ("Complete", "Failed")), None)

    def await_end(self, seconds):
        """The seconds that it took."""
        how = wait(f"campaign {self.name} over", self.ended, seconds)
        if how != "Complete":
            raise Failed(f"campaign {self.name} ended as {how}: {planloop('logs', f'job/{self.name}', '--tail=20', check=False)}")
        return time.monotonic() - self.begun

    def logs(self):
        return planloop("logs", f"job/{self.name}", check=False)

    def results(self):
        """What the run left on the trainer's volume: digests of the best policy's files by name, and rows of progress.csv."""
        digest = hashlib.md5(self.job()["metadata"]["uid"].encode()).hexdigest()[:8]
        script = (f"cd /data/runs/*-{digest} && for f in best/*; do /bin/busybox sha256sum $f; done "
                  "&& echo PROGRESS && cat progress.csv")
        name = f"{self.name}-reader"
        nobody = {"runAsNonRoot": True, "runAsUser": 10001, "fsGroup": 10001, "fsGroupChangePolicy": "OnRootMismatch",
                  "seccompProfile": {"type": "RuntimeDefault"}}
        locked = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
        apply({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": NAMESPACE},
               "spec": {"restartPolicy": "Never", "automountServiceAccountToken": False, "securityContext": nobody,
                        "containers": [{"name": "reader", "image": self.installation.reader, "securityContext": locked,
                                        "command": ["/bin/busybox", "sh", "-c", script],
                                        "volumeMounts": [{"name": "data", "mountPath": "/data", "readOnly": True}]}],
                        "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data-trainer-0"}}]}})
        planloop("wait", "--for=jsonpath={.status.phase}=Succeeded", f"pod/{name}", "--timeout=60s")
        digests, progress = planloop("logs", name).split("PROGRESS\n")
        planloop("delete", "pod", name, "--wait=false")
        return dict(reversed(line.split()) for line in digests.splitlines()), rows(progress)


class Undisturbed:
    """The same campaign in one process on this machine."""

    def __init__(self, work, experiment):
        place = tempfile.mkdtemp(prefix="undisturbed.", dir=work)
        file = os.path.join(place, "experiment.conf")
        run = os.path.join(place, "run")
        with open(file, "w", encoding="utf-8") as out:
            out.write(experiment)
        begun = time.monotonic()
        sh(os.path.join(ROOT, "planloop"), "train", file, "--out", run, seconds=900)
        self.seconds = time.monotonic() - begun
        self.best = {}
        for name in sorted(os.listdir(os.path.join(run, "best"))):
            with open(os.path.join(run, "best", name), "rb") as content:
                self.best[f"best/{name}"] = hashlib.sha256(content.read()).hexdigest()
        with open(os.path.join(run, "progress.csv"), encoding="utf-8") as content:
            self.rows = rows(content.read())

    def differences(self, campaign):
        """What differs in the campaign's results."""
        best, progress = campaign.results()
        wrong = [f"{name} differs" for name in sorted(set(best) | set(self.best)) if best.get(name) != self.best.get(name)]
        if progress != self.rows:
            wrong.append(f"progress.csv has {len(progress)} rows, {len(self.rows)} were expected, or their contents differ")
        return wrong


def rows(text):
    """Rows of progress.csv but for the times that it took."""
    return [{k: v for k, v in row.items() if not k.endswith("_s")} for row in csv.DictReader(io.StringIO(text))]
