import { createContext, useContext, useMemo, type MouseEvent, type ReactNode } from 'react';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { useHref, useNavigate } from 'react-router-dom';
import { useStable } from './useStable';
import styles from './QuietLinks.module.css';

/** How links go from a table. */
export interface Way {
  /** The address of the app's root, without a slash at its end. */
  root: string;
  go(to: string): void;
  /** The page of an entity; undefined where the app has no catalog. */
  entityRoute?(entity: { kind: string; namespace: string; name: string }): string;
}

const WayContext = createContext<Way | undefined>(undefined);

/**
 * Names inside it lead to their pages by links that are not drawn anew whenever the address changes. For tables that keep
 * their question in the address and have a hundred links.
 */
export function QuietLinks({ children }: { children: ReactNode }) {
  const root = useHref('/').replace(/\/$/, '');
  const navigate = useNavigate();
  const entityRoute = useRouteRef(entityRouteRef);
  const go = useStable((to: string) => navigate(to));
  const way = useMemo(() => ({ root, go, entityRoute }), [root, go, entityRoute]);
  return <WayContext.Provider value={way}>{children}</WayContext.Provider>;
}

/** How links go here; undefined outside of `QuietLinks`. */
export function useWay(): Way | undefined {
  return useContext(WayContext);
}

/** A link to another page of the app, `to` from its root. */
export function QuietLink({ way: { root, go }, to, title, children }: { way: Way; to: string; title?: string; children: ReactNode }) {
  const onClick = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={`${root}${to}`} title={title} className={styles.link} onClick={onClick}>
      {children}
    </a>
  );
}
