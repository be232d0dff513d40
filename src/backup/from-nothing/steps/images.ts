import { partsOf, type PartOf } from '../../manifest.ts';
import type { RebuildContext, RebuildStep } from '../context.ts';

/** Images of the backup that the engine does not have, or has another one under the name of. */
async function lacking({ maker, backup }: RebuildContext): Promise<readonly PartOf<'image'>[]> {
  const parts = partsOf(backup.manifest, 'image');
  const found = await Promise.all(parts.map(({ of }) => maker.image(of.image)));
  return parts.filter(({ of }, index) => found[index]?.id !== of.id);
}

/** Gives the engine the images that the backup holds: what no registry has. */
export const imagesIntoEngine: RebuildStep = {
  id: 'images-into-engine',
  title: 'give the engine the images that the backup holds',
  run: async (context) => {
    const { maker, backup, say, signal } = context;
    const parts = await lacking(context);
    for (const part of parts) {
      say(`image ${part.of.image} (${part.bytes} bytes)`);
      // `readPart` fails after the last byte when it is damaged: then the engine gets less than was announced, and takes nothing.
      await maker.loadImages({ bytes: part.bytes, chunks: backup.read(part) }, signal);
    }
    const all = partsOf(backup.manifest, 'image').length;
    return `${parts.length} of ${all} were missing and are there now`;
  },
};

/** Names of images that the nodes can only have from the engine. */
async function fromEngine({ maker, backup }: RebuildContext): Promise<readonly string[]> {
  const { images } = backup.definition;
  const unknown = images.filter(({ fromRegistry }) => fromRegistry === undefined);
  const found = await Promise.all(unknown.map(({ name }) => maker.image(name)));
  return unknown.filter((_, index) => found[index] !== undefined).map(({ name }) => name);
}

/** Gives the nodes the images that no registry has. */
export const imagesIntoNodes: RebuildStep = {
  id: 'images-into-nodes',
  title: 'give the nodes the images that no registry has',
  run: async (context) => {
    const { maker, backup, signal } = context;
    const names = await fromEngine(context);
    if (names.length > 0) await maker.importImages(backup.definition.name, names, signal);
    return names.length === 0 ? 'none has to come from the engine' : names.join(', ');
  },
};
