import type { ReactNode } from 'react';
import { CatalogTable } from '@backstage/plugin-catalog';
import { CatalogFilterLayout, EntityListProvider } from '@backstage/plugin-catalog-react';
import { ButtonLink, Container, Header } from '@backstage/ui';
import { RiAddLine } from '@remixicon/react';

const { createNameColumn, createOwnerColumn, createSpecTypeColumn, createMetadataDescriptionColumn } =
  CatalogTable.columns;

/** The columns that say something in the demo; the catalog's other ones would be empty and squeeze the names. */
const columns = [
  { ...createNameColumn({ defaultKind: 'Component' }), width: '30%' },
  { ...createSpecTypeColumn(), width: '16%' },
  { ...createOwnerColumn(), width: '16%' },
  { ...createMetadataDescriptionColumn(), width: '38%' },
];

export const CatalogPage = ({ filters }: { filters: ReactNode }) => (
  <EntityListProvider pagination>
    <Header
      title="What there is"
      customActions={
        <ButtonLink variant="primary" href="/create" iconStart={<RiAddLine />}>
          Create
        </ButtonLink>
      }
    />
    <Container>
      <CatalogFilterLayout>
        <CatalogFilterLayout.Filters>{filters}</CatalogFilterLayout.Filters>
        <CatalogFilterLayout.Content>
          <CatalogTable columns={columns} actions={[]} />
        </CatalogFilterLayout.Content>
      </CatalogFilterLayout>
    </Container>
  </EntityListProvider>
);
