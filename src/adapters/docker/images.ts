import { z } from 'zod';

import type { ArchiveBody } from '../../ports/cluster-provider.ts';
import type { EngineImage } from '../../ports/cluster-maker.ts';
import { withIdleDeadline } from '../deadline.ts';
import { jsonLines } from '../json-lines.ts';
import { beating } from './beating.ts';
import type { DockerEngine } from './engine.ts';
import { engineUnreachable, EngineRefused } from './errors.ts';
import { open, wholeBody } from './exchange.ts';

/** An engine that saves an image prepares it before the first byte, and works on after the last one when it loads one, ms. */
const idleMs = 300_000;

/** What is read of `GET /images/NAME/json` (Docker Engine API, ImageInspect). */
const inspected = z.object({
  Id: z.string(),
  RepoDigests: z.array(z.string()).nullish(),
  Size: z.number().default(0),
  Config: z
    .object({ Env: z.array(z.string()).nullish(), Labels: z.record(z.string(), z.string()).nullish() })
    .nullish(),
});

/** Slashes belong to names of images, and the engine takes them as they are. */
const pathOf = (name: string): string => name.split('/').map(encodeURIComponent).join('/');

/** Images of the engine: looked at, saved and loaded. */
export class EngineImages {
  readonly #engine: DockerEngine;

  constructor(engine: DockerEngine) {
    this.#engine = engine;
  }

  /** An image by name or id; undefined: the engine has none. */
  async find(name: string): Promise<EngineImage | undefined> {
    const answer = await this.#engine.ask(`/images/${pathOf(name)}/json`);
    if (answer === undefined) return undefined;
    const { Id: id, RepoDigests: digests, Size: bytes, Config: config } = inspected.parse(answer);
    return {
      id,
      digests: digests ?? [],
      environment: config?.Env ?? [],
      labels: config?.Labels ?? {},
      bytes,
    };
  }

  /** Hands an image to `use` as a tar archive while it comes (`docker save`). */
  save<T>(
    name: string,
    use: (chunks: AsyncIterable<Uint8Array>) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    return this.#engine.download({ method: 'GET', path: `/images/${pathOf(name)}/get`, idleMs }, use, signal);
  }

  /** Gives the engine the images of an archive (`docker load`). Throws EngineRefused when it does not take them. */
  async load(archive: ArchiveBody, outer: AbortSignal): Promise<void> {
    const request = { method: 'POST', path: '/images/load?quiet=1' } as const;
    const place = `POST /images/load at ${this.#engine.endpoint.url}`;
    const refused = (status: number | undefined, cause: string) =>
      new EngineRefused(status, {
        what: 'The engine does not take the image',
        cause,
        place,
        next: 'Read the reason; there may be no room on its disk.',
      });
    let broken: unknown;
    const { status, text } = await withIdleDeadline(
      idleMs,
      async (signal, beat) => {
        const chunks = beating(archive.chunks, beat, (error) => (broken = error));
        const response = await open(
          this.#engine.endpoint,
          { ...request, archive: { bytes: archive.bytes, chunks } },
          signal,
        );
        return { status: response.statusCode, text: (await wholeBody(response, signal)).toString('utf8') };
      },
      outer,
    ).catch((error: unknown) => {
      outer.throwIfAborted();
      // What the source of the archive failed with says more than that the engine got no more of it.
      if (broken !== undefined) throw broken;
      throw engineUnreachable(place, error);
    });
    if (status !== 200) throw refused(status, text.trim().slice(0, 500) || 'without a reason');
    const error = await loadError(text);
    if (error !== undefined) throw refused(undefined, error);
  }
}

/** The engine answers 200 before it has read the archive; that it could not is in its last line (JSONMessage, `error`). */
async function loadError(text: string): Promise<string | undefined> {
  for await (const line of jsonLines(lines(text))) {
    const { error } = (line ?? {}) as { readonly error?: string };
    if (error !== undefined) return error;
  }
  return undefined;
}

async function* lines(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
