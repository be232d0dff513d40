import type { Lab } from '../api.ts';

/** Addresses of the cluster's running containers, by name; empty when the engine does not answer. */
export async function containerAddresses(lab: Lab): Promise<Readonly<Record<string, string>>> {
  const options = { timeoutSeconds: 5 };
  const filter = ['--filter', `label=k3d.cluster=${lab.cluster}`];
  const listed = await lab.run(['docker', 'ps', ...filter, '--format', '{{.Names}}'], options);
  const names = listed.stdout.split('\n').filter((name) => name !== '');
  if (listed.exitCode !== 0 || names.length === 0) return {};
  const format = '{{.Name}} {{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
  const inspected = await lab.run(['docker', 'inspect', '--format', format, ...names], options);
  const pairs = inspected.stdout
    .split('\n')
    .map((line) => line.replace(/^\//, '').split(' '))
    .filter(([name = '', address = '']) => name !== '' && address !== '');
  return Object.fromEntries(pairs) as Record<string, string>;
}
