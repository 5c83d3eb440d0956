"""Hosts that can be cut off: network namespaces on a bridge, or this machine's loopback where they cannot be made."""
import os
import shutil
import subprocess


def run(*command, check=True, text=None):
    return subprocess.run(command, check=check, capture_output=True, text=True, input=text)


def why_no_namespaces():
    """None where namespaces can be made; otherwise the reason and the way out."""
    if os.geteuid() != 0:
        return "network namespaces need root: run it with sudo"
    for tool, package in (("ip", "iproute2"), ("nsenter", "util-linux"), ("nft", "nftables")):
        if shutil.which(tool) is None:
            return f"there is no {tool}: install the package {package}"
    probe = f"plprobe{os.getpid()}"
    made = run("ip", "netns", "add", probe, check=False)
    if made.returncode:
        return f"network namespaces cannot be made here: {made.stderr.strip()}"
    run("ip", "netns", "del", probe)
    return None


class Loopback:
    """All nodes on 127.0.0.1, each on a port of its own: processes can be killed, networks cannot."""

    networks = False

    def __init__(self, count):
        self.addresses = [f"127.0.0.1:{26500 + i}" for i in range(count)]
        self.client = None

    def command(self, host, arguments):
        return arguments

    def close(self):
        pass


class Namespaces:
    """Host i is the namespace pl<pid>-<i> with the address 10.88.0.<11+i>; one more is for the user."""

    networks = True

    def __init__(self, count):
        self.prefix = f"pl{os.getpid()}"
        self.switch = f"{self.prefix}-sw"
        self.names = []
        self.addresses = []
        try:
            run("ip", "netns", "add", self.switch)
            run("ip", "-n", self.switch, "link", "add", "br0", "type", "bridge")
            run("ip", "-n", self.switch, "link", "set", "br0", "up")
            run("ip", "-n", self.switch, "link", "set", "lo", "up")
            for i in range(count + 1):
                self._add(i)
        except subprocess.CalledProcessError as error:
            self.close()
            raise RuntimeError(f"{' '.join(error.cmd)}: {error.stderr.strip()}") from error
        self.client = count
        self.addresses.pop()

    def _add(self, i):
        name = f"{self.prefix}-{i}"
        run("ip", "netns", "add", name)
        self.names.append(name)
        run("ip", "-n", name, "link", "add", "eth0", "type", "veth", "peer", "name", f"v{i}", "netns", self.switch)
        run("ip", "-n", self.switch, "link", "set", f"v{i}", "master", "br0", "up")
        run("ip", "-n", name, "addr", "add", f"10.88.0.{11 + i}/24", "dev", "eth0")
        run("ip", "-n", name, "link", "set", "eth0", "up")
        run("ip", "-n", name, "link", "set", "lo", "up")
        self.addresses.append(f"10.88.0.{11 + i}:25520")

    def command(self, host, arguments):
        return ["nsenter", f"--net=/run/netns/{self.names[host]}", *arguments]

    def cut(self, host):
        run("ip", "-n", self.switch, "link", "set", f"v{host}", "down")

    def mend(self, host):
        run("ip", "-n", self.switch, "link", "set", f"v{host}", "up")

    def lose(self, host, percent):
        rules = (f"add table inet loss\n"
                 f"add chain inet loss c {{ type filter hook input priority 0; }}\n"
                 f"add rule inet loss c iifname \"eth0\" numgen random mod 100 < {percent} drop\n")
        run("ip", "netns", "exec", self.names[host], "nft", "-f", "-", text=rules)

    def lose_nothing(self, host):
        run("ip", "netns", "exec", self.names[host], "nft", "flush", "ruleset")

    def close(self):
        for name in self.names + [self.switch]:
            run("ip", "netns", "del", name, check=False)
