import { runCommand } from './command';
import { deploy } from './commands/deploy';
import { dev } from './commands/dev';
import { engine } from './commands/engine';
import { image } from './commands/image';
import { version } from './commands/version';

const controller = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort());
// Whoever reads our progress has gone: there is nobody left to work for.
process.stdout.on('error', () => controller.abort());

const { stdin, stdout, stderr } = process;
runCommand([deploy, dev, engine, image, version], process.argv.slice(2), { signal: controller.signal, stdin, stdout, stderr }).then(
  code => process.exit(code),
  error => {
    stderr.write(`kratix-ts: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(70);
  },
);
