import type { ReactNode } from 'react';
import { Route, Routes } from 'react-router-dom';
import { Container } from '@backstage/ui';
import { Legible } from './components/Legible';
import { DestinationsTab } from './components/platform/DestinationsTab';
import { PromisePage } from './components/platform/PromisePage';
import { PromisesTab } from './components/platform/PromisesTab';
import { SingleRequest } from './components/platform/SingleRequest';
import { RequestsTab } from './components/platform/RequestsTab';
import { StoresTab } from './components/platform/StoresTab';
import styles from './components/platform/Page.module.css';

export const RequestsPage = () => (
  <PlatformPage>
    <Routes>
      <Route index element={<RequestsTab />} />
      <Route path=":cluster/:group/:version/:plural/:namespace/:name/*" element={<SingleRequest />} />
    </Routes>
  </PlatformPage>
);

export const PromisesPage = () => (
  <PlatformPage>
    <Routes>
      <Route index element={<PromisesTab />} />
      <Route path=":cluster/:name" element={<PromisePage />} />
    </Routes>
  </PlatformPage>
);

export const DestinationsPage = () => (
  <PlatformPage>
    <DestinationsTab />
  </PlatformPage>
);

export const StoresPage = () => (
  <PlatformPage>
    <StoresTab />
  </PlatformPage>
);

function PlatformPage({ children }: { children: ReactNode }) {
  return (
    <Container>
      <div className={styles.page} data-kratix="">
        <Legible>{children}</Legible>
      </div>
    </Container>
  );
}
