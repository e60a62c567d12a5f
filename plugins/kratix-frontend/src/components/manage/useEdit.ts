import { useEffect, useMemo, useState } from 'react';
import { toastApiRef, useApi } from '@backstage/frontend-plugin-api';
import { useTemplateSecrets } from '@backstage/plugin-scaffolder-react';
import {
  formValues,
  secretsOf,
  type EditConflict,
  type FieldChange,
  type JsonSchema,
  type Preview,
  type RequestDetail,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { kratixApiRef } from '../../apis/KratixApi';
import { conflictOf, problemOf } from '../../apis/problem';
import type { LiveUse } from '../../live/useLiveRequest';
import { mergedSpec, readEdit, visibleChanges, type EditReading, type Side } from '../../model/editing';
import { useWords } from '../useWords';

/** The server is asked when nobody has typed for so long. */
const PAUSE_MS = 350;

type Fields = Record<string, unknown>;

export interface Edit {
  values: Fields;
  /** Of the request that the edit began with. */
  generation: number;
  change: (values: Fields) => void;
  reading: EditReading;
  changes: FieldChange[];
  /** What the server says of the present values; missing while it is asked. */
  check?: Pick<Preview, 'accepted' | 'problems'>;
  isApplying: boolean;
  /** Why the server refused the edit. */
  refusal?: string;
  conflict?: EditConflict;
  /** True when somebody else has changed the request since the edit began. */
  isBehind: boolean;
  /** Answers whether the server took it. */
  apply: () => Promise<boolean>;
  /** Goes on from the newer request, with one's own values where they were chosen. */
  resolve: (sideOf: (path: string) => Side) => void;
  /** Forgets the edit. */
  reset: () => void;
}

/** An edit of a request's spec, from the generation on that it began with. */
export function useEdit(request: RequestDetail, schema: JsonSchema, live: LiveUse['live']): Edit {
  const api = useApi(kratixApiRef);
  const toasts = useApi(toastApiRef);
  const { t } = useWords();
  const { secrets: typed } = useTemplateSecrets();
  // Tokens of secrets are named after where they come from, so that those of a merge are told from those of the request.
  const begin = (spec: Fields, generation: number, shown = spec, root = 'spec') => ({
    spec,
    generation,
    values: formValues(shown, schema, root),
    secrets: secretsOf(shown, schema, root),
  });
  const [edit, setEdit] = useState(() => begin(request.spec, request.generation ?? 0));
  const [outcome, setOutcome] = useState<{ refusal?: string; conflict?: EditConflict }>({});
  const [isApplying, setApplying] = useState(false);

  const reading = useMemo(
    () => readEdit(edit.values, schema, edit.spec, { ...edit.secrets, ...typed }),
    [edit, schema, typed],
  );
  const changes = useMemo(() => (reading.spec ? visibleChanges(edit.spec, reading.spec, schema) : []), [reading, edit.spec, schema]);
  const check = useCheck(request, reading.spec && changes.length > 0 ? reading.spec : undefined, edit.generation);
  const isBehind = (request.generation ?? 0) > edit.generation;
  // What nobody has begun to edit follows the request.
  if (isBehind && changes.length === 0 && !reading.problem && !outcome.conflict) setEdit(begin(request.spec, request.generation ?? 0));

  const apply = async () => {
    if (!reading.spec) return false;
    setApplying(true);
    try {
      const changed = await api.update(request, { spec: reading.spec, generation: edit.generation, base: edit.spec });
      setEdit(begin(changed.spec, changed.generation ?? edit.generation));
      setOutcome({});
      toasts.post({ title: t('actions.editDone', { name: request.name }), status: 'success', timeout: 5000 });
      return true;
    } catch (error) {
      setOutcome({ conflict: conflictOf(error), refusal: problemOf(error).words });
      return false;
    } finally {
      setApplying(false);
      live.refresh();
    }
  };

  return {
    values: edit.values,
    generation: edit.generation,
    change: values => {
      setEdit(current => ({ ...current, values }));
      setOutcome(({ conflict }) => ({ conflict }));
    },
    reading,
    changes,
    check,
    isApplying,
    ...outcome,
    isBehind,
    apply,
    resolve: sideOf => {
      const { conflict } = outcome;
      if (!conflict) return;
      setEdit(begin(conflict.theirs, conflict.generation, mergedSpec(conflict, sideOf), 'merged'));
      setOutcome({});
    },
    reset: () => {
      setEdit(begin(request.spec, request.generation ?? 0));
      setOutcome({});
    },
  };
}

/** What the server says of a spec, without effect. */
function useCheck(request: RequestDetail, spec: Fields | undefined, generation: number): Edit['check'] {
  const api = useApi(kratixApiRef);
  const key = spec && JSON.stringify([spec, generation]);
  const [answer, setAnswer] = useState<{ key: string; check: Edit['check'] }>();
  useEffect(() => {
    if (!spec || !key) return undefined;
    const abort = new AbortController();
    const say = (check: Edit['check']) => !abort.signal.aborted && setAnswer({ key, check });
    const timer = setTimeout(() => {
      api.preview(request, { spec, generation }, abort.signal).then(say, error =>
        // A conflict is told when it is applied, where it can be solved.
        say(conflictOf(error) ? { accepted: true, problems: [] } : { accepted: false, problems: [{ message: problemOf(error).words }] }),
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
    // The key stands for the spec; the request is named by its page.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [api, key]);
  return key !== undefined && answer?.key === key ? answer.check : undefined;
}
