import { ExplainedError } from '../../record/explained-error.ts';

/** The API gave no usable answer: no connection, too late, overloaded, or something else answers at its address. */
export class ClusterUnreachable extends ExplainedError {
  override readonly name = 'ClusterUnreachable';
}

/** The API knows who asks, or refuses to, and says no (401, 403); admission and quota refuse by 403 as well. */
export class Forbidden extends ExplainedError {
  override readonly name = 'Forbidden';
}

/** The API does not have this object or this kind (404). */
export class NotFound extends ExplainedError {
  override readonly name = 'NotFound';
}

/** The object is no longer the one that was meant (409). */
export class Conflict extends ExplainedError {
  override readonly name = 'Conflict';
}

/** The API understood the request and does not accept it (other 4xx: an invalid object, an unknown field). */
export class Rejected extends ExplainedError {
  override readonly name = 'Rejected';
}

/** An answer of the API: its status and its text as it came. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The typed error for an answer that is not 2xx; `place` is method and address. */
export function errorOf(answer: Answer, place: string): ExplainedError {
  const { status } = answer;
  const cause = reasonOf(answer);
  if (status === 401) {
    const next = 'Renew the credentials of this kubeconfig context.';
    return new Forbidden({ what: 'The Kubernetes API does not accept the credentials', cause, place, next });
  }
  if (status === 403) {
    const next = 'Give this user the right, or remove what the reason names.';
    return new Forbidden({ what: 'The Kubernetes API refuses this request', cause, place, next });
  }
  if (status === 404 && isFromKubernetes(answer)) {
    const next = 'Check the namespace and the name, and whether the kind is installed.';
    return new NotFound({ what: 'The Kubernetes API does not have this', cause, place, next });
  }
  if (status === 409) {
    const next = 'Look again: the object changed in the meantime.';
    return new Conflict({ what: 'The object is not the one that was meant', cause, place, next });
  }
  if (status >= 400 && status < 500 && status !== 404 && status !== 408 && status !== 429) {
    const next = 'Read the reason: repeating the request will not help.';
    return new Rejected({ what: 'The Kubernetes API does not accept this request', cause, place, next });
  }
  const next = 'Wait for the control plane; `rekindle up` starts a cluster that is stopped.';
  return new ClusterUnreachable({ what: `The Kubernetes API answered ${status}`, cause, place, next });
}

/**
 * Whether a 404 is the API server's own word: it sends a Status object, or this plain text for paths that it does
 * not serve (apiserver/pkg/server, http.NotFound). Anything else comes from a proxy or a stranger on the port,
 * and must not be taken for "the object does not exist".
 */
function isFromKubernetes(answer: Answer): boolean {
  return statusMessage(answer.text) !== undefined || answer.text.trim() === '404 page not found';
}

function reasonOf(answer: Answer): string {
  const text = statusMessage(answer.text) ?? answer.text.trim();
  return text === '' ? `HTTP ${answer.status}` : text.slice(0, 500);
}

/** `message` of a metav1.Status; undefined when the text is not one. */
function statusMessage(answer: string): string | undefined {
  if (!answer.startsWith('{')) return undefined;
  try {
    const status = JSON.parse(answer) as { kind?: unknown; message?: string; reason?: string };
    if (status.kind !== 'Status') return undefined;
    return [status.message, status.reason].find((text) => typeof text === 'string') ?? '';
  } catch {
    // Cut off or not JSON at all: then it is no Status, and the caller shows the text as it is.
    return undefined;
  }
}
