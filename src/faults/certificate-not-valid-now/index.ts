import { validityAdvice, validityIn } from '../../domain/certificate-times.ts';
import type { Finding, Layer } from '../../domain/finding.ts';
import { seen } from '../../domain/looked.ts';
import type { Observation } from '../../domain/observation.ts';
import type { ObjectRef } from '../../domain/object-ref.ts';
import { defineFault } from '../define-fault.ts';

/** What somebody was told who asked a server that shows a certificate. */
interface Told {
  readonly layer: Layer;
  readonly object: ObjectRef;
  readonly text: string;
}

function told({ api, frontDoor }: Observation, cluster: string): readonly Told[] {
  const door = seen(frontDoor);
  const failure = door !== undefined && 'error' in door.answer ? door.answer.error : undefined;
  return [
    ...(api.looked
      ? []
      : [{ layer: 'control-plane', object: { kind: 'Cluster', name: cluster }, text: api.why } as const]),
    ...(failure === undefined
      ? []
      : [{ layer: 'edge', object: { kind: 'FrontDoor', name: door?.url ?? '' }, text: failure } as const]),
  ];
}

function judge({ layer, object, text }: Told, at: number): Finding[] {
  const found = validityIn(text);
  if (found === undefined) return [];
  const whose = layer === 'edge' ? 'The front door' : 'The Kubernetes API';
  return [
    {
      fault: 'certificate-not-valid-now',
      layer,
      object,
      claim: `${whose} cannot be trusted now: ${found.words}.`,
      kind: 'broken',
      evidence: [{ object: object.name, field: 'error', value: text, at }],
      against: 'It answers, so neither the network nor the server is down.',
      byHand: validityAdvice[found.trouble],
      causedBy: [],
    },
  ];
}

/**
 * A certificate is not valid by this machine's clock. Certificates of a local cluster are made when the cluster is, so one
 * of the future means that the clock was lost: a machine without power loses it when its battery is empty, and one that
 * keeps local time for another system starts hours off, until the time has been fetched. The clock is never set here.
 */
export const certificateNotValidNow = defineFault({
  id: 'certificate-not-valid-now',
  layer: 'control-plane',
  title: "A certificate is not valid by this machine's clock",
  check: (observation, { stack }) =>
    told(observation, stack.cluster.name).flatMap((one) => judge(one, observation.at)),
  remedy: () => [],
});
