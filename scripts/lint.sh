#!/usr/bin/env bash
# Formatting and documentation of every Swift file, and the shell scripts' syntax.
set -euo pipefail
cd "$(dirname "$0")/.."
swift format lint --strict --parallel --recursive Sources Tests Benchmarks/Sources Package.swift Benchmarks/Package.swift
for script in scripts/*.sh .ci/run; do bash -n "$script"; done
