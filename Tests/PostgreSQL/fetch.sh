#!/usr/bin/env bash
# Fetches PostgreSQL's own regression statements, of Debian's source package, into the build folder, once.
# The lists of sources are its own, so that the machine's stay as they are.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)/.build/postgresql-regression
if [ -f "$root/regress/parallel_schedule" ]; then exit 0; fi
mkdir -p "$root/lists/partial"
cd "$root"
keys=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb-src [signed-by=$keys] http://deb.debian.org/debian bookworm main" >sources.list
options=(-o "Dir::Etc::sourcelist=$root/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$root/lists" -o APT::Sandbox::User=root)
apt-get update -qq "${options[@]}"
apt-get source -qq --download-only "${options[@]}" postgresql-15
tar -xjf postgresql-15_*.orig.tar.bz2 --wildcards '*/src/test/regress/*'
mv postgresql-15*/src/test/regress regress
chmod -R a+rX .
