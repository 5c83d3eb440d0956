# first runs from end to end, cut off from the network where this machine can; Python reads what they leave behind
[ -f .venv/planloop-requirements ] || skip "no Python environment to read the runs with: ./verify --install makes one in .venv"
./planloop --version # built before the network goes
cut=()
if unshare --map-root-user --net sh -c 'ip link set lo up' 2>/dev/null; then
  # shellcheck disable=SC2016 # the inner shell expands it
  cut=(unshare --map-root-user --net sh -c 'ip link set lo up && exec "$@"' sh)
else
  printf 'this machine lets nobody make a network of his own: the network stays within reach\n'
fi

run() { # run NAME ARGUMENTS...: trains into $VERIFY_TMP/NAME and reads the folder
  local name=$1
  shift
  "${cut[@]}" ./planloop train "$@" --seed 0 --out "$VERIFY_TMP/$name"
  python3 -B verify.d/read_run.py "$VERIFY_TMP/$name"
}

run counterexample counterexample
run swingup cartpole-swingup --set campaign.iterations=2 --set evaluation.episodes=2 --set evaluation.confirm-episodes=2
