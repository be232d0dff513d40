#!/bin/sh
# Stands in the place of PgBouncer in a copy of the pooler's image. The image's own entrypoint renders the configuration
# as ever and starts "pgbouncer /some/pgbouncer.ini"; this adds the settings of a ConfigMap and becomes PgBouncer.
# It must never be the reason why a pooler does not start: whatever goes wrong here is said in the log, and PgBouncer
# starts without the settings. How the settings come here, and why not by a mount: docs/pooler-profiles.md.
set -u

part=/usr/libexec/rekindle
real=$part/pgbouncer
baked=$part/settings.ini
config_map=rekindle-pooler-settings
key=settings.ini
account=/var/run/secrets/kubernetes.io/serviceaccount
# A pooler that starts must not wait for an API that is still starting itself; seconds.
patience=2
# Asked for until the first answer, and after it; seconds.
soon=3
later=30

say() { echo "rekindle: $*" >&2; }

# The settings of the ConfigMap to standard output: nothing where there is no such ConfigMap. Fails when that is not known.
# The token goes through a pipe from a builtin: arguments of a program can be read by others.
ask() {
  [ -r "$account/token" ] || return 1
  host=${KUBERNETES_SERVICE_HOST:-} port=${KUBERNETES_SERVICE_PORT:-443}
  case $host in '') return 1 ;; *:*) to="[$host]:$port" ;; *) to=$host:$port ;; esac
  path=/api/v1/namespaces/$(cat "$account/namespace")/configmaps/$config_map
  printf 'GET %s HTTP/1.0\r\nHost: %s\r\nAuthorization: Bearer %s\r\nAccept: application/yaml\r\n\r\n' \
    "$path" "$to" "$(cat "$account/token")" |
    timeout "$patience" openssl s_client -quiet -connect "$to" -CAfile "$account/ca.crt" \
      -verify_return_error -verify_ip "$host" 2>/dev/null |
    awk -v key="  $key: |" '
      { sub(/\r$/, "") }
      NR == 1 { status = $2; next }
      !body { if ($0 == "") body = 1; next }
      /^[^ ]/ { said[$0] = 1; inside = 0; data = $0 == "data:"; next }
      data && index($0, key) == 1 { inside = 1; next }
      inside && /^    / { print substr($0, 5); next }
      /./ { inside = 0 }
      END { exit !(status == 200 && said["kind: ConfigMap"] || status == 404 && said["reason: NotFound"]) }
    '
}

# Numbers only: who may write a ConfigMap must not be able to change who may log in, where the database is, or where
# PgBouncer listens.
numbers() {
  sed -n -e '/^ *listen_/d' -e '/^ *unix_/d' -e 's/^ *\([a-z][a-z0-9_]*\) *= *\([0-9][0-9.]*\) *$/\1 = \2/p'
}

# Asks and keeps the answer in a file. Fails, and leaves none, when nothing is known.
fetch() {
  ask >"$work/answer" && numbers <"$work/answer" >"$1"
}

# The rendered configuration with a file included at the end of its section [pgbouncer], and lines after it. The file has
# no header of its own: a second [pgbouncer] puts every setting back to its default (libusual, usual/cfparser.c).
combined() {
  awk -v file="$1" -v more="${2:-}" '
    function close_section() {
      if (inside) { print "%include " file; if (more != "") print more }
      inside = 0
    }
    /^[ \t]*\[/ { close_section() }
    { print }
    /^[ \t]*\[pgbouncer\]/ { inside = 1; found = 1 }
    END { close_section(); exit !found }
  ' "$ini"
}

# Starts PgBouncer on the whole configuration with these settings, on loopback only, and ends it as soon as it is up.
accepted() {
  settings=$1
  shift
  cp -p "$ini" "$work/check.ini" || return 1
  here='listen_addr = 127.0.0.1\nlisten_port = 65432\nunix_socket_dir =\nlogfile =\npidfile ='
  combined "$settings" "$here" >"$work/check.ini" || return 1
  "$real" "$@" "$work/check.ini" >"$work/check.log" 2>&1 &
  tried=$!
  turns=0
  until grep -q 'process up:' "$work/check.log" || [ $turns -ge 100 ]; do
    kill -0 "$tried" 2>/dev/null || break
    sleep 0.05
    turns=$((turns + 1))
  done
  kill -KILL "$tried" 2>/dev/null
  wait "$tried" 2>/dev/null
  grep -q 'process up:' "$work/check.log"
}

refusal() { sed -n -e 's/^.* ERROR //p' -e 's/^.* FATAL //p' "$work/check.log" | sed -n 1p; }

# Takes over what changes in the ConfigMap while PgBouncer runs: SIGHUP makes it read its files again, and no client
# notices. PgBouncer has the number of this shell. Polling, because a watch would hold a connection open for hours.
follow() {
  pgbouncer=$1 pause=$2 refused=
  shift 2
  while sleep "$pause" && kill -0 "$pgbouncer" 2>/dev/null; do
    fetch "$work/new.ini" || continue
    pause=$later
    cmp -s "$work/new.ini" "$work/settings.ini" && continue
    if accepted "$work/new.ini" "$@"; then
      mv "$work/new.ini" "$work/settings.ini" && kill -HUP "$pgbouncer" && say "took over: $(summary)"
    elif [ "$refused" != "$(cat "$work/new.ini")" ]; then
      refused=$(cat "$work/new.ini")
      say "ConfigMap $config_map is refused by PgBouncer ($(refusal)); the settings stay as they are"
    fi
  done
}

summary() {
  if [ -s "$work/settings.ini" ]; then tr '\n' ';' <"$work/settings.ini"; else echo 'no settings'; fi
}

plainly() {
  say "$1; PgBouncer starts without settings of ConfigMap $config_map"
  shift
  exec "$real" "$@"
}

# The configuration is the last argument; whoever asks for anything else gets PgBouncer itself.
ini=
for argument; do ini=$argument; done
case $ini in *.ini) [ -r "$ini" ] || exec "$real" "$@" ;; *) exec "$real" "$@" ;; esac

for program in awk cat cmp cp grep mktemp openssl sed timeout tr; do
  command -v "$program" >/dev/null || plainly "there is no $program in this image" "$@"
done
umask 022
work=$(mktemp -d) || plainly 'there is no folder to write in' "$@"
# PgBouncer may run as another user than this script (`--user`), and reads the settings again at RELOAD.
chmod 755 "$work"

# The options alone: the configuration is put behind them.
count=$# place=0
for argument; do
  place=$((place + 1))
  [ $place -eq "$count" ] || set -- "$@" "$argument"
done
shift "$count"

pause=$soon
if fetch "$work/settings.ini"; then
  pause=$later
  from="ConfigMap $config_map"
elif numbers <"$baked" >"$work/settings.ini"; then
  from="the image, because ConfigMap $config_map could not be read"
else
  : >"$work/settings.ini"
  from='nowhere'
fi
if ! accepted "$work/settings.ini" "$@"; then
  say "PgBouncer refuses these settings ($(refusal)): $(summary)"
  : >"$work/settings.ini"
  from='nowhere'
fi
# With the mode and the owner of the original: it may hold a password.
whole=$work/rekindle-pgbouncer.ini
if ! { cp -p "$ini" "$whole" && combined "$work/settings.ini" >"$whole"; }; then
  plainly "$ini cannot be added to" "$@" "$ini"
fi
say "settings from $from: $(summary)"
follow $$ "$pause" "$@" &
exec "$real" "$@" "$whole"
