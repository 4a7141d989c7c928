import { describe, expect, it } from 'vitest';
import { readStartOptions } from '../rig/startOptions.ts';

const jumpGate = 'https://jumpgate.ambient.xyz';

describe('what follows npm start --', () => {
  it('opens a world of its own, with windows where there is a display', () => {
    const defaults = { kind: 'local', blockTime: 2, answersFrom: undefined, port: undefined, keep: false };
    expect(readStartOptions([], true)).toEqual({ ...defaults, headless: false });
    expect(readStartOptions([], false)).toEqual({ ...defaults, headless: true });
    expect(readStartOptions(['--headless'], true)).toEqual({ ...defaults, headless: true });
  });

  it('takes all options of a local world', () => {
    const args = [
      '--block-time',
      'instant',
      '--answers',
      'http://localhost:11434/v1/',
      '--port=9000',
      '--keep',
    ];
    expect(readStartOptions(args, true)).toEqual({
      kind: 'local',
      blockTime: 'instant',
      answersFrom: 'http://localhost:11434/v1',
      port: 9000,
      headless: false,
      keep: true,
    });
  });

  it('opens the real gateway in a window, and says where there can be none', () => {
    const real = { kind: 'real', gateway: jumpGate, port: undefined };
    expect(readStartOptions(['--gateway', jumpGate], true)).toEqual({ ...real, display: 'window' });
    expect(readStartOptions(['--gateway', `${jumpGate}/`], false)).toEqual({ ...real, display: 'missing' });
    expect(readStartOptions(['--gateway', jumpGate, '--headless', '--port', '9000'], false)).toEqual({
      ...real,
      port: 9000,
      display: 'picture',
    });
  });

  it.each([
    { args: ['--gateway', 'https://jumpgate.ambient.xyz.evil.example'], words: 'not "https://jumpgate' },
    { args: ['--gateway', 'http://jumpgate.ambient.xyz'], words: 'not "http://jumpgate' },
    { args: ['--gateway', 'jumpgate'], words: '--gateway is https://jumpgate.ambient.xyz' },
    { args: ['--gateway', jumpGate, '--block-time', '2'], words: 'leave out --block-time' },
    { args: ['--gateway', jumpGate, '--answers', 'http://localhost:1/v1'], words: 'leave out --block-time' },
    { args: ['--gateway', jumpGate, '--keep'], words: 'leave out --block-time' },
    { args: ['--gateway', jumpGate, '--port', '0'], words: '--port is a number' },
    { args: ['--port', '70000'], words: '--port is a number' },
    { args: ['--block-time', '3'], words: '--block-time is' },
    { args: ['--answers', 'ftp://localhost'], words: '--answers is' },
    { args: ['--wallet'], words: '--wallet' },
    { args: ['ask'], words: 'ask' },
  ])('refuses $args in one sentence', ({ args, words }) => {
    expect(readStartOptions(args, true)).toEqual({ mistake: expect.stringContaining(words) });
  });

  it('gives help before anything else', () => {
    expect(readStartOptions(['--help', '--port', '0'], false)).toBe('help');
  });
});
