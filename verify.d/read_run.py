"""Reads a finished run's folder as a stranger would, with none of Planloop's code.

usage: read_run.py RUN

Fails with one line that names the file and what is wrong with it. What it expects is the contract of
the run folder: names of files and columns, decimals without NaN, summary.json's keys, TensorBoard
events that TensorBoard itself can read, safetensors that safetensors can read.
"""

import csv
import json
import math
import pathlib
import sys

COLUMNS = (
    "iteration env_steps expert_steps eval_steps wall_s return_mean return_ci95 best_return_mean eval_return_mean "
    "eval_return_ci95 model_loss_expert model_loss_learner mix_expert policy_version crashes interventions"
).split()
SUMMARY = "schema experiment strategy seed env_steps wall_s iterations best last expert git version".split()


def fail(file, what):
    sys.exit(f"{file}: {what}")


def number(file, row, name):
    text = row[name]
    if text == "":
        return None
    value = float(text)
    if not math.isfinite(value) or "e" in text.lower():
        fail(file, f"{name} is {text!r}, not a plain decimal")
    return value


def read_progress(run):
    file = run / "progress.csv"
    with open(file, newline="") as lines:
        rows = list(csv.DictReader(lines))
    if not rows:
        fail(file, "no row")
    missing = [name for name in COLUMNS if name not in rows[0]]
    if missing:
        fail(file, f"columns {missing} are missing")
    best = -math.inf
    for index, row in enumerate(rows, start=1):
        if int(row["iteration"]) != index or row["policy_version"] != row["iteration"]:
            fail(file, f"row {index} has iteration {row['iteration']} and policy_version {row['policy_version']}")
        values = {name: number(file, row, name) for name in row if name not in ("iteration",)}
        if values["return_mean"] is not None:
            best = max(best, values["return_mean"])
            if abs(best - values["best_return_mean"]) > 1e-6 * max(1, abs(best)):
                fail(file, f"row {index}: best_return_mean is {values['best_return_mean']}, the maximum so far {best}")
    return rows


def read_metrics(run, rows):
    file = run / "metrics.jsonl"
    objects = [json.loads(line) for line in file.read_text().splitlines()]
    if len(objects) != len(rows):
        fail(file, f"{len(objects)} lines for {len(rows)} rows of progress.csv")
    missing = set(rows[0]) - set(objects[0])
    if missing:
        fail(file, f"progress.csv's names {sorted(missing)} are missing")


def read_summary(run, rows):
    file = run / "summary.json"
    summary = json.loads(file.read_text())
    missing = [name for name in SUMMARY if name not in summary]
    if missing or summary["schema"] != 1:
        fail(file, f"keys {missing} are missing, or schema {summary.get('schema')} is not 1")
    if summary["iterations"] != len(rows) or summary["env_steps"] != int(rows[-1]["env_steps"]):
        fail(file, "iterations or env_steps differ from progress.csv's last row")
    for part in ("best", "last"):
        names = {"iteration", "return_mean", "return_ci95", "episodes", "selected_by"}
        if not names <= set(summary[part]):
            fail(file, f"{part} lacks {sorted(names - set(summary[part]))}")
    return summary


def read_policies(run, rows):
    from safetensors.numpy import load_file

    folders = sorted((run / "iterations").glob("[0-9]*"))
    if len(folders) < 2:
        fail(run / "iterations", f"{len(folders)} folders for {len(rows)} rows; one more than rows was expected")
    tensors = 0
    for folder in [*folders, run / "best"]:
        json.loads((folder / "policy.json").read_text())
        model = folder / "model.safetensors"
        if model.exists():
            tensors += len(load_file(model))
    json.loads((run / "best" / "selection.json").read_text())
    return tensors


def read_events(run):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    folder = run / "tensorboard"
    events = EventAccumulator(str(folder))
    events.Reload()
    tags = events.Tags()["scalars"]
    if not any("return_mean" in tag for tag in tags):
        fail(folder, f"TensorBoard finds no return_mean among the scalars {tags}")
    return sum(len(events.Scalars(tag)) for tag in tags)


def main():
    run = pathlib.Path(sys.argv[1])
    rows = read_progress(run)
    read_metrics(run, rows)
    summary = read_summary(run, rows)
    tensors = read_policies(run, rows)
    points = read_events(run)
    for name in ("config.conf", "report.html"):
        if not (run / name).read_text().strip():
            fail(run / name, "empty")
    print(
        f"{summary['experiment']}: {len(rows)} rows, best iteration {summary['best']['iteration']}, "
        f"{tensors} tensors, {points} points in TensorBoard"
    )


main()
