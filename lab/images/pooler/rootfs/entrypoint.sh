#!/bin/sh
# Stands in for the Zalando operator's pooler image: renders the template at each container start, so that an edit
# inside a running pod does not last, and runs PgBouncer (Debian's) in the foreground.
# The operator runs it as user 100, who may write in /tmp only: /etc/pgbouncer is a link to /tmp/pgbouncer.
set -eu
umask 077
mkdir -p /tmp/pgbouncer
cd /etc/pgbouncer
cp /opt/pgbouncer/pgbouncer.ini.tmpl .
openssl req -nodes -new -x509 -days 365 -subj /CN=pooler -keyout pgbouncer.key -out pgbouncer.crt 2>/dev/null
# Only these names: the query's own $1 must stay.
names='$PGHOST $PGPORT $PGUSER $PGSCHEMA $CONNECTION_POOLER_MODE $CONNECTION_POOLER_PORT'
names="$names \$CONNECTION_POOLER_DEFAULT_SIZE \$CONNECTION_POOLER_RESERVE_SIZE"
names="$names \$CONNECTION_POOLER_MAX_CLIENT_CONN \$CONNECTION_POOLER_MAX_DB_CONN"
envsubst "$names" <pgbouncer.ini.tmpl >pgbouncer.ini
printf '"%s" "%s"\n' "$PGUSER" "$PGPASSWORD" >auth_file.txt
# PgBouncer refuses to run as root, so that an operator that sets no user gets Debian's.
if [ "$(id -u)" = 0 ]; then
  chown -R postgres /tmp/pgbouncer
  exec pgbouncer --user postgres /etc/pgbouncer/pgbouncer.ini
fi
exec pgbouncer /etc/pgbouncer/pgbouncer.ini
