import { defineCheck } from '../define-check.ts';
import { kindNames } from '../world/kinds.ts';
import { refOf } from '../world/thing.ts';

/** kubernetes.io, Labels and Selectors, Syntax and character set: 63 characters at most. */
const valid = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** The API refuses such an object, so only a file can have one. */
export const invalidLabel = defineCheck({
  id: 'invalid-label',
  title: 'A label that the API refuses',
  severity: 'high',
  why: 'The object cannot be made from this file.',
  source:
    'https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set',
  needs: kindNames,
  eachAlone: 'object',
  isRefused: true,
  judge: (world) =>
    world.objects.flatMap((object) => {
      const broken = Object.entries(object.metadata.labels ?? {}).filter(
        ([, value]) => typeof value !== 'string' || !valid.test(value),
      );
      if (broken.length === 0) return [];
      return [
        {
          object: refOf(object),
          claim: `The API does not take ${broken.map(([key]) => key).join(', ')}.`,
          evidence: broken.map(([key, value]) => [`metadata.labels[${key}]`, value] as const),
          advice: { say: 'Use letters, digits, dots, dashes and underscores, 63 at most; quote numbers.' },
        },
      ];
    }),
});
