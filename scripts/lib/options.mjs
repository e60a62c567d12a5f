import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure } from './launch.mjs';
import { at } from './paths.mjs';

export const help = `npm start -- [options]

  --fresh              begin anew: delete what the demo kept
  --port N             the portal's port (7007)
  --api-port N         the port of the embedded API server
  --kubeconfig FILE    use that cluster instead of the embedded one; needs --helper-image
  --helper-image REF   the image of the pipelines' last container, as that cluster can pull it
  --data DIR           where the demo keeps its data (.data, with --kubeconfig .data-external)
  --yes                do not ask before something is installed into a cluster
`;

function port(name, value) {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 65535) {
    throw new Failure(`--${name} ${value} is not a port; give a number from 1 to 65535.`);
  }
  return number;
}

/** The options of `npm start`, checked; throws a sentence that names the wrong one. */
export function startOptions(argv) {
  let values;
  try {
    ({ values } = parseArgs({
      args: argv,
      options: {
        fresh: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        port: { type: 'string' },
        'api-port': { type: 'string' },
        kubeconfig: { type: 'string' },
        'helper-image': { type: 'string' },
        data: { type: 'string' },
      },
    }));
  } catch (error) {
    throw new Failure(`${error.message}\n\n${help}`);
  }
  const kubeconfig = values.kubeconfig && resolve(values.kubeconfig);
  if (kubeconfig && !values['helper-image']) {
    throw new Failure('--kubeconfig needs --helper-image REF too: an image that the cluster can pull.');
  }
  if (kubeconfig && values['api-port']) {
    throw new Failure('--api-port is for the embedded cluster; leave it out with --kubeconfig.');
  }
  return {
    fresh: values.fresh,
    yes: values.yes,
    help: values.help,
    port: port('port', values.port) ?? 7007,
    apiPort: port('api-port', values['api-port']),
    kubeconfig,
    helperImage: values['helper-image'],
    data: values.data ? resolve(values.data) : at(kubeconfig ? '.data-external' : '.data'),
  };
}
