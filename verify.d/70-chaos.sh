# campaigns on a cluster whose nodes are killed, cut off, paused and starved of disk give the undisturbed bytes
command -v python3 >/dev/null || skip "there is no python3: install Python 3.9 or newer"
reason=$(python3 -c 'import sys; sys.path.insert(0, "verify.d/chaos"); import hosts; print(hosts.why_no_namespaces() or "")')
[ -z "$reason" ] || skip "$reason; meanwhile: verify.d/chaos/chaos.py kills and pauses processes without it"
./planloop --version
python3 verify.d/chaos/chaos.py --schedules 2 --seed 100 --longest 6 --faults 7 --iterations 100 --limit 300
