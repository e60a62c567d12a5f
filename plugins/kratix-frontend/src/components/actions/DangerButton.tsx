import { Button, type ButtonProps } from '@backstage/ui';
import styles from './DangerButton.module.css';

/** A button for what cannot be undone, whose words can be read in both themes. */
export function DangerButton(props: Omit<ButtonProps, 'variant' | 'destructive' | 'className'>) {
  return <Button {...props} destructive className={styles.danger} />;
}
