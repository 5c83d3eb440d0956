"""Nodes of a cluster as processes that can be killed, paused and started again."""
import glob
import json
import os
import signal
import subprocess
import threading
import time

HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLANLOOP = os.path.join(HOME, "planloop")


def fake_clock():
    """The library that gives a process another clock, or None."""
    return next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), None)


class Node:
    """One node; whoever kills it kills its launcher too, as a power cut would."""

    def __init__(self, cluster, host, name, arguments):
        self.cluster, self.host, self.name, self.arguments = cluster, host, name, arguments
        self.data = os.path.join(cluster.folder, name)
        self.log = os.path.join(cluster.folder, name + ".log")
        self.process = None
        self.clock = 0  # Seconds before or behind the machine's.

    @property
    def address(self):
        return self.cluster.hosts.addresses[self.host]

    def start(self):
        command = [PLANLOOP, "node", "--bind", self.address, "--seeds", self.cluster.seeds,
                   "--data", self.data, *self.arguments, *self.cluster.tls(self.address)]
        out = open(self.log, "a", encoding="utf-8")
        out.write(f"# {time.time():.3f} start\n")
        out.flush()
        self.process = subprocess.Popen(self.cluster.hosts.command(self.host, command), stdin=subprocess.DEVNULL,
                                        stdout=out, stderr=out, start_new_session=True, env=self.environment())
        out.close()

    def environment(self):
        if not self.clock:
            return self.cluster.environment
        return {**self.cluster.environment, "LD_PRELOAD": fake_clock(), "FAKETIME": f"{self.clock:+d}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}

    def signal(self, number):
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, number)

    def kill(self):
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait(20)

    def pause(self):
        self.signal(signal.SIGSTOP)

    def go_on(self):
        self.signal(signal.SIGCONT)

    def stop(self):
        self.go_on()
        self.signal(signal.SIGTERM)
        if self.process is not None:
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()

    @property
    def alive(self):
        return self.process is not None and self.process.poll() is None


class Cluster:
    """A trainer, replay shards and workers, each on a host of its own."""

    def __init__(self, folder, hosts, shards, workers, java_options="-Xmx512m"):
        self.folder, self.hosts = folder, hosts
        self.environment = dict(os.environ, PLANLOOP_JAVA_OPTS=java_options, OMP_NUM_THREADS="1")
        self.certificates = os.path.join(folder, "certs") if hosts.networks else None
        os.makedirs(folder, exist_ok=True)
        self.trainer = Node(self, 0, "trainer", ["--roles", "trainer"])
        self.shards = [Node(self, 1 + i, f"replay-{i}", ["--roles", "replay", "--shard", str(i)]) for i in range(shards)]
        self.workers = [Node(self, 1 + shards + i, f"worker-{i}", ["--roles", "worker", "--workers", "1"])
                        for i in range(workers)]
        self.nodes = [self.trainer, *self.shards, *self.workers]
        # The trainer first: it begins the cluster where there is none.
        self.seeds = ",".join(node.address for node in self.nodes[:1 + shards])
        if self.certificates:
            names = [address.rsplit(":", 1)[0] for address in hosts.addresses]
            names.append(self._client_address())
            self._planloop(["certs", self.certificates, "--hosts", ",".join(names)], 60)

    def _client_address(self):
        return f"10.88.0.{11 + self.hosts.client}"

    def tls(self, address):
        if not self.certificates:
            return []
        return ["--tls", os.path.join(self.certificates, address.rsplit(":", 1)[0])]

    def _planloop(self, arguments, seconds):
        return subprocess.run([PLANLOOP, *arguments], check=True, capture_output=True, text=True, timeout=seconds,
                              env=self.environment)

    def start(self):
        for node in self.nodes:
            node.start()

    def stop(self):
        threads = [threading.Thread(target=node.stop) for node in self.nodes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def client(self, arguments):
        """The command line of a user of the cluster."""
        command = [PLANLOOP, *arguments, "--cluster", self.seeds]
        if not self.certificates:
            return command
        return self.hosts.command(self.hosts.client, [*command, *self.tls(self._client_address())])

    def status(self, seconds=30):
        """What status --json says, or None while nobody answers."""
        try:
            done = subprocess.run(self.client(["status", "--json"]), capture_output=True, text=True, timeout=seconds,
                                  env=self.environment)
        except subprocess.TimeoutExpired:
            return None
        try:
            return json.loads(done.stdout)
        except ValueError:
            return None

    def await_members(self, count, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            status = self.status()
            if status and sum(n["reachable"] and n["status"] == "Up" for n in status.get("nodes", [])) >= count:
                return
        raise RuntimeError(f"{count} nodes were not up within {seconds} s; their logs are in {self.folder}")
