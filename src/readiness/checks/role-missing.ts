import { defineCheck } from '../define-check.ts';
import { kubectl } from '../judging/commands.ts';
import { exists } from '../world/relations.ts';
import { refOf } from '../world/thing.ts';

/** Of function, not of security: whoever is bound to nothing may do nothing (rbac.authorization.k8s.io/v1). */
export const roleMissing = defineCheck({
  id: 'role-missing',
  title: 'A binding to a role that is not there',
  severity: 'medium',
  why: 'What is bound to it, often an operator, is refused by the API and does its work no more.',
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding',
  needs: ['RoleBinding', 'Role', 'ClusterRole'],
  judge: (world) =>
    world.objects
      .filter(({ kind }) => kind === 'RoleBinding')
      .flatMap((object) => {
        const ref = refOf(object);
        const { roleRef } = object as {
          readonly roleRef?: { readonly kind?: string; readonly name?: string };
        };
        const { kind = 'Role', name = '' } = roleRef ?? {};
        // Files rarely hold the roles that every cluster has.
        if (kind === 'ClusterRole' && !world.isLive) return [];
        const role = { kind, name, ...(kind === 'Role' && { namespace: ref.namespace ?? '' }) };
        if (exists(world, role)) return [];
        return [
          {
            object: ref,
            claim: `${kind} ${name} is not ${world.isLive ? 'there' : 'in these files'}.`,
            evidence: [['roleRef', `${kind} ${name}`]],
            advice: { say: 'Make the role, or delete the binding.', command: kubectl(ref, 'get roles') },
          },
        ];
      }),
});
