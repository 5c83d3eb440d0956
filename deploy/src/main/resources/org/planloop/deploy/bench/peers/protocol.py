"""What `planloop bench` and a peer say to one another.

A peer is started with the number of its threads as its one argument. It says that it is ready and what it is:
    {"ready": "torch 2.7.1, Python 3.11.7"}
and then answers requests until its input ends. A request is a line CASE SAMPLES; its answer is SAMPLES lines
    {"seconds": 0.97, "count": 1}
each: COUNT units of the figure's work took that long; or one line
    {"error": "why there is no such figure here"}
Whatever else is printed goes to standard error, so a chatty library does no harm.
"""

import json
import os
import platform
import sys
import time

THREADS = int(sys.argv[1])
WARM_UP_SECONDS = 1.0
WARM_UP_CALLS = 2
LEAST_SAMPLE_SECONDS = 0.1


def serve(versions, cases):
    """Answers requests until the input ends.

    versions: what is measured, in words.
    cases: by name, a function without arguments that prepares the work and returns (work, count):
        one call of work() does count units of it. Called once, at the first request.
    """
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(message):
        out.write(json.dumps(message) + "\n")
        out.flush()

    prepared = {}
    say({"ready": f"{versions}, Python {platform.python_version()}"})
    for request in sys.stdin:
        name, samples = request.split()
        try:
            if name not in prepared:
                prepared[name] = warmed_up(*cases[name]())
            work, count, calls = prepared[name]
            for _ in range(int(samples)):
                say({"seconds": seconds(work, calls) / calls, "count": count})
        except Exception as error:  # a peer that cannot do a case says so, and the others go on
            say({"error": f"{type(error).__name__}: {error}"})


def warmed_up(work, count):
    """Calls until the warm-up is over, and finds how many calls fill a sample."""
    work()
    begun = time.perf_counter()
    fastest = seconds(work, 1)
    calls = 1
    while calls < WARM_UP_CALLS or time.perf_counter() - begun < WARM_UP_SECONDS:
        fastest = min(fastest, seconds(work, 1))
        calls += 1
    return work, count, max(1, round(LEAST_SAMPLE_SECONDS / max(fastest, 1e-9)))


def seconds(work, calls):
    begun = time.perf_counter()
    for _ in range(calls):
        work()
    return time.perf_counter() - begun
