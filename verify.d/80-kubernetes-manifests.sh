# Kubernetes: every overlay renders, and what comes out is valid, restricted and consistent (no cluster needed)
command -v kustomize >/dev/null || command -v kubectl >/dev/null ||
  skip "neither kubectl nor kustomize: install one of them (https://kubernetes.io/docs/tasks/tools/), both render without a cluster"
maven -pl k8s verify
# The operator renders the same.
maven -Dchecks=false -Dmaven.test.skip=false -pl k8s/operator -am test -Dtest=SameAsKustomizeTest -Dsurefire.failIfNoSpecifiedTests=false
# A test that cannot render is skipped, which here is a failure.
! grep -hE 'skipped="[1-9]' k8s/target/surefire-reports/TEST-org.planloop.k8s.ManifestsTest.xml \
  k8s/operator/target/surefire-reports/TEST-org.planloop.operator.SameAsKustomizeTest.xml || die "manifests were not rendered"
