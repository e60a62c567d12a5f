// Turns what a tool printed into one sentence that says what to do. Pure, so that a table can test it.

const rules = [
  [/ENOSPC|no space left on device/i, () => 'The disk is full; free some space (about 3 GB are needed) and try again.'],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|getaddrinfo|network (request|timeout)|RequestError|socket hang up|ERR_SOCKET/i,
    ({ registry }) =>
      `No connection to the package registry${
        registry ? ` ${registry}` : ''
      }; check the network (or \`npm config get registry\` and the proxy) and try again.`,
  ],
  [
    /YN0028|lockfile would have been (created|modified)/i,
    () =>
      'yarn.lock does not match the package.json files; run `npm run yarn -- install --mode=update-lockfile` and commit yarn.lock.',
  ],
  [
    /E401|E403|YN0041|(?:code|status)\s*40[13]|Invalid authentication/i,
    ({ registry }) =>
      `The package registry${
        registry ? ` ${registry}` : ''
      } refuses this user; log in to it (npm login) and try again.`,
  ],
  [
    /E404|YN0035|ETARGET/i,
    ({ registry }) => `The package registry${registry ? ` ${registry}` : ''} does not have a package that is needed.`,
  ],
  [
    /EACCES|EPERM/i,
    () => 'This user may not write to the folder of the checkout or to the package cache; check their owner.',
  ],
];

/** One sentence for what a tool printed, or nothing when it is not one of the known causes. */
export function mendFor(output, facts = {}) {
  const rule = rules.find(([pattern]) => pattern.test(output));
  return rule ? rule[1](facts) : undefined;
}

/** The last lines of a text. */
export const lastLines = (text, count = 20) => text.trimEnd().split('\n').slice(-count).join('\n');
