#!/usr/bin/env bash
# Prints the two Secrets that Planloop's nodes need, for kubectl apply -f - : certificates of an authority of the cluster's own, and the token of those who
# read metrics and status. Usage: k8s/secrets.sh [NAMESPACE [FOLDER]]   (default planloop, k8s/pki)
# FOLDER keeps the authority's key, which opens the cluster to whoever has it, and the token. Run again, it renews the certificate (90 days) and keeps both;
# nodes take up the new one within minutes, without a restart. With cert-manager: overlays/mtls, and --token-only here.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
token_only=false
[ "${1:-}" != --token-only ] || { token_only=true; shift; }
namespace=${1:-planloop}
folder=${2:-$here/pki}
umask 077
mkdir -p "$folder"
[ -s "$folder/token" ] || od -An -tx1 -N32 /dev/urandom | tr -d ' \n' >"$folder/token"

# value FILE: as it stands in a Secret
value() { base64 <"$1" | tr -d '\n'; }

# secret NAME KEY FILE...: a Secret of these files
secret() {
  printf -- '---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: %s\n  namespace: %s\n  labels:\n    app.kubernetes.io/name: planloop\n    app.kubernetes.io/part-of: planloop\ndata:\n' "$1" "$namespace"
  shift
  while [ $# -gt 0 ]; do
    printf '  %s: %s\n' "$1" "$(value "$2")"
    shift 2
  done
}

if ! $token_only; then
  # One name for all pods of the headless service, however many there are.
  "$here/../planloop" certs "$folder" --hosts "*.planloop.$namespace.svc" >&2
  node=$folder/_wildcard.planloop.$namespace.svc
  secret planloop-tls tls.key "$node/node.key" tls.crt "$node/node.pem" ca.crt "$node/ca.pem"
fi
secret planloop-http token "$folder/token"
