#!/usr/bin/env bash
# Runs the commands of the docs as they stand there: each page's ```sh blocks, in order, in a folder of their own.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
bin=$(cd "$root" && swift build --show-bin-path)
work=$(mktemp -d)
trap 'bash "$root/Tests/Docs/database.sh" stop "$work/Proxy"; rm -rf "$work"' EXIT
mkdir "$work/bin"
ln -s "$bin/steward" "$work/bin/steward"
export PATH="$work/bin:$PATH"

blocks() { # the sh blocks of a page, without those that need the root of a clone
    awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$1"
}

page() { # page file, folder prepared by the caller
    echo "-- ${1#"$root"/}"
    (cd "$2" && blocks "$1" | sed 's/swift run steward/steward/g' >commands.sh && bash -euo pipefail commands.sh)
}

for name in YourOwnData Sources Policies Expressions Operations HTTP; do
    mkdir "$work/$name"
    page "$root/Docs/$name.md" "$work/$name"
done

# The SQL door in front of a PostgreSQL server of its own.
mkdir "$work/Proxy"
bash "$root/Tests/Docs/database.sh" "$work/Proxy"
page "$root/Docs/Proxy.md" "$work/Proxy"

# The same door over files, with Debian's psql.
mkdir "$work/SQLOverFiles"
page "$root/Docs/SQLOverFiles.md" "$work/SQLOverFiles"

# The benchmarks, small and from the debug build: that they run and agree with their peers, not how fast they are.
mkdir "$work/Benchmarks"
echo "-- Docs/Benchmarks.md"
(
    cd "$work/Benchmarks"
    decisions="${STEWARD_CONFORMANCE:-$root/../shared/conformance}/../bench/decide"
    if [ -d "$decisions" ]; then
        for part in policies requests verdicts; do cp "$decisions/p100.$part.json.gz" "p.$part.json.gz"; done
        decide='s|^.build-release/release/steward bench decide|steward bench decide --decisions 20000|'
    else # nobody but us has the recorded requests
        decide='/bench decide/,/--json/d'
    fi
    blocks "$root/Docs/Benchmarks.md" | grep -v '^swift build' | sed -e "$decide" |
        sed -e 's/pip install/pip install --quiet/' \
            -e 's|^.build-release/release/steward bench audit|steward bench audit --runs 20000|' \
            -e 's|^.build-release/release/steward bench mask|steward bench mask --rows 20000|' \
            -e 's|^.build-release/release/steward bench catalog|& --tables 50 --listed 100 --questions 20 --rounds 1|' \
            -e 's|^.build-release/release/steward bench|steward bench|' >commands.sh
    bash -euo pipefail commands.sh
)

# The README's section on one's own data, on a folder as it supposes one.
mkdir -p "$work/readme/my-csv-files" "$work/readme/my-policies"
printf 'id,email\n1,ann@example.org\n' >"$work/readme/my-csv-files/customers.csv"
cat >"$work/readme/my-policies/shop.yaml" <<'END'
service: files
policies:
  - name: analysts read the shop
    resources: {database: shop, table: "*", column: "*"}
    allow: [{groups: [analysts], access: [read]}]
END
cat >"$work/readme/my-policies/tags.yaml" <<'END'
service: tags
policies:
  - name: e-mail addresses
    resources: {tag: EMAIL}
    mask: [{groups: [analysts], access: ["file:read"], type: "file:MASK_HASH"}]
END
echo "-- README.md"
(
    cd "$work/readme"
    blocks "$root/README.md" | grep '^swift run steward' | grep -v -e ' demo$' -e ' serve ' |
        sed 's/swift run steward/steward/' >commands.sh
    [ "$(wc -l <commands.sh)" -ge 6 ]
    bash -euo pipefail commands.sh >output.txt
    cat output.txt
    if grep -q 'ann@' output.txt; then echo "the README's commands showed a raw value"; exit 1; fi
)
echo "the docs' commands ran"
