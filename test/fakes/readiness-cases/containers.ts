import { saw } from '../../../src/domain/looked.ts';
import { now, pod, workload } from '../readiness-objects.ts';
import { changed, soundShop, withObject } from '../sound-shop.ts';
import type { CheckCase, CheckCases } from './case.ts';

const web = 'Deployment shop/web';

/** The web server with other fields of its container. */
function container(what: string, fields: object, severity: CheckCase['severity']): CheckCase {
  return {
    what,
    objects: withObject(workload('Deployment', 'web', { container: fields })),
    names: web,
    severity,
  };
}

const resources = {
  requests: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '1Gi' },
  limits: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '1Gi' },
};

function lacking(side: 'requests' | 'limits', name: string): object {
  const sides = { ...resources, [side]: { ...resources[side], [name]: undefined } };
  return { resources: sides };
}

/** The web server's pod, whose container was restarted. */
function restarted(what: string, fields: object, severity: CheckCase['severity']): CheckCase {
  const containerStatuses = [{ name: 'main', ready: true, state: { running: {} }, ...fields }];
  const labels = { app: 'web' };
  const objects = withObject(
    pod('web-0', { owner: 'ReplicaSet web-1', labels, status: { containerStatuses } }),
  );
  return { what, objects, names: web, severity };
}

const last = (reason: string, exitCode: number) => ({ lastState: { terminated: { reason, exitCode } } });

/** Probes, resources and images. */
export const containerCases: CheckCases = {
  'liveness-probe-missing': [container('none', { livenessProbe: undefined }, 'low')],
  'readiness-probe-missing': [
    container('behind a Service', { readinessProbe: undefined }, 'medium'),
    {
      what: 'with no Service before it',
      objects: withObject(workload('Deployment', 'worker', { container: { readinessProbe: undefined } })),
      names: 'Deployment shop/worker',
      severity: 'low',
    },
  ],
  'startup-probe-missing': [container('liveness kills after 30 s', { startupProbe: undefined }, 'medium')],
  'probe-proves-little': [
    container('a connection', { readinessProbe: { tcpSocket: { port: 80 } } }, 'medium'),
  ],
  'probes-identical': [
    container(
      'the same path',
      {
        livenessProbe: { httpGet: { path: '/x', port: 'http' } },
        readinessProbe: { httpGet: { path: '/x', port: 'http' }, periodSeconds: 3 },
      },
      'medium',
    ),
  ],
  'probe-redirected': [
    {
      what: 'to another host',
      objects: soundShop(),
      names: web,
      severity: 'medium',
      snapshot: {
        answers: saw(
          [
            {
              workload: web,
              container: 'main',
              answer: saw(
                { path: '/ready', status: 302, location: 'https://login.example/', isLocal: false },
                'pod',
                now,
              ),
            },
          ],
          'probes',
          now,
        ),
      },
    },
  ],
  'requests-missing': [
    container('of memory', { resources: { limits: { cpu: '1' } } }, 'medium'),
    container('of CPU alone', { resources: { limits: { memory: '1Gi' } } }, 'low'),
  ],
  'memory-limit-missing': [container('none', lacking('limits', 'memory'), 'medium')],
  'cpu-limit-missing': [container('none', lacking('limits', 'cpu'), 'info')],
  'ephemeral-storage-unlimited': [container('no limit', lacking('limits', 'ephemeral-storage'), 'low')],
  'image-not-pinned': [
    container('no tag', { image: 'registry.example:5000/web' }, 'medium'),
    container('latest', { image: 'web:latest' }, 'medium'),
  ],
  'image-imported': [
    {
      what: 'an id without a registry',
      objects: withObject(
        pod('web-0', {
          owner: 'ReplicaSet web-1',
          labels: { app: 'web' },
          status: {
            containerStatuses: [
              { name: 'main', ready: true, imageID: `sha256:${'a'.repeat(64)}`, state: { running: {} } },
            ],
          },
        }),
      ),
      names: web,
      severity: 'high',
    },
  ],
  'pull-policy': [
    container('Never', { imagePullPolicy: 'Never' }, 'medium'),
    container('Always with a version', { imagePullPolicy: 'Always' }, 'low'),
  ],
  'environment-duplicated': [
    container(
      'twice',
      {
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      },
      'low',
    ),
  ],
  'host-port': [
    container('of the node', { ports: [{ name: 'http', containerPort: 80, hostPort: 80 }] }, 'low'),
  ],
  'port-by-number': [
    container('a probe', { readinessProbe: { httpGet: { path: '/ready', port: 80 } } }, 'info'),
    {
      what: 'a Service',
      objects: changed('Service', 'web', { spec: { ports: [{ port: 80 }] } }),
      names: 'Service shop/web',
      severity: 'info',
    },
    {
      what: 'an Ingress',
      objects: changed('Ingress', 'web', {
        spec: {
          rules: [{ http: { paths: [{ backend: { service: { name: 'web', port: { number: 80 } } } }] } }],
        },
      }),
      names: 'Ingress shop/web',
      severity: 'info',
    },
  ],
  'container-restarts': [
    restarted('many', { restartCount: 9 }, 'medium'),
    restarted('out of memory', { restartCount: 1, ...last('OOMKilled', 137) }, 'high'),
    restarted('many, the last time with its node', { restartCount: 9, ...last('Unknown', 255) }, 'info'),
    // What `exit(-1)` gives is the program's own.
    restarted('many, the last time by itself with -1', { restartCount: 9, ...last('Error', 255) }, 'medium'),
  ],
};
