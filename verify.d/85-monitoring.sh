# Monitoring: Prometheus' own tool accepts the rules, their tests, the dashboard's expressions and what nodes show
command -v promtool >/dev/null ||
  skip "no promtool: ./verify --install fetches it on Debian, elsewhere it comes with Prometheus (https://prometheus.io/download/)"
maven -pl k8s -Dchecks=false -Dmaven.test.skip=false test -Dtest=PromtoolTest
! grep -hE 'skipped="[1-9]' k8s/target/surefire-reports/TEST-org.planloop.k8s.PromtoolTest.xml || die "promtool was not asked"

# What nodes of each role have shown while they ran a campaign: written by a test of the step build.
[ -f deploy/target/scraped/worker.txt ] ||
  maven -pl deploy -am -Dchecks=false -Dmaven.test.skip=false test -Dtest=MetricsPageTest -Dsurefire.failIfNoSpecifiedTests=false
for role in trainer replay worker; do
  # 3: it reads well, and a name is not to promtool's taste. Of the libraries' names some are not.
  code=0
  promtool check metrics <"deploy/target/scraped/$role.txt" >"$VERIFY_TMP/lint" 2>&1 || code=$?
  [ "$code" -eq 0 ] || [ "$code" -eq 3 ] || die "the metrics of a $role: $(cat "$VERIFY_TMP/lint")"
  grep planloop_ "deploy/target/scraped/$role.txt" | promtool check metrics || die "our own metrics of a $role"
  printf 'metrics of a %s: %s series of ours\n' "$role" "$(grep -c '^planloop_' "deploy/target/scraped/$role.txt")"
done
