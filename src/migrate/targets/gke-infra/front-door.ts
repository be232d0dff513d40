import { attribute, block, text, variable, type Subject } from '../../infra/model.ts';

const pulumiRecord = (field: string) => `dnsResourceRecords[0].${field}`;

/**
 * The certificate is made by a record in DNS, so that it is ready before customers are sent here
 * (cloud.google.com/certificate-manager/docs/dns-authorizations).
 */
export function frontDoor(): Subject {
  const record = 'dns_resource_record[0]';
  return {
    name: 'front-door',
    about:
      'The address, the certificate and the names. The load balancer itself is made by the cluster, from the Gateway of the overlay.',
    parts: [
      {
        key: 'front_door',
        type: 'google_compute_global_address',
        pulumi: 'gcp.compute.GlobalAddress',
        comment: 'One address for the whole world; the Gateway takes it by its name.',
        arguments: { name: text`${variable('name')}-front-door` },
        after: ['api'],
        isKept: true,
      },
      {
        key: 'tls',
        type: 'google_compute_ssl_policy',
        pulumi: 'gcp.compute.SSLPolicy',
        arguments: { name: text`${variable('name')}-tls`, profile: 'MODERN', min_tls_version: 'TLS_1_2' },
        after: ['api'],
      },
      {
        key: 'zone',
        type: 'google_dns_managed_zone',
        pulumi: 'gcp.dns.ManagedZone',
        comment: 'To be delegated to by whoever owns the domain above it: output name_servers.',
        arguments: {
          name: variable('name'),
          dns_name: text`${variable('domain')}.`,
          description: text`The front door of ${variable('name')}`,
          dnssec_config: block({ state: 'on' }),
        },
        after: ['api'],
        isKept: true,
      },
      {
        key: 'certificate_proof',
        type: 'google_certificate_manager_dns_authorization',
        pulumi: 'gcp.certificatemanager.DnsAuthorization',
        arguments: { name: variable('name'), domain: variable('domain') },
        after: ['api'],
      },
      {
        key: 'certificate_record',
        type: 'google_dns_record_set',
        pulumi: 'gcp.dns.RecordSet',
        arguments: {
          managed_zone: attribute('zone', 'name'),
          name: attribute('certificate_proof', `${record}.name`, pulumiRecord('name')),
          type: attribute('certificate_proof', `${record}.type`, pulumiRecord('type')),
          ttl: 300,
          rrdatas: [attribute('certificate_proof', `${record}.data`, pulumiRecord('data'))],
        },
      },
      {
        key: 'certificate',
        type: 'google_certificate_manager_certificate',
        pulumi: 'gcp.certificatemanager.Certificate',
        arguments: {
          name: variable('name'),
          managed: block({
            domains: [variable('domain')],
            dns_authorizations: [attribute('certificate_proof', 'id')],
          }),
        },
        after: ['certificate_record'],
      },
      {
        key: 'certificate_map',
        type: 'google_certificate_manager_certificate_map',
        pulumi: 'gcp.certificatemanager.CertificateMap',
        arguments: { name: variable('name') },
        after: ['api'],
      },
      {
        key: 'certificate_entry',
        type: 'google_certificate_manager_certificate_map_entry',
        pulumi: 'gcp.certificatemanager.CertificateMapEntry',
        arguments: {
          name: variable('name'),
          map: attribute('certificate_map', 'name'),
          certificates: [attribute('certificate', 'id')],
          hostname: variable('domain'),
        },
      },
      {
        key: 'front_door_record',
        type: 'google_dns_record_set',
        pulumi: 'gcp.dns.RecordSet',
        comment: 'Where customers are sent. The cut-over and the way back are one value: serve_from.',
        arguments: {
          managed_zone: attribute('zone', 'name'),
          name: text`${variable('domain')}.`,
          type: 'A',
          ttl: variable('dns_ttl'),
          rrdatas: [
            {
              kind: 'choice',
              test: { variable: 'serve_from', is: 'new' },
              chosen: attribute('front_door', 'address'),
              otherwise: variable('old_address'),
            },
          ],
        },
        onlyUnless: [{ variable: 'serve_from', is: 'nowhere' }],
      },
    ],
  };
}
