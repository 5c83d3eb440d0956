# THIRD-PARTY-NOTICES.md lists exactly what the build uses at run time
rm -f target/notices/THIRD-PARTY-NOTICES.md # else it is written only when the parent pom has changed
maven -Dchecks=false package license:aggregate-add-third-party "-Doutput.folder=\${project.basedir}/target/notices"
diff -u THIRD-PARTY-NOTICES.md target/notices/THIRD-PARTY-NOTICES.md ||
  die "the dependencies have changed: cp target/notices/THIRD-PARTY-NOTICES.md . and commit it"
