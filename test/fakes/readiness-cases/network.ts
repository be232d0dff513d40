import { object } from '../readiness-objects.ts';
import { changed, withObject, without } from '../sound-shop.ts';
import { one, type CheckCases } from './case.ts';

const service = 'Service shop/web';
const slice = (endpoints: readonly object[]) => changed('EndpointSlice', 'web-1', { endpoints });

/** Services, Ingresses and policies. */
export const networkCases: CheckCases = {
  'service-without-pods': [
    one('other labels', changed('Service', 'web', { spec: { selector: { app: 'x' } } }), service, 'high'),
  ],
  'service-without-selector': [
    one(
      'somebody else’s',
      withObject(object('Service', 'leader', { spec: { ports: [{ port: 5432 }] } })),
      'Service shop/leader',
      'info',
    ),
  ],
  'service-without-endpoints': [
    one('none ready', slice([{ addresses: ['10.42.0.1'], conditions: { ready: false } }]), service, 'high'),
  ],
  'service-single-endpoint': [one('one', slice([{ addresses: ['10.42.0.1'] }]), service, 'low')],
  'service-port-mismatch': [
    one(
      'a name that no container has',
      changed('Service', 'web', { spec: { ports: [{ port: 80, targetPort: 'web' }] } }),
      service,
      'high',
    ),
    one(
      'a number that no container declares',
      changed('Service', 'web', { spec: { ports: [{ port: 80, targetPort: 81 }] } }),
      service,
      'medium',
    ),
  ],
  'ingress-backend-missing': [
    one('no Service', without('Service', 'web'), 'Ingress shop/web', 'high'),
    one(
      'no such port',
      changed('Service', 'web', { spec: { ports: [{ name: 'x', port: 81, targetPort: 'http' }] } }),
      'Ingress shop/web',
      'high',
    ),
  ],
  'node-port-service': [
    one('NodePort', changed('Service', 'web', { spec: { type: 'NodePort' } }), service, 'low'),
  ],
  'load-balancer-service': [
    one('no address', changed('Service', 'web', { spec: { type: 'LoadBalancer' } }), service, 'medium'),
    one(
      'the address of a node',
      changed('Service', 'web', {
        spec: { type: 'LoadBalancer' },
        status: { loadBalancer: { ingress: [{ ip: '172.18.0.3' }] } },
      }),
      service,
      'low',
    ),
  ],
  'external-traffic-policy': [
    one(
      'Local',
      changed('Service', 'web', { spec: { type: 'NodePort', externalTrafficPolicy: 'Local' } }),
      service,
      'info',
    ),
  ],
  'network-policy-idle': [
    one(
      'no such pods',
      changed('NetworkPolicy', 'web', { spec: { podSelector: { matchLabels: { app: 'x' } } } }),
      'NetworkPolicy shop/web',
      'low',
    ),
    one(
      'a peer that is nobody',
      changed('NetworkPolicy', 'web', {
        spec: { ingress: [{ from: [{ podSelector: { matchLabels: { app: 'x' } } }] }] },
      }),
      'NetworkPolicy shop/web',
      'low',
    ),
  ],
};
