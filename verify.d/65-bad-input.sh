# bad input: exit code 2, one line that names the thing and the way out, and nothing half written
refuses() { # refuses PATTERN ARGUMENTS...
  local pattern=$1 code=0 text
  shift
  text=$(./planloop "$@" 2>&1 >/dev/null) || code=$?
  [ "$code" -eq 2 ] || die "exit code $code instead of 2: planloop $* said: $text"
  grep -qE -- "$pattern" <<<"$text" || die "expected /$pattern/: planloop $* said: $text"
  printf 'ok: planloop %s: %s\n' "$*" "$(head -n 1 <<<"$text")"
}

./planloop --version
out=$VERIFY_TMP/never
refuses 'cartpole-swingup' train cartpole-swingpu --out "$out"
refuses 'seed' train counterexample --set sede=1 --out "$out"
refuses 'campaign\.iterations' train counterexample --set campaign.iterations=many --out "$out"
refuses 'expert-fraction' train cartpole-swingup --set expert-fraction=1.5 --out "$out"
refuses 'planner\.population 1000000 x .* = [0-9]+ GiB .*lower' train cartpole-swingup --set planner.population=1000000 --set planner.particles=1000 --out "$out"
refuses 'trainer\.device = gpu:x: must be auto, cpu, gpu' train cartpole-swingup --set trainer.device=gpu:x --out "$out"
printf 'campaign {\n  iterations = \n' >"$VERIFY_TMP/broken.conf"
refuses 'broken\.conf.*[0-9]' train "$VERIFY_TMP/broken.conf" --out "$out"
[ ! -e "$out" ] || die "a refused command wrote $out"
mkdir "$VERIFY_TMP/full"
touch "$VERIFY_TMP/full/something"
refuses 'full' train counterexample --out "$VERIFY_TMP/full"
refuses 'resume' train counterexample --resume "$VERIFY_TMP/full"
