import { Life, type Outcome, type Stage } from './life';

/** What comes before a stage in the shortest life that has it. */
const BEFORE: Record<Stage, Stage[]> = { create: [], update: ['create'], suspend: ['create'], resume: ['create', 'suspend'], delete: ['create'] };

/** All of `npm run test:faults -- --all`; else one fault in so many. */
const isAll = process.env.KRATIX_FAULTS === 'all';
/** Further writes that a fault may cost: those that are done again, and those of another engine's start. */
const SLACK = 15;

export interface Course {
  stage: Stage;
  /** How things stand before and after the stage, without any fault. */
  before: Outcome;
  after: Outcome;
}

/** Goes through a stage without any fault. */
export async function course(stage: Stage): Promise<Course> {
  const life = await Life.begin();
  try {
    await life.engine();
    for (const each of BEFORE[stage]) await life.live(each);
    const before = await life.settled();
    await life.live(stage);
    return { stage, before, after: await life.settled() };
  } finally {
    await life.end();
  }
}

/** The numbers from `first` to `last`, or every `sparse`-th of them where not all are wanted. */
export function numbers(first: number, last: number, sparse: number): number[] {
  const all = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  return isAll ? all : all.filter((_, index) => index % sparse === 0);
}

/**
 * Lives through a stage with a fault that `inject` brings in, and wants the same end, with hardly more writes than these
 * many that may be done twice. Throws what is wrong.
 */
export async function walk({ stage, before, after }: Course, inject: (life: Life) => Promise<void | (() => void)>, twice = 0): Promise<void> {
  const life = await Life.begin();
  try {
    const begin = await inject(life);
    for (const each of BEFORE[stage]) await life.live(each);
    if (begin) {
      await life.settledAs(before);
      begin();
    }
    await life.live(stage);
    const { writes } = await life.settledAs(after);
    if (writes > after.writes + twice + SLACK) throw new Error(`${writes} writes, where ${after.writes} do`);
  } finally {
    await life.end();
  }
}

/** Does every walk, and says at the end which of them went wrong. */
export async function each<T>(cases: T[], one: (item: T) => Promise<void>): Promise<void> {
  const wrong: string[] = [];
  for (const item of cases) {
    await one(item).catch(error => wrong.push(`${JSON.stringify(item)}: ${error instanceof Error ? error.message : error}`));
  }
  if (wrong.length > 0) throw new Error(`${wrong.length} of ${cases.length} went wrong:\n${wrong.join('\n\n')}`);
}
