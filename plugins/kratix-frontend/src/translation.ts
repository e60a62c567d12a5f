import { createTranslationRef } from '@backstage/frontend-plugin-api';
import { sentences } from '@kratix-ts/backstage-plugin-kratix-common';
import { aroundMessages } from './translations/around';
import { deliveryMessages } from './translations/delivery';
import { formErrorMessages } from './translations/formErrors';
import { fieldMessages } from './translations/fields';
import { manageMessages } from './translations/manage';
import { pipelinesMessages } from './translations/pipelines';
import { platformMessages } from './translations/platform';
import { statusMessages } from './translations/status';

/** Every text of the plugin, in English; those of an area, and other languages, stand in `translations/`. */
export const kratixTranslationRef = createTranslationRef({
  id: 'plugin.kratix',
  messages: {
    /** How times and numbers are written. */
    locale: 'en-GB',
    fields: fieldMessages,
    sentence: sentences,
    phase: {
      Waiting: 'Waiting',
      Queued: 'Queued',
      Running: 'Running',
      PausedByStep: 'Paused by a step',
      Retrying: 'Retrying',
      Delivering: 'Delivering',
      Ready: 'Ready',
      Degraded: 'Degraded',
      Drifted: 'Drifted',
      NotPlaced: 'Not placed',
      Failed: 'Failed',
      Paused: 'Paused',
      Deleting: 'Deleting',
      Unknown: 'Unknown',
    },
    stepPhase: {
      Pending: 'not started',
      Running: 'running',
      Succeeded: 'done',
      Failed: 'failed',
      Suspended: 'paused',
      Skipped: 'skipped',
    },
    ...statusMessages,
    ...pipelinesMessages,
    ...deliveryMessages,
    manage: manageMessages,
    formError: formErrorMessages,
    platform: platformMessages,
    around: aroundMessages,
  },
  translations: {
    de: () => import('./translations/de'),
  },
});
