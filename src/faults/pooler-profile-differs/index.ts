import { seen } from '../../domain/looked.ts';
import { profileDifferences } from '../../domain/pooler-profiles.ts';
import { defineFault } from '../define-fault.ts';
import { profileParameters } from '../../domain/profile-parameters.ts';
import { poolerRef } from '../pooler-findings.ts';

/**
 * The stack file names a pooler profile and a running PgBouncer has other values: the normal case after a boot,
 * because the pooler image renders its ini anew at each container start.
 */
export const poolerProfileDiffers = defineFault({
  id: 'pooler-profile-differs',
  layer: 'pooler',
  title: 'A pooler does not have the profile of the stack file',
  check: (observation, { stack }) => {
    const { poolerProfile: profile } = stack;
    const door = seen(observation.frontDoor)?.answer;
    // Settings come after service: a changed retry time helps nobody while logins are still refused. Where nobody knows the front
    // door, the login that this process takes is all the service that can be seen.
    const served = door === undefined ? stack.frontDoor === undefined : 'status' in door && door.status < 500;
    if (profile === undefined || !served) return [];
    return (seen(observation.poolers) ?? []).flatMap((pooler) => {
      const effective = seen(pooler.config);
      if (effective === undefined || pooler.login.result !== 'ok') return [];
      const differences = profileDifferences(effective, profile.settings);
      if (differences.length === 0) return [];
      return [
        {
          fault: 'pooler-profile-differs',
          layer: 'pooler' as const,
          object: poolerRef(pooler),
          claim: `${pooler.pod} does not run with profile ${profile.name}.`,
          kind: 'broken' as const,
          evidence: differences.map((value) => ({
            object: pooler.pod,
            field: 'SHOW CONFIG',
            value,
            at: observation.at,
          })),
          causedBy: [],
        },
      ];
    });
  },
  remedy: (finding, observation, { stack }) => [
    {
      step: 'apply-pooler-profile',
      target: finding.object,
      risk: 'safe',
      because: finding.fault,
      reason: 'The stack file asks for it. SET changes the running process only and drops no client.',
      provenBy: 'SHOW CONFIG shows the wanted values',
      undo: 'RELOAD in the admin console of that pod',
      evidenceAt: observation.at,
      parameters: profileParameters(stack.poolerProfile),
    },
  ],
});
