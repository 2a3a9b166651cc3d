#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Compile requirements/*.in into requirements/*.txt: exact versions with hashes, valid on every platform.
# Usage: tools/lock.sh UV [--upgrade] [NAME...]   (names without the ending; all when none is given)
# Versions that are locked already stay, unless --upgrade takes the newest of all.
set -euo pipefail

uv=$1
shift
upgrade=()
if [ "${1:-}" = --upgrade ]; then
  upgrade=(--upgrade)
  shift
fi
cd "$(dirname "$0")/../requirements"

compile() {
  local name=$1 python=3.11
  case "$name" in core-2.2[01]) python=3.12 ;; host) python=3.9 ;; esac
  "$uv" pip compile --quiet --universal --generate-hashes "${upgrade[@]}" \
    --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
    --python-version "$python" --output-file "$name.txt" "$name.in"
}

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  for file in *.in; do
    [ "$file" = tests.in ] || names+=("${file%.in}")
  done
fi
for name in "${names[@]}"; do
  compile "$name"
  echo "requirements/$name.txt"
done
