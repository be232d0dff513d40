import { selects } from '../../discover/edges.ts';
import { seen } from '../../domain/looked.ts';
import { fact, refOf, templatePatch, writtenBy } from '../facts.ts';
import {
  componentOf,
  toolsOf,
  type HardenInventory,
  type HardenWorkload,
  type HealthLook,
} from '../inventory.ts';
import { measureId, undoBy, type Change, type JudgeMeasure, type Measure } from '../measure.ts';
import type { ContainerSpec } from '../workload-spec.ts';

interface Subject {
  readonly inventory: HardenInventory;
  readonly workload: HardenWorkload;
  readonly container: ContainerSpec;
}

const withoutSlash = (text: string) => new URL(text, 'http://pod').pathname.replace(/\/$/, '');

/** A path and the same with a slash at its end: web frameworks redirect one to the other, and it is the same page. */
const isSamePage = (path: string, location: string) => withoutSlash(path) === withoutSlash(location);

/** Why the answer that this probe gets proves nothing; undefined when nothing is known against it. */
function redirectOf({ workload, container }: Subject): string | undefined {
  const look = workload.probed[container.name];
  const found = look === undefined ? undefined : seen(look);
  if (found?.location === undefined) return undefined;
  const { path, status, location, isLocal = false } = found;
  if (isLocal && isSamePage(path, location)) return undefined;
  return isLocal
    ? `GET ${path} is answered ${status} to ${location}: the kubelet follows, and counts the page that it ends at`
    : `GET ${path} is answered ${status} to ${location}, another host: the kubelet does not follow, and counts the redirect itself as success`;
}

function weakness(subject: Subject): string | undefined {
  const { container, workload, inventory } = subject;
  const { readinessProbe: probe } = container;
  if (probe === undefined) {
    const { discovered } = inventory;
    const own = discovered.workloads.find(
      ({ kind, name }) => kind === workload.kind && name === workload.name,
    );
    const isServed =
      container.ports.length > 0 &&
      own !== undefined &&
      discovered.services.some((service) => selects(service, own));
    return isServed ? 'it has none: Ready means no more than that the process was started' : undefined;
  }
  if (probe.tcpSocket !== undefined)
    return 'it only opens a TCP connection: a process that accepts one may still answer nothing';
  return redirectOf(subject) ?? seen(workload.warnings)?.[0];
}

/** Redis's own client says whether Redis answers; it needs no other tool and no password. */
function redisQuestion({ workload, container, inventory }: Subject): Change | undefined {
  if (componentOf(workload, inventory.stack)?.adapter !== 'redis') return undefined;
  const words = [...container.command, ...container.args];
  // A configuration file may ask for a password or move the port; only what stands in the command is known.
  const isPlain =
    words.some((word) => word.endsWith('redis-server')) &&
    !words.some((word) => /\.conf$|requirepass|tls/.test(word));
  const tools = seen(toolsOf(workload, container.name, inventory.at)) ?? [];
  if (!isPlain || !['sh', 'redis-cli'].every((tool) => tools.includes(tool))) return undefined;
  const port = words.includes('--port') ? (words[words.indexOf('--port') + 1] ?? '6379') : '6379';
  const exec = { command: ['sh', '-c', `test "$(redis-cli -p ${port} ping)" = PONG`] };
  // A command takes longer than a connection: a second is short on a machine on which everything starts.
  return probePatch({ workload, container, inventory }, { exec, timeoutSeconds: 3 });
}

function probePatch({ workload, container }: Subject, question: Readonly<Record<string, unknown>>): Change {
  const { readinessProbe: probe } = container;
  const handlers = ['httpGet', 'tcpSocket', 'exec', 'grpc'] as const;
  const others = handlers.filter(
    (handler) => probe?.[handler] !== undefined && !Object.hasOwn(question, handler),
  );
  const times = probe === undefined ? { periodSeconds: 5, timeoutSeconds: 3 } : {};
  const readinessProbe = {
    ...Object.fromEntries(others.map((handler) => [handler, null])),
    ...question,
    ...times,
  };
  return templatePatch(workload, { containers: [{ name: container.name, readinessProbe }] });
}

function healthQuestion(subject: Subject, health: HealthLook | undefined): Change | undefined {
  const { container } = subject;
  const answer = health === undefined ? undefined : seen(health.answer);
  if (health === undefined || health.container !== container.name) return undefined;
  if (answer === undefined || answer.status >= 300) return undefined;
  const { path, port, scheme } = health;
  return probePatch(subject, { httpGet: { path, port, ...(scheme === 'HTTPS' && { scheme }) } });
}

function changeOf(subject: Subject, why: string): Change {
  const { workload } = subject;
  if (workload.writer !== undefined)
    return {
      by: 'nothing',
      reason: `Its probe proves little: ${why}. But ${writtenBy(workload.writer)}, and it has no field for this as far as is known.`,
    };
  return (
    healthQuestion(subject, workload.health) ??
    redisQuestion(subject) ?? {
      by: 'hand',
      todo: 'Which question proves that it works is not known here: name the health path (annotation rekindle.dev/health-path on the front door’s Service), or write a probe that does one small piece of real work.',
    }
  );
}

function healthFacts({ inventory, workload, container }: Subject) {
  const { health } = workload;
  if (health === undefined || health.container !== container.name) return [];
  const answer = seen(health.answer);
  const value = answer === undefined ? 'could not be asked' : `answered ${answer.status}`;
  return [
    fact(inventory, refOf(workload), `GET ${health.path} on port ${health.port} (${health.from})`, value),
  ];
}

function measureOf(subject: Subject): readonly Measure[] {
  const why = weakness(subject);
  if (why === undefined) return [];
  const { inventory, workload, container } = subject;
  const id = measureId('readiness', refOf(workload), container.name);
  return [
    {
      id,
      name: 'readiness',
      object: refOf(workload),
      what: `The readiness probe of container ${container.name} asks for something that only works when it works.`,
      why: `The readiness probe of ${container.name} proves little: ${why}. Services send users to whatever is Ready.`,
      evidence: [
        fact(inventory, refOf(workload), `readinessProbe of ${container.name}`, why),
        ...healthFacts(subject),
      ],
      change: changeOf(subject, why),
      undo: undoBy(id),
      cannot: [
        'A question that reaches through to a dependency takes these pods out of their Service when that one is away; where that is not wanted, ask for less.',
      ],
    },
  ];
}

/**
 * Readiness that proves nothing. The kubelet counts 200 to 399 as success and follows a redirect only on the same host,
 * ten times at most; one to another host is a success with a warning (kubernetes pkg/probe/http/http.go, DoHTTPProbe and
 * RedirectChecker; pkg/kubelet/prober/prober.go, probe.Warning).
 */
export const readiness: JudgeMeasure = (inventory) =>
  inventory.workloads.flatMap((workload) =>
    workload.containers.flatMap((container) => measureOf({ inventory, workload, container })),
  );
