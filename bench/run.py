#!/usr/bin/python3
"""Busbar beside bare programs, in one run, on this machine: prints one table (Markdown) of ratios.

usage: run.py [--runs 5] [--only T1,T2] [--folder ../shared/limits]

The bare programs (sources only) are compiled from --folder. Each figure is the median of --runs runs, with the spread.
Both sides of a comparison run alternately, so that a slow minute slows both.
"""
import argparse
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import api
import fan_out

import targets
import thousand_meters
from parts import SOURCE, compile_bare

TARGETS = {"codec": targets.codec, "T1": targets.t1, "T2": targets.t2, "T3": targets.t3, "T4": targets.t4, "T5": targets.t5,
           "T6": fan_out.t6, "T7": fan_out.t7, "T8": targets.t8, "backlog": fan_out.backlog, "commands": fan_out.commands,
           "meters": thousand_meters.meters, "api": api.api}


def number(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def machine():
    """One line: what the figures were taken on."""
    cpu = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), "unknown processor")
    cores = subprocess.run(["nproc"], capture_output=True, text=True, check=True).stdout.strip()
    server = next((text for name in ("valkey-server", "redis-server") if (text := version(name))), "no store")
    commit = subprocess.run(["git", "-C", SOURCE, "describe", "--always", "--dirty"], capture_output=True, text=True).stdout
    return f"{cores} x {cpu}, Linux {platform.release()}, {server}, commit {commit.strip()}"


def version(name):
    try:
        words = subprocess.run([name, "--version"], capture_output=True, text=True).stdout.split()
    except OSError:
        return None
    return next((f"{name} {word[2:]}" for word in words if word.startswith("v=")), name)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--only", default=",".join(TARGETS))
    arguments.add_argument("--folder", type=Path, default=SOURCE.parent / "shared/limits")
    chosen = arguments.parse_args()
    if not chosen.folder.is_dir():
        sys.exit(f"{chosen.folder} with the bare programs is not here: name it with --folder")
    print(f"{machine()}; medians of {chosen.runs} (least - most)\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        compile_bare(chosen.folder, Path(folder))
        print("| figure | Busbar | bare | ratio | aim |\n|---|---|---|---|---|", flush=True)
        for name in chosen.only.split(","):
            for figure, ours, bare, aim in TARGETS[name](Path(folder), chosen.runs):
                median = statistics.median(ours)
                spread = f"{number(median)} ({number(min(ours))} - {number(max(ours))})"
                beside = f"{number(statistics.median(bare))} ({number(min(bare))} - {number(max(bare))})" if bare else ""
                ratio = f"{median / statistics.median(bare):.2f}" if bare else ""
                print(f"| {figure} | {spread} | {beside} | {ratio} | {aim} |", flush=True)


if __name__ == "__main__":
    main()
