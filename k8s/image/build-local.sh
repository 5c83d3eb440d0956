#!/usr/bin/env bash
# Builds the container image from this machine's own files alone, where no registry can be reached: a Java runtime made by jlink, the C library and what
# both need, and Planloop on top. No network, no Docker, no root. Usage: k8s/image/build-local.sh [--same-bytes] [TAR]   (default build/planloop-image.tar)
# --same-bytes: without kept classes (keep_classes, below), which differ a little from one build to the next.
# The image is called localhost/planloop:VERSION; it has no shell. For everyone else: mvn -Pimage ..., see docs/kubernetes.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

same_bytes=false
[ "${1:-}" != --same-bytes ] || { same_bytes=true; shift; }
case ${1:-} in -*) printf 'build-local.sh: unknown option %s\n' "$1" >&2; exit 2 ;; esac
tar=$(realpath -m "${1:-build/planloop-image.tar}")
work=k8s/image/target/local
modules=java.base,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml,jdk.crypto.ec,jdk.httpserver,jdk.jfr,jdk.management,jdk.unsupported

fail() { printf 'build-local.sh: %s\n' "$1" >&2; exit 1; }
jdk=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}
[ -x "$jdk/bin/jlink" ] || fail "$jdk has no jlink: point JAVA_HOME to a JDK"
[ -d "$jdk/jmods" ] || fail "$jdk has no jmods, which jlink needs: install the whole JDK (Debian: openjdk-17-jdk-headless)"
[ "$(uname -s)" = Linux ] || fail "only Linux has the files that the image is made of"
java_major=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$jdk/release")

root=$work/root
rm -rf "$work"
mkdir -p "$root/etc" "$root/opt" "$(dirname "$tar")"
cp -r k8s/image/src/root/. "$root/"
"$jdk/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages --output "$root/opt/java"
rm -rf "$root/opt/java/legal" # symbolic links to the base module's; the licence is the JDK's

# copy FILE: a library, to where the loader looks for it
copy() { mkdir -p "$root$(dirname "$1")"; cp -L "$1" "$root$1"; }
case $(uname -m) in
  x86_64) copy /lib64/ld-linux-x86-64.so.2; libraries=/lib/x86_64-linux-gnu; architecture=amd64 ;;
  aarch64) copy /lib/ld-linux-aarch64.so.1; libraries=/lib/aarch64-linux-gnu; architecture=arm64 ;;
  *) fail "no image for $(uname -m)" ;;
esac
# What the JDK's and PyTorch's libraries are linked with, and what the C library loads by itself to look up names.
for name in libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 libz.so.1 libgcc_s.so.1 libstdc++.so.6 libresolv.so.2 libnss_dns.so.2 libnss_files.so.2; do
  [ -e "$libraries/$name" ] || fail "$libraries/$name is missing: this script knows Debian's and Ubuntu's layout"
  copy "$libraries/$name"
done
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
printf 'planloop:x:10001:10001::/tmp:/nonexistent\n' >"$root/etc/passwd"
printf 'planloop:x:10001:\n' >"$root/etc/group"

options=jvm-17.options
[ "$java_major" -lt 24 ] || options=jvm-24.options
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)

package() {
  JAVA_HOME=$jdk mvn -B -ntp -q -Pimage -Dchecks=false -pl k8s/image -am package -Dimage.base=scratch -Dimage.root="$PWD/$root" -Dimage.java=/opt/java/bin/java \
    -Dimage.jvm.options="$options" -Dimage.name=localhost/planloop -Dimage.tar="$tar" -Dimage.architecture="$architecture" -Dimage.revision="$revision" \
    "-Doutput.folder=\${project.basedir}/target/image"
}

# inside COMMAND ...: runs it where the image's files are all there is, in name spaces of its own, which need no root
inside() {
  # shellcheck disable=SC2016 # for the inner shell
  unshare --map-root-user --mount sh -ec '
    mount --bind "$1" "$1" # a file system of its own, or the JDK finds none
    mount --rbind /dev "$1/dev"
    mount --rbind /proc "$1/proc"
    root=$1
    shift
    exec chroot "$root" "$@"' - "$PWD/$work/image" "$@"
}

# Classes as the JVM has loaded them once, so that no pod need do it again. They fit this very runtime and these jars at these paths with these times,
# so they are made within the image itself, which trains for a moment meanwhile.
keep_classes() {
  unpack &&
    ENGINE_CACHE_DIR=/app/natives planloop -XX:DumpLoadedClassList=/tmp/classes rehearse &&
    planloop -Xshare:dump -XX:SharedClassListFile=/tmp/classes -XX:SharedArchiveFile=/tmp/classes.jsa &&
    cp "$work/image/tmp/classes.jsa" "$root/app/" &&
    echo '-XX:SharedArchiveFile=/app/classes.jsa' >>"$root/app/options/$options"
}
unpack() {
  local layer
  rm -rf "$work/tar" "$work/image"
  mkdir -p "$work/tar" "$work/image/dev" "$work/image/proc" "$work/image/tmp" && tar -xf "$tar" -C "$work/tar" || return
  for layer in "$work"/tar/*.tar.gz; do tar --warning=no-unknown-keyword -xzf "$layer" -C "$work/image" || return; done
}
# planloop [-XX...] [ARGUMENT ...]: as the image's entry point
planloop() {
  local flags=()
  while [[ ${1:-} == -X* ]]; do flags+=("$1"); shift; done
  inside /opt/java/bin/java "@/app/options/$options" "${flags[@]}" -cp @/app/jib-classpath-file org.planloop.deploy.cli.Main "$@"
}

package
if $same_bytes; then
  :
elif keep_classes >"$work/classes.log" 2>&1; then
  package
  # Made to map its classes, the JVM ends where it cannot.
  { unpack && planloop -Xshare:on --version; } >>"$work/classes.log" 2>&1 || fail "the sources changed while the image was built: build it again (more in $work/classes.log)"
else
  printf 'build-local.sh: the image starts a second later than it could, since its classes could not be kept; see %s\n' "$work/classes.log" >&2
fi
printf "%s MB, " $(($(stat -c %s "$tar") / 1000000))
sha256sum "$tar"
