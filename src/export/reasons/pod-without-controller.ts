import { annotationOf, defineReason } from './define-reason.ts';

/** A pod that nothing makes anew: whoever wants it elsewhere has to say how it shall be kept. */
export const podWithoutController = defineReason({
  name: 'pod-without-controller',
  comes: 'by-hand',
  why: (object) => {
    if (object.kind !== 'Pod') return undefined;
    return annotationOf(object, 'kubernetes.io/config.mirror') === undefined
      ? 'no controller keeps this pod: make a Deployment of it, and export again'
      : 'its node runs it from a file of its own';
  },
});
