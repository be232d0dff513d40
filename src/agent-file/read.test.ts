import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { temporaryFolder } from '../../test/fakes/temporary-folder.ts';
import { redact } from '../record/redact.ts';
import { readAgentFile } from './read.ts';

const head = 'apiVersion: rekindle.dev/v1alpha1\nkind: Agent\n';

function written(text: string, mode = 0o600): string {
  const path = join(temporaryFolder(), 'agent.yaml');
  writeFileSync(path, head + text);
  chmodSync(path, mode);
  return path;
}

describe("the agent's configuration", () => {
  it('may be missing', () => {
    expect(readAgentFile(join(temporaryFolder(), 'agent.yaml'))).toBeUndefined();
  });

  it('gives times in ms, and its webhook is a secret from then on', () => {
    const path = written(
      'watch: { visitEvery: 10s, quiet: 5m }\nnotify: { webhook: { url: "https://hooks.example/T0/B0/Xyz" } }\n',
    );
    expect(readAgentFile(path)?.watch).toMatchObject({ visitEvery: 10_000, quiet: 300_000 });
    expect(redact('POST https://hooks.example/T0/B0/Xyz failed')).not.toContain('Xyz');
  });

  it.each(['off', '127.0.0.1:9100', '[::1]:9100'])('takes %s for where metrics are served', (address) => {
    expect(readAgentFile(written(`metrics: { address: "${address}" }\n`))?.metrics).toEqual({ address });
  });

  it('tells every mistake with its line', () => {
    const path = written('watch:\n  visitEvery: soon\nnotify:\n  command: [tell-me]\n  shout: true\n');
    expect(() => readAgentFile(path)).toThrow(
      /line 4: watch\.visitEvery: must be a time.*line 6: notify\.command\.0: must be an absolute path.*line 7: notify: unknown key "shout"/,
    );
  });

  it.each([0o620, 0o602, 0o666])('is refused when others may write it: %s', (mode) => {
    expect(() => readAgentFile(written('', mode))).toThrow(/others may write to it.*chmod go-w/);
  });
});
