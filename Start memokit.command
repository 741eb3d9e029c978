#!/bin/sh
# macOS: double-click this file. It does what start-memokit.sh does.
cd "$(dirname "$0")" || exit 1
exec sh ./start-memokit.sh "$@"
