import { RiAlertLine, RiInformationLine } from '@remixicon/react';
import { plainText, type EventSummary, type Step } from '@kratix-ts/backstage-plugin-kratix-common';
import { Ago } from '../Times';
import { useWords } from '../useWords';
import styles from './ContainerPanel.module.css';

/** What the cluster said of a step's pod, newest first. */
export function EventList({ events, step }: { events: EventSummary[]; step: Step }) {
  const { t } = useWords();
  const found = eventsOfStep(events, step);
  if (found.length === 0) return <p className={styles.note}>{t('events.none')}</p>;
  return (
    <ul className={styles.events} aria-label={t('panel.events')}>
      {found.map((event, index) => (
        <li key={index} className={styles.event} data-type={event.type}>
          {event.type === 'Warning' ? (
            <RiAlertLine size={16} className={styles.icon} aria-hidden />
          ) : (
            <RiInformationLine size={16} className={styles.icon} aria-hidden />
          )}
          <span>
            <span className={styles.reason}>{event.reason}</span> <bdi>{plainText(event.message)}</bdi>{' '}
            <span className={styles.quiet}>
              {event.count > 1 && <>{t('events.times', { count: event.count })} · </>}
              {event.lastAt && <Ago time={event.lastAt} />} · {event.about.kind} {event.about.name}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Those about the step's pod; where it is not known any more, those whose object carries the step's name. */
export function eventsOfStep(events: EventSummary[], step: Step): EventSummary[] {
  const ofPod = events.filter(({ about }) => about.name === step.pod?.name);
  const found = ofPod.length > 0 ? ofPod : events.filter(({ about }) => about.name.includes(step.name));
  return [...found].sort((a, b) => (b.lastAt ?? '').localeCompare(a.lastAt ?? ''));
}
