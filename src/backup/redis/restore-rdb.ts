import type { PodPrograms, ProgramInPod } from '../../ports/pod-programs.ts';
import { outputText, script, withInput } from '../program-output.ts';
import { keyCount, type RedisInPod } from './rdb.ts';

/** Port of the second server, which lives for one restore and listens on loopback only. */
const usualPort = 16_390;

/** Exactly as many bytes as were announced: older API servers cannot tell the end of the input. */
const receive = `umask 077; rm -rf "$1"; mkdir -p "$1" && head -c "$2" >"$1/dump.rdb" && [ "$(wc -c <"$1/dump.rdb")" -eq "$2" ] ||
  { echo "not everything arrived" >&2; exit 1; }`;

/**
 * A second server reads the copy, and the first one becomes its replica for as long as it takes to get everything: this way nothing has to be
 * put into its files, whatever they are, and it need not be restarted (redis.io, Replication). It is made a primary again whatever comes.
 * A first one that would log in at its primary (masterauth) finds the same user and password at the second one, by a file that only
 * this user reads.
 */
const replicate = `set -e
port="$2"; own="$3"
main() { if [ -n "$own" ]; then redis-cli -p "$own" "$@"; else redis-cli "$@"; fi; }
setting() { main CONFIG GET "$1" 2>/dev/null | sed -n 2p; }
quoted() { printf '%s' "$1" | sed 's/["\\\\]/\\\\&/g'; }
user=$(setting masteruser); secret=$(setting masterauth); key=
if [ -n "$secret" ] && [ -n "$user" ]; then
  printf 'user "%s" on ">%s" allkeys allcommands\\n' "$(quoted "$user")" "$(quoted "$secret")"
elif [ -n "$secret" ]; then key="$secret"; printf 'requirepass "%s"\\n' "$(quoted "$secret")"; fi >"$1/second.conf"
other() { REDISCLI_AUTH="$key" redis-cli -p "$port" "$@"; }
end() { main REPLICAOF NO ONE >/dev/null 2>&1; other SHUTDOWN NOSAVE >/dev/null 2>&1; rm -rf "$1"; }
redis-server "$1/second.conf" --port "$port" --bind 127.0.0.1 --dir "$1" --dbfilename dump.rdb --save '' --appendonly no \\
  --repl-diskless-sync-delay 0 --daemonize yes --logfile "$1/log" --pidfile "$1/pid" >/dev/null
trap 'end "$1"' EXIT
n=0; until [ "$(other PING 2>/dev/null)" = PONG ]; do
  n=$((n+1)); [ $n -lt 600 ] || { tail -n 3 "$1/log" >&2; echo "error: the second server does not come up" >&2; exit 1; }; sleep 0.1; done
want=$(other INFO keyspace | tr -d '\\r' | sed -n 's/^db[0-9]*:keys=\\([0-9]*\\).*/\\1/p' | awk '{ s += $1 } END { print s + 0 }')
main REPLICAOF 127.0.0.1 "$port" >/dev/null
n=0; until main INFO replication | tr -d '\\r' | grep -qx 'master_link_status:up'; do
  n=$((n+1)); [ $n -lt 3000 ] || { echo "error: the copy does not get over" >&2; exit 1; }; sleep 0.1; done
main REPLICAOF NO ONE >/dev/null
echo "$want"`;

/** What a restore of Redis has shown: keys that the copy had when it was read, and keys that are there now. */
export interface RestoredRdb {
  readonly copied: number;
  readonly there: number;
}

/**
 * Gives a running Redis everything that a copy holds, in the place of what it has. Whoever calls it has made sure that this is nothing.
 * Throws ProgramFailed, and what reading the copy throws.
 */
export async function restoreRdb(
  programs: PodPrograms,
  redis: RedisInPod,
  copy: { readonly plain: AsyncIterable<Buffer>; readonly bytes: number; readonly port?: number },
): Promise<RestoredRdb> {
  const { namespace, pod, container } = redis;
  const folder = '/tmp/rekindle-restore';
  const program = (name: string, text: string, ...words: readonly string[]): ProgramInPod => ({
    namespace,
    pod,
    container,
    argv: script(name, text, folder, ...words),
  });
  await withInput(programs, program('receive', receive, String(copy.bytes)), copy.plain);
  const own = redis.port === undefined ? '' : String(redis.port);
  const said = await outputText(
    programs,
    program('redis-server', replicate, String(copy.port ?? usualPort), own),
  );
  return { copied: Number(said.trim()), there: await keyCount(programs, redis) };
}
