import path from 'node:path';
import process from 'node:process';

import type { Lab } from '../api.ts';
import { eventually } from '../source/eventually.ts';
import { ensureFrontDoorCertificate } from './front-door-certificate.ts';
import { poolerProfileRbac } from './rekindle-user.ts';

const namespace = 'jewelry-shop';

/** One order through the published front door, as a customer sends it; marked as a probe, so that nobody ships it. */
async function orderProbe(lab: Lab, certificate: string): Promise<string> {
  const { host, address, port } = lab.frontDoor;
  const script = path.join(import.meta.dirname, 'order-probe.ts');
  const asked = await lab.run([process.execPath, script, host, address, String(port)], {
    input: certificate,
    timeoutSeconds: 15,
  });
  return asked.exitCode === 0 ? '' : asked.stderr.trim() || `exit code ${asked.exitCode}`;
}

/** The certificate that the front door presents, from its TLS Secret; it is trusted beside the system's authorities. */
async function doorCertificate(lab: Lab): Promise<string> {
  const query = '{range .items[?(@.type=="kubernetes.io/tls")]}{.data.tls\\.crt}{"\\n"}{end}';
  const found = await lab.kubectl(['-n', namespace, 'get', 'secrets', '-o', `jsonpath=${query}`]);
  return found
    .split('\n')
    .map((line) => Buffer.from(line, 'base64').toString())
    .join('\n');
}

/** Applies the overlay `lab` and waits for the first order through the front door. Throws with the last refusal. */
export async function deployExample(lab: Lab, checkout: string): Promise<void> {
  await ensureFrontDoorCertificate(lab, namespace, 'jewelry-shop-tls');
  await lab.kubectl(['apply', '-k', path.join(checkout, 'examples', 'jewelry-shop', 'overlays', 'lab')]);
  await lab.kubectl(['apply', '-f', poolerProfileRbac(checkout)]);
  let refusal = 'never asked';
  try {
    await eventually(
      300_000,
      'first order through the front door',
      async () => {
        refusal = await orderProbe(lab, await doorCertificate(lab));
        return refusal === '';
      },
      500,
    );
  } catch (error) {
    throw new Error(`the example takes no order: ${refusal}`, { cause: error });
  }
}
