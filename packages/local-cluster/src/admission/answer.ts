import { StatusError } from '../api';
import { isObject, type Json } from '../schema/types';
import type { WebhookAnswer } from './types';

const text = (value: unknown) => (typeof value === 'string' && value ? value : undefined);

/** Reads the body that a webhook answered with. Throws an Error whose message says what is wrong with it. */
export function readAnswer(body: unknown, uid: string, isMutating: boolean): WebhookAnswer {
  const wrong = (what: string) => new Error(`received invalid webhook response: ${what}`);
  if (!isObject(body) || body.apiVersion !== 'admission.k8s.io/v1' || body.kind !== 'AdmissionReview') {
    const given = isObject(body) ? `${body.apiVersion ?? ''}, Kind=${body.kind ?? ''}` : '/, Kind=';
    throw wrong(`expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got ${given}`);
  }
  const { response } = body;
  if (!isObject(response)) throw wrong('webhook response was absent');
  if (response.uid !== uid) throw wrong(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid ?? '')}`);
  const warnings = Array.isArray(response.warnings) ? response.warnings.map(String) : [];
  return {
    allowed: response.allowed === true,
    warnings,
    ...(isObject(response.status) ? { status: readStatus(response.status) } : {}),
    ...(isMutating && text(response.patch) ? { patch: readPatch(response, wrong) } : {}),
  };
}

function readStatus({ code, message, reason, details }: Json): WebhookAnswer['status'] {
  return {
    ...(typeof code === 'number' ? { code } : {}),
    ...(text(message) ? { message: text(message) } : {}),
    ...(text(reason) ? { reason: text(reason) } : {}),
    ...(isObject(details) ? { details } : {}),
  };
}

function readPatch({ patch, patchType }: Json, wrong: (what: string) => Error): unknown {
  if (!patchType) throw wrong('webhook returned response.patch but not response.patchType');
  if (patchType !== 'JSONPatch') throw wrong(`webhook returned invalid response.patchType of ${JSON.stringify(patchType)}`);
  try {
    return JSON.parse(Buffer.from(String(patch), 'base64').toString('utf8'));
  } catch (error) {
    throw wrong(`the patch is no JSON: ${(error as Error).message}`);
  }
}

/** The refusal that a client sees, in Kubernetes' words. */
export function denial(name: string, { status = {} }: WebhookAnswer): StatusError {
  const { code = 0, message, reason, details } = status;
  const why = message ?? reason;
  const denied = `admission webhook ${JSON.stringify(name)} denied the request`;
  return new StatusError(Math.max(code, 400), reason ?? '', why ? `${denied}: ${why}` : `${denied} without explanation`, details as StatusError['details']);
}

/** A webhook that must be heard could not be heard. */
export function unheard(name: string, error: Error): StatusError {
  return new StatusError(500, 'InternalError', `Internal error occurred: failed calling webhook ${JSON.stringify(name)}: ${error.message}`, {
    causes: [{ message: `failed calling webhook ${JSON.stringify(name)}: ${error.message}` }],
  });
}
