import { spawn, spawnSync } from 'node:child_process';
import process from 'node:process';

import { Command, Option } from 'commander';

import { inject } from './inject.ts';
import type { BootOptions } from './api.ts';
import { openLab, type Lab } from './lab.ts';

const instance = new Option('--instance <name>', 'a second lab of the same checkout');

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Runs a program inside the lab with this terminal; resolves with its exit code. */
function interactive(lab: Lab, argv: readonly string[]): Promise<number> {
  const [program = '', ...args] = lab.command(argv);
  const env = { ...process.env, ...lab.env() };
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', env });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

const program = new Command('lab')
  .description('A real test cluster whose power can be cut. Touches nothing that it did not make.')
  .addOption(instance)
  .enablePositionalOptions()
  .addHelpText('after', '\nExample:\n  npm run lab -- up && npm run lab -- cut && npm run lab -- boot');

const open = () => openLab({ ...program.opts<{ instance?: string }>() });

program
  .command('up')
  .description('build what is missing, boot, make the cluster, deploy the example')
  .option('--no-example', 'without the example stack')
  .action(async (options: { example: boolean }) => {
    const lab = await open();
    await lab.up();
    if (options.example) await lab.deployExample();
    print(await lab.status());
  });

program
  .command('build')
  .description('build what is missing, and start nothing')
  .action(async () => (await open()).build());

program
  .command('down')
  .description('remove the lab and everything it made (the build cache stays)')
  .action(async () => (await open()).down());

program
  .command('status')
  .description('how far the lab is')
  .action(async () => print(await (await open()).status()));

program
  .command('cut')
  .description(
    'cut the power: every process is killed, and unsynced data is lost where the backend can lose it',
  )
  .addOption(
    new Option('--mode <mode>', 'what the cut loses (default: the most that the backend can)').choices([
      'power-loss',
      'process-kill',
    ]),
  )
  .action(async (options: { mode?: 'power-loss' | 'process-kill' }) => {
    print(await (await open()).cut(options.mode));
  });

program
  .command('boot')
  .description('give the power back; nobody helps the stack')
  .option('--order <names...>', 'start these containers in this order')
  .option('--shuffle-addresses', 'give the containers other addresses than before')
  .option('--wait', 'until the engine answers')
  .addOption(
    new Option('--init <init>', 'what runs the PC; a systemd keeps what is installed in it').choices([
      'engine',
      'systemd',
    ]),
  )
  .action(async (options: BootOptions & { wait?: boolean }) => {
    const { wait, ...rest } = options;
    print(await (await open()).boot({ ...rest, waitForEngine: wait === true }));
  });

program
  .command('inject')
  .description('break the stack on purpose; without a name: list the ways')
  .argument('[drill]')
  .action(async (drill: string | undefined) => print(await inject(await open(), drill)));

program
  .command('shell')
  .description("a shell, or a program, inside the lab's network with docker, k3d and kubectl on its PATH")
  .argument('[argv...]')
  .passThroughOptions()
  .action(async (argv: readonly string[]) => {
    const lab = await open();
    const shell = process.env['SHELL'] ?? '/bin/sh';
    process.exitCode = await interactive(lab, argv.length > 0 ? argv : [shell]);
  });

program
  .command('inside')
  .description(
    'a program on the PC itself, as root (backend source): systemctl, journalctl, rekindle service …',
  )
  .argument('<argv...>')
  .passThroughOptions()
  .action(async (argv: readonly string[]) => {
    const [file = '', ...args] = await (await open()).inside(argv);
    const { status } = spawnSync(file, args, { stdio: 'inherit' });
    process.exitCode = status ?? 1;
  });

program
  .command('kubeconfig')
  .description('path of the kubeconfig; it works inside the lab only')
  .action(async () => {
    process.stdout.write(`${(await open()).kubeconfig}\n`);
  });

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`lab: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
