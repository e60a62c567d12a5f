import type { PhaseSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import { PhaseIcon } from '../phases';
import { Sentence, SpokenSentence } from '../Sentence';
import styles from './Manage.module.css';

/** What goes on with the request, or why it failed, for whoever is about to change it and then sees what came of that. */
export function StateLine({ summary }: { summary: PhaseSummary }) {
  return (
    <div className={styles.state}>
      <PhaseIcon phase={summary.phase} />
      <p className={styles.stateWords}>
        <Sentence summary={summary} />
      </p>
      <SpokenSentence summary={summary} />
    </div>
  );
}
