import { useRouteRef } from '@backstage/frontend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import { entityRouteRef, useEntityPresentation } from '@backstage/plugin-catalog-react';
import { Link } from '@backstage/ui';
import { QuietLink, useWay, type Way } from '../QuietLinks';

/** A person or group by name, with a link to their page. */
export function Who({ entityRef }: { entityRef: string }) {
  const way = useWay();
  if (!isEntityRef(entityRef)) return <span>{entityRef}</span>;
  return way ? <Quiet entityRef={entityRef} way={way} /> : <Known entityRef={entityRef} />;
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

function Quiet({ entityRef, way }: { entityRef: string; way: Way }) {
  const { primaryTitle } = useEntityPresentation(entityRef);
  if (!way.entityRoute) return <span title={entityRef}>{primaryTitle}</span>;
  return (
    <QuietLink way={way} to={way.entityRoute(parseEntityRef(entityRef))} title={entityRef}>
      {primaryTitle}
    </QuietLink>
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
