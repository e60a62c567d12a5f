import { ApiError, coreTypes, type DynamicObject, type KubeClient } from '@kratix-ts/core/kube';
import type { Inventory } from './plan';

/** Keeps the inventory in a ConfigMap, so that what a file brought is found again after a restart. */
export class InventoryStore {
  private recorded: string | undefined;

  constructor(
    private readonly kube: KubeClient,
    private readonly ref: { namespace: string; name: string },
    private readonly fieldManager: string,
  ) {}

  async load(): Promise<Inventory> {
    try {
      const map = await this.kube.get<DynamicObject>(coreTypes.ConfigMap, this.ref);
      const inventory = parseInventory(dataOf(map));
      this.recorded = serialise(inventory);
      return inventory;
    } catch (error) {
      if (error instanceof ApiError && error.isNotFound) return new Map();
      throw error;
    }
  }

  /** Makes no call when this is what is recorded. */
  async save(inventory: Inventory): Promise<void> {
    const text = serialise(inventory);
    if (text === this.recorded) return;
    const object: DynamicObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...this.ref, annotations: { 'kratix-ts.dev/purpose': 'Which file brought which object' } },
      data: { inventory: text },
    };
    await this.kube.patch(coreTypes.ConfigMap, this.ref, object, {
      kind: 'apply',
      fieldManager: this.fieldManager,
      force: true,
    });
    this.recorded = text;
  }
}

function serialise(inventory: Inventory): string {
  return JSON.stringify(Object.fromEntries([...inventory].sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** An inventory that cannot be read counts as empty: nothing is deleted that is not known to be ours. */
export function parseInventory(text: string | undefined): Inventory {
  try {
    const parsed: unknown = JSON.parse(text ?? '{}');
    if (typeof parsed !== 'object' || parsed === null) return new Map();
    return new Map(Object.entries(parsed).filter((entry): entry is [string, string[]] => isListOfText(entry[1])));
  } catch {
    return new Map();
  }
}

function isListOfText(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string');
}

function dataOf(map: DynamicObject): string | undefined {
  const { data } = map;
  if (typeof data !== 'object' || data === null || !('inventory' in data)) return undefined;
  return typeof data.inventory === 'string' ? data.inventory : undefined;
}
