# the shell scripts: ShellCheck has nothing to say
command -v shellcheck >/dev/null || skip "no shellcheck: install the package, or ./verify --install as root"
shellcheck planloop verify .ci/run k8s/secrets.sh k8s/image/build-local.sh k8s/test/operator.sh
shellcheck --shell=bash verify.d/*.sh
