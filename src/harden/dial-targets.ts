import { workloadKey, selects } from '../discover/edges.ts';
import type { Inventory } from '../discover/inventory.ts';
import { containerMentions, fileMentions, names, type Mention } from '../discover/mentions.ts';
import type { ServiceFacts, Workload } from '../discover/workload-shape.ts';

/** A Service that a workload dials, as it is told to. */
export interface DialTarget {
  readonly service: string;
  /** As the workload names it. */
  readonly host: string;
  /** Undefined: what it is told does not say, and the Service has more than one. */
  readonly port: number | undefined;
  /** Where it is told so: `DB_HOST of container web`. */
  readonly where: string;
  /** Components behind the Service, `Kind/name`. */
  readonly components: readonly string[];
  /** The text does not come from the environment: a file or a command, which is read once at the start. */
  readonly isConfigured: boolean;
}

const escape = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** The Service's name as it stands in the text, with the rest of the host's name, and the port behind it. */
function dialled(text: string, service: string): { readonly host: string; readonly port?: number } {
  const pattern = new RegExp(
    `(?:^|[^a-z0-9-])(${escape(service)}(?:\\.[a-z0-9.-]*[a-z0-9])?)(?!://)(?::(\\d{1,5}))?(?![a-z0-9-])`,
    'm',
  );
  const [, host = service, port] = pattern.exec(text) ?? [];
  return { host, ...(port !== undefined && { port: Number(port) }) };
}

/** The port in the variable beside the one that names the host: DB_PORT beside DB_HOST. */
function siblingPort(workload: Workload, where: string): number | undefined {
  const [, variable] = /^(\S*HOST\S*) of /.exec(where) ?? [];
  if (variable === undefined) return undefined;
  const value = workload.env.find(({ name }) => name === variable.replace('HOST', 'PORT'))?.value;
  return value !== undefined && /^\d{1,5}$/.test(value) ? Number(value) : undefined;
}

function portOf(workload: Workload, { where, text }: Mention, service: ServiceFacts): number | undefined {
  const known = service.ports.map(({ port }) => port);
  const said = dialled(text, service.name).port ?? siblingPort(workload, where);
  if (said !== undefined) return known.length === 0 || known.includes(said) ? said : undefined;
  return known.length === 1 ? known[0] : undefined;
}

/** The database's primary has a Service without a selector and of the cluster's name; Patroni writes its Endpoints. */
function behind(service: ServiceFacts, { workloads }: Inventory): readonly string[] {
  const found = workloads.filter(
    (entry) =>
      selects(service, entry) ||
      (entry.labels['application'] === 'spilo' && entry.labels['cluster-name'] === service.name),
  );
  return found.map(workloadKey);
}

/** Without the containers of this sort: what they are told is not what the others are told. */
function onlyThose(workload: Workload, prefix: 'container ' | 'init container '): Workload {
  return { ...workload, containers: workload.containers.filter(({ title }) => title.startsWith(prefix)) };
}

/** The Services that the containers which run on are told to dial, each once. Pure. */
export function dialTargets(workload: Workload, inventory: Inventory): readonly DialTarget[] {
  const own = onlyThose(workload, 'container ');
  const files = fileMentions(own, inventory);
  const all = [...files, ...containerMentions(own, inventory)];
  return inventory.services.flatMap((service) => {
    const mention = all.find(({ text }) => names(text, service.name, inventory.namespace));
    const components = behind(service, inventory).filter((key) => key !== workloadKey(workload));
    if (mention === undefined || components.length === 0) return [];
    const { host } = dialled(mention.text, service.name);
    const isConfigured = files.includes(mention) || mention.where.startsWith('the command of ');
    const port = portOf(workload, mention, service);
    return [{ service: service.name, host, port, where: mention.where, components, isConfigured }];
  });
}

/** Services that an init container is told of, each with its name: it runs before, and may wait for them itself. Pure. */
export function toldBefore(workload: Workload, inventory: Inventory): ReadonlyMap<string, string> {
  const mentions = containerMentions(onlyThose(workload, 'init container '), inventory);
  return new Map(
    inventory.services.flatMap((service) => {
      const mention = mentions.find(({ text }) => names(text, service.name, inventory.namespace));
      return mention === undefined ? [] : [[service.name, mention.where] as const];
    }),
  );
}

/** What the workload's files say, for words that decide how they are read. */
export function fileTexts(workload: Workload, inventory: Inventory): readonly string[] {
  return fileMentions(workload, inventory).map(({ text }) => text);
}
