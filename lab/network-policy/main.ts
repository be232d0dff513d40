// Enforces NetworkPolicies until it is ended. Started by `Lab.enforceNetworkPolicies`; the first argument is the checkout.
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { openLab } from '../lab.ts';
import { Enforcer } from './enforcer.ts';

/** Between two looks, ms. */
const everyMs = 1000;

const lab = await openLab({ checkout: process.argv[2] ?? '', log: () => {} });
const enforcer = new Enforcer(lab);
let said = '';
for (;;) {
  try {
    await enforcer.pass();
  } catch (error) {
    // The power is off, or the cluster is coming up: it is asked again.
    const text = String(error);
    if (text !== said) process.stderr.write(`${text}\n`);
    said = text;
  }
  await sleep(everyMs);
}
