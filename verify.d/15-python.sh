# Python reads what we write: the tests that need Python's packages ran in the build, none was skipped
[ -f .venv/planloop-requirements ] || skip "no Python environment with numpy, h5py, safetensors, ...: ./verify --install makes one in .venv"
reports=(*/target/surefire-reports/TEST-*.xml)
[ -f "${reports[0]}" ] || die "no test reports: run the step build first"
if grep -l '<skipped' "${reports[@]}"; then
  die "these reports hold skipped tests, though everything they need is installed"
fi
printf 'no test was skipped in %d reports\n' "${#reports[@]}"
