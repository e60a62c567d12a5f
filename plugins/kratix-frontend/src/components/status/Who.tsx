import { useRouteRef } from '@backstage/frontend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import { entityRouteRef, useEntityPresentation } from '@backstage/plugin-catalog-react';
import { Link } from '@backstage/ui';

/** A person or group by name, with a link to their page. */
export function Who({ entityRef }: { entityRef: string }) {
  return isEntityRef(entityRef) ? <Known entityRef={entityRef} /> : <span>{entityRef}</span>;
}

function Known({ entityRef }: { entityRef: string }) {
  const { primaryTitle } = useEntityPresentation(entityRef);
  const entityRoute = useRouteRef(entityRouteRef);
  if (!entityRoute) return <span title={entityRef}>{primaryTitle}</span>;
  const { kind, namespace, name } = parseEntityRef(entityRef);
  return (
    <Link href={entityRoute({ kind: kind.toLocaleLowerCase('en-US'), namespace, name })} variant="body-small" title={entityRef}>
      {primaryTitle}
    </Link>
  );
}

function isEntityRef(text: string): boolean {
  try {
    parseEntityRef(text);
    return true;
  } catch {
    return false;
  }
}
