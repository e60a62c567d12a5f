import { createServer } from 'node:net';
import { Failure } from './launch.mjs';

function tryPort(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const taken = server.address().port;
      server.close(() => resolve(taken));
    });
  });
}

/** Throws a sentence when something else listens on the port. */
export async function requirePort(port, what, option) {
  try {
    await tryPort(port);
  } catch (error) {
    const why = error.code === 'EACCES' ? 'may not be used by this user' : 'is in use';
    throw new Failure(
      `Port ${port}, wanted for the ${what}, ${why}; end what uses it or choose another with ${option} N.`,
    );
  }
}

/** A port that is free now. */
export const freePort = () => tryPort(0);
