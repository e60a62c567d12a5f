import { resolve } from 'node:path';
import { type Images, openImages } from '@kratix-ts/local-cluster';
import { type Command, flag, type Input, text, UsageError } from '../command';
import { imagesFolder } from '../dev/folders';

type Source = Parameters<Images['addImage']>[1];

/** The images of the embedded cluster; works while it runs, too. */
export const image: Command = {
  name: 'image',
  summary: 'Brings images into the embedded cluster, which pulls from no registry',
  usage: [
    'kratix-ts image add NAME --folder DIR           a folder that holds a root file system',
    'kratix-ts image add NAME --folder DIR --host    a folder laid over the programs of this machine',
    'kratix-ts image add NAME --host                 the programs of this machine',
    'kratix-ts image add NAME --archive FILE         an archive: an OCI layout, or what `docker save` wrote',
    'kratix-ts image list',
    'kratix-ts image remove NAME',
  ],
  options: {
    folder: { type: 'string', value: 'DIR', text: 'where the files of the image are' },
    archive: { type: 'string', value: 'FILE', text: 'a tar file with the image' },
    host: { type: 'boolean', text: "use this machine's own /usr, read-only" },
    data: { type: 'string', value: 'DIR', text: 'where the demo keeps its data (.data)' },
  },
  run: async input => {
    const [action, ...names] = input.positionals;
    const images = openImages(imagesFolder(resolve(text(input, 'data') ?? '.data')));
    switch (action) {
      case 'add':
        return add(images, input, names);
      case 'list':
        return list(images, input);
      case 'remove':
        return remove(images, input, names);
      default:
        throw new UsageError(`say what to do: add, list or remove${action ? `, not "${action}"` : ''}`);
    }
  },
};

async function add(images: Images, input: Input, names: string[]): Promise<number> {
  const name = oneName(names, 'add');
  const added = await images.addImage(name, sourceOf(input));
  input.stdout.write(`added ${added.name}\n`);
  return 0;
}

function sourceOf(input: Input): Source {
  const folder = text(input, 'folder');
  const archive = text(input, 'archive');
  const isHost = flag(input, 'host');
  if (archive !== undefined && (folder !== undefined || isHost)) {
    throw new UsageError('--archive stands alone: leave out --folder and --host');
  }
  if (archive !== undefined) return { archive: resolve(archive) };
  if (folder !== undefined) return { folder: resolve(folder), ...(isHost && { host: true }) };
  if (isHost) return { host: true };
  throw new UsageError('say where the image comes from: --folder DIR, --archive FILE or --host');
}

async function list(images: Images, input: Input): Promise<number> {
  for (const { name, addedAt } of await images.list()) input.stdout.write(`${name}\t${addedAt}\n`);
  return 0;
}

async function remove(images: Images, input: Input, names: string[]): Promise<number> {
  const name = oneName(names, 'remove');
  if (await images.remove(name)) {
    input.stdout.write(`removed ${name}\n`);
    return 0;
  }
  throw new Error(`there is no image ${name}; \`kratix-ts image list\` shows what is there`);
}

function oneName(names: string[], action: string): string {
  if (names.length !== 1) throw new UsageError(`${action} needs one image name, such as docker.io/acme/tool:v1`);
  return names[0];
}
