import { ApiError } from '@kratix-ts/core/kube';

/**
 * What is wrong with the way to a cluster and what to do, by the status of an answer and by the codes of Node, OpenSSL and undici.
 * The most telling come first: while a server goes away, some of its connections only break off.
 */
const SENTENCES: [string[], string][] = [
  [['401'], 'It does not accept who the portal says it is: renew the token or the client certificate'],
  [['403'], 'It does not allow the portal to read it: give the portal’s account the rights that it needs'],
  [['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'], 'The certificate of its API server is not valid today: renew it, and check the clocks'],
  [['ERR_TLS_CERT_ALTNAME_INVALID'], 'The certificate of its API server is for another name: use an address that it holds'],
  [
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    'The portal does not trust the certificate of its API server: name the authority in the kubeconfig, or as caFile in kratix.clusters',
  ],
  [['ENOENT'], 'A file or program that the portal needs to get there is missing: check the kubeconfig and the files that kratix.clusters names'],
  [['ECONNREFUSED'], 'Nothing answers at the address of its API server: check that the server runs, and the address in kratix.clusters'],
  [['ENOTFOUND', 'EAI_AGAIN'], 'The name of its API server is not known: check the address in kratix.clusters, and DNS where the portal runs'],
  [['EHOSTUNREACH', 'ENETUNREACH'], 'No way leads from the portal to its API server: check networks, firewalls and VPN between them'],
  [
    ['ETIMEDOUT', 'TimeoutError', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'],
    'Its API server does not answer in time: check whether it is overloaded, and what stands between it and the portal',
  ],
  [
    ['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'UND_ERR_SOCKET'],
    'The connection to its API server broke off, and is tried again: if it stays so, check the server, and proxies between it and the portal',
  ],
];

/** Causes are followed this far: an error may be its own cause. */
const DEEPEST = 8;

function codesOf(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > DEEPEST) return [];
  const own = 'code' in error ? [String(error.code)] : [];
  // An answer has its status; what its words name is somebody else's trouble.
  if (error instanceof ApiError) return own;
  const inner = [error.cause, ...(error instanceof AggregateError ? error.errors : [])];
  const inWords = error.message.match(/\b[A-Z][A-Z_]{3,}\b/g) ?? [];
  return [...own, error.name, ...inWords, ...inner.flatMap(cause => codesOf(cause, depth + 1))];
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Why a cluster cannot be reached, for people who read the portal: what is wrong and what to do, with the code in brackets for
 * who looks further. Of several errors the most telling counts; where none of them is known, the last has its own words.
 */
export function plainTrouble(...errors: unknown[]): string {
  const found = new Set(errors.flatMap(error => codesOf(error)));
  for (const [codes, sentence] of SENTENCES) {
    const code = codes.find(each => found.has(each));
    if (code) return `${sentence} (${code}).`;
  }
  return wordsOf(errors.at(-1));
}
