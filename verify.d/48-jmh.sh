# the microbenchmarks build, with every check, and run: one of them, for a moment
maven -Pjmh -pl jmh -am -DskipTests verify "-Djmh=RandomStreamBenchmark.nextLong -f 1 -wi 0 -i 1 -r 100ms"
