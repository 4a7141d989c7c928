import { describe, expect, it } from 'vitest';
import { newGateway, readGateway, typedGateway } from '../../../src/ui/options/gatewayDraft.ts';
import type { TypedGateway } from '../../../src/ui/options/gatewayDraft.ts';
import { readNodes, readTestNetwork, typedTestNetwork } from '../../../src/ui/options/networkDraft.ts';
import { ownGateway, testNetwork } from '../../fakes/services.ts';

const anywhere = { allowsLocalhost: true };
const online = { allowsLocalhost: false };

describe('the form of a gateway', () => {
  const typed: TypedGateway = {
    ...newGateway,
    name: ' Mine ',
    baseUrl: 'https://gateway.example/v1/',
    defaultModel: 'own/large',
  };

  it('is read into a gateway, its address in one spelling', () => {
    expect(readGateway(typed, online)).toEqual({
      draft: {
        name: 'Mine',
        kind: 'openai',
        baseUrl: 'https://gateway.example/v1',
        defaultModel: 'own/large',
        defaultMaxTokens: 1024,
      },
    });
  });

  it('shows a gateway as it is, and reads it back', () => {
    const gateway = { ...ownGateway, extraBody: { emit_usage: true }, isBuiltIn: false, isDefault: false };
    const { id: _id, ...draft } = ownGateway;
    expect(readGateway(typedGateway(gateway), online)).toEqual({
      draft: { ...draft, extraBody: { emit_usage: true } },
    });
  });

  it('that is empty says what is missing, all at once', () => {
    expect(readGateway(newGateway, online)).toEqual({
      problems: { name: 'missing', baseUrl: 'unclear', defaultModel: 'missing' },
    });
  });

  it.each([
    [{ name: 'x'.repeat(61) }, { name: 'tooLong' }],
    [{ defaultModel: 'x'.repeat(201) }, { defaultModel: 'tooLong' }],
    [{ baseUrl: 'http://gateway.example' }, { baseUrl: 'insecure' }],
    [{ baseUrl: 'http://localhost:8402' }, { baseUrl: 'needsDeveloper' }],
    [{ baseUrl: 'https://gateway.example?key=1' }, { baseUrl: 'extra' }],
    [{ maxTokens: '0' }, { maxTokens: 'unclear' }],
    [{ maxTokens: '1e3' }, { maxTokens: 'unclear' }],
    [{ maxTokens: '1000001' }, { maxTokens: 'unclear' }],
    [{ maxTokens: '' }, { maxTokens: 'unclear' }],
    [{ extraBody: 'emit_usage' }, { extraBody: 'unclear' }],
    [{ extraBody: '[1]' }, { extraBody: 'unclear' }],
    [{ extraBody: '{"__proto__":{"a":1}}' }, { extraBody: 'unclear' }],
    [{ extraBody: `{"a":"${'x'.repeat(4000)}"}` }, { extraBody: 'tooLong' }],
  ])('with %j names the field: %j', (change, problems) => {
    expect(readGateway({ ...typed, ...change }, online)).toEqual({ problems });
  });

  it('takes an address on this machine in developer mode', () => {
    expect(readGateway({ ...typed, baseUrl: 'http://localhost:8402' }, anywhere)).toMatchObject({
      draft: { baseUrl: 'http://localhost:8402' },
    });
  });
});

describe('nodes', () => {
  it('are read one a line, each once, without empty lines', () => {
    expect(
      readNodes('https://a.example/\n\n https://b.example/v2?key=1 \nhttps://a.example', online),
    ).toEqual({
      rpcUrls: ['https://a.example', 'https://b.example/v2?key=1'],
    });
  });

  it.each([
    ['', { problem: 'none' }],
    [' \n ', { problem: 'none' }],
    ['https://a.example\nb.example', { problem: 'unclear', line: 2 }],
    ['http://a.example', { problem: 'insecure', line: 1 }],
    ['\nhttp://localhost:8545', { problem: 'needsDeveloper', line: 2 }],
    [[1, 2, 3, 4, 5, 6].map((n) => `https://n${n}.example`).join('\n'), { problem: 'tooMany' }],
  ])('typed as %j are refused: %j', (typed, problem) => {
    expect(readNodes(typed, online)).toEqual(problem);
  });
});

describe('the form of a test network', () => {
  it('shows one as it is, and reads it back', () => {
    expect(readTestNetwork(typedTestNetwork(testNetwork), anywhere)).toEqual({ testNetwork });
  });

  it('that is new has USDC’s usual domain, and says what is missing', () => {
    const typed = typedTestNetwork(undefined);
    expect(typed).toMatchObject({ domainName: 'USD Coin', domainVersion: '2' });
    expect(readTestNetwork(typed, anywhere)).toEqual({
      problems: { name: 'missing', chainId: 'unclear', asset: 'unclear', rpcUrl: 'unclear' },
    });
  });

  it.each([
    [{ chainId: '0x7a69' }, { chainId: 'unclear' }],
    [{ chainId: '-1' }, { chainId: 'unclear' }],
    [{ chainId: '1'.repeat(16) }, { chainId: 'unclear' }],
    [{ asset: '0x12' }, { asset: 'unclear' }],
    [{ rpcUrl: 'ws://localhost:8545' }, { rpcUrl: 'unclear' }],
    [{ explorerUrl: 'http://explorer.example' }, { explorerUrl: 'insecure' }],
    [{ domainName: ' ' }, { domainName: 'missing' }],
  ])('with %j names the field: %j', (change, problems) => {
    expect(readTestNetwork({ ...typedTestNetwork(testNetwork), ...change }, anywhere)).toEqual({ problems });
  });
});
