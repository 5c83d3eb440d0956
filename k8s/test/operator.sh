#!/usr/bin/env bash
# Installs the operator on the cluster that KUBECONFIG points to and has it run, suspend, resume, upgrade, refuse and delete campaigns, while it is killed itself.
# Usage: k8s/test/operator.sh [--keep] [--no-run] [--random N] [--seed N]    --random: random operations at the end (default 12); --no-run: no campaign runs
#   IMAGE    the image as the nodes have it   (default localhost/planloop:VERSION, as k8s/image/build-local.sh makes it)
# The long form, a quarter of an hour, needs libfaketime.so.1 (Debian: faketime) and nft on this machine, for clocks that differ and a trainer out of reach.
#   VOLUMES  how volumes come about: "local" makes them on the nodes by `$NODE_SHELL NODE mkdir ...`; without it the cluster's default storage class does
# Uses the namespaces planloop-operator and lab, which must not be there before, and removes them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
: "${KUBECONFIG:?point KUBECONFIG to a cluster}"
version=$(sed -n 's|^  <version>\(.*\)</version>|\1|p' pom.xml | head -n 1)
image=${IMAGE:-localhost/planloop:$version}
keep=false run=true random=12 seed=1
while [ $# -gt 0 ]; do
  case $1 in
    --keep) keep=true ;;
    --no-run) run=false ;;
    --random) random=${2:?--random needs a number}; shift ;;
    --seed) seed=${2:?--seed needs a number}; shift ;;
    *) printf 'operator.sh: unknown option %s\n' "$1" >&2; exit 2 ;;
  esac
  shift
done
work=$(mktemp -d)
begun=$SECONDS
small_disk='' small_node=''

lab() { kubectl -n lab "$@"; }
say() { printf '[%4d s] %s\n' $((SECONDS - begun)) "$*"; }
die() {
  say "FAILED: $*"
  lab get campaigns,pods,pvc -o wide || true
  lab describe campaigns | tail -n 60 || true
  lab get events --sort-by=.lastTimestamp | tail -n 20 || true
  kubectl -n planloop-operator get pods || true
  kubectl -n planloop-operator logs deployment/operator --tail=40 || true
  exit 1
}
clean_up() {
  rm -rf "$work"
  $keep || {
    kubectl delete campaigns --all -n lab --timeout=120s --ignore-not-found >/dev/null 2>&1 || true
    kubectl delete -k k8s/overlays/operator --ignore-not-found --timeout=60s >/dev/null 2>&1 || true
    kubectl delete namespace lab --ignore-not-found --timeout=90s >/dev/null 2>&1 || true
    [ "${VOLUMES:-}" != local ] || kubectl delete pv -l planloop-e2e=operator --ignore-not-found --timeout=30s >/dev/null
    [ -z "$small_disk" ] || $NODE_SHELL "$small_node" umount -l "$small_disk" || true
  }
}
for namespace in planloop-operator lab; do
  if kubectl get namespace "$namespace" >/dev/null 2>&1; then
    printf 'operator.sh: the cluster has a namespace %s already; delete it first\n' "$namespace" >&2
    exit 2
  fi
done
trap clean_up EXIT

# within SECONDS WHAT COMMAND...: until the command succeeds
within() {
  local limit=$(($1 * 4)) what=$2 i
  shift 2
  for ((i = 0; i < limit; i++)); do
    ! "$@" >/dev/null 2>&1 || return 0
    sleep 0.25
  done
  die "not within $((limit / 4)) s: $what"
}
# field NAME PATH; is NAME PATH VALUE; says NAME CONDITION TEXT: of a campaign
field() { lab get campaign "$1" -o "jsonpath={$2}"; }
is() { [ "$(field "$1" "$2")" = "$3" ]; }
at_least() { [ "$(field "$1" "$2")" -ge "$3" ]; }
says() { field "$1" ".status.conditions[?(@.type==\"$2\")]" | grep -qF -- "$3"; }
not() { ! "$@"; }
no_pods() { [ -z "$(lab get pods -l "planloop.org/campaign=$1" -o name)" ]; }
gone() { ! lab get campaign "$1"; }
nothing_of() { [ -z "$(lab get all,secret,configmap,pdb,networkpolicy,serviceaccount -l "planloop.org/campaign=$1" -o name)" ]; }

volumes() {
  kubectl create -f - >/dev/null 2>&1 <<'YAML' || true
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: local, annotations: {storageclass.kubernetes.io/is-default-class: "true"}},
 provisioner: kubernetes.io/no-provisioner, volumeBindingMode: WaitForFirstConsumer}
YAML
  local node i path
  for node in $(kubectl get nodes -o 'jsonpath={.items[*].metadata.name}'); do
    for i in $(seq 10); do
      path=/var/lib/kubelet/planloop-operator-$$-$i
      $NODE_SHELL "$node" mkdir -p "$path"
      kubectl create -f - >/dev/null <<YAML
{apiVersion: v1, kind: PersistentVolume, metadata: {name: operator-$$-$node-$i, labels: {planloop-e2e: operator}}, spec: {capacity: {storage: 5Gi}, accessModes: [ReadWriteOnce],
 storageClassName: local, local: {path: $path}, nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [$node]}]}]}}}}
YAML
    done
  done
}
[ "${VOLUMES:-}" != local ] || volumes

mkdir -p "$work/operator"
cp -r k8s/overlays "$work/"
printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../overlays/operator]\nimages: [{name: planloop, newName: %s, newTag: %s}]\n' \
  "${image%:*}" "${image##*:}" >"$work/operator/kustomization.yaml"
kubectl apply -k "$work/operator" >/dev/null
kubectl -n planloop-operator rollout status deployment/operator --timeout=120s >/dev/null || die "the operator does not become ready"
kubectl create namespace lab >/dev/null
kubectl label namespace lab pod-security.kubernetes.io/enforce=restricted >/dev/null
say "the operator is ready; $(kubectl -n planloop-operator get pods -o 'jsonpath={.items[0].spec.containers[0].image}')"

# --- told to go, an operator gives its lease back: the next one need not wait until it is over
operators() { kubectl -n planloop-operator "$@"; }
holder() { operators get lease planloop-operator -o 'jsonpath={.spec.holderIdentity}'; }
leads() { [ -n "$(holder)" ]; }
within 60 "the operator leads" leads
operators scale deployment/operator --replicas=0 >/dev/null
within 30 "the lease is given back" not leads
operators scale deployment/operator --replicas=1 >/dev/null
say "the lease is given back"

# campaign NAME SPEC: as YAML, with the sizes of k8s/overlays/small
campaign() {
  cat <<YAML
apiVersion: planloop.org/v1alpha1
kind: Campaign
metadata: {name: $1, namespace: lab}
spec:
  trainer: {storage: 5Gi, resources: {requests: {cpu: 200m, memory: 1Gi}, limits: {memory: 3Gi}}}
  replay: {storage: 5Gi, resources: {requests: {cpu: 100m, memory: 512Mi}, limits: {memory: 1Gi}}}
$2
YAML
}
small='  workers: {replicas: 2, resources: {requests: {cpu: 200m, memory: 768Mi}, limits: {memory: 2Gi}}}'
experiment='  experiment: |
    include "cartpole-swingup"
    campaign { iterations = 6, steps-per-iteration = 400 }
    trainer { steps = 1000, threads = 1 }
    planner.threads = 1
    evaluation.confirm-episodes = 2'

# --- what the API server refuses, and how it says so
refused() { # refused TEXT NAME SPEC
  local answer
  ! answer=$(campaign "$2" "$3" | kubectl create --dry-run=server -f - 2>&1) || die "accepted: $2 $3"
  grep -qF -- "$1" <<<"$answer" || die "refused with other words than '$1': $answer"
}
refused 'give either experiment, the text of one, or experimentConfigMap' a '  suspend: true'
refused 'give either experiment, the text of one, or experimentConfigMap' a $'  experiment: x\n  experimentConfigMap: mine'
refused 'metadata.name may have 40 characters' a2345678901234567890123456789012345678901 '  experiment: x'
refused 'metadata.name must begin with a letter' 4a '  experiment: x'
refused 'metadata.name must begin with a letter' a.b '  experiment: x'
refused 'spec.workers.replicas: Invalid value: -1: spec.workers.replicas in body should be greater than or equal to 0' a $'  experiment: x\n  workers: {replicas: -1}'
refused 'spec.backoffLimit' a $'  experiment: x\n  backoffLimit: -1'
refused 'Unsupported value: "Forget": supported values: "Retain", "Delete"' a $'  experiment: x\n  volumes: Forget'
refused 'unknown field "spec.replica"' a $'  experiment: x\n  replica: 3'
! answer=$(campaign c "$experiment" | sed 's/5Gi/much/' | kubectl create --dry-run=server -f - 2>&1) || die "a size that is none was accepted"
grep -qF 'must be a size such as 50Gi' <<<"$answer" || die "$answer"
say "wrong campaigns are refused with readable words"

# --- a campaign from apply to its end, with a suspension and operators killed
kill_operator() { operators delete pod -l app.kubernetes.io/component=operator --grace-period=0 --force >/dev/null 2>&1; }
# Upgraded in the middle: the same image under another name, on every node.
another_image() {
  local next=$image-next node since=$SECONDS before
  for node in $(kubectl get nodes -o 'jsonpath={.items[*].metadata.name}'); do
    $NODE_SHELL "$node" ctr -n k8s.io images tag --force "$image" "$next" >/dev/null
  done
  before=$(field c .status.iteration)
  lab patch campaign c --type merge -p "{\"spec\": {\"image\": \"$next\"}}" >/dev/null
  within 150 "all nodes run the other image" all_run "$next"
  within 120 "the campaign goes on" at_least c .status.iteration $((before + 1))
  is c .status.phase Running || is c .status.phase Finished || die "upgraded, it is $(field c .status.phase)"
  say "another image: every node runs it and a further iteration is done after $((SECONDS - since)) s"
}
all_run() {
  local part
  for part in trainer replay worker; do
    [ "$(lab get pods -l "planloop.org/campaign=c,app.kubernetes.io/component=$part" -o 'jsonpath={.items[*].spec.containers[0].image}')" = "$1" ] || return 1
    lab wait --for=condition=Ready pod -l "planloop.org/campaign=c,app.kubernetes.io/component=$part" --timeout=1s || return 1
  done
}
whole_campaign() {
started=$SECONDS
campaign c "$experiment
$small" | kubectl apply -f - >/dev/null
kill_operator # in the middle of its making
within 120 "the campaign runs" is c .status.phase Running
say "apply to Running, with the operator killed at once: $((SECONDS - started)) s"
within 120 "an iteration is done" at_least c .status.iteration 1
say "apply to the first iteration in the status: $((SECONDS - started)) s"
! answer=$(campaign c "${experiment/400/401}" | kubectl apply -f - 2>&1) || die "another experiment was accepted"
grep -qF 'experiment cannot be changed' <<<"$answer" || die "$answer"
! answer=$(lab patch campaign c --type merge -p '{"spec": {"replay": {"shards": 2}}}' 2>&1) || die "another number of shards was accepted"
grep -qF 'shards cannot be changed' <<<"$answer" || die "$answer"
lab scale campaign c --replicas=1 >/dev/null
within 60 "one worker is left" is c .status.workersReady 1
lab get campaigns
[ "${VOLUMES:-}" != local ] || another_image

since=$SECONDS
lab patch campaign c --type merge -p '{"spec": {"suspend": true}}' >/dev/null
sleep 2
kill_operator
within 150 "the campaign is suspended" is c .status.phase Suspended
within 30 "no pod is left" no_pods c
say "suspended, with the operator killed meanwhile: $((SECONDS - since)) s"
before=$(field c .status.iteration)
since=$SECONDS
lab patch campaign c --type merge -p '{"spec": {"suspend": false}}' >/dev/null
within 120 "the campaign runs again" is c .status.phase Running
say "resumed after iteration $before: Running after $((SECONDS - since)) s"
within 300 "the campaign is finished" is c .status.phase Finished
say "apply to Finished, suspension included: $((SECONDS - started)) s"
within 30 "the last iteration is in the status" is c .status.iteration 6
[ "$(field c .status.iteration)" -ge "$before" ] || die "iterations were lost"
says c Complete '/best' || die "the condition Complete does not say where the best policy is"
lab get campaigns -o wide
lab describe campaign c | sed -n '/^Status/,$p'

# --- who may do what
allowed() { # allowed ACCOUNT yes|no NAMESPACE 'VERB RESOURCE' ...
  local account=$1 want=$2 namespace=$3 what answer
  shift 3
  for what in "$@"; do
    case $what in */*) what="${what%/*} --subresource=${what#*/}" ;; esac
    # shellcheck disable=SC2086 # words
    answer=$(kubectl auth can-i $what -n "$namespace" --as="system:serviceaccount:$account" 2>/dev/null || true)
    [ "$answer" = "$want" ] || die "$account may '$what' in $namespace: $answer, wanted $want"
  done
}
operator=planloop-operator:operator
allowed $operator yes lab 'list campaigns.planloop.org' 'watch campaigns.planloop.org' 'patch campaigns.planloop.org/status' 'update campaigns.planloop.org/finalizers' \
  'create statefulsets' 'patch statefulsets' 'delete statefulsets' 'create deployments' 'delete jobs' 'create secrets' 'get secrets' 'create services' 'create serviceaccounts' \
  'create networkpolicies' 'create poddisruptionbudgets' 'list pods' 'list persistentvolumeclaims' 'create events'
allowed $operator yes planloop-operator 'update leases' 'create leases'
allowed $operator no lab 'list secrets' 'delete secrets' 'delete persistentvolumeclaims' 'create pods' 'delete pods' 'create pods/exec' 'get pods/log' 'update leases' 'create roles' \
  'create rolebindings' 'delete campaigns.planloop.org' 'create campaigns.planloop.org' 'delete services' 'escalate clusterroles' 'impersonate users' 'list configmaps' 'create serviceaccounts/token'
allowed $operator no default 'list nodes' 'delete namespaces' 'patch customresourcedefinitions' 'create clusterrolebindings' 'list persistentvolumes'
for account in trainer replay worker client; do
  allowed "lab:c-$account" no lab 'get pods' 'list pods' 'get secrets' 'get configmaps' 'get campaigns.planloop.org' 'patch campaigns.planloop.org/status' 'create pods' 'get leases' \
    'create events' 'get services' 'get endpoints' 'get persistentvolumeclaims'
done
[ -z "$(lab get pods -o 'jsonpath={.items[*].spec.volumes[*].projected}')" ] || die "a campaign's pod has a token for the API"
say "the operator may do what it needs and nothing else; trainer, replay, worker and client may do nothing"

# --- after its time
lab patch campaign c --type merge -p '{"spec": {"ttlSecondsAfterFinished": 1}}' >/dev/null
within 60 "its trainer and shard go when their time is over" no_pods c
is c .status.phase Finished || die "without pods it is $(field c .status.phase)"
says c Complete '/best' || die "without pods nothing says where the best policy is"
say "its time over: no pod is left, and it is still Finished"

# --- deletion
since=$SECONDS
lab delete campaign c --wait=false >/dev/null
sleep 1
kill_operator
within 180 "the campaign is gone" gone c
within 60 "what it owned is gone" nothing_of c
[ "$(lab get pvc -o name | wc -l)" -eq 2 ] || die "its volumes were not kept"
say "deleted, with the operator killed meanwhile, volumes kept: $((SECONDS - since)) s"
lab get events --field-selector involvedObject.kind=Campaign,involvedObject.name=c --sort-by=.firstTimestamp -o 'custom-columns=TYPE:.type,REASON:.reason,MESSAGE:.message' | cut -c1-140
lab delete pvc --all --wait=false >/dev/null

}
! $run || whole_campaign

# --- a full disk: the shard's volume is a small file system on the node
full_volume() {
  small_node=$(kubectl get nodes -o 'jsonpath={.items[0].metadata.name}')
  small_disk=/var/lib/kubelet/planloop-operator-$$-small
  $NODE_SHELL "$small_node" mkdir -p "$small_disk"
  $NODE_SHELL "$small_node" mount -t tmpfs -o size=48m,mode=0777 tmpfs "$small_disk"
  kubectl create -f - >/dev/null <<YAML
{apiVersion: v1, kind: PersistentVolume, metadata: {name: operator-$$-small, labels: {planloop-e2e: operator}},
 spec: {capacity: {storage: 48Mi}, accessModes: [ReadWriteOnce], storageClassName: local, claimRef: {namespace: lab, name: data-full-replay-0}, local: {path: $small_disk},
 nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [$small_node]}]}]}}}}
YAML
  campaign full "${experiment/iterations = 6/iterations = 60}
$small" | sed '/replay:/s/storage: 5Gi/storage: 48Mi/' | kubectl apply -f - >/dev/null
  within 150 "an iteration is done" at_least full .status.iteration 1
  $NODE_SHELL "$small_node" sh -c "cat /dev/zero >$small_disk/filler" 2>/dev/null || true
  local since=$SECONDS before
  within 60 "the full volume is told" says full VolumeFull 'make the volume claim data-full-replay-0 larger'
  say "a full volume is told after $((SECONDS - since)) s: $(field full '.status.conditions[?(@.type=="VolumeFull")].message')"
  before=$(field full .status.iteration)
  $NODE_SHELL "$small_node" rm "$small_disk/filler"
  since=$SECONDS
  within 60 "there is room again" not says full VolumeFull ''
  within 60 "the campaign goes on" at_least full .status.iteration $((before + 1))
  say "with room again the condition is gone and an iteration done after $((SECONDS - since)) s"
  lab delete campaign full --timeout=150s >/dev/null
}

# --- what else goes wrong around a campaign that runs, on the volumes that the last one left in the middle
odd_world() {
  campaign full "${experiment/iterations = 6/iterations = 61}
$small" | sed '/replay:/s/storage: 5Gi/storage: 48Mi/' | kubectl apply -f - >/dev/null
  within 150 "the campaign on used volumes is told" says full OtherCampaign "call it off with 'planloop campaign cancel'"
  say "a volume with another campaign: $(field full '.status.conditions[?(@.type=="OtherCampaign")].message')"

  local since=$SECONDS
  lab patch campaign full --type merge -p '{"spec": {"workers": {"resources": {"limits": {"memory": "100Mi"}, "requests": {"memory": "100Mi"}}}}}' >/dev/null
  within 150 "workers without memory are told" says full Crashing 'raise the memory limit in its resources'
  say "crashing workers are told after $((SECONDS - since)) s: $(field full '.status.conditions[?(@.type=="Crashing")].message')"
  lab patch campaign full --type merge -p '{"spec": {"workers": {"resources": {"limits": {"memory": "2Gi"}, "requests": {"memory": "768Mi"}}}}}' >/dev/null
  within 150 "workers with memory run" not says full Crashing ''

  since=$SECONDS
  # The operator's requests no longer reach the trainer; the kubelet's still do.
  trainer_network nft "add table inet odd; add chain inet odd in { type filter hook input priority 0; };
    add rule inet odd in ip saddr $(operators get pods -o 'jsonpath={.items[0].status.podIP}') tcp dport 9464 drop"
  within 150 "a trainer out of reach is told" says full StatusUnreadable 'must let it reach port 9464'
  say "a trainer that the operator cannot reach is told after $((SECONDS - since)) s"
  trainer_network nft 'delete table inet odd'
  within 60 "the trainer is in reach" not says full StatusUnreadable ''

  since=$SECONDS
  local faketime
  faketime=$(find /usr/lib -name libfaketime.so.1 2>/dev/null | head -n 1)
  [ -n "$faketime" ] || die "no libfaketime.so.1: install faketime, to set the operator's clock"
  operators create configmap odd-clock "--from-file=$faketime" >/dev/null
  operators patch deployment operator -p '{"spec": {"template": {"spec": {"volumes": [{"name": "odd-clock", "configMap": {"name": "odd-clock"}}],
    "containers": [{"name": "planloop", "volumeMounts": [{"name": "odd-clock", "mountPath": "/odd-clock"}],
    "env": [{"name": "LD_PRELOAD", "value": "/odd-clock/libfaketime.so.1"}, {"name": "FAKETIME", "value": "+10m"}, {"name": "FAKETIME_DONT_FAKE_MONOTONIC", "value": "1"}]}]}}}}' >/dev/null
  within 150 "clocks that differ are told" says full ClockSkew "10 min behind the operator's"
  say "clocks that differ are told after $((SECONDS - since)) s: $(field full '.status.conditions[?(@.type=="ClockSkew")].message')"
  operators rollout undo deployment/operator >/dev/null
  within 90 "clocks agree again" not says full ClockSkew ''
  operators rollout status deployment/operator --timeout=60s >/dev/null
  operators delete configmap odd-clock >/dev/null
  lab delete campaign full --timeout=150s >/dev/null
  lab delete pvc --all --wait=false >/dev/null
}
# trainer_network COMMAND...: runs it in the network of full's trainer
trainer_network() {
  local node container process
  node=$(lab get pod full-trainer-0 -o 'jsonpath={.spec.nodeName}')
  container=$(lab get pod full-trainer-0 -o 'jsonpath={.status.containerStatuses[0].containerID}')
  process=$($NODE_SHELL "$node" ctr -n k8s.io task ls | awk -v id="${container#containerd://}" '$1 == id {print $2}')
  $NODE_SHELL "$node" nsenter -t "$process" -n "$@"
}
if $run && [ "${VOLUMES:-}" = local ]; then
  full_volume
  odd_world
fi

# --- bad input: each is a condition with a reason and a way out
tiny='  workers: {replicas: 1}'
campaign wrong-image "$experiment
$tiny
  image: localhost/nobody:0" | sed 's/5Gi/1Gi/' | kubectl apply -f - >/dev/null
campaign too-large "$experiment
$tiny" | sed 's/cpu: [0-9]*m/cpu: 900/; s/5Gi/1Gi/' | kubectl apply -f - >/dev/null
campaign no-class "$experiment
$tiny
  storageClassName: nowhere
  image: localhost/nobody:0" | kubectl apply -f - >/dev/null
campaign no-secret "  experimentConfigMap: nothing
$tiny
  tlsSecret: mine" | kubectl apply -f - >/dev/null
lab create deployment taken-worker --image=localhost/nobody:0 --replicas=0 >/dev/null
campaign taken "$experiment
$tiny" | kubectl apply -f - >/dev/null
within 60 "wrong image" says wrong-image ImageUnavailable 'correct spec.image'
within 60 "unschedulable" says too-large Unschedulable 'ask for less in'
within 60 "no volume" says no-class VolumeNotBound 'nowhere'
within 60 "no secret" says no-secret SecretMissing 'spec.tlsSecret: the Secret mine is not there'
within 60 "no config map" says no-secret ConfigMapMissing 'kubectl create configmap nothing'
within 60 "name taken" says taken NameConflict 'Deployment taken-worker is there already'
kubectl get crd campaigns.planloop.org -o json | python3 -c '
import json, sys
crd = json.load(sys.stdin)
crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]["robots"] = {"type": "integer"}
json.dump(crd, sys.stdout)' | kubectl replace -f - >/dev/null
robots() { lab patch campaign no-secret --type merge -p '{"spec": {"robots": 3}}' && is no-secret .spec.robots 3; }
within 60 "the API server knows the new field" robots
kill_operator # a watch that was open before the API server knew the field goes on without it for minutes
within 60 "a field of a newer version" says no-secret NotUnderstood 'does not know spec.robots'
lab get campaigns
for one in wrong-image too-large no-class no-secret taken; do
  lab get campaign "$one" -o 'jsonpath={range .status.conditions[*]}{.type}{" "}{.reason}{": "}{.message}{"\n"}{end}' | grep -vE '^(Accepted|Ready|Complete) ' | sed "s/^/  $one: /" | cut -c1-300
done
lab delete campaigns --all --wait=false >/dev/null
for one in wrong-image too-large no-class no-secret taken; do within 90 "$one is gone" gone $one; done
[ "$(lab get deployment taken-worker -o 'jsonpath={.spec.replicas}')" = 0 ] || die "a stranger's deployment was touched"
lab delete deployment taken-worker >/dev/null
lab delete pvc --all --wait=false >/dev/null
refused_campaign() {
campaign refused "  experiment: |
    include \"cartpole-swingup\"
    planner.horizon = 0
$small" | sed 's/5Gi/2Gi/' | kubectl apply -f - >/dev/null
since=$SECONDS
within 150 "a configuration that is refused" is refused .status.phase Failed
says refused Complete 'planner.horizon' || die "it does not say why"
say "a refused configuration is Failed after $((SECONDS - since)) s: $(field refused '.status.conditions[?(@.type=="Complete")].message')"
lab delete campaign refused --timeout=150s >/dev/null
}
! $run || refused_campaign
say "bad input is a condition with reason and way out"

# --- random operations, on campaigns that start no process: their image is not there. In the long form two operators run, of which one leads.
two_operators() {
  operators scale deployment/operator --replicas=2 >/dev/null
  operators rollout status deployment/operator --timeout=120s >/dev/null || die "the second operator does not become ready"
}
# The lease names the pod that leads; for some seconds after its death it still does.
kill_leader() { operators delete pod "$(holder)" --ignore-not-found --grace-period=0 --force >/dev/null 2>&1; }
! $run || two_operators
RANDOM=$seed
for ((i = 1; i <= random; i++)); do
  name=r$((RANDOM % 2))
  if ! lab get campaign $name >/dev/null 2>&1; then
    what="create $name"
    campaign $name "$experiment
$tiny
  volumes: Delete
  image: localhost/nobody:0" | kubectl apply -f - >/dev/null
    check=(says "$name" ImageUnavailable nobody)
  else
    case $((RANDOM % 5)) in
      0) what="suspend $name" check=(is "$name" .status.phase Suspended)
        lab patch campaign $name --type merge -p '{"spec": {"suspend": true}}' >/dev/null ;;
      1) what="resume $name" check=(says "$name" ImageUnavailable nobody)
        lab patch campaign $name --type merge -p '{"spec": {"suspend": false}}' >/dev/null ;;
      2) replicas=$((RANDOM % 4))
        what="scale $name to $replicas"
        lab scale campaign $name --replicas=$replicas >/dev/null
        if [ "$(field $name .spec.suspend)" = true ]; then check=(is "$name" .status.phase Suspended); else check=(is "$name" .status.workers "$replicas"); fi ;;
      3) what="remove $name's StatefulSet" check=(lab get statefulset "$name-trainer")
        lab delete statefulset $name-trainer >/dev/null ;;
      *) what="delete $name" check=(gone "$name")
        lab delete campaign $name --wait=false >/dev/null ;;
    esac
  fi
  if [ $((RANDOM % 3)) -eq 0 ]; then
    if $run && [ $((RANDOM % 2)) -eq 0 ]; then
      kill_leader
      what="$what, the leading operator killed"
    else
      kill_operator
      what="$what, operator killed"
    fi
  fi
  within 90 "$what" "${check[@]}"
  say "random $i: $what"
done
lab delete campaigns --all --timeout=120s >/dev/null
within 60 "nothing is left" nothing_of r0
within 60 "nothing is left" nothing_of r1
restarts=$(kubectl -n planloop-operator get pods -o 'jsonpath={.items[*].status.containerStatuses[0].restartCount}')
say "done; restarts of the operator's container: $restarts"
