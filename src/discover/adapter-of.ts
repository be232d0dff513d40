import type { Component } from '../domain/stack.ts';
import type { Workload } from './workload-shape.ts';

type Recognised = Pick<Component, 'adapter' | 'why'>;

/** Image names that tell what runs; the part after the last slash, without tag, must contain the word. */
const images: readonly { readonly word: string; readonly adapter: Component['adapter'] }[] = [
  { word: 'spilo', adapter: 'patroni' },
  { word: 'patroni', adapter: 'patroni' },
  { word: 'pgbouncer', adapter: 'pgbouncer' },
  { word: 'redis', adapter: 'redis' },
  { word: 'valkey', adapter: 'redis' },
  { word: 'celery', adapter: 'celery' },
  { word: 'nginx', adapter: 'edge' },
  { word: 'caddy', adapter: 'edge' },
  { word: 'traefik', adapter: 'edge' },
];

/** Images that are called after what they look at, and keep nothing of it. */
const onlookers = /exporter|redis-?(?:commander|insight)/;

/** Programs named in a container's command. */
const programs: readonly { readonly word: RegExp; readonly adapter: Component['adapter'] }[] = [
  { word: /(^|[/\s])celery(\s|$)/, adapter: 'celery' },
  { word: /(^|\/)redis-server$/, adapter: 'redis' },
  { word: /(^|\/)pgbouncer$/, adapter: 'pgbouncer' },
  { word: /(^|\/)nginx(\s|$)/, adapter: 'edge' },
  { word: /(^|[/\s])(gunicorn|uvicorn|daphne|uwsgi)(\s|$)/, adapter: 'web' },
];

/** What a workload is, by labels first, then command, then image; with the reason. */
export function adapterOf(workload: Workload): Recognised {
  const application = workload.labels['application'];
  if (application === 'spilo')
    return { adapter: 'patroni', why: 'label application=spilo (Zalando operator)' };
  if (application === 'db-connection-pooler') {
    return { adapter: 'pgbouncer', why: 'label application=db-connection-pooler (Zalando operator)' };
  }
  for (const { word, adapter } of programs) {
    const found = workload.words.find((entry) => word.test(entry));
    if (found !== undefined)
      return { adapter, why: `its command runs ${word.exec(found)?.[0].trim() ?? found}` };
  }
  for (const image of workload.images) {
    const name = image.split('/').at(-1)?.split(':')[0] ?? '';
    const found = onlookers.test(name) ? undefined : images.find((entry) => name.includes(entry.word));
    if (found !== undefined) return { adapter: found.adapter, why: `image ${image}` };
  }
  return { adapter: 'workload', why: 'nothing known runs in it' };
}
