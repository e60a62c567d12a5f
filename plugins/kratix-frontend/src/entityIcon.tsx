import type { SVGProps } from 'react';
import type { Entity } from '@backstage/catalog-model';
import { RiInboxArchiveLine, RiServerLine, RiStackLine } from '@remixicon/react';
import { ENTITY_TYPE_DESTINATION, ENTITY_TYPE_PROMISE, ENTITY_TYPE_REQUEST } from '@kratix-ts/backstage-plugin-kratix-common';

/**
 * Takes what an SVG takes: a graph places and sizes its icons.
 *
 * @public
 */
export type EntityIcon = (props: Omit<SVGProps<SVGSVGElement>, 'ref' | 'children'>) => JSX.Element;

const drawnAs = (Icon: typeof RiStackLine): EntityIcon => props => <Icon size="1em" aria-hidden {...props} />;

const icons: Record<string, EntityIcon> = {
  [ENTITY_TYPE_PROMISE]: drawnAs(RiStackLine),
  [ENTITY_TYPE_REQUEST]: drawnAs(RiInboxArchiveLine),
  [ENTITY_TYPE_DESTINATION]: drawnAs(RiServerLine),
};

/**
 * The icon of an entity that stands for an offer, a request or a destination; undefined for every other. The catalog knows
 * icons by kind alone, so it is for the app's presentation of entities to ask this.
 *
 * @public
 */
export function kratixEntityIcon(entity: Entity | undefined): EntityIcon | undefined {
  const type = entity?.spec?.type;
  return typeof type === 'string' && Object.hasOwn(icons, type) ? icons[type] : undefined;
}
