/** Shown in the portal's list of actions. */
export const applyExamples = [
  {
    description: 'Requests a database with what the form asked for',
    example: `steps:
  - id: apply
    name: Request the database
    action: kratix:resource:apply
    input:
      apiVersion: demo.example.org/v1
      kind: Database
      name: \${{ parameters.name }}
      namespace: team-a
      spec: \${{ parameters.spec }}
`,
  },
  {
    description: 'Checks a manifest with the API server of the cluster eu-1, and changes nothing',
    example: `steps:
  - id: check
    name: Check
    action: kratix:resource:apply
    input:
      cluster: eu-1
      dryRun: true
      manifest:
        apiVersion: demo.example.org/v1
        kind: Database
        metadata:
          name: orders
          namespace: team-a
        spec:
          size: small
`,
  },
];

export const waitExamples = [
  {
    description: 'Waits until what was requested is ready, at most half an hour',
    example: `steps:
  - id: wait
    name: Wait until it is ready
    action: kratix:resource:wait
    input:
      apiVersion: demo.example.org/v1
      kind: Database
      name: orders
      namespace: team-a
      timeout: 30m
`,
  },
];
