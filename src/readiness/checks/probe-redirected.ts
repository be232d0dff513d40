import { defineCheck } from '../define-check.ts';
import { eachServing, fieldOf } from '../judging/subjects.ts';
import { refText } from '../../domain/object-ref.ts';

const withoutSlash = (text: string) => new URL(text, 'http://pod').pathname.replace(/\/$/, '');

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
      const answer = world.answers.find(
        (entry) => entry.workload === refText(workload.ref) && entry.container === container.name,
      );
      if (answer?.location === undefined) return undefined;
      const { path, status, location, isLocal = false } = answer;
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
          command: 'rekindle harden --apply --only readiness',
        },
      };
    }),
});
