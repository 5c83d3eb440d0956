# build of all modules with every check (format, Error Prone, NullAway, dependencies, architecture) and all tests
command -v mvn >/dev/null || die "no mvn on the PATH: install Maven 3.8.6 or newer (package maven)"
# Two modules at a time: most of the last ones' tests wait for nodes.
maven -T 2 verify
