import path from 'node:path';

import { output } from '../../lab/command.ts';

const root = path.dirname(path.dirname(import.meta.dirname));

/** Packs deploy/pooler-image, from which a user builds a pooler image, beside the program. Throws CommandFailed. */
export async function packPoolerImage(folder: string): Promise<void> {
  const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  const archive = path.join(folder, 'pooler-image.tar.gz');
  await output(['tar', ...same, '-C', path.join(root, 'deploy'), '-czf', archive, 'pooler-image']);
}
