import { isFields, type Fields } from '../../harden/fields/fields.ts';
import type { Shape } from './shape.ts';

const listOf = (value: unknown): Fields => (isFields(value) ? value : {});

/** Limits that were left out are the largest that are allowed. */
const filledLimits = ({ max }: Fields): Fields => listOf(max);

/**
 * What a LimitRange for containers fills in for itself (pkg/apis/core/v1/defaults.go, SetDefaults_LimitRangeItem): limits
 * from the maximum, requests from the limits, then from the minimum.
 */
function filledRequests(item: Fields): Fields {
  return { ...listOf(item['min']), ...filledLimits(item), ...listOf(item['default']) };
}

const forContainers = (fill: (item: Fields) => Fields) => (item: Fields) => {
  const filled = fill(item);
  return item['type'] === 'Container' && Object.keys(filled).length > 0 ? filled : undefined;
};

/** One item of a LimitRange. */
export const resourcesShape: Shape = {
  defaults: { default: forContainers(filledLimits), defaultRequest: forContainers(filledRequests) },
};
