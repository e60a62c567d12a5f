import { useEffect, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { signalRef, type FileContent, type ResourceIdentity } from '@kratix-ts/backstage-plugin-kratix-common';
import { kratixApiRef, type FileQuery } from '../apis/KratixApi';
import { problemOf, type Problem } from '../apis/problem';

export interface FileView {
  file?: FileContent;
  problem?: Problem;
}

/** The content of a delivered file; asked for anew when `version`, that of its destination, changes. */
export function useFile(identity: ResourceIdentity, query: FileQuery, version: string | undefined): FileView {
  const api = useApi(kratixApiRef);
  const key = JSON.stringify([identity.cluster, signalRef(identity), query, version]);
  const [view, setView] = useState<FileView & { key?: string }>({});

  useEffect(() => {
    const abort = new AbortController();
    const show = (next: FileView) => !abort.signal.aborted && setView({ ...next, key });
    api.file(identity, query, abort.signal).then(
      file => show({ file }),
      error => show({ problem: problemOf(error) }),
    );
    return () => abort.abort();
    // The key stands for identity and query, which callers may make anew for each render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [api, key]);

  return view.key === key ? view : {};
}
