# Kubernetes, on the cluster that KUBECONFIG points to: campaigns whose pods are deleted, the operator, and with RIG nodes that fail
# IMAGE names the image where the nodes have one already; without it one is built here and, with RIG, loaded into them. What else: k8s/test/kube.py
if [ -z "${KUBECONFIG:-}" ] || ! kubectl get --raw /readyz >/dev/null; then
  die "KUBECONFIG=${KUBECONFIG:-} points to no cluster that answers"
fi
if [ -z "${IMAGE:-}" ]; then
  [ -n "${RIG:-}" ] || die "say with IMAGE=NAME:TAG which image the nodes have; docs/kubernetes.md has how to build and load one"
  k8s/image/build-local.sh "$VERIFY_TMP/planloop-image.tar"
  "$RIG/load.sh" "$VERIFY_TMP/planloop-image.tar" >/dev/null
  rm "$VERIFY_TMP/planloop-image.tar"
  KEPT_CLASSES=$(grep -l SharedArchiveFile k8s/image/target/local/root/app/options/*) || die "the image was made without kept classes: see k8s/image/target/local/classes.log"
  export KEPT_CLASSES=/app/options/${KEPT_CLASSES##*/}
fi
python3 k8s/test/e2e.py
if [ -n "${RIG:-}" ]; then
  export VOLUMES=local NODE_SHELL=$RIG/node.sh
fi
k8s/test/operator.sh --no-run --random 6
