import type { Component, FrontDoor, Stack } from '../domain/stack.ts';
import type { StackFile } from './schema.ts';

function component(found: Component, file: StackFile): Component {
  const written = file.spec.components?.find(
    (entry) => entry.ref.kind === found.ref.kind && entry.ref.name === found.ref.name,
  );
  if (written === undefined) return found;
  const adapter = written.adapter ?? found.adapter;
  return { ...found, adapter, dependsOn: written.dependsOn, why: 'written in the stack file' };
}

function frontDoor(found: FrontDoor | undefined, file: StackFile): FrontDoor | undefined {
  const written = file.spec.frontDoor;
  if (found === undefined || written === undefined) return found;
  return {
    ...found,
    ...(written.url !== undefined && { url: written.url }),
    ...(written.address !== undefined && { address: written.address }),
    ...(written.healthPath !== undefined && { healthPath: written.healthPath }),
    ...(written.writeProbe !== undefined && {
      writeProbe: {
        method: written.writeProbe.method,
        path: written.writeProbe.path,
        headers: written.writeProbe.headers,
        body: written.writeProbe.body,
        expectStatus: written.writeProbe.expectStatus,
        ...(written.writeProbe.readBack !== undefined && { readBack: written.writeProbe.readBack }),
      },
    }),
  };
}

/** What was discovered, with everything that the stack file says instead. */
export function applyStackFile(found: Stack, file: StackFile): Stack {
  const { spec } = file;
  const { frontDoor: foundDoor, ...rest } = found;
  const door = frontDoor(foundDoor, file);
  return {
    ...rest,
    name: file.metadata.name,
    components: found.components.map((entry) => component(entry, file)),
    policy: {
      stabilityWindowSeconds: spec.policy?.stabilityWindow ?? found.policy.stabilityWindowSeconds,
      attempts: spec.policy?.attempts ?? found.policy.attempts,
    },
    ...(door !== undefined && { frontDoor: door }),
    ...(spec.pooler !== undefined && { poolerProfile: spec.pooler.profile }),
  };
}
