#!/usr/bin/env bash
# Runs parsers under libFuzzer: Tests/Fuzz/run.sh [SECONDS [PARSER…]]; all of them, 60 seconds each, without arguments.
#
# Inputs that found something new stay in .build-fuzz/corpus/PARSER, and those that crash or hang in .build-fuzz/found.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds="${1:-60}"
shift || true
STEWARD_FUZZ=1 swift build --scratch-path .build-fuzz --sanitize=fuzzer --product steward-fuzz
parsers=("$@")
[ ${#parsers[@]} -gt 0 ] ||
    parsers=(certificate client csv database entities expression files json ndjson policies query script statement xml)
python3 Tests/Fuzz/seeds.py .build-fuzz/seeds
mkdir -p .build-fuzz/found
# Swift's own handler of crashes would end the process before libFuzzer has written the input down.
export SWIFT_BACKTRACE=enable=no
for parser in "${parsers[@]}"; do
    mkdir -p ".build-fuzz/corpus/$parser" ".build-fuzz/seeds/$parser"
    log=".build-fuzz/found/$parser.log"
    printf '== %s, %s s: ' "$parser" "$seconds"
    words=()
    case "$parser" in statement | files | expression | client) words=(-dict=.build-fuzz/seeds/words.dict) ;; esac
    if ! STEWARD_FUZZ="$parser" .build-fuzz/debug/steward-fuzz ".build-fuzz/corpus/$parser" ".build-fuzz/seeds/$parser" \
        ${words[@]+"${words[@]}"} -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -max_len=4096 \
        -artifact_prefix=".build-fuzz/found/$parser-" >"$log" 2>&1; then
        echo "FOUND something"
        grep -E "ERROR|Fatal|artifact_prefix|Test unit|#[0-9]+ 0x.*(Sources|Tests)/" "$log" | head -n 20
        exit 1
    fi
    grep -E "^#[0-9]+.*DONE|^Done" "$log" | tr '\n' ' '
    echo
done
echo "== nothing found"
