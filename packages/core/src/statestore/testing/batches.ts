import type { StoreChange } from '../store';

const aChange = (id: string, generation: number, files: Record<string, string>): StoreChange => ({
  id, generation, owns: `apps/${id}`, put: new Map(Object.entries(files).map(([name, text]) => [`apps/${id}/${name}`, text])), remove: [],
});

/** Two batches on one store: what the second leaves is {@link lastWish}. */
export const firstBatch = [aChange('kept', 1, { a: '1' }), aChange('edited', 1, { a: '1', b: '1' }), aChange('removed', 1, { a: '1' })];
export const secondBatch = [aChange('edited', 2, { a: '2', c: '1' }), aChange('removed', 2, {}), aChange('new', 1, { a: '1' })];

/** What a controller asks for after a restart: the newest of each. */
export const lastWish = [...secondBatch, firstBatch[0]];
export const lastFiles = { 'apps/edited/a': '2', 'apps/edited/c': '1', 'apps/kept/a': '1', 'apps/new/a': '1' };
