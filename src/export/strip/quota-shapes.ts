import { isFields, type Fields } from '../../harden/fields/fields.ts';
import type { Shape } from './shape.ts';

const listOf = (value: unknown): Fields => (isFields(value) ? value : {});

/** Limits that were left out are the largest that are allowed. */
const limits = ({ max }: Fields): Fields => listOf(max);

/** Requests that were left out are the limits, then the smallest that are allowed. */
const requests = (item: Fields): Fields => ({
  ...listOf(item['min']),
  ...limits(item),
  ...listOf(item['default']),
});

const forContainers = (fill: (item: Fields) => Fields) => (item: Fields) =>
  item['type'] === 'Container' ? fill(item) : {};

/** One item of a LimitRange (pkg/apis/core/v1/defaults.go, SetDefaults_LimitRangeItem). */
export const limitShape: Shape = {
  filled: { default: forContainers(limits), defaultRequest: forContainers(requests) },
};
