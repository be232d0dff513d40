import { defineCheck, type Draft } from '../define-check.ts';
import type { NodeFields } from '../world/node.ts';
import type { Thing } from '../world/thing.ts';

const pressures = new Set(['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable']);

type Trouble = readonly [field: string, value: string, claim: string];
type Condition = NodeFields['status']['conditions'][number];

function ofCondition({ type, status: value, reason }: Condition): readonly Trouble[] {
  const said = `${value}${reason ? `, ${reason}` : ''}`;
  const field = `status.conditions[${type}]`;
  if (value === 'Unknown') return [[field, said, 'Its kubelet does not report.']];
  if (type === 'Ready' && value === 'False') return [[field, said, 'It is not ready.']];
  return pressures.has(type) && value === 'True' ? [[field, said, `It has ${type}.`]] : [];
}

function troublesOf({ spec, status }: NodeFields): readonly Trouble[] {
  const cordoned: Trouble = ['spec.unschedulable', 'true', 'It takes no new pods: somebody has cordoned it.'];
  return [...status.conditions.flatMap(ofCondition), ...(spec.unschedulable === true ? [cordoned] : [])];
}

function judge({ ref, fields }: Thing<NodeFields>): readonly Draft[] {
  return troublesOf(fields).map(([field, value, claim]) => ({
    object: ref,
    severity: field === 'spec.unschedulable' ? 'medium' : 'high',
    claim,
    evidence: [[field, value]],
    advice:
      field === 'spec.unschedulable'
        ? {
            say: 'Let it take pods again when whoever did that is done.',
            command: `kubectl uncordon ${ref.name}`,
          }
        : { say: 'See why.', command: `kubectl describe node ${ref.name}` },
  }));
}

/** kubernetes.io, Node Status, Conditions. After a boot these may be from before it for up to 40 s. */
export const nodeTrouble = defineCheck({
  id: 'node-trouble',
  title: 'A node that is not well',
  severity: 'high',
  why: 'What runs there is evicted or not started.',
  source: 'https://kubernetes.io/docs/reference/node/node-status/#condition',
  needs: ['Node'],
  isLive: true,
  judge: (world) => world.nodes.flatMap((node) => judge(node)),
});
