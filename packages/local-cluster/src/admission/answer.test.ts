import { denial, readAnswer } from './answer';

const review = (response: unknown) => ({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
const patch = Buffer.from('[{"op":"remove","path":"/spec/a"}]').toString('base64');

describe('readAnswer', () => {
  it.each([
    [review({ uid: '1', allowed: true }), { allowed: true, warnings: [] }],
    [review({ uid: '1', allowed: false, status: { message: 'no' }, warnings: ['w'] }), { allowed: false, status: { message: 'no' }, warnings: ['w'] }],
    [review({ uid: '1', allowed: true, patch, patchType: 'JSONPatch' }), { allowed: true, warnings: [], patch: [{ op: 'remove', path: '/spec/a' }] }],
  ])('reads %j', (body, expected) => expect(readAnswer(body, '1', true)).toEqual(expected));

  it.each([
    ['text', 'expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got /, Kind='],
    [{ apiVersion: 'v1', kind: 'Pod' }, 'expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got v1, Kind=Pod'],
    [review(undefined), 'webhook response was absent'],
    [review({ uid: '2' }), 'expected response.uid="1", got "2"'],
    [review({ uid: '1', patch }), 'webhook returned response.patch but not response.patchType'],
    [review({ uid: '1', patch, patchType: 'Merge' }), 'webhook returned invalid response.patchType of "Merge"'],
  ])('refuses %j', (body, expected) => expect(() => readAnswer(body, '1', true)).toThrow(`received invalid webhook response: ${expected}`));
});

describe('denial', () => {
  const denied = (status?: object) => denial('a.b.c', { allowed: false, warnings: [], ...(status ? { status } : {}) }).toStatus();
  it.each([
    [undefined, { code: 400, message: 'admission webhook "a.b.c" denied the request without explanation' }],
    [{ reason: 'Forbidden', code: 403 }, { code: 403, reason: 'Forbidden', message: 'admission webhook "a.b.c" denied the request: Forbidden' }],
    [{ message: 'too big', code: 200 }, { code: 400, message: 'admission webhook "a.b.c" denied the request: too big' }],
    [{ message: 'gone', reason: 'Gone', code: 410 }, { code: 410, reason: 'Gone', message: 'admission webhook "a.b.c" denied the request: gone' }],
  ])('of %j', (status, expected) => expect(denied(status)).toMatchObject(expected));
});
