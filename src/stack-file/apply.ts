import { composedProfile, type PoolerProfile } from '../domain/pooler-profiles.ts';
import type { Component, FrontDoor, Stack, WriteProbe } from '../domain/stack.ts';
import type { StackFile } from './schema.ts';

function component(found: Component, file: StackFile): Component {
  const written = file.spec.components?.find(
    (entry) => entry.ref.kind === found.ref.kind && entry.ref.name === found.ref.name,
  );
  if (written === undefined) return found;
  const { adapter = found.adapter, dependsOn = found.dependsOn } = written;
  return { ...found, adapter, dependsOn, why: 'written in the stack file' };
}

type WrittenDoor = NonNullable<StackFile['spec']['frontDoor']>;

/** The door that only the file knows: in front of the web server, or of the app where there is none. */
function writtenDoor(found: Stack, { url, address }: WrittenDoor): FrontDoor | undefined {
  const behind =
    found.components.find(({ adapter }) => adapter === 'edge') ??
    found.components.find(({ adapter }) => adapter === 'web');
  if (url === undefined || address === undefined || behind === undefined) return undefined;
  const { namespace } = found;
  return {
    url,
    address,
    service: { namespace, name: behind.ref.name },
    healthPath: '/',
    podPort: url.startsWith('https:') ? 443 : 80,
    podLabels: behind.podLabels,
  };
}

function frontDoor(found: Stack, file: StackFile): FrontDoor | undefined {
  const written = file.spec.frontDoor;
  if (written === undefined) return found.frontDoor;
  const door = found.frontDoor ?? writtenDoor(found, written);
  if (door === undefined) return undefined;
  const { url = door.url, address = door.address, healthPath = door.healthPath, tlsSecret } = written;
  return {
    ...door,
    url,
    address,
    healthPath,
    why: 'written in the stack file',
    ...(tlsSecret !== undefined && { tlsSecret: { namespace: found.namespace, name: tlsSecret } }),
    ...(written.writeProbe !== undefined && { writeProbe: writeProbe(written.writeProbe) }),
  };
}

function writeProbe({ readBack, ...probe }: NonNullable<WrittenDoor['writeProbe']>): WriteProbe {
  return { ...probe, ...(readBack !== undefined && { readBack }) };
}

/** What the file asks of the poolers; undefined when it does not speak of them. */
export function poolerProfileOf({ spec }: Pick<StackFile, 'spec'>): PoolerProfile | undefined {
  const { profile, settings } = spec.pooler ?? {};
  return profile === undefined && settings === undefined ? undefined : composedProfile(profile, settings);
}

/** What was discovered, with everything that the stack file says instead. */
export function applyStackFile(found: Stack, file: StackFile): Stack {
  const { spec } = file;
  const { frontDoor: _foundDoor, ...rest } = found;
  const door = frontDoor(found, file);
  const poolerProfile = poolerProfileOf(file);
  return {
    ...rest,
    name: file.metadata.name,
    components: found.components.map((entry) => component(entry, file)),
    policy: {
      stabilityWindowSeconds: spec.policy?.stabilityWindow ?? found.policy.stabilityWindowSeconds,
      attempts: spec.policy?.attempts ?? found.policy.attempts,
    },
    ...(door !== undefined && { frontDoor: door }),
    ...(poolerProfile !== undefined && { poolerProfile }),
  };
}
