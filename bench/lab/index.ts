import type { Measurement } from '../measurement';
import type { Row } from '../table';
import { measureHundred } from './hundred';
import { measureOne, measureSteps } from './one';
import { labProblem, LabSession } from './session';

/** A group of figures against a real Kubernetes, counted from its audit log; the engine is a process of this machine. */
const inLab = (ids: string[], measure: (session: LabSession) => Promise<Row[]>): Measurement => ({
  ids,
  missing: labProblem,
  async measure() {
    const session = await LabSession.open();
    try {
      await session.prepare();
      return await measure(session);
    } finally {
      await session.close();
    }
  },
});

export const lab: Measurement[] = [
  inLab(['lab-one', 'lab-writes', 'lab-reads'], measureOne),
  inLab(['lab-step'], measureSteps),
  inLab(['lab-hundred', 'lab-first', 'lab-restart', 'lab-memory'], measureHundred),
];
