import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const entry = z.object({
  verb: z.string(),
  user: z.object({ username: z.string() }),
  objectRef: z.object({ resource: z.string(), subresource: z.string().optional(), namespace: z.string().optional(), name: z.string().optional(), apiGroup: z.string().optional() }).optional(),
  responseStatus: z.object({ code: z.number().optional() }).optional(),
  requestReceivedTimestamp: z.string(),
  stageTimestamp: z.string(),
});

/** One call as the API server noted it; times in milliseconds since 1970. */
export interface AuditedCall {
  verb: string;
  user: string;
  /** `plural` or `plural/subresource`. */
  resource: string;
  namespace: string;
  /** Empty for a creation whose name the audit log leaves out. */
  name: string;
  code: number;
  receivedAt: number;
  answeredAt: number;
}

export const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
export const READS = new Set(['get', 'list']);

/** The API server's audit log, as it grows. */
export class AuditLog {
  static path(): string {
    return process.env.LAB_AUDIT_LOG ?? join(process.env.LAB_HOME ?? '/var/lib/kratix-lab', 'audit.log');
  }

  static exists(): boolean {
    return existsSync(AuditLog.path());
  }

  /** Names this moment for {@link since}. */
  mark(): number {
    return statSync(AuditLog.path()).size;
  }

  /** What was noted since a moment. */
  since(mark: number): AuditedCall[] {
    const file = openSync(AuditLog.path(), 'r');
    try {
      const bytes = Buffer.alloc(this.mark() - mark);
      readSync(file, bytes, 0, bytes.length, mark);
      return bytes.toString().split('\n').filter(Boolean).flatMap(parseLine);
    } finally {
      closeSync(file);
    }
  }
}

/** A last line may be half written. */
function parseLine(line: string): AuditedCall[] {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return [];
  }
  const { success, data } = entry.safeParse(json);
  if (!success) return [];
  const { resource = '', subresource, namespace = '', name = '' } = data.objectRef ?? {};
  return [
    {
      verb: data.verb,
      user: data.user.username,
      resource: subresource ? `${resource}/${subresource}` : resource,
      namespace,
      name,
      code: data.responseStatus?.code ?? 0,
      receivedAt: Date.parse(data.requestReceivedTimestamp),
      answeredAt: Date.parse(data.stageTimestamp),
    },
  ];
}
