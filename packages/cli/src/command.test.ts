import { PassThrough } from 'node:stream';
import { type Command, flag, number, runCommand, text, UsageError } from './command';

const greet: Command = {
  name: 'greet',
  summary: 'Says hello',
  usage: ['kratix-ts greet [NAME] [--times N]'],
  options: {
    times: { type: 'string', value: 'N', text: 'how often' },
    loud: { type: 'boolean', text: 'in capitals' },
  },
  run: async input => {
    const times = number(input, 'times', 1, 9) ?? 1;
    if (input.positionals.length > 1) throw new UsageError('name one person');
    if (input.positionals[0] === 'nobody') throw new Error('nobody is here');
    input.stdout.write(`${flag(input, 'loud') ? 'HELLO' : 'hello'} ${input.positionals[0]} ${times} ${text(input, 'times') ?? '-'}`);
    return 0;
  },
};

async function run(...args: string[]) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const code = await runCommand([greet], args, { stdout, stderr, stdin: new PassThrough(), signal: new AbortController().signal });
  return { code, out: stdout.read()?.toString() ?? '', err: stderr.read()?.toString() ?? '' };
}

describe('runCommand', () => {
  it.each([
    [['greet', 'ana'], 0, 'hello ana 1 -', ''],
    [['greet', 'ana', '--times', '3', '--loud'], 0, 'HELLO ana 3 3', ''],
    [['greet', '--times', '12'], 2, '', '--times 12: give a whole number from 1 to 9'],
    [['greet', '--times', 'x'], 2, '', '--times x'],
    [['greet', '--shout'], 2, '', "Unknown option '--shout'"],
    [['greet', 'a', 'b'], 2, '', 'name one person'],
    [['greet', 'nobody'], 1, '', 'kratix-ts greet: nobody is here\n'],
    [['sing'], 2, '', 'there is no command "sing"'],
    [['greet', '--help'], 0, 'kratix-ts greet [NAME] [--times N]', ''],
    [['--help'], 0, 'Says hello', ''],
    [[], 2, 'Says hello', ''],
  ])('%j ends with %d', async (args, code, out, err) => {
    const result = await run(...args);
    expect(result.code).toBe(code);
    expect(result.out).toContain(out);
    expect(result.err).toContain(err);
  });

  it('shows the way to the help only for what was typed wrongly', async () => {
    expect((await run('greet', '--shout')).err).toContain('Try: kratix-ts greet --help');
    expect((await run('greet', 'nobody')).err).not.toContain('Try:');
  });
});
