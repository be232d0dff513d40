import { createHash } from 'node:crypto';

import type { ClusterMaker } from '../../ports/cluster-maker.ts';
import type { PartToTake } from '../create.ts';
import { wholeText } from '../whole-text.ts';
import { clusterDefinition, type ClusterDefinition } from './definition.ts';

/** Name of the part's file, without the suffix of encryption. */
export const definitionFile = 'cluster-definition.json';

async function* once(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

/** How the cluster is made anew, as one part of a backup. */
export function clusterPart(definition: ClusterDefinition): PartToTake {
  const { name, servers, agents, images } = definition;
  return {
    file: definitionFile,
    title: `definition of cluster ${name}`,
    take: async (store) => {
      const stored = await store(once(`${JSON.stringify(definition, undefined, 1)}\n`));
      const nodes = servers + agents;
      return {
        stored,
        of: { kind: 'cluster-definition', cluster: name, nodes, images: images.length },
      };
    },
  };
}

/** The definition of a part, read to its end. Throws what reading throws, and zod's error or SyntaxError when it is none. */
export async function readDefinition(plain: AsyncIterable<Buffer>): Promise<ClusterDefinition> {
  return clusterDefinition.parse(JSON.parse(await wholeText(plain)));
}

/** Names of images have signs that names of files have not; the digest tells those apart that look alike then. */
function fileOf(image: string): string {
  const digest = createHash('sha256').update(image).digest('hex').slice(0, 8);
  return `image.${image.replaceAll(/[^\w.-]+/g, '-').slice(-60)}.${digest}.tar`;
}

async function* buffers(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}

/** Names of the images that are to be stored. */
export function imagesToStore({ image, loadBalancerImage, images }: ClusterDefinition): readonly string[] {
  return [image, ...(loadBalancerImage === undefined ? [] : [loadBalancerImage]), ...images]
    .filter(({ isStored }) => isStored)
    .map(({ name }) => name);
}

/** An image as the engine saves it (`docker save`), as one part of a backup. */
export function imagePart(maker: ClusterMaker, image: string, signal: AbortSignal): PartToTake {
  return {
    file: fileOf(image),
    title: `image ${image}`,
    take: async (store) => {
      const found = await maker.image(image);
      if (found === undefined) throw new Error(`the engine no longer has the image ${image}`);
      // By its name, so that the archive has it: an id alone would come back without one.
      const stored = await maker.saveImage(image, (chunks) => store(buffers(chunks)), signal);
      return { stored, of: { kind: 'image', image, id: found.id } };
    },
  };
}
