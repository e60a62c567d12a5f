/** What `kratix-ts dev` says when everything is there. */
export interface Ready {
  kubeconfig: string;
  store: string;
  server: string;
}

/** Tells a person, or a program, how far a command is. */
export interface Progress {
  step(text: string): void;
  note(text: string): void;
  ready(ready: Ready): void;
}

/** Lines of JSON where a program reads, plain lines where a person does. */
export function createProgress(out: NodeJS.WritableStream & { isTTY?: boolean }): Progress {
  return out.isTTY ? forPeople(out) : forPrograms(out);
}

function forPrograms(out: NodeJS.WritableStream): Progress {
  const write = (line: object) => out.write(`${JSON.stringify(line)}\n`);
  return {
    step: step => write({ step }),
    note: note => write({ note }),
    ready: ready => write({ ready: true, ...ready }),
  };
}

function forPeople(out: NodeJS.WritableStream): Progress {
  const write = (line: string) => out.write(`${line}\n`);
  return {
    step: text => write(`• ${text}`),
    note: text => write(`  ${text}`),
    ready: ({ kubeconfig, store, server }) =>
      write(
        `\nReady.\n  API server   ${server}\n  Kubeconfig   ${kubeconfig}\n  State store  ${store}\n\n` +
          `  export KUBECONFIG=${kubeconfig}\n\nCtrl-C ends it.`,
      ),
  };
}
