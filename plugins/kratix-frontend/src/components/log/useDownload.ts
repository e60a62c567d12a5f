import { useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { plainText, type ResourceIdentity } from '@kratix-ts/backstage-plugin-kratix-common';
import { kratixApiRef, type LogQuery } from '../../apis/KratixApi';
import { problemOf, type Problem } from '../../apis/problem';

/** Fetches the whole log, not only what the page keeps, and saves it as a file. */
export function useDownload(identity: ResourceIdentity, query: LogQuery & { container: string }) {
  const api = useApi(kratixApiRef);
  const [problem, setProblem] = useState<Problem>();
  const download = async () => {
    setProblem(undefined);
    try {
      const pieces: string[] = [];
      for await (const piece of api.log(identity, query, new AbortController().signal)) pieces.push(piece);
      save(`${identity.name}-${query.step}-${query.container}.log`, plainText(pieces.join('')));
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return { problem, download };
}

function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
