# the launcher: built once, found from anywhere, fresh after a change, clear about a bad Java
copy="$VERIFY_TMP/a checkout"
mkdir "$copy"
# What git tracks, as it lies here: commits yet to be made are tested too.
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
  [ -f "$file" ] && printf '%s\0' "$file"
done | tar -c --null -T - | tar -x -C "$copy"
planloop="$copy/planloop"

expect() { # expect WHAT TEXT PATTERN
  grep -qE -- "$3" <<<"$2" || die "$1: expected /$3/ in: $2"
  printf 'ok: %s\n' "$1"
}
expect_not() { # expect_not WHAT TEXT PATTERN
  ! grep -qE -- "$3" <<<"$2" || die "$1: expected no /$3/ in: $2"
  printf 'ok: %s\n' "$1"
}
exit_code() { # exit_code CODE COMMAND...: runs it, its output in $out
  local wanted=$1 code=0
  shift
  out=$("$@" 2>&1) || code=$?
  [ "$code" -eq "$wanted" ] || die "exit code $code instead of $wanted: $* gave: $out"
}
built() { find "$copy/.planloop" -maxdepth 1 -name 'app-*' | wc -l; }

# Two first starts at once: both run, and one of them builds.
"$planloop" --version >"$VERIFY_TMP/one" 2>&1 &
first=$!
exit_code 0 "$planloop" --version
wait "$first" || die "the other first start failed: $(cat "$VERIFY_TMP/one")"
both="$out
$(cat "$VERIFY_TMP/one")"
expect 'two first starts both run' "$(grep -c '^planloop [0-9]' <<<"$both")" '^2$'
expect 'and one of them builds' "$(grep -c 'building' <<<"$both")" '^1$'
[ "$(built)" -eq 1 ] || die "one build was expected in $copy/.planloop"

exit_code 0 "$planloop" --version
expect_not 'nothing changed, nothing is built' "$out" building

# Classes are kept with the build, and are used: with -Xshare:on the JVM starts with them or not at all.
kept=$(echo "$copy"/.planloop/app-*/classes.jsa)
[ -s "$kept" ] || die "no classes are kept in $copy/.planloop: see build.log there"
exit_code 0 env PLANLOOP_JAVA_OPTS=-Xshare:on "$planloop" --version
exit_code 1 env PLANLOOP_JAVA_OPTS='-Xshare:on -Xmx40g' "$planloop" --version
exit_code 0 env PLANLOOP_JAVA_OPTS=-Xmx40g "$planloop" --version
expect 'a JVM that the kept classes do not fit starts without a word' "$(wc -l <<<"$out") line" '^1 line$'
chmod u+w "$kept"
mv "$kept" "$VERIFY_TMP/kept"
printf damaged >"$kept"
exit_code 0 "$planloop" --version
expect 'as it does where they are damaged' "$(wc -l <<<"$out") line" '^1 line$'
mv "$VERIFY_TMP/kept" "$kept"

mkdir "$VERIFY_TMP/elsewhere"
ln -s "$planloop" "$VERIFY_TMP/elsewhere/link"
# shellcheck disable=SC2016 # the inner shell expands it
exit_code 0 sh -c 'cd "$1" && ./link --help' sh "$VERIFY_TMP/elsewhere"
expect 'runs from another folder through a symbolic link' "$out" '^Usage: planloop'

exit_code 2 "$planloop" --no-such-option
expect 'the exit code of the program comes through' "$out" 'no-such-option'

exit_code 2 env JAVA_HOME=/nonexistent "$planloop" --version
expect 'a JAVA_HOME without Java is named' "$out" 'JAVA_HOME is /nonexistent'
mkdir -p "$VERIFY_TMP/old/bin"
printf '#!/bin/sh\necho %s >&2\n' "'openjdk version \"11.0.2\" 2019-01-15'" >"$VERIFY_TMP/old/bin/java"
chmod +x "$VERIFY_TMP/old/bin/java"
exit_code 2 env JAVA_HOME="$VERIFY_TMP/old" "$planloop" --version
expect 'an old Java is named with its version' "$out" 'is Java 11\.0\.2, and Planloop needs 17'

# Once built, neither Maven nor the network is needed.
mkdir "$VERIFY_TMP/no-maven"
printf '#!/bin/sh\nexit 99\n' >"$VERIFY_TMP/no-maven/mvn"
chmod +x "$VERIFY_TMP/no-maven/mvn"
exit_code 0 env PATH="$VERIFY_TMP/no-maven:$PATH" "$planloop" --version

source="$copy/deploy/src/main/java/org/planloop/deploy/cli/Main.java"
printf '\n// changed\n' >>"$source"
exit_code 1 env PATH="$VERIFY_TMP/no-maven:$PATH" "$planloop" --version
expect 'a change is seen, and a build that fails is reported' "$out" 'the build failed'
exit_code 0 "$planloop" --version
expect 'a change leads to a new build' "$out" building
[ "$(built)" -eq 1 ] || die "the older build should be gone from $copy/.planloop"
exit_code 0 "$planloop" --version
expect_not 'and then to no other' "$out" building

# Where there is no flock (macOS), a folder is the lock.
mkdir "$VERIFY_TMP/no-flock"
for folder in /usr/local/bin /usr/bin /bin; do
  for tool in "$folder"/*; do
    [ "${tool##*/}" = flock ] || ln -sf "$tool" "$VERIFY_TMP/no-flock/"
  done
done
ln -sf "$(command -v mvn)" "$(command -v java)" "$(command -v javac)" "$VERIFY_TMP/no-flock/"
printf '\n// changed again\n' >>"$source"
env PATH="$VERIFY_TMP/no-flock" "$planloop" --version >"$VERIFY_TMP/one" 2>&1 &
first=$!
exit_code 0 env PATH="$VERIFY_TMP/no-flock" "$planloop" --version
wait "$first" || die "the other start without flock failed: $(cat "$VERIFY_TMP/one")"
expect 'without flock, too, one of two starts builds' "$(cat "$VERIFY_TMP/one" <(echo "$out") | grep -c 'building')" '^1$'
[ ! -e "$copy/.planloop/lock.d" ] || die "the lock was left behind: $copy/.planloop/lock.d"

# A broken source: the errors are shown, and the half-made build is not taken for a whole one.
printf 'broken\n' >>"$source"
exit_code 1 "$planloop" --version
expect 'a compiler error is shown' "$out" 'Main\.java'
exit_code 1 "$planloop" --version
expect 'and shown again' "$out" 'the build failed'
