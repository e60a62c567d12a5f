import { runCommand } from './command';
import { engine } from './commands/engine';
import { version } from './commands/version';

// What the engine's image runs: the command without what only a laptop needs.
const controller = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => controller.abort());

const { stdin, stdout, stderr } = process;
runCommand([engine, version], process.argv.slice(2), { signal: controller.signal, stdin, stdout, stderr }).then(
  code => process.exit(code),
  error => {
    stderr.write(`kratix-ts: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(70);
  },
);
