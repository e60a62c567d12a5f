import type { Command } from '../command';
import { VERSION } from '../version';

export const version: Command = {
  name: 'version',
  summary: 'Prints the version',
  usage: ['kratix-ts version'],
  options: {},
  run: async ({ stdout }) => {
    stdout.write(`${VERSION}\n`);
    return 0;
  },
};
