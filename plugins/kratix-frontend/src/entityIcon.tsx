import type { Entity } from '@backstage/catalog-model';
import { RiInboxArchiveLine, RiServerLine, RiStackLine } from '@remixicon/react';
import { ENTITY_TYPE_DESTINATION, ENTITY_TYPE_PROMISE, ENTITY_TYPE_REQUEST } from '@kratix-ts/backstage-plugin-kratix-common';

const icons: Record<string, () => JSX.Element> = {
  [ENTITY_TYPE_PROMISE]: () => <RiStackLine size="1em" aria-hidden />,
  [ENTITY_TYPE_REQUEST]: () => <RiInboxArchiveLine size="1em" aria-hidden />,
  [ENTITY_TYPE_DESTINATION]: () => <RiServerLine size="1em" aria-hidden />,
};

/**
 * The icon of an entity that stands for an offer, a request or a destination; undefined for every other. The catalog knows
 * icons by kind alone, so it is for the app's presentation of entities to ask this.
 *
 * @public
 */
export function kratixEntityIcon(entity: Entity | undefined): (() => JSX.Element) | undefined {
  const type = entity?.spec?.type;
  return typeof type === 'string' && Object.hasOwn(icons, type) ? icons[type] : undefined;
}
