import type { Measurement } from '../measurement';
import type { Row } from '../table';
import { measureHundred } from './hundred';
import { measureOne, measureSteps } from './one';
import { labProblem, LabSession } from './session';

const parts: { ids: string[]; measure(session: LabSession): Promise<Row[]> }[] = [
  { ids: ['lab-one', 'lab-writes', 'lab-reads'], measure: measureOne },
  { ids: ['lab-step'], measure: measureSteps },
  { ids: ['lab-hundred', 'lab-first', 'lab-restart', 'lab-memory'], measure: measureHundred },
];

/** The figures against a real Kubernetes, counted from its audit log; the engine is a process of this machine. */
export function lab(wanted: string[]): Measurement {
  const chosen = parts.filter(({ ids }) => wanted.length === 0 || ids.some(id => wanted.includes(id)));
  return {
    ids: chosen.flatMap(({ ids }) => ids),
    missing: labProblem,
    async measure() {
      const session = await LabSession.open();
      try {
        await session.prepare();
        const rows: Row[] = [];
        for (const part of chosen) rows.push(...(await part.measure(session)));
        return rows;
      } finally {
        await session.close();
      }
    },
  };
}
