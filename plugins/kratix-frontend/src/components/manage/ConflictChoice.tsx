import { useState } from 'react';
import { Alert, Button, Radio, RadioGroup } from '@backstage/ui';
import type { EditConflict, JsonSchema } from '@kratix-ts/backstage-plugin-kratix-common';
import { maskSecrets } from '@kratix-ts/backstage-plugin-kratix-common';
import { keysOf, suggestedSide, type Side } from '../../model/editing';
import { nameOfField } from '../../model/fieldRules';
import { useWords } from '../useWords';
import { shown } from './shown';
import styles from './Manage.module.css';

interface ConflictChoiceProps {
  conflict: EditConflict;
  schema: JsonSchema;
  onResolve: (sideOf: (path: string) => Side) => void;
}

/** Somebody else's edit in between: whose value each field gets. Nothing is applied by choosing. */
export function ConflictChoice({ conflict, schema, onResolve }: ConflictChoiceProps) {
  const { t } = useWords();
  const [sides, setSides] = useState<Record<string, Side>>({});
  const suggested = new Map(conflict.fields.map(field => [field.path, suggestedSide(field)]));
  const sideOf = (path: string): Side => sides[path] ?? suggested.get(path) ?? 'mine';
  const mine = maskSecrets(conflict.mine, schema, conflict.theirs);
  const theirs = maskSecrets(conflict.theirs, schema);
  const value = (spec: unknown, path: string) => {
    const found = keysOf(path).slice(1).reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined), spec);
    return found === undefined ? t('manage.nothing') : shown(found);
  };
  return (
    <section className={styles.part} aria-labelledby="kratix-manage-conflict">
      <h3 id="kratix-manage-conflict" className={styles.title}>
        {t('manage.conflict')}
      </h3>
      <Alert
        role="alert"
        status="warning"
        icon
        title={conflict.changedBy ? t('manage.conflictBy', { who: conflict.changedBy }) : t('manage.conflictText')}
      />
      {conflict.fields.map(({ path, conflicting }) => (
        <RadioGroup
          key={path}
          label={nameOfField(schema, path)}
          description={conflicting ? t('manage.bothChanged') : undefined}
          value={sideOf(path)}
          onChange={side => setSides(current => ({ ...current, [path]: side === 'theirs' ? 'theirs' : 'mine' }))}
        >
          <Radio value="mine">
            {t('manage.mine')} <bdi className={styles.value}>{value(mine, path)}</bdi>
          </Radio>
          <Radio value="theirs">
            {t('manage.theirs')} <bdi className={styles.value}>{value(theirs, path)}</bdi>
          </Radio>
        </RadioGroup>
      ))}
      <div>
        <Button variant="primary" onPress={() => onResolve(sideOf)}>
          {t('manage.merge')}
        </Button>
      </div>
    </section>
  );
}
