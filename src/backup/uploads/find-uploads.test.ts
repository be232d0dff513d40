import { expect, test } from 'vitest';

import type { KubeObject } from '../../ports/cluster.ts';
import { keeperOf as ownerIn, type DataKeeper } from '../data-keepers.ts';
import { findUploads } from './find-uploads.ts';

const claim = (name: string): KubeObject => ({ metadata: { name, namespace: 'shop', uid: name } });

interface Volume {
  readonly claim?: string;
  readonly fields?: object;
  readonly mount?: object;
}

function pod(
  name: string,
  volumes: readonly Volume[],
  labels: Readonly<Record<string, string>> = {},
  image = 'shop:1',
): KubeObject {
  return {
    metadata: { name, namespace: 'shop', uid: name, labels },
    spec: {
      volumes: volumes.map((volume, index) => ({
        name: `v${index}`,
        ...(volume.claim !== undefined && { persistentVolumeClaim: { claimName: volume.claim } }),
        ...volume.fields,
      })),
      containers: [
        {
          name: 'app',
          image,
          volumeMounts: volumes.map((volume, index) => ({
            name: `v${index}`,
            mountPath: `/srv/${index}`,
            ...volume.mount,
          })),
        },
      ],
    },
    status: { phase: 'Running' },
  };
}

const postgres: DataKeeper = {
  kind: 'database cluster',
  name: 'db',
  podLabels: { data: 'yes' },
  unread: undefined,
};
const keeperOf = ({ metadata: { labels = {} } }: KubeObject) => ownerIn([postgres], labels);
const none = { take: [], leave: [] };

test('claims of the application are taken where a container sees the whole of them; the others are named', () => {
  const claims = ['media', 'pgdata', 'part', 'unused'].map(claim);
  const pods = [
    pod('db-0', [{ claim: 'pgdata' }], { data: 'yes' }),
    pod('django-7d9f8-x', [
      { claim: 'media' },
      { claim: 'part', mount: { subPath: 'a' } },
      { fields: { emptyDir: {} } },
      { fields: { emptyDir: { medium: 'Memory' } } },
      { fields: { hostPath: { path: '/mnt/photos' } } },
    ]),
  ];
  expect(findUploads(claims, pods, { wishes: none, keeperOf })).toEqual({
    uploads: [
      {
        claim: 'media',
        namespace: 'shop',
        seenBy: [{ pod: 'django-7d9f8-x', container: 'app', path: '/srv/0' }],
      },
    ],
    leftOut: [
      {
        what: 'files of claim part',
        why: 'every container sees a folder of it only (subPath); where nobody needs them: backup: { volumes: { leave: [part] } } in rekindle.yaml',
        isMissing: true,
      },
      {
        what: 'files of claim unused',
        why: expect.stringMatching(/^no running pod has it mounted; .*leave: \[unused\]/),
        isMissing: true,
      },
      { what: 'files of volume v2 of django-7d9f8-x', why: 'an emptyDir: what is in it goes with each pod' },
      { what: 'files of volume v4 of django-7d9f8-x', why: 'a folder of the node: /mnt/photos' },
    ],
  });
});

test('a claim of a database is in the backup by other means, whether its pod runs or not', () => {
  const down = { metadata: { ...claim('pgdata-db-1').metadata, labels: { data: 'yes' } } };
  expect(findUploads([down], [], { wishes: none, keeperOf })).toEqual({ uploads: [], leftOut: [] });
});

test('a claim of what cannot be read is missing, and no files of a server that runs are taken in its place', () => {
  const lost = { ...postgres, unread: 'nobody is known who could ask it' };
  const of = ({ metadata: { labels = {} } }: KubeObject) => ownerIn([lost], labels);
  const pods = [pod('db-0', [{ claim: 'pgdata' }], { data: 'yes' })];
  const found = findUploads([claim('pgdata')], pods, { wishes: none, keeperOf: of });
  expect(found).toMatchObject({
    uploads: [],
    leftOut: [
      {
        what: 'files of claim pgdata',
        why: expect.stringMatching(/^they are those of database cluster db, which is not in it/),
        isMissing: true,
      },
    ],
  });
  const wishes = { take: ['pgdata'], leave: [] };
  expect(findUploads([claim('pgdata')], pods, { wishes, keeperOf: of }).uploads).toHaveLength(1);
});

test('of several containers that see a claim one of each image comes first', () => {
  const mounts = [{ claim: 'media' }];
  const pods = [
    pod('web-1', mounts, {}, 'distroless:1'),
    pod('web-2', mounts, {}, 'distroless:1'),
    pod('django-1', mounts, {}, 'django:1'),
    pod('web-3', mounts, {}, 'distroless:1'),
    pod('web-4', mounts, {}, 'distroless:1'),
  ];
  const [found] = findUploads([claim('media')], pods, { wishes: none, keeperOf }).uploads;
  expect(found?.seenBy.map((one) => one.pod)).toEqual(['web-1', 'django-1', 'web-2', 'web-3']);
});

test('what somebody has written down wins over the evidence', () => {
  const claims = ['media', 'pgdata'].map(claim);
  const pods = [pod('db-0', [{ claim: 'pgdata' }], { data: 'yes' }), pod('web', [{ claim: 'media' }])];
  const found = findUploads(claims, pods, { wishes: { take: ['pgdata'], leave: ['media'] }, keeperOf });
  expect(found.uploads.map((one) => one.claim)).toEqual(['pgdata']);
  expect(found.leftOut).toEqual([{ what: 'files of claim media', why: 'the stack file says so' }]);
});
