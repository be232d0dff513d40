import { defineCheck } from '../define-check.ts';
import { kubectl } from '../judging/commands.ts';
import { exists } from '../world/relations.ts';
import { refOf } from '../world/thing.ts';

interface Account {
  readonly secrets?: readonly { readonly name?: string }[] | null;
  readonly imagePullSecrets?: readonly { readonly name?: string }[] | null;
}

/** A pull secret that is missing shows when an image has to be fetched again (kubernetes.io, Pull an Image from a Private Registry). */
export const accountReferenceMissing = defineCheck({
  id: 'account-reference-missing',
  title: 'A ServiceAccount that names a missing Secret',
  severity: 'medium',
  why: 'Images that nodes have are not fetched, so nobody notices until a new node needs them.',
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/',
  needs: ['ServiceAccount', 'Secret'],
  judge: (world) =>
    world.objects
      .filter(({ kind }) => kind === 'ServiceAccount')
      .flatMap((object) => {
        const ref = refOf(object);
        const { secrets, imagePullSecrets } = object as Account;
        const named = [
          ...(secrets ?? []).map(({ name = '' }) => ['secrets', name] as const),
          ...(imagePullSecrets ?? []).map(({ name = '' }) => ['imagePullSecrets', name] as const),
        ];
        return named
          .filter(([, name]) => !exists(world, { kind: 'Secret', name, namespace: ref.namespace ?? '' }))
          .map(([field, name]) => ({
            object: ref,
            claim: `Secret ${name} is not ${world.isLive ? 'there' : 'in these files'}.`,
            evidence: [[field, name]] as const,
            advice: { say: 'Make it, or take it out of the account.', command: kubectl(ref, 'get secrets') },
          }));
      }),
});
