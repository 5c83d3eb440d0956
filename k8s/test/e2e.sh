#!/usr/bin/env bash
# Runs a campaign on the cluster that KUBECONFIG points to, deletes every pod once meanwhile, and compares the best policy's bytes with those of a run in one
# process on this machine. Usage: k8s/test/e2e.sh [--keep]     --keep leaves the namespace planloop behind, which must not be there before
#   IMAGE    the image as the nodes have it   (default localhost/planloop:VERSION, as k8s/image/build-local.sh makes it)
#   READER   an image with busybox, to read the trainer's volume   (default localhost/kttest:1)
#   VOLUMES  how volumes come about: "local" makes them on the nodes by `$NODE_SHELL NODE mkdir ...`; without it the cluster's default storage class does
# Needs the same CPU family here and there: the bytes are only then the same.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
: "${KUBECONFIG:?point KUBECONFIG to a cluster}"
version=$(sed -n 's|^  <version>\(.*\)</version>|\1|p' pom.xml | head -n 1)
image=${IMAGE:-localhost/planloop:$version}
reader=${READER:-localhost/kttest:1}
keep=false
[ "${1:-}" != --keep ] || keep=true
work=$(mktemp -d)
begun=$SECONDS

say() { printf '[%4d s] %s\n' $((SECONDS - begun)) "$*"; }
die() {
  say "FAILED: $*"
  kubectl -n planloop get pods -o wide || true
  kubectl -n planloop get events --sort-by=.lastTimestamp | tail -n 15 || true
  for pod in $(kubectl -n planloop get pods -o name); do
    printf -- '-- %s\n' "$pod"
    kubectl -n planloop logs "$pod" --tail=15 || true
  done
  exit 1
}
clean_up() {
  rm -rf "$work"
  $keep || {
    kubectl delete namespace planloop --ignore-not-found --timeout=90s >/dev/null
    [ "${VOLUMES:-}" != local ] || kubectl delete pv -l planloop-e2e=true --ignore-not-found --timeout=30s >/dev/null
  }
}
if kubectl get namespace planloop >/dev/null 2>&1; then
  printf 'e2e.sh: the cluster has a namespace planloop already; delete it first\n' >&2
  exit 2
fi
trap clean_up EXIT

experiment=$work/experiment.conf
sed -n '/experiment.conf: |/,/^---/p' k8s/campaign/campaign.yaml | sed '1d;/^---/d;s/^    //' >"$experiment"
printf '%s\n' 'campaign.iterations = 6' 'trainer.steps = 1500' 'trainer.threads = 2' 'planner.threads = 1' 'evaluation.confirm-episodes = 2' >>"$experiment"

say "the same campaign in one process"
./planloop train "$experiment" --out "$work/local" >"$work/local.log" 2>&1 || { cat "$work/local.log"; exit 1; }
say "done; now the cluster"

mkdir -p "$work/all" "$work/campaign"
cp -r k8s/base k8s/overlays k8s/campaign "$work/"
[ ! -d k8s/components ] || cp -r k8s/components "$work/"
images="images: [{name: planloop, newName: ${image%:*}, newTag: ${image##*:}}]"
printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../overlays/small]\n%s\n' "$images" >"$work/all/kustomization.yaml"
python3 - "$work/campaign/campaign.yaml" "$experiment" <<'PY'
import re, sys
manifest, experiment = sys.argv[1:]
text = open(manifest).read()
own = "".join("    " + line if line.strip() else line for line in open(experiment))
text = re.sub(r"(  experiment\.conf: \|\n).*?(?=^---)", lambda found: found.group(1) + own, text, flags=re.S | re.M)
open(manifest, "w").write(text)
PY
printf '%s\n' "$images" >>"$work/campaign/kustomization.yaml"

volumes() {
  kubectl create -f - >/dev/null 2>&1 <<'YAML' || true
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: local, annotations: {storageclass.kubernetes.io/is-default-class: "true"}},
 provisioner: kubernetes.io/no-provisioner, volumeBindingMode: WaitForFirstConsumer}
YAML
  local node i path
  for node in $(kubectl get nodes -o 'jsonpath={.items[*].metadata.name}'); do
    for i in 0 1; do
      path=/var/lib/kubelet/planloop-e2e-$$-$i
      $NODE_SHELL "$node" mkdir -p "$path"
      kubectl create -f - >/dev/null <<YAML
{apiVersion: v1, kind: PersistentVolume, metadata: {name: e2e-$$-$node-$i, labels: {planloop-e2e: "true"}}, spec: {capacity: {storage: 5Gi}, accessModes: [ReadWriteOnce],
 storageClassName: local, local: {path: $path}, nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [$node]}]}]}}}}
YAML
    done
  done
}
[ "${VOLUMES:-}" != local ] || volumes

kubectl apply -f k8s/base/namespace.yaml >/dev/null
k8s/secrets.sh planloop "$work/pki" 2>"$work/secrets.log" | kubectl apply -f - >/dev/null
started=$SECONDS
kubectl apply -k "$work/all" >/dev/null
kubectl apply -k "$work/campaign" >/dev/null
kubectl -n planloop rollout status deploy/worker --timeout=120s >/dev/null 2>&1 || die "the workers do not become ready"
kubectl -n planloop wait --for=condition=Ready pod/trainer-0 pod/replay-0 --timeout=60s >/dev/null || die "trainer and replay do not become ready"
say "all nodes are ready $((SECONDS - started)) s after apply"

over() { [ -n "$(kubectl -n planloop get job campaign -o 'jsonpath={.status.conditions[?(@.status=="True")].type}')" ]; }
# delete LABEL: one pod of the kind, and waits until as many as before are ready
delete() {
  local pod want t=$SECONDS
  ! over || die "the campaign ended before every pod had been deleted: it is too short for this test"
  pod=$(kubectl -n planloop get pods -l "app.kubernetes.io/component=$1" --field-selector=status.phase=Running -o 'jsonpath={.items[0].metadata.name}')
  want=$(kubectl -n planloop get pods -l "app.kubernetes.io/component=$1" --field-selector=status.phase=Running -o name | wc -l)
  kubectl -n planloop delete pod "$pod" --grace-period="$2" --wait=true >/dev/null 2>&1
  for _ in $(seq 200); do
    [ "$(kubectl -n planloop get pods -l "app.kubernetes.io/component=$1" -o 'jsonpath={range .items[*]}{.metadata.deletionTimestamp}{.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}' | grep -cx True)" -lt "$want" ] || {
      say "deleted $pod (grace $2 s): $want of $want ready again after $((SECONDS - t)) s"
      return
    }
    sleep 0.3
  done
  die "$1 is not ready again"
}
for _ in $(seq 100); do # the campaign is under way
  ! kubectl -n planloop logs job/campaign 2>/dev/null | grep -q 'iteration 1' || break
  sleep 0.5
done
say "from apply to the first iteration: $((SECONDS - started)) s"
delete worker 45
delete replay 1
delete client 15
delete trainer 1
delete worker 1

for _ in $(seq 600); do
  ! over || break
  sleep 0.5
done
condition=$(kubectl -n planloop get job campaign -o 'jsonpath={.status.conditions[?(@.status=="True")].type}')
case $condition in *Complete*) ;; *) die "the job ended as '$condition'" ;; esac
say "the campaign is complete"

kubectl create -f - >/dev/null <<YAML
apiVersion: v1
kind: Pod
metadata: {name: reader, namespace: planloop}
spec:
  restartPolicy: Never
  automountServiceAccountToken: false
  securityContext: {runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001, fsGroupChangePolicy: OnRootMismatch, seccompProfile: {type: RuntimeDefault}}
  containers:
    - name: reader
      image: $reader
      command: [/bin/busybox, sh, -c, "cd /data/runs/*/ && for f in best/*; do /bin/busybox sha256sum \$f; done && echo PROGRESS && cat progress.csv"]
      securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
      volumeMounts: [{name: data, mountPath: /data, readOnly: true}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: data-trainer-0}}]
YAML
kubectl -n planloop wait --for=jsonpath='{.status.phase}'=Succeeded pod/reader --timeout=60s >/dev/null || die "the trainer's volume cannot be read"
kubectl -n planloop logs reader >"$work/there"
sed '/^PROGRESS$/,$d' "$work/there" | sort -k2 >"$work/best.there"
(cd "$work/local" && sha256sum best/*) | sort -k2 >"$work/best.here"
# every row but for the times that it took
rows() { python3 -c 'import csv, sys; [print({k: v for k, v in row.items() if not k.endswith("_s")}) for row in csv.DictReader(sys.stdin)]'; }
rows <"$work/local/progress.csv" >"$work/rows.here"
sed '1,/^PROGRESS$/d' "$work/there" | rows >"$work/rows.there"
diff "$work/best.here" "$work/best.there" || die "the best policy is not the same to the byte"
diff "$work/rows.here" "$work/rows.there" || die "the rows are not the same"
restarts=$(kubectl -n planloop get pods -l app.kubernetes.io/part-of=planloop -o 'jsonpath={.items[*].status.containerStatuses[0].restartCount}')
say "the same bytes: $(wc -l <"$work/best.here") files, $(wc -l <"$work/rows.here") rows; restarts of containers: $restarts"
