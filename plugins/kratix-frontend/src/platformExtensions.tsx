import type { ReactNode } from 'react';
import { Container } from '@backstage/ui';
import { Legible } from './components/Legible';
import { RequestsTab } from './components/platform/RequestsTab';
import styles from './components/platform/Page.module.css';

export const RequestsPage = () => (
  <PlatformPage>
    <RequestsTab />
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
