import { describe, expect, it } from 'vitest';

import { chooseBackend } from './choose-backend.ts';

const answering = (exitCode: number) => () => Promise.resolve({ stdout: '', stderr: '', exitCode });
const missing = () => Promise.reject(new Error('docker: not found'));

describe('chooseBackend', () => {
  it('takes docker where the Docker service answers, else source', async () => {
    expect(await chooseBackend({}, answering(0))).toBe('docker');
    expect(await chooseBackend({}, answering(1))).toBe('source');
    expect(await chooseBackend({}, missing)).toBe('source');
  });

  it('does what REKINDLE_LAB_BACKEND says without asking', async () => {
    expect(await chooseBackend({ REKINDLE_LAB_BACKEND: 'source' }, missing)).toBe('source');
    expect(await chooseBackend({ REKINDLE_LAB_BACKEND: 'docker' }, missing)).toBe('docker');
    expect(await chooseBackend({ REKINDLE_LAB_BACKEND: '' }, answering(1))).toBe('source');
  });

  it('refuses a name that is no backend', async () => {
    await expect(chooseBackend({ REKINDLE_LAB_BACKEND: 'podman' }, missing)).rejects.toThrow('podman');
  });
});
