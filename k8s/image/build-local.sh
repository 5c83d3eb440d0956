#!/usr/bin/env bash
# Builds the container image from this machine's own files alone, where no registry can be reached: a Java runtime made by jlink, the C library and what
# both need, and Planloop on top. No network, no Docker, no root. Usage: k8s/image/build-local.sh [TAR]   (default build/planloop-image.tar)
# The image is called localhost/planloop:VERSION; it has no shell. For everyone else: mvn -Pimage ..., see docs/kubernetes.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

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
JAVA_HOME=$jdk mvn -B -ntp -q -Pimage -Dchecks=false -pl k8s/image -am package -Dimage.base=scratch -Dimage.root="$PWD/$root" -Dimage.java=/opt/java/bin/java \
  -Dimage.jvm.options="$options" -Dimage.name=localhost/planloop -Dimage.tar="$tar" -Dimage.architecture="$architecture" -Dimage.revision="$revision" \
  "-Doutput.folder=\${project.basedir}/target/image"
printf "%s MB, " $(($(stat -c %s "$tar") / 1000000))
sha256sum "$tar"
