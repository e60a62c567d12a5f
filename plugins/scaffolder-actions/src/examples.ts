interface Example {
  description: string;
  example: string;
}

/** The input of a step, two levels deep, as a template has it. */
function aStep(action: string, id: string, name: string, input: string): string {
  const lines = input.trim().split('\n').map(line => `      ${line}`);
  return `steps:\n  - id: ${id}\n    name: ${name}\n    action: ${action}\n    input:\n${lines.join('\n')}\n`;
}

const DATABASE = 'apiVersion: demo.example.org/v1\nkind: Database';

/** Shown in the portal's list of actions; a test runs each of them. */
export const applyExamples: Example[] = [
  {
    description: 'Requests a database with what the form asked for',
    example: aStep('kratix:resource:apply', 'apply', 'Request the database', `${DATABASE}
name: \${{ parameters.name }}
namespace: team-a
spec: \${{ parameters.spec }}`),
  },
  {
    description: 'Requests a database that stays at the version v1 of its Promise, under a name that must be new',
    example: aStep('kratix:resource:apply', 'apply', 'Request the database', `${DATABASE}
name: \${{ parameters.name }}
namespace: team-a
ifExists: fail
promiseVersion: v1
spec:
  size: small`),
  },
  {
    description: 'Checks a manifest with the API server of the cluster eu-1, and changes nothing',
    example: aStep('kratix:resource:apply', 'check', 'Check', `cluster: eu-1
dryRun: true
manifest:
  apiVersion: demo.example.org/v1
  kind: Database
  metadata:
    name: orders
    namespace: team-a
  spec:
    size: small`),
  },
];

export const waitExamples: Example[] = [
  {
    description: 'Waits until what was requested is ready, at most half an hour',
    example: aStep('kratix:resource:wait', 'wait', 'Wait until it is ready', `${DATABASE}
name: orders
namespace: team-a
timeout: 30m`),
  },
];

export const deleteExamples: Example[] = [
  {
    description: 'Deletes a database, and goes on when its delete steps have run',
    example: aStep('kratix:resource:delete', 'delete', 'Delete the database', `${DATABASE}
name: \${{ parameters.name }}
namespace: team-a
wait: true
timeout: 15m`),
  },
];

export const diffExamples: Example[] = [
  {
    description: 'Shows what the form would change, before a step that applies it',
    example: aStep('kratix:resource:diff', 'diff', 'Show what changes', `${DATABASE}
name: \${{ parameters.name }}
namespace: team-a
spec: \${{ parameters.spec }}`),
  },
];

export const manifestExamples: Example[] = [
  {
    description: 'Writes the request to a file of the workspace, for a step that opens a pull request',
    example: aStep('kratix:resource:manifest', 'manifest', 'Write the request', `${DATABASE}
name: \${{ parameters.name }}
namespace: team-a
spec: \${{ parameters.spec }}
path: requests/\${{ parameters.name }}.yaml`),
  },
];

export const installExamples: Example[] = [
  {
    description: 'Installs the Promise that a file of the workspace holds, and waits until it can be asked for something',
    example: aStep('kratix:promise:install', 'install', 'Install the Promise', `path: promise.yaml
wait: true
timeout: 5m`),
  },
  {
    description: 'Installs a Promise from a text',
    example: aStep('kratix:promise:install', 'install', 'Install the Promise', `cluster: eu-1
manifest:
  apiVersion: platform.kratix.io/v1alpha1
  kind: Promise
  metadata:
    name: greeting
  spec: {}`),
  },
  {
    description: 'Installs a Promise from an address that the configuration lets the portal read',
    example: aStep('kratix:promise:install', 'install', 'Install the Promise', 'url: https://promises.example.org/database/promise.yaml'),
  },
];

export const pushExamples: Example[] = [
  {
    description: 'Pushes the file of a request on a branch, from which somebody opens a pull request',
    example: aStep('kratix:branch:push', 'push', 'Push the branch', `repository: requests
branch: request/\${{ parameters.name }}
path: requests/\${{ parameters.name }}.yaml
message: Request the database \${{ parameters.name }}`),
  },
];
