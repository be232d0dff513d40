import { defineCheck } from '../define-check.ts';
import { hardenPatches } from '../judging/commands.ts';
import { eachServing, fieldOf, servingSubjects, type Subject } from '../judging/subjects.ts';
import type { Looked } from '../../domain/looked.ts';
import { refText } from '../../domain/object-ref.ts';
import type { HttpLook } from '../../harden/inventory.ts';

const withoutSlash = (text: string) => new URL(text, 'http://pod').pathname.replace(/\/$/, '');

/** What its probe got; undefined: nobody asked. */
function answerOf({ world, workload, container }: Subject): Looked<HttpLook> | undefined {
  const own = refText(workload.ref);
  return world.answers.find((entry) => entry.workload === own && entry.container === container.name)?.answer;
}

/** Why it is not known what its probe by HTTP gets; undefined: it is known, or there is none. */
function unknownOf(subject: Subject): string | undefined {
  const { workload, container } = subject;
  const answer = answerOf(subject);
  if (!container.readinessProbe?.httpGet || answer?.looked === true) return undefined;
  const why = answer?.why ?? 'only containers of Deployments and StatefulSets are asked';
  return `readiness probe of ${container.name}, ${refText(workload.ref)}: ${why}`;
}

/**
 * The kubelet counts 200 to 399 as success and follows a redirect only on the same host (kubernetes pkg/probe/http/http.go,
 * DoHTTPProbe and RedirectChecker); the same page with a slash at its end is the same question.
 */
export const probeRedirected = defineCheck({
  id: 'probe-redirected',
  title: 'A readiness probe that is answered by a redirect',
  severity: 'medium',
  why: 'A redirect counts as success, and the page behind it may be a login page that works when nothing else does.',
  source: 'https://github.com/kubernetes/kubernetes/blob/master/pkg/probe/http/http.go',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'answers'],
  eachAlone: 'workload',
  isLive: true,
  judge: (world) =>
    eachServing(world, (subject) => {
      const { workload, container } = subject;
      const answer = answerOf(subject);
      if (answer?.looked !== true || answer.value.location === undefined) return undefined;
      const { path, status, location, isLocal = false } = answer.value;
      if (isLocal && withoutSlash(path) === withoutSlash(location)) return undefined;
      return {
        object: workload.ref,
        container: container.name,
        claim: `The readiness probe of ${container.name} asks for ${path} and is sent elsewhere, which counts as success.`,
        evidence: [
          [fieldOf(subject, 'readinessProbe.httpGet.path'), path],
          [`GET ${path}`, `${status} to ${location}`],
        ],
        advice: {
          say: 'Let the probe ask for a path that answers 200 itself.',
          ...hardenPatches('readiness', workload.ref),
        },
      };
    }),
  unseen: (world) => servingSubjects(world).flatMap((subject) => unknownOf(subject) ?? []),
});
