import { once } from 'node:events';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createClusterReader } from '../../src/adapters/kubernetes/cluster-reader.ts';
import { ClusterUnreachable, Forbidden, NotFound } from '../../src/adapters/kubernetes/errors.ts';
import { redact } from '../../src/record/redact.ts';
import { certificateOf, notYet } from '../fakes/certificate.ts';
import { configFor, fakeApiServer, type FakeAnswer } from '../fakes/api-server.ts';

const pods = '/api/v1/namespaces/shop/pods';
const pod = { metadata: { name: 'web-1', namespace: 'shop', uid: 'u1' } };
const podList = { kind: 'PodList', apiVersion: 'v1', items: [pod] };
const status = (code: number, message: string): FakeAnswer => ({
  status: code,
  json: { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code },
});

const encode = (text: string): string => Buffer.from(text).toString('base64');

/** A reader with a short deadline and a server that always gives this answer. */
async function readerWith(answer: FakeAnswer) {
  const server = await fakeApiServer({ answer: () => answer });
  return { server, reader: createClusterReader(server.config, { deadlineMs: 300 }) };
}

describe('cluster reader: answers', () => {
  it('lists with one request, with its query and credentials, and gives items their kind', async () => {
    const { server, reader } = await readerWith({ json: podList });
    expect(await reader.list(pods, { labelSelector: 'app in (a,b)' })).toEqual([
      { apiVersion: 'v1', kind: 'Pod', ...pod },
    ]);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({
      method: 'GET',
      url: `${pods}?labelSelector=app+in+%28a%2Cb%29`,
      headers: { authorization: 'Bearer token-of-the-fake' },
    });
  });

  it('takes an empty list of Go for empty', async () => {
    const { reader } = await readerWith({ json: { kind: 'PodList', apiVersion: 'v1', items: null } });
    expect(await reader.list(pods)).toEqual([]);
  });

  it('gets one object, and undefined for what the API does not have', async () => {
    const found = await readerWith({ json: { kind: 'Pod', ...pod } });
    expect(await found.reader.get(`${pods}/web-1`)).toMatchObject({ kind: 'Pod', ...pod });
    const gone = await readerWith(status(404, 'pods "web-1" not found'));
    expect(await gone.reader.get(`${pods}/web-1`)).toBeUndefined();
    const noKind = await readerWith({ status: 404, text: '404 page not found\n' });
    expect(await noKind.reader.get('/apis/acid.zalan.do/v1/x')).toBeUndefined();
  });

  it('does not take the 404 of a stranger for "not there"', async () => {
    const { reader } = await readerWith({ status: 404, text: '<html>nginx: Not Found</html>' });
    await expect(reader.get(`${pods}/web-1`)).rejects.toBeInstanceOf(ClusterUnreachable);
  });

  it('is ready on 200 "ok" only', async () => {
    await expect((await readerWith({ text: 'ok' })).reader.ready()).resolves.toBeUndefined();
    await expect((await readerWith({ text: '<html>' })).reader.ready()).rejects.toThrow(/it says "<html>"/);
    await expect(
      (await readerWith({ status: 500, text: '[-]etcd failed: reason withheld' })).reader.ready(),
    ).rejects.toThrow(/answered 500: \[-\]etcd failed/);
  });

  it('decodes a Secret and registers it, but not the names in it', async () => {
    const data = { password: encode('opal-4711'), username: encode('jeweller') };
    const { reader } = await readerWith({ json: { kind: 'Secret', data } });
    const ref = { namespace: 'shop', name: 'db' };
    expect(await reader.secret({ ...ref, key: 'password' })).toBe('opal-4711');
    expect(await reader.secret({ ...ref, key: 'username' })).toBe('jeweller');
    expect(await reader.secret({ ...ref, key: 'none' })).toBeUndefined();
    expect(redact('jeweller: opal-4711')).toBe('jeweller: [redacted]');
  });

  it('asks for the log of the container that was', async () => {
    const { server, reader } = await readerWith({ text: 'last words\n' });
    const target = { namespace: 'shop', pod: 'web-1', container: 'nginx', previous: true, tailLines: 5 };
    expect(await reader.logs(target)).toBe('last words\n');
    expect(server.requests[0]?.url).toBe(
      `${pods}/web-1/log?container=nginx&tailLines=5&limitBytes=262144&previous=true`,
    );
  });
});

describe('cluster reader: refusals and failures', () => {
  it.each([
    [401, Forbidden, /does not accept the credentials: Unauthorized .*Renew/, 'Unauthorized'],
    [403, Forbidden, /refuses this request: pods is forbidden .*Give this user/, 'pods is forbidden'],
    [404, NotFound, /does not have this: no such kind .*Check the namespace/, 'no such kind'],
    [503, ClusterUnreachable, /answered 503: starting .*Wait for the control plane/, 'starting'],
    [429, ClusterUnreachable, /answered 429: too many/, 'too many'],
  ] as const)('names a %i', async (code, type, message, text) => {
    const { reader } = await readerWith(status(code, text));
    await expect(reader.list(pods)).rejects.toBeInstanceOf(type);
    await expect(reader.list(pods)).rejects.toThrow(message);
  });

  it.each([
    ['that drops the connection', 'drop', /socket hang up|ECONNRESET/],
    ['that never answers', 'hang', /no answer within 300 ms/],
    ['that dies in the middle of an answer', 'half', /aborted|ECONNRESET/],
    ['that is no API server', { text: 'hello' }, /not valid JSON/],
    ['that answers with something else', { json: { kind: 'Pod' } }, /not a list/],
  ] as const)('could not look at a server %s', async (_what, answer, cause) => {
    const { server, reader } = await readerWith(answer);
    await expect(reader.list(pods)).rejects.toBeInstanceOf(ClusterUnreachable);
    await expect(reader.list(pods)).rejects.toThrow(cause);
    await vi.waitFor(() => expect(server.connections().open).toBeLessThanOrEqual(1));
  });

  it('says where nothing listens', async () => {
    const { server, reader } = await readerWith('hang');
    await server.stop();
    await expect(reader.list(pods)).rejects.toThrow(
      /could not be reached: connect ECONNREFUSED 127\.0\.0\.1:\d+ \(GET http:\/\/127.*\/pods\)\. Check/,
    );
  });

  it('names both times when the certificate of the API is of the future, for a request and for a tunnel', async () => {
    const { key, cert } = certificateOf('kubernetes', notYet);
    const api = https.createServer({ key, cert }).listen(0, '127.0.0.1');
    onTestFinished(() => void api.close());
    await once(api, 'listening');
    const config = configFor(`https://127.0.0.1:${(api.address() as AddressInfo).port}`);
    const caData = Buffer.from(cert).toString('base64');
    config.clusters = config.clusters.map((cluster) => ({ ...cluster, skipTLSVerify: false, caData }));
    const reader = createClusterReader(config);
    const words =
      /could not be reached: its certificate is valid from 2096-01-01T00:00:00Z on, and this machine's clock says 2\d.*Set the clock/;
    await expect(reader.list(pods)).rejects.toThrow(words);
    await expect(reader.tunnel({ namespace: 'shop', pod: 'web-1', port: 80 })).rejects.toThrow(words);
  });

  it('gives up with the reason of the signal', async () => {
    const { reader } = await readerWith('hang');
    const stop = new AbortController();
    const waiting = reader.ready(stop.signal);
    stop.abort(new Error('Ctrl-C'));
    await expect(waiting).rejects.toThrow('Ctrl-C');
    await expect(reader.ready(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });
});

describe('cluster reader: connections', () => {
  it('keeps one connection for requests that follow each other', async () => {
    const { server, reader } = await readerWith({ json: podList });
    for (let i = 0; i < 5; i++) await reader.list(pods);
    expect(server.connections().accepted).toBe(1);
  });

  it('sees a server that died and came back, at the first request', async () => {
    const { server, reader } = await readerWith({ json: podList });
    await Promise.all([reader.list(pods), reader.list(pods), reader.list(pods)]);
    await server.stop();
    await server.restart();
    expect(await Promise.all([reader.list(pods), reader.list(pods)])).toHaveLength(2);
  });

  it('does not use a connection again on which an answer was missing', async () => {
    let answer: FakeAnswer = { json: podList };
    const server = await fakeApiServer({ answer: () => answer });
    const reader = createClusterReader(server.config, { deadlineMs: 300 });
    await Promise.all([reader.list(pods), reader.list(pods)]);
    answer = 'hang';
    await expect(reader.list(pods)).rejects.toThrow(/no answer/);
    answer = { json: podList };
    const before = server.connections().accepted;
    await reader.list(pods);
    expect(server.connections().accepted).toBe(before + 1);
  });

  it('never goes through a proxy of the environment', async () => {
    const nowhere = 'http://127.0.0.1:9';
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy', 'ALL_PROXY']) {
      vi.stubEnv(name, nowhere);
    }
    vi.stubEnv('NO_PROXY', '');
    const { reader } = await readerWith({ json: podList });
    expect(await reader.list(pods)).toHaveLength(1);
    vi.unstubAllEnvs();
  });

  it('refuses plain HTTP to a server that is not told to be insecure', async () => {
    const config = configFor('http://127.0.0.1:9');
    config.clusters = config.clusters.map((cluster) => ({ ...cluster, skipTLSVerify: false }));
    await expect(createClusterReader(config).list(pods)).rejects.toThrow(/HTTP protocol is not allowed/);
  });
});

const changeLine = (type: string, name: string) =>
  JSON.stringify({ type, object: { kind: 'Pod', metadata: { name, uid: name } } });

/** What a watch tells when the API knows this place and then sends these lines. */
async function watched(lines: readonly string[] | FakeAnswer) {
  const list = { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '42' }, items: [] };
  const stream = Array.isArray(lines)
    ? { text: lines.map((text) => `${text}\n`).join('') }
    : (lines as FakeAnswer);
  const server = await fakeApiServer({
    answer: ({ url }) => (url.includes('watch=true') ? stream : { json: list }),
  });
  const seen: string[] = [];
  const reader = createClusterReader(server.config, { deadlineMs: 300 });
  const done = reader.watch(
    pods,
    ({ type, object }) => seen.push(`${type} ${object.metadata.name}`),
    AbortSignal.timeout(5000),
  );
  return { server, done, seen };
}

describe('cluster reader: a watch', () => {
  it('goes on from the present and tells changes until the API ends it', async () => {
    const bookmark = JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '50' } } });
    const { server, done, seen } = await watched([
      changeLine('ADDED', 'a'),
      bookmark,
      changeLine('DELETED', 'a'),
    ]);
    await done;
    expect(seen).toEqual(['ADDED a', 'DELETED a']);
    expect(server.requests[1]?.url).toContain('resourceVersion=42');
    expect(server.requests[1]?.url).toContain('timeoutSeconds=240');
  });

  it('ends when the API has forgotten the place', async () => {
    const gone = JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
    const { done, seen } = await watched([gone, changeLine('ADDED', 'a')]);
    await done;
    expect(seen).toEqual([]);
  });

  it.each([
    ['a connection that breaks', 'half', ClusterUnreachable],
    ['a refusal', status(403, 'pods is forbidden: cannot watch'), Forbidden],
    ['a stranger', { text: '<html>' }, ClusterUnreachable],
  ] as const)('is told of %s', async (_name, answer, error) => {
    const { done } = await watched(answer);
    await expect(done).rejects.toBeInstanceOf(error);
  });

  it('ends with the reason of the signal', async () => {
    const server = await fakeApiServer({
      answer: ({ url }) => (url.includes('watch=true') ? 'hang' : { json: podList }),
    });
    const reader = createClusterReader(server.config);
    const stop = AbortSignal.timeout(200);
    const error = await reader
      .watch(pods, () => undefined, stop)
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    expect(error).toBe(stop.reason);
    expect(error).toMatchObject({ name: 'TimeoutError' });
  });
});
