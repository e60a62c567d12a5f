import { gitFailure, lostRace, scrub, serverWords } from './git-errors';

describe('what git says, and what it means', () => {
  it.each([
    ["fatal: Authentication failed for 'https://e.com/a/'", 'AuthenticationFailed'],
    ["fatal: could not read Username for 'https://e.com': terminal prompts disabled", 'AuthenticationFailed'],
    ['git@e.com: Permission denied (publickey).\nfatal: Could not read from remote repository.', 'AuthenticationFailed'],
    ['remote: Repository not found.\nfatal: repository \'https://github.com/x/y/\' not found', 'NotFound'],
    ['Host key verification failed.\nfatal: Could not read from remote repository.', 'ServerNotTrusted'],
    ["fatal: unable to access 'https://e.com/': SSL certificate problem: self signed certificate", 'ServerNotTrusted'],
    ["fatal: unable to access 'https://e.com/': server certificate verification failed. CAfile: none", 'ServerNotTrusted'],
    ["fatal: unable to access 'https://e.com/': Could not resolve host: e.com", 'NotReachable'],
    ['ssh: connect to host e.com port 22: Connection refused\nfatal: Could not read from remote repository.', 'NotReachable'],
    ["fatal: unable to access 'https://e.com/': The requested URL returned error: 429", 'RateLimited'],
    ['fatal: loose object 12 (stored in objects/12) is corrupt', 'LocalFault'],
    ['fatal: write error: No space left on device', 'LocalFault'],
    ['something nobody ever saw', 'LocalFault'],
  ])('%j is %s', (stderr, reason) => expect(gitFailure('store', { stderr }, [])).toMatchObject({ reason }));

  it('a refusal is a refusal, whatever words it holds', () => {
    const stdout = 'To e\n!\tabc:refs/heads/main\t[remote rejected] (pre-receive hook declined)\nDone\n';
    const error = gitFailure('store', { stdout, stderr: 'remote: error: GH006: Protected branch update failed, certificate missing\nerror: failed to push some refs' }, []);
    expect(error).toMatchObject({ reason: 'Rejected', message: 'store: pre-receive hook declined; error: GH006: Protected branch update failed, certificate missing' });
    expect(lostRace(stdout)).toBe(false);
  });

  it.each(['[rejected] (stale info)', '[rejected] (fetch first)', '[rejected] (non-fast-forward)', "[remote rejected] (cannot lock ref 'refs/heads/main': is at 1 but expected 2)", '[remote rejected] (failed to update ref)'])(
    'a lost race: %s', words => expect(lostRace(`To e\n!\tabc:refs/heads/main\t${words}\nDone\n`)).toBe(true),
  );

  it('keeps to what was said, each line once, and not for ever', () => {
    expect(serverWords('hint: x\nremote: Counting objects: 3\nremote: a\nremote: a\nfatal: b\nerror: failed to push some refs to x')).toBe('a; b');
    expect(serverWords('')).toBe('git gave no reason');
    expect(serverWords(`fatal: ${'x'.repeat(9000)}`).length).toBeLessThan(2000);
  });

  it('scrubs every form of a secret', () => {
    const secret = 'p@ss/word';
    expect(scrub(`${secret} ${encodeURIComponent(secret)} ${Buffer.from(secret).toString('base64')}`, [secret])).toBe('*** *** ***');
  });
});
