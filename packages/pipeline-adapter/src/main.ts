import { run } from './run';

run(process.env, line => process.stdout.write(`${line}\n`)).then(code => {
  process.exitCode = code;
});
