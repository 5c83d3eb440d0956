"""An S3 service for the checks: moto's server with a user and a role that may use one bucket, behind a port that can be shut.

service.py PORT ENVIRONMENT: listens on PORT (and PORT + 1 for itself), writes the user's credentials as shell exports to
the file ENVIRONMENT, and then reads commands from its standard input: "down" refuses connections, "up" takes them again.
Every other user and every wrong signature is refused, as a real service does. Ends with its standard input.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request


def relay(port, behind):
    """Passes connections on while it is up; a connection that stands when it goes down is cut."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    open_sockets = []
    down, lock = threading.Event(), threading.Lock()

    def pump(source, target):
        try:
            while data := source.recv(1 << 16):
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def accept():
        while True:
            try:
                taken, _ = listener.accept()
            except OSError:
                return
            onward = socket.create_connection(("127.0.0.1", behind))
            with lock:
                open_sockets.extend((taken, onward))
                if down.is_set():  # It went down between the two lines: this connection must not outlive it.
                    cut()
            for pair in ((taken, onward), (onward, taken)):
                threading.Thread(target=pump, args=pair, daemon=True).start()

    def cut():
        for end in [listener, *open_sockets]:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    def stop():
        with lock:
            down.set()
            cut()

    threading.Thread(target=accept, daemon=True).start()
    return stop


def user(url):
    """Makes the bucket, and the only user and the role that may use it; from then on everybody is checked."""
    import boto3

    def client(name):
        return boto3.client(
            name, endpoint_url=url, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )

    iam = client("iam")
    iam.create_user(UserName="planloop")
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    iam.put_user_policy(UserName="planloop", PolicyName="s3", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName="planloop")["AccessKey"]
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:*", "Principal": "*"}]}
    iam.create_role(RoleName="robots", AssumeRolePolicyDocument=json.dumps(trust))
    iam.put_role_policy(RoleName="robots", PolicyName="s3", PolicyDocument=json.dumps(policy))
    client("s3").create_bucket(Bucket="copies")
    request = urllib.request.Request(
        url + "/moto-api/reset-auth", data=b"0", method="POST", headers={"Content-Type": "text/plain"}
    )
    urllib.request.urlopen(request).read()
    return key


def main():
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))  # So that the server goes too.
    port, environment = int(sys.argv[1]), sys.argv[2]
    url = f"http://127.0.0.1:{port + 1}"
    server = subprocess.Popen(
        [os.path.join(os.path.dirname(sys.executable), "moto_server"), "-H", "127.0.0.1", "-p", str(port + 1)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(url + "/moto-api/data.json").read()
                break
            except OSError:
                time.sleep(0.2)
        key = user(url)
        stop = relay(port, port + 1)
        with open(environment + ".part", "w") as file:
            file.write(f"export AWS_ACCESS_KEY_ID={key['AccessKeyId']}\n")
            file.write(f"export AWS_SECRET_ACCESS_KEY={key['SecretAccessKey']}\n")
        os.rename(environment + ".part", environment)
        for line in sys.stdin:
            stop()
            if line.strip() == "up":
                stop = relay(port, port + 1)
    finally:
        server.terminate()


main()
