#!/usr/bin/env bash
# Prepares what Docs/Proxy.md supposes, in the folder that is given: a PostgreSQL server on port 5439 with a database
# `shop`, an authority `ca.pem` that vouches for it, for Steward (`cert.pem`, `key.pem`) and for alice, and policies.
# `database.sh stop FOLDER` stops the server.
set -euo pipefail
server() { # as the account that Debian made for it: PostgreSQL refuses to run as root
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
if [ "$1" = stop ]; then
    server "$bin/pg_ctl" -D "$2/pg/data" -m immediate stop >/dev/null 2>&1 || true
    exit 0
fi
cd "$1"

certificate() { # name, common name, alternative name
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" -keyout "$1.key" -out "$1.csr"
    openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -out "$1.pem" \
        -extfile <(echo "subjectAltName=$3")
}
{
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=authority -keyout ca.key \
        -out ca.pem
    certificate database database DNS:localhost
    certificate cert steward DNS:localhost
    certificate alice alice email:alice@example.org
} 2>/dev/null
mv cert.key key.pem

mkdir pg
cp database.pem database.key pg/
[ "$(id -u)" = 0 ] && chown -R postgres pg && chmod a+x .. .
server "$bin/initdb" -D "$PWD/pg/data" -U postgres -A trust -E UTF8 --locale C.UTF-8 -N >/dev/null
server bash -c "cd '$PWD/pg' && chmod 600 database.key && cat >>data/postgresql.conf" <<END_OF_SETTINGS
port = 5439
listen_addresses = 'localhost'
unix_socket_directories = ''
fsync = off
ssl = on
ssl_cert_file = '$PWD/pg/database.pem'
ssl_key_file = '$PWD/pg/database.key'
END_OF_SETTINGS
server bash -c "cat >'$PWD/pg/data/pg_hba.conf'" <<'END_OF_RULES'
local all postgres trust
host all postgres localhost trust
hostssl shop reader all scram-sha-256
END_OF_RULES
server "$bin/pg_ctl" -D "$PWD/pg/data" -w -l "$PWD/pg/log" start >/dev/null
psql -qX "host=localhost port=5439 user=postgres" <<'END_OF_SCRIPT'
CREATE DATABASE shop;
CREATE ROLE reader LOGIN PASSWORD 'reads';
\connect shop
CREATE TABLE customers(id int PRIMARY KEY, name text, email text, region text);
INSERT INTO customers VALUES (1, 'Ann', 'ann@example.org', 'EU'), (2, 'Bo', 'bo@example.org', 'US');
GRANT SELECT ON customers TO reader;
END_OF_SCRIPT

mkdir my-policies
cat >my-policies/shop.yaml <<'END_OF_POLICIES'
service: postgres
policies:
  - name: analysts read the shop
    resources: {database: shop, schema: public, table: "*", column: "*"}
    allow: [{groups: [analysts], access: [select]}]
  - name: analysts see the EU
    resources: {database: shop, schema: public, table: customers}
    rowFilter: [{groups: [analysts], access: [select], filter: "region = 'EU'"}]
END_OF_POLICIES
cat >my-policies/tags.yaml <<'END_OF_POLICIES'
service: tags
policies:
  - name: e-mail addresses
    resources: {tag: EMAIL}
    mask: [{groups: [analysts], access: ["postgres:select"], type: "postgres:MASK_HASH"}]
END_OF_POLICIES
