import { InvalidImageName, isLatest, normaliseImageName } from './names';

describe('names of images', () => {
  it.each([
    ['busybox', 'docker.io/library/busybox:latest'],
    ['busybox:1.36', 'docker.io/library/busybox:1.36'],
    ['acme/tool', 'docker.io/acme/tool:latest'],
    ['docker.io/acme/tool:v1', 'docker.io/acme/tool:v1'],
    ['index.docker.io/acme/tool', 'docker.io/acme/tool:latest'],
    ['ghcr.io/acme/tool:v1', 'ghcr.io/acme/tool:v1'],
    ['localhost/tool', 'localhost/tool:latest'],
    ['localhost:5000/a/b/c:x', 'localhost:5000/a/b/c:x'],
    [`busybox:1@sha256:${'a'.repeat(64)}`, `docker.io/library/busybox@sha256:${'a'.repeat(64)}`],
  ])('%s is %s', (name, full) => {
    expect(normaliseImageName(name)).toBe(full);
  });

  it.each(['', 'Bad Name', 'UPPER', 'a//b', 'a:', 'a:b:c/', '/etc/passwd', '../x', 'a@sha256:12', 'a/../b'])('"%s" is no name', name => {
    expect(() => normaliseImageName(name)).toThrow(InvalidImageName);
  });

  it('a name without a tag, or with latest, is pulled each time', () => {
    expect(['busybox', 'busybox:latest', 'busybox:1'].map(isLatest)).toEqual([true, true, false]);
  });
});
