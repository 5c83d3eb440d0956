# all tests once more on the other supported JDK: 25, or 17 where the build ran on 25
default_home=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}
case $(major "$default_home") in
  25) wanted=17 ;;
  *) wanted=25 ;;
esac
named=JAVA_HOME_$wanted
other=
for candidate in "${!named:-}" /usr/lib/jvm/*"$wanted"* /Library/Java/JavaVirtualMachines/*"$wanted"*/Contents/Home; do
  if [ -n "$candidate" ] && [ "$(major "$candidate")" = "$wanted" ]; then
    other=$candidate
    break
  fi
done
[ -n "$other" ] || skip "no JDK $wanted found: install one and set $named to its folder"
# Its own output folder, so that neither build makes the other start over; it ends in target, by which tests tell their own classes. The checks ran in
# the build.
JAVA_HOME=$other maven -T 2 -Dchecks=false -Dmaven.test.skip=false "-Doutput.folder=\${project.basedir}/target/jdk-$wanted/target" test
