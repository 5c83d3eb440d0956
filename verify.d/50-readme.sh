# the README's commands: every sh block that follows a line <!-- verify --> runs as it stands there
work="$VERIFY_TMP/readme"
mkdir "$work"
# As in a checkout, but what the commands write stays here.
git ls-tree --name-only HEAD | while IFS= read -r entry; do ln -s "$PWD/$entry" "$work/$entry"; done
awk -v out="$work/.block-" '
  /^<!-- verify -->$/ { armed = 1; next }
  armed && /^```sh$/ { n++; inside = 1; armed = 0; next }
  inside && /^```$/ { inside = 0; next }
  inside { print > sprintf("%s%02d.sh", out, n) }
  { if (NF) armed = 0 }
' README.md
blocks=("$work"/.block-*.sh)
[ -f "${blocks[0]}" ] || die "README.md has no block of commands after a line <!-- verify -->"
for block in "${blocks[@]}"; do
  printf -- '-- %s\n' "$(cat "$block")"
  (cd "$work" && bash -euo pipefail "$block") || die "exit code $? from README.md: $(cat "$block")"
done
