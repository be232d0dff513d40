import { djangoCrashTailDrill } from './crash-tail.ts';

/** Web servers that wait for 300 s, the longest wait that a kubelet knows. */
export const djangoCrashTailLongest = djangoCrashTailDrill('django-crash-tail-longest', 300, 600);
