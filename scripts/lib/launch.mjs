// The first thing that runs, on whatever Node the machine has: it must load on any version, so it imports nothing.

/** An error whose message is meant for the reader as it stands, without a stack. */
export class Failure extends Error {}

function unsupported() {
  const major = Number(process.versions.node.split('.')[0]);
  if (process.platform === 'win32') {
    return 'Windows is not supported directly; use WSL 2 and run the same command there.';
  }
  if (major < 18) {
    return `Node ${process.versions.node} is too old; install Node 18 or newer and try again.`;
  }
  return undefined;
}

/** Loads the program and runs it; a Failure ends it with its sentence, anything else with its stack. */
export function launch(load) {
  const reason = unsupported();
  if (reason) {
    process.stderr.write(`${reason}\n`);
    process.exit(1);
  }
  load()
    .then(program => program.main(process.argv.slice(2)))
    .then(code => {
      process.exitCode = code || 0;
    })
    .catch(error => {
      process.stderr.write(`\n${error instanceof Failure ? error.message : (error && error.stack) || error}\n`);
      process.exitCode = 1;
    });
}
