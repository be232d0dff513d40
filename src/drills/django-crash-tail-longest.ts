import { crashTailDrill } from './crash-tail.ts';

/** Web servers that wait for 300 s, the longest wait that a kubelet knows. */
export const djangoCrashTailLongest = crashTailDrill({
  id: 'django-crash-tail-longest',
  seconds: 300,
  within: 600,
});
