import { findCondition, type WorkObject } from '../api';
import { decodeContent } from '../wire/encoding';
import type { WorkEvent } from './work-status';

const SECRET = /^kind:[ \t]*["']?Secret["']?[ \t]*(#.*)?\r?$/m;
const DATA = /^(data|stringData):/m;

/**
 * Warns of files that would put a Secret, as anybody can read it, into a store. Told once for each content of a Work: what
 * was reported on already, by the generation of its conditions, is passed by.
 */
export function secretEvents(work: WorkObject): WorkEvent[] {
  if (findCondition(work.status?.conditions, 'Ready')?.observedGeneration === (work.metadata.generation ?? 1)) return [];
  const files = (work.spec?.workloadGroups ?? []).flatMap(group => group.workloads ?? []);
  const open = files.filter(({ filepath = '', content = '' }) => /\.ya?ml$/i.test(filepath) && holdsSecret(content)).map(({ filepath }) => filepath);
  if (open.length === 0) return [];
  const message = `a Secret stands unencrypted in ${open.join(', ')}, and will in the store; encrypt it (SOPS, Sealed Secrets), or let the cluster fetch it (External Secrets)`;
  return [{ type: 'Warning', reason: 'PlainSecret', message }];
}

function holdsSecret(content: string): boolean {
  try {
    // sops leaves the names of the keys, and says so at the end of the document
    return decodeContent(content).toString().split(/^---/m).some(text => SECRET.test(text) && DATA.test(text) && !/^sops:/m.test(text));
  } catch {
    return false;
  }
}
