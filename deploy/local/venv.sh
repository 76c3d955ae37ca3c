#!/bin/sh
# Make .venv with the Python 3.11 that is named, or with the fastest on the path: one that was built without
# profile-guided optimisation is slower at everything.
set -eu

PROBE='
import os, sys, time
if sys.version_info[:2] != (3, 11):
    sys.exit(1)
def seconds():
    seen, began = {}, time.process_time()
    for number in range(30_000):
        seen[str(number & 255)] = [digit for digit in (number, number + 1) if digit & 1]
    return time.process_time() - began
print(f"{min(seconds() for _ in range(7)):.4f}", os.path.realpath(sys.executable))
'

# Seconds and path of each Python 3.11, the fastest first.
found() {
	if [ $# -gt 0 ]; then
		"$1" -c "$PROBE" || true
		return
	fi
	(IFS=:; for folder in $PATH; do
		for name in python3.11 python3 python; do
			if [ -x "$folder/$name" ]; then echo "$folder/$name"; fi
		done
	done) | while read -r python; do
		"$python" -c "$PROBE" 2>/dev/null || true
	done | sort -k2 -u | sort -n
}

found "$@" | {
	tried=
	while read -r seconds python; do
		tried=yes
		echo "making .venv with $("$python" --version) ($python)"
		if "$python" -m venv .venv; then exit 0; fi
		rm -rf .venv
		echo "$python cannot make virtual environments: its module venv is incomplete" >&2
	done
	if [ -z "$tried" ] && [ $# -gt 0 ]; then
		echo "$1 is no Python 3.11: without PYTHON= the fastest one on the path is taken" >&2
	elif [ -z "$tried" ]; then
		echo "Python 3.11 is needed and was not found: install it, or say where it is (make run PYTHON=/path)" >&2
	fi
	exit 1
}
