# What the steps of ./verify share.
set -euo pipefail

# skip REASON: ends this step as skipped; REASON says what is missing and how to get it.
skip() {
  printf '%s\n' "$1" | tee "$VERIFY_TMP/skip"
  exit 77
}

# die MESSAGE: ends this step as failed.
die() {
  printf 'FAILED: %s\n' "$1" >&2
  exit 1
}

# major JAVA_HOME: the major version of a JDK, empty when it is none.
major() {
  [ -x "$1/bin/javac" ] || return 0
  "$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p'
}

# maven ARGUMENTS...: Maven in batch mode. The whole output goes to a log, the lines that tell the story to the console.
maven() {
  local log code=0
  log=target/verify/maven-$(date -u +%H%M%S)-$$.log
  mvn -B -ntp "$@" >"$log" 2>&1 </dev/null || code=$?
  grep -E 'Tests run:.*[0-9]$|^\[ERROR\]|SUCCESS \[|FAILURE \[|^\[INFO\] BUILD|Total time' "$log" | head -n 120 || true
  [ "$code" -eq 0 ] || { printf 'the whole log: %s\n' "$log"; return "$code"; }
}

# The Python that --install has prepared is the one that tests and steps find.
if [ -x .venv/bin/python3 ]; then
  PATH=$PWD/.venv/bin:$PATH
fi
