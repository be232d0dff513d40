import type { Needs } from '../needs.ts';
import type { Variable } from './model.ts';

/** The beginning of all names, unless a person wants another: providers take 20 characters with whatever follows it. */
export function usualName(stack: string): string {
  return stack.slice(0, 20).replace(/-+$/, '');
}

/** What a person chooses whatever the provider is. */
export function commonVariables({ name }: Needs): readonly Variable[] {
  return [
    {
      name: 'name',
      type: 'string',
      default: usualName(name),
      description:
        'Beginning of the names of everything that is made; that of the stack unless you want another.',
      check: {
        matches: '^[a-z][a-z0-9-]{1,18}[a-z0-9]$',
        says: '3 to 20 lower case letters, digits and hyphens; a letter first.',
      },
    },
    {
      name: 'domain',
      type: 'string',
      description:
        'Host name of the shop. A zone of this name is made; whoever owns the domain above it delegates it (output name_servers).',
      check: {
        matches: String.raw`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$`,
        says: 'A host name such as shop.example.com: no scheme, no port, no dot at the end.',
      },
    },
    {
      name: 'alert_email',
      type: 'string',
      description: 'Where alerts go: somebody reads it at night.',
      check: { matches: String.raw`^[^@\s]+@[^@\s]+\.[^@\s]+$`, says: 'An e-mail address.' },
    },
    {
      name: 'quiet_hour',
      type: 'string',
      description:
        'The hour (UTC, 00 to 23, two digits) with the fewest customers: upgrades and backups begin then.',
      check: { matches: '^([01][0-9]|2[0-3])$', says: 'Two digits, 00 to 23.' },
    },
    {
      name: 'serve_from',
      type: 'string',
      default: 'nowhere',
      description:
        'Where the domain leads: "nowhere" (no record yet), "old" (to old_address), "new" (to this front door). The cut-over changes old to new, the way back new to old.',
      check: { oneOf: ['nowhere', 'old', 'new'] },
    },
    {
      name: 'old_address',
      type: 'string',
      default: '',
      description:
        'IPv4 address under which customers reach the old front door; needed while serve_from is "old".',
      check: { matches: String.raw`^$|^([0-9]{1,3}\.){3}[0-9]{1,3}$`, says: 'An IPv4 address, or nothing.' },
    },
    {
      name: 'dns_ttl',
      type: 'number',
      default: 60,
      description:
        'How long resolvers keep the answer, seconds. Low until the cut-over is over; 3600 afterwards.',
    },
  ];
}
