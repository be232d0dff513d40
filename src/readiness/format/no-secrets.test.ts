import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

import { temporaryFolder } from '../../../test/fakes/temporary-folder.ts';
import { noClusterFacts } from '../collect/cluster-facts.ts';
import { readManifests } from '../collect/manifests.ts';
import { makeReport } from '../report.ts';
import { htmlReport } from './html/page.ts';
import { reportJson } from './json.ts';
import { markdownReport } from './markdown.ts';
import { pdfContent } from './pdf/content.ts';
import { sarifReport } from './sarif.ts';

const secret = 'Nobody-May-See-This-1';
const encoded = Buffer.from(secret).toString('base64');

/** Every place of a manifest in which people keep a password, whether they should or not. */
const manifests = `
apiVersion: v1
kind: Secret
metadata:
  name: login
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"password":"${secret}"}}'
data: { password: ${encoded} }
stringData: { other: ${secret} }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { url: "postgres://app:${secret}@db/shop" }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: main
          image: web
          command: [serve, --password, ${secret}]
          args: [${secret}]
          env:
            - { name: PASSWORD, value: ${secret} }
            - { name: PASSWORD, value: ${secret} }
          livenessProbe: { exec: { command: [redis-cli, -a, ${secret}, ping] } }
          readinessProbe: { exec: { command: [redis-cli, -a, ${secret}, ping] } }
        - name: side
          image: side
          livenessProbe: { httpGet: { path: "/health?token=${secret}", port: 80 } }
          readinessProbe: { httpGet: { path: "/health?token=${secret}", port: 80 } }
`;

it('no format has a value of a Secret, of the environment, of a ConfigMap or of a command', () => {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'all.yaml'), manifests);
  const snapshot = readManifests(folder, 0);
  const report = makeReport({
    version: '0.1.0',
    subject: { source: 'manifests', folder },
    snapshot,
    facts: noClusterFacts(0),
  });
  const formats = {
    markdown: markdownReport(report),
    html: htmlReport(report),
    json: JSON.stringify(reportJson(report)),
    sarif: sarifReport(report),
    pdf: JSON.stringify(pdfContent(report)),
  };
  for (const [format, text] of Object.entries(formats)) {
    // It is about these objects; else nothing would have been proven.
    expect(text, format).toContain('redis-cli');
    expect(text, format).not.toContain(secret);
    expect(text, format).not.toContain(encoded);
  }
});
