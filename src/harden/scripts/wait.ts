/** What an init container waits for. */
export interface WaitTarget {
  readonly host: string;
  /** Undefined: it is enough that the name has an address. */
  readonly port?: number;
}

/** Programs that can wait, the best first, and whether they can do more than look a name up. */
export const waiters = ['python3', 'bash', 'getent'] as const;
export type Waiter = (typeof waiters)[number];

/** Between two attempts, and how often it is said what is waited for, seconds. */
const python = `import socket, sys, time
end = time.monotonic() + float(sys.argv[1])
for target in sys.argv[2:]:
    host, _, port = target.partition(':')
    told = 0
    while True:
        try:
            if port:
                socket.create_connection((host, int(port)), 2).close()
            else:
                socket.getaddrinfo(host, None)
            break
        except OSError as error:
            now = time.monotonic()
            if now > end:
                sys.exit(f'{target} is not there after {sys.argv[1]} s: {error}. Look why; this pod is started again by itself.')
            if now > told + 10:
                print(f'waiting for {target}: {error}', flush=True)
                told = now
            time.sleep(0.5)
`;

/** bash opens a TCP connection for a redirection to /dev/tcp (gnu.org, Bash manual, Redirections). */
const bash = `limit=$1
shift
for target; do
  host=\${target%%:*} port=\${target##*:}
  until timeout 2 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$host" "$port" 2>/dev/null; do
    if [ "$SECONDS" -ge "$limit" ]; then
      echo "$target is not there after $limit s. Look why; this pod is started again by itself." >&2
      exit 1
    fi
    [ $((SECONDS % 10)) -ne 0 ] || echo "waiting for $target"
    sleep 1
  done
done
`;

const sh = `limit=$1
shift
begin=$(date +%s)
for host; do
  until getent hosts "$host" >/dev/null; do
    if [ $(($(date +%s) - begin)) -ge "$limit" ]; then
      echo "the name $host has no address after $limit s. Look why; this pod is started again by itself." >&2
      exit 1
    fi
    echo "waiting for an address of $host"
    sleep 1
  done
done
`;

/** Which program of these waits for these targets; undefined: none of them can. */
export function waiterFor(tools: readonly string[], targets: readonly WaitTarget[]): Waiter | undefined {
  const needs: Readonly<Record<Waiter, readonly string[]>> = {
    python3: ['python3'],
    bash: ['bash', 'timeout', 'sleep'],
    getent: ['sh', 'getent', 'date', 'sleep'],
  };
  const can: Readonly<Record<Waiter, boolean>> = {
    python3: true,
    bash: targets.every(({ port }) => port !== undefined),
    getent: targets.every(({ port }) => port === undefined),
  };
  return waiters.find((waiter) => can[waiter] && needs[waiter].every((tool) => tools.includes(tool)));
}

/** The command of an init container that waits for the targets, one after the other, all of them within `seconds`. */
export function waitCommand(
  waiter: Waiter,
  targets: readonly WaitTarget[],
  seconds: number,
): readonly string[] {
  const words = targets.map(({ host, port }) => (port === undefined ? host : `${host}:${port}`));
  switch (waiter) {
    case 'python3':
      return ['python3', '-c', python, String(seconds), ...words];
    case 'bash':
      return ['bash', '-c', bash, 'wait', String(seconds), ...words];
    case 'getent':
      return ['sh', '-c', sh, 'wait', String(seconds), ...words];
  }
}
