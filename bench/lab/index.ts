import type { Measurement } from '../measurement';
import { measureHundred } from './hundred';
import { measureOne, measureSteps } from './one';
import { labProblem, LabSession } from './session';

/** The figures against a real Kubernetes, counted from its audit log; the engine is a process of this machine. */
export const lab: Measurement = {
  ids: ['lab-one', 'lab-writes', 'lab-reads', 'lab-step', 'lab-hundred', 'lab-first', 'lab-restart', 'lab-memory'],
  missing: labProblem,
  async measure() {
    const session = await LabSession.open();
    try {
      await session.prepare();
      return [...(await measureOne(session)), ...(await measureSteps(session)), ...(await measureHundred(session))];
    } finally {
      await session.close();
    }
  },
};
